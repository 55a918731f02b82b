"""How much two segmentations of the same accounts say the same: who stands where in both."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING, Any

import numpy as np

from segkit.statistics.association import cramers_v_of_counts
from segkit.statistics.clusterings import adjusted_rand, contingency

if TYPE_CHECKING:
    import pandas as pd

Sentences = list[tuple[str, dict[str, Any]]]
ALIKE, UNALIKE = 0.8, 0.3  # Cramér's V from which two repeat each other; below which they hardly do (Cohen 1988)
UNDIVIDED = ("KEY", "DORMANT", "UNKNOWN")  # set apart before anything is divided, by every segmentation alike
DRAWS = 500
FEWEST = 30  # accounts in both; a table of fewer says nothing


def cross_segmentations(segments: pd.DataFrame, revenue: pd.Series) -> pd.DataFrame:
    """Return who stands where in two segmentations, for each pair of them.

    Parameters
    ----------
    segments : DataFrame
        Table `segments` of all segmentations: segmentation_id, account_id, segment_id. A pair is told of accounts that
        both know, in the order in which the segmentations first appear.
    revenue : Series
        Revenue of twelve months by account_id, in the project's currency; missing counts as 0.

    Returns
    -------
    DataFrame
        Table `segmentation_overlap`: segmentation_id, other_id, segment_id, other_segment_id, n_accounts, revenue_12m,
        share (of the segment's accounts), expected (share of the other segment among all accounts) and lift
        (share / expected); no row where nobody stands.
    """
    import pandas as pd

    from segkit.tables import TABLES, no_rows

    frames = []
    for one, other, both in _pairs(segments):
        money = both["account_id"].map(revenue).astype(float).fillna(0.0)
        cells = (
            both.assign(revenue_12m=money)
            .groupby(["segment_id", "other_segment_id"], as_index=False)
            .agg(n_accounts=("account_id", "size"), revenue_12m=("revenue_12m", "sum"))
        )
        share = cells["n_accounts"] / cells.groupby("segment_id")["n_accounts"].transform("sum")
        expected = cells.groupby("other_segment_id")["n_accounts"].transform("sum") / len(both)
        rounded = {"share": share.round(12), "expected": expected.round(12), "lift": (share / expected).round(12)}
        frames.append(cells.assign(segmentation_id=one, other_id=other, **rounded))
    columns = list(TABLES["segmentation_overlap"].columns)
    if not frames:
        return no_rows("segmentation_overlap")
    return pd.concat(frames, ignore_index=True)[columns].assign(revenue_12m=lambda f: f["revenue_12m"].round(4))


def compare_segmentations(segments: pd.DataFrame, seed: int) -> pd.DataFrame:
    """Return how much each pair of segmentations says the same.

    Parameters
    ----------
    segments : DataFrame
        As for `cross_segmentations`.
    seed : int
        Start of the draws.

    Returns
    -------
    DataFrame
        Table `segmentation_pairs`: segmentation_id, other_id, n_accounts (that both divide: key accounts, dormant ones
        and those of whom nothing is known are left out), cramers_v (corrected for bias, Bergsma 2013; 1: the same,
        0: nothing in common) with low and high (95 %, bootstrap over accounts, 500 draws, less their bias), ari (Hubert
        and Arabie 1985) and verdict: alike (whole interval from .8), unalike (whole interval below .3), related, or
        unknown (fewer than 30 accounts, or one of them is a single segment).
    """
    import pandas as pd

    from segkit.tables import no_rows

    rows = []
    for one, other, both in _pairs(segments):
        both = _divided(both)
        a, b = both["segment_id"].to_numpy(str), both["other_segment_id"].to_numpy(str)
        rows.append({"segmentation_id": one, "other_id": other, "n_accounts": len(both)} | _compare(a, b, seed))
    return pd.DataFrame(rows) if rows else no_rows("segmentation_pairs")


def describe_pairs(pairs: pd.DataFrame, cells: pd.DataFrame, called: dict[str, tuple[str, str]]) -> Sentences:
    """Return a sentence for each pair of segmentations.

    Parameters
    ----------
    pairs, cells : DataFrame
        `compare_segmentations` and `cross_segmentations`.
    called : dict
        segmentation_id → its German and its English name.
    """
    told: Sentences = []
    for row in pairs.itertuples():
        own = _divided(cells[(cells["segmentation_id"] == row.segmentation_id) & (cells["other_id"] == row.other_id)])
        names = {
            f"{place}_{language}": called.get(key, (key, key))[i]
            for place, key in (("name", row.segmentation_id), ("other", row.other_id))
            for i, language in enumerate(("de", "en"))
        }
        numbers = {"n": int(row.n_accounts), **names}
        if row.verdict != "unknown":
            numbers |= {"v": float(row.cramers_v), "low": float(row.low), "high": float(row.high)}
            guessed = own.groupby("segment_id")["n_accounts"].max().sum() / max(own["n_accounts"].sum(), 1)
            usual = own.groupby("other_segment_id")["n_accounts"].sum().max() / max(own["n_accounts"].sum(), 1)
            numbers |= {"guessed": float(guessed), "usual": float(usual)}
        told.append((f"crossing.{row.verdict}", numbers))
    return told


def _divided(both: pd.DataFrame) -> pd.DataFrame:
    """Return the rows that both segmentations divide."""
    return both[~both["segment_id"].isin(UNDIVIDED) & ~both["other_segment_id"].isin(UNDIVIDED)]


def _pairs(segments: pd.DataFrame):
    """Yield the ids of each pair and the accounts that both segmentations know."""
    ids = list(dict.fromkeys(segments["segmentation_id"]))
    columns = ["account_id", "segment_id"]
    by_id = {name: segments.loc[segments["segmentation_id"] == name, columns] for name in ids}
    for one, other in combinations(ids, 2):
        renamed = by_id[other].rename(columns={"segment_id": "other_segment_id"})
        both = by_id[one].merge(renamed, on="account_id")
        if len(both):
            yield one, other, both


def _compare(a: np.ndarray, b: np.ndarray, seed: int) -> dict[str, Any]:
    counts = contingency(a, b)
    if len(a) < FEWEST or min(counts.shape) < 2:
        return {"cramers_v": np.nan, "low": np.nan, "high": np.nan, "ari": np.nan, "verdict": "unknown"}
    rng = np.random.default_rng(seed)
    drawn = rng.multinomial(len(a), counts.ravel() / len(a), size=DRAWS).reshape(DRAWS, *counts.shape)
    found = _v_of(counts)
    others = np.array([_v_of(table) for table in drawn])
    shift = others.mean() - found  # draws lie above what they are drawn from
    low, high = np.clip(np.quantile(others, [0.025, 0.975]) - shift, 0.0, 1.0)
    verdict = "alike" if low >= ALIKE else "unalike" if high < UNALIKE else "related"
    figures = {"cramers_v": found, "low": low, "high": high, "ari": adjusted_rand(a, b)}
    return {name: round(float(value), 12) for name, value in figures.items()} | {"verdict": verdict}


def _v_of(counts: np.ndarray) -> float:
    """Return Cramér's V of a table of counts; 0 where a draw left one row or column."""
    found = cramers_v_of_counts(counts)
    return float(found) if np.isfinite(found) else 0.0
