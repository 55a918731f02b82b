"""Centres whose clusters keep limits of size: a transport problem, and the rule that places later accounts likewise."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from segkit.segments.fits import Fit
from segkit.segments.optimise import distances, means

MOST_STEPS = 30
MOST_ROWS = 2000  # above, the centres are found on so many rows, and only the last steps take all
LAST_STEPS = 3
ROUNDING = 1e-12  # of the mean cost: a smaller gain is none


@dataclass(frozen=True)
class Limits:
    """Least and most share of the rows that a cluster may hold; None: no limit."""

    least: float | None = None
    most: float | None = None

    def room_for(self, k: int) -> int:
        """Return the number of clusters nearest to k, not above it, that the limits allow; 0 if they allow none."""
        fits = k if not self.least else min(k, int(1 / self.least + 1e-9))
        return fits if not self.most or fits * self.most >= 1 - 1e-9 else 0

    def counts(self, n: int, k: int) -> tuple[int, int]:
        """Return the least and the most rows of a cluster, such that n rows fit into k clusters."""
        least = min(int(np.ceil((self.least or 0.0) * n - 1e-9)), n // k)
        most = n if self.most is None else max(int(self.most * n + 1e-9), -(-n // k))
        return max(least, 1), most

    def hold(self, sizes: np.ndarray) -> bool:
        """Say whether clusters of these sizes keep the limits."""
        least, most = self.counts(int(sizes.sum()), len(sizes))
        return bool(sizes.min() >= least and sizes.max() <= most)


def search_limited(
    points: np.ndarray, weights: np.ndarray, starts: list[np.ndarray], limits: Limits, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray, np.ndarray, float]:
    """Return labels, centres, offsets and inertia of the best division found within limits of size.

    Parameters
    ----------
    points : array (n, d)
        Coordinates of the rows.
    weights : array (n,)
        What a row counts in the centres; limits of size count rows.
    starts : list of arrays (k, d)
        First centres, one descent each.
    limits : Limits
        Limits that `Limits.room_for` found possible.
    rng : Generator
        Draws the rows on which the centres are found where there are more than `MOST_ROWS`.

    Notes
    -----
    Rows go to centres as a transport problem, centres to the means of their rows, until nothing changes (Bradley,
    Bennett and Demiriz 2000, Constrained k-means clustering, MSR-TR-2000-65). Labels are those of the rule that later
    accounts get (see `find_offsets`), so that nobody moves only because the sample has ended.
    """
    n, k = len(points), len(starts[0])
    rows = np.arange(n) if n <= MOST_ROWS else np.sort(rng.choice(n, MOST_ROWS, replace=False))
    nothing = np.zeros(k)
    found = [_descend(points[rows], weights[rows], start, nothing, limits, MOST_STEPS) for start in starts]
    best = min(found, key=lambda division: division[3])
    return best if len(rows) == n else _descend(points, weights, best[1], best[2], limits, LAST_STEPS)


def _descend(points, weights, centres, offsets, limits: Limits, steps: int):
    k, labels = len(centres), np.full(len(points), -1)
    least, most = limits.counts(len(points), k)
    for _ in range(steps):
        used, squared = centres, distances(points, centres)
        placed, offsets = place_within(squared, least, most, offsets)
        if np.array_equal(placed, labels):
            break
        labels = placed
        centres = means(points, labels, k, weights)
    offsets = find_offsets(squared, labels)
    own = (squared - offsets).argmin(axis=1)
    inertia = float(squared[np.arange(len(points)), own] @ weights)
    return own, used, offsets, inertia


def place_within(
    squared: np.ndarray, least: int, most: int, offsets: np.ndarray | None = None
) -> tuple[np.ndarray, np.ndarray]:
    """Return the cluster of each row with the smallest sum of costs and `least` to `most` rows in every cluster.

    Parameters
    ----------
    squared : array (n, k)
        Cost of a row in a cluster: its squared distance.
    least, most : int
        Limits that n rows in k clusters can keep.
    offsets : array (k,), optional
        Those of a similar problem solved before: saves moves.

    Returns
    -------
    labels : array (n,)
    offsets : array (k,)
        Prices of the limits: labels are the smallest of squared − offsets, ties apart.

    Notes
    -----
    Minimum-cost flow by successive shortest paths (Ahuja, Magnanti and Orlin 1993, chapter 9) between clusters: the
    step from a to b costs what the row of a that minds least pays for it. A power diagram is the cheapest division of
    its sizes, so that only the rows beyond the limits need to move, one path each.
    """
    n, k = squared.shape
    labels = (squared if offsets is None else squared - offsets).argmin(axis=1)
    sizes = np.bincount(labels, minlength=k)
    cost, mover = np.full((k, k), np.inf), np.zeros((k, k), dtype=np.int64)
    changed, least_gain = np.arange(k), ROUNDING * max(float(squared.mean()), 1e-300)
    for _ in range(2 * n + k):
        for a in changed:
            rows = np.flatnonzero(labels == a)
            if len(rows):
                dearer = squared[rows] - squared[rows, [a]][:, None]
                first = dearer.argmin(axis=0)
                cost[a], mover[a] = dearer[first, np.arange(k)], rows[first]
            else:
                cost[a] = np.inf
            cost[a, a] = 0.0
        paths, step = _shortest_paths(cost, least_gain)
        is_over, is_under = sizes > most, sizes < least
        giving = is_over if is_over.any() else sizes > least
        taking = is_under if is_under.any() and not is_over.any() else sizes < most
        allowed = np.where(giving[:, None] & taking & ~np.eye(k, dtype=bool), paths, np.inf)
        a, b = np.unravel_index(allowed.argmin(), allowed.shape)
        if not np.isfinite(allowed[a, b]) or (not (is_over | is_under).any() and allowed[a, b] >= -least_gain):
            break
        changed = _move_along(int(a), int(b), step, mover, labels)
        sizes[a], sizes[b] = sizes[a] - 1, sizes[b] + 1
    return labels, (paths.min(axis=0) - paths.min(axis=1)) / 2


def _shortest_paths(cost: np.ndarray, least_gain: float) -> tuple[np.ndarray, np.ndarray]:
    """Return the length of the shortest path between each pair of clusters, and its first stop (Floyd 1962)."""
    k = len(cost)
    paths, step = cost.copy(), np.tile(np.arange(k), (k, 1))
    for between in range(k):
        via = paths[:, [between]] + paths[[between], :]
        is_shorter = via < paths - least_gain
        paths, step = np.where(is_shorter, via, paths), np.where(is_shorter, step[:, [between]], step)
    return paths, step


def _move_along(a: int, b: int, step: np.ndarray, mover: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """Move one row along each step of the path from a to b, in place; return the clusters on the path."""
    passed = [a]
    while passed[-1] != b and len(passed) <= len(step):
        after = int(step[passed[-1], b])
        labels[mover[passed[-1], after]] = after
        passed.append(after)
    return np.unique(passed)


def find_offsets(squared: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """Return what is taken off squared distances so that the nearest centre is the cluster of each row.

    A division that solves a transport problem is a power diagram (Aurenhammer, Hoffmann and Aronov 1998): there are
    offsets o with d_ia − o_a ≤ d_ib − o_b for all rows i of cluster a and all b, the dual prices of the limits. Of all
    such offsets these leave the widest margin, at most 1 of the mean distance; zeros where no limit binds.
    """
    from scipy.optimize import linprog

    k = squared.shape[1]
    if np.array_equal(squared.argmin(axis=1), labels):
        return np.zeros(k)
    room = np.full((k, k), np.inf)
    for a in range(k):
        if (labels == a).any():
            room[a] = (squared[labels == a] - squared[labels == a][:, [a]]).min(axis=0)
    scale = max(float(squared.mean()), 1e-300)
    pairs = [(a, b) for a in range(k) for b in range(k) if a != b and np.isfinite(room[a, b])]
    above = np.zeros((len(pairs), k + 1))
    for row, (a, b) in enumerate(pairs):
        above[row, [a, b, k]] = -1.0, 1.0, 1.0  # o_b − o_a + margin ≤ room
    limit = np.array([room[pair] for pair in pairs]) / scale
    solved = linprog(
        np.r_[np.zeros(k), -1.0], A_ub=above, b_ub=limit, bounds=[(0, 0)] + [(None, None)] * (k - 1) + [(None, 1.0)]
    )
    return np.round(solved.x[:k] * scale, 12)


def describe_limits(fit: Fit) -> list[tuple[str, dict[str, Any]]]:
    """Return what limits of size cost, where they bind."""
    price = fit.measures.get("price_of_limits")
    return [] if price is None else [("methods.price_of_limits", {"value": price})]
