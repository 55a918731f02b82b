"""Lifetime value of each account: columns of `account_value`, with the evidence for them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from segkit.value.backtests.leaks import find_leaks
from segkit.value.backtests.origins import known_on
from segkit.value.backtests.scored import Scored
from segkit.value.backtests.scores import calibrate
from segkit.value.lifetime import agreed, findings, past, purchases
from segkit.value.lifetime.contracts import contracts_in_force
from segkit.value.lifetime.counts import DAYS_PER_WEEK, DAYS_PER_YEAR, count_purchases
from segkit.value.lifetime.fitting import describe_fit
from segkit.value.lifetime.judge import MODEL, Verdict, cover_cards, judge
from segkit.value.lifetime.limits import LEVEL, add_limits
from segkit.value.lifetime.predictive import spend_interval
from segkit.value.lifetime.purchases import BOUGHT_FREELY, CANDIDATES, CONTINUOUS, PurchaseModel
from segkit.value.lifetime.reasons import explain
from segkit.value.lifetime.relation import find_relations
from segkit.value.lifetime.survival import Survival, fit_survival, observe_relations
from segkit.value.lifetime.worth import add_worth, margin_rates, year_ends

if TYPE_CHECKING:
    import pandas as pd

    from segkit.settings.value import Value
    from segkit.value.backtests.origins import Origin

MONEY = ["expected_revenue_12m", "expected_low", "expected_high", "lifetime_value", "lifetime_low", "lifetime_high"]
COLUMNS = ["account_id", "relation", *MONEY, "lifetime_model"]
DIGITS = 4
DAYS_PER_MONTH = DAYS_PER_YEAR / 12
DRAWS = 200


def score_lifetime(
    panel: pd.DataFrame, contracts: pd.DataFrame, period: pd.DataFrame, settings: Value, seed: int
) -> Scored:
    """Return what each account is foreseen to bring, by the model that fits how it buys.

    Parameters
    ----------
    panel : DataFrame
        Table `account_features`.
    contracts : DataFrame
        Table `contracts`; may have no rows.
    period : DataFrame
        Table `run_period`: as_of, is_complete (an incomplete quarter is no outcome of a test).
    settings : Value
        Sections lifetime and backtest.
    seed : int
        Of fits and resamples.

    Returns
    -------
    Scored
        `rows`: relation, revenue expected for twelve months and discounted margin over the horizon with 80 % limits
        (currency), and what foresaw them. An account without any sale (only credits) and without contract has none.
    """
    import pandas as pd

    day = pd.Timestamp(period["as_of"].iloc[0])
    panel = panel.sort_values(["as_of", "account_id"], ignore_index=True)
    known = known_on(panel, day)
    counts = count_purchases(known)
    in_force = contracts_in_force(contracts, day)
    relations = find_relations(counts, in_force, settings.lifetime)
    model, verdict, cases, replayed, every = _try(panel, contracts, counts, relations, period, settings, seed)
    way = past.best_column(cases, CANDIDATES) if verdict.is_used else verdict.rule
    used = "model" if verdict.is_used else "rule"
    tried = [o for o in every if o.day in set(replayed["origin"])]
    limits = replayed if verdict.is_used else past.replay_limits(cases, verdict.rule, tried, every)
    horizon = every[-1].horizon_days if every else None
    cards = pd.concat([verdict.cards, cover_cards(limits, horizon, used)], ignore_index=True)

    rates, basis, rate = margin_rates(known, settings.lifetime)
    # curves are fitted only where they are used: later years of the rule, and projects
    of_all = None if verdict.is_used else fit_survival(observe_relations(counts))
    is_project = relations == "project"
    of_projects = agreed.lasting_of_projects(counts, is_project) if is_project.any() else None
    frames, years = _foresee(
        panel, known, contracts, counts, relations, day, model, way, cases, of_all, of_projects, settings, seed
    )
    forecasts = pd.concat(frames).reindex(counts.index)
    weights = pd.DataFrame(np.concatenate(years), index=pd.concat(frames).index).reindex(counts.index).to_numpy()
    lifetime = settings.lifetime
    worth = add_worth(forecasts, weights, rates, lifetime.horizon_months, lifetime.discount_rate)
    rows = worth.assign(relation=relations, **worth[MONEY].round(DIGITS)).reset_index()
    rows["account_id"] = counts.index.to_numpy()
    reasons = explain(counts, relations, in_force, rates, rate, model, panel, day)

    past_forecast = replayed if verdict.is_used else limits.assign(prediction=limits.get("forecast", np.nan))
    facts: dict[str, Any] = {
        "relations": {str(k): int(v) for k, v in relations.value_counts().sort_index().items()},
        "purchases": describe_fit(model.fit) if model else None,
        "spend": describe_fit(model.spend) if model else None,
        "n_repeat_buyers": purchases.count_repeat_buyers(counts, relations),
        "way": way, "used": used, "rule": verdict.rule,
        "horizon_days": horizon, "origins": [f"{o.day:%Y-%m-%d}" for o in tried],
        "margin_basis": basis, "margin_rate": round(rate, 6),
        "survival": of_all.describe() if of_all else None,
        "survival_projects": of_projects.describe() if of_projects else None,
        "renewal": agreed.learn_renewal(agreed.chain_contracts(contracts, day), seed).describe(),
        "leaks": _leaks(panel, contracts, every, settings),
    }  # fmt: skip
    said = findings.describe(rows, known, cards, facts, settings.lifetime, str(period["as_of"].iloc[0])[:10])
    return Scored(rows[COLUMNS], cards, calibrate(past_forecast, MODEL), reasons, {**facts, "findings": said})


def _try(
    panel: pd.DataFrame,
    contracts: pd.DataFrame,
    counts: pd.DataFrame,
    relations: pd.Series,
    period: pd.DataFrame,
    settings: Value,
    seed: int,
) -> tuple[PurchaseModel | None, Verdict, pd.DataFrame, pd.DataFrame, list[Origin]]:
    """Return the model fitted now, the verdict of past quarters, all past cases, those replayed, and the origins."""
    import pandas as pd

    is_complete = bool(period["is_complete"].iloc[0])
    thinned = past.thin(panel, seed)
    tried, every = past.plan_origins(thinned, is_complete, settings.backtest)
    cases = past.collect_cases(thinned, contracts, every, settings.lifetime, seed)
    family = next((name for name in cases["family"] if isinstance(name, str)), None)
    day = pd.Timestamp(period["as_of"].iloc[0])
    model = purchases.fit_purchases(panel, day, counts, relations, settings.lifetime, seed, family)
    replayed = past.replay(cases, tried, every)
    if model is None:
        replayed = replayed.assign(prediction=np.nan)
    at_tried = cases[cases["origin"].isin([o.day for o in tried])]
    is_short = panel["history_days"].max() < DAYS_PER_YEAR
    rule = past.best_column(at_tried, past.RULES if is_short else past.RULES_OF_YEAR)
    horizon = every[-1].horizon_days if every else None
    return model, judge(replayed, rule, horizon, settings.backtest, seed), cases, replayed, every


def _foresee(
    panel: pd.DataFrame,
    known: pd.DataFrame,
    contracts: pd.DataFrame,
    counts: pd.DataFrame,
    relations: pd.Series,
    day: pd.Timestamp,
    model: PurchaseModel | None,
    way: str,
    cases: pd.DataFrame,
    of_all: Survival | None,
    of_projects: Survival | None,
    settings: Value,
    seed: int,
) -> tuple[list[pd.DataFrame], list[np.ndarray]]:
    """Return frames of forecasts with lifetime_model, one for each way to buy, and accounts × years beside each."""
    months = settings.lifetime.horizon_months
    free = counts[relations.isin(BOUGHT_FREELY)]
    frame = _foresee_free(panel, day, free, model, way, cases, seed)
    ends = [end * DAYS_PER_MONTH for end in year_ends(months)]
    if model is not None and of_all is None:
        bought = purchases.expect_purchases(model, panel, day, free, ends)[0]
        steps = np.diff(bought, axis=1, prepend=0.0)
        shares = steps / np.where(steps[:, :1] > 0, steps[:, :1], np.inf)
        shares[:, 0] = 1.0
    elif of_all is not None:
        age = (free["age"] * DAYS_PER_WEEK / DAYS_PER_YEAR).to_numpy()[:, None]
        at = (np.arange(1, year_ends(months)[-1] + 1)[None, :] - 0.5) / 12
        shares = agreed.by_year(of_all.keep(age, at), months)
    frames, years = [frame], [shares]
    if of_projects is not None:
        mine = counts[relations == "project"]
        found, share = agreed.foresee_projects(known.loc[mine.index], mine, of_projects, months)
        frames.append(found.assign(lifetime_model="survival"))
        years.append(share)
    if (relations == "contract").any():
        mine = counts[relations == "contract"]
        found, share = agreed.foresee_contracts(mine, contracts, day, months, seed)
        frames.append(found.assign(lifetime_model="contract"))
        years.append(share)
    return frames, years


def _foresee_free(
    panel: pd.DataFrame,
    day: pd.Timestamp,
    free: pd.DataFrame,
    model: PurchaseModel | None,
    way: str,
    cases: pd.DataFrame,
    seed: int,
) -> pd.DataFrame:
    """Return revenue of twelve months of accounts that buy freely, with 80 % limits, and what foresaw it.

    The limits come from past errors; where no past quarter could be tried, from the purchase model's own posterior
    predictive spread, laid around the forecast; without either they are empty.
    """
    import pandas as pd

    if model is not None and way in CANDIDATES:
        forecast, name = purchases.foresee(model, panel, day, free, DAYS_PER_YEAR)[way], model.family
    else:
        forecast, name = free["last_12m" if way != "last_12m_scaled" else "yearly"], "rule"
    here = free.assign(forecast=forecast)
    limits = add_limits(here, cases.assign(forecast=cases[way].where(cases[way] >= 0)))
    if limits["low"].isna().all() and model is not None and model.family in CONTINUOUS and model.spend.is_usable:
        drawn = _draw_limits(model, free, seed)
        centre = purchases.foresee(model, panel, day, free, DAYS_PER_YEAR)["plain"].to_numpy()
        scale = forecast.to_numpy() / np.where(centre > 0, centre, np.inf)
        limits = limits.assign(
            low=np.minimum(drawn["spend_low"].to_numpy() * scale, forecast),
            high=np.maximum(drawn["spend_high"].to_numpy() * scale, forecast),
        )
    return pd.DataFrame(
        {
            "expected_revenue_12m": forecast,
            "expected_low": limits["low"],
            "expected_high": limits["high"],
            "lifetime_model": name,
        },
        index=free.index,
    )


def _draw_limits(model: PurchaseModel, free: pd.DataFrame, seed: int) -> pd.DataFrame:
    """Return spend_low and spend_high of a year by simulation: chance, own rate and value, parameters not known."""
    values = free[["n_values", "mean_value"]].fillna({"mean_value": model.typical_value})
    module, weeks = CONTINUOUS[model.family], DAYS_PER_YEAR / DAYS_PER_WEEK
    return spend_interval(module, model.fit, model.spend, free, values, weeks, LEVEL, DRAWS, seed)


def _leaks(panel: pd.DataFrame, contracts: pd.DataFrame, every: list[Origin], settings: Value) -> list[str]:
    """Return what of an account's counts at the oldest origin knows the future: nothing, or this code is wrong."""
    if not every:
        return []

    def build(tables: dict[str, pd.DataFrame], day: pd.Timestamp) -> pd.DataFrame:
        counts = count_purchases(known_on(tables["account_features"], day))
        relations = find_relations(counts, contracts_in_force(tables["contracts"], day), settings.lifetime)
        return counts.assign(relation=relations)

    return find_leaks(build, {"account_features": panel, "contracts": contracts}, every[0].day)
