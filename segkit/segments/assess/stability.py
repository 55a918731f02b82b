"""How sure a division is: agreement of bootstrap pairs, segments found again, segments kept across k; any method."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from segkit.segments.fits import Fit, FitFunction, Sample
from segkit.segments.methods.assign import assign_labels
from segkit.segments.methods.kmeans import fit_kmeans
from segkit.statistics.clusterings import adjusted_rand, contingency
from segkit.statistics.resampling import generator

DIGITS = 12
OTHERS = 20  # quick searches for other good divisions


@dataclass(frozen=True)
class Stability:
    """What refits on bootstrap samples make of a solution with k segments.

    Attributes
    ----------
    pairs : array (pairs,)
        Adjusted Rand index of the two refits of each pair, on all rows of the sample.
    segments : array (k,)
        Mean over all refits of each segment's largest Jaccard overlap with a segment of the refit (SLSW).
    shares : array (n, k)
        Share of the refits in which each row stands in each segment of the full solution; rows add up to 1.
    """

    pairs: np.ndarray
    segments: np.ndarray
    shares: np.ndarray


def measure_stability(
    sample: Sample, fit: FitFunction, fits: Mapping[int, Fit], pairs: int, seed: int, size: int
) -> dict[int, Stability]:
    """Return the stability of each solution of one method, by number of segments.

    Parameters
    ----------
    sample : Sample
        What the solutions were fitted on. Where it has `groups`, whole groups are drawn.
    fit : FitFunction
        The method; refits are quick ones that know the model of the full solution.
    fits : mapping
        Number of segments → full solution.
    pairs : int
        Pairs of bootstrap samples; all numbers of segments see the same samples.
    size : int
        Rows of a bootstrap sample, at most all.

    Notes
    -----
    Each sample of a pair is fitted, both fits assign all rows, their adjusted Rand index is one value: bootFlexclust of
    R's flexclust (Dolnicar and Leisch 2010). `segments`: segment level stability within a solution, slswFlexclust
    (Dolnicar and Leisch 2017), the mean Jaccard of clusterboot in R's fpc (Hennig 2007). `shares`: refits numbered like
    the full solution by the assignment problem on Jaccard overlaps. Rows labelled −1 belong to no segment.
    """
    from threadpoolctl import threadpool_limits

    result = {}
    with threadpool_limits(limits=1):
        for k, full in fits.items():
            draws, start = draw_rows(sample, 2 * pairs, seed, size), with_others(sample, fit, full, seed, size)
            refits = (
                refit(sample, rows, fit, start, k, generator(seed, "refit", k, i)) for i, rows in enumerate(draws)
            )
            result[k] = _compare(full, refits, pairs)
    return result


def draw_rows(sample: Sample, draws: int, seed: int, size: int, topic: str = "stability") -> Iterator[np.ndarray]:
    """Yield bootstrap samples of row positions, each sorted; whole groups where the sample has groups.

    Of g groups in n rows, g · size / n are drawn with replacement, so that a sample has about `size` rows.
    """
    rng, n = generator(seed, topic), len(sample)
    size = min(size, n)
    if sample.groups is None:
        for _ in range(draws):
            yield np.sort(rng.integers(n, size=size))
        return
    codes = np.unique(sample.groups, return_inverse=True)[1]
    n_groups = int(codes.max()) + 1
    drawn = max(2, round(n_groups * size / n))
    for _ in range(draws):
        times = np.bincount(rng.integers(n_groups, size=drawn), minlength=n_groups)
        yield np.repeat(np.arange(n), times[codes])


def with_others(sample: Sample, fit: FitFunction, full: Fit, seed: int, size: int) -> dict[str, Any]:
    """Return the model of a solution, for k-means with other good divisions under ``others``, as a start for refits.

    In a bootstrap sample one of the divisions that are nearly as good often is the best one. A refit that knew the full
    solution only would rarely find it: 0.34 % of inertia too much read as an adjusted Rand of .86 where searches to the
    end agree with .62 (k = 8 in benchmarks/stability_panel.md).
    """
    if getattr(fit, "func", fit) is not fit_kmeans or full.n_segments < 2:
        return full.model
    rng = generator(seed, "others", full.n_segments)
    if len(sample) > size:
        sample = sample.take(np.sort(rng.choice(len(sample), size, replace=False)))
    found = [fit(sample, full.n_segments, rng, is_quick=True) for _ in range(OTHERS)]
    different = {round(one.objective or 0.0, 6): one.model["segments"] for one in found}
    return {**full.model, "others": list(different.values())}


def refit(
    sample: Sample,
    rows: np.ndarray,
    fit: FitFunction,
    start: Mapping[str, Any],
    n_segments: int,
    rng: np.random.Generator,
) -> np.ndarray:
    """Return the labels that a quick fit on some rows, knowing a model of all rows, gives to all rows."""
    return assign_labels(sample, fit(sample.take(rows), n_segments, rng, start=start, is_quick=True).model)


def _compare(full: Fit, refits: Iterator[np.ndarray], pairs: int) -> Stability:
    k = full.n_segments
    shares, overlaps, agreement = np.zeros((len(full.labels), k)), np.zeros((2 * pairs, k)), np.empty(pairs)
    everyone, before = np.arange(len(full.labels)), np.empty(0)
    for i, labels in enumerate(refits):
        overlap = overlaps_of(full.labels, labels, k)
        overlaps[i] = overlap.max(axis=1)
        shares[everyone, continued(overlap)[labels]] += 1
        if i % 2:
            agreement[i // 2] = adjusted_rand(before, labels)
        before = labels
    return Stability(agreement.round(DIGITS), overlaps.mean(axis=0).round(DIGITS), (shares / (2 * pairs)).round(6))


def overlaps_of(labels: np.ndarray, other: np.ndarray, k: int) -> np.ndarray:
    """Return |∩| / |∪| of each of k segments (rows) with each group of another division (columns 0 … largest label).

    Rows labelled −1 in `labels` count in the groups of the other division only.

    Examples
    --------
    >>> overlaps_of(np.array([0, 0, 1, 1]), np.array([0, 0, 0, 1]), 2).round(2).tolist()
    [[0.67, 0.0], [0.25, 0.5]]
    """
    groups = int(other.max()) + 1
    cells = np.bincount((labels + 1) * groups + other, minlength=(k + 1) * groups).reshape(k + 1, groups)
    inside = cells[1:].astype(float)
    union = inside.sum(axis=1)[:, None] + cells.sum(axis=0)[None, :] - inside
    return inside / np.maximum(union, 1.0)


def continued(overlap: np.ndarray) -> np.ndarray:
    """Return which segment (row) each group (column) continues: the pairing with the largest sum of overlaps.

    Groups beyond the number of segments go to the segment they overlap most.
    """
    from scipy.optimize import linear_sum_assignment

    segments = overlap.argmax(axis=0)
    rows, columns = linear_sum_assignment(-overlap)
    segments[columns] = rows
    return segments


def kept_across(before: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """Return for each segment how far it comes from one segment of the solution with fewer segments (SLSA).

    1 − entropy of its members over the segments before, divided by the logarithm of their number
    (slsaplot of R's flexclust; Dolnicar and Leisch 2017): 1 a segment kept whole or cut from one, 0 collected from all
    alike. Rows labelled −1 on either side are left out.
    """
    is_in = (before >= 0) & (labels >= 0)
    shares = contingency(labels[is_in], before[is_in]).astype(float)
    shares /= shares.sum(axis=1, keepdims=True)
    logs = np.log(np.where(shares > 0, shares, 1.0))
    return 1 + (shares * logs).sum(axis=1) / np.log(max(shares.shape[1], 2))
