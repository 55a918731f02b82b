"""Segments with two groups inside that samples find again, that lie apart, and that differ in money or behaviour."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import NormalDist
from typing import TYPE_CHECKING

import numpy as np

from segkit.segments.assess.differences import FEWEST, MEDIUM, behaviour_columns, delta_limits, fill_of_middle
from segkit.segments.assess.groupless import draw_crowd, fit_crowd
from segkit.segments.fits import Sample
from segkit.segments.search import assign_points, search_once
from segkit.statistics.clusterings import adjusted_rand
from segkit.statistics.comparisons import holm
from segkit.statistics.resampling import bootstrap_indices, generator

if TYPE_CHECKING:
    import pandas as pd

MOST_ROWS = 1000  # of a segment that are looked at
STARTS = 4
CROWDS = 20
PAIRS = 10
STABLE = 0.8  # mean adjusted Rand of pairs of samples
FILLED = 0.5  # of the middle, from which two halves are one crowd
CONFIDENCE = 0.95


@dataclass(frozen=True)
class Split:
    """A segment that might be split.

    Attributes
    ----------
    segment : int
        Its code.
    labels : array
        0 or 1 for each of its accounts, in their order.
    agreement, low, high : float
        Mean adjusted Rand of pairs of samples of it, and the limits of the mean.
    p_value : float
        Chance of so tight halves in a crowd without groups, for all segments together.
    """

    segment: int
    labels: np.ndarray
    agreement: float
    low: float
    high: float
    p_value: float


def find_splits(codes: np.ndarray, sample: Sample, accounts: pd.DataFrame, seed: int) -> list[Split]:
    """Return the segments inside which two groups stand.

    Parameters
    ----------
    codes : array of int (n,)
        Segment of each account.
    sample, accounts : Sample, DataFrame
        Criteria, and rows of `account_features`, in the same order.
    seed : int
        The project's seed.

    Notes
    -----
    k-means with two centres divides the accounts of a segment (1,000 at most; the others go to the nearest centre). It
    is proposed where (1) the middle between the halves is at most half as full as they are; (2) a half differs from the
    other in money or behaviour by at least a medium Cliff's delta, by its lower limit for all columns and segments
    (Bonferroni); (3) pairs of samples agree with a mean adjusted Rand of .8; (4) the halves are tighter than those of
    crowds without groups that share shape and correlations with the segment (`groupless`): inertia over total, from 20
    crowds, as a z value, Holm over all segments with 20 accounts and more. (4) is SigClust (Liu, Hayes, Nobel and
    Marron 2008, JASA 103) with these crowds in place of normal ones: any long cloud is cut in two stably, and revenue
    always has a long tail.
    """
    columns = behaviour_columns(accounts)
    large = [j for j in np.unique(codes).tolist() if (codes == j).sum() >= 2 * FEWEST]
    z = NormalDist().inv_cdf(1 - (1 - CONFIDENCE) / (2 * max(len(large) * len(columns), 1)))
    found, p_values = [], np.ones(len(large))
    for i, j in enumerate(large):
        rows = np.flatnonzero(codes == j)
        rng = generator(seed, "split", int(j))
        looked = rows if len(rows) <= MOST_ROWS else np.sort(rng.choice(rows, MOST_ROWS, replace=False))
        part = sample.take(looked)
        halves, centres, index = _halve(part.points, rng)
        if not _is_worth_it(part.points, halves, [column[looked] for column in columns], z):
            continue
        agreement = _agree(part.points, centres, rng)
        if agreement.mean() < STABLE:
            continue
        p_values[i] = _chance(part, index, rng)
        error = z * agreement.std(ddof=1) / np.sqrt(PAIRS)
        mean = float(agreement.mean())
        limits = max(mean - error, 0.0), min(mean + error, 1.0)
        found.append((i, Split(int(j), assign_points(sample.points[rows], centres), mean, *limits, 1.0)))
    corrected = holm(p_values)
    kept = [
        Split(s.segment, s.labels, s.agreement, s.low, s.high, float(corrected[i]))
        for i, s in found
        if corrected[i] < 1 - CONFIDENCE
    ]
    return kept


def _halve(points: np.ndarray, rng: np.random.Generator, starts: int = STARTS):
    """Return labels, centres, and inertia over the total of squares of the best division into two."""
    total = float(((points - points.mean(axis=0)) ** 2).sum())
    if total <= 1e-12 or len(points) < 3:
        return np.zeros(len(points), dtype=np.int64), points[:2], 1.0
    found = min((search_once(points, 2, rng, 1) for _ in range(starts)), key=lambda one: one[2])
    return found[0], found[1], found[2] / total


def _is_worth_it(points: np.ndarray, halves: np.ndarray, columns: list[np.ndarray], z: float) -> bool:
    """Return whether the halves are large enough, lie apart, and differ in money or behaviour."""
    if min(halves.sum(), (1 - halves).sum()) < FEWEST:
        return False
    if fill_of_middle(points[halves == 0], points[halves == 1]) > FILLED:
        return False
    return any(delta_limits(column[halves == 0], column[halves == 1], z)[1] >= MEDIUM for column in columns)


def _agree(points: np.ndarray, centres: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Return the adjusted Rand index of pairs of samples that were halved anew, on all points."""
    drawn = []
    for rows in bootstrap_indices(len(points), 2 * PAIRS, rng):
        searches = [search_once(points[rows], 2, rng, 1, start) for start in (centres, None)]
        drawn.append(assign_points(points, min(searches, key=lambda one: one[2])[1]))
    return np.array([adjusted_rand(a, b) for a, b in zip(drawn[::2], drawn[1::2], strict=True)])


def _chance(part: Sample, index: float, rng: np.random.Generator) -> float:
    """Return how probable halves so tight are in a crowd without groups, by the normal law of the crowds' figures."""
    crowd = fit_crowd(part, rng)
    drawn = np.array([_halve(draw_crowd(crowd, len(part), rng), rng, 2)[2] for _ in range(CROWDS)])
    spread = max(float(drawn.std(ddof=1)), 1e-9)
    return NormalDist().cdf((index - float(drawn.mean())) / spread)
