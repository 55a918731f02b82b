"""How sure each account's segment is, had its months turned out a little otherwise."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from segkit.segments.assess.stability import Stability
from segkit.segments.grid import assign_grid, grid_cuts
from segkit.statistics.clusterings import adjusted_rand, jaccard
from segkit.statistics.resampling import bootstrap_indices, generator

if TYPE_CHECKING:
    import pandas as pd


def grid_stability(features: pd.DataFrame, model: Mapping[str, Any], pairs: int, seed: int) -> Stability:
    """Return how stable the grid is when the accounts are drawn again: only its limits in money can move.

    Same measures as those of the clusters: adjusted Rand of pairs, best overlap per segment (in order of id).
    """
    rng = generator(seed, "grid stability")
    labels = assign_grid(features, model)["segment_id"].to_numpy()
    fits = [
        assign_grid(features, model, grid_cuts(features.iloc[rows], model))["segment_id"].to_numpy()
        for rows in bootstrap_indices(len(features), 2 * pairs, rng)
    ]
    agreement = [adjusted_rand(a, b) for a, b in zip(fits[::2], fits[1::2], strict=True)]
    overlaps = np.mean([jaccard(labels, fit).max(axis=1) for fit in fits], axis=0)
    return Stability(np.array(agreement), overlaps, np.empty((0, 0)))
