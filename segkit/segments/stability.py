"""How sure a division is: agreement of bootstrap pairs, segments found again, segments kept across k."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from segkit.segments.optimise import distances
from segkit.segments.search import Solution, assign_points, search_once
from segkit.statistics.clusterings import adjusted_rand, contingency, jaccard
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


def kept_across(before: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """Return for each segment how far it comes from one segment of the solution with fewer clusters (SLSA).

    1 − entropy of its members over the segments before, divided by the logarithm of their number
    (Dolnicar and Leisch 2017): 1 a segment kept whole or cut from one, 0 collected from all alike.
    """
    shares = contingency(labels, before).astype(float)
    shares /= shares.sum(axis=1, keepdims=True)
    logs = np.log(np.where(shares > 0, shares, 1.0))
    return 1 + (shares * logs).sum(axis=1) / np.log(shares.shape[1])


def separation(points: np.ndarray, labels: np.ndarray, centres: np.ndarray) -> float:
    """Return the mean of (b − a) / b, with a and b the distances to the own and the next centre: 0 none, 1 complete.

    The silhouette with centres in place of all members, so that it needs no distances between all accounts.
    """
    away = np.sqrt(distances(points, centres))
    own = away[np.arange(len(points)), labels]
    away[np.arange(len(points)), labels] = np.inf
    other = away.min(axis=1)
    return float(np.mean((other - own) / np.where(other > 0, np.maximum(own, other), 1.0)))


def gaps(points: np.ndarray, labels: np.ndarray, centres: np.ndarray) -> np.ndarray:
    """Return for each cluster how densely the middle between it and its nearest neighbour is filled.

    The accounts of both are projected on the line through their centres. The number in the middle fifth of the way is
    divided by that in a fifth around the centre with fewer: 0 an empty gap, 1 and more no gap at all, as in one crowd.
    """
    away = distances(centres, centres)
    np.fill_diagonal(away, np.inf)
    filled = []
    for a, b in enumerate(away.argmin(axis=1)):
        line = centres[b] - centres[a]
        way = (points[(labels == a) | (labels == b)] - centres[a]) @ line / max(line @ line, 1e-300)
        here, middle, there = (np.count_nonzero(np.abs(way - at) <= 0.1) for at in (0.0, 0.5, 1.0))
        filled.append((middle + 1) / (min(here, there) + 1))
    return np.array(filled)


def explained(values: np.ndarray, labels: np.ndarray) -> float:
    """Return the share of the variance of one variable that lies between the groups (eta squared), 0 … 1."""
    total = ((values - values.mean()) ** 2).sum()
    codes = np.unique(labels, return_inverse=True)[1]
    sizes = np.bincount(codes)
    group_means = np.bincount(codes, values) / sizes
    between = (sizes * (group_means - values.mean()) ** 2).sum()
    return float(between / total) if total > 0 else 0.0
