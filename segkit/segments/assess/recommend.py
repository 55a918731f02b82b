"""What to do about segments, in a few sentences that a manager can argue with; the tables stand behind them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from segkit.segments.assess.choice import score_numbers
from segkit.segments.left_out import Titles, names_of

if TYPE_CHECKING:
    import pandas as pd

Sentences = list[tuple[str, dict[str, Any]]]
AS_GOOD = 0.02  # points below which a number is as good as the one chosen
SAME = 0.999  # adjusted Rand from which the groups are the segments in force


def recommend(
    search: pd.DataFrame,
    tendency: pd.DataFrame | None = None,
    near_equal: pd.DataFrame | None = None,
    known: pd.DataFrame | None = None,
    comparison: pd.DataFrame | None = None,
    titles: Titles | None = None,
) -> Sentences:
    """Return what to do, and on what it rests: at most five sentences.

    Parameters
    ----------
    search : DataFrame
        Table `cluster_search`, with is_chosen and verdict.
    tendency, near_equal, known, comparison : DataFrame, optional
        Tables `tendency`, `near_equal`, `known_columns`, `segment_comparison`; what is missing is not spoken of.
    titles : mapping, optional
        Column or criterion → its German and its English name.

    Returns
    -------
    list of (key, numbers)
        Keep the segments in force, try the clusters beside them, or adopt them; how many there would be and how the
        next best number does; what they are (verdict); equally good ones. A warning first where they only repeat a
        known column or one criterion.

    Notes
    -----
    Clusters are worth trying where they explain more of the next quarter's revenue than the segments in force do, with
    the interval of the gain above nothing, and no known column gives them. They are worth adopting where they are more
    than a cut through one crowd as well.
    """
    chosen = _chosen(search)
    repeated = _repeated(known, int(chosen["n_segments"]))
    sentences = [_advice(chosen, repeated, comparison, titles), *describe_choice(search)[1:]]
    equal = _rows(near_equal, int(chosen["n_segments"]))
    if equal is not None and len(equal) > 1:
        others = equal[equal["solution"] > 1]
        numbers = {"n": len(others), "n_moved": int(others["n_moved"].max()), "ari": float(others["ari_best"].min())}
        sentences.append(("how_many.near_equal", numbers | {"moved_revenue": float(others["moved_revenue"].max())}))
    if tendency is not None and len(tendency):
        tests = tendency[tendency["measure"] != "mixture"]  # any skewed crowd takes several normal distributions
        n_yes = int(tests["says"].str.endswith("_yes").sum())
        sentences.append((f"how_many.tendency_{'some' if n_yes else 'none'}", {"n_yes": n_yes, "n": len(tests)}))
    return sentences


def describe_choice(search: pd.DataFrame) -> Sentences:
    """Return why this number was chosen, how the next best does, and the verdict.

    Parameters
    ----------
    search : DataFrame
        Table `cluster_search`, with is_chosen, reason and verdict.
    """
    chosen, scored = _chosen(search), score_numbers(search).set_index("n_segments")
    k = int(chosen["n_segments"])
    own = scored.loc[k]
    numbers: dict[str, Any] = {"k": k, "ari": float(chosen["ari_mean"]), "separation": float(chosen["separation"])}
    numbers |= {"value": float(own["value"]), "score": float(own["score"])}
    others = scored.drop(index=k)
    if others.empty:
        second: Sentences = [("how_many.only_number", numbers)]
    else:
        other_k = int(others["score"].idxmax())
        other = others.loc[other_k]
        ahead = float(own["score"] - other["score"])
        word = "better" if ahead > AS_GOOD else "alike" if ahead >= -AS_GOOD else "worse"
        of_other = {f"other_{name}": float(other[name]) for name in ("score", "stability", "separation", "value")}
        second = [(f"how_many.next_{word}", numbers | of_other | {"other_k": other_k})]
    return [(str(chosen["reason"]), numbers), *second, (f"how_many.verdict_{chosen['verdict']}", numbers)]


def describe_tendency(tendency: pd.DataFrame) -> Sentences:
    """Return one sentence per measure of table `tendency`; one sentence where nothing could be measured."""
    if tendency.empty:
        return [("how_many.tendency_few", {})]
    sentences = []
    for row in tendency.itertuples():
        numbers = {"value": _float(row.value), "reference": _float(row.reference), "p_value": _float(row.p_value)}
        sentences.append((str(row.says), numbers | {"k": _float(row.n_segments)}))
    return sentences


def _chosen(search: pd.DataFrame) -> pd.Series:
    return search[search["is_chosen"].astype(bool)].iloc[0]


def _rows(frame: pd.DataFrame | None, k: int) -> pd.DataFrame | None:
    return None if frame is None or frame.empty else frame[frame["n_segments"] == k]


def _repeated(known: pd.DataFrame | None, k: int) -> Any:
    """Return the row of the column that the solution reproduces best; None where it reproduces none."""
    at = _rows(known, k)
    hits = None if at is None else at[at["reproduces"].astype(bool)]
    return None if hits is None or hits.empty else hits.sort_values(["ari", "column"], ascending=[False, True]).iloc[0]


def _advice(
    chosen: Any, repeated: Any, comparison: pd.DataFrame | None, titles: Titles | None
) -> tuple[str, dict[str, Any]]:
    """Return keep, try or adopt, with the figures of the contest."""
    numbers: dict[str, Any] = {"k": int(chosen["n_segments"])}
    if repeated is not None:
        kind = repeated["kind"] if "kind" in repeated.index else "column"
        told = {"told": float(repeated["told"]), **names_of("name", str(repeated["column"]), titles)}
        return f"how_many.warn_keep_{kind}", numbers | told
    rows = None if comparison is None or comparison.empty else comparison.set_index("method")
    if rows is None or not {"accepted", "challenger"} <= set(rows.index):
        return "how_many.keep_unproven", numbers
    if _float(rows.loc["challenger", "ari_accepted"]) >= SAME:
        return "how_many.in_force", numbers
    ours, theirs = _float(rows.loc["accepted", "next_explained"]), _float(rows.loc["challenger", "next_explained"])
    if np.isnan(ours) or np.isnan(theirs):
        return "how_many.keep_unproven", numbers
    numbers |= {"accepted": ours, "challenger": theirs}
    if not _float(rows.loc["challenger", "gain_low"]) > 0:
        return ("how_many.keep_close" if theirs > ours else "how_many.keep"), numbers
    return ("how_many.try" if chosen["verdict"] == "constructive" else "how_many.adopt"), numbers


def _float(value: Any) -> float:
    return float("nan") if str(value) in ("<NA>", "None") else float(value)
