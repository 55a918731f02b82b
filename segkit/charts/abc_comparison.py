"""The matrix of the ABC class that the source system holds and the one of this run."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from segkit.charts.theme import INK, MUTED, money_label
from segkit.texts import say

if TYPE_CHECKING:
    import pandas as pd

FILLS = {"same": "#DCE9F7", "up": "#DDF0E4", "down": "#FBE6D9", "unrated": "#F0F2F5"}
"""Pale enough for dark text: agreed, better now, worse now."""
WIDTH, ROW = 480, 64


def abc_matrix_chart(cells: pd.DataFrame, language: str, currency: str = "EUR") -> Any:
    """Return old class (rows) × new class (columns): accounts and revenue in each field, coloured by what changed.

    Parameters
    ----------
    cells : DataFrame
        As `segkit.value.abc_comparison.cross_classes` gives them: `source_abc_class`, `abc_class`, `change`,
        `n_accounts`, `revenue`; accounts without one of the classes are left to the page.
    language, currency : str
        Of the words and numbers.
    """
    import altair as alt

    axis = {"labelAngle": 0, "grid": False, "domain": False, "ticks": False, "labelPadding": 8, "labelFontWeight": 600}
    y = alt.Y("source_abc_class:O", title=say("value.class_old", language), axis=alt.Axis(**axis))
    x = alt.X("abc_class:O", title=say("value.class_new", language), axis=alt.Axis(orient="top", **axis))
    words = {change: say(f"value.class_{change}", language) for change in ("same", "up", "down")}
    colour = alt.Color(
        "change:N",
        scale=alt.Scale(domain=list(words), range=[FILLS[change] for change in words]),
        legend=alt.Legend(title=None, orient="bottom", labelExpr=_labels(words), symbolType="square", symbolSize=180),
    )
    one, many = say("value.one_account", language), say("value.accounts", language)
    money = money_label(language, currency).replace("datum.value", "datum.revenue").replace(",.3~f", ",.3~r")
    base = (
        alt.Chart(cells)
        .transform_filter("datum.source_abc_class !== '' && datum.abc_class !== '' && datum.change !== 'unrated'")
        .transform_calculate(
            accounts=f"format(datum.n_accounts, ',') + (datum.n_accounts === 1 ? ' {one}' : ' {many}')", money=money
        )
        .encode(x=x, y=y)
    )
    fields = base.mark_rect(stroke="white", strokeWidth=4, cornerRadius=6).encode(color=colour)
    filled = base.transform_filter("datum.n_accounts > 0")
    counts = filled.mark_text(dy=-8, fontSize=14, fontWeight=600, color=INK).encode(text="accounts:N")
    sums = filled.mark_text(dy=11, fontSize=12, color=INK).encode(text="money:N")
    empty = base.transform_filter("datum.n_accounts === 0").mark_text(color=MUTED, text="–")
    title = alt.TitleParams(say("value.class_title", language), subtitle=say("value.class_note", language))
    return alt.layer(fields, counts, sums, empty).properties(title=title, width=WIDTH, height=alt.Step(ROW))


def _labels(words: dict[str, str]) -> str:
    import json

    return f"{json.dumps(words, ensure_ascii=False)}[datum.value]"
