"""Dense groups of any shape, with accounts that belong to none; their number is found, not given."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from segkit.segments.fits import Fit, Sample
from segkit.segments.methods.assign import assign_labels
from segkit.segments.search import search_once

DIGITS = 12
SMALLEST_GROUP = 5  # rows
NEIGHBOURS = 10  # rows that make a place dense
EXEMPLARS = 12  # points that stand for the shape of a group


def fit_density(
    sample: Sample,
    n_segments: int,
    rng: np.random.Generator,
    start: Mapping[str, Any] | None = None,
    is_quick: bool = False,
    *,
    smallest_share: float = 0.02,
) -> Fit:
    """Return the groups of rows that stand closer together than what lies between them.

    Parameters
    ----------
    sample, n_segments, rng, start, is_quick
        See `fits.FitFunction`; the number of groups asked for plays no part.
    smallest_share : float
        Share of the rows that a group must hold at least (and 5 rows).

    Returns
    -------
    Fit
        Labels −1 for rows in no dense group; no group or one may be found. ``exemplars`` model: later accounts, and
        the rows in no group when they are assigned, belong to the group of the nearest exemplar. Measures noise_share,
        and placed_elsewhere: share of the rows in groups whose nearest exemplar is another group's.

    Notes
    -----
    HDBSCAN (Campello, Moulavi and Sander 2013), as in R's dbscan::hdbscan. `Sample.weights` play no part.
    """
    from sklearn.cluster import HDBSCAN

    n = len(sample)
    smallest = max(SMALLEST_GROUP, int(np.ceil(smallest_share * n)))
    if n < 2 * smallest:
        return Fit(np.full(n, -1), {"kind": "exemplars", "segments": []}, None, {"noise_share": 1.0})
    dense = HDBSCAN(min_cluster_size=smallest, min_samples=min(NEIGHBOURS, smallest), copy=True)
    labels = dense.fit_predict(sample.points).astype(np.int64)
    labels = np.where(labels < 0, -1, labels)
    groups = [sample.points[labels == j] for j in range(labels.max() + 1)]
    model = {"kind": "exemplars", "segments": [_find_exemplars(points, rng) for points in groups]}
    in_group = labels >= 0
    measures = {"noise_share": round(float((~in_group).mean()), DIGITS)}
    if groups:
        elsewhere = assign_labels(sample, model)[in_group] != labels[in_group]
        measures["placed_elsewhere"] = round(float(elsewhere.mean()), DIGITS)
    return Fit(labels, model, None, measures)


def _find_exemplars(points: np.ndarray, rng: np.random.Generator) -> list[list[float]]:
    """Return points spread over a group: the centres of a k-means division of it."""
    different = np.unique(points, axis=0)
    if len(different) <= EXEMPLARS:
        return np.round(different, DIGITS).tolist()
    return np.round(search_once(points, EXEMPLARS, rng, patience=0)[1], DIGITS).tolist()
