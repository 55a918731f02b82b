"""How near an account is to each fitted segment: what the page of an account says of clusters."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from segkit.segments.methods.assign import memberships
from segkit.segments.optimise import distances
from segkit.segments.space import apply_space

if TYPE_CHECKING:
    import pandas as pd

DIGITS = 6


def rank_segments(features: pd.DataFrame, model: Mapping[str, Any]) -> tuple[list[tuple[str, float]], bool]:
    """Return the segments of a fitted model from the nearest to the farthest of one account, and how that is told.

    Parameters
    ----------
    features : DataFrame
        One row, with the model's criteria.
    model : mapping
        The accepted model, of a fitted method.

    Returns
    -------
    list of (segment_id, figure)
        Figure: distance to the centre, or chance of belonging to the segment.
    bool
        Whether the figures are distances.
    """
    sample, fit = apply_space(features, model["space"]), model["fit"]
    is_distance = fit["kind"] == "centres"
    if is_distance:
        centres = np.array(fit["segments"], dtype=float).reshape(len(fit["segments"]), -1)
        figures = np.sqrt(distances(sample.points, centres)[0])
        figures = figures[fit["order"]] if fit.get("order") else figures
    else:
        figures = memberships(sample, fit)[0]
    order = np.argsort(figures if is_distance else -figures, kind="stable")
    return [(model["segments"][j], round(float(figures[j]), DIGITS)) for j in order], is_distance
