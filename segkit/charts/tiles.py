"""Where tiles lie whose areas are given: a squarified treemap, as plain numbers."""

from __future__ import annotations

import numpy as np


def lay_tiles(values: np.ndarray, width: float, height: float, stretch: float = 1.0) -> dict[str, np.ndarray]:
    """Return x, x2, y, y2 of one tile per value, largest first, as near to one shape as they get.

    Parameters
    ----------
    values : array
        Above zero, in falling order.
    width, height : float
        Of the whole; y runs downwards.
    stretch : float
        How many times as wide as high tiles would best be; words need wide ones.

    Notes
    -----
    Bruls, Huizing and van Wijk (2000): a row is laid along the shorter side and takes tiles as long as that makes its
    worst aspect ratio better.
    """
    width = width / stretch
    areas = np.asarray(values, float) * (width * height / max(float(np.sum(values)), 1e-300))
    tiles: list[tuple[float, float, float, float]] = []
    x, y, start = 0.0, 0.0, 0
    while start < len(areas):
        wide, high = width - x, height - y
        side = min(wide, high)
        end = start + 1
        while end < len(areas) and _worst(areas[start : end + 1], side) <= _worst(areas[start:end], side):
            end += 1
        row = areas[start:end]
        depth = row.sum() / side
        ends = np.cumsum(row / depth)
        for begin, stop in zip(ends - row / depth, ends, strict=True):
            tile = (x, x + depth, y + begin, y + stop) if wide >= high else (x + begin, x + stop, y, y + depth)
            tiles.append(tile)
        x, y = (x + depth, y) if wide >= high else (x, y + depth)
        start = end
    columns = np.array(tiles).reshape(-1, 4).T * np.array([[stretch], [stretch], [1.0], [1.0]])
    return dict(zip(("x", "x2", "y", "y2"), columns, strict=True))


def _worst(row: np.ndarray, side: float) -> float:
    """Return the largest aspect ratio of a row of areas along a side."""
    total = row.sum()
    return max(side**2 * row.max() / total**2, total**2 / (side**2 * row.min()))
