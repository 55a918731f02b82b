"""Own growth beside the growth of the market, one row per segment."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from segkit.charts.theme import GRID, INK, LINE
from segkit.texts import say

if TYPE_CHECKING:
    import pandas as pd


def market_chart(shaped: pd.DataFrame, language: str = "de", **numbers: Any) -> Any:
    """Return one row per segment: own growth as a dot with its interval, that of the market as a stroke.

    Parameters
    ----------
    shaped : DataFrame
        segment_de, segment_en, rank, own_growth, own_low, own_high, market_growth, gap, n_accounts, stroke, fill
        (`monitoring.market_words.shape_market`).
    language : str
        Of the labels.
    **numbers
        For the note: period, min_accounts.
    """
    import altair as alt

    axis = alt.Axis(format="+.0%", gridColor=GRID, tickCount=7)
    x = alt.X("own_growth:Q", title=say("growth.market_axis", language), axis=axis)
    y = alt.Y(f"segment_{language}:N", sort=alt.SortField("rank"), title=None, axis=alt.Axis(grid=True, gridColor=GRID))
    tooltip = [
        alt.Tooltip(f"segment_{language}:N", title=say("column.segment", language)),
        alt.Tooltip("own_growth:Q", title=say("column.own_growth", language), format="+.1%"),
        alt.Tooltip("market_growth:Q", title=say("column.market_growth", language), format="+.1%"),
        alt.Tooltip("gap:Q", title=say("column.gap_rate", language), format="+.1%"),
        alt.Tooltip("n_accounts:Q", title=say("column.n_accounts", language), format=","),
    ]
    base = alt.Chart(shaped, width=640, height=alt.Step(28))
    stroke, fill = alt.Stroke("stroke:N", scale=None), alt.Fill("fill:N", scale=None)
    title = alt.TitleParams(
        say("growth.market_chart", language, **numbers), subtitle=say("growth.market_chart_note", language, **numbers)
    )
    return alt.layer(
        alt.Chart().mark_rule(color=LINE).encode(x=alt.datum(0)),
        base.mark_rule(strokeWidth=2.4, opacity=0.5).encode(alt.X("own_low:Q"), alt.X2("own_high:Q"), y, stroke),
        base.mark_tick(thickness=3, size=20, color=INK).encode(alt.X("market_growth:Q"), y, tooltip=tooltip),
        base.mark_point(size=75, opacity=1, strokeWidth=2, filled=True).encode(x, y, stroke, fill, tooltip=tooltip),
        title=title,
    )
