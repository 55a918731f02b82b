"""Charts of the growth split: a waterfall overall and per segment, and the parts quarter by quarter."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from segkit.charts.theme import GRID, INK, LINE, MUTED, money_label
from segkit.texts import say

if TYPE_CHECKING:
    import pandas as pd

ACROSS = 2
COLOURS = {
    "price": "#0B4F9C",
    "volume": "#16794C",
    "mix": "#8A6A16",
    "returns": "#BE185D",
    "other": "#9AA7B5",
    "new": "#0E7490",
    "lost": "#C2410C",
    "paused": "#7B3F9E",
    "moved_in": "#5B6B7F",
    "moved_out": "#3F3F46",
}


def growth_chart(steps: pd.DataFrame, language: str = "de", currency: str = "EUR", **numbers: Any) -> Any:
    """Return the waterfall overall: from the revenue a year before, part by part, to that of the quarter.

    Parameters
    ----------
    steps : DataFrame
        Of `kpis.growth_shaping.shape_steps`.
    language, currency : str
        Of the labels.
    **numbers
        For title and note: quarter, compared (names of both), min_accounts, level (of the intervals, in percent).
    """
    import altair as alt

    title = alt.TitleParams(
        say("growth.chart", language, **numbers), subtitle=say("growth.chart_note", language, **numbers)
    )
    panel = _waterfall(language, currency, width=470, step=30)
    return alt.layer(*panel, data=steps[steps["segment_id"] == "ALL"], title=title)


def growth_segments_chart(steps: pd.DataFrame, language: str = "de", currency: str = "EUR", **numbers: Any) -> Any:
    """Return one waterfall per segment, each on its own axis.

    Parameters
    ----------
    steps, language, currency, **numbers
        As for `growth_chart`.
    """
    import altair as alt

    segments = steps[steps["segment_id"] != "ALL"]
    header = alt.Header(title=None, labelAnchor="start", labelFontWeight=600, labelFontSize=13, labelColor=INK)
    facet = alt.Facet(f"segment_{language}:N", sort=alt.SortField("rank"), header=header)
    title = alt.TitleParams(
        say("growth.chart_segments", language, **numbers),
        subtitle=say("growth.chart_segments_note", language, **numbers),
    )
    chart = alt.layer(*_waterfall(language, currency, width=270, step=22), data=segments)
    return chart.facet(facet, columns=ACROSS, spacing=20, title=title).resolve_scale(x="independent")


def growth_history_chart(history: pd.DataFrame, language: str = "de", currency: str = "EUR", **numbers: Any) -> Any:
    """Return the parts overall, quarter by quarter: bars above and below zero, and their sum as a point.

    Parameters
    ----------
    history : DataFrame
        Of `kpis.growth_shaping.shape_history`.
    language, currency, **numbers
        As for `growth_chart`.
    """
    import altair as alt

    parts = list(dict.fromkeys(history.sort_values("place")["part"]))
    names = [history.loc[history["part"] == part, f"part_{language}"].iloc[0] for part in parts]
    x = alt.X("quarter:O", title=None, axis=alt.Axis(labelAngle=0))
    y = alt.Y("share:Q", title=say("growth.axis_share", language), axis=alt.Axis(format=".0%", gridColor=GRID))
    colour = alt.Color(
        f"part_{language}:N",
        scale=alt.Scale(domain=names, range=[COLOURS[part] for part in parts]),
        legend=alt.Legend(title=None, orient="right"),
    )
    tooltip = [
        alt.Tooltip("quarter:O", title=say("column.quarter", language)),
        alt.Tooltip(f"part_{language}:N", title=say("growth.part", language)),
        alt.Tooltip("amount:Q", title=say("growth.amount", language), format="$,.0f"),
        alt.Tooltip("share:Q", title=say("growth.axis_share", language), format="+.1%"),
    ]
    base = alt.Chart(history, width=560, height=260)
    bars = base.mark_bar(size=26, stroke="white", strokeWidth=1).encode(
        x, y, colour, order=alt.Order("place:Q"), tooltip=tooltip
    )
    sums = alt.Y("growth:Q")
    line = base.mark_line(color=INK, strokeWidth=1.5).encode(x, sums)
    points = base.mark_point(color=INK, size=55, filled=True, opacity=1).encode(
        x, sums, tooltip=[tooltip[0], alt.Tooltip("growth:Q", title=say("growth.sum", language), format="+.1%")]
    )
    zero = alt.Chart().mark_rule(color=LINE).encode(y=alt.datum(0))
    note = say("growth.chart_history_note", language, **numbers)
    return alt.layer(
        bars, zero, line, points, title=alt.TitleParams(say("growth.chart_history", language), subtitle=note)
    )


def _waterfall(language: str, currency: str, width: int, step: int) -> list[Any]:
    """Return the layers of a waterfall: bars that start where the one before ends, levels as strokes, intervals thin.

    The axis need not start at zero, because a rise of 1 % of all revenue could not be seen then; that is why the levels
    are strokes, whose length says nothing.
    """
    import altair as alt

    axis = alt.Axis(tickCount=4, gridColor=GRID, labelExpr=money_label(language, currency), title=None)
    scale = alt.Scale(zero=False, nice=True, padding=30)
    y = alt.Y(f"step_{language}:N", sort=alt.SortField("place"), title=None, axis=alt.Axis(grid=True, gridColor=GRID))
    tooltip = [
        alt.Tooltip(f"segment_{language}:N", title=say("column.segment", language)),
        alt.Tooltip(f"step_{language}:N", title=say("growth.part", language)),
        alt.Tooltip("amount:Q", title=say("growth.amount", language), format="$,.0f"),
        alt.Tooltip("n:Q", title=say("column.n_accounts", language), format=","),
    ]
    base = alt.Chart(width=width, height=alt.Step(step))
    stroke, fill = alt.Stroke("stroke:N", scale=None), alt.Fill("fill:N", scale=None)
    start, end = alt.X("left:Q", axis=axis, scale=scale), alt.X2("right:Q")
    moves = base.transform_filter("!datum.is_level && datum.amount != 0")
    return [
        moves.mark_bar(height=step * 0.56, strokeWidth=1.5, cornerRadius=1).encode(
            start, end, y, stroke, fill, tooltip=tooltip
        ),
        moves.mark_rule(strokeWidth=1.2, color=INK, opacity=0.55).encode(
            alt.X("low:Q", scale=scale), alt.X2("high:Q"), y
        ),
        base.transform_filter("datum.is_level")
        .mark_tick(thickness=3, size=step * 0.8, color=INK)
        .encode(alt.X("end:Q", scale=scale), y, tooltip=tooltip),
        base.mark_text(align="left", dx=5, fontSize=11, color=MUTED).encode(
            alt.X("shown_right:Q", scale=scale), y, text=f"text_{language}:N"
        ),
    ]
