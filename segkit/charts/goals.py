"""Chart of the goals: quarters with their intervals, the target, and what is to be expected at the deadline."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from segkit.charts.theme import GRID, INK, LINE, MUTED, SEGMENT_COLOURS, money_label
from segkit.kpis.catalogue import kpi_catalogue
from segkit.texts import say

if TYPE_CHECKING:
    import pandas as pd

ACROSS, WIDTH, HEIGHT = 2, 340, 150
MOST = 12
MOST_TITLE = 52
COLOURS = {"good": "#14683F", "bad": "#A8210C", "plain": MUTED}  # as on all pages; the word stands beside each


def goals_chart(
    shaped: pd.DataFrame, series: pd.DataFrame, language: str = "de", currency: str = "EUR", level: float = 95
) -> Any:
    """Return one panel per goal: its values by quarter, the target as a dashed line, the prediction at the deadline.

    Parameters
    ----------
    shaped : DataFrame
        goal_id, kpi_id, target, deadline, tone, icon, and in the language kpi, whom, verdict, shown_target
        (`shape_goals`); at most 12 are drawn.
    series : DataFrame
        goal_id, quarter, value, low, high, is_back_cast, expected, expected_low, expected_high (`goal_series`).
    language, currency : str
        Of the labels.
    level : float
        Of the intervals, in percent.
    """
    import altair as alt

    if shaped.empty:
        import pandas as pd

        frame = pd.DataFrame({"text": [say("goals.none", language)]})
        return alt.Chart(frame, width=760, height=40).mark_text(color=MUTED, fontSize=13).encode(text="text:N")
    panels = [_panel(goal, series, language, currency) for goal in shaped.head(MOST).to_dict("records")]
    note = [say(f"goals.chart_note{part}", language, level=level) for part in ("", "_more")]
    title = alt.TitleParams(say("goals.chart", language), subtitle=note)
    return alt.concat(*panels, columns=ACROSS, spacing=26, title=title)


def _panel(goal: dict[str, Any], series: pd.DataFrame, language: str, currency: str) -> Any:
    import altair as alt

    x = alt.X("quarter:O", title=None, axis=alt.Axis(labelAngle=-60, labelOverlap=True, labelFontSize=11, grid=False))
    y = alt.Y("value:Q", title=None, scale=alt.Scale(zero=False), axis=_axis(goal["kpi_id"], language, currency))
    own = alt.Chart(series).transform_filter(f"datum.goal_id == {_quoted(goal['goal_id'])}")
    known, blue = own.transform_filter("isValid(datum.value)"), SEGMENT_COLOURS[0]
    ahead = own.transform_filter("isValid(datum.expected)")
    light = alt.condition("datum.is_back_cast", alt.value(0.45), alt.value(1))
    tone = COLOURS[goal["tone"]]
    dots = known.mark_point(color=blue, filled=True, size=52)
    layers = alt.layer(
        own.mark_point(opacity=0, size=1).encode(x),  # all quarters up to the deadline have a place
        known.mark_rule(color=blue, strokeWidth=1.6, opacity=0.45).encode(x, alt.Y("low:Q"), alt.Y2("high:Q")),
        known.mark_line(color=blue, strokeWidth=1.8).encode(x, y),
        dots.encode(x, y, opacity=light, tooltip=_tooltip(goal, language)),
        ahead.mark_rule(color=tone, strokeWidth=3, opacity=0.5).encode(
            x, alt.Y("expected_low:Q"), alt.Y2("expected_high:Q")
        ),
        ahead.mark_point(shape="diamond", color=tone, filled=True, size=110, opacity=1).encode(
            x, alt.Y("expected:Q"), tooltip=_tooltip(goal, language, "expected_")
        ),
        alt.Chart().mark_rule(color=INK, strokeDash=[5, 3], strokeWidth=1.4).encode(y=alt.datum(float(goal["target"]))),
        data=series,
    )
    words = {name: goal[f"{name}_{language}"] for name in ("kpi", "whom", "verdict")}
    target = goal[f"shown_target_{language}"]
    subtitle = say("goals.chart_subtitle", language, target=target, deadline=goal["deadline"], verdict=words["verdict"])
    title = say("goals.chart_title", language, kpi=words["kpi"], whom=words["whom"])
    title = title if len(title) <= MOST_TITLE else title[: MOST_TITLE - 1].rstrip() + "…"
    heads: dict[str, Any] = {"fontSize": 13, "offset": 8, "anchor": "start", "frame": "group", "subtitleColor": tone}
    return layers.properties(
        title=alt.TitleParams(title, subtitle=f"{goal['icon']} {subtitle}", **heads), width=WIDTH, height=HEIGHT
    )


def _quoted(text: str) -> str:
    """Return a text as a literal of Vega's expressions; ids of goals come from the project's file."""
    import json

    return json.dumps(str(text))


def _axis(kpi_id: str, language: str, currency: str) -> Any:
    import altair as alt

    unit = kpi_catalogue()[kpi_id].unit
    if unit == "money":
        labels: dict[str, Any] = {"labelExpr": money_label(language, currency)}
    elif unit == "percent":
        sign = "%" if language == "en" else "\u00a0%"
        labels = {"labelExpr": f"format(100 * datum.value, ',.3~f') + '{sign}'"}
    else:
        labels = {"format": ",.3~f"}
    return alt.Axis(tickCount=4, gridColor=GRID, domainColor=LINE, **labels)


def _tooltip(goal: dict[str, Any], language: str, prefix: str = "") -> list[Any]:
    import altair as alt

    form = {"percent": ".1%", "money": ",.0f"}.get(kpi_catalogue()[goal["kpi_id"]].unit, ",.2~f")
    names = {"value": f"{prefix.rstrip('_') or 'value'}", "low": f"{prefix}low", "high": f"{prefix}high"}
    figures = [
        alt.Tooltip(f"{column}:Q", title=say(f"column.{name}", language), format=form) for name, column in names.items()
    ]
    return [alt.Tooltip("quarter:N", title=say("column.quarter", language)), *figures]
