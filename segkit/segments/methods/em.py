"""Expectation and maximisation for classes on numbers and categories with gaps: two products of matrices a step.

Within a class the criteria are independent (latent class model; Lazarsfeld and Henry 1968; with numbers as well:
Vermunt and Magidson 2002, latent class cluster analysis): numbers are normal with a mean and a variance of their own,
categories have shares of their levels. What is missing adds nothing to the likelihood (full information maximum
likelihood: gaps may depend on what is known, not on the missing value itself).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

LEAST_VARIANCE = 0.01  # in squared units of the scale (an interquartile range): a class is never one exact value
PRIOR_VARIANCE = 0.55  # a normal number whose interquartile range is 1 has the variance .741² = .55
PRIOR_ROWS = 1.0  # accounts' worth of prior in every class; the Bayes constants of Latent GOLD are 1 as well
LEAST_SHARE = 1e-12
FAR = 1000.0  # spreads from the median; what is farther counts as being there, or squares lose their digits
LOG_TWO_PI = float(np.log(2 * np.pi))


@dataclass(frozen=True)
class Data:
    """Criteria side by side, so that densities and sums are products of matrices.

    Attributes
    ----------
    wide : array (n, 3 p + levels)
        Is known, value and squared value of each number (0 where missing), then one column per level.
    n_numbers : int
        p.
    levels : tuple of int
        Levels of each category.
    overall : array (levels,)
        Share of each level among the rows that have the category.
    weights : array (n,)
        What a row counts.
    """

    wide: np.ndarray
    n_numbers: int
    levels: tuple[int, ...]
    overall: np.ndarray
    weights: np.ndarray

    def take(self, rows: np.ndarray) -> Data:
        """Return the data of these row positions."""
        return Data(self.wide[rows], self.n_numbers, self.levels, self.overall, self.weights[rows])


@dataclass(frozen=True)
class Classes:
    """Parameters of k classes: `shares` (k,), `means` and `variances` (k, p), `levels` (k, all levels side by side)."""

    shares: np.ndarray
    means: np.ndarray
    variances: np.ndarray
    levels: np.ndarray


def lay_out(numbers: np.ndarray, codes: np.ndarray, levels: Sequence[int], weights: np.ndarray) -> Data:
    """Return criteria side by side; a code without a level (−1, or one unknown to `levels`) is missing."""
    known = np.isfinite(numbers)
    filled = np.clip(np.where(known, numbers, 0.0), -FAR, FAR)
    indicators = [(codes[:, [j]] == np.arange(n)).astype(float) for j, n in enumerate(levels)]
    overall = [
        block.T @ weights / max(float(block.sum(axis=1) @ weights), LEAST_SHARE) for block in indicators if block.size
    ]
    wide = np.hstack([known.astype(float), filled, filled**2, *indicators])
    flat = np.concatenate(overall) if overall else np.empty(0)
    return Data(np.ascontiguousarray(wide), numbers.shape[1], tuple(levels), flat, weights)


def log_joint(data: Data, classes: Classes) -> np.ndarray:
    """Return log(share of class · density of row in class), shape (n, k)."""
    inverse = 1.0 / classes.variances
    known = -0.5 * (LOG_TWO_PI + np.log(classes.variances) + classes.means**2 * inverse)
    levels = np.log(np.maximum(classes.levels, LEAST_SHARE))
    coefficients = np.hstack([known, classes.means * inverse, -0.5 * inverse, levels])
    return data.wide @ coefficients.T + np.log(np.maximum(classes.shares, LEAST_SHARE))


def normalise(joint: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return posteriors (rows add up to 1) and the log density of each row, from `log_joint`."""
    top = joint.max(axis=1, keepdims=True)
    parts = np.exp(joint - top)
    sums = parts.sum(axis=1, keepdims=True)
    return parts / sums, (top + np.log(sums))[:, 0]


def update(data: Data, posteriors: np.ndarray) -> Classes:
    """Return the classes that fit these posteriors best, drawn a little towards the whole.

    Notes
    -----
    Each class holds `PRIOR_ROWS` imagined rows: shares of levels as in the whole, spread of numbers as in the whole.
    A class on a few equal rows then has no infinite density (Fraley and Raftery 2007; Vermunt and Magidson 2016,
    Technical Guide for Latent GOLD 5.1, Bayes constants).
    """
    p = data.n_numbers
    weighted = posteriors * data.weights[:, None]
    sums = weighted.T @ data.wide
    rows, first, second = sums[:, :p], sums[:, p : 2 * p], sums[:, 2 * p : 3 * p]
    means = first / np.maximum(rows, LEAST_SHARE)
    scatter = np.maximum(second - means * first, 0.0)
    variances = np.maximum((scatter + PRIOR_ROWS * PRIOR_VARIANCE) / (rows + PRIOR_ROWS), LEAST_VARIANCE)
    counts = sums[:, 3 * p :] + PRIOR_ROWS * data.overall
    totals = np.repeat(_sum_by_category(counts, data.levels), data.levels, axis=1)
    size = weighted.sum(axis=0)
    return Classes(size / size.sum(), means, variances, counts / np.maximum(totals, LEAST_SHARE))


def _sum_by_category(counts: np.ndarray, levels: tuple[int, ...]) -> np.ndarray:
    if not levels:
        return np.empty((len(counts), 0))
    return np.add.reduceat(counts, np.concatenate([[0], np.cumsum(levels)[:-1]]), axis=1)


def log_prior(data: Data, classes: Classes) -> float:
    """Return what the imagined rows of `update` add to the log-likelihood, so that each step can only raise the sum."""
    numbers = np.log(classes.variances) + PRIOR_VARIANCE / classes.variances
    levels = data.overall * np.log(np.maximum(classes.levels, LEAST_SHARE))
    return float(PRIOR_ROWS * (levels.sum() - 0.5 * numbers.sum()))


def climb(data: Data, posteriors: np.ndarray, steps: int, tolerance: float) -> tuple[Classes, np.ndarray, float]:
    """Return classes, posteriors and penalised log-likelihood after at most `steps` rounds.

    It ends early when what is still to be gained, by Aitken's extrapolation of the last gains (Böhning and others
    1994), is below `tolerance` of log-likelihood for each row: classes that are too many creep for thousands of rounds.
    """
    before, gain_before = -np.inf, np.inf
    tolerance = tolerance * len(posteriors)
    for _ in range(steps):
        classes = update(data, posteriors)
        posteriors, densities = normalise(log_joint(data, classes))
        value = float(data.weights @ densities) + log_prior(data, classes)
        gain = value - before
        rate = gain / gain_before if np.isfinite(gain_before) and gain_before > 0 else 1.0
        if gain <= 0 or (rate < 1 and gain / (1 - rate) < tolerance):
            break
        before, gain_before = value, gain
    return classes, posteriors, value
