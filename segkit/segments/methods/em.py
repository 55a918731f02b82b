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

from segkit.segments.methods.prior import LEAST_SHARE, Prior, flat_prior, learn_prior

LEAST_VARIANCE = 0.01  # in squared units of the scale (a standard deviation): a class is never one exact value
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


def update(data: Data, posteriors: np.ndarray, prior: Prior) -> Classes:
    """Return the classes that fit these posteriors best, each with the imagined rows of the prior in it."""
    rows, first, second, seen = _sums(data, posteriors)
    means = (first + prior.centre_rows * prior.centres) / np.maximum(rows + prior.centre_rows, LEAST_SHARE)
    scatter = np.maximum(second - 2 * means * first + means**2 * rows, 0.0)
    scatter += prior.centre_rows * (means - prior.centres) ** 2 + prior.variance_rows * prior.variances
    variances = np.maximum(scatter / (rows + prior.variance_rows), LEAST_VARIANCE)
    counts = seen + prior.level_rows * prior.levels
    totals = np.repeat(_sum_by_category(counts, data.levels), data.levels, axis=1)
    size = data.weights @ posteriors
    return Classes(size / size.sum(), means, variances, counts / np.maximum(totals, LEAST_SHARE))


def plain_prior(data: Data) -> Prior:
    """Return the prior before anything is known of classes, see `prior.flat_prior`."""
    return flat_prior(data.n_numbers, data.overall)


def prior_of(data: Data, posteriors: np.ndarray) -> Prior:
    """Return the prior that the classes behind posteriors speak for, see `prior.learn_prior`."""
    return learn_prior(*_sums(data, posteriors), data.levels, data.overall, LEAST_VARIANCE)


def _sums(data: Data, posteriors: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Return rows, sums and sums of squares of each number, and counts of each level, class by class."""
    p = data.n_numbers
    sums = (posteriors * data.weights[:, None]).T @ data.wide
    return sums[:, :p], sums[:, p : 2 * p], sums[:, 2 * p : 3 * p], sums[:, 3 * p :]


def _sum_by_category(counts: np.ndarray, levels: tuple[int, ...]) -> np.ndarray:
    if not levels:
        return np.empty((len(counts), 0))
    return np.add.reduceat(counts, np.concatenate([[0], np.cumsum(levels)[:-1]]), axis=1)


def log_prior(prior: Prior, classes: Classes) -> float:
    """Return what the imagined rows of `update` add to the log-likelihood, so that each step can only raise the sum."""
    away = prior.centre_rows * (classes.means - prior.centres) ** 2 + prior.variance_rows * prior.variances
    numbers = prior.variance_rows * np.log(classes.variances) + away / classes.variances
    levels = prior.level_rows * prior.levels * np.log(np.maximum(classes.levels, LEAST_SHARE))
    return float(levels.sum() - 0.5 * numbers.sum())


def climb(
    data: Data, posteriors: np.ndarray, prior: Prior, steps: int, tolerance: float
) -> tuple[Classes, np.ndarray, float]:
    """Return classes, posteriors and penalised log-likelihood after at most `steps` rounds.

    It ends early when what is still to be gained, by Aitken's extrapolation of the last gains (Böhning and others
    1994), is below `tolerance` of log-likelihood for each row: classes that are too many creep for thousands of rounds.
    """
    before, gain_before = -np.inf, np.inf
    tolerance = tolerance * len(posteriors)
    for _ in range(steps):
        classes = update(data, posteriors, prior)
        posteriors, densities = normalise(log_joint(data, classes))
        value = float(data.weights @ densities) + log_prior(prior, classes)
        gain = value - before
        rate = gain / gain_before if np.isfinite(gain_before) and gain_before > 0 else 1.0
        if gain <= 0 or (rate < 1 and gain / (1 - rate) < tolerance):
            break
        before, gain_before = value, gain
    return classes, posteriors, value
