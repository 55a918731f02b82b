"""k-medoids: clusters around accounts that exist, by plain distances: far accounts count less than in k-means."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from segkit.segments.fits import Fit, Sample
from segkit.segments.methods.assign import assign_labels
from segkit.segments.optimise import distances
from segkit.segments.search import chance_missed

DIGITS = 12
BLOCK = 256  # candidates judged at once: bounds memory
HITS = 3
MOST_SEARCHES = 10
QUICK_CANDIDATES = 64
SAME = 1e-9


def fit_kmedoids(
    sample: Sample,
    n_segments: int,
    rng: np.random.Generator,
    start: Mapping[str, Any] | None = None,
    is_quick: bool = False,
) -> Fit:
    """Return the division around medoids with the smallest weighted sum of distances found.

    Parameters
    ----------
    sample, n_segments, rng, start, is_quick
        See `fits.FitFunction`. A quick fit tries a random part of the rows as medoids.

    Returns
    -------
    Fit
        ``centres`` model: the points of the medoids. Measures n_searches, n_found, missed_probability.

    Notes
    -----
    Swaps of a medoid for any other row, the best of each block of rows at once, until none brings a gain: the eager
    swap phase of FasterPAM (Schubert and Rousseeuw 2021, Information Systems 101) on blocks, so that no matrix of all
    pairs is needed. Searches from new seedings go on until the best solution was found three times.
    """
    points, weights = sample.points, sample.weights
    k = min(n_segments, len(np.unique(points, axis=0)))
    first = _search(points, weights, _first_medoids(points, weights, k, rng, start), rng, is_quick)
    best, n_found, n_searches = first, 1, 1
    while not is_quick and n_found < HITS and n_searches < MOST_SEARCHES:
        found = _search(points, weights, _seed(points, weights, k, rng), rng, False)
        n_searches += 1
        if found[1] < best[1] * (1 - SAME):
            best, n_found = found, 1
        elif found[1] <= best[1] * (1 + SAME):
            n_found += 1
    model = {"kind": "centres", "segments": np.round(points[best[0]], DIGITS).tolist()}
    measures: dict[str, float] = {}
    if not is_quick:
        missed = round(chance_missed(n_searches, n_found), 6)
        measures = {"n_searches": n_searches, "n_found": n_found, "missed_probability": missed}
    return Fit(assign_labels(sample, model), model, float(best[1]), measures)


def _first_medoids(points, weights, k: int, rng: np.random.Generator, start: Mapping[str, Any] | None) -> np.ndarray:
    """Return the rows nearest to an earlier fit's medoids, or seeded ones."""
    if start is not None and len(start["segments"]) == k:
        nearest = np.unique(distances(points, np.array(start["segments"])).argmin(axis=0))
        if len(nearest) == k:
            return nearest
    return _seed(points, weights, k, rng)


def _seed(points: np.ndarray, weights: np.ndarray, k: int, rng: np.random.Generator) -> np.ndarray:
    """Return k rows, each drawn with a chance in proportion to its distance from those before."""
    rows = [int(rng.choice(len(points), p=weights / weights.sum()))]
    away = _roots(points, points[rows])[:, 0]
    for _ in range(k - 1):
        chances = np.cumsum(away * weights)
        rows.append(int(min(np.searchsorted(chances, rng.random() * chances[-1], side="right"), len(points) - 1)))
        away = np.minimum(away, _roots(points, points[rows[-1:]])[:, 0])
    return np.array(rows)


def _search(points, weights, medoids: np.ndarray, rng: np.random.Generator, is_quick: bool) -> tuple[np.ndarray, float]:
    """Return medoids to which no swap of one of them for a row (quick: for a part of the rows) brings a gain."""
    order = rng.permutation(len(points))[: QUICK_CANDIDATES * 4 if is_quick else len(points)]
    blocks = [order[i : i + BLOCK] for i in range(0, len(order), BLOCK)]
    medoids, away = medoids.copy(), _roots(points, points[medoids])
    total, since = _total(away, weights), 0
    while since < len(blocks):
        block = blocks.pop(0)
        blocks.append(block)
        gains = _changes(_roots(points, points[block]), away, weights)
        row, place = np.unravel_index(gains.argmin(), gains.shape)
        since += 1
        if gains[row, place] < -SAME * max(total, 1e-300):
            medoids[row] = block[place]
            away[:, row] = _roots(points, points[medoids[[row]]])[:, 0]
            total, since = _total(away, weights), 0
    return np.sort(medoids), total


def _changes(candidate: np.ndarray, away: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Return what the sum of distances changes by when a medoid (rows) is swapped for a candidate (columns).

    A row whose nearest medoid stays changes by min(d − d1, 0); one that loses it by min(d, d2) − d1, with d its
    distance to the candidate, d1 and d2 those to its nearest and second medoid (Schubert and Rousseeuw 2021, FastPAM1).
    """
    k = away.shape[1]
    nearest = away.argmin(axis=1)
    ordered = np.partition(away, 1, axis=1) if k > 1 else np.column_stack([away, np.full(len(away), np.inf)])
    first, second = ordered[:, [0]], ordered[:, [1]]
    stays = np.minimum(candidate - first, 0.0)
    loses = np.minimum(candidate, second) - first - stays
    belongs = np.zeros((k, len(away)))
    belongs[nearest, np.arange(len(away))] = weights
    return weights @ stays + belongs @ loses


def _roots(points: np.ndarray, others: np.ndarray) -> np.ndarray:
    return np.sqrt(distances(points, others))


def _total(away: np.ndarray, weights: np.ndarray) -> float:
    return float(away.min(axis=1) @ weights)
