"""How good the data are in each respect, beside last quarter."""

from __future__ import annotations

from typing import TYPE_CHECKING

from segkit.charts.theme import INK, MUTED, SEGMENT_COLOURS
from segkit.cleansing.fields import signed
from segkit.cleansing.score import DIMENSIONS
from segkit.cleansing.score_findings import rounded
from segkit.texts import say

if TYPE_CHECKING:
    import altair as alt
    import pandas as pd

SLATE = "#5B6B7F"
WIDTH, BAR_HEIGHT = 380, 30


def scores_chart(quality_scores: pd.DataFrame, language: str = "en") -> alt.LayerChart:
    """Bars of the scores from 0 to 100, the total first, with a mark where the quarter before stood.

    Parameters
    ----------
    quality_scores : DataFrame
        dimension, score, previous_score.
    language : str
        Language of the words.
    """
    import altair as alt

    scores = score_rows(quality_scores, language)
    base = alt.Chart(scores).encode(
        y=alt.Y("name:N", sort=alt.EncodingSortField("place", op="min"), axis=alt.Axis(title=None, labelLimit=240))
    )
    scale = alt.Scale(domain=[0, 100], nice=False)
    bars = base.mark_bar(height={"band": 0.6}, cornerRadiusEnd=0).encode(
        x=alt.X("score:Q", scale=scale, axis=alt.Axis(title=None, values=[0, 25, 50, 75, 100])),
        color=alt.Color("is_total:N", legend=None, scale=alt.Scale(domain=[True, False],
                                                                   range=[SEGMENT_COLOURS[0], SLATE])),
        tooltip=[alt.Tooltip("name:N", title=" "), alt.Tooltip("words:N", title=say("quality.chart_score", language))],
    )  # fmt: skip
    before = base.mark_tick(thickness=3, color=SEGMENT_COLOURS[2], height={"band": 0.85}).encode(x="previous_score:Q")
    numbers = base.mark_text(align="left").encode(
        x=alt.value(WIDTH + 10),
        text="words:N",
        color=alt.condition("isValid(datum.score)", alt.value(INK), alt.value(MUTED)),
    )
    key = "quality.chart_scores_before" if scores["previous_score"].notna().any() else "quality.chart_scores_first"
    return alt.layer(bars, before, numbers).properties(
        title={"text": say("quality.chart_scores", language), "subtitle": say(key, language)},
        width=WIDTH, height=alt.Step(BAR_HEIGHT),
    )  # fmt: skip


def score_rows(quality_scores: pd.DataFrame, language: str) -> pd.DataFrame:
    """The dimensions with names and numbers in words, the total first."""
    order = ["total", *DIMENSIONS]
    ordered = quality_scores.sort_values("dimension", key=lambda names: names.map(order.index), kind="stable")
    scores = ordered[["dimension", "score", "previous_score"]].astype({"score": float, "previous_score": float})
    names = [say(f"scores.{dimension}", language) for dimension in scores["dimension"]]
    words = [_words(*row, language) for row in zip(scores["score"], scores["previous_score"], strict=True)]
    return scores.assign(name=names, words=words, is_total=scores["dimension"] == "total", place=range(len(scores)))


def _words(score: float, previous: float, language: str) -> str:
    """86,2 (+1,3), or that it cannot be measured; 100 only where nothing fails."""
    if score != score:
        return say("scores.not_measured", language)
    shown = f"{rounded(score):.1f}".replace(".", "," if language == "de" else ".")
    if previous != previous:
        return shown
    return f"{shown}  ({signed(rounded(score) - rounded(previous), language)})"
