"""Natural breaks: where a distribution leaves gaps (Fisher 1958; Jenks & Caspall 1971)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
MOST_VALUES = 1500  # different values; more are put into as many equal steps first


def natural_breaks(values: Floats, classes: int) -> Floats:
    """Return the lower limits of the second to the last class, so that values within classes are as alike as can be.

    The smallest sum of squared distances to the class means, found exactly by dynamic programming over the different
    values (Fisher 1958, Journal of the American Statistical Association 53). Beyond 1,500 different values it is exact
    on their histogram with 1,500 equal steps. Each limit is the smallest value of its class.

    Parameters
    ----------
    values : array
        At least one finite number.
    classes : int
        So many classes, or as many as there are different values.

    Returns
    -------
    array
        Rising limits, one fewer than classes; empty where all values are equal.

    Examples
    --------
    >>> natural_breaks(np.array([1.0, 2, 2, 10, 11, 50]), 3).tolist()
    [10.0, 50.0]
    """
    lowest, centre, count = _points(np.asarray(values, float))
    n = len(centre)
    classes = min(classes, n)
    cost = _costs(centre, count)
    best = cost[0]  # of one class from the first point to each
    starts = np.zeros((classes, n), dtype=np.int64)
    for k in range(1, classes):
        total = np.full((n, n), np.inf)  # row: start of the last class; column: its end
        total[1:] = best[:-1, None] + cost[1:]
        starts[k] = total.argmin(axis=0)
        best = total.min(axis=0)
    limits, end = [], n - 1
    for k in range(classes - 1, 0, -1):
        start = int(starts[k, end])
        limits.append(lowest[start])
        end = start - 1
    return np.array(limits[::-1])


def _points(values: Floats) -> tuple[Floats, Floats, Floats]:
    """Return smallest value, mean and number of the values at each point, in rising order."""
    points, count = np.unique(values, return_counts=True)
    if len(points) <= MOST_VALUES:
        return points, points, count.astype(float)
    width = (points[-1] - points[0]) / MOST_VALUES
    bins = np.minimum(((points - points[0]) / width).astype(np.int64), MOST_VALUES - 1)
    used, first = np.unique(bins, return_index=True)
    n = np.bincount(bins, weights=count)[used]
    mean = np.bincount(bins, weights=count * points)[used] / n
    return points[first], mean, n


def _costs(centre: Floats, count: Floats) -> Floats:
    """Return the squared distances within a class from point i (row) to point j (column); infinite where j < i."""
    x = centre - np.average(centre, weights=count)  # centred: the differences of the sums below lose no digits
    n, s, q = (np.r_[0.0, np.cumsum(count * x**power)] for power in (0, 1, 2))
    size = n[None, 1:] - n[:-1, None]
    with np.errstate(divide="ignore", invalid="ignore"):
        cost = q[None, 1:] - q[:-1, None] - (s[None, 1:] - s[:-1, None]) ** 2 / size
    rows, columns = np.tril_indices(len(x), -1)
    cost[rows, columns] = np.inf
    return np.maximum(cost, 0)
