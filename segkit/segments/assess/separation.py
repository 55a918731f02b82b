"""How far the groups of a division lie apart: distances to centres, gaps between neighbours, variance explained."""

from __future__ import annotations

import numpy as np

from segkit.segments.optimise import distances


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
