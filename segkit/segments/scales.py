"""Robust log scales: five accounts can be half of sales, and must not make the clusters alone."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    import pandas as pd

CRITERIA = ("revenue_12m", "frequency_12m", "days_since_last", "tenure_days")
DIGITS = 12
LEAST_SPREAD = 0.25  # on logarithms; differences of a few per cent are not blown up to the weight of real ones


def fit_scales(features: pd.DataFrame) -> dict[str, Any]:
    """Return how criteria become comparable: criteria, medians and spreads of their logarithms (log of 1 + value).

    Parameters
    ----------
    features : DataFrame
        revenue_12m (money; net returns count as 0), frequency_12m (invoices), days_since_last, tenure_days.

    Returns
    -------
    dict
        ``criteria`` (those that vary), ``medians``, ``spreads`` (interquartile range, or the standard deviation where
        half of the accounts are equal; at least .25), ``constant`` (criteria left out because all accounts are equal).
    """
    logs = _logs(features, CRITERIA)
    low, middle, high = (np.percentile(logs, [25, 50, 75], axis=0)) if len(logs) else np.zeros((3, len(CRITERIA)))
    deviation = logs.std(axis=0) if len(logs) else np.zeros(len(CRITERIA))
    spreads = np.where(high - low > 0, high - low, deviation)
    varies = spreads > 1e-9
    return {
        "criteria": [name for name, keep in zip(CRITERIA, varies, strict=True) if keep],
        "medians": np.round(middle[varies], DIGITS).tolist(),
        "spreads": np.round(np.maximum(spreads[varies], LEAST_SPREAD), DIGITS).tolist(),
        "constant": [name for name, keep in zip(CRITERIA, varies, strict=True) if not keep],
    }


def scale(features: pd.DataFrame, scales: Mapping[str, Any]) -> np.ndarray:
    """Return the criteria on their scales, one row per account: (log(1 + value) − median) / spread."""
    logs = _logs(features, scales["criteria"])
    return (logs - np.array(scales["medians"])) / np.array(scales["spreads"])


def _logs(features: pd.DataFrame, criteria) -> np.ndarray:
    values = features[list(criteria)].to_numpy(float)
    return np.log1p(np.maximum(np.nan_to_num(values, nan=0.0), 0.0))
