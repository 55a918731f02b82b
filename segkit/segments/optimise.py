"""The three moves of a k-means search: seeding, Lloyd's steps, single-point transfers. Plain numpy, no threads.

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
    both means move along, which Lloyd's steps do not see. The best moves between clusters not yet touched in the round
    are made at once.
    """
    labels, centres, k, rows = labels.copy(), centres.copy(), len(centres), np.arange(len(points))
    weights = np.ones(len(points)) if weights is None else weights
    sizes, counts = np.bincount(labels, weights, minlength=k), np.bincount(labels, minlength=k)
    lengths = squared_lengths(points)
    while True:
        squared = distances(points, centres, lengths)
        own = squared[rows, labels]
        left = sizes[labels] - weights
        leaving = np.where(counts[labels] > 1, weights * own * sizes[labels] / np.maximum(left, SMALLEST_WEIGHT), 0.0)
        joining = squared * (weights[:, None] * sizes / (sizes + weights[:, None]))
        joining[rows, labels] = np.inf
        target = joining.argmin(1)
        gain = leaving - joining[rows, target]
        least = SMALLEST_GAIN * max(1.0, float((weights * own).mean()))
        if gain.max() <= least:
            return labels, means(points, labels, k, weights)
        _apply(points, weights, labels, centres, (sizes, counts), target, gain, least)


def _apply(points, weights, labels, centres, sizes_and_counts, target, gain, least) -> None:
    """Make the best transfers in place, each cluster taking part once."""
    sizes, counts = sizes_and_counts
    touched: set[int] = set()
    k = len(centres)
    best = np.argpartition(-gain, k)[:k] if len(gain) > k else np.arange(len(gain))
    for i in best[np.argsort(-gain[best], kind="stable")]:
        a, b, w = int(labels[i]), int(target[i]), weights[i]
        if gain[i] <= least or a in touched or b in touched:
            continue
        touched |= {a, b}
        centres[a] = (centres[a] * sizes[a] - w * points[i]) / (sizes[a] - w)
        centres[b] = (centres[b] * sizes[b] + w * points[i]) / (sizes[b] + w)
        sizes[a], sizes[b], labels[i] = sizes[a] - w, sizes[b] + w, b
        counts[a], counts[b] = counts[a] - 1, counts[b] + 1
