"""How sure each account's segment is: would it be in the same one if it had ordered a little otherwise?"""

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
DAYS_PER_YEAR = 365


def score_confidence(features: pd.DataFrame, model: Mapping[str, Any], draws: int, seed: int) -> np.ndarray:
    """Return for each account the share of draws in which the model gives it the same segment (0 … 1).

    Parameters
    ----------
    features : DataFrame
        One slice of `account_features`: revenue_12m, revenue_prev_12m (money), frequency, frequency_12m (invoices),
        tenure_days and what the model needs.
    model : mapping
        The accepted model.
    draws : int
        At most; fewer, but at least 20, above 20,000 accounts.

    Notes
    -----
    A draw gives each invoice of an account a random weight (Bayesian bootstrap, Rubin 1981; invoices taken as alike): an
    account with n invoices has its revenue multiplied by Gamma(n) / n, the twelve months before likewise. Few orders
    near a limit make an account doubtful, many orders far from it make it sure. Dates are not redrawn.
    """
    rng = generator(seed, "confidence")
    segment = assign_segments(features, model)["segment_id"].to_numpy()
    draws = max(FEWEST_DRAWS, min(draws, ROW_DRAWS // max(len(features), 1)))
    n_now = np.maximum(features["frequency_12m"].to_numpy(float), 1)
    n_before = _orders_before(features)
    same = np.zeros(len(features))
    for _ in range(draws):
        weight, weight_before = rng.gamma(n_now) / n_now, rng.gamma(n_before) / n_before
        redrawn = features.assign(
            revenue_12m=features["revenue_12m"] * weight,
            revenue_prev_12m=features["revenue_prev_12m"] * weight_before,
            frequency_12m=features["frequency_12m"] * weight,
        )
        same += assign_segments(redrawn, model)["segment_id"].to_numpy() == segment
    return np.round(same / draws, DIGITS)


def _orders_before(features: pd.DataFrame) -> np.ndarray:
    """Return about how many invoices an account had in the twelve months before the last twelve."""
    earlier = (features["frequency"] - features["frequency_12m"]).to_numpy(float)
    years = np.maximum(features["tenure_days"].to_numpy(float) / DAYS_PER_YEAR - 1, 1)
    return np.maximum(earlier / years, 1)


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
