"""k-means, its best solution certified by repeated finds; with limits of size, weights, and groups kept together."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from segkit.segments.fits import Fit, Sample
from segkit.segments.methods.assign import assign_labels, group_means
from segkit.segments.methods.limits import Limits, search_limited
from segkit.segments.optimise import seed_centres
from segkit.segments.search import search_again, search_clusters, uneven

DIGITS = 12
LIMITED_STARTS = 3  # seedings tried beside the best solution without limits


def fit_kmeans(
    sample: Sample,
    n_segments: int,
    rng: np.random.Generator,
    start: Mapping[str, Any] | None = None,
    is_quick: bool = False,
    *,
    hits: int = 5,
    max_searches: int = 200,
    min_share: float | None = None,
    max_share: float | None = None,
    keep_groups: bool = False,
) -> Fit:
    """Return the k-means division with the smallest inertia found.

    Parameters
    ----------
    sample, n_segments, rng, start, is_quick
        See `fits.FitFunction`. Fewer segments come back where the rows hold fewer different points, or where the
        limits leave no room for so many; one where no division keeps them.
    hits, max_searches : int
        See `search.search_clusters`.
    min_share, max_share : float, optional
        Limits of a segment's share of the rows (see `methods.limits`).
    keep_groups : bool
        Rows of one group of `Sample.groups` get one label: that of their weighted mean.

    Returns
    -------
    Fit
        ``centres`` model. Measures: n_searches, n_found, missed_probability of the search without limits;
        price_of_limits: inertia over that of the best solution without limits, less 1.

    Notes
    -----
    Quick fits: see `search.search_again`; `start` may hold the centres of other good divisions under ``others``.
    """
    keep_groups = keep_groups and sample.groups is not None
    points, weights, place = group_means(sample) if keep_groups else (sample.points, sample.weights, None)
    limits = Limits(min_share, max_share)
    k = limits.room_for(min(n_segments, _n_different(points, n_segments)))
    if k < 2:
        return _as_fit(sample, points[:1] * 0 + points.mean(axis=0), keep_groups, None, None, {})
    if is_quick:
        starts = [] if start is None else [start["segments"], *start.get("others", [])]
        labels, centres, inertia = search_again(points, k, rng, [np.array(one) for one in starts], weights)
        measures: dict[str, float] = {}
    else:
        found = search_clusters(points, k, int(rng.integers(2**31)), hits, max_searches, weights=weights)
        labels, centres, inertia = found.labels, found.centres, found.inertia
        measures = {
            "n_searches": found.n_searches,
            "n_found": found.n_found,
            "missed_probability": round(found.chance_missed, 6),
        }
    rows_per_cluster = np.bincount(labels if place is None else labels[place], minlength=k)
    if limits.hold(rows_per_cluster):
        return _as_fit(sample, centres, keep_groups, None, inertia, measures)
    seeds = [seed_centres(points, k, rng, uneven(weights)) for _ in range(1 if is_quick else LIMITED_STARTS)]
    _, centres, offsets, limited = search_limited(points, weights, [centres, *seeds], limits, rng)
    measures["price_of_limits"] = round(limited / inertia - 1, DIGITS) if inertia > 0 else 0.0
    return _as_fit(sample, centres, keep_groups, offsets, limited, measures)


def _as_fit(sample: Sample, centres, keep_groups: bool, offsets, inertia: float | None, measures) -> Fit:
    model: dict[str, Any] = {"kind": "centres", "segments": np.round(centres, DIGITS).tolist()}
    if offsets is not None:
        model["offsets"] = offsets.tolist()
    if keep_groups:
        model["keep_groups"] = True
    return Fit(assign_labels(sample, model), model, inertia, measures)


def _n_different(points: np.ndarray, enough: int) -> int:
    """Return the number of different points, counted no further than needed."""
    few = len(np.unique(points[: 50 * enough], axis=0))
    return few if few >= enough else len(np.unique(points, axis=0))
