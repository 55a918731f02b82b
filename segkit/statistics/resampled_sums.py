"""Sums of two columns, of their squares and of their product over groups of units, as seen and in resamples."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from segkit.statistics.smoothing import is_size, smoothing_factors, smoothing_level

Floats = NDArray[np.float64]
Levels = NDArray[np.intp]
Flags = NDArray[np.bool_]

CELLS_AT_ONCE = 2_000_000  # weights held in memory at a time (16 MB, several times over)


class GroupedSums:
    """Units in order of their groups, and what is summed over them.

    Parameters
    ----------
    y, x : array of units × columns
        Numerators and denominators.
    groups : array of int
        Group of each unit, 0 to `n_groups` − 1; −1: none.
    n_groups : int
        Number of groups; all units together are one more, the last.
    of_all : array of bool, one per column
        Whether the denominator is that of all units.

    Attributes
    ----------
    y, x : array of units × columns
        As given, in order of the groups.
    members : list of slice
        Where each group stands; the last holds all units.
    """

    def __init__(self, y: Floats, x: Floats, groups: NDArray[np.integer], n_groups: int, of_all: Flags):
        order = np.argsort(groups, kind="stable")
        self.y, self.x, self.of_all = y[order], x[order], of_all
        starts = np.searchsorted(groups[order], np.arange(n_groups + 1))
        self.members = [slice(starts[group], starts[group + 1]) for group in range(n_groups)] + [slice(0, len(y))]
        self.parts = (self.y, self.x, self.y**2, self.x * self.y, self.x**2)

    def observed(self) -> Floats:
        """Return 1 × groups × (y, x, yy, xy, xx)."""
        sums = [np.concatenate([part[of_group].sum(axis=0) for part in self.parts]) for of_group in self.members]
        return np.array([sums])

    def levels_of_all(self) -> tuple[Levels, Flags]:
        """Return the smoothing of each column for tests: that of all units for every group.

        A test corrected for several groups lies far out in the tail, where resamples are too tame: a step more, and two
        where the denominator only counts units (benchmarks/kpi_differences.md has what that gives; without these steps
        one of six groups that are alike was named in 6 to 9 of 100 quarters).
        """
        levels, scaled = self.levels_by_group()
        of_all = np.where(levels[-1] > 0, levels[-1] + np.where(scaled, 1, 2), 0)
        return np.broadcast_to(of_all, levels.shape), scaled

    def levels_by_group(self) -> tuple[Levels, Flags]:
        """Return the smoothing of each group and column; a share of the total has one for all groups."""
        n_columns = self.y.shape[1]
        levels = np.zeros((len(self.members), n_columns), dtype=np.intp)
        scaled = np.zeros(n_columns, dtype=bool)
        for column in range(n_columns):
            y, x = self.y[:, column], self.x[:, column]
            scaled[column] = is_size(x)
            levels[:, column] = smoothing_level(y, x, scaled[column])
            if self.of_all[column]:
                continue
            for group, of_group in enumerate(self.members[:-1]):
                levels[group, column] = smoothing_level(y[of_group], x[of_group], scaled[column])
        return levels, scaled

    def resampled(self, smoothing: tuple[Levels, Flags], draws: int, seed: int) -> Floats:
        """Return draws × groups × (y, x, yy, xy, xx), on one thread: sums of squares depend on the order otherwise."""
        from threadpoolctl import threadpool_limits

        levels, scaled = smoothing
        rng = np.random.default_rng(seed)
        with threadpool_limits(1):
            blocks = [self._sums(weights, levels, scaled, rng) for weights in _draw_weights(len(self.y), draws, rng)]
        return np.concatenate(blocks)

    def _sums(self, weights: Floats, levels: Levels, scaled: Flags, rng: np.random.Generator) -> Floats:
        n_columns = self.y.shape[1]
        sums = np.zeros((len(weights), len(self.members), 5, n_columns))
        self._add(sums, (weights, weights, weights), levels == 0, scaled)
        for level, factors in smoothing_factors(weights.shape, set(np.unique(levels).tolist()), rng):
            once = weights * factors
            self._add(sums, (weights, once, once * factors), levels == level, scaled)
        return sums.reshape(len(weights), len(self.members), 5 * n_columns)

    def _add(self, sums: Floats, powers: tuple[Floats, ...], chosen: Flags, scaled: Flags) -> None:
        """Put in the sums of the chosen groups and columns; `powers`: weights times each power of the factors."""
        for is_scaled in (False, True):
            of_part = (1, 1, 2, 2, 2) if is_scaled else (1, 0, 2, 1, 0)
            for group, of_group in enumerate(self.members):
                columns = np.flatnonzero(chosen[group] & (scaled == is_scaled))
                if not len(columns):
                    continue
                for part, power in enumerate(of_part):
                    sums[:, group, part, columns] = powers[power][:, of_group] @ self.parts[part][of_group][:, columns]


def _draw_weights(n: int, draws: int, rng: np.random.Generator) -> Iterator[Floats]:
    """Yield blocks of draws × units: how often each unit stands in each resample (multinomial, equal chances)."""
    block = max(1, CELLS_AT_ONCE // max(n, 1))
    for start in range(0, draws, block):
        size = min(block, draws - start)
        drawn = rng.integers(0, max(n, 1), size=(size, n)) + n * np.arange(size)[:, None]
        yield np.bincount(drawn.ravel(), minlength=size * n).reshape(size, n).astype(np.float64)
