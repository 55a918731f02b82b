"""Accounts that bought at a past quarter end, and whether they bought again: what the model learns and is tried on."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from segkit.statistics.resampling import generator
from segkit.value.backtests.origins import Origin, learnable, outcomes
from segkit.value.churn.model import fit_model, predict
from segkit.value.churn.predictors import FACTS, build_facts

if TYPE_CHECKING:
    from collections.abc import Collection

    import pandas as pd

QUARTER_DAYS = 365.25 / 4
RULES = {"churn.rule_recency": ("log_days_silent",), "churn.rule_silence": ("log_silence",)}
"""Simple rules beside the model: one number each, turned into a chance by a logistic regression on past quarters."""
FEWEST_LOST = 30  # lost accounts below which several predictors would follow chance
FEWEST_FOR_RULE = 10
MOST_ACCOUNTS = 30_000


def thin(tables: dict[str, pd.DataFrame], seed: int) -> dict[str, pd.DataFrame]:
    """Return the rows of at most 30,000 accounts of each table: more would change no digit that is shown."""
    ids = tables["panel"]["account_id"].drop_duplicates().sort_values(ignore_index=True)
    if len(ids) <= MOST_ACCOUNTS:
        return tables
    places = generator(seed, "churn", "accounts").choice(len(ids), MOST_ACCOUNTS, replace=False)
    chosen = ids.iloc[np.sort(places)]
    return {name: table[table["account_id"].isin(chosen)] for name, table in tables.items()}


def days_of(n_quarters: int) -> int:
    """Return the days of some quarters: the longest silence of an account that still counts as a customer."""
    return round(n_quarters * QUARTER_DAYS)


def at_risk(facts: pd.DataFrame, horizon_days: int) -> pd.DataFrame:
    """Return the accounts that can still be lost: silent for no longer than the horizon."""
    return facts[facts["days_silent"] <= horizon_days]


def build_cases(
    tables: dict[str, pd.DataFrame], origins: list[Origin], horizon_days: int, dropped: Collection[str] = ()
) -> pd.DataFrame:
    """Return the accounts at risk at each origin with their facts and their outcome.

    Parameters
    ----------
    tables : dict of DataFrame
        As for `build_facts`.
    origins : list of Origin
        Quarter ends with a whole outcome ahead.
    horizon_days : int
        Length of the outcome, and the longest silence before it.
    dropped : collection of str
        Facts that know the future: emptied.

    Returns
    -------
    DataFrame
        `account_id`, `origin`, columns FACTS, `is_lost` (no sale in the quarters of the outcome).
    """
    import pandas as pd

    parts = []
    for origin in origins:
        facts = at_risk(build_facts(tables, origin.day, horizon_days), horizon_days)
        is_active = outcomes(tables["panel"], origin)["is_active"].reindex(facts.index)
        parts.append(facts.assign(origin=origin.day, is_lost=~is_active.astype(bool)).reset_index())
    columns = ["account_id", "origin", *FACTS, "is_lost"]
    cases = pd.concat(parts, ignore_index=True)[columns] if parts else pd.DataFrame(columns=columns)
    return forget(cases, dropped)


def forget(facts: pd.DataFrame, dropped: Collection[str]) -> pd.DataFrame:
    """Return the facts with those of the given names emptied."""
    return facts.assign(**{name: float("nan") for name in dropped if name in facts})


def replay(cases: pd.DataFrame, tried: list[Origin], origins: list[Origin], horizon_days: int) -> pd.DataFrame:
    """Return what model and rules would have said at past quarter ends, each learnt from what was known by then.

    Parameters
    ----------
    cases : DataFrame
        As `build_cases` gives them, of all origins.
    tried, origins : list of Origin
        Where the model is tried, and all that it may learn from once their outcome was known.
    horizon_days : int
        Length of the outcome.

    Returns
    -------
    DataFrame
        `origin`, `account_id`, `outcome` (1 lost, 0 not), `prediction`, and a column for each of `RULES`. Origins
        before which fewer than 30 lost accounts were known are not tried.
    """
    import pandas as pd

    parts = []
    for origin in tried:
        learnt = cases[cases["origin"].isin([past.day for past in learnable(origins, origin.day)])]
        here = cases[cases["origin"] == origin.day]
        if not can_learn(learnt, FEWEST_LOST) or here.empty:
            continue
        ways = {"prediction": fit_model(learnt, horizon_days)}
        ways |= {name: fit_model(learnt, horizon_days, names) for name, names in RULES.items()}
        said = {name: predict(here, fitted, horizon_days) for name, fitted in ways.items()}
        parts.append(here[["origin", "account_id"]].assign(outcome=here["is_lost"].astype("float64"), **said))
    columns = ["origin", "account_id", "outcome", "prediction", *RULES]
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=columns)


def can_learn(cases: pd.DataFrame, fewest: int) -> bool:
    """Say whether enough accounts of either outcome are known."""
    n_lost = int(cases["is_lost"].sum()) if len(cases) else 0
    return min(n_lost, len(cases) - n_lost) >= fewest
