"""What may be said of a division: natural, reproducible, or constructive."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from segkit.segments.assess.groupless import draw_crowd, fit_crowd
from segkit.segments.assess.separation import gaps, separation
from segkit.segments.fits import Fit, Sample
from segkit.segments.search import search_once
from segkit.statistics.comparisons import holm
from segkit.statistics.dip import dip, dip_p_value, spread_ties
from segkit.statistics.resampling import generator

if TYPE_CHECKING:
    import pandas as pd

    from segkit.segments.assess.stability import Stability

STABLE = 0.80  # adjusted Rand of pairs of samples
COMES_BACK = 0.75  # Jaccard overlap of each segment: stable (Hennig 2007)
GAP = 0.50  # of the density around the thinner centre, in the middle between the two
SURE = 0.01  # chance of so large a dip in one crowd, after correction for the number of segments
LIKELY = 0.05  # the same, where it is only said that segments shade into each other
VERDICTS = ("natural", "reproducible", "constructive")
REFERENCES = 20
CLEAR = 4.0  # standard deviations above the mean of the references
FINER = 0.65  # prediction strength of a larger number, from which it is nearly there: cuts through one group stay below
MOST_ROWS = 1000  # of a reference, and of a test for a gap
FEWEST_TO_SPLIT = 30


def judge(sample: Sample, fit: Fit, stability: Stability, seed: int) -> str:
    """Return natural, reproducible or constructive for a division by any method.

    Parameters
    ----------
    sample : Sample
        What was fitted.
    fit : Fit
        The division; rows labelled −1 are left out.
    stability : Stability
        Of this division.
    seed : int
        Of the reference draws.

    Notes
    -----
    The three words are those of Dolnicar, Grün and Leisch 2018 (Market Segmentation Analysis, step 5); the limits are
    ours. All must come back in pairs of samples (adjusted Rand .80) and be clearly better separated than k-means
    divides data without groups (four standard deviations, `groupless`). *natural*: a gap around every segment, every
    segment comes back (Jaccard .75), and none may be two. *reproducible*: the densities of two neighbours at
    least have a valley between them. *constructive*: all else, a cut through one crowd. Where there are categories, the
    numbers are also looked at alone, and the better of the two words counts: levels lie apart by nature, so with them
    data without groups divide well.
    """
    from threadpoolctl import threadpool_limits

    is_in = fit.labels >= 0
    labels = np.unique(fit.labels[is_in], return_inverse=True)[1]
    if labels.max(initial=0) < 1 or float(np.mean(stability.pairs)) < STABLE:
        return "constructive"
    sample = sample.take(np.flatnonzero(is_in))
    comes_back = float(np.min(stability.segments)) >= COMES_BACK
    with threadpool_limits(limits=1):
        found = _judge_view(sample, labels, comes_back, seed)
        if found != "natural" and sample.codes.shape[1] and sample.numbers.shape[1]:
            found = min(found, _judge_view(_numbers_only(sample), labels, comes_back, seed), key=VERDICTS.index)
    return found


def temper_verdicts(search: pd.DataFrame) -> list[str]:
    """Return the verdict of each row, natural only where no larger number of segments is nearly found again too.

    Two groups that run into each other are taken for one by the smaller number; nothing inside that one need show it,
    but the larger number then comes back in other halves of the rows.

    Parameters
    ----------
    search : DataFrame
        n_segments, verdict, and prediction_strength where it is known.
    """
    strengths = search.reindex(columns=["n_segments", "prediction_strength"]).to_numpy(float)
    finer = [float(np.max(strengths[strengths[:, 0] > k, 1], initial=0.0)) for k in search["n_segments"]]
    pairs = zip(search["verdict"], finer, strict=True)
    return ["reproducible" if verdict == "natural" and strength >= FINER else verdict for verdict, strength in pairs]


def _judge_view(sample: Sample, labels: np.ndarray, comes_back: bool, seed: int) -> str:
    points, k = sample.points, int(labels.max()) + 1
    centres = np.array([points[labels == j].mean(axis=0) for j in range(k)])
    filled, p_values = find_gaps(points, labels, centres)
    p_values = holm(p_values)
    is_valley = (p_values <= LIKELY) & (filled < 1.0)
    if not is_valley.any() or separation(points, labels, centres) <= beyond_noise(sample, k, seed):
        return "constructive"
    has_gap = (p_values <= SURE) & (filled < GAP)
    is_natural = has_gap.all() and comes_back and not _may_be_two(points, labels, seed)
    return "natural" if is_natural else "reproducible"


def _numbers_only(sample: Sample) -> Sample:
    """Return a sample without its categories: their levels lie apart by nature, so only numbers can show gaps."""
    points = np.nan_to_num(sample.numbers, nan=0.0)
    return Sample(sample.numbers, sample.codes[:, :0], points, sample.weights)


def beyond_noise(sample: Sample, k: int, seed: int) -> float:
    """Return the separation up to which data without groups can be divided into k by k-means."""
    rng = generator(seed, "groupless", k)
    crowd, n = fit_crowd(sample, rng), min(len(sample), MOST_ROWS)
    values = np.empty(REFERENCES)
    for draw in range(REFERENCES):
        points = draw_crowd(crowd, n, rng)
        labels, centres, _ = search_once(points, k, rng, patience=1)
        values[draw] = separation(points, labels, centres)
    return float(values.mean() + CLEAR * values.std(ddof=1))


def find_gaps(points: np.ndarray, labels: np.ndarray, centres: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return for each segment how filled the middle to its nearest neighbour is, and the chance of one crowd.

    Parameters
    ----------
    points : array (n, d)
        Rows of the segments.
    labels : array (n,)
        0 … k−1.
    centres : array (k, d)
        Their centres.

    Returns
    -------
    filled : array (k,)
        See `separation.gaps`.
    p_values : array (k,)
        Of the dip test on the rows of both, projected on the line through the centres; not yet corrected.
    """
    filled, away = gaps(points, labels, centres), ((centres[:, None] - centres[None]) ** 2).sum(axis=2)
    np.fill_diagonal(away, np.inf)
    p_values = [
        _dip_test(points[(labels == a) | (labels == b)] @ (centres[b] - centres[a]))
        for a, b in enumerate(away.argmin(axis=1))
    ]
    return filled, np.array(p_values)


def _dip_test(values: np.ndarray) -> float:
    """Return the chance of so large a dip in one crowd; of more rows an even part is taken in their order."""
    values = spread_ties(np.sort(values))
    if len(values) > MOST_ROWS:
        values = values[np.linspace(0, len(values) - 1, MOST_ROWS).round().astype(int)]
    return dip_p_value(dip(values), len(values))


def _may_be_two(points: np.ndarray, labels: np.ndarray, seed: int) -> bool:
    """Say whether a segment falls into two, or is so flat that it may well be two."""
    rng = generator(seed, "inside")
    is_gap, chances = [], []
    for j in range(int(labels.max()) + 1):
        inside = points[labels == j]
        if len(inside) >= FEWEST_TO_SPLIT:
            halves, centres, _ = search_once(inside, 2, rng, patience=1)
            filled, p_values = find_gaps(inside, halves, centres)
            is_gap.append(filled[0] < GAP)
            chances.append(p_values[0])
            if _is_flat(inside):
                return True
    return bool((np.array(is_gap, dtype=bool) & (holm(chances) <= SURE)).any())


def _is_flat(points: np.ndarray) -> bool:
    """Say whether points are spread more evenly along their first principal axis than a normal crowd.

    Two crowds that run into each other are, long before a valley shows between them. Kurtosis test of Anscombe and
    Glynn 1983, one-sided.
    """
    from scipy.stats import kurtosistest

    centred = points - points.mean(axis=0)
    along = centred @ np.linalg.svd(centred, full_matrices=False)[2][0]
    return bool(along.std() > 0 and kurtosistest(along, alternative="less").pvalue < SURE)
