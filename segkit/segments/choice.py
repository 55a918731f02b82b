"""How many clusters, and what may be said about them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from segkit.segments.search import search_once
from segkit.segments.stability import gaps, separation
from segkit.statistics.resampling import generator

if TYPE_CHECKING:
    import pandas as pd

USUAL = (3, 5)  # main segments that people can work with
CLEARLY = 0.10  # adjusted Rand by which a number outside must be more stable
ALIKE = 0.02  # adjusted Rand below which two numbers are equally stable
STABLE = 0.80
GAP = 0.50
REFERENCES = 10  # of each kind
CLEAR = 4.0  # standard deviations above the mean of the references
REFERENCE_POINTS = 1000
UNIFORM_SPREAD = 3**0.5  # half the width of a uniform distribution with variance 1


def choose_number(search: pd.DataFrame, smallest_share: float, fixed: int | None = None) -> tuple[int, str]:
    """Return the number of clusters and the key of the sentence that says why.

    Parameters
    ----------
    search : DataFrame
        n_segments, ari_mean (stability), separation, smallest_share (share of accounts of the smallest cluster).
    smallest_share : float
        Numbers with a smaller cluster stand back, unless all have one.
    fixed : int, optional
        The number that the settings ask for.

    Notes
    -----
    Of three to five the most stable; among equally stable ones (within .02) the best separated. Another number is
    chosen only if it is more stable by .10.
    """
    if fixed is not None and fixed in set(search["n_segments"]):
        return fixed, "segments.choice_set"
    large = search[search["smallest_share"] >= smallest_share]
    candidates = search if large.empty else large
    usual = candidates[candidates["n_segments"].between(*USUAL)]
    best = _best(candidates)
    if usual.empty:
        return int(best["n_segments"]), "segments.choice_none_usual"
    best_usual = _best(usual)
    if best["ari_mean"] > best_usual["ari_mean"] + CLEARLY:
        return int(best["n_segments"]), "segments.choice_outside"
    return int(best_usual["n_segments"]), "segments.choice_stable"


def _best(candidates: pd.DataFrame) -> pd.Series:
    alike = candidates[candidates["ari_mean"] >= candidates["ari_mean"].max() - ALIKE]
    return alike.sort_values(["separation", "n_segments"], ascending=[False, True]).iloc[0]


def judge(points: np.ndarray, labels: np.ndarray, centres: np.ndarray, ari: float, seed: int) -> str:
    """Return natural, reproducible or constructive for a solution.

    Parameters
    ----------
    points : array (n, criteria)
        What was fitted.
    labels, centres : array
        The solution.
    ari : float
        Its stability (mean adjusted Rand of bootstrap pairs).
    seed : int
        Of the reference draws.

    Notes
    -----
    Structure must be stable (.80), clearly better separated than data that have none (normal and uniform points with
    the same covariance, as in Tibshirani, Walther and Hastie 2001), and show gaps: between a cluster and its neighbour
    lie fewer than half as many accounts as around either centre. With a gap around every cluster it is *natural*,
    around some *reproducible*; all else is *constructive*, a cut through one crowd.
    """
    has_gap = gaps(points, labels, centres) < GAP
    if ari < STABLE or not has_gap.any():
        return "constructive"
    if separation(points, labels, centres) <= _reference_separation(points, len(centres), seed):
        return "constructive"
    return "natural" if has_gap.all() else "reproducible"


def _reference_separation(points: np.ndarray, k: int, seed: int) -> float:
    """Return the separation up to which k clusters may be had from data without structure."""
    from threadpoolctl import threadpool_limits

    rng = generator(seed, "reference", k)
    n = min(len(points), REFERENCE_POINTS)
    with threadpool_limits(limits=1):
        _, spreads, axes = np.linalg.svd(points - points.mean(0), full_matrices=False)
        spreads = spreads / np.sqrt(len(points))
        values = np.empty((2, REFERENCES))
        for kind, draw in np.ndindex(values.shape):
            shape = (n, len(spreads))
            noise = rng.standard_normal(shape) if kind else rng.uniform(-1, 1, shape) * UNIFORM_SPREAD
            reference = (noise * spreads) @ axes
            labels, centres, _ = search_once(reference, k, rng, patience=1)
            values[kind, draw] = separation(reference, labels, centres)
    return float((values.mean(axis=1) + CLEAR * values.std(axis=1, ddof=1)).max())
