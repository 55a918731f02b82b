"""Stability of k-means solutions on points; `assess.stability` has it for any method."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from segkit.segments.assess.separation import explained, gaps, separation  # noqa: F401 until callers have moved
from segkit.segments.assess.stability import kept_across  # noqa: F401
from segkit.segments.search import Solution, assign_points, search_once
from segkit.statistics.clusterings import adjusted_rand, jaccard
from segkit.statistics.resampling import bootstrap_indices, generator

PATIENCE = 1  # swaps per cluster without gain that end a search on a bootstrap sample


@dataclass(frozen=True)
class Stability:
    """Adjusted Rand of each bootstrap pair, and per segment the mean overlap with its best counterpart."""

    pairs: np.ndarray
    segments: np.ndarray


def measure_stability(
    points: np.ndarray, solutions: Mapping[int, Solution], pairs: int, seed: int, size: int
) -> dict[int, Stability]:
    """Return the stability of each solution, by number of clusters.

    Parameters
    ----------
    points : array (n, criteria)
        What the solutions were fitted on.
    solutions : mapping
        Number of clusters → solution.
    pairs : int
        Pairs of bootstrap samples; all numbers of clusters see the same samples.
    size : int
        Rows of a sample, at most n.

    Returns
    -------
    dict
        ``pairs``: each pair of samples is fitted, both fits assign all points, their adjusted Rand index is one value
        (as bootFlexclust of R's flexclust). ``segments``: for each segment the mean over all fits of its largest
        Jaccard overlap with a fitted cluster (as clusterboot of R's fpc).
    """
    from threadpoolctl import threadpool_limits

    result = {}
    with threadpool_limits(limits=1):
        for k, solution in solutions.items():
            rng = generator(seed, "stability")
            samples = bootstrap_indices(len(points), 2 * pairs, rng, min(size, len(points)))
            fits = [_refit(points, points[rows], solution, seed, i) for i, rows in enumerate(samples)]
            agreement = [adjusted_rand(a, b) for a, b in zip(fits[::2], fits[1::2], strict=True)]
            overlaps = [_best_overlap(solution.labels, fit) for fit in fits]
            result[k] = Stability(np.array(agreement), np.mean(overlaps, axis=0))
    return result


def _best_overlap(labels: np.ndarray, fit: np.ndarray) -> np.ndarray:
    return jaccard(labels, fit).max(axis=1)


def _refit(points: np.ndarray, sample: np.ndarray, solution: Solution, seed: int, draw: int) -> np.ndarray:
    """Return labels of all points by the better of two searches on a sample.

    One starts from the full solution, one from a seeding of its own: a fit that stops early would read as an unstable
    market, a fit that never leaves the full solution as a stable one.
    """
    k = len(solution.centres)
    rng = generator(seed, "refit", k, draw)
    searches = [search_once(sample, k, rng, PATIENCE, start) for start in (solution.centres, None)]
    return assign_points(points, min(searches, key=lambda found: found[2])[1])
