"""How much two groups of accounts differ in money and behaviour, and whether anything lies between them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from segkit.statistics.comparisons import compare_numbers

if TYPE_CHECKING:
    import pandas as pd

MEDIUM = 0.33  # Cliff's delta from which a difference is of medium size (Romano et al. 2006)
BEHAVIOUR = ("revenue_12m", "margin_12m", "revenue_q", "frequency_12m", "days_since_last")
FEWEST = 10  # accounts with a value on each side


def behaviour_columns(accounts: pd.DataFrame) -> list[np.ndarray]:
    """Return the columns of money and behaviour that are known, NaN where a value is missing.

    Parameters
    ----------
    accounts : DataFrame
        Rows of `account_features`: revenue_12m, revenue_prev_12m, margin_12m, revenue_q (money), frequency_12m
        (invoices), days_since_last. The change of revenue, (now − before) / (now + before), is added.
    """
    columns = {name: accounts[name].to_numpy(float, na_value=np.nan) for name in BEHAVIOUR if name in accounts}
    if {"revenue_12m", "revenue_prev_12m"} <= set(accounts.columns):
        now, before = (accounts[c].to_numpy(float, na_value=np.nan) for c in ("revenue_12m", "revenue_prev_12m"))
        columns["change"] = (now - before) / np.where(now + before > 0, now + before, np.nan)
    return [values for values in columns.values() if np.isfinite(values).any()]


def delta_limits(x: np.ndarray, y: np.ndarray, z: float) -> tuple[float, float, float]:
    """Return the absolute Cliff's delta of two groups and its limits, z standard errors below and above.

    The error is that of the Mann-Whitney statistic where both groups are alike, √((m + n + 1) / (3 m n)); it is about
    the largest that there is. Below ten values on a side nothing is known: 0, with the limits 0 and 1.

    Examples
    --------
    Each of ten values beside each of ten higher ones: delta 1, error √(21 / 300) = .26.

    >>> delta_limits(np.arange(10.0), np.arange(10.0, 20.0), 1.0)[1]
    0.7354
    """
    x, y = x[np.isfinite(x)], y[np.isfinite(y)]
    m, n = len(x), len(y)
    if min(m, n) < FEWEST:
        return 0.0, 0.0, 1.0
    groups = np.repeat([0, 1], [m, n])
    delta = abs(float(compare_numbers(np.concatenate([x, y]), groups, 2).effect[0]))
    error = z * float(np.sqrt((m + n + 1) / (3 * m * n)))
    return round(delta, 4), round(max(delta - error, 0.0), 4), round(min(delta + error, 1.0), 4)


def fill_of_middle(a: np.ndarray, b: np.ndarray) -> float:
    """Return how densely the middle between two groups of points is filled, over the sparser of their centres.

    As `separation.gaps`, for any two: 0 an empty gap, 1 and more none at all.
    """
    line = b.mean(axis=0) - a.mean(axis=0)
    length = float(line @ line)
    if length <= 0:
        return 1.0
    way = (np.vstack([a, b]) - a.mean(axis=0)) @ line / length
    here, middle, there = (np.count_nonzero(np.abs(way - at) <= 0.1) for at in (0.0, 0.5, 1.0))
    return float((middle + 1) / (min(here, there) + 1))
