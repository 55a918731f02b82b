"""Where searches of mixtures begin, and which of the short ones are worth going on with."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from segkit.segments.optimise import lloyd, seed_centres
from segkit.segments.search import uneven
from segkit.statistics.clusterings import adjusted_rand

ALIKE = 0.9  # adjusted Rand index from which two short searches are on their way to the same classes


def divide_points(
    points: np.ndarray, k: int, rng: np.random.Generator, weights: np.ndarray | None = None
) -> np.ndarray:
    """Return the labels of k-means from one seeding."""
    even = None if weights is None else uneven(weights)
    return lloyd(points, seed_centres(points, k, rng, even), weights=even)[0]


def pick_different(values: Sequence[float], labels: Sequence[np.ndarray], most: int) -> tuple[list[int], list[int]]:
    """Return the positions of the best searches that differ, at most `most`, and how many searches led to each.

    Two that agree do not both go on: the second-best division of a part of the rows may be the best of all of them.

    Parameters
    ----------
    values : sequence of float
        What each search reached; the higher the better.
    labels : sequence of arrays (n,)
        Its division of the same rows.
    most : int
        How many go on.
    """
    picked: list[int] = []
    counts: list[int] = []
    for i in sorted(range(len(values)), key=lambda i: -values[i]):
        alike = [j for j, other in enumerate(picked) if adjusted_rand(labels[other], labels[i]) >= ALIKE]
        if alike:
            counts[alike[0]] += 1
        elif len(picked) < most:
            picked.append(i)
            counts.append(1)
    return picked, counts


def n_empty(labels: np.ndarray, k: int) -> int:
    """Return how many of k classes are no row's likeliest one."""
    return k - len(np.unique(labels))


def n_different(rows: np.ndarray, enough: int) -> int:
    """Return how many different rows there are, or `enough` where there are too many rows to lack them."""
    if not rows.shape[1]:
        return 1
    return enough if len(rows) > 20 * enough else len(np.unique(rows, axis=0))
