"""The moves of a k-means search: seeding, Lloyd's steps, single-point transfers, centre swaps. Plain numpy, no threads.

`weights`, where a function takes them, are what each point counts (above 0); None: all alike. A point of weight 2
counts as two points in one place.
"""

from __future__ import annotations

import numpy as np

SMALLEST_GAIN = 1e-10
SMALLEST_WEIGHT = 1e-9  # of the mean: what a point counts at least, so that no cluster weighs nothing


def distances(points: np.ndarray, centres: np.ndarray, lengths: np.ndarray | None = None) -> np.ndarray:
    """Return squared distances, points in rows and centres in columns; `lengths` are those of `squared_lengths`."""
    lengths = squared_lengths(points) if lengths is None else lengths
    return np.maximum(_without_lengths(points, centres) + lengths[:, None], 0.0)


def squared_lengths(points: np.ndarray) -> np.ndarray:
    """Return the squared distance of each point to the origin."""
    return np.einsum("ij,ij->i", points, points)


def _without_lengths(points: np.ndarray, centres: np.ndarray) -> np.ndarray:
    """Return squared distances less the squared length of the point: enough to know the nearest centre."""
    products = points @ (-2.0 * centres.T)
    products += squared_lengths(centres)
    return products


def inertia(points: np.ndarray, labels: np.ndarray, centres: np.ndarray, weights: np.ndarray | None = None) -> float:
    """Return the sum of squared distances of the points to their centres."""
    away = points - centres[labels]
    squared = np.einsum("ij,ij->i", away, away)
    return float(squared.sum() if weights is None else squared @ weights)


def draw_far_point(points: np.ndarray, squared: np.ndarray, rng: np.random.Generator) -> int:
    """Return the position of a point drawn with a chance in proportion to its squared distance."""
    cumulative = np.cumsum(squared)
    return int(min(np.searchsorted(cumulative, rng.random() * cumulative[-1]), len(points) - 1))


def seed_centres(points: np.ndarray, k: int, rng: np.random.Generator, weights: np.ndarray | None = None) -> np.ndarray:
    """Return k points far from each other as first centres (k-means++, Arthur and Vassilvitskii 2007)."""
    centres = np.empty((k, points.shape[1]))
    first = rng.integers(len(points)) if weights is None else draw_far_point(points, weights, rng)
    centres[0] = points[first]
    squared = ((points - centres[0]) ** 2).sum(1)
    for j in range(1, k):
        centres[j] = points[draw_far_point(points, squared if weights is None else squared * weights, rng)]
        squared = np.minimum(squared, ((points - centres[j]) ** 2).sum(1))
    return centres


def swap_centre(
    points: np.ndarray,
    labels: np.ndarray,
    centres: np.ndarray,
    rng: np.random.Generator,
    draws: int,
    weights: np.ndarray | None = None,
) -> np.ndarray:
    """Return centres of which one was taken away and set on a point: the cheapest swap for `draws` far points.

    Points are drawn as in seeding (`draw_far_point`). The inertia right after each of draws · k swaps follows from the
    distances to the nearest and the second centre (local search of Lattanzi and Sohler 2019).
    """
    squared, rows = distances(points, centres), np.arange(len(points))
    own = squared[rows, labels].copy()
    squared[rows, labels] = np.inf
    second = squared.min(1)
    cumulative = np.cumsum(own if weights is None else own * weights)
    drawn = np.searchsorted(cumulative, rng.random(draws) * cumulative[-1])
    drawn = np.minimum(drawn, len(points) - 1)
    away = distances(points, points[drawn])
    with_old = np.minimum(away, own[:, None])
    lost = np.minimum(away, second[:, None]) - with_old
    is_member = np.zeros((len(centres), len(points)))
    is_member[labels, rows] = 1.0 if weights is None else weights
    cost = (with_old.sum(0) if weights is None else weights @ with_old) + is_member @ lost
    gone, come = np.unravel_index(cost.argmin(), cost.shape)
    swapped = centres.copy()
    swapped[gone] = points[drawn[come]]
    return swapped


def lloyd(
    points: np.ndarray, centres: np.ndarray, steps: int = 300, weights: np.ndarray | None = None
) -> tuple[np.ndarray, np.ndarray]:
    """Return labels and centres after Lloyd's steps, at most `steps`; no cluster is empty.

    Each point goes to its nearest centre, each centre to the mean of its points, until nothing changes.
    """
    k = len(centres)
    labels = np.full(len(points), -1)
    for _ in range(steps):
        nearest = _without_lengths(points, centres).argmin(1)
        if np.array_equal(nearest, labels):
            break
        labels = _without_empty(points, nearest, centres)
        centres = means(points, labels, k, weights)
    return labels, centres


def _without_empty(points: np.ndarray, labels: np.ndarray, centres: np.ndarray) -> np.ndarray:
    """Give each empty cluster the point farthest from its centre, taken from a cluster that can spare it."""
    sizes = np.bincount(labels, minlength=len(centres))
    if sizes.all():
        return labels
    squared = ((points - centres[labels]) ** 2).sum(1)
    for empty in np.flatnonzero(sizes == 0):
        for far in np.argsort(-squared, kind="stable"):
            if sizes[labels[far]] > 1:
                sizes[labels[far]] -= 1
                labels[far], sizes[empty], squared[far] = empty, 1, -1.0
                break
    return labels


def means(points: np.ndarray, labels: np.ndarray, k: int, weights: np.ndarray | None = None) -> np.ndarray:
    """Return the mean of the points of each of k clusters."""
    is_member = np.zeros((k, len(points)))
    is_member[labels, np.arange(len(points))] = 1.0 if weights is None else weights
    return (is_member @ points) / is_member.sum(1)[:, None]


def transfer(
    points: np.ndarray, labels: np.ndarray, centres: np.ndarray, weights: np.ndarray | None = None
) -> tuple[np.ndarray, np.ndarray]:
    """Return labels and centres to which no move of a single point brings a gain (Hartigan and Wong 1979).

    A point of weight w leaves cluster a for b if n_b/(n_b+w)·d_b² < n_a/(n_a−w)·d_a², n the weights of the clusters:
    both means move along, which Lloyd's steps do not see. In each round all points are looked at, and those with a gain
    move one after the other, the largest gain first, if there still is one.
    """
    labels, centres, k, rows = labels.copy(), centres.copy(), len(centres), np.arange(len(points))
    weights = np.ones(len(points)) if weights is None else weights
    lengths, inverse = squared_lengths(points), (1 / weights)[:, None]
    while True:
        sizes, counts = np.bincount(labels, weights, minlength=k), np.bincount(labels, minlength=k)
        squared = distances(points, centres, lengths)
        own = weights * squared[rows, labels]
        leaving = np.where(counts > 1, sizes, 0.0)[labels] * own / np.maximum(sizes[labels] - weights, SMALLEST_WEIGHT)
        squared[rows, labels] = np.inf
        squared /= 1 / sizes + inverse
        joining = squared.min(1)
        gain = leaving - joining
        least = SMALLEST_GAIN * max(1.0, float(own.mean()))
        movers = np.flatnonzero(gain > least)
        movers = movers[np.argsort(-gain[movers], kind="stable")]
        if not _move(points, weights, labels, centres, sizes, counts, movers, least):
            return labels, means(points, labels, k, weights)
        centres = means(points, labels, k, weights)


def _move(points, weights, labels, centres, sizes, counts, movers, least) -> int:
    """Move points one after the other in place, each if it brings a gain; return how many have moved."""
    n_moved = 0
    for i in movers:
        point, w, a = points[i], weights[i], labels[i]
        if counts[a] < 2:
            continue
        away = centres - point
        cost = np.einsum("ij,ij->i", away, away)
        leaving = w * cost[a] * sizes[a] / max(sizes[a] - w, SMALLEST_WEIGHT)
        cost *= w * sizes / (sizes + w)
        cost[a] = np.inf
        b = cost.argmin()
        if leaving - cost[b] <= least:
            continue
        centres[a] += (w / (sizes[a] - w)) * away[a]
        centres[b] -= (w / (sizes[b] + w)) * away[b]
        sizes[a], sizes[b], labels[i] = sizes[a] - w, sizes[b] + w, b
        counts[a], counts[b] = counts[a] - 1, counts[b] + 1
        n_moved += 1
    return n_moved
