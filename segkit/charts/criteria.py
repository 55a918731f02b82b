"""Charts of notebook 03: what matters and is easy to get, what the data say of each criterion, and what was chosen."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from segkit.charts.theme import GRID, INK, LINE, MUTED, SEGMENT_COLOURS
from segkit.texts import say

if TYPE_CHECKING:
    import pandas as pd

BLUE, ORANGE = SEGMENT_COLOURS[0], SEGMENT_COLOURS[2]
STATES = ("chosen", "available", "sensitive", "missing")
FILLS, STROKES = [BLUE, "#FFFFFF", "#FFFFFF", "#EEF1F5"], [BLUE, BLUE, ORANGE, LINE]
NUMBERS, NAMES = ["#FFFFFF", BLUE, ORANGE, MUTED], [BLUE, INK, ORANGE, MUTED]
RATINGS = ("ease", "relevance", "usage")
WIDTH, HEIGHT = 620, 480
LIST_STEP = 17
ROW_STEP = 19
RATING = [0.5, 5.5]
LEFT = -0.25  # how far an interval is drawn to the left: far below zero says no more than below zero


def bubble_chart(bubbles: pd.DataFrame, language: str = "de", **_: Any) -> Any:
    """Return one numbered circle per criterion: ease by relevance, sized by usage; the names stand below.

    Parameters
    ----------
    bubbles : DataFrame
        As `shape_bubbles` gives it.
    language : str
        Of the labels.
    """
    import altair as alt

    base = alt.Chart(bubbles).encode(
        x=alt.X("x:Q", **_rating("ease", language)), y=alt.Y("y:Q", **_rating("relevance", language))
    )
    circles = base.mark_point(filled=True, strokeWidth=1.6, opacity=1).encode(
        size=alt.Size("usage:Q", legend=None, scale=alt.Scale(domain=[1, 5], range=[190, 520])),
        fill=alt.Fill("state:N", legend=_legend(language), scale=_scale(FILLS)),
        stroke=alt.Stroke("state:N", legend=None, scale=_scale(STROKES)),
        tooltip=[
            alt.Tooltip(f"name_{language}:N", title=say("column.criterion", language)),
            *(alt.Tooltip(f"{name}:Q", title=say(f"column.{name}", language)) for name in RATINGS),
        ],
    )
    numbers = base.mark_text(fontSize=11, fontWeight=600).encode(text="number:N", color=_state_colour(NUMBERS))
    fields = alt.layer(circles, numbers, width=WIDTH, height=HEIGHT)
    title = alt.TitleParams(say("criteria.bubbles_title", language), subtitle=say("criteria.bubbles_note", language))
    return alt.vconcat(fields, _names(bubbles, language), spacing=14, title=title).resolve_scale(color="independent")


def _names(bubbles: pd.DataFrame, language: str) -> Any:
    """Return number and name of every criterion in columns, the chosen in bold."""
    import altair as alt

    places = alt.Chart(bubbles).encode(
        x=alt.X("list_column:O", axis=None, scale=alt.Scale(paddingOuter=0, paddingInner=0, align=0)),
        y=alt.Y("list_row:O", axis=None),
    )
    marks = [
        places.transform_filter(f"(datum.state === 'chosen') === {condition}")
        .mark_text(align="left", baseline="middle", fontSize=11.5, fontWeight=weight, dx=-100, limit=200)
        .encode(text=f"label_{language}:N", color=_state_colour(NAMES))
        for condition, weight in (("true", 700), ("false", 400))
    ]
    return alt.layer(*marks, width=WIDTH, height=alt.Step(LIST_STEP))


def evidence_chart(evidence: pd.DataFrame, language: str = "de", **limits: Any) -> Any:
    """Return one row per criterion: power with its interval, what it adds to revenue, coverage, stability, redundancy.

    Parameters
    ----------
    evidence : DataFrame
        As `shape_evidence` gives it.
    language : str
        Of the labels.
    **limits
        What project.yml asks for: min_coverage, min_stability, max_redundancy; drawn dashed.
    """
    import altair as alt

    panels = [
        _interval_panel(evidence, "power", 190, True, language),
        _interval_panel(evidence, "gain", 110, False, language),
        _dot_panel(evidence, "coverage", limits["min_coverage"], language),
        _dot_panel(evidence, "stability", limits["min_stability"], language),
        _dot_panel(evidence, "redundancy", limits["max_redundancy"], language),
    ]
    title = alt.TitleParams(say("criteria.evidence_title", language), subtitle=say("criteria.evidence_note", language))
    return alt.hconcat(*panels, spacing=16, title=title).resolve_scale(y="shared")


def weights_chart(weights: pd.DataFrame, language: str = "de", **_: Any) -> Any:
    """Return the weights of the chosen criteria as bars, those apart that the accepted segmentation does not use.

    Parameters
    ----------
    weights : DataFrame
        As `shape_weights` gives it.
    language : str
        Of the labels.
    """
    import altair as alt

    y = alt.Y(f"label_{language}:N", sort=alt.SortField("rank"), axis=alt.Axis(title=None, labelLimit=230))
    x = alt.X("weight:Q", axis=None, scale=alt.Scale(zero=True), stack=None)
    words = [say(f"criteria.weights_{name}", language) for name in ("used", "unused")]
    expression = f"datum.value ? '{words[0]}' : '{words[1]}'"
    legend = alt.Legend(title=None, orient="top", direction="horizontal", labelExpr=expression, labelLimit=320)
    colour = alt.Color("is_used:N", scale=alt.Scale(domain=[True, False], range=[BLUE, ORANGE]), legend=legend)
    base = alt.Chart().encode(x, y)
    percent = f"format(100 * datum.weight, ',.1f') + '{_sign(language)}'"
    labels = base.transform_calculate(percent=percent).mark_text(align="left", dx=6, color=INK).encode(text="percent:N")
    layers = [base.mark_bar(height={"band": 0.68}).encode(colour), labels]
    title = say("criteria.weights_title", language)
    return alt.layer(*layers, data=weights, title=title, width=380, height=alt.Step(26))


def _interval_panel(evidence: pd.DataFrame, figure: str, width: int, has_names: bool, language: str) -> Any:
    import altair as alt

    base = alt.Chart(evidence).transform_filter(f"isValid(datum.{figure})")
    x = alt.X(f"{figure}:Q", axis=_percent_axis(figure, language), scale=alt.Scale(domainMin=LEFT, clamp=True))
    y = _rows(has_names, language)
    everyone = alt.Chart(evidence).mark_point(opacity=0).encode(y)  # keeps the rows without a figure
    zero = alt.Chart().mark_rule(color=LINE).encode(x=alt.datum(0))
    lines = base.mark_rule(strokeWidth=2.2, opacity=0.5, color=BLUE).encode(
        alt.X(f"{figure}_low:Q"), alt.X2(f"{figure}_high:Q"), y
    )
    dots = base.mark_point(**DOT).encode(x, y, fill=_fill(), tooltip=_tooltip(figure, language))
    return alt.layer(everyone, zero, lines, dots, data=evidence, width=width, height=alt.Step(ROW_STEP))


def _dot_panel(evidence: pd.DataFrame, figure: str, limit: float, language: str) -> Any:
    import altair as alt

    base = alt.Chart(evidence).transform_filter(f"isValid(datum.{figure})")
    x = alt.X(f"{figure}:Q", axis=_percent_axis(figure, language), scale=alt.Scale(domain=[0, 1], clamp=True))
    y = _rows(False, language)
    everyone = alt.Chart(evidence).mark_point(opacity=0).encode(y)
    asked = alt.Chart().mark_rule(strokeDash=[3, 3], color=MUTED).encode(x=alt.datum(limit))
    dots = base.mark_point(**DOT).encode(x, y, fill=_fill(), tooltip=_tooltip(figure, language))
    return alt.layer(everyone, asked, dots, data=evidence, width=90, height=alt.Step(ROW_STEP))


DOT: dict[str, Any] = {"filled": True, "size": 62, "stroke": BLUE, "strokeWidth": 1.8, "opacity": 1}


def _rows(has_names: bool, language: str) -> Any:
    import altair as alt

    axis = alt.Axis(title=None, labelLimit=200, grid=True, gridColor=GRID, labels=has_names, labelPadding=8)
    return alt.Y(f"label_{language}:N", sort=alt.SortField("rank"), axis=axis)


def _percent_axis(figure: str, language: str) -> Any:
    import altair as alt

    title = say(f"criteria.{figure}_axis", language)
    expression = f"format(100 * datum.value, ',.0f') + '{_sign(language)}'"
    return alt.Axis(title=title, tickCount=3, labelExpr=expression, orient="top", gridColor=GRID, labelOverlap=True)


def _sign(language: str) -> str:
    return "%" if language == "en" else "\u00a0%"


def _fill() -> Any:
    import altair as alt

    return alt.condition("datum.is_selected", alt.value(BLUE), alt.value("#FFFFFF"))


def _tooltip(figure: str, language: str) -> list[Any]:
    import altair as alt

    name = alt.Tooltip(f"label_{language}:N", title=say("column.criterion", language))
    value = alt.Tooltip(f"{figure}:Q", title=say(f"criteria.{figure}_axis", language), format=".1%")
    return [name, value]


def _rating(name: str, language: str) -> dict[str, Any]:
    """Return axis and scale of a rating from 1 to 5."""
    import altair as alt

    title = say(f"criteria.{name}_axis", language)
    axis = alt.Axis(title=title, values=[1, 2, 3, 4, 5], format="d", gridColor=GRID)
    return {"axis": axis, "scale": alt.Scale(domain=RATING, nice=False)}


def _scale(colours: list[str]) -> Any:
    import altair as alt

    return alt.Scale(domain=list(STATES), range=colours)


def _legend(language: str) -> Any:
    import altair as alt

    words = "{" + ", ".join(f"{state}: '{say(f'criteria.state_{state}', language)}'" for state in STATES) + "}"
    return alt.Legend(
        title=None,
        orient="top",
        direction="horizontal",
        labelExpr=f"({words})[datum.value]",
        symbolStrokeColor=LINE,
        symbolStrokeWidth=1.4,
    )


def _state_colour(colours: list[str]) -> Any:
    import altair as alt

    return alt.Color("state:N", legend=None, scale=_scale(colours))
