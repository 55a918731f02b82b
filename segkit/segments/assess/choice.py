"""How many segments: stability, separation, money and needs together, in a way that can be argued with."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from segkit.segments.assess.indices import choose_by_gap, choose_by_strength

if TYPE_CHECKING:
    import pandas as pd

USUAL = (3, 5)  # main segments that people can work with
WEIGHTS = {"stability": 0.4, "separation": 0.3, "value": 0.2, "needs": 0.1}
CLEARLY = 0.08  # points by which a number outside the usual ones must be better
REFOUND = 0.90  # adjusted Rand of pairs of samples
AS_STRONG = 0.10  # prediction strength times adjusted Rand by which a number may lie below the best
ALIKE = 0.01  # points below which two numbers are alike; the smaller is taken
DIGITS = 12


def score_numbers(search: pd.DataFrame) -> pd.DataFrame:
    """Return the points of each number of segments.

    Parameters
    ----------
    search : DataFrame
        Rows of table `cluster_search`: n_segments, ari_mean, separation, and where known revenue_explained,
        margin_explained, needs_explained.

    Returns
    -------
    DataFrame
        n_segments, stability (mean adjusted Rand of pairs of samples), separation, value (mean of the explained shares
        of revenue and margin), needs (Cramér's V with a category that made no segments), score (their weighted mean:
        .4, .3, .2, .1; a part that is unknown for a number counts for none); all 0 … 1.

    Notes
    -----
    The parts stand in their own units and are not stretched to their range: a difference of .01 stays small.
    """
    parts = search[["n_segments"]].copy()
    parts["stability"], parts["separation"] = search["ari_mean"], search["separation"]
    known = search.reindex(columns=["revenue_explained", "margin_explained", "needs_explained"]).astype(float)
    parts["value"] = known[["revenue_explained", "margin_explained"]].mean(axis=1)
    parts["needs"] = known["needs_explained"]
    weights = {name: weight for name, weight in WEIGHTS.items() if parts[name].notna().all()}
    points = sum(parts[name].clip(0, 1) * weight for name, weight in weights.items())
    return parts.assign(score=(points / sum(weights.values())).round(DIGITS)).reset_index(drop=True)


def choose_number(search: pd.DataFrame, settings: Any) -> tuple[int, str]:
    """Return the number of segments and the key of the sentence that says why.

    Parameters
    ----------
    search : DataFrame
        Rows of table `cluster_search`: see `score_numbers`; smallest_share; and where known prediction_strength, gap,
        gap_se.
    settings : AccountSegmentation
        n_segments (asked for; empty: chosen), smallest_share.

    Notes
    -----
    Numbers with a segment below `smallest_share` stand back, unless all have one. Where clusters are found again
    (`find_refound`), their number. Else of three to five the one with the most points; of those within .01 of it the
    smallest. Another number only if it is ahead by .08.
    """
    if settings.n_segments is not None and settings.n_segments in set(search["n_segments"]):
        return int(settings.n_segments), "how_many.choice_set"
    large = search[search["smallest_share"] >= settings.smallest_share]
    scored = score_numbers(search if large.empty else large)
    best, usual = _best(scored), scored[scored["n_segments"].between(*USUAL)]
    if usual.empty:
        return int(best["n_segments"]), "how_many.choice_none_usual"
    refound = find_refound(search)
    if refound in set(scored["n_segments"]):
        return int(refound), "how_many.choice_refound"  # type: ignore[arg-type]
    best_usual = _best(usual)
    if best["score"] > best_usual["score"] + CLEARLY:
        return int(best["n_segments"]), "how_many.choice_outside"
    return int(best_usual["n_segments"]), "how_many.choice_together"


def find_refound(search: pd.DataFrame) -> int | None:
    """Return the largest number whose clusters are all found again, in samples and in another half; None without one.

    Prediction strength at least .8, adjusted Rand of pairs at least .9, their product within .1 of the best number's,
    and a gap above that of all smaller numbers: cuts between whole numbers come back too, only less well. Two
    clusters, which any long crowd gives, only if the gap statistic names them.
    """
    if not {"gap", "gap_se", "prediction_strength"} <= set(search.columns):
        return None
    ordered = search.sort_values("n_segments")
    numbers = ordered["n_segments"].tolist()
    gap, gap_se, strengths = (ordered[name].to_numpy(float) for name in ("gap", "gap_se", "prediction_strength"))
    strengths = np.nan_to_num(strengths)
    is_best_yet = gap >= np.maximum.accumulate(gap)
    agreement = ordered["ari_mean"].to_numpy(float)
    both = strengths * agreement
    comes_back = (agreement >= REFOUND) & (both >= both.max() - AS_STRONG) & is_best_yet
    largest = choose_by_strength(numbers, np.where(comes_back, strengths, 0.0))
    if largest == 2 and choose_by_gap(numbers, gap, gap_se) != 2:
        return None
    return largest if largest > 1 else None


def _best(scored: pd.DataFrame) -> pd.Series:
    alike = scored[scored["score"] >= scored["score"].max() - ALIKE]
    return alike.sort_values("n_segments").iloc[0]
