"""Churn and renewal risk of each account: columns of `account_value`, with the evidence for them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from segkit.value.backtests.leaks import find_leaks, find_suspects
from segkit.value.backtests.origins import find_origins
from segkit.value.backtests.scored import Scored
from segkit.value.backtests.scores import calibrate, compare, is_used
from segkit.value.churn import findings, renewal
from segkit.value.churn.cases import (
    FEWEST_FOR_RULE,
    FEWEST_LOST,
    RULES,
    at_risk,
    build_cases,
    can_learn,
    days_of,
    forget,
    replay,
    thin,
)
from segkit.value.churn.model import fit_model, predict
from segkit.value.churn.money import DIGITS, revenue_if_it_stays, scatter_of, sum_losses
from segkit.value.churn.predictors import FACTS, UNUSUAL, build_facts
from segkit.value.churn.reasons import COLUMNS as REASON_COLUMNS
from segkit.value.churn.reasons import explain_risk
from segkit.value.churn.silence import silence_chance

if TYPE_CHECKING:
    import pandas as pd

    from segkit.settings.value import Value
    from segkit.value.backtests.origins import Origin

MODEL = "churn"
DECIDING = "log_loss"
COLUMNS = [
    "account_id", "usual_interval_days", "churn_probability", "churn_basis", "revenue_at_risk", "renewal_date",
    "renewal_value",
]  # fmt: skip
YEAR = 365


def score_churn(
    panel: pd.DataFrame,
    contracts: pd.DataFrame,
    tickets: pd.DataFrame,
    engagements: pd.DataFrame,
    period: pd.DataFrame,
    lifetime_rows: pd.DataFrame,
    settings: Value,
    seed: int,
) -> Scored:
    """Return how likely each account is to be lost, what that would cost, and which contract ends next.

    Lost is an account that has a sale in the quarters of the horizon up to as-of and none in those after it. One that
    has been silent for longer is gone already and has no chance. The model is used where it beats both simple rules
    (days since the last sale, silence against the own rhythm) on past quarters in log loss: revenue at risk is a chance
    times money, so the chance itself must be right, not only the order (area under the curve), and log loss is the
    proper score that punishes a sure word which proves wrong.

    Parameters
    ----------
    panel : DataFrame
        Table `account_features`.
    contracts, tickets, engagements : DataFrame
        Tables of these names; may have no rows.
    period : DataFrame
        Table `run_period`: as_of, is_complete (an incomplete quarter is no outcome).
    lifetime_rows : DataFrame
        `account_id`, `expected_revenue_12m` (currency); may have no rows.
    settings : Value
        Sections churn and backtest.
    seed : int
        Of resamples, and of the choice of cases where there are very many.

    Returns
    -------
    Scored
        `rows`: usual_interval_days, churn_probability, churn_basis, revenue_at_risk, renewal_date, renewal_value.
    """
    import pandas as pd

    day = pd.Timestamp(period["as_of"].iloc[0])
    is_complete = bool(period["is_complete"].iloc[0])
    horizon_days = days_of(settings.churn.horizon_quarters)
    panel = panel[panel["as_of"] <= day].sort_values(["as_of", "account_id"], ignore_index=True)
    tables = {"panel": panel, "contracts": contracts, "tickets": tickets, "engagements": engagements}
    origins = find_origins(panel, is_complete, settings.churn.horizon_quarters, 0, settings.backtest.history_days)
    some = thin(tables, seed)
    leaks = _leaks(some, origins, horizon_days)
    cases = build_cases(some, origins, horizon_days, leaks)
    tried = origins[-settings.backtest.origins :]
    past = replay(cases, tried, origins, horizon_days)
    cards, rule = _judge(past, horizon_days, settings, seed)
    basis = "silence" if is_used(cards) else "rule"
    fitted = _fit(cases, basis, rule, horizon_days)

    every = forget(build_facts(tables, day, horizon_days), leaks)
    facts = at_risk(every, horizon_days)
    rows = pd.DataFrame(index=panel.loc[panel["as_of"] == day, "account_id"].sort_values())
    rows = rows.join(every["usual_interval_days"])
    rows["churn_probability"] = np.nan
    rows["churn_basis"] = pd.Series(None, rows.index, dtype="object")
    if fitted:
        rows.loc[facts.index, "churn_probability"] = predict(facts, fitted, horizon_days)
        rows.loc[facts.index, "churn_basis"] = basis
    followed = renewal.follow_contracts(contracts, day)
    renewals, counted = renewal.next_renewals(followed), renewal.count_renewals(followed, day)
    rows = rows.join(renewals)
    held = rows.index.isin(followed.loc[followed["is_in_force"], "account_id"]) & ~rows.index.isin(facts.index)
    rows = _by_contract(rows, held, counted, day, horizon_days)

    bought = panel[panel["as_of"] == day].set_index("account_id")["revenue_12m"].reindex(rows.index)
    foreseen = lifetime_rows.set_index("account_id")["expected_revenue_12m"].reindex(rows.index)
    stake = revenue_if_it_stays(rows["churn_probability"], foreseen, bought)
    rows["revenue_at_risk"] = (rows["churn_probability"] * stake).round(DIGITS)
    said = past.assign(chance=past["prediction" if basis == "silence" else rule]) if len(past) else past
    losses = _losses(rows, stake, scatter_of(said) if len(said) else 0.0, seed)
    calibration = calibrate(said.assign(prediction=said["chance"]) if len(said) else past, MODEL)

    gone = every[(every["days_silent"] > horizon_days) & (every["days_silent"] <= YEAR)]
    gone = gone[~gone.index.isin(rows.index[held])]
    overdue = facts[_overdue(facts, fitted)] if fitted else facts.iloc[:0]
    told: dict[str, Any] = {
        "horizon_days": horizon_days, "used": basis if fitted else "none", "rule": rule, "leaks": leaks,
        "n_at_risk": len(facts), "n_learnt": len(cases), "n_lost_known": int(cases["is_lost"].sum()),
        "is_complete": is_complete,
        "origins": sorted(f"{origin:%Y-%m-%d}" for origin in past["origin"].unique()),
        "n_gone": len(gone), "revenue_gone": round(float(gone["revenue_12m"].sum()), DIGITS),
        "n_overdue": len(overdue), "revenue_overdue": round(float(overdue["revenue_12m"].sum()), DIGITS),
        "losses": losses, "renewals": counted, "fitted": fitted,
    }  # fmt: skip
    told["findings"] = {
        "answer": findings.describe_risk(rows, stake, losses, told),
        "renewal": findings.describe_renewals(followed, renewals, counted, day, int(held.sum())),
        "trust": findings.describe_trust(cards, leaks, calibration, past, rule),
    }
    if suspects := find_suspects(cases[FACTS], cases["is_lost"]):
        warning = {"key": "cards.warn_suspicious", "model": MODEL, "columns": ", ".join(suspects)}
        told["findings"]["trust"].insert(0, warning)
    reasons = explain_risk(facts, fitted, horizon_days) if fitted else pd.DataFrame(columns=REASON_COLUMNS)
    return Scored(rows.rename_axis("account_id").reset_index()[COLUMNS], cards, calibration, reasons, told)


def _leaks(tables: dict[str, pd.DataFrame], origins: list[Origin], horizon_days: int) -> list[str]:
    """Return the facts that look beyond their day; none where there is no past quarter end to see it at."""
    if not origins:
        return []
    found = find_leaks(lambda known, day: build_facts(known, day, horizon_days), tables, origins[0].day)
    return [name for name in found if name in FACTS]


def _judge(past: pd.DataFrame, horizon_days: int, settings: Value, seed: int) -> tuple[pd.DataFrame, str]:
    """Return the cards beside both rules, and the rule with the smaller loss: it is used if the model is not."""
    import pandas as pd

    cards = {
        rule: compare(
            past.rename(columns={rule: "baseline"})[["origin", "account_id", "outcome", "prediction", "baseline"]],
            "probability", MODEL, rule, DECIDING, horizon_days, settings.backtest, seed,
        )
        for rule in RULES
    }  # fmt: skip
    loss = {rule: frame.loc[frame["is_deciding"], "baseline"].iloc[0] for rule, frame in cards.items()}
    best = min(loss, key=lambda rule: (np.nan_to_num(loss[rule], nan=np.inf), rule))
    both = pd.concat(cards.values(), ignore_index=True)
    return both.assign(used="model" if is_used(both) else "rule"), best


def _fit(cases: pd.DataFrame, basis: str, rule: str, horizon_days: int) -> dict[str, Any] | None:
    """Return what speaks at as-of: the model, else the rule, else nothing where too few accounts were ever lost."""
    if basis == "silence" and can_learn(cases, FEWEST_LOST):
        return fit_model(cases, horizon_days)
    if can_learn(cases, FEWEST_FOR_RULE):
        return fit_model(cases, horizon_days, RULES[rule])
    return None


def _by_contract(
    rows: pd.DataFrame, held: np.ndarray, counted: dict[str, Any], day: pd.Timestamp, horizon_days: int
) -> pd.DataFrame:
    """Return the rows with the chance of accounts that a contract holds although they have long bought nothing.

    Silence says nothing of them (a contract may be billed once a year). Where the contract ends within the horizon, the
    chance is that of an end that nobody followed; where that is not known, or the contract goes on, there is none.
    """
    if counted["share"] is None:
        return rows
    ends = held & ((rows["renewal_date"] - day).dt.days <= horizon_days).to_numpy()
    chance = rows["churn_probability"].mask(ends, round(1 - counted["share"], 6))
    return rows.assign(churn_probability=chance, churn_basis=rows["churn_basis"].mask(ends, "contract"))


def _losses(rows: pd.DataFrame, stake: pd.Series, scatter: float, seed: int) -> dict[str, dict[str, float]] | None:
    scored = rows["churn_probability"].notna()
    if not scored.any():
        return None
    return sum_losses(rows.loc[scored, "churn_probability"].to_numpy(), stake[scored].to_numpy(), scatter, seed)


def _overdue(facts: pd.DataFrame, fitted: dict[str, Any]) -> np.ndarray:
    """Say of which accounts the silence is longer than that of 99 in 100 accounts that bought again."""
    ratio = ((facts["days_silent"] + 1) / facts["usual_interval_days"]).to_numpy()
    return silence_chance(ratio, fitted["silence"]) < UNUSUAL
