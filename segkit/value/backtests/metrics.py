"""What is measured when forecasts meet what came, for many weightings of the same cases at once.

Everywhere `weights` is cases × weightings: how often a case stands in each resample of accounts; one column of ones
gives the measure itself. So a bootstrap of 400 draws is a few sums over one matrix, ranks included.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

CLIP = 1e-6  # a forecast of 0 or 1 that fails would cost infinitely much
TOP_SHARE = 0.10
SHARES = ("auc", "top_decile_share", "coverage")  # between 0 and 1
STEPS = 50
STEEPEST = 50.0  # a calibration slope beyond is a separation of the two outcomes and has no number

IDEAL = {
    "auc": np.inf,
    "brier": -np.inf,
    "log_loss": -np.inf,
    "calibration_in_the_large": 0.0,
    "calibration_slope": 1.0,
    "spearman": np.inf,
    "mae": -np.inf,
    "bias_share": 0.0,
    "top_decile_share": np.inf,
    "coverage": np.nan,
    "pinball": -np.inf,
}
"""Metric → the number that would be best: as high or as low as can be, or a target; coverage has its own quantile."""


def gain(metric: str, value: Floats, baseline: Floats, quantile: float) -> Floats:
    """Return by how much a value is better than another one: above 0 is better, whatever the metric."""
    best = quantile if metric == "coverage" else IDEAL[metric]
    if np.isinf(best):
        return (value - baseline) * np.sign(best)
    return np.abs(baseline - best) - np.abs(value - best)


def to_scale(metric: str, value: Floats, smallest: float) -> Floats:
    """Return a measure on the scale on which its resamples are nearly symmetric.

    Log odds for shares and the area under the curve, Fisher's z for a correlation, the logarithm for mean amounts; the
    others stay as they are. Shares and correlations keep `smallest` from their ends, where the scale has no number.
    """
    if metric in SHARES:
        share = np.clip(value, smallest, 1 - smallest)
        return np.log(share / (1 - share))
    if metric == "spearman":
        return np.arctanh(np.clip(value, smallest - 1, 1 - smallest))
    if metric in ("mae", "pinball"):
        return np.log(np.maximum(value, np.finfo(float).tiny))
    return np.log(np.maximum(value + 1, np.finfo(float).tiny)) if metric == "bias_share" else value


def from_scale(metric: str, value: Floats) -> Floats:
    """Return a measure from the scale of `to_scale`."""
    if metric in SHARES:
        return 1 / (1 + np.exp(-value))
    if metric == "spearman":
        return np.tanh(value)
    if metric in ("mae", "pinball"):
        return np.exp(value)
    return np.exp(value) - 1 if metric == "bias_share" else value


class Ties(NamedTuple):
    """Cases in ascending order of a number: their places, where each tie begins, and each case's tie."""

    order: NDArray[np.intp]
    starts: NDArray[np.intp]
    tie_of_case: NDArray[np.intp]


def find_ties(numbers: Floats) -> Ties:
    """Return the order of the cases by a number, equal numbers together."""
    order = np.argsort(numbers, kind="stable")
    ordered = numbers[order]
    is_first = np.ones(len(ordered), dtype=bool)
    is_first[1:] = ordered[1:] != ordered[:-1]
    tie_of_case = np.empty(len(ordered), dtype=np.intp)
    tie_of_case[order] = np.cumsum(is_first) - 1
    return Ties(order, np.flatnonzero(is_first), tie_of_case)


def sums_by_tie(ties: Ties, amounts: Floats) -> Floats:
    """Return ties × weightings: the sum of cases × weightings within each tie."""
    if len(ties.starts) == len(ties.order):
        return amounts[ties.order]
    return np.add.reduceat(amounts[ties.order], ties.starts, axis=0)


def area_under_curve(ties: Ties, has: Floats, weights: Floats) -> Floats:
    """Return the chance that a case with the outcome is ranked above one without it, ties counted half.

    It is the Mann-Whitney statistic over the number of pairs (Hanley and McNeil 1982, Radiology 143). NaN where all
    cases have the same outcome.
    """
    with_outcome = sums_by_tie(ties, weights * has[:, None])
    without = sums_by_tie(ties, weights * (1 - has)[:, None])
    pairs = with_outcome.sum(0) * without.sum(0)
    below = np.cumsum(without, axis=0) - without / 2
    return _ratio((with_outcome * below).sum(0), pairs)


def mid_ranks(ties: Ties, in_tie: Floats, up_to: Floats) -> Floats:
    """Return cases × weightings: the mean rank of a case's tie among the weighted cases.

    `in_tie` are the weights by tie (`sums_by_tie`), `up_to` their running sum.
    """
    return (up_to - in_tie / 2 + 0.5)[ties.tie_of_case]


def rank_spread(ranks: Floats, weights: Floats) -> Floats:
    """Return the sum of squares of `mid_ranks` around their mean; whole halves, so it is exact."""
    return np.einsum("ij,ij->j", weights * ranks, ranks) - _mean_square(weights)


def rank_correlation(ranks: Floats, others: Floats, spread: Floats, weights: Floats) -> Floats:
    """Return Spearman's correlation of two `mid_ranks`: Pearson's of ranks, so that ties count as they are.

    `spread` is the `rank_spread` of the others. NaN where one of the two is constant.
    """
    weighted = weights * ranks
    own = np.einsum("ij,ij->j", weighted, ranks) - _mean_square(weights)
    both = np.einsum("ij,ij->j", weighted, others) - _mean_square(weights)
    return _ratio(both, np.sqrt(np.maximum(own * spread, 0)))


def _mean_square(weights: Floats) -> Floats:
    """Return n times the square of the mean rank, which is (n + 1) / 2 with and without ties."""
    n = weights.sum(0)
    return n * ((n + 1) / 2) ** 2


def top_share(
    ties: Ties, in_tie: Floats, up_to: Floats, amounts: Floats, weights: Floats, share: float = TOP_SHARE
) -> Floats:
    """Return the share of all amounts that falls to the share of cases ranked first.

    Of a tie that the cut goes through, the same part of each case counts: what drawing lots would give on average.
    `in_tie` and `up_to` as for `mid_ranks`.
    """
    room = up_to - (1 - share) * up_to[-1]
    part = np.clip(_ratio(room, in_tie, empty=0.0), 0, 1)
    of_tie = sums_by_tie(ties, weights * amounts[:, None])
    return _ratio(np.einsum("ij,ij->j", of_tie, part), amounts @ weights)


def log_odds(probabilities: Floats) -> Floats:
    """Return log(p / (1 − p)), probabilities cut to between CLIP and 1 − CLIP."""
    p = np.clip(probabilities, CLIP, 1 - CLIP)
    return np.log(p / (1 - p))


def losses(probabilities: Floats, has: Floats) -> Floats:
    """Return each case's log loss −log(p of what came), probabilities cut to between CLIP and 1 − CLIP."""
    p = np.clip(probabilities, CLIP, 1 - CLIP)
    return -(has * np.log(p) + (1 - has) * np.log1p(-p))


def recalibration(probabilities: Floats, has: Floats) -> tuple[float, float]:
    """Return intercept and slope of the logistic regression of the outcome on the log odds of its forecasts.

    Cox (1958, Biometrika 45): slope 1 and intercept 0 are perfect, a slope below 1 says that the forecasts are too
    far apart. Two NaN where all outcomes or all forecasts are equal, or where the forecasts separate the outcomes.
    """
    x, y = log_odds(probabilities), has
    if len(x) < 2 or np.ptp(x) < 1e-9 or np.ptp(y) == 0:
        return np.nan, np.nan
    intercept, slope = 0.0, 1.0
    for _ in range(STEPS):
        step = _newton_step(x, y, np.ones((len(x), 1)), intercept, slope)[:, 0]
        if not np.isfinite(step).all():
            return np.nan, np.nan
        step *= min(1.0, 5.0 / max(float(np.abs(step).max()), 1e-300))
        intercept, slope = intercept + float(step[0]), slope + float(step[1])
        if abs(slope) > STEEPEST:
            return np.nan, np.nan
        if float(np.abs(step).max()) < 1e-10:
            return intercept, slope
    return np.nan, np.nan


def calibration_slopes(probabilities: Floats, has: Floats, weights: Floats) -> Floats:
    """Return the slope of `recalibration` for each weighting, by one Newton step from that of all cases.

    One step from an estimate of the same cases has the distribution of the full fit up to a smaller order (Davidson
    and MacKinnon 1999, International Economic Review 40), and is sums only.
    """
    intercept, slope = recalibration(probabilities, has)
    if not np.isfinite(slope):
        return np.full(weights.shape[1], np.nan)
    return slope + _newton_step(log_odds(probabilities), has, weights, intercept, slope)[1]


def _newton_step(x: Floats, y: Floats, weights: Floats, intercept: float, slope: float) -> Floats:
    """Return 2 × weightings: the step of intercept and slope; NaN where the weighted cases allow none."""
    mean = 1 / (1 + np.exp(-np.clip(intercept + slope * x, -500, 500)))
    spread = mean * (1 - mean)
    rest = y - mean
    u0, u1, h00, h01, h11 = np.stack([rest, rest * x, spread, spread * x, spread * x * x]) @ weights
    determinant = h00 * h11 - h01 * h01
    determinant = np.where(determinant > 1e-12 * np.maximum(h00 * h11, 1e-300), determinant, np.nan)
    return np.stack([(h11 * u0 - h01 * u1) / determinant, (h00 * u1 - h01 * u0) / determinant])


def _ratio(above: Floats, below: Floats, empty: float = np.nan) -> Floats:
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(below > 0, above / below, empty)
