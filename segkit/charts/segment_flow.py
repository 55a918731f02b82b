"""Where revenue, margin and risk go when there is one segment more: ribbons over the number of segments."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from segkit.charts.theme import GRID, INK, LINE
from segkit.texts import say

if TYPE_CHECKING:
    import pandas as pd

WIDTH, HEIGHT = 680, 220
RISKS = ["#FCEBDD", "#F6B98A", "#E8743B"]  # dark letters can be read on both
TOP = -0.13  # where the headings stand
HALF_LINE = 0.038  # of the height, by which the first of two lines stands above the middle


def segment_flow_chart(ribbons: pd.DataFrame, nodes: pd.DataFrame, language: str = "de", **_: Any) -> Any:
    """Return up to three pictures, one under the other: ribbons as wide as revenue, as margin, and as accounts.

    Parameters
    ----------
    ribbons, nodes : DataFrame
        Of `assess.flow_plot.shape_flow_plot`, not empty.
    language : str
        Of the words.
    """
    import altair as alt

    measures = list(dict.fromkeys(nodes["measure"]))
    panels = [_panel(ribbons, nodes, measure, language) for measure in measures]
    title = alt.TitleParams(
        say("near_equal.chart_flow", language), subtitle=say("near_equal.chart_flow_note", language)
    )
    plot = alt.vconcat(*panels, spacing=22).resolve_scale(color="independent", fill="independent")
    return plot.properties(title=title).configure_scale(invalid={"fill": {"value": GRID}})  # risk not known


def _panel(ribbons: pd.DataFrame, nodes: pd.DataFrame, measure: str, language: str) -> Any:
    import altair as alt

    x = alt.X("x:Q", axis=None, scale=alt.Scale(nice=False, zero=False, padding=26))
    vertical = alt.Scale(domain=[1.0, TOP - 0.05], nice=False, zero=False)
    low, high = alt.Y("low:Q", axis=None, scale=vertical), alt.Y2("high:Q")
    is_risk = measure == "risk"
    legend = alt.Legend(title=say("near_equal.axis_risk", language), format=".0%", orient="right", gradientLength=120)
    shade = alt.Fill("risk:Q", scale=alt.Scale(range=RISKS), legend=legend)
    fill = shade if is_risk else alt.Fill("colour:N", scale=None)
    words = {
        "cluster": say("near_equal.axis_segment", language),
        "next_cluster": say("near_equal.axis_next", language),
        "n_accounts": say("column.n_accounts", language),
        "share": say(f"near_equal.axis_share_{measure}", language),
        "risk": say("near_equal.axis_risk", language),
    }
    formats = {"n_accounts": ",", "share": ".1%", "risk": ".1%"}
    tips = {
        name: alt.Tooltip(f"{name}:{'Q' if name in formats else 'O'}", title=title, format=formats.get(name, ""))
        for name, title in words.items()
    }
    flow_tips = list(tips.values())
    node_tips = [tips[name] for name in ("cluster", "n_accounts", "share", "risk")]
    only = f"datum.measure == '{measure}'"
    flows = (
        alt.Chart(ribbons)
        .transform_filter(only)
        .mark_area(line=False, interpolate="monotone", opacity=0.85 if is_risk else 0.38, invalid="show")
        .encode(x, low, high, alt.Detail("ribbon:N"), fill=fill, tooltip=flow_tips)
    )
    base = alt.Chart(nodes).transform_filter(only)
    bars = base.mark_rect(cornerRadius=2, stroke=LINE if is_risk else None, invalid="show").encode(
        alt.X("left:Q", axis=None), low, fill=fill, x2="right:Q", y2="high:Q", tooltip=node_tips
    )
    ink = INK if is_risk else "white"
    shown, sign = "risk" if is_risk else "share", "\u00a0%" if language == "de" else "%"
    portion = f"datum.size == 2 && isValid(datum.{shown}) ? '\\n' + format(100 * datum.{shown}, '.0f') + '{sign}' : ''"
    letters = base.transform_filter("datum.size > 0").transform_calculate(
        words=f"datum.cluster + ({portion})", at=f"datum.middle - (datum.size == 2 ? {HALF_LINE} : 0)"
    )
    numbers = letters.mark_text(
        color=ink, fontSize=11, fontWeight=600, lineBreak="\n", lineHeight=14, baseline="middle"
    ).encode(x, alt.Y("at:Q", axis=None, scale=vertical), text="words:N")
    chosen = say("near_equal.chart_chosen", language)
    heads = base.transform_aggregate(is_chosen="max(is_chosen)", groupby=["x"]).transform_calculate(
        heading=f"datum.x + (datum.is_chosen ? ' {chosen}' : '')", top=str(TOP)
    )
    top = alt.Y("top:Q", axis=None, scale=vertical)
    headings = heads.mark_text(fontWeight=600, color=INK, baseline="top").encode(x, top, text="heading:N")
    title = alt.TitleParams(say(f"near_equal.chart_flow_{measure}", language), fontSize=13, offset=2)
    return alt.layer(flows, bars, numbers, headings).properties(width=WIDTH, height=HEIGHT, title=title)
