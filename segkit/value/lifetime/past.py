"""Revenue foretold from past quarter ends beside what came: the cases on which models, rules and limits are judged."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from segkit.statistics.resampling import generator
from segkit.value.backtests.origins import Origin, find_origins, known_on, learnable, outcomes
from segkit.value.lifetime.contracts import contracts_in_force
from segkit.value.lifetime.counts import DAYS_PER_YEAR, count_purchases
from segkit.value.lifetime.limits import add_limits
from segkit.value.lifetime.purchases import BOUGHT_FREELY, CANDIDATES, fit_purchases, foresee
from segkit.value.lifetime.relation import find_relations
from segkit.value.lifetime.rules import apply_rules

if TYPE_CHECKING:
    import pandas as pd

    from segkit.settings.backtest import Backtest
    from segkit.settings.lifetime import Lifetime

HORIZONS = (4, 2, 1)  # quarters: a year if the history holds one after an origin, else less
OLDER = 4  # origins before the tried ones: what was known at the first of them about how forecasts do
MOST_TRIED = 10_000  # accounts looked at in the past; more would only make narrow intervals narrower
RULES = ["last_12m_scaled", "last_12m", "same_quarters"]
RULES_OF_YEAR = RULES[1:] + RULES[:1]  # with a whole year of data nothing need be written up until tests say so


def thin(panel: pd.DataFrame, seed: int) -> pd.DataFrame:
    """Return the panel of at most 10,000 accounts, drawn once for all quarter ends."""
    ids = np.sort(panel["account_id"].unique())
    if len(ids) <= MOST_TRIED:
        return panel
    chosen = generator(seed, "lifetime", "tried").choice(len(ids), MOST_TRIED, replace=False)
    return panel[panel["account_id"].isin(ids[np.sort(chosen)])]


def plan_origins(panel: pd.DataFrame, is_complete: bool, settings: Backtest) -> tuple[list[Origin], list[Origin]]:
    """Return the origins at which forecasts are tried, and all, with the older ones that only teach.

    The outcome is the year after an origin, or half a year or a quarter where the data reach no further.
    """
    for n_quarters in HORIZONS:
        if found := find_origins(panel, is_complete, n_quarters, settings.origins + OLDER, settings.history_days):
            return found[-settings.origins :], found
    return [], []


def collect_cases(
    panel: pd.DataFrame,
    contracts: pd.DataFrame,
    origins: list[Origin],
    settings: Lifetime,
    seed: int,
) -> pd.DataFrame:
    """Return what models and rules foretold for each account at each origin, from what was known then, and what came.

    Parameters
    ----------
    panel, contracts : DataFrame
        Tables `account_features` and `contracts`.
    origins : list of Origin
        Oldest first. The family of the purchase model is chosen at the first and kept.
    settings : Lifetime
        How relations are told apart, and from how many repeat buyers a model is fitted.
    seed : int
        Of the fits.

    Returns
    -------
    DataFrame
        One row per origin and account that bought freely (no contract, no project) by then: origin, until (end of the
        outcome), account_id, outcome (currency), family, the forecasts of each way to use the purchase model (empty
        where it could not be fitted) and of each rule, days_since_sale, age (weeks).
    """
    import pandas as pd

    parts: list[pd.DataFrame] = []
    family = None
    contracts = contracts[contracts["account_id"].isin(panel["account_id"].unique())]
    for origin in origins:
        known = known_on(panel, origin.day)
        counts = count_purchases(known)
        relations = find_relations(counts, contracts_in_force(contracts, origin.day), settings)
        model = fit_purchases(panel, origin.day, counts, relations, settings, seed, family)
        free = counts[relations.isin(BOUGHT_FREELY)]
        found = apply_rules(panel, free, origin).reindex(columns=[*RULES, "recency"])
        if model is not None:
            family = model.family
            found = found.join(foresee(model, panel, origin.day, free, origin.horizon_days))
        parts.append(
            found.assign(
                origin=origin.day,
                until=origin.until,
                family=family,
                outcome=outcomes(panel, origin)["revenue"].reindex(free.index),
                days_since_sale=free["days_since_sale"],
                age=free["age"],
            ).reset_index()
        )
    columns = ["origin", "until", "account_id", "outcome", "family", *CANDIDATES, "p_alive", *RULES, "recency",
               "days_since_sale", "age"]  # fmt: skip
    if not parts:
        return pd.DataFrame({name: pd.Series(dtype="float64") for name in columns})
    return pd.concat([part.reindex(columns=columns) for part in parts], ignore_index=True)


def best_column(cases: pd.DataFrame, names: list[str]) -> str:
    """Return which of several forecasts was off by least money over past cases; the first where there are none.

    Only cases in which all of those that exist at all have a forecast are looked at.
    """
    present = [name for name in names if cases[name].notna().any()]
    rows = cases[cases[present].notna().all(axis=1)] if present else cases.iloc[:0]
    if rows.empty:
        return names[0]
    errors = rows[present].sub(rows["outcome"], axis=0).abs().mean().round(9)
    return str(errors.idxmin())


def replay(cases: pd.DataFrame, tried: list[Origin], every: list[Origin]) -> pd.DataFrame:
    """Return the cases of the tried origins with what would have been said then.

    At each origin the way to use the model is the one that had done best on the origins whose outcome was known by
    then, and the limits come from their errors.

    Returns
    -------
    DataFrame
        The cases with `way`, `prediction`, and `low`, `high` (empty at origins before which nothing was known).
    """
    import pandas as pd

    parts = []
    for origin in tried:
        past = cases[cases["origin"].isin([o.day for o in learnable(every, origin.day)])]
        way = best_column(past, CANDIDATES)
        here = cases[cases["origin"] == origin.day]
        here = add_limits(here.assign(forecast=here[way]), past.assign(forecast=past[way]))
        parts.append(here.assign(way=way, prediction=here["forecast"]).drop(columns="forecast"))
    return pd.concat(parts, ignore_index=True) if parts else cases.assign(way="", prediction=np.nan)


def replay_limits(cases: pd.DataFrame, column: str, tried: list[Origin], every: list[Origin]) -> pd.DataFrame:
    """Return the cases of the tried origins with the limits that a rule's forecasts would have had then: low, high."""
    import pandas as pd

    parts = []
    for origin in tried:
        past = cases[cases["origin"].isin([o.day for o in learnable(every, origin.day)])]
        here = cases[cases["origin"] == origin.day]
        parts.append(add_limits(here.assign(forecast=here[column]), past.assign(forecast=past[column])))
    return pd.concat(parts, ignore_index=True) if parts else cases.assign(low=np.nan, high=np.nan)


def yearly_share(origins: list[Origin]) -> float:
    """Return the length of the outcome in years; 1 without origins."""
    return origins[0].horizon_days / DAYS_PER_YEAR if origins else 1.0
