"""Charts of potential: what accounts buy against what they could buy, and the diamonds among them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from segkit import texts
from segkit.charts.theme import INK, LINE, SEGMENT_COLOURS, money_label

if TYPE_CHECKING:
    import altair as alt
    import pandas as pd

BLUE, GREEN, ORANGE = SEGMENT_COLOURS[:3]
PALE = ["#F5F9FD", "#7FB0E6"]  # dark text is readable on both ends
WIDTH, ROW = 620, 26


def potential_grid_chart(grid: pd.DataFrame, language: str, currency: str = "EUR") -> alt.LayerChart:
    """Return the grid of ABC class and potential class: accounts and the money they lack to their potential.

    The fields of B and C accounts with A potential are framed.

    Parameters
    ----------
    grid : DataFrame
        As `describe_grid` gives it: `abc_class`, `potential_class`, `n_accounts`, `gap`.
    language, currency : str
        Of the words and numbers.
    """
    import altair as alt

    say = _words(language)
    axis = {"labelAngle": 0, "grid": False, "domain": False, "ticks": False, "labelPadding": 6}
    base = alt.Chart(grid).encode(
        x=alt.X("potential_class:O", title=say("potential_class"), sort=list("CBA"), axis=alt.Axis(**axis)),
        y=alt.Y("abc_class:O", title=say("abc_class"), axis=alt.Axis(**axis)),
    )
    is_hidden = "datum.potential_class === 'A' && datum.abc_class !== 'A' && datum.n_accounts > 0"
    fields = base.mark_rect(stroke="white", strokeWidth=3, cornerRadius=5).encode(
        color=alt.Color("gap:Q", legend=None, scale=alt.Scale(range=PALE, domainMin=0))
    )
    frame = base.transform_filter(is_hidden).mark_rect(
        fill=None, stroke=ORANGE, strokeWidth=2.5, strokeOpacity=1, cornerRadius=5
    )
    some = base.transform_filter("datum.n_accounts > 0")
    one, many = say("one_account"), say("accounts")
    counts = some.transform_calculate(
        label=f"format(datum.n_accounts, ',') + (datum.n_accounts === 1 ? ' {one}' : ' {many}')"
    ).mark_text(dy=-8, fontSize=13, fontWeight=600, color=INK)
    money = money_label(language, currency).replace("datum.value", "datum.gap").replace(",.3~f", ",.3~r")
    gaps = some.transform_calculate(money=f"'+ ' + ({money})").mark_text(dy=10, fontSize=12, color=INK)
    layers = [fields, frame, counts.encode(text="label:N"), gaps.encode(text="money:N")]
    return alt.layer(*layers).properties(title=_title(say, "grid"), width=WIDTH, height=220)


def diamonds_chart(top: pd.DataFrame, language: str, currency: str = "EUR") -> alt.LayerChart:
    """Return the first diamonds: revenue today, and with its range what the best of similar customers buy.

    Parameters
    ----------
    top : DataFrame
        As `top_diamonds` gives them: `name`, `diamond_rank`, `revenue`, `potential`, `low`, `high`, `limit`.
    language, currency : str
        Of the words and numbers.
    """
    import altair as alt

    say = _words(language)
    power = "log(datum.value) / LN10"
    is_power = f"abs({power} - round({power})) < 1e-6"
    faint = alt.condition(is_power, alt.value(1), alt.value(0))
    label = f"{is_power} ? ({money_label(language, currency)}) : ''"
    x: dict[str, Any] = {
        "title": say("money"),
        "scale": alt.Scale(type="log", nice=True),
        "axis": alt.Axis(labelExpr=label, gridOpacity=faint, tickOpacity=faint),
    }
    names = alt.Y(
        "name:N",
        title=None,
        sort=alt.EncodingSortField("diamond_rank", order="ascending"),
        axis=alt.Axis(labelLimit=320, labelColor=INK),
    )
    base = alt.Chart(top).encode(y=names)
    tooltip = [
        alt.Tooltip("name:N", title=say("name")),
        *(
            alt.Tooltip(f"{c}:Q", title=texts.say(f"column.{key}", language), format=",.0f")
            for c, key in _SHOWN.items()
        ),
    ]
    limit = (
        alt.Chart(top).mark_rule(color=ORANGE, strokeDash=[5, 4], strokeWidth=1.5).encode(x=alt.X("min(limit):Q", **x))
    )
    way = base.mark_rule(color=LINE, strokeWidth=1.5).encode(x=alt.X("revenue:Q", **x), x2="potential:Q")
    span = base.mark_rule(color=GREEN, strokeWidth=5, opacity=0.35).encode(x=alt.X("low:Q", **x), x2="high:Q")
    points = [
        base.transform_calculate(kind=f"'{kind}'")
        .mark_point(filled=True, size=size, opacity=1)
        .encode(
            x=alt.X(f"{kind}:Q", **x),
            shape=alt.Shape(
                "kind:N", scale=alt.Scale(domain=list(_MARKS), range=[m for m, _ in _MARKS.values()]), legend=None
            ),
            color=alt.Color(
                "kind:N",
                scale=alt.Scale(domain=list(_MARKS), range=[colour for _, colour in _MARKS.values()]),
                legend=alt.Legend(title=None, orient="top", symbolOpacity=1, labelExpr=_labels(say)),
            ),
            tooltip=tooltip,
        )
        for kind, size in (("revenue", 60), ("potential", 90))
    ]
    height = alt.Step(ROW)
    return alt.layer(limit, way, span, *points).properties(
        title=_title(say, "diamonds"), width=WIDTH - 60, height=height
    )


_SHOWN = {"revenue": "revenue_12m", "potential": "potential", "low": "potential_low", "high": "potential_high"}
_MARKS = {"revenue": ("circle", BLUE), "potential": ("diamond", GREEN)}


def _labels(say: Any) -> str:
    """Return a Vega expression that replaces the two marks by their words."""
    import json

    return f"{json.dumps({kind: say(kind) for kind in _MARKS}, ensure_ascii=False)}[datum.value]"


def _words(language: str) -> Any:
    return lambda name: texts.say(f"potential.{name}", language)


def _title(say: Any, name: str) -> dict[str, str]:
    return {"text": say(f"{name}_title"), "subtitle": say(f"{name}_note")}
