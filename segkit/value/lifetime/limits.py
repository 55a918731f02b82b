"""Intervals of revenue from how far past forecasts were off, account by account of the same kind."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from segkit.value.lifetime.counts import WEEKS_PER_YEAR

if TYPE_CHECKING:
    import pandas as pd

LEVEL = 0.8
FEWEST = 60  # past cases of a kind from which their spread is used; below, that of a wider kind
QUARTER_DAYS = 92


def kinds(cases: pd.DataFrame) -> list[pd.Series]:
    """Return to which group of comparable cases each belongs, from narrow to wide.

    How long silent (a quarter, a year, longer), known for less than a year, and which third of the forecasts; without
    the third; how long silent alone; all.

    Parameters
    ----------
    cases : DataFrame
        forecast, days_since_sale, age (weeks).
    """
    import pandas as pd

    silent = np.digitize(cases["days_since_sale"].fillna(np.inf), [QUARTER_DAYS, 366])
    young = (cases["age"] < WEEKS_PER_YEAR).to_numpy().astype("int64")
    size = cases["third"].to_numpy().astype("int64")
    codes = [silent * 6 + young * 3 + size, silent * 2 + young, silent, np.zeros(len(cases), dtype="int64")]
    return [pd.Series(code, index=cases.index) for code in codes]


def add_limits(now: pd.DataFrame, past: pd.DataFrame) -> pd.DataFrame:
    """Return forecasts with the limits between which four of five outcomes are expected.

    The ratios of outcome to forecast of past cases of the same kind, whose outcomes were known, give the limits: their
    10 % and 90 % quantiles, a little outside them for small samples (split conformal prediction within groups; Vovk
    2012, Conditional validity of inductive conformal predictors). They hold whatever makes forecasts fail: chance,
    parameters not known exactly, a wrong model, a year unlike the others (as far as past years were).

    Parameters
    ----------
    now : DataFrame
        forecast (currency), days_since_sale, age (weeks).
    past : DataFrame
        The same, with outcome (currency).

    Returns
    -------
    DataFrame
        `now` with low and high, never without the forecast between them; empty where fewer than 60 past cases exist.
    """
    past = past[past["forecast"].notna() & past["outcome"].notna()]
    if len(past) < FEWEST:
        return now.assign(low=np.nan, high=np.nan)
    cuts = np.quantile(past["forecast"], [1 / 3, 2 / 3])
    past = past.assign(third=np.digitize(past["forecast"], cuts))
    here = now.assign(third=np.digitize(now["forecast"], cuts))
    floor = max(1e-9, 1e-3 * float(past["forecast"].mean()))  # a forecast of nearly nothing is no yardstick
    ratios = past["outcome"].clip(lower=0) / (past["forecast"] + floor)
    low, high = np.full(len(now), np.nan), np.full(len(now), np.nan)
    tail = (1 - LEVEL) / 2
    for of_past, of_now in zip(kinds(past), kinds(here), strict=True):
        groups = ratios.groupby(of_past)
        n = groups.size()
        n = n[n >= FEWEST]
        for code, size in n.items():
            own = np.sort(groups.get_group(code).to_numpy())
            below = own[max(int(np.floor(tail * (size + 1))) - 1, 0)]
            above = own[min(int(np.ceil((1 - tail) * (size + 1))) - 1, size - 1)]
            mine = (of_now == code).to_numpy() & np.isnan(low)
            low[mine], high[mine] = below, above
    amount = (now["forecast"] + floor).to_numpy()
    return now.assign(low=np.minimum(low * amount, now["forecast"]), high=np.maximum(high * amount, now["forecast"]))
