"""Charts of notebook 09: who moved (matrix), with how much revenue (Sankey), why (causes), and what has drifted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from segkit.charts.theme import GRID, INK, LINE, MUTED, SEGMENT_COLOURS, money_label
from segkit.texts import say

if TYPE_CHECKING:
    import pandas as pd

CELL_WIDTH, CELL_HEIGHT = 62, 34
SANKEY_WIDTH, SANKEY_HEIGHT = 760, 500
ROOM = 0.62  # beside the ribbons, for the labels of the nodes
NODE = 0.018


def migration_matrix_chart(cells: pd.DataFrame, language: str = "de", currency: str = "EUR") -> Any:
    """Return the matrix: accounts from each segment (rows) to each segment (columns).

    Parameters
    ----------
    cells : DataFrame
        from_de, from_en, to_de, to_en, from_rank, to_rank, n_accounts, revenue, share, label, fill, ink
        (`monitoring.shaping.shape_matrix`).
    language, currency : str
        Of the labels.
    """
    import altair as alt

    axis = alt.Axis(title=say("migration.chart_to", language), orient="top", labelAngle=-40, domain=False, ticks=False)
    x = alt.X(f"to_{language}:N", sort=alt.SortField("to_rank"), axis=axis)
    y = alt.Y(
        f"from_{language}:N",
        sort=alt.SortField("from_rank"),
        axis=alt.Axis(title=say("migration.chart_from", language), labelPadding=8),
    )
    tooltip = [
        alt.Tooltip(f"from_{language}:N", title=say("migration.chart_from", language)),
        alt.Tooltip(f"to_{language}:N", title=say("migration.chart_to", language)),
        alt.Tooltip("n_accounts:Q", title=say("column.n_accounts", language), format=","),
        alt.Tooltip("share:Q", title=say("migration.chart_share", language), format=".1%"),
        alt.Tooltip("revenue:Q", title=say("column.revenue", language), format="$,.0f"),
    ]
    base = alt.Chart(cells, width=alt.Step(CELL_WIDTH), height=alt.Step(CELL_HEIGHT))
    squares = base.mark_rect(stroke="white", strokeWidth=2).encode(
        x, y, alt.Color("fill:N", scale=None), tooltip=tooltip
    )
    numbers = base.mark_text(fontSize=13, fontWeight=500).encode(x, y, alt.Color("ink:N", scale=None), text="label:N")
    title = alt.TitleParams(
        say("migration.chart_matrix", language), subtitle=say("migration.chart_matrix_note", language)
    )
    return alt.layer(squares, numbers, title=title)


def migration_sankey_chart(
    ribbons: pd.DataFrame, nodes: pd.DataFrame, language: str = "de", currency: str = "EUR"
) -> Any:
    """Return revenue flowing from the segments of the previous quarter to those of this one.

    Parameters
    ----------
    ribbons, nodes : DataFrame
        Of `monitoring.sankey.shape_sankey`.
    language, currency : str
        Of the labels.
    """
    import altair as alt

    x = alt.X("x:Q", axis=None, scale=alt.Scale(domain=[-ROOM, 1 + ROOM], nice=False, zero=False))
    vertical = alt.Scale(domain=[1.0, -0.05], nice=False, zero=False)
    low, high = alt.Y("low:Q", axis=None, scale=vertical), alt.Y2("high:Q")
    money = {name: say(f"migration.chart_{name}", language) for name in ("revenue_before", "revenue_12m")}
    flows = (
        alt.Chart(ribbons)
        .mark_area(line=False)
        .encode(
            x,
            low,
            high,
            alt.Fill("colour:N", scale=None),
            alt.FillOpacity("opacity:Q", scale=None),
            alt.Detail("ribbon:N"),
            tooltip=[
                alt.Tooltip(f"title_{language}:N", title=say("migration.chart_move", language)),
                alt.Tooltip("n_accounts:Q", title=say("column.n_accounts", language), format=","),
                *(alt.Tooltip(f"{name}:Q", title=title, format="$,.0f") for name, title in money.items()),
            ],
        )
    )
    bars = alt.Chart(nodes).transform_calculate(x=f"datum.side - {NODE}", end=f"datum.side + {NODE}")
    bars = bars.mark_rect().encode(x, alt.X2("end:Q"), low, high, alt.Fill("colour:N", scale=None))
    layers = [flows, bars]
    for side, align, shift in ((0, "right", -10), (1, "left", 10)):
        for weight in (400, 600):  # Vega-Lite takes the weight of letters from no column
            text = alt.Chart(nodes).transform_filter(f"datum.side == {side} && datum.weight == {weight}")
            text = text.mark_text(align=align, dx=shift, fontSize=12, fontWeight=weight, baseline="middle")
            place = alt.X("side:Q"), alt.Y("middle:Q", scale=vertical)
            layers.append(text.encode(*place, text=f"label_{language}:N"))
    title = alt.TitleParams(
        say("migration.chart_sankey", language), subtitle=say("migration.chart_sankey_note", language)
    )
    return alt.layer(*layers, title=title, width=SANKEY_WIDTH, height=SANKEY_HEIGHT)


def migration_causes_chart(causes: pd.DataFrame, language: str = "de", currency: str = "EUR") -> Any:
    """Return one bar per cause: the revenue of the accounts that it moved, with their number behind it.

    Parameters
    ----------
    causes : DataFrame
        cause_de, cause_en, label_de, label_en, carried, rank (`monitoring.shaping.shape_causes`).
    language, currency : str
        Of the labels.
    """
    import altair as alt

    axis = alt.Axis(tickCount=5, gridColor=GRID, labelExpr=money_label(language, currency))
    x = alt.X("carried:Q", title=say("migration.chart_carried", language), axis=axis)
    y = alt.Y(f"cause_{language}:N", sort=alt.SortField("rank"), title=None)
    base = alt.Chart(causes, width=480, height=alt.Step(34))
    bars = base.mark_bar(color=SEGMENT_COLOURS[0], height=20).encode(x, y)
    labels = base.mark_text(align="left", dx=6, color=MUTED).encode(x, y, text=f"label_{language}:N")
    note = say("migration.chart_causes_note", language)
    return alt.layer(bars, labels, title=alt.TitleParams(say("migration.chart_causes", language), subtitle=note))


def drift_chart(drift: pd.DataFrame, watch: float, shifted: float, language: str = "de", **_: Any) -> Any:
    """Return one row per criterion: its drift as a dot, what chance alone makes as a stroke, for both references.

    Parameters
    ----------
    drift : DataFrame
        variable_de, variable_en, reference_de, reference_en, status_de, status_en, fill, order, shown, shown_noise,
        psi, psi_noise (`monitoring.shaping.shape_drift`).
    watch, shifted : float
        Limits of the settings, drawn as lines.
    language : str
        Of the labels.
    """
    import altair as alt

    axis = alt.Axis(values=[0, 0.02, 0.1, 0.25, 0.5, 1], format=".2~f", gridColor=GRID)
    scale = alt.Scale(type="sqrt", domain=[0, 1])
    x = alt.X("shown:Q", title=say("migration.chart_psi", language), scale=scale, axis=axis)
    y = alt.Y(
        f"variable_{language}:N", sort=alt.SortField("order"), title=None, axis=alt.Axis(grid=True, gridColor=GRID)
    )
    base = alt.Chart(width=270, height=alt.Step(24))
    status = alt.Fill("fill:N", scale=None)
    tooltip = [
        alt.Tooltip(f"variable_{language}:N", title=say("migration.chart_criterion", language)),
        alt.Tooltip("psi:Q", title="PSI", format=".3f"),
        alt.Tooltip("psi_noise:Q", title=say("migration.chart_noise", language), format=".3f"),
        alt.Tooltip(f"status_{language}:N", title=say("migration.chart_status", language)),
    ]
    limits = [
        alt.Chart().mark_rule(color=LINE, strokeDash=[4, 3]).encode(x=alt.datum(limit, scale=scale))
        for limit in (watch, shifted)
    ]
    noise = base.mark_tick(color=INK, thickness=2, size=18).encode(alt.X("shown_noise:Q", scale=scale), y)
    dots = base.mark_point(size=80, filled=True, opacity=1, stroke="white").encode(x, y, status, tooltip=tooltip)
    panel = alt.layer(*limits, noise, dots, data=drift)
    header = alt.Header(title=None, labelAnchor="start", labelFontWeight=600, labelColor=INK)
    columns = alt.Facet(f"reference_{language}:N", sort=alt.SortField("place"), header=header)
    note = say("migration.chart_drift_note", language, watch=watch, shifted=shifted)
    title = alt.TitleParams(say("migration.chart_drift", language), subtitle=note)
    return panel.facet(column=columns, spacing=24, title=title)
