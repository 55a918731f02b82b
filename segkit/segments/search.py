"""Certified k-means: searches go on until the best solution was found several times."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from segkit.segments.optimise import (
    SMALLEST_WEIGHT,
    distances,
    draw_far_point,
    inertia,
    lloyd,
    seed_centres,
    swap_centre,
    transfer,
)
from segkit.statistics.resampling import generator

SAME = 1e-9  # relative difference of inertia below which two solutions are the same one
ROUNDING = 1e-13  # share of the whole scatter below which an inertia is zero
SCREEN_STEPS = 3  # Lloyd steps after a swap, before it is judged
SCREEN = 1.01  # a swap whose inertia is then above this multiple of the present one is dropped
SCREEN_LLOYD = 1.002  # the same when Lloyd's steps have ended, before single points are moved
PATIENCE = 5  # a search ends after so many swaps per cluster in a row without gain
LAST_LOOK = 20  # swaps per cluster without gain that the best solution stands before it is believed
QUICK_PATIENCE = 1  # swaps without gain that end a search on a bootstrap sample
SETTLED = 2  # of the starts known, so many are followed to their end
MERGED = 0.9  # share of different points below which equal ones are put together


@dataclass(frozen=True)
class Solution:
    """The best division found into k clusters, and how sure it is the best.

    `labels` 0 … k−1 per point; `centres`; `inertia`; `n_searches` independent searches, of which `n_found` ended in
    this solution; `chance_missed` see `chance_missed`.
    """

    labels: np.ndarray
    centres: np.ndarray
    inertia: float
    n_searches: int
    n_found: int
    chance_missed: float


def search_clusters(
    points: np.ndarray,
    k: int,
    seed: int,
    hits: int = 5,
    max_searches: int = 200,
    patience: int = PATIENCE,
    weights: np.ndarray | None = None,
) -> Solution:
    """Return the best k-means solution that independent searches find, certified by `hits` finds.

    Parameters
    ----------
    points : array (n, criteria)
        Scaled, without missing values, in a fixed order of rows.
    k : int
        Number of clusters, from 1 to the number of different points.
    seed : int
        Same seed, same solution; one thread or more make no difference.
    hits, max_searches : int
        The search ends when the best solution was found `hits` times, or after `max_searches`.
    patience : int
        Swaps per cluster without gain that end one search.
    weights : array (n,), optional
        What each point counts in centres and inertia, mean 1; all alike if missing. One without weight counts a
        billionth, so that every cluster has a centre.

    Notes
    -----
    One search: k-means++ seeding, Lloyd's steps, single-point transfers, then swaps of centres until patience · k in
    a row bring no gain. The best solution then stands LAST_LOOK · k more swaps, or is replaced and must be found again.
    Restarts alone are not enough: see benchmarks/certified_search.md.
    """
    from threadpoolctl import threadpool_limits

    rng = generator(seed, "search", k)
    points, weights, place = merge_equal(points, k, uneven(weights))
    middle = np.average(points, axis=0, weights=weights)
    rounding = ROUNDING * inertia(points, np.zeros(len(points), dtype=int), middle[None, :], weights)
    with threadpool_limits(limits=1):
        best, n_found, n_searches = search_once(points, k, rng, patience * k, None, weights), 1, 1
        while n_searches < max_searches and n_found < hits:
            found = search_once(points, k, rng, patience * k, None, weights)
            n_searches += 1
            if n_found + 1 >= hits and _is_same(found[2], best[2], rounding):
                found = search_once(points, k, rng, LAST_LOOK * k, best[1], weights)
            if _is_same(found[2], best[2], rounding):
                n_found += 1
            elif found[2] < best[2]:
                best, n_found = found, 1
    labels, centres, value = best
    return Solution(labels[place], centres, value, n_searches, n_found, chance_missed(n_searches, n_found))


def search_again(
    points: np.ndarray,
    k: int,
    rng: np.random.Generator,
    starts: Sequence[np.ndarray] = (),
    weights: np.ndarray | None = None,
) -> tuple[np.ndarray, np.ndarray, float]:
    """Return labels, centres and inertia of a quick fit to a bootstrap sample.

    The best of what the SETTLED most promising `starts` come to (centres of the full solution and of those nearly as
    good, judged after one of Lloyd's steps) and of a search with a seeding of its own; of two without starts. A fit
    that stops early would read as an unstable market; one that knows the full solution only, as a stable one.
    """
    points, weights, place = merge_equal(points, k, uneven(weights))
    fitting = [lloyd(points, start, 1, weights) for start in starts if len(start) == k]
    fitting.sort(key=lambda found: inertia(points, found[0], found[1], weights))
    settled = [search_once(points, k, rng, 0, centres, weights) for _, centres in fitting[:SETTLED]]
    best = min(settled, key=lambda found: found[2])[1] if settled else None
    searches = [search_once(points, k, rng, QUICK_PATIENCE, start, weights) for start in (best, None)]
    labels, centres, value = min(searches, key=lambda found: found[2])
    return labels[place], centres, value


def merge_equal(
    points: np.ndarray, k: int, weights: np.ndarray | None
) -> tuple[np.ndarray, np.ndarray | None, np.ndarray | slice]:
    """Return the different points, what each counts, and the place of every old point among them.

    A bootstrap sample holds .63 of its points, answers on scales repeat: the same solution for less. As they were, if
    that saves less than a tenth or leaves fewer than k.
    """
    key = np.einsum("ij,j->i", points, np.random.default_rng(0).normal(size=points.shape[1]))
    order = np.argsort(key, kind="stable")
    in_order = points[order]
    is_new = np.ones(len(points), dtype=bool)
    is_new[1:] = (in_order[1:] != in_order[:-1]).any(axis=1)
    if is_new.mean() > MERGED or is_new.sum() < k:
        return points, weights, slice(None)
    place = np.empty(len(points), dtype=np.int64)
    place[order] = np.cumsum(is_new) - 1
    counts = np.bincount(place, weights).astype(float)
    return in_order[is_new], uneven(counts), place


def _is_same(value: float, other: float, rounding: float) -> bool:
    return abs(value - other) <= SAME * other + rounding


def uneven(weights: np.ndarray | None) -> np.ndarray | None:
    """Return positive weights for the moves of `optimise`, or None where all are alike, which is faster."""
    if weights is None or np.ptp(weights) <= SMALLEST_WEIGHT * np.abs(weights).max():
        return None
    return np.maximum(weights, SMALLEST_WEIGHT * weights.mean())


def search_once(
    points: np.ndarray,
    k: int,
    rng: np.random.Generator,
    patience: int,
    start: np.ndarray | None = None,
    weights: np.ndarray | None = None,
) -> tuple[np.ndarray, np.ndarray, float]:
    """Return labels, centres and inertia of one search.

    `start` gives its first centres instead of a seeding; it ends after `patience` swaps in a row without gain, of which
    the first k are the cheapest of several, the others random (random swap, Fränti 2018); `weights` are those of
    `uneven`.
    """
    first = seed_centres(points, k, rng, weights) if start is None else start
    labels, centres, value = _settle(points, *lloyd(points, first, weights=weights), weights)
    failures = 0
    while failures < patience and k > 1:
        swapped = _swap(points, labels, centres, rng, weights, is_cheapest=failures < k)
        near, moved = lloyd(points, swapped, SCREEN_STEPS, weights)
        failures += 1
        if inertia(points, near, moved, weights) <= value * SCREEN:
            near, moved = lloyd(points, moved, weights=weights)
            if inertia(points, near, moved, weights) <= value * SCREEN_LLOYD:
                found = _settle(points, near, moved, weights)
                if found[2] < value * (1 - SAME):
                    (labels, centres, value), failures = found, 0
    return labels, centres, value


def _swap(points, labels, centres, rng, weights, is_cheapest: bool) -> np.ndarray:
    k = len(centres)
    if is_cheapest:
        return swap_centre(points, labels, centres, rng, k, weights)
    swapped = centres.copy()
    squared = ((points - centres[labels]) ** 2).sum(1)
    far = draw_far_point(points, squared if weights is None else squared * weights, rng)
    swapped[rng.integers(k)] = points[far]
    return swapped


def _settle(points: np.ndarray, labels: np.ndarray, centres: np.ndarray, weights: np.ndarray | None):
    labels, centres = transfer(points, labels, centres, weights)
    return labels, centres, inertia(points, labels, centres, weights)


def chance_missed(n_searches: int, n_found: int) -> float:
    """Return the estimated chance that a better solution, as easy to find as the best one, was never met.

    With a uniform prior on the rate p at which a search finds the best solution, p is Beta(h+1, n−h+1) after h finds in
    n searches, and n searches miss an equally easy one with E[(1−p)^n] = B(h+1, 2n−h+1) / B(h+1, n−h+1).
    A better solution that is much harder to find than the best one cannot be excluded by any number of searches.

    Examples
    --------
    >>> round(chance_missed(5, 5), 4), round(chance_missed(50, 5), 4)
    (0.0022, 0.0142)
    """
    h, n = n_found, n_searches
    log = math.lgamma(2 * n - h + 1) + math.lgamma(n + 2) - math.lgamma(2 * n + 2) - math.lgamma(n - h + 1)
    return math.exp(log)


def assign_points(points: np.ndarray, centres: np.ndarray) -> np.ndarray:
    """Return the position of the nearest centre for each point; ties go to the first centre."""
    return distances(points, centres).argmin(1)
