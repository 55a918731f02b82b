"""Chart of notebook 08: the KPIs of a quarter by segment, with their intervals."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from segkit.charts.theme import GRID, INK, LINE, MUTED, money_label
from segkit.kpis.catalogue import kpi_catalogue
from segkit.texts import say

if TYPE_CHECKING:
    import pandas as pd

ACROSS = 3
WIDTH, STEP = 210, 26
TOOLTIPS = {"percent": ".1%", "number": ",.2~f", "money": ",.0f", "days": ",.0f", "seconds": ",.0f"}
DOT: dict[str, Any] = {"size": 70, "opacity": 1, "strokeWidth": 2, "filled": True}


def kpi_by_segment_chart(
    shaped: pd.DataFrame,
    kpi_ids: tuple[str, ...],
    title: str,
    language: str = "de",
    currency: str = "EUR",
    **numbers: Any,
) -> Any:
    """Return one panel per KPI of the newest quarter: a dot and its interval per segment, overall as a dashed line.

    Parameters
    ----------
    shaped : DataFrame
        quarter, segment_id, kpi_id, value, low, high, n, is_small, segment_de, segment_en, colour, fill, rank, shown,
        is_far, shown_low, shown_high, is_cut_low, is_cut_high (`shape_kpis`).
    kpi_ids : tuple of str
        KPIs in order; those without any value are left out.
    title : str
        Key of the texts.
    language, currency : str
        Of the labels.
    **numbers
        For the line below the title: level (of the intervals, in percent), min_accounts.
    """
    import altair as alt

    newest = shaped[shaped["quarter"] == shaped["quarter"].max()]
    with_values = set(newest.loc[(newest["segment_id"] != "ALL") & newest["value"].notna(), "kpi_id"])
    shown = [kpi_id for kpi_id in kpi_ids if kpi_id in with_values]
    if not shown:
        return no_figures(language)
    panels = [
        _segment_panel(newest, kpi_id, place % ACROSS == 0, language, currency) for place, kpi_id in enumerate(shown)
    ]
    note = say("kpis.chart_levels_note", language, **numbers)
    return alt.concat(*panels, columns=ACROSS, spacing=22, title=alt.TitleParams(say(title, language), subtitle=note))


def _segment_panel(newest: pd.DataFrame, kpi_id: str, has_names: bool, language: str, currency: str) -> Any:
    """Return dots and intervals of one KPI; a triangle stands where an interval goes on beyond the panel."""
    import altair as alt

    kpi = kpi_catalogue()[kpi_id]
    names = alt.Axis(title=None, labelLimit=150, grid=True, gridColor=GRID, labels=has_names, labelPadding=8)
    y = alt.Y(f"segment_{language}:N", sort=alt.SortField("rank"), axis=names)
    axis = kpi_axis(kpi_id, language, currency)
    x = alt.X("shown:Q", title=None, axis=axis, scale=alt.Scale(zero=kpi.unit != "percent" or not kpi.less_one))
    of_kpi = alt.Chart(newest).transform_filter(f"datum.kpi_id == '{kpi_id}'")
    segments = of_kpi.transform_filter("datum.segment_id != 'ALL'")
    layers = [
        segments.mark_rule(strokeWidth=2.4, opacity=0.45).encode(
            alt.X("shown_low:Q"), alt.X2("shown_high:Q"), y, _colour()
        )
    ]
    for end, shape in (("low", "triangle-left"), ("high", "triangle-right")):
        cut = segments.transform_filter(f"datum.is_cut_{end}")
        layers.append(cut.mark_point(shape=shape, size=34, filled=True).encode(alt.X(f"shown_{end}:Q"), y, _colour()))
    shape = alt.condition("datum.is_far", alt.value("triangle-right"), alt.value("circle"))
    dots = segments.mark_point(**DOT)
    layers.append(dots.encode(x, y, _colour(), _fill(), shape=shape, tooltip=_tooltip(kpi_id, language)))
    if kpi.denominator and not kpi.of_all:
        overall = of_kpi.transform_filter("datum.segment_id == 'ALL'")
        layers.insert(0, overall.mark_rule(strokeDash=[4, 3], color=INK, strokeWidth=1.3).encode(x))
    if kpi.less_one:
        layers.insert(0, alt.Chart().mark_rule(color=LINE).encode(x=alt.datum(0)))
    title = alt.TitleParams(say(f"kpis.name_{kpi_id}", language), fontSize=13, offset=6, anchor="start")
    return alt.layer(*layers, data=newest, title=title, width=WIDTH, height=alt.Step(STEP))


def kpi_axis(kpi_id: str, language: str, currency: str, ticks: int = 4) -> Any:
    """Return the axis of a KPI's values in its unit and in the manner of the language."""
    import altair as alt

    unit = kpi_catalogue()[kpi_id].unit
    if unit == "money":
        labels: dict[str, Any] = {"labelExpr": money_label(language, currency)}
    elif unit == "percent":
        sign = "%" if language == "en" else "\u00a0%"
        labels = {"labelExpr": f"format(100 * datum.value, ',.3~f') + '{sign}'"}
    else:
        labels = {"format": ",.3~f"}
    return alt.Axis(tickCount=ticks, gridColor=GRID, labelSeparation=10, **labels)


def _colour() -> Any:
    import altair as alt

    return alt.Stroke("colour:N", scale=None)


def _fill() -> Any:
    import altair as alt

    return alt.Fill("fill:N", scale=None)


def _tooltip(kpi_id: str, language: str) -> list[Any]:
    import altair as alt

    form = TOOLTIPS[kpi_catalogue()[kpi_id].unit]
    titles = {name: say(f"column.{name}", language) for name in ("segment", "quarter", "value", "low", "high")}
    figures = [alt.Tooltip(f"{name}:Q", title=titles[name], format=form) for name in ("value", "low", "high")]
    accounts = alt.Tooltip("n:Q", title=say("kpis.accounts_behind", language), format=",")
    return [
        alt.Tooltip(f"segment_{language}:N", title=titles["segment"]),
        alt.Tooltip("quarter:N", title=titles["quarter"]),
        *figures,
        accounts,
    ]


def no_figures(language: str) -> Any:
    """Return a chart that says that there is nothing to draw."""
    import altair as alt
    import pandas as pd

    frame = pd.DataFrame({"text": [say("kpis.nothing", language)]})
    return alt.Chart(frame, width=560, height=60).mark_text(color=MUTED, fontSize=13).encode(text="text:N")
