"""Coordinates of mixed criteria: all that numbers say, and of categories what they share with other criteria."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

DIGITS = 12
MOST_AXES = 12
BLOCK = 20_000  # rows spread out to one column per level at once: bounds memory
FAR = 3.0  # spreads up to which a number counts in its standard deviation


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
    units, shares = np.array(axes["units"]), np.array(axes["shares"])
    points = np.empty((len(numbers), len(loadings)))
    for first in range(0, len(numbers), BLOCK):
        rows = slice(first, first + BLOCK)
        points[rows] = (_spread_out(numbers[rows], codes[rows], space, units, shares) - mean) @ loadings.T
    return points


def fit_axes(numbers: np.ndarray, codes: np.ndarray, space: Mapping[str, Any]) -> dict[str, Any]:
    """Return how mixed criteria become coordinates, as plain JSON.

    Returns
    -------
    dict
        ``units``: standard deviation of each number. ``shares`` of the levels. ``mean`` of the columns spread out.
        ``loadings`` (d, columns): first the shared axes, then what these leave of each number. ``n_shared``.

    Notes
    -----
    Factor analysis of mixed data (Pagès 2004, Revue de statistique appliquée 52; R's FactoMineR::FAMD): numbers at unit
    variance, indicators of levels over the root of their share. A category that shares nothing then has as many axes of
    variance 1 as levels, less one, and would drown the rest. So only axes are kept whose variance is above that of
    criteria without relation: their weight, times (1 + √(columns/rows))², the largest value that chance alone gives
    (Marčenko and Pastur 1967). What these axes do not hold of the numbers is kept beside them: nothing asked for in
    numbers is lost. Where there is nothing but unrelated categories, their first 12 axes are kept.
    """
    units = np.array([_unit(column) for column in numbers.T])
    shares = [_level_shares(codes[:, j], k) for j, k in enumerate(n_levels(space))]
    wide = _spread_out(numbers, codes, space, units, np.concatenate(shares))
    mean, n_numbers = wide.mean(axis=0), numbers.shape[1]
    values, vectors = np.linalg.eigh(np.cov(wide - mean, rowvar=False).reshape(wide.shape[1], -1))
    values, vectors = values[::-1], vectors[:, ::-1]
    weights = [entry["weight"] for entry in space["numbers"]]
    weights += [
        entry["weight"] for entry, k in zip(space["categories"], n_levels(space), strict=True) for _ in range(k)
    ]
    unrelated = (vectors**2).T @ np.array(weights)
    edge = (1 + np.sqrt(wide.shape[1] / max(len(wide), 1))) ** 2
    kept = np.flatnonzero(values > edge * unrelated)[:MOST_AXES]
    if not len(kept) and not n_numbers:
        kept = np.flatnonzero(values > 1e-9)[:MOST_AXES]
    shared = vectors[:, kept].T
    shared = shared * np.sign(shared[np.arange(len(shared)), np.abs(shared).argmax(axis=1)])[:, None]
    left = (np.eye(wide.shape[1]) - shared.T @ shared)[:n_numbers]
    return {
        "units": np.round(units, DIGITS).tolist(),
        "shares": np.round(np.concatenate(shares), DIGITS).tolist(),
        "mean": np.round(mean, DIGITS).tolist(),
        "loadings": np.round(np.vstack([shared, left]), DIGITS).tolist(),
        "n_shared": len(kept),
    }


def _unit(values: np.ndarray) -> float:
    known = values[np.isfinite(values)]
    return max(float(np.clip(known, -FAR, FAR).std()), 1e-6) if len(known) else 1.0


def _level_shares(codes: np.ndarray, k: int) -> np.ndarray:
    return np.bincount(codes[codes >= 0], minlength=k) / max(int((codes >= 0).sum()), 1)


def _spread_out(numbers, codes, space: Mapping[str, Any], units: np.ndarray, shares: np.ndarray) -> np.ndarray:
    """Return the numbers in units and one column per level over the root of its share, each with its weight."""
    blocks, first = [np.nan_to_num(numbers, nan=0.0) * (_roots(space["numbers"]) / units)], 0
    for j, (entry, k) in enumerate(zip(space["categories"], n_levels(space), strict=True)):
        share = shares[first : first + k]
        is_level = (codes[:, [j]] == np.arange(k)).astype(float)
        is_level[codes[:, j] < 0] = share  # no level: at the mean
        blocks.append((is_level - share) * np.sqrt(entry["weight"] / np.maximum(share, 1e-12)))
        first += k
    return np.hstack(blocks)


def _roots(entries: list[Mapping[str, Any]]) -> np.ndarray:
    return np.sqrt(np.array([entry["weight"] for entry in entries], dtype=float))
