"""How far resampled accounts are spread: a few observed ones cannot show how much larger the largest could be.

Each account of a resample gets its money times a random factor with mean one (log-normal). Its spread is half the
spread of the logarithms seen, so that the resamples have the tail that such data have rather than the largest account
seen again and again (smoothed bootstrap; Silverman and Young 1987, Biometrika 74). Half of it is what simulation gives:
see benchmarks/kpi_intervals.md.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

SHARE_OF_SPREAD = 0.5
STEP = 0.25  # spreads of the factor are whole steps: so many tables of factors suffice for all figures
HIGHEST = 4  # steps; a spread of 1.0 belongs to money whose logarithms spread by 2
LARGE = 5000  # so many units show their tail themselves


def is_size(x: Floats) -> bool:
    """Say whether a denominator tells sizes; one of which each unit has the same or nothing only counts units."""
    counted = x[x != 0]
    return len(counted) > 0 and bool((counted != counted[0]).any())


def smoothing_level(y: Floats, x: Floats, is_scaled: bool) -> int:
    """Return by how many steps the units of one figure are smoothed.

    Parameters
    ----------
    y, x : array of units
        Numerator and denominator of each unit.
    is_scaled : bool
        Whether the denominator tells sizes (`is_size`): then it is smoothed together with the numerator.
    """
    if len(y) > LARGE:
        return 0
    counted, parts = np.abs(x[x != 0]), np.abs(y[y != 0])
    spread = max(log_spread(counted), middle_spread(parts)) if is_scaled else log_spread(parts)
    return min(round(SHARE_OF_SPREAD * spread / STEP), HIGHEST)


def log_spread(sizes: Floats) -> float:
    """Return the standard deviation of the logarithms of sizes above 0; 0 for fewer than two."""
    return float(np.log(sizes).std(ddof=1)) if len(sizes) > 1 else 0.0


def middle_spread(sizes: Floats) -> float:
    """Return the same as the middle half of the sizes tells it: margins near nothing do not count as a spread."""
    if len(sizes) < 2:
        return 0.0
    low, high = np.quantile(np.log(sizes), [0.25, 0.75])
    return float(high - low) / 1.349


def smoothing_factors(
    shape: tuple[int, int], levels: set[int], rng: np.random.Generator
) -> Iterator[tuple[int, Floats]]:
    """Yield for each level its factors, draws × units, with mean one; level 0 has none to draw.

    The same normal numbers serve all levels; they are drawn only where a level above 0 is asked for.
    """
    if not levels - {0}:
        return
    step = np.exp(STEP * rng.standard_normal(shape))
    power = np.ones(shape)
    for level in range(1, max(levels) + 1):
        power = power * step
        if level in levels:
            yield level, power * np.exp(-((level * STEP) ** 2) / 2)
