"""Chart of notebook 04: what speaks for which number of segments."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from segkit.charts.theme import INK, SEGMENT_COLOURS
from segkit.texts import say, show

if TYPE_CHECKING:
    import pandas as pd

LOCALES = {"de": "de_DE", "en": "en_GB"}
PARTS = ("score", "stability", "separation", "value", "needs", "prediction_strength", "smallest_share")
PERCENT = ("smallest_share",)
SHADES = ["#F4F7FB", "#8DB8E8"]  # both far enough from the ink of the figures


def how_many_chart(scores: pd.DataFrame, language: str = "de", currency: str = "EUR") -> Any:
    """Return one cell per number of segments and criterion: its figure, the darker the better; the chosen one framed.

    Parameters
    ----------
    scores : DataFrame
        As of `shape_scores`: n_segments, part, figure, strength, is_chosen.
    language, currency : str
        Language of the words; no money is shown.
    """
    import altair as alt

    cells = scores.assign(
        name=[say(f"how_many.part_{part}", language) for part in scores["part"]],
        place=[PARTS.index(part) for part in scores["part"]],
        label=[_label(part, figure, language) for part, figure in zip(scores["part"], scores["figure"], strict=True)],
    )
    chosen = cells[cells["is_chosen"].astype(bool)][["n_segments", "name", "place"]]
    number = say("how_many.axis_number", language)
    x = alt.X(
        "n_segments:O",
        axis=alt.Axis(title=number, orient="top", labelAngle=0, domain=False, ticks=False, labelFontSize=13),
    )
    y = alt.Y("name:N", sort=alt.EncodingSortField("place"), axis=alt.Axis(title=None, labelLimit=300))
    shades = alt.Scale(domain=[0, 1], range=SHADES)
    base = alt.Chart(cells[["n_segments", "name", "place", "strength", "label"]]).encode(x=x, y=y)
    heat = base.mark_rect(stroke="white", strokeWidth=2).encode(
        color=alt.Color("strength:Q", scale=shades, legend=None),
        tooltip=[
            alt.Tooltip("name:N", title=say("how_many.axis_part", language)),
            alt.Tooltip("n_segments:O", title=number),
            alt.Tooltip("label:N", title=say("how_many.axis_figure", language)),
        ],
    )
    words = base.mark_text(fontSize=12, color=INK).encode(text="label:N")
    frame = alt.Chart(chosen).mark_rect(fillOpacity=0, stroke=SEGMENT_COLOURS[2], strokeWidth=2.5).encode(x=x, y=y)
    return (
        alt.layer(heat, words, frame)
        .resolve_scale(color="independent")
        .properties(
            width=alt.Step(64),
            height=alt.Step(32),
            title=alt.TitleParams(say("how_many.chart", language), subtitle=say("how_many.chart_note", language)),
        )
    )


def shape_scores(search: pd.DataFrame, scores: pd.DataFrame) -> pd.DataFrame:
    """Return one row per number of segments and criterion that is known for one number at least.

    Parameters
    ----------
    search : DataFrame
        Table `cluster_search`: n_segments, is_chosen, prediction_strength, smallest_share.
    scores : DataFrame
        As of `score_numbers`: n_segments, stability, separation, value, needs, score.

    Returns
    -------
    DataFrame
        n_segments, part, figure, strength (square of the figure over the largest of its part), is_chosen.
    """
    wide = scores.merge(
        search.reindex(columns=["n_segments", "prediction_strength", "smallest_share"]), on="n_segments"
    )
    long = wide.melt("n_segments", list(PARTS), "part", "figure").astype({"figure": float})
    best = long.groupby("part")["figure"].transform("max")
    long["strength"] = ((long["figure"] / best.where(best > 0)).clip(0, 1).fillna(0.0) ** 2).round(4)
    chosen = set(search.loc[search["is_chosen"].astype(bool), "n_segments"])
    long = long.assign(is_chosen=long["n_segments"].isin(chosen))
    return long[best.notna()].reset_index(drop=True)


def _label(part: str, figure: float, language: str) -> str:
    return show(figure, "percent" if part in PERCENT else "decimal", LOCALES[language])
