"""Coordinates of mixed criteria: numbers and levels of categories in one space of few axes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from segkit.statistics.clusterings import contingency

DIGITS = 12
MOST_AXES = 12  # beside as many as there are numbers
LEAST_VARIANCE = 1e-9
BLOCK = 20_000  # rows spread out to one column per level at once: bounds memory
CHANCE = 0.05


def n_levels(space: Mapping[str, Any]) -> list[int]:
    """Return how many positions each category has, "other" included."""
    return [len(entry["levels"]) + int(entry["has_other"]) for entry in space["categories"]]


def place_points(numbers: np.ndarray, codes: np.ndarray, space: Mapping[str, Any]) -> np.ndarray:
    """Return complete coordinates; a missing number is at the median, a missing category at the mean of its levels.

    Parameters
    ----------
    numbers, codes : arrays (n, p), (n, q)
        As `fits.Sample` holds them.
    space : mapping
        What `space.fit_space` returns, with its ``axes`` where there are categories.

    Returns
    -------
    array (n, d)
        Without categories the numbers, times the root of their weights; else the coordinates of `fit_axes`.
    """
    if not space["categories"]:
        return np.nan_to_num(numbers, nan=0.0) * _roots(space["numbers"])
    axes = space["axes"]
    loadings, mean = np.array(axes["loadings"]), np.array(axes["mean"])
    shares = np.array(axes["shares"])
    points = np.empty((len(numbers), len(loadings)))
    for first in range(0, len(numbers), BLOCK):
        rows = slice(first, first + BLOCK)
        points[rows] = (_spread_out(numbers[rows], codes[rows], space, shares) - mean) @ loadings.T
    return points


def fit_axes(numbers: np.ndarray, codes: np.ndarray, space: Mapping[str, Any]) -> dict[str, Any]:
    """Return how mixed criteria become coordinates, as plain JSON.

    Returns
    -------
    dict
        ``shares`` of the levels. ``mean`` of the columns spread out, ``loadings`` (d, columns) of the axes, those with
        most variance first, at most 12 more than there are numbers. ``unrelated``: see `find_unrelated`.

    Notes
    -----
    Principal components of numbers at unit variance and of indicators of levels, as in factor analysis of mixed data
    (Pagès 2004, Revue de statistique appliquée 52; R's FactoMineR::FAMD), but with indicators over the fourth root of
    the level's share: over the root, as there, a category of ten levels outweighs nine numbers; over nothing, rare
    levels do not count. Compared in benchmarks/mixed_axes.md.
    """
    n_numbers = numbers.shape[1]
    shares = np.concatenate([_level_shares(codes[:, j], k) for j, k in enumerate(n_levels(space))])
    wide = _spread_out(numbers, codes, space, shares)
    values, vectors = np.linalg.eigh(np.cov(wide, rowvar=False).reshape(wide.shape[1], -1))
    values, axes = values[::-1], vectors[:, ::-1].T
    axes = axes[: min(int((values > LEAST_VARIANCE).sum()), n_numbers + MOST_AXES)]
    signs = np.sign(axes[np.arange(len(axes)), np.abs(axes).argmax(axis=1)])
    is_unrelated = find_unrelated(numbers, codes) & (numbers.shape[1] + codes.shape[1] > 1)
    return {
        "shares": np.round(shares, DIGITS).tolist(),
        "mean": np.round(wide.mean(axis=0), DIGITS).tolist(),
        "loadings": np.round(axes * signs[:, None], DIGITS).tolist(),
        "unrelated": [entry["name"] for entry, out in zip(space["categories"], is_unrelated, strict=True) if out],
    }


def find_unrelated(numbers: np.ndarray, codes: np.ndarray) -> np.ndarray:
    """Return for each category whether no other criterion goes with it, as far as the rows can tell.

    Numbers by the F test of the analysis of variance between its levels (R's stats::oneway.test with equal variances),
    categories by Pearson's χ² (R's stats::chisq.test without correction), each on the rows that know both; related from
    the first p below 5 % over the number of other criteria (Bonferroni).
    """
    n_others = numbers.shape[1] + codes.shape[1] - 1
    least = np.ones(codes.shape[1])
    for j in range(codes.shape[1]):
        for column in numbers.T:
            least[j] = min(least[j], _p_of_levels(column, codes[:, j]))
        for other in range(j):
            p = _p_of_pairs(codes[:, other], codes[:, j])
            least[j], least[other] = min(least[j], p), min(least[other], p)
    return least * max(n_others, 1) >= CHANCE


def _p_of_levels(values: np.ndarray, codes: np.ndarray) -> float:
    from scipy.stats import f

    known = np.isfinite(values) & (codes >= 0)
    values, (_, codes) = values[known], np.unique(codes[known], return_inverse=True)
    n, k = len(values), int(codes.max(initial=-1)) + 1
    if k < 2 or n <= k:
        return 1.0
    sizes = np.bincount(codes)
    means = np.bincount(codes, values) / sizes
    between = float(sizes @ (means - values.mean()) ** 2)
    within = float(((values - means[codes]) ** 2).sum())
    if within <= 1e-12 * max(between, 1e-300):
        return 0.0 if between > 0 else 1.0
    return float(f.sf(between / (k - 1) / (within / (n - k)), k - 1, n - k))


def _p_of_pairs(a: np.ndarray, b: np.ndarray) -> float:
    from scipy.stats import chi2

    known = (a >= 0) & (b >= 0)
    cells = contingency(a[known], b[known]).astype(float) if known.any() else np.ones((1, 1))
    if min(cells.shape) < 2:
        return 1.0
    expected = np.outer(cells.sum(axis=1), cells.sum(axis=0)) / cells.sum()
    return float(chi2.sf(((cells - expected) ** 2 / expected).sum(), (cells.shape[0] - 1) * (cells.shape[1] - 1)))


def _level_shares(codes: np.ndarray, k: int) -> np.ndarray:
    return np.bincount(codes[codes >= 0], minlength=k) / max(int((codes >= 0).sum()), 1)


def _spread_out(numbers: np.ndarray, codes: np.ndarray, space: Mapping[str, Any], shares: np.ndarray) -> np.ndarray:
    """Return the numbers and one column per level over the fourth root of its share, each with its weight."""
    blocks, first = [np.nan_to_num(numbers, nan=0.0) * _roots(space["numbers"])], 0
    for j, (entry, k) in enumerate(zip(space["categories"], n_levels(space), strict=True)):
        share = shares[first : first + k]
        is_level = (codes[:, [j]] == np.arange(k)).astype(float)
        is_level[codes[:, j] < 0] = share  # no level: at the mean
        blocks.append((is_level - share) * np.sqrt(entry["weight"] / np.sqrt(np.maximum(share, 1e-12))))
        first += k
    return np.hstack(blocks)


def _roots(entries: list[Mapping[str, Any]]) -> np.ndarray:
    return np.sqrt(np.array([entry["weight"] for entry in entries], dtype=float))
