"""The season of the company: which calendar months are strong and which are weak, whatever the growth."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import numpy as np

from segkit.quarters import GRACE_DAYS

if TYPE_CHECKING:
    import pandas as pd

DIGITS = 12
YEAR = 12
FEWEST_MONTHS = 24
MOST_MONTHS = 36
CAP = 3.0  # an account's month counts at most so many times its mean month: one large order is no season


def month_grid(now: pd.DataFrame, months: pd.DataFrame, as_of: dt.date) -> tuple[np.ndarray, pd.DatetimeIndex]:
    """Return the net revenue of each account in each whole calendar month, at most the last 36.

    Parameters
    ----------
    now : DataFrame
        Panel rows at as-of: `account_id`, `history_days` (days from the first line of the data to as-of).
    months : DataFrame
        Result of the query `account_month_revenue`: `account_id`, `month` (first day), `revenue` (money).
    as_of : date
        The month of this day is left out unless the day ends it; so is the month in which the data start, unless they
        start in its first week.

    Returns
    -------
    tuple
        Money, accounts (in the order of `now`) × months; 0 without a line. And the first days of the months.
    """
    import pandas as pd

    day = pd.Timestamp(as_of)
    last = (day + pd.Timedelta(days=1)).to_period("M") - 1
    history = int(now["history_days"].max()) if len(now) else 0
    opening = (day - pd.Timedelta(days=history + GRACE_DAYS)).to_period("M") + 1
    first = max(opening, last - (MOST_MONTHS - 1))
    whole = pd.period_range(first, last, freq="M")
    grid = np.zeros((len(now), len(whole)))
    at = (months["month"].dt.year * YEAR + months["month"].dt.month).to_numpy() - (first.year * YEAR + first.month)
    row = pd.Index(now["account_id"]).get_indexer(months["account_id"])
    inside = (at >= 0) & (at < len(whole)) & (row >= 0)
    grid[row[inside], at[inside]] = months["revenue"].astype("float64").to_numpy()[inside]
    return grid, pd.DatetimeIndex(whole.to_timestamp())


def season_indices(grid: np.ndarray, days: pd.DatetimeIndex) -> np.ndarray | None:
    """Return the twelve seasonal indices from January on, their mean 1; None with fewer than 24 months or no revenue.

    Ratio to moving average: each month of the company over the centred mean of the twelve months around it (the first
    and the last of thirteen count half), the median of these ratios by calendar month, divided by the mean of the
    twelve (Makridakis, Wheelwright & Hyndman 1998, Forecasting, ch. 3). Before it, each account's month is cut at three
    times the account's mean month.

    Parameters
    ----------
    grid, days
        As `month_grid` gives them.
    """
    if len(days) < FEWEST_MONTHS:
        return None
    total = np.minimum(grid, CAP * np.maximum(grid.mean(axis=1, keepdims=True), 0)).sum(axis=0)
    weights = np.r_[0.5, np.ones(YEAR - 1), 0.5] / YEAR
    level = np.convolve(total, weights, mode="valid")
    if (level <= 0).any():
        return None
    half = YEAR // 2
    ratios = total[half:-half] / level
    calendar = np.asarray(days.month)[half:-half]
    indices = np.array([np.median(ratios[calendar == month]) for month in range(1, YEAR + 1)]).clip(min=0)
    return (indices / indices.mean()).round(DIGITS)
