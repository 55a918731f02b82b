"""Indices by number of segments: silhouette, Calinski and Harabasz, prediction strength, gap; BIC and ICL of mixtures.

Prediction strength and gap ask how many groups the data hold, not what a method made of them: both divide by k-means.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from segkit.segments.fits import Fit, Sample
from segkit.segments.optimise import distances
from segkit.segments.search import search_once
from segkit.statistics.resampling import generator

if TYPE_CHECKING:
    import pandas as pd

DIGITS = 12
SILHOUETTE_ROWS = 2000
ROWS = 1000  # of prediction strength
GAP_ROWS = 500
HALVINGS = 5
REFERENCES = 10
COLUMNS = ["silhouette", "calinski_harabasz", "prediction_strength", "gap", "gap_se", "bic", "icl"]


def measure_indices(sample: Sample, fits: Mapping[int, Fit], seed: int) -> pd.DataFrame:
    """Return the indices of each number of segments.

    Parameters
    ----------
    sample : Sample
        What was fitted.
    fits : mapping
        Number of segments → division.
    seed : int
        Of random parts and reference draws.

    Returns
    -------
    DataFrame
        n_segments, silhouette (of at most 2,000 rows), calinski_harabasz, prediction_strength, gap, gap_se, and bic
        and icl where the method has them (smaller is better).
    """
    import pandas as pd
    from threadpoolctl import threadpool_limits

    numbers = sorted(fits)
    with threadpool_limits(limits=1):
        rows = _some(len(sample), SILHOUETTE_ROWS, seed, "silhouette")
        widths = silhouettes(sample.points[rows], [fits[k].labels[rows] for k in numbers])
        scores = [calinski_harabasz(sample.points, fits[k].labels) for k in numbers]
        strengths = prediction_strength(sample.points, numbers, seed)
        gap, gap_se = measure_gap(sample.points, numbers, seed)
    measures = [[fits[k].measures.get(name, np.nan) for k in numbers] for name in ("bic", "icl")]
    columns = dict(zip(COLUMNS, (widths, scores, strengths, gap, gap_se, *measures), strict=True))
    return pd.DataFrame({"n_segments": numbers, **columns}).round(DIGITS)


def silhouettes(points: np.ndarray, divisions: Sequence[np.ndarray]) -> list[float]:
    """Return the mean silhouette width of each division (Rousseeuw 1987): 1 compact and apart, 0 on the border.

    Per row (b − a) / max(a, b), a the mean distance to the others of its segment, b the smallest mean distance to
    another segment; 0 for a row alone in its segment. Rows labelled −1 are left out; NaN with fewer than two segments.
    """
    away = np.sqrt(distances(points, points))
    np.fill_diagonal(away, 0.0)
    return [_silhouette(away, labels) for labels in divisions]


def _silhouette(away: np.ndarray, labels: np.ndarray) -> float:
    is_in = np.flatnonzero(labels >= 0)
    codes = np.unique(labels[is_in], return_inverse=True)[1]
    k = int(codes.max(initial=0)) + 1
    if k < 2:
        return float("nan")
    is_member = np.zeros((len(labels), k))
    is_member[is_in, codes] = 1.0
    sizes, sums, rows = is_member.sum(axis=0), (away @ is_member)[is_in], np.arange(len(is_in))
    own = sums[rows, codes] / np.maximum(sizes[codes] - 1, 1)
    others = sums / sizes
    others[rows, codes] = np.inf
    other = others.min(axis=1)
    larger = np.maximum(np.maximum(own, other), 1e-300)
    return float(np.where(sizes[codes] > 1, (other - own) / larger, 0.0).mean())


def calinski_harabasz(points: np.ndarray, labels: np.ndarray) -> float:
    """Return (B / (k − 1)) / (W / (n − k)): scatter between over scatter within, each per degree of freedom.

    Caliński and Harabasz 1974. Rows labelled −1 are left out; NaN with fewer than two segments or no scatter within.
    """
    points, codes = points[labels >= 0], np.unique(labels[labels >= 0], return_inverse=True)[1]
    k, n = int(codes.max(initial=0)) + 1, len(codes)
    if k < 2 or n <= k:
        return float("nan")
    within, total = _within(points, codes), _within(points, np.zeros(n, dtype=np.int64))
    return float((total - within) / (k - 1) / (within / (n - k))) if within > 1e-12 * total else float("nan")


def prediction_strength(points: np.ndarray, numbers: Sequence[int], seed: int) -> np.ndarray:
    """Return the prediction strength of each number of clusters: 1 always refound; from .8 on it counts as there.

    Tibshirani and Walther 2005, Cluster Validation by Prediction Strength (as prediction.strength of R's fpc): the rows
    are halved; of the pairs in a cluster of one half, the share that the centres of the other half also put together;
    the weakest cluster counts; both halves change places; mean of 5 halvings. Clusters of one row are left out.
    """
    rng, n = generator(seed, "prediction strength"), len(points)
    points = points[_some(n, ROWS, seed, "prediction strength rows")]
    strengths = np.full((HALVINGS, len(numbers)), np.nan)
    for h in range(HALVINGS):
        order = rng.permutation(len(points))
        halves = points[order[: len(order) // 2]], points[order[len(order) // 2 :]]
        for i, k in enumerate(numbers):
            if min(map(len, halves)) > k:
                searches = generator(seed, "prediction strength", h, k)  # the other numbers tried make no difference
                fits = [search_once(half, k, searches, patience=1) for half in halves]
                pairs = ((0, 1), (1, 0))
                strengths[h, i] = np.mean([kept_together(halves[a], fits[a][0], fits[b][1]) for a, b in pairs])
    return strengths.mean(axis=0)


def kept_together(points: np.ndarray, labels: np.ndarray, centres: np.ndarray) -> float:
    """Return the share of pairs of the weakest cluster that stay together when other centres assign the points."""
    other = distances(points, centres).argmin(axis=1)
    k = len(centres)
    cells = np.bincount(labels * k + other, minlength=k * k).reshape(-1, k).astype(float)
    sizes = cells.sum(axis=1)
    kept, pairs = (cells * (cells - 1)).sum(axis=1), sizes * (sizes - 1)
    return float((kept[pairs > 0] / pairs[pairs > 0]).min()) if (pairs > 0).any() else 1.0


def measure_gap(points: np.ndarray, numbers: Sequence[int], seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the gap statistic of each number of clusters, and its standard error.

    Tibshirani, Walther and Hastie 2001 (as clusGap of R's cluster, spaceH0 = "scaledPCA"): the mean of log W over
    uniform draws in a box along the principal axes, less log W of the points; W the scatter within the clusters of
    k-means. Standard error: standard deviation of the draws (over their number) · √(1 + 1/draws).
    """
    points = points[_some(len(points), GAP_ROWS, seed, "gap rows")]
    centred = points - points.mean(axis=0)
    axes = np.linalg.svd(centred, full_matrices=False)[2]
    turned = centred @ axes.T
    low, high = turned.min(axis=0), turned.max(axis=0)
    rng, searches = generator(seed, "gap"), generator(seed, "gap searches")
    own = _log_scatter(turned, numbers, searches)
    boxes = (rng.uniform(low, high, turned.shape) for _ in range(REFERENCES))  # the same for all numbers
    drawn = np.array([_log_scatter(box, numbers, searches) for box in boxes])
    return drawn.mean(axis=0) - own, drawn.std(axis=0) * np.sqrt(1 + 1 / REFERENCES)


def choose_by_gap(numbers: Sequence[int], gap: np.ndarray, gap_se: np.ndarray) -> int | None:
    """Return the smallest number k with gap(k) ≥ gap(k + 1) − se(k + 1), the rule of 2001; None where no number is.

    Examples
    --------
    >>> choose_by_gap([1, 2, 3], np.array([0.1, 0.5, 0.52]), np.array([0.05, 0.05, 0.05]))
    2
    """
    enough = np.flatnonzero(gap[:-1] >= gap[1:] - gap_se[1:])
    return int(numbers[enough[0]]) if len(enough) else None


def choose_by_strength(numbers: Sequence[int], strengths: np.ndarray, least: float = 0.8) -> int:
    """Return the largest number whose prediction strength is at least .8; 1 where there is none."""
    enough = [k for k, strength in zip(numbers, strengths, strict=True) if strength >= least]
    return max(enough, default=1)


def _log_scatter(points: np.ndarray, numbers: Sequence[int], rng: np.random.Generator) -> np.ndarray:
    found = []
    for k in numbers:
        few = k >= len(points)
        one = np.zeros(len(points), dtype=np.int64)
        scatter = 0.0 if few else _within(points, one) if k == 1 else search_once(points, k, rng, patience=1)[2]
        found.append(np.log(max(scatter, 1e-300)))
    return np.array(found)


def _within(points: np.ndarray, codes: np.ndarray) -> float:
    """Return the sum of squared distances of rows to the means of their segments."""
    sizes = np.bincount(codes)
    means = np.column_stack([np.bincount(codes, column) / sizes for column in points.T])
    return float(((points - means[codes]) ** 2).sum())


def _some(n: int, most: int, seed: int, topic: str) -> np.ndarray:
    """Return row positions, a random part where there are more than `most`."""
    return np.arange(n) if n <= most else np.sort(generator(seed, topic).choice(n, most, replace=False))
