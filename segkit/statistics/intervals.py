"""Intervals for shares, sums and ratios of sums over accounts.

Accounts are the unit that is resampled: the lines of one account are not independent, two accounts nearly are.
Shares of accounts (retention, churn by number) get Wilson's interval: it needs no resampling, stays within 0 and 1 and
keeps its promise for small numbers, where Wald's does not (Brown, Cai and DasGupta 2001, Statistical Science 16).
Everything else is a ratio of two sums over accounts (a sum is a ratio to the number of accounts) and gets the
studentised bootstrap, also called bootstrap-t (Hall 1988, Annals of Statistics 16; DiCiccio and Efron 1996, Statistical
Science 11). Why that one: simulated on log-normal money of 250 accounts, a third of them without any (2,000 repeats, so
± 1 point; means, churn and growth), 95 % intervals held the truth in

=======================  ==========  ==========  ===========
cases in 100             percentile  BCa         studentised
=======================  ==========  ==========  ===========
skewed (sigma 1)         93, 93, 93  94, 93, 91  94, 95, 93
very skewed (sigma 1.4)  89, 92, 92  91, 90, 87  93, 95, 92
=======================  ==========  ==========  ===========

It is the best or level with the best. Where money is very skewed no method reaches 95 for means and growth: read those
limits as a little narrow.
"""

from __future__ import annotations

from collections.abc import Iterator
from statistics import NormalDist

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]
Places = NDArray[np.intp]

FEWEST_ACCOUNTS = 10  # resampling fewer accounts tells nothing about how they spread
FEWEST_EFFECTIVE = 5  # the same, where a few of them hold all the money (Kish 1965: (Σw)² / Σw²)
FEWEST_DRAWS = 0.95  # share of resamples in which the ratio and its error must exist
MONEY_SCALE = 10_000  # ten-thousandths: the scale of DECIMAL(18, 4)
CELLS_AT_ONCE = 8_000_000  # weights held in memory at a time (64 MB)


def wilson_interval(successes: ArrayLike, n: ArrayLike, confidence: float = 0.95) -> tuple[Floats, Floats]:
    """Return the lower and upper limits of the share `successes` / `n`; NaN where `n` is 0.

    Wilson (1927), "Probable inference, the law of succession, and statistical inference", JASA 22, without continuity
    correction.

    Parameters
    ----------
    successes, n : array-like
        Accounts with the property, and accounts in all.
    confidence : float
        Share of intervals that hold the true share.

    Examples
    --------
    >>> low, high = wilson_interval([8], [10])
    >>> low.round(3), high.round(3)
    (array([0.49]), array([0.943]))
    """
    k, n = np.asarray(successes, float), np.asarray(n, float)
    z = NormalDist().inv_cdf(0.5 + confidence / 2)
    with np.errstate(divide="ignore", invalid="ignore"):
        share = k / n
        centre = (share + z**2 / (2 * n)) / (1 + z**2 / n)
        half = z / (1 + z**2 / n) * np.sqrt(share * (1 - share) / n + z**2 / (4 * n**2))
        low, high = np.where(k == 0, 0.0, centre - half), np.where(k == n, 1.0, centre + half)
    empty = n == 0
    return np.where(empty, np.nan, low), np.where(empty, np.nan, high)


def exact_units(values: ArrayLike) -> Floats:
    """Return money or counts in whole ten-thousandths, missing as 0.

    Whole numbers below 2**53 add up exactly, so that sums do not depend on the order of accounts or on threads.
    """
    return np.rint(np.nan_to_num(np.asarray(values, float)) * MONEY_SCALE)


def ratio_intervals(
    numerators: Floats,
    denominators: Floats,
    groups: NDArray[np.integer],
    n_groups: int,
    of_all: NDArray[np.bool_],
    draws: int = 1000,
    seed: int = 0,
    confidence: float = 0.95,
) -> tuple[Floats, Floats]:
    """Return lower and upper limits of the ratios of sums, groups + 1 × columns; NaN where resampling says nothing.

    The last row stands for all accounts.

    All accounts are drawn together, with replacement: the size of a group varies from draw to draw as its money does,
    and shares of the total keep their dependence. Draws in which a ratio or its error does not exist are left out;
    where that is more than 5 % of them, or fewer than ten accounts make the figure, or effectively fewer than five
    because one or two hold all the money, there is no interval. A limit never leaves what the accounts allow (not below
    0 where nothing is negative, not above 1 where no part exceeds its whole).

    Parameters
    ----------
    numerators, denominators : array of accounts × columns
        Money or counts per account.
    groups : array of int
        Group of each account, 0 to `n_groups` − 1; −1 for an account that belongs to none.
    of_all : array of bool, one per column
        True: the denominator is summed over all accounts (shares of the total), else over the group.
    draws, seed, confidence : int, int, float
        Number of resamples, what they start from, and the share of intervals that hold the true value.
    """
    y, x = exact_units(numerators), exact_units(denominators)
    columns = np.concatenate([y, x, y * y, x * y, x * x], axis=1)
    members: list[Places] = [np.flatnonzero(groups == group) for group in range(n_groups)]
    members.append(np.arange(len(y)))
    value, error = _ratio_and_error(_group_sums(np.ones((1, len(y))), columns, members), of_all)
    ratios, errors = _ratio_and_error(_resample_sums(columns, members, draws, seed), of_all)
    with np.errstate(divide="ignore", invalid="ignore"):
        studentised = (ratios - value) / errors
    low, high = np.full(value.shape[1:], np.nan), np.full(value.shape[1:], np.nan)
    for group, of_group in enumerate(members):
        for column in range(y.shape[1]):
            own_y, own_x = y[of_group, column], x[of_group, column]
            if not _is_enough(own_y, own_x, bool(of_all[column])):
                continue
            cell = (0, group, column)
            limits = _studentised_limits(value[cell], error[cell], studentised[:, group, column], confidence)
            low[group, column], high[group, column] = _within_range(*limits, own_y, own_x)
    return low, high


def _is_enough(y: Floats, x: Floats, is_of_all: bool) -> bool:
    """Say whether enough accounts make a figure for resampling to mean something."""
    weights = np.abs(y if is_of_all else x) / MONEY_SCALE
    squares = float(np.sum(weights**2))
    effective = float(np.sum(weights)) ** 2 / squares if squares else 0.0
    return int(np.count_nonzero(weights)) >= FEWEST_ACCOUNTS and effective >= FEWEST_EFFECTIVE


def _studentised_limits(value: float, error: float, studentised: Floats, confidence: float) -> tuple[float, float]:
    """Return value − t · error at both ends of the distribution of t; two NaN where too few draws know it."""
    if error == 0:
        return value, value
    known = studentised[np.isfinite(studentised)]
    if not np.isfinite(value) or len(known) < FEWEST_DRAWS * len(studentised):
        return np.nan, np.nan
    t_low, t_high = np.quantile(known, [0.5 - confidence / 2, 0.5 + confidence / 2])
    return value - t_high * error, value - t_low * error


def _within_range(low: float, high: float, y: Floats, x: Floats) -> tuple[float, float]:
    """Return the limits cut to what non-negative parts, and parts of a whole, can reach."""
    if (y >= 0).all() and (x >= 0).all():
        low = max(low, 0.0)
        if (y <= x).all():
            high = min(high, 1.0)
    return low, high


def _ratio_and_error(sums: Floats, of_all: NDArray[np.bool_]) -> tuple[Floats, Floats]:
    """Return the ratios Σy / Σx and their standard errors √Σ(y − ratio · x)² / Σx (linearisation; Cochran 1977, ch. 6).

    `sums` are draws × groups × (y, x, yy, xy, xx); the last group holds all accounts.
    """
    y, x, yy, xy, xx = np.split(sums, 5, axis=2)
    x, xx = (np.where(of_all, total[:, -1:], total) for total in (x, xx))
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = np.where(x > 0, y / x, np.nan)
        squares = np.maximum(yy - 2 * ratio * xy + ratio**2 * xx, 0)
        error = np.sqrt(np.where(squares > 1e-12 * yy, squares, 0)) / x
    return ratio, error


def _group_sums(weights: Floats, columns: Floats, members: list[Places]) -> Floats:
    """Return draws × groups × columns: the weighted sums of each group."""
    return np.stack([weights[:, of_group] @ columns[of_group] for of_group in members], axis=1)


def _resample_sums(columns: Floats, members: list[Places], draws: int, seed: int) -> Floats:
    """Return the sums of each group in each resample, on one thread: sums of squares depend on the order otherwise."""
    from threadpoolctl import threadpool_limits

    with threadpool_limits(1):
        blocks = [_group_sums(weights, columns, members) for weights in _draw_weights(len(columns), draws, seed)]
    return np.concatenate(blocks)


def _draw_weights(n: int, draws: int, seed: int) -> Iterator[Floats]:
    """Yield blocks of draws × accounts: how often each account stands in each resample (multinomial, equal chances)."""
    rng = np.random.default_rng(seed)
    block = max(1, CELLS_AT_ONCE // max(n, 1))
    for start in range(0, draws, block):
        size = min(block, draws - start)
        drawn = rng.integers(0, max(n, 1), size=(size, n)) + n * np.arange(size)[:, None]
        yield np.bincount(drawn.ravel(), minlength=size * n).reshape(size, n).astype(np.float64)
