"""Which segments might be merged because nothing tells them apart, and which might be split because two are inside."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from statistics import NormalDist
from typing import TYPE_CHECKING, Any

import numpy as np

from segkit.segments.assess.differences import MEDIUM, behaviour_columns, delta_limits, fill_of_middle
from segkit.segments.assess.separation import explained
from segkit.segments.assess.splits import find_splits
from segkit.segments.fits import Sample
from segkit.segments.optimise import distances
from segkit.statistics.intervals import wilson_interval
from segkit.tables import TABLES

if TYPE_CHECKING:
    import pandas as pd

DIGITS = 12
MIXED = 0.1  # share of the refits in which an account stands in the other segment, from which samples mix two
NO_GAP = 2 / 3  # of how full two segments are, from which the middle between them is no gap
CONFIDENCE = 0.95


@dataclass(frozen=True)
class Pair:
    """Two segments: shares of refits that mix them, how full the middle is, the largest difference (Cliff's delta)."""

    a: int
    b: int
    mixed: float
    mixed_error: float
    gap: float
    difference: float
    high: float


def propose_changes(
    labels: np.ndarray,
    ids: Sequence[str],
    sample: Sample,
    features: pd.DataFrame,
    method: str,
    seed: int,
    shares: np.ndarray | None = None,
    smallest_share: float = 0.02,
    segmentation_id: str = "value",
) -> pd.DataFrame:
    """Return segments to merge and to split: table `segment_proposals`.

    Parameters
    ----------
    labels : array (n,)
        Position in `ids` of each account's segment; −1 in none.
    ids : sequence of str
        Segments.
    sample : Sample
        The accounts' criteria.
    features : DataFrame
        Their rows of `account_features` in the same order: revenue_12m, margin_12m, revenue_prev_12m, revenue_q,
        frequency_12m, days_since_last; columns that are missing, or empty, are not compared.
    method : str
        accepted or challenger.
    seed : int
        The project's seed.
    shares : array (n, k), optional
        Share of the refits (`Stability.shares`), or of the draws of its months, in which each account stands in each
        segment. Without it nothing is said of mixing.
    smallest_share : float
        Of the accounts, below which a segment is too small.

    Notes
    -----
    Merge, the first reason that holds for a pair: *too small* (Wilson's interval of the share lies below
    `smallest_share`): with the nearest segment · *mixed*: samples put the accounts into the other one at least once in
    ten, the middle between the two is at least two thirds as full as they are (`differences.fill_of_middle`), and no
    difference in money or behaviour is of medium size · *alike*: the middle is full and no difference is of medium
    size, although samples tell them apart. That none is of medium size is shown, not assumed: the upper limit of
    Cliff's delta (1993) stays below .33 in every column, which needs no correction for their number (Berger 1982,
    Technometrics 24); for the pairs there is Bonferroni's. Split: see `splits.find_splits`.
    """
    import pandas as pd

    is_in = labels >= 0
    codes, part = labels[is_in], sample.take(np.flatnonzero(is_in))
    accounts = features[is_in]
    revenue = accounts["revenue_12m"].to_numpy(float, na_value=0.0)
    logs = np.log1p(np.maximum(revenue, 0.0))
    before = explained(logs, codes) if len(codes) else 0.0
    rows = _merges(codes, part, accounts, None if shares is None else shares[is_in], smallest_share)
    rows += [
        ("split", split.segment, split.segment, split.agreement, split.low, split.high, "split", split.labels)
        for split in find_splits(codes, part, accounts, seed)
    ]
    table = []
    for kind, a, b, figure, low, high, reason, halves in rows:
        concerned = np.isin(codes, (a, b))
        after = np.where(codes == b, a, codes)
        if halves is not None:
            after[codes == a] = np.where(halves == 1, len(ids), a)
        table.append(
            {
                "segmentation_id": segmentation_id,
                "method": method,
                "kind": kind,
                "segment_id": ids[a],
                "other_id": ids[b],
                "n_accounts": int(concerned.sum()),
                "revenue_12m": round(float(revenue[concerned].sum()), 4),
                "figure": round(figure, DIGITS),
                "low": round(low, DIGITS),
                "high": round(high, DIGITS),
                "explained_before": round(before, DIGITS),
                "explained_after": round(explained(logs, after), DIGITS),
                "reason": f"contest.proposal_{reason}",
            }
        )
    return pd.DataFrame(table, columns=list(TABLES["segment_proposals"].columns))


def _merges(
    codes: np.ndarray, sample: Sample, accounts: pd.DataFrame, shares: np.ndarray | None, smallest_share: float
) -> list[tuple[Any, ...]]:
    """Return rows of merges; each pair at most once."""
    filled = np.unique(codes)
    if len(filled) < 3:
        return []
    centres = np.array([sample.points[codes == j].mean(axis=0) for j in filled])
    found = {}
    for j, centre in zip(filled.tolist(), centres, strict=True):
        n = int((codes == j).sum())
        low, high = (float(limit[0]) for limit in wilson_interval([n], [len(codes)]))
        if high < smallest_share:
            away = distances(centre[None, :], centres)[0]
            away[filled == j] = np.inf
            found[frozenset((j, int(filled[away.argmin()])))] = (
                *("merge", j, int(filled[away.argmin()])),
                *(n / len(codes), low, high, "small", None),
            )
    for pair in compare_pairs(codes, sample.points, accounts, shares):
        if pair.high >= MEDIUM or pair.gap < NO_GAP or frozenset((pair.a, pair.b)) in found:
            continue
        z = NormalDist().inv_cdf(0.5 + CONFIDENCE / 2)
        low, high = (min(max(pair.mixed + sign * z * pair.mixed_error, 0.0), 1.0) for sign in (-1, 1))
        figures = (
            (pair.mixed, low, high, "mixed", None)
            if pair.mixed >= MIXED
            else (pair.difference, max(2 * pair.difference - pair.high, 0.0), pair.high, "alike", None)
        )
        found[frozenset((pair.a, pair.b))] = ("merge", pair.a, pair.b, *figures)
    return list(found.values())


def compare_pairs(
    codes: np.ndarray, points: np.ndarray, accounts: pd.DataFrame, shares: np.ndarray | None
) -> list[Pair]:
    """Return for each pair of segments whether samples mix them, how full the middle is, and how much they differ.

    `high` is the largest upper limit of an absolute Cliff's delta, one-sided, 95 % for all pairs together; 1 where a
    column has fewer than ten values on a side. mixed is 0 without `shares`.
    """
    columns = behaviour_columns(accounts)
    filled = np.unique(codes).tolist()
    pairs = list(combinations(filled, 2))
    z = NormalDist().inv_cdf(1 - (1 - CONFIDENCE) / max(len(pairs), 1))
    found = []
    for a, b in pairs:
        in_a, in_b = codes == a, codes == b
        mixed = np.zeros(2) if shares is None else np.concatenate([shares[in_a, b], shares[in_b, a]])
        deltas = [delta_limits(column[in_a], column[in_b], z) for column in columns] or [(0.0, 0.0, 1.0)]
        found.append(
            Pair(
                *(a, b, float(mixed.mean()), float(mixed.std(ddof=1) / np.sqrt(len(mixed)))),
                fill_of_middle(points[in_a], points[in_b]),
                max(delta for delta, _, _ in deltas),
                max(high for _, _, high in deltas),
            )
        )
    return found
