"""Groups against all others: effect sizes, tests and intervals that hold for skewed money and for shares.

Numbers are compared by ranks: Cliff's delta (1993, Psychological Bulletin 114) is the chance that an account of the
group lies above one of the others, less the chance that it lies below. Shares are compared by Cohen's h (1988, ch. 6):
unlike phi and Cramér's V it does not shrink because a group is small. Medium effects begin at .33 and at .5 (Romano et
al. 2006; Cohen 1988).
"""

from __future__ import annotations

import functools
import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]
Codes = NDArray[np.integer]

MEDIUM_DELTA, MEDIUM_H = 0.33, 0.5
FEWEST_EXPECTED = 5  # below so many expected accounts in a cell the exact test takes the place of chi-squared


@dataclass(frozen=True)
class Comparison:
    """Each group against all others: effect size, two-sided p value, accounts of the group with a value."""

    effect: Floats
    p: Floats
    n: NDArray[np.int64]


def compare_numbers(values: ArrayLike, groups: Codes, n_groups: int) -> Comparison:
    """Return Cliff's delta and the Mann-Whitney test of each group against all others.

    The p value is that of the normal approximation with correction for ties and for continuity; it holds from about ten
    accounts on each side. NaN where a side is empty; where all values are equal the effect is 0 and p is 1.

    Parameters
    ----------
    values : array-like
        One number per account; NaN is left out.
    groups : array of int
        Group of each account, 0 to `n_groups` − 1; other codes count among the others of every group.
    n_groups : int
        Number of groups.

    Examples
    --------
    >>> found = compare_numbers([1, 2, 3, 4], np.array([0, 0, 1, 1]), 2)
    >>> found.effect.tolist()
    [-1.0, 1.0]
    """
    x = np.asarray(values, float)
    known = ~np.isnan(x)
    x, codes = x[known], np.asarray(groups)[known]
    ranks, ties = _midranks(x)
    inside = (codes >= 0) & (codes < n_groups)
    n = np.bincount(codes[inside], minlength=n_groups)
    rank_sums = np.bincount(codes[inside], weights=ranks[inside], minlength=n_groups)
    n_all = len(x)
    others = n_all - n
    with np.errstate(divide="ignore", invalid="ignore"):
        u = rank_sums - n * (n + 1) / 2
        pairs = (n * others).astype(float)
        effect = 2 * u / pairs - 1
        spread = pairs / 12 * (n_all + 1 - ties / (n_all * (n_all - 1.0))) if n_all > 1 else np.zeros(n_groups)
        z = np.maximum(np.abs(u - pairs / 2) - 0.5, 0) / np.sqrt(spread)
    p = np.where(spread > 0, _two_sided(z), 1.0)
    is_empty = pairs == 0
    return Comparison(np.where(is_empty, np.nan, effect), np.where(is_empty, np.nan, p), n)


def _midranks(x: Floats) -> tuple[Floats, float]:
    """Return ranks from 1 with ties at their mean, and Σ(t³ − t) over the ties."""
    _, inverse, counts = np.unique(x, return_inverse=True, return_counts=True)
    ends = np.cumsum(counts)
    t = counts.astype(float)
    return (ends - (t - 1) / 2)[inverse], float(np.sum(t**3 - t))


def compare_shares(has: ArrayLike, groups: Codes, n_groups: int) -> Comparison:
    """Return Cohen's h and the test of each group's share against that of all others.

    h = 2 asin √share − 2 asin √share of the others. Chi-squared without continuity correction, or Fisher's exact test
    where a cell expects fewer than five accounts. NaN where a side is empty.

    Parameters
    ----------
    has : array-like
        1 or 0 per account; NaN is left out.
    groups, n_groups
        As for `compare_numbers`.
    """
    x = np.asarray(has, float)
    known = ~np.isnan(x)
    x, codes = x[known], np.asarray(groups)[known]
    inside = (codes >= 0) & (codes < n_groups)
    n = np.bincount(codes[inside], minlength=n_groups)
    hits = np.bincount(codes[inside], weights=x[inside], minlength=n_groups).round().astype(int)
    n_all, n_hits = len(x), round(float(x.sum()))
    effect, p = np.full(n_groups, np.nan), np.full(n_groups, np.nan)
    for group in np.flatnonzero((n > 0) & (n < n_all)).tolist():
        a, m = int(hits[group]), int(n[group])
        effect[group] = 2 * (_angle(a / m) - _angle((n_hits - a) / (n_all - m)))
        p[group] = _share_test(a, m, n_hits, n_all)
    return Comparison(effect, p, n)


def _angle(share: float) -> float:
    return math.asin(math.sqrt(share))


def _share_test(a: int, m: int, n_hits: int, n: int) -> float:
    """Return the p value of the fourfold table with `a` of `m` in the group and `n_hits` of `n` in all."""
    if n_hits in (0, n):
        return 1.0
    if min(m, n - m) * min(n_hits, n - n_hits) / n < FEWEST_EXPECTED:
        return fisher_test(a, m, n_hits, n)
    determinant = a * n - m * n_hits
    chi2 = determinant**2 * n / (float(m) * (n - m) * n_hits * (n - n_hits))
    return math.erfc(math.sqrt(chi2 / 2))


def fisher_test(a: int, m: int, n_hits: int, n: int) -> float:
    """Return the two-sided p value of Fisher's exact test: all tables no more probable than the one seen.

    Parameters
    ----------
    a, m : int
        Accounts of the group with the property, and of the group in all.
    n_hits, n : int
        The same of all accounts.

    Examples
    --------
    The lady tasting tea, 3 of 4 right:

    >>> round(fisher_test(3, 4, 4, 8), 4)
    0.4857
    """
    low, high = max(0, m + n_hits - n), min(m, n_hits)
    logs = np.array([_log_table(k, m, n_hits, n) for k in range(low, high + 1)])
    seen = logs[a - low]
    return float(min(1.0, np.exp(logs[logs <= seen + 1e-9]).sum()))


def _log_table(k: int, m: int, n_hits: int, n: int) -> float:
    return _log_choose(n_hits, k) + _log_choose(n - n_hits, m - k) - _log_choose(n, m)


def _log_choose(n: int, k: int) -> float:
    return math.lgamma(n + 1) - math.lgamma(k + 1) - math.lgamma(n - k + 1)


def holm(p: ArrayLike) -> Floats:
    """Return p values corrected for the number of tests (Holm 1979); NaN is no test and stays NaN.

    Examples
    --------
    >>> holm([0.01, 0.04, 0.03]).tolist()
    [0.03, 0.06, 0.06]
    """
    p = np.asarray(p, float)
    places = np.flatnonzero(~np.isnan(p))
    order = places[np.argsort(p[places], kind="stable")]
    corrected = np.full(p.shape, np.nan)
    steps = np.arange(len(order), 0, -1)
    corrected[order] = np.minimum(np.maximum.accumulate(p[order] * steps), 1.0)
    return corrected


def benjamini_hochberg(p: ArrayLike) -> Floats:
    """Return p values corrected so that of all that stay below a level at most that share is expected to be false.

    Benjamini & Hochberg (1995, Journal of the Royal Statistical Society B 57): for many single tests that lead to a
    list, where Holm, which allows for no false one at all, would leave it empty. NaN is no test and stays NaN.

    Examples
    --------
    >>> benjamini_hochberg([0.01, 0.04, 0.03]).tolist()
    [0.03, 0.04, 0.04]
    """
    p = np.asarray(p, float)
    places = np.flatnonzero(~np.isnan(p))
    order = places[np.argsort(p[places], kind="stable")]
    corrected = np.full(p.shape, np.nan)
    steps = len(order) / np.arange(1, len(order) + 1)
    corrected[order] = np.minimum.accumulate((p[order] * steps)[::-1])[::-1]
    return corrected


def median_interval(values: ArrayLike, confidence: float = 0.95) -> tuple[float, float]:
    """Return the limits of the median by order statistics, without any assumption; NaN where there are too few values.

    The narrowest pair of equally deep order statistics that holds the median with at least the confidence asked for
    (Conover 1999, Practical Nonparametric Statistics, ch. 3); at 95 % it needs six values.
    """
    x = np.sort(np.asarray(values, float))
    x = x[~np.isnan(x)]
    depth = _depth(len(x), confidence)
    return (float(x[depth - 1]), float(x[-depth])) if depth else (math.nan, math.nan)


@functools.cache
def _depth(n: int, confidence: float) -> int:
    """Return how many values from either end the limits of the median lie; 0 where n is too small."""
    if n == 0:
        return 0
    k = np.arange(n // 2 + 1)
    logs = np.array([_log_choose(n, int(i)) for i in k]) - n * math.log(2)
    tails = np.cumsum(np.exp(logs))  # P(Binomial(n, ½) ≤ k)
    return int(np.searchsorted(tails, (1 - confidence) / 2, side="right"))


def _two_sided(z: Floats) -> Floats:
    return np.array([math.erfc(value / math.sqrt(2)) if value == value else math.nan for value in z.tolist()])
