"""Open leads in the order in which they are worth a call: table `lead_scores`."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from segkit.tables import TABLES
from segkit.value.backtests.cards import trust_findings
from segkit.value.backtests.leaks import find_leaks
from segkit.value.backtests.scored import Scored
from segkit.value.backtests.scores import calibrate, compare, is_used
from segkit.value.leads import findings
from segkit.value.leads.chances import Chances, fit_chances, predict_chances
from segkit.value.leads.companies import MOST_FILLED, add_companies, filled_by_conversion
from segkit.value.leads.kept import correct_chances, open_share
from segkit.value.leads.outcomes import EPOCH, add_outcomes, day_number
from segkit.value.leads.predictors import (
    Events,
    Tables,
    add_births,
    build_predictors,
    describe_leads,
    index_events,
    waiting_on,
)
from segkit.value.leads.reasons import explain_leads
from segkit.value.leads.trials import CASES, Trial, is_enough, quarter_ends, try_leads

if TYPE_CHECKING:
    import pandas as pd

    from segkit.settings.value import Value

MODEL, RULE, DECIDING = "leads", "leads.rule_source", "auc"
COLUMNS = [c for c in TABLES["lead_scores"].columns if c != "is_contactable"]
LEAK_LEADS = 2000
FILLED = ("company", "source_name", "campaign_id")


def score_leads(
    leads: pd.DataFrame,
    campaigns: pd.DataFrame,
    accounts: pd.DataFrame,
    engagements: pd.DataFrame,
    opportunities: pd.DataFrame,
    period: pd.DataFrame,
    settings: Value,
    seed: int,
) -> Scored:
    """Return the open leads ranked by their chance to become an opportunity within the horizon of the settings.

    Parameters
    ----------
    leads, campaigns, accounts, engagements, opportunities : DataFrame
        Tables of a run; any may have no rows.
    period : DataFrame
        Table `run_period`: start, as_of, is_complete.
    settings : Value
        `leads.horizon_days` and `backtest`.
    seed : int
        Start of the random draws behind the intervals of the cards.

    Returns
    -------
    Scored
        `rows`: table `lead_scores` without `is_contactable`, open leads younger than the horizon, the best first;
        `account_id` is the lead's own or that of the account of its name. Scores are empty where too few leads were
        decided. `model`: `rate`, `n_learnt`, `n_converted`, `by_source`, `coefficients`, `waiting` and `findings`.
    """
    horizon = settings.leads.horizon_days
    tables: Tables = {
        "leads": leads, "campaigns": campaigns, "accounts": accounts, "engagements": engagements,
        "opportunities": opportunities,
    }  # fmt: skip
    row = period.iloc[0]
    as_of, start = day_number(row["as_of"]), day_number(row["start"])
    known = add_outcomes(leads, opportunities)
    known = known[known["created"] <= as_of]
    last = as_of if bool(row["is_complete"]) else start - 1
    filled = {c: filled_by_conversion(known, c, last, horizon) for c in ("account_id", *FILLED)}
    by_number = _is_by_number(known) and filled["account_id"] is None
    known = add_companies(known, tables, by_number)
    ends = quarter_ends(row["start"], float(known["created"].min())) if len(known) else []
    can_learn = is_enough(known, last, horizon)
    dropped = _dropped(filled)
    leaks = _leaks(tables, ends, last, horizon, by_number) if can_learn else []
    dropped += leaks
    events = index_events(tables)
    known = add_births(known, events)
    trial = try_leads(known, events, ends, last, horizon, settings.backtest.origins, dropped)
    cards = compare(trial.cases, "probability", MODEL, RULE, DECIDING, horizon, settings.backtest, seed)
    basis = "model" if is_used(cards) else "rule"
    learnt = fit_chances(known, events, last, horizon, dropped) if can_learn else None
    rows = _rank(known[waiting_on(known, as_of, horizon)], events, as_of, horizon, learnt, basis)
    facts = findings.Facts(leads, known, last, as_of, horizon, filled, by_number, learnt)
    said: dict[str, Any] = {
        "answer": findings.describe_answer(facts, rows),
        "trust": findings.describe_trust(facts, trial, basis, trust_findings(cards, MODEL) if learnt else []),
    }
    if leaks:
        said["trust"].append({"key": "cards.warn_leak", "model": MODEL, "columns": ", ".join(leaks)})
    return Scored(
        rows=rows.reset_index()[COLUMNS],
        cards=cards,
        calibration=calibrate(_used_cases(trial, basis), MODEL),
        reasons=no_reasons(),
        model={**_plain(learnt, trial), "findings": said},
    )


def no_reasons() -> pd.DataFrame:
    """Return table `account_reasons` without rows: leads and new accounts hold their one reason themselves."""
    import pandas as pd

    return pd.DataFrame(columns=[c for c in TABLES["account_reasons"].columns if c != "is_contactable"])


def _is_by_number(leads: pd.DataFrame) -> bool:
    """Say whether the account's number tells more of the company than its name, which most leads lack."""
    named, numbered = float(leads["company"].notna().mean()), float(leads["account_id"].notna().mean())
    return named < MOST_FILLED and named < numbered


def _dropped(filled: dict[str, tuple[float, float] | None]) -> list[str]:
    """Return the predictors made from columns that conversion fills in."""
    of_company = ["standing", "size", "industry", "n_leads", "n_deals", "active_before", "active_since"]
    made = {"source_name": ["source"], "campaign_id": ["channel"], "company": of_company}
    return [name for column, names in made.items() if filled[column] for name in names]


def _leaks(tables: Tables, ends: list[float], last: float, horizon: int, by_number: bool) -> list[str]:
    """Return predictors that change when what came after an old quarter end is taken away, tried on 2,000 leads.

    Accounts and campaigns have no history and are taken as they are: that an account is older than the lead is what
    `add_companies` asks of it.
    """
    import pandas as pd

    old = [end for end in ends if end + horizon <= last]
    if not old:
        return []
    day = pd.Timestamp(EPOCH + int(old[min(3, len(old) - 1)]))
    dates = pd.to_datetime(tables["leads"]["created_date"])
    some = tables["leads"][dates <= day + pd.Timedelta(days=horizon)].sort_values("created_date").tail(LEAK_LEADS)
    build = partial(build_predictors, horizon_days=horizon, by_number=by_number)
    found = find_leaks(build, {**tables, "leads": some}, day, timeless=("accounts", "campaigns"))
    return [name for name in found if name != "account_id"]


def _rank(
    waiting: pd.DataFrame, events: Events, as_of: float, horizon: int, learnt: Chances | None, basis: str
) -> pd.DataFrame:
    """Return the rows of `lead_scores`, index lead_id: by chance, then the newest first."""
    frame = waiting.assign(account_id=waiting["account_id"].fillna(waiting["account"]))
    if learnt is None:
        empty = ["score", "score_low", "score_high", "rule_score", "reason_value", "reason_usual"]
        frame = frame[frame["is_open"]].assign(**dict.fromkeys(empty, np.nan), reason=None, reason_name=None)
    else:
        predictors = describe_leads(frame, events, np.full(len(frame), as_of))
        age = as_of - frame["created"].to_numpy()
        found = predict_chances(learnt, predictors, age)
        used = ("score", "score_low", "score_high")
        if basis == "rule":
            found = found.assign(**{name: found[name.replace("score", "rule", 1)] for name in used[1:]})
            found = found.assign(score=found["rule_score"])
        share = open_share(frame, found["score"], as_of, horizon)
        is_open = frame["is_open"].to_numpy()
        frame, predictors, age = frame[is_open], predictors[is_open], age[is_open]
        found = correct_chances(found[is_open], share[age.astype(int)])
        is_above = (found["score"] >= found["score"].mean()).to_numpy()
        frame = frame.join(found).join(explain_leads(learnt, predictors, age, is_above, basis == "rule"))
    frame = frame.sort_index().sort_values(["score", "created"], ascending=False, kind="stable")
    return frame.assign(lead_rank=np.arange(1, len(frame) + 1), basis=basis if learnt else "rule")


def _used_cases(trial: Trial, basis: str) -> pd.DataFrame:
    """Return the cases with the forecast that is shown."""
    cases = trial.cases[CASES]
    return cases if basis == "model" else cases.assign(prediction=cases["baseline"])


def _plain(learnt: Chances | None, trial: Trial) -> dict[str, Any]:
    """Return what was learnt as plain data."""
    if learnt is None:
        return {
            "rate": None,
            "n_learnt": 0,
            "n_converted": 0,
            "by_source": [],
            "coefficients": [],
            "waiting": trial.waiting,
        }
    errors = np.sqrt(np.diag(learnt.covariance))
    rated = learnt.by_source.rename_axis("source").reset_index().round(6)
    return {
        "rate": round(learnt.rate, 6),
        "n_learnt": len(learnt.predictors),
        "n_converted": int(learnt.predictors["converts"].sum()),
        "by_source": rated.to_dict("records"),
        "coefficients": [
            {"predictor": name, "word": word, "beta": round(float(beta), 6), "error": round(float(error), 6)}
            for (name, word), beta, error in zip(learnt.names, learnt.beta, errors, strict=True)
        ],
        "waiting": trial.waiting,
    }
