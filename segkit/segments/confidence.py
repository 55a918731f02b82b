"""How sure each account's segment is, had its months turned out a little otherwise."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from segkit.segments.accepted import assign_segments
from segkit.segments.grid import assign_grid, grid_cuts
from segkit.segments.stability import Stability
from segkit.statistics.clusterings import adjusted_rand, jaccard
from segkit.statistics.resampling import bootstrap_indices, generator

if TYPE_CHECKING:
    import pandas as pd

DIGITS = 6
FEWEST_DRAWS = 20
ROW_DRAWS = 2_000_000  # accounts × draws that a run can afford
MONTHS = 12
MOST_PARTS = 1e6


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

    Notes
    -----
    A draw weights the months of an account at random (Bayesian bootstrap, Rubin 1981): its revenue of twelve months is
    multiplied by Gamma(n) / n with n = 12 / regularity², which has the spread of a mean of twelve such months; where
    regularity is not known, n is the number of invoices. The twelve months before likewise. An irregular buyer near a
    limit is doubtful, a regular one far from it is sure. Dates are not redrawn.
    """
    rng = generator(seed, "confidence")
    segment = assign_segments(features, model)["segment_id"].to_numpy()
    draws = max(FEWEST_DRAWS, min(draws, ROW_DRAWS // max(len(features), 1)))
    shape = _shape(features)
    same = np.zeros(len(features))
    for _ in range(draws):
        weight, weight_before = rng.gamma(shape) / shape, rng.gamma(shape) / shape
        redrawn = features.assign(
            revenue_12m=features["revenue_12m"] * weight,
            revenue_prev_12m=features["revenue_prev_12m"] * weight_before,
            frequency_12m=features["frequency_12m"] * weight,
        )
        same += assign_segments(redrawn, model)["segment_id"].to_numpy() == segment
    return np.round(same / draws, DIGITS)


def _shape(features: pd.DataFrame) -> np.ndarray:
    """Return how many equal parts the revenue of twelve months is worth: 1 / squared coefficient of variation."""
    invoices = features["frequency_12m"].to_numpy(float)
    regularity = features["regularity"].to_numpy(float)
    months = MONTHS / np.where(regularity > 0, regularity, np.nan) ** 2
    return np.clip(np.where(np.isnan(months), invoices, months), 1.0, MOST_PARTS)


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
    return Stability(np.array(agreement), overlaps)
