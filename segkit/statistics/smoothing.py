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


def smoothing_levels(y: Floats, x: Floats) -> tuple[int, bool]:
    """Return by how many steps the units of one figure are smoothed, and whether the denominator is as well.

    A denominator of which each unit has the same or nothing (accounts, flags) counts units and is no size: then the
    numerator's spread counts, and it alone is smoothed.

    Parameters
    ----------
    y, x : array of units
        Numerator and denominator of each unit.
    """
    counted = x[x != 0]
    is_scaled = len(counted) > 0 and bool((counted != counted[0]).any())
    sizes = np.abs(counted if is_scaled else y[y != 0])
    if len(sizes) < 2 or len(y) > LARGE:
        return 0, is_scaled
    spread = float(np.log(sizes).std(ddof=1))
    return min(round(SHARE_OF_SPREAD * spread / STEP), HIGHEST), is_scaled


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
