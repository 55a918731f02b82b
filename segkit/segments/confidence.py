"""How sure each account's segment is, had its months turned out a little otherwise."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from segkit.segments.assess.stability import Stability
from segkit.segments.draws import count_draws
from segkit.segments.grid import assign_grid, grid_cuts
from segkit.statistics.clusterings import adjusted_rand, jaccard
from segkit.statistics.resampling import bootstrap_indices, generator

if TYPE_CHECKING:
    import pandas as pd


def score_confidence(features: pd.DataFrame, model: Mapping[str, Any], draws: int, seed: int) -> np.ndarray:
    """Return for each account the share of draws in which the model gives it the same segment (0 … 1).

    Parameters
    ----------
    features : DataFrame
        One slice of `account_features`: revenue_12m, revenue_prev_12m (money), frequency_12m (invoices), regularity
        (coefficient of variation of monthly revenue) and what the model needs.
    model : mapping
        The accepted model.
    draws : int
        At most; fewer, but at least 20, above 20,000 accounts.
    """
    return count_draws(features, model, draws, seed).confidence


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
