"""Small multiples of notebook 08: a row for each segment, a column for each KPI, quarter by quarter."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING, Any

from segkit.charts.kpis import TOOLTIPS, kpi_axis, no_figures
from segkit.charts.theme import LINE
from segkit.kpis.catalogue import kpi_catalogue
from segkit.texts import say

if TYPE_CHECKING:
    import pandas as pd

WIDTH, HEIGHT, NAME, GAP = 150, 54, 128, 16
LETTERS = 24  # that fit above a panel
FAINT = 0.45
FIRST_QUARTERS = "slice(datum.value, 4) == 'Q1' ? slice(datum.value, 0, 4) : ''"
TARGET = "#8A1C1C"


def kpi_trellis_chart(
    shaped: pd.DataFrame,
    kpi_ids: list[str],
    title: str,
    language: str = "de",
    currency: str = "EUR",
    **numbers: Any,
) -> Any:
    """Return a grid of lines: segments down, KPIs across, all accounts on top and in grey behind each segment.

    Quarters in which nobody had segments yet (back-cast) are faint; hollow dots are small numbers or incomplete
    quarters; a dashed line is the target of a goal.

    Parameters
    ----------
    shaped : DataFrame
        Rows of all quarters as `shaping.shape_history` gives them: quarter, segment_id, kpi_id, value, low, high,
        drawn, drawn_low, drawn_high, n, is_small, is_complete, is_back_cast, overall, target, segment_de, segment_en,
        colour, dot, rank.
    kpi_ids : list of str
        Columns of the grid.
    title : str
        Key of the texts.
    language, currency : str
        Of the labels.
    **numbers
        For the line below the title: level (of the intervals, in percent).
    """
    import altair as alt

    if not kpi_ids:
        return no_figures(language)
    of_chart = shaped[shaped["kpi_id"].isin(kpi_ids)]
    filled = set(of_chart.loc[of_chart["value"].notna(), "segment_id"])
    rows = of_chart[of_chart["segment_id"].isin(filled)]
    titles = _titles(kpi_ids, language)
    columns = [_column(rows, kpi_id, titles[kpi_id], language, currency) for kpi_id in kpi_ids]
    columns.insert(0, _names(rows, [""] * len(titles[kpi_ids[0]]), language))
    notes = [say(f"kpi_page.{key}", language, **numbers) for key in ("trellis_note", "trellis_note_dots")]
    heading = alt.TitleParams(say(title, language), subtitle=notes)
    return alt.hconcat(*columns, spacing=14, title=heading).resolve_scale(y="independent")


def _column(shaped: pd.DataFrame, kpi_id: str, title: list[str], language: str, currency: str) -> Any:
    """Return the panels of one KPI below each other; rates share their axis, sums have one each."""
    import altair as alt

    is_rate = kpi_catalogue()[kpi_id].is_rate
    rows = shaped[shaped["kpi_id"] == kpi_id]
    axis = alt.Axis(labels=True, labelAngle=0, labelExpr=FIRST_QUARTERS, ticks=False, grid=False, labelFontSize=10)
    x = alt.X("quarter:O", title=None, axis=axis)
    axis_of = kpi_axis(kpi_id, language, currency, ticks=2)
    y = alt.Y("drawn:Q", title=None, axis=axis_of, scale=alt.Scale(zero=not is_rate))
    base = alt.Chart()
    layers = [
        base.mark_area(opacity=0.14).encode(x, alt.Y("drawn_low:Q"), alt.Y2("drawn_high:Q"), _fill("colour")),
        base.mark_line(strokeWidth=1.6, opacity=FAINT).encode(x, y, _stroke()),
        base.transform_filter("!datum.is_back_cast").mark_line(strokeWidth=2).encode(x, y, _stroke()),
        base.transform_filter("!datum.is_back_cast").mark_point(**_dot()).encode(x, y, _stroke(), _fill("dot")),
        base.mark_line(color=TARGET, strokeDash=[4, 3], strokeWidth=1.2).encode(x, alt.Y("target:Q")),
        base.mark_point(size=60, opacity=0).encode(x, y, tooltip=_tooltip(kpi_id, language)),
    ]
    if is_rate:
        grey = base.transform_filter("datum.segment_id != 'ALL'")
        layers.insert(0, grey.mark_line(color=LINE, strokeWidth=1.2).encode(x, alt.Y("overall:Q")))
    panel = alt.layer(*layers, data=rows).properties(width=WIDTH, height=HEIGHT)
    grid = panel.facet(row=_rows(language), spacing=GAP, bounds="flush", title=_title(title))
    return grid if is_rate else grid.resolve_scale(y="independent")


def _names(rows: pd.DataFrame, title: list[str], language: str) -> Any:
    """Return the names of the segments as a column of their own, so that they stand in line."""
    import altair as alt

    named = rows.drop_duplicates("segment_id")
    text = alt.Chart().mark_text(align="left", x=0, fontSize=12, fontWeight=600, limit=NAME)
    label = text.encode(text=f"segment_{language}:N", color=alt.Color("colour:N", scale=None))
    panel = alt.layer(label, data=named).properties(width=NAME, height=HEIGHT)
    return panel.facet(row=_rows(language), spacing=GAP, bounds="flush", title=_title(title))


def _rows(language: str) -> Any:
    import altair as alt

    return alt.Row(f"segment_{language}:N", sort=alt.SortField("rank"), header=alt.Header(title=None, labels=False))


def _titles(kpi_ids: list[str], language: str) -> dict[str, list[str]]:
    """Return the names of KPIs in lines that fit above a panel, all in the same number of them."""
    lines = {kpi_id: textwrap.wrap(say(f"kpis.name_{kpi_id}", language), LETTERS) for kpi_id in kpi_ids}
    most = max(len(line) for line in lines.values())
    return {kpi_id: [""] * (most - len(line)) + line for kpi_id, line in lines.items()}


def _title(lines: list[str]) -> Any:
    import altair as alt

    return alt.TitleParams(lines, fontSize=12, anchor="start", offset=8)


def _dot() -> dict[str, Any]:
    return {"size": 26, "opacity": 1, "strokeWidth": 1.6, "filled": True}


def _stroke() -> Any:
    import altair as alt

    return alt.Stroke("colour:N", scale=None)


def _fill(column: str) -> Any:
    import altair as alt

    return alt.Fill(f"{column}:N", scale=None)


def _tooltip(kpi_id: str, language: str) -> list[Any]:
    import altair as alt

    form = TOOLTIPS[kpi_catalogue()[kpi_id].unit]
    called = {"segment": f"segment_{language}:N", "quarter": "quarter:N"}
    words = [alt.Tooltip(field, title=say(f"column.{name}", language)) for name, field in called.items()]
    figures = [alt.Tooltip(f"{n}:Q", title=say(f"column.{n}", language), format=form) for n in ("value", "low", "high")]
    behind = alt.Tooltip("n:Q", title=say(f"kpi_page.counted_{kpi_catalogue()[kpi_id].counted}", language), format=",")
    target = alt.Tooltip("target:Q", title=say("kpi_page.target", language), format=form)
    return [*words, *figures, behind, target]
