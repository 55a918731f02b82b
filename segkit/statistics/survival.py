"""Medians of durations of which some have not ended yet, and the test that two groups last equally long.

Kaplan and Meier (1958, Journal of the American Statistical Association 53), with delayed entry: a deal that was opened
before the time told about counts from the age at which that time began (Klein and Moeschberger 2003, Survival Analysis,
ch. 4.6). Durations of one account are not independent: with `clusters` the variance is that of sums over accounts
(infinitesimal jackknife; Williams 1995, Biometrics 51).
"""

from __future__ import annotations

import math
from statistics import NormalDist
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]

TIE = 1e-9  # a survival this near to a half is a half: sums of logarithms round
CELLS_AT_ONCE = 4_000_000  # clusters × times held in memory at a time (32 MB)


class SurvivalCurve(NamedTuple):
    """Times at which something ended; of each: units at risk, ends, share still open after it, variance of its log."""

    times: Floats
    at_risk: Floats
    ends: Floats
    survival: Floats
    log_variance: Floats


def survival_median(
    entry: ArrayLike,
    days: ArrayLike,
    is_event: ArrayLike,
    confidence: float = 0.95,
    clusters: ArrayLike | None = None,
) -> tuple[float, float, float]:
    """Return the median duration and its limits; infinity: not reached, NaN: nothing at risk or nothing ended.

    The limits are the times at which the log-log limits of survival pass one half (Brookmeyer and Crowley 1982,
    Biometrics 38), those of lifelines' `median_survival_times` where no clusters are given.

    Parameters
    ----------
    entry : array-like
        Days since its opening after which each unit was seen: its age on the last day before the time told about; 0
        where it was opened later. What ends on a day was at risk on it if it was seen before, as in lifelines.
    days : array-like
        Days from opening to the end, or to the last day seen; not below `entry`.
    is_event : array-like
        True: ended; False: still open on the last day seen.
    confidence : float
        Share of intervals that hold the true median.
    clusters : array-like, optional
        Account of each unit.

    Examples
    --------
    >>> survival_median([0, 0, 0, 0, 0], [3, 5, 8, 9, 12], [True, True, True, False, True])[0]
    8.0
    """
    curve = survival_curve(entry, days, is_event, clusters)
    if not len(curve.times):
        return (math.nan,) * 3
    log_log = np.log(-_log(curve.survival))
    spread = NormalDist().inv_cdf(0.5 + confidence / 2) * np.sqrt(curve.log_variance) / -_log(curve.survival)
    half = math.log(math.log(2))
    median = _first(curve.times, curve.survival <= 0.5 + TIE)
    low = _first(curve.times, (log_log + spread >= half - TIE) | (curve.survival == 0))
    high = _first(curve.times, (log_log - spread >= half - TIE) | (curve.survival == 0))
    return median, low, high


def survival_curve(
    entry: ArrayLike, days: ArrayLike, is_event: ArrayLike, clusters: ArrayLike | None = None
) -> SurvivalCurve:
    """Return the Kaplan-Meier curve at the times at which something ended.

    Parameters
    ----------
    entry, days, is_event, clusters
        As for `survival_median`.
    """
    start, end = np.asarray(entry, float), np.asarray(days, float)
    ended = np.asarray(is_event, bool)
    if not (start <= end).all():
        raise ValueError("a duration ends before it begins, or is not known")
    if len(start):
        start = np.where(start == start.min(), -np.inf, start)  # who was there first is at risk from the beginning
    seen = start < end
    start, end, ended = start[seen], end[seen], ended[seen]
    clusters = None if clusters is None else np.asarray(clusters)[seen]
    times, counts = np.unique(end[ended], return_counts=True)
    ends, at_risk = counts.astype(np.float64), _at_risk(start, end, times)
    left = at_risk - ends
    with np.errstate(divide="ignore"):
        survival = np.exp(np.cumsum(np.log(left) - np.log(at_risk)))
    if clusters is None:
        steps = np.divide(ends, at_risk * left, out=np.zeros(len(times)), where=left > 0)
        return SurvivalCurve(times, at_risk, ends, survival, np.cumsum(steps))
    variance = _clustered_variance(start, end, ended, clusters, times, at_risk, ends)
    return SurvivalCurve(times, at_risk, ends, survival, variance)


def _at_risk(start: Floats, end: Floats, times: Floats) -> Floats:
    entered = np.searchsorted(np.sort(start), times, "left")
    return (entered - np.searchsorted(np.sort(end), times, "left")).astype(np.float64)


def _clustered_variance(
    start: Floats,
    end: Floats,
    ended: NDArray[np.bool_],
    clusters: NDArray,
    times: Floats,
    at_risk: Floats,
    ends: Floats,
) -> Floats:
    """Return the variance of log survival at each time: Σ over clusters of (Σ of their influences)².

    A unit's influence on log survival at t is the hazard it went through up to t, each step divided by the units left,
    less its own end: ∫ (Y_i dN / Y − dN_i) / (Y − dN).
    """
    _, codes = np.unique(clusters, return_inverse=True)
    n_clusters = int(codes.max(initial=-1)) + 1
    left = at_risk - ends
    per_step = np.divide(1.0, left, out=np.zeros(len(times)), where=left > 0)
    first, last = np.searchsorted(times, start, "right"), np.searchsorted(times, end, "right")
    at_end = np.searchsorted(times, end[ended])
    variance = np.zeros(len(times))
    block = max(1, CELLS_AT_ONCE // max(len(times), 1))
    width = len(times) + 1
    for low in range(0, n_clusters, block):
        size = min(block, n_clusters - low)
        mine = (codes >= low) & (codes < low + size)
        row = (codes[mine] - low) * width
        change = np.bincount(row + first[mine], minlength=size * width).astype(float)
        change -= np.bincount(row + last[mine], minlength=size * width)
        seen = change.reshape(size, width).cumsum(1)[:, :-1]
        own = np.bincount((codes[ended & mine] - low) * width + at_end[mine[ended]], minlength=size * width)
        steps = (seen * (ends / at_risk) - own.reshape(size, width)[:, :-1]) * per_step
        variance += (steps.cumsum(1) ** 2).sum(0)
    return variance * n_clusters / max(n_clusters - 1, 1)


def _log(survival: Floats) -> Floats:
    with np.errstate(divide="ignore"):
        return np.minimum(np.log(survival), -1e-300)


def _first(times: Floats, is_there: NDArray[np.bool_]) -> float:
    return float(times[is_there.argmax()]) if is_there.any() else math.inf


def log_rank_test(
    entry: ArrayLike, days: ArrayLike, is_event: ArrayLike, in_group: ArrayLike, clusters: ArrayLike
) -> float:
    """Return the p value of the hypothesis that a group lasts as long as all others; NaN where one side has no end.

    The log-rank test (Mantel 1966, Cancer Chemotherapy Reports 50) with the variance of sums over clusters (Lin and Wei
    1989, Journal of the American Statistical Association 84), held against Student's t with one degree of freedom less
    than the smaller side has clusters with an end.

    Parameters
    ----------
    entry, days, is_event, clusters
        As for `survival_median`.
    in_group : array-like
        True: of the group; False: of the others.
    """
    from scipy.stats import t as student

    start, end = np.asarray(entry, float), np.asarray(days, float)
    ended, group = np.asarray(is_event, bool), np.asarray(in_group, bool)
    if len(start):
        start = np.where(start == start.min(), -np.inf, start)
    seen = start < end
    start, end, ended, group = start[seen], end[seen], ended[seen], group[seen]
    names, codes = np.unique(np.asarray(clusters)[seen], return_inverse=True)
    fewest = min(len(np.unique(codes[ended & side])) for side in (group, ~group))
    if fewest < 2:
        return math.nan
    times, counts = np.unique(end[ended], return_counts=True)
    at_risk = _at_risk(start, end, times)
    share = _at_risk(start[group], end[group], times) / at_risk
    hazard = np.r_[0.0, np.cumsum(counts / at_risk)]
    shared = np.r_[0.0, np.cumsum(share * counts / at_risk)]
    first, last = np.searchsorted(times, start, "right"), np.searchsorted(times, end, "right")
    expected = group * (hazard[last] - hazard[first]) - (shared[last] - shared[first])
    own = np.where(ended, group - share[np.minimum(np.searchsorted(times, end), len(times) - 1)], 0.0)
    sums = np.bincount(codes, weights=own - expected, minlength=len(names))
    error = math.sqrt(float((sums**2).sum()) * len(names) / (len(names) - 1))
    return float(2 * student.sf(abs(float(sums.sum())) / error, fewest - 1)) if error > 0 else 1.0
