"""k-means, its best solution certified by repeated finds."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from segkit.segments.fits import Fit, Sample
from segkit.segments.search import search_clusters, search_once

DIGITS = 12


def fit_kmeans(
    sample: Sample,
    n_segments: int,
    rng: np.random.Generator,
    start: Mapping[str, Any] | None = None,
    is_quick: bool = False,
) -> Fit:
    """Return the k-means division with the smallest inertia found.

    Quick fits take the better of two searches, one from `start` and one from a seeding of its own: a fit that stops
    early would read as an unstable market, one that never leaves the full solution as a stable one.
    """
    if is_quick:
        starts = [None] if start is None else [np.array(start["segments"]), None]
        searches = [search_once(sample.points, n_segments, rng, 1, centres) for centres in starts]
        labels, centres, inertia = min(searches, key=lambda found: found[2])
        measures: dict[str, float] = {}
    else:
        found = search_clusters(sample.points, n_segments, int(rng.integers(2**31)))
        labels, centres, inertia = found.labels, found.centres, found.inertia
        measures = {
            "n_searches": found.n_searches,
            "n_found": found.n_found,
            "missed_probability": round(found.chance_missed, 6),
        }
    model = {"kind": "centres", "segments": np.round(centres, DIGITS).tolist()}
    return Fit(labels, model, inertia, measures)
