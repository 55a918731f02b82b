"""Accounts as points: where each stands on two axes, and which lie inside a line that somebody drew."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from segkit.segments.space import VALUE_CRITERIA, as_numbers, is_number
from segkit.statistics.resampling import generator

if TYPE_CHECKING:
    import pandas as pd

SKEWED = 8.0
MOST_POINTS = 20_000
MOST_CORNERS = 2000


@dataclass(frozen=True)
class Axis:
    """A column as an axis: values from 0 to 1 (NaN where missing), and marks: (place, value in its own units)."""

    column: str
    values: np.ndarray
    marks: list[tuple[float, float]]


def find_axes(features: pd.DataFrame, columns: Sequence[str]) -> list[str]:
    """Return the columns that can be an axis: numbers with more than one value."""
    held = [name for name in columns if name in features.columns and is_number(features[name])]
    return [name for name in held if len(np.unique(_finite(as_numbers(features[name])))) > 1]


def make_axis(features: pd.DataFrame, column: str) -> Axis:
    """Return a column as an axis; money and other long-tailed numbers stand on logarithms."""
    values = as_numbers(features[column])
    known = _finite(values)
    high = np.percentile(known, 99)
    is_log = column in VALUE_CRITERIA[:3] or bool(known.min() >= 0 and high > SKEWED * max(np.median(known), 1e-9))
    scaled = np.log1p(np.maximum(values, 0.0)) if is_log else values
    low, top = float(np.nanmin(scaled)), float(np.nanmax(scaled))
    span = max(top - low, 1e-12)
    marks = _log_marks(known) if is_log else _even_marks(low, top)
    places = [(float(((np.log1p(max(m, 0.0)) if is_log else m) - low) / span), m) for m in marks]
    return Axis(column, (scaled - low) / span, [pair for pair in places if -1e-9 <= pair[0] <= 1 + 1e-9])


def points_drawn(n: int, seed: int) -> np.ndarray:
    """Return the rows that are drawn: all, or a random sample of 20,000."""
    if n <= MOST_POINTS:
        return np.arange(n)
    return np.sort(generator(seed, "explore points").choice(n, MOST_POINTS, replace=False))


def find_inside(x: Axis, y: Axis, line: Any) -> np.ndarray:
    """Return which accounts lie inside a closed line of corners (x, y) from 0 to 1; none for fewer than 3 corners."""
    corners = _corners(line)
    inside = np.zeros(len(x.values), dtype=bool)
    if len(corners) < 3:
        return inside
    before = corners[-1]
    for corner in corners:
        (x1, y1), (x2, y2) = corner, before
        if y1 != y2:
            crosses = (y.values < y1) != (y.values < y2)
            inside ^= crosses & (x.values < (x2 - x1) * (y.values - y1) / (y2 - y1) + x1)
        before = corner
    return inside & np.isfinite(x.values) & np.isfinite(y.values)


def _corners(line: Any) -> list[tuple[float, float]]:
    """Return the corners that a browser sent; an empty list where they are none."""
    try:
        corners = np.array(line, dtype=float)
    except (TypeError, ValueError):
        return []
    if corners.ndim != 2 or corners.shape[1] != 2 or len(corners) > MOST_CORNERS or not np.isfinite(corners).all():
        return []
    return [(float(a), float(b)) for a, b in corners]


def _finite(values: np.ndarray) -> np.ndarray:
    return values[np.isfinite(values)]


def _log_marks(known: np.ndarray) -> list[float]:
    top = max(int(np.floor(np.log10(max(known.max(), 1.0)))), 0)
    marks = [0.0, *(10.0**power for power in range(top + 1))]
    return marks if len(marks) < 7 else [0.0, *marks[1:][::-1][::2][::-1]]


def _even_marks(low: float, high: float) -> list[float]:
    step = 10.0 ** np.floor(np.log10(max(high - low, 1e-12)))
    step = next(step * f for f in (0.2, 0.5, 1, 2) if (high - low) / (step * f) <= 6)
    first = np.ceil(low / step) * step
    return [float(round(first + i * step, 10)) for i in range(int((high - first) / step + 1e-9) + 1)]
