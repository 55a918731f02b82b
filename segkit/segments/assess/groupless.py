"""Data like those at hand but without groups: what every measure of groups is held against.

A uniform or normal crowd is the usual yardstick, but accounts are neither: tails are heavy, counts are whole numbers,
categories lie apart by nature. So each number keeps its own shape as far as that has one mode (the nearest unimodal
distribution of Hartigan and Hartigan 1985, drawn as in the smoothed tests of Silverman 1981), each category its shares,
each gap its place, and what goes up together still does (normal copula). Only groups are gone.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from segkit.segments.fits import Sample
from segkit.statistics.dip import nearest_unimodal

MOST_ROWS = 2000  # from which the shapes are read
LARGEST_CORRELATION = 0.98
TIED = 0.5  # different values per value below which a number stands on its own values only


@dataclass(frozen=True)
class Crowd:
    """What `draw_crowd` draws from.

    Attributes
    ----------
    numbers : list of (places, shares, lattice)
        Distribution function of each number, and the values it can take; None: any.
    codes : list of (levels, shares)
        Levels of each category in the order of their mean on the first axis of the points, and shares below each.
    roots : array (p + q, p + q)
        Cholesky root of the correlations of normal scores.
    missing : array (n, p + q)
        Which rows lacked what.
    intercept, map : arrays
        From numbers and indicators to points.
    """

    numbers: list[tuple[np.ndarray, np.ndarray, np.ndarray | None]]
    codes: list[tuple[np.ndarray, np.ndarray]]
    roots: np.ndarray
    missing: np.ndarray
    intercept: np.ndarray
    map: np.ndarray


def fit_crowd(sample: Sample, rng: np.random.Generator) -> Crowd:
    """Return the shapes and correlations of a sample, without its groups.

    Parameters
    ----------
    sample : Sample
        Of more rows a random part is looked at. Weights do not count.
    rng : Generator
        Of that part.
    """
    if len(sample) > MOST_ROWS:
        sample = sample.take(np.sort(rng.choice(len(sample), MOST_ROWS, replace=False)))
    columns = sample.numbers if sample.numbers.shape[1] or sample.codes.shape[1] else sample.points
    numbers = [_shape(column[np.isfinite(column)]) for column in columns.T]
    codes = [_levels(column, sample.points[:, 0]) for column in sample.codes.T]
    places = [_positions(column, levels) for column, (levels, _) in zip(sample.codes.T, codes, strict=True)]
    scores = np.column_stack([_scores(column) for column in (*columns.T, *places)])
    wide = _wide(columns, sample.codes, codes)
    linear = np.linalg.lstsq(np.column_stack([np.ones(len(wide)), wide]), sample.points, rcond=None)[0]
    return Crowd(
        numbers, codes, _roots(scores), ~np.isfinite(np.column_stack([columns, *places])), linear[0], linear[1:]
    )


def draw_crowd(crowd: Crowd, n: int, rng: np.random.Generator) -> np.ndarray:
    """Return the points of n rows drawn without groups: array (n, d)."""
    from scipy.special import ndtr

    ranks = ndtr(rng.standard_normal((n, len(crowd.roots))) @ crowd.roots.T)
    is_missing = crowd.missing[rng.integers(len(crowd.missing), size=n)]
    p = len(crowd.numbers)
    numbers = np.empty((n, p))
    for j, (places, shares, lattice) in enumerate(crowd.numbers):
        drawn = np.interp(ranks[:, j], shares, places)
        numbers[:, j] = drawn if lattice is None else _nearest(drawn, lattice)
    numbers[is_missing[:, :p]] = np.nan
    codes = np.empty((n, len(crowd.codes)), dtype=np.int64)
    for j, (levels, shares) in enumerate(crowd.codes):
        codes[:, j] = levels[np.minimum(np.searchsorted(shares, ranks[:, p + j]), len(levels) - 1)]
    codes[is_missing[:, p:]] = -1
    return crowd.intercept + _wide(numbers, codes, crowd.codes) @ crowd.map


def _shape(known: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray | None]:
    """Return the nearest distribution with one mode, and the values a number can take where these are few."""
    if not len(known):
        return np.zeros(1), np.ones(1), None
    places, shares = nearest_unimodal(known)
    lattice = np.unique(known)
    return places, shares, lattice if len(lattice) < TIED * len(known) else None


def _nearest(values: np.ndarray, lattice: np.ndarray) -> np.ndarray:
    return lattice[np.searchsorted((lattice[1:] + lattice[:-1]) / 2, values)]


def _levels(codes: np.ndarray, axis: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the levels of a category by their mean on an axis, and the share of rows up to each."""
    levels, place = np.unique(codes[codes >= 0], return_inverse=True)
    counts = np.bincount(place, minlength=len(levels))
    means = np.bincount(place, axis[codes >= 0], minlength=len(levels)) / np.maximum(counts, 1)
    order = np.argsort(means, kind="stable")
    return levels[order], np.cumsum(counts[order]) / max(counts.sum(), 1)


def _positions(codes: np.ndarray, levels: np.ndarray) -> np.ndarray:
    """Return the place of each row's level in the order of `levels`; NaN where it is missing."""
    if not len(levels):
        return np.full(len(codes), np.nan)
    place = np.full(int(levels.max()) + 1, -1.0)
    place[levels] = np.arange(len(levels))
    return np.where(codes < 0, np.nan, place[np.maximum(codes, 0)])


def _scores(column: np.ndarray) -> np.ndarray:
    """Return normal scores by rank, equal values at their mean; 0 where a value is missing."""
    from scipy.special import ndtri

    known, scores = np.isfinite(column), np.zeros(len(column))
    n = int(known.sum())
    if not n:
        return scores
    order = np.argsort(column[known], kind="stable")
    normal = np.empty(n)
    normal[order] = ndtri((np.arange(n) + 0.5) / n)
    place = np.unique(column[known], return_inverse=True)[1]
    scores[known] = (np.bincount(place, normal) / np.bincount(place))[place]
    return scores


def _roots(scores: np.ndarray) -> np.ndarray:
    """Return the root of the correlations behind the scores.

    Equal values have a common score, the mean of what may lie behind it, with a variance v below 1: a covariance of
    scores, over both variances, is then nearly that of what lies behind (a polychoric correlation to first order).
    """
    covariance = scores.T @ scores / len(scores)
    spread = np.maximum(np.diag(covariance), 1e-9)
    correlation = covariance / np.outer(spread, spread)
    correlation = np.clip(correlation, -LARGEST_CORRELATION, LARGEST_CORRELATION)
    np.fill_diagonal(correlation, 1.0)
    values, vectors = np.linalg.eigh(correlation)
    root = vectors * np.sqrt(np.maximum(values, 1e-6))
    return root / np.sqrt((root**2).sum(axis=1))[:, None]


def _wide(numbers: np.ndarray, codes: np.ndarray, levels: list[tuple[np.ndarray, np.ndarray]]) -> np.ndarray:
    """Return numbers with gaps at 0 (the median) beside one column per level; a missing category has none."""
    indicators = [codes[:, [j]] == np.sort(kept) for j, (kept, _) in enumerate(levels)]
    return np.hstack([np.nan_to_num(numbers, nan=0.0), *(block.astype(float) for block in indicators)])
