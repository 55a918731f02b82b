"""Ward's hierarchy: clusters joined pair by pair so that the scatter within them grows least."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from segkit.segments.fits import Fit, Sample
from segkit.segments.methods.assign import assign_labels
from segkit.segments.optimise import inertia, means

DIGITS = 12
MOST_ROWS = 5000  # the distances of all pairs are held at once


def fit_ward(
    sample: Sample,
    n_segments: int,
    rng: np.random.Generator,
    start: Mapping[str, Any] | None = None,
    is_quick: bool = False,
) -> Fit:
    """Return Ward's hierarchy cut at a number of clusters; every row then goes to the nearest of their means.

    Parameters
    ----------
    sample, n_segments, rng, start, is_quick
        See `fits.FitFunction`. The hierarchy is the same at every call; above 5,000 rows it is made of a random 5,000.
        `Sample.weights` count in the means, not in the joining.

    Returns
    -------
    Fit
        ``centres`` model. Measure placed_elsewhere: share of the rows of the hierarchy that stand nearer to the mean
        of another cluster than to that of their own: a later account could not be placed by the hierarchy.

    Notes
    -----
    Ward (1963), Journal of the American Statistical Association 58; as in R's stats::hclust, method ward.D2.
    """
    from scipy.cluster.hierarchy import fcluster, linkage

    n = len(sample)
    rows = np.arange(n) if n <= MOST_ROWS else np.sort(rng.choice(n, MOST_ROWS, replace=False))
    points, weights = sample.points[rows], np.maximum(sample.weights[rows], 1e-12)
    if len(rows) < 2:
        joined = np.zeros(len(rows), dtype=np.int64)
    else:
        _, joined = np.unique(fcluster(linkage(points, "ward"), n_segments, "maxclust"), return_inverse=True)
    centres = means(points, joined, int(joined.max()) + 1, weights)
    model = {"kind": "centres", "segments": np.round(centres, DIGITS).tolist()}
    labels = assign_labels(sample, model)
    measures = {"placed_elsewhere": round(float((labels[rows] != joined).mean()), DIGITS)}
    return Fit(labels, model, inertia(sample.points, labels, centres, sample.weights), measures)
