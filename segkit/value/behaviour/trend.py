"""Trend of single accounts: the yearly change of revenue once the season is taken out, with an interval that holds.

Monthly revenue is taken to be season × level × exp(b · years): the quasi-Poisson log-linear model, whose equations ask
for nothing but this mean (McCullagh & Nelder 1989, Generalized Linear Models, ch. 9), so months without revenue and
credit notes do no harm. The standard error is the larger of two: with the spread of the account's own months
(Pearson), and the one that holds whatever that spread follows, with the correction HC3 for few months (Long & Ervin
2000, The American Statistician 54). Months that go together widen both.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from segkit.statistics.comparisons import benjamini_hochberg

if TYPE_CHECKING:
    import pandas as pd

DIGITS = 12
MONEY_DIGITS = 4
YEAR = 12
WINDOW = 24  # months: a jump of three years ago is no rise today
FEWEST_MONTHS = 12  # from the month after the first line
FEWEST_ACTIVE = 6  # months with revenue above zero
STEEPEST = 5.0  # a rate beyond e to this power a year is no trend, it is a start or an end
ROUNDS = 50
CLOSE = 1e-10
BLOCK = 20_000  # accounts fitted at a time: what is in memory does not grow with the company
FALSE_DISCOVERIES = 0.05
CONFIDENCE = 0.95


def fit_trends(now: pd.DataFrame, grid: np.ndarray, days: pd.DatetimeIndex, season: np.ndarray) -> pd.DataFrame:
    """Return the trend over the last 24 months of each account that has been buying long enough.

    Parameters
    ----------
    now : DataFrame
        Panel rows at as-of: `account_id`, `first_date`. The month of an account's first line is left out: it is
        partial, and it holds a purchase because it was chosen for having one.
    grid, days, season
        As `month_grid` and `season_indices` give them.

    Returns
    -------
    DataFrame
        One row per account with at least twelve months since its first and revenue in six of them: `account_id`,
        `trend`, `trend_low`, `trend_high` (ratio a year: −.1 is a tenth less every year; 95 % interval),
        `trend_change` (money: fitted revenue of twelve months at today's level less that a year before),
        `trend_direction` (rises or falls where the change holds though all accounts are looked at: of those named at
        most 5 % are expected to be named wrongly, Benjamini & Hochberg 1995; else open).
    """
    import pandas as pd
    from scipy.special import stdtr, stdtrit

    grid, days = grid[:, -WINDOW:], days[-WINDOW:]
    first = now["first_date"].to_numpy("datetime64[M]").astype("int64")
    month = np.asarray(days, dtype="datetime64[M]").astype("int64")
    is_known = month[None, :] > first[:, None]
    has_season = season[np.asarray(days.month) - 1] > 0
    base = np.where(is_known, season[np.asarray(days.month) - 1], 0.0)
    money = np.where(base > 0, grid, 0.0)
    n_months = (base > 0).sum(axis=1)
    is_long = (is_known & has_season).sum(axis=1) >= FEWEST_MONTHS
    fits = is_long & ((money > 0).sum(axis=1) >= FEWEST_ACTIVE) & (money.sum(axis=1) > 0)
    rows = np.flatnonzero(fits)
    years = np.arange(len(days)) / YEAR
    parts = [_fit(money[block], base[block], years) for block in np.split(rows, range(BLOCK, len(rows), BLOCK))]
    slope, error, level, pairs, n_pairs = (np.concatenate(each) for each in zip(*parts, strict=True))
    widening = _widening(pairs, n_pairs, n_months[rows])
    is_found = np.isfinite(slope) & (np.abs(slope) < STEEPEST) & (error > 0) & np.isfinite(error)
    rows, slope, error, level = rows[is_found], slope[is_found], error[is_found] * widening, level[is_found]
    freedom = n_months[rows] - 2
    reach = stdtrit(freedom, (1 + CONFIDENCE) / 2) * error
    holds = benjamini_hochberg(2 * stdtr(freedom, -np.abs(slope) / error)) <= FALSE_DISCOVERIES
    with np.errstate(over="ignore"):
        high = np.expm1(slope + reach)
    return pd.DataFrame(
        {
            "account_id": now["account_id"].to_numpy()[rows],
            "trend": np.expm1(slope).round(DIGITS),
            "trend_low": np.expm1(slope - reach).round(DIGITS),
            "trend_high": np.where(np.isfinite(high), high, np.nan).round(DIGITS),
            "trend_change": (level * -np.expm1(-slope)).round(MONEY_DIGITS),
            "trend_direction": np.select([holds & (slope > 0), holds & (slope < 0)], ["rises", "falls"], "open"),
        }
    ).astype({"trend_direction": "str"})


def _fit(money: np.ndarray, base: np.ndarray, years: np.ndarray) -> tuple[np.ndarray, ...]:
    """Return slope (log a year), its standard error, fitted revenue of the last twelve months, and lag-1 products.

    The slope is that under which the fitted money has the same centre in time as the observed money: both equations of
    the model hold then. Newton's method on this one equation, all accounts at once.
    """
    total = money.sum(axis=1)
    centre = (money * years).sum(axis=1) / total
    slope = np.zeros(len(money))
    for _ in range(ROUNDS):
        weight, distance, spread = _weights(base, years, slope)
        step = np.clip(-(weight * (years - centre[:, None])).sum(axis=1) / spread, -1, 1)
        slope = np.clip(slope + step, -2 * STEEPEST, 2 * STEEPEST)
        if not len(step) or np.abs(step).max() < CLOSE:
            break
    weight, distance, spread = _weights(base, years, slope)
    fitted = weight * total[:, None]
    rest = money - fitted
    with np.errstate(divide="ignore", invalid="ignore"):
        pearson = np.where(base > 0, rest / np.sqrt(fitted), 0.0)
        n = (base > 0).sum(axis=1)
        squares = (pearson**2).sum(axis=1)
        usual = squares / (n - 2) / (spread * total)
        leverage = weight * (1 + distance**2 / spread[:, None])
        robust = ((distance * rest / (1 - leverage)) ** 2).sum(axis=1) / (spread * total) ** 2
        together = (pearson[:, 1:] * pearson[:, :-1]).sum(axis=1) / squares
        year = np.where(base[:, -YEAR:] > 0, fitted[:, -YEAR:], 0.0).sum(axis=1)
    return slope, np.sqrt(np.maximum(usual, robust)), year, together, np.isfinite(together)


def _weights(base: np.ndarray, years: np.ndarray, slope: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return each month's share of the fitted money, its distance from their centre in years, and its variance."""
    weight = base * np.exp(slope[:, None] * (years - years.mean()))
    weight /= weight.sum(axis=1, keepdims=True)
    distance = years - (weight * years).sum(axis=1, keepdims=True)
    return weight, distance, (weight * distance**2).sum(axis=1)


def _widening(together: np.ndarray, is_usable: np.ndarray, n_months: np.ndarray) -> float:
    """Return the factor by which errors grow because neighbouring months are alike, never below 1.

    The correlation of neighbouring months is too uncertain for one account: it is the mean over all. What is left after
    two parameters are fitted has about −2 / months even where months are independent, which is added back.
    """
    if not is_usable.any():
        return 1.0
    alike = float(np.mean(together[is_usable] + 2 / n_months[is_usable]))
    alike = min(max(alike, 0.0), 0.9)
    return float(np.sqrt((1 + alike) / (1 - alike)))
