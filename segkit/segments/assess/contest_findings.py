"""What notebook 04 says about known columns, the contest of divisions and proposals: keys of sentences with numbers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from segkit.segments.left_out import names_of
from segkit.texts import LANGUAGES, has, say

if TYPE_CHECKING:
    import pandas as pd

Sentences = list[tuple[str, dict[str, Any]]]
Titles = Mapping[str, tuple[str, str]]


def division_name(method: str, language: str, titles: Titles | None = None) -> str:
    """Return how a division of the contest is called: accepted, challenger, a method, or a column by its title."""
    keys = (f"contest.name_{method}", f"methods.short_{method}", f"methods.name_{method}")
    key = next((key for key in keys if has(key)), None)
    return say(key, language) if key else names_of("name", method, titles)[f"name_{language}"]


def name_divisions(table: pd.DataFrame, titles: Titles | None = None) -> pd.DataFrame:
    """Return a table with the words for its codes, in both languages: ``<column>_de`` and ``<column>_en``.

    Of the columns method and column (divisions, criteria), kind and verdict those that it has; the codes are left out.
    """
    named = table
    for language in LANGUAGES:
        for column in set(table.columns) & {"method", "column"}:
            names = [division_name(str(code), language, titles) for code in table[column]]
            named = named.assign(**{f"{column}_{language}": names})
        for column in set(table.columns) & {"kind", "verdict"}:
            words = [say(f"contest.{column}_{code}", language) if code else "" for code in table[column].fillna("")]
            named = named.assign(**{f"{column}_{language}": words})
    return named.drop(columns=[c for c in ("method", "column", "kind", "verdict") if c in table])


def describe_known(known: pd.DataFrame, n_segments: int, titles: Titles | None = None) -> Sentences:
    """Return whether the solution only says again what a column, or one criterion, says.

    Parameters
    ----------
    known : DataFrame
        Table `known_columns`.
    n_segments : int
        The number chosen. What other numbers reproduce is added: it speaks against those.
    titles : mapping, optional
        Criterion → its German and its English name.
    """
    if known.empty:
        return [("contest.known_nothing", {})]
    mine = known[known["n_segments"] == n_segments]
    reproduced = mine[mine["reproduces"].astype(bool)].sort_values(
        ["kind", "told", "column"], ascending=[False, False, True]
    )
    said: Sentences = [
        (f"contest.warn_known_{row.kind}", _known(row, n_segments, titles)) for row in reproduced.itertuples()
    ]
    columns = mine[mine["kind"] == "column"]
    if not said and len(columns):
        closest = columns.sort_values(["ari", "column"], ascending=[False, True]).iloc[0]
        said = [("contest.known_none", _known(closest, n_segments, titles) | {"n": len(columns)})]
    elif not said:
        said = [("contest.known_nothing", {})]
    others = known[(known["n_segments"] != n_segments) & known["reproduces"].astype(bool)]
    others = others.sort_values(["n_segments", "kind", "told", "column"], ascending=[True, True, False, True])
    others = others.drop_duplicates("n_segments")
    return said + [
        (f"contest.known_other_{row.kind}", _known(row, int(row.n_segments), titles)) for row in others.itertuples()
    ]


def _known(row: Any, k: int, titles: Titles | None) -> dict[str, Any]:
    figures = {name: float(getattr(row, name)) for name in ("told", "told_without", "ari")}
    return {"k": k} | figures | names_of("name", row.column, titles)


def describe_contest(comparison: pd.DataFrame, titles: Titles | None = None) -> Sentences:
    """Return whether any division foretells value better than the accepted one, and which is the surest.

    Parameters
    ----------
    comparison : DataFrame
        Table `segment_comparison`.
    titles : mapping, optional
        Column → its German and its English title.
    """
    accepted = comparison[comparison["kind"] == "accepted"].iloc[0]
    others = comparison[comparison["kind"] != "accepted"]
    said: Sentences = []
    rivals = others[others["next_explained"].notna()]
    if rivals.empty or np.isnan(float(accepted["next_explained"])):
        best = comparison.sort_values(["revenue_explained", "method"], ascending=[False, True]).iloc[0]
        said.append(("contest.now_only", _names("best", best, titles) | {"share": float(best["revenue_explained"])}))
    else:
        best = rivals.sort_values(["next_explained", "method"], ascending=[False, True]).iloc[0]
        figures = {name: float(best[name]) for name in ("next_explained", "gain", "gain_low", "gain_high")}
        numbers = (
            _names("best", best, titles) | figures | {"accepted": float(accepted["next_explained"]), "n": len(rivals)}
        )
        low, high = figures["gain_low"], figures["gain_high"]
        verdict = "better" if low > 0 else "worse" if high < 0 else "level"
        said.append((f"contest.{verdict}", numbers))
        said += _baseline(rivals, figures["next_explained"], float(accepted["next_explained"]))
    drawn = comparison[comparison["global_ari"].notna()]
    if len(drawn) > 1:
        surest, weakest = (
            drawn.sort_values(["global_ari", "method"], ascending=[up, True]).iloc[0] for up in (False, True)
        )
        figures = {"high": float(surest["global_ari"]), "low": float(weakest["global_ari"])}
        said.append(("contest.surest", _names("best", surest, titles) | _names("last", weakest, titles) | figures))
    by_hand = others[(others["kind"] == "hand_made") & others["note"].fillna("").str.startswith("contest.note_cut")]
    return said + [
        (
            str(row["note"]).replace("note_cut", "is_cut"),
            _names("name", row, titles) | {"ari": _float(row["global_ari"])},
        )
        for _, row in by_hand.iterrows()
    ]


def _baseline(rivals: pd.DataFrame, best: float, accepted: float) -> Sentences:
    """Return what a plain ranking by revenue reaches, unless it is the best and so spoken of already."""
    plain = rivals[(rivals["method"] == "revenue_classes") & (rivals["next_explained"] < best)]
    if plain.empty:
        return []
    low, high = float(plain["gain_low"].iloc[0]), float(plain["gain_high"].iloc[0])
    key = "ahead" if low > 0 else "beaten" if high < 0 else "level"
    numbers = {"plain": float(plain["next_explained"].iloc[0]), "accepted": accepted}
    return [(f"contest.baseline_{key}", numbers)]


def describe_proposals(proposals: pd.DataFrame, names: Mapping[str, tuple[str, str]] | None = None) -> Sentences:
    """Return one sentence per proposal, the largest in money first; or that there is nothing to merge or to split.

    Parameters
    ----------
    proposals : DataFrame
        Table `segment_proposals`.
    names : mapping, optional
        segment_id → its German and its English name; the id where there is none.
    """
    if proposals.empty:
        return [("contest.proposals_none", {})]
    ordered = proposals.sort_values(["revenue_12m", "kind", "segment_id"], ascending=[False, True, True])
    return [
        (
            str(row.reason),
            {
                **_segment("name", row.segment_id, names),
                **_segment("other", row.other_id, names),
                **{name: float(getattr(row, name)) for name in ("figure", "low", "high", "revenue_12m")},
                **{
                    "n": int(row.n_accounts),
                    "before": float(row.explained_before),
                    "after": float(row.explained_after),
                },
            },
        )
        for row in ordered.itertuples()
    ]


def _segment(word: str, segment_id: str, names: Mapping[str, tuple[str, str]] | None) -> dict[str, str]:
    if names and segment_id in names:
        return dict(zip((f"{word}_de", f"{word}_en"), names[segment_id], strict=True))
    number = segment_id.removeprefix("cluster ")
    is_cluster = number != segment_id
    return {
        f"{word}_{language}": say("segments.cluster_label", language, number=number) if is_cluster else segment_id
        for language in LANGUAGES
    }


def _names(word: str, row: Any, titles: Titles | None) -> dict[str, str]:
    return {f"{word}_{language}": division_name(str(row["method"]), language, titles) for language in LANGUAGES}


def _float(value: Any) -> float | None:
    number = float(value)
    return None if number != number else number
