"""Charts of notebook 02: who carries the money, who buys often and lately, what rises and what falls."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from segkit import texts
from segkit.charts.theme import INK, LINE, MUTED, SEGMENT_COLOURS, money_label

if TYPE_CHECKING:
    import altair as alt
    import pandas as pd

BLUE, GREEN, ORANGE, VIOLET = SEGMENT_COLOURS[:4]
PALE = ["#F5F9FD", "#7FB0E6"]  # dark text is readable on both ends
BANDS = ["#DCE9F7", "#EEF4FB", "#F8FAFC"]
WIDTH, HEIGHT = 620, 320


def pareto_chart(curve: pd.DataFrame, language: str, currency: str = "EUR") -> alt.LayerChart:
    """Return which share of accounts brings which share of the money, over bands of ABC classes by revenue.

    One line for revenue, and one each for margin and lifetime value where they are known.

    Parameters
    ----------
    curve : DataFrame
        As `describe_pareto` gives it: `measure`, `account_share`, `money_share`, `abc_class`, `n_accounts`.
    language, currency : str
        Of the words and numbers.
    """
    import altair as alt

    say = _words(language)
    base = alt.Chart(curve)
    bands = (
        base.transform_filter("datum.measure === 'revenue'")
        .transform_aggregate(end="max(account_share)", n_end="max(n_accounts)", groupby=["abc_class"])
        .transform_window(start="lag(end)", n_start="lag(n_end)", sort=[alt.SortField("end")])
        .transform_calculate(
            start="datum.start || 0",
            label=f"datum.abc_class + ': ' + {_count('(datum.n_end - datum.n_start)', say)}",
            height="datum.abc_class === 'A' ? 0.17 : datum.abc_class === 'B' ? 0.10 : 0.03",  # none over its neighbour
        )
        .encode(x=alt.X("start:Q"))
    )
    shade = bands.mark_rect().encode(
        x2="end:Q", color=alt.Color("abc_class:N", legend=None, scale=alt.Scale(domain=list("ABC"), range=BANDS))
    )
    names = bands.mark_text(align="left", dx=5, fontWeight=600, color=MUTED).encode(
        y=alt.Y("height:Q", axis=None, scale=alt.Scale(domain=[0, 1])),
        text="label:N",
    )
    colours = {"revenue": BLUE, "margin": GREEN, "lifetime": VIOLET}
    measures = [measure for measure in colours if (curve["measure"] == measure).any()]
    lines = base.mark_line(interpolate="linear").encode(
        x=alt.X(
            "account_share:Q",
            title=say("account_share"),
            axis=alt.Axis(format=".0%", tickCount=10),
            scale=alt.Scale(nice=False),
        ),
        y=alt.Y(
            "money_share:Q",
            title=say("money_share"),
            axis=alt.Axis(format=".0%", tickCount=10),
            scale=alt.Scale(domain=[0, 1]),
        ),
        stroke=alt.Stroke(
            "measure:N",
            scale=alt.Scale(domain=measures, range=[colours[measure] for measure in measures]),
            legend=alt.Legend(
                title=None,
                orient="top",
                symbolType="stroke",
                labelExpr=_labels({m: say(f"measure_{m}") for m in measures}),
            ),
        ),
    )
    layers = alt.layer(shade, names, lines).resolve_scale(color="independent", stroke="independent", y="independent")
    return layers.properties(title=_title(say, "pareto"), width=WIDTH, height=HEIGHT)


def rfm_chart(cells: pd.DataFrame, language: str, currency: str = "EUR") -> alt.LayerChart:
    """Return the map of recency and frequency: accounts and share of revenue in each field.

    Parameters
    ----------
    cells : DataFrame
        As `count_rfm` gives them: `r_score`, `f_score`, `n_accounts`, `revenue_share`.
    language, currency : str
        Of the words and numbers.
    """
    import altair as alt

    say = _words(language)
    x = alt.X("r_score:O", title=say("r_score"), axis=_plain_axis())
    y = alt.Y("f_score:O", title=say("f_score"), sort="descending", axis=_plain_axis())
    return _map(cells, x, y, say, "rfm", height=HEIGHT)


def regularity_chart(cells: pd.DataFrame, language: str, currency: str = "EUR") -> alt.LayerChart:
    """Return the matrix of ABC and XYZ classes: accounts and share of revenue in each field.

    Parameters
    ----------
    cells : DataFrame
        As `count_classes` gives them: `abc_class`, `xyz_class`, `n_accounts`, `revenue_share`.
    language, currency : str
        Of the words and numbers.
    """
    import altair as alt

    say = _words(language)
    words = {letter: say(f"class_{letter.lower()}") for letter in "XYZ"}
    x = alt.X("xyz_class:O", title=say("xyz_class"), axis=_plain_axis(labelExpr=_labels(words)))
    y = alt.Y("abc_class:O", title=say("abc_class"), axis=_plain_axis())
    return _map(cells, x, y, say, "regularity", height=210)


def changes_chart(steps: pd.DataFrame, language: str, currency: str = "EUR") -> alt.LayerChart:
    """Return the steps that lead from the revenue of the year before to that of this year, and their sum.

    Parameters
    ----------
    steps : DataFrame
        As `sum_changes` gives them: `step`, `n_accounts`, `amount`, `low`, `high`.
    language, currency : str
        Of the words and numbers.
    """
    import altair as alt

    say = _words(language)
    colours = {"lost": ORANGE, "shrunk": ORANGE, "grown": GREEN, "back": GREEN, "new": GREEN, "net": BLUE}
    words = {step: say(f"step_{step}") for step in colours}
    money = alt.Axis(labelExpr=money_label(language, currency), tickCount=6)
    base = (
        alt.Chart(steps)
        .transform_calculate(money=_money("amount", language, currency), accounts=_count("datum.n_accounts", say))
        .encode(
            x=alt.X(
                "step:N",
                sort=list(colours),
                title=None,
                axis=alt.Axis(labelAngle=0, labelExpr=_labels(words), ticks=False, domain=False, labelPadding=8),
            )
        )
    )
    bars = base.mark_bar(cornerRadius=2).encode(
        y=alt.Y("low:Q", title=say("change"), axis=money, scale=alt.Scale(padding=34, nice=False)),
        y2="high:Q",
        color=alt.Color("step:N", legend=None, scale=alt.Scale(domain=list(colours), range=list(colours.values()))),
    )
    level = alt.Chart(steps).mark_rule(color=MUTED).transform_calculate(zero="0").encode(y="zero:Q")
    rises, falls = base.transform_filter("datum.amount >= 0"), base.transform_filter("datum.amount < 0")
    labels = [
        each.mark_text(dy=dy, fontWeight=weight, fontSize=size, color=colour).encode(y=end, text=text)
        for text, weight, size, colour, above, below in (
            ("money:N", 600, 12, INK, -21, 14),
            ("accounts:N", 400, 11, MUTED, -8, 28),
        )
        for each, end, dy in ((rises, "high:Q", above), (falls, "low:Q", below))
    ]
    return alt.layer(level, bars, *labels).properties(title=_title(say, "changes"), width=WIDTH + 40, height=HEIGHT)


def growth_chart(points: pd.DataFrame, language: str, currency: str = "EUR") -> alt.LayerChart:
    """Return revenue of this year against the year before, one point an account, on logarithmic scales.

    Parameters
    ----------
    points : DataFrame
        As `select_growth_points` gives them: `name`, `revenue_prev_12m`, `revenue_12m`, `change`.
    language, currency : str
        Of the words and numbers.
    """
    import altair as alt

    say = _words(language)
    power = "log(datum.value) / LN10"
    is_power = f"abs({power} - round({power})) < 1e-6"
    faint = alt.condition(is_power, alt.value(1), alt.value(0))
    label = f"{is_power} ? ({money_label(language, currency)}) : ''"
    axis = alt.Axis(labelExpr=label, gridOpacity=faint, tickOpacity=faint)
    log = alt.Scale(type="log", nice=True)
    base = alt.Chart(points)
    x = alt.X("revenue_prev_12m:Q", title=say("year_before"), scale=log, axis=axis)
    y = alt.Y("revenue_12m:Q", title=say("this_year"), scale=log, axis=axis)
    kinds = {"grown": GREEN, "shrunk": ORANGE, "same": MUTED}
    words = {kind: say(f"change_{kind}") for kind in kinds}
    dots = base.mark_circle(size=34, opacity=0.6).encode(
        x=x,
        y=y,
        color=alt.Color(
            "change:N",
            scale=alt.Scale(domain=list(kinds), range=list(kinds.values())),
            legend=alt.Legend(title=None, orient="top", labelExpr=_labels(words), symbolOpacity=1),
        ),
        tooltip=[
            alt.Tooltip("name:N", title=say("name")),
            alt.Tooltip("revenue_prev_12m:Q", title=say("year_before"), format=",.0f"),
            alt.Tooltip("revenue_12m:Q", title=say("this_year"), format=",.0f"),
        ],
    )
    guides = [_guide(base, factor) for factor in (2, 1, 0.5)]
    return alt.layer(*guides, dots).properties(title=_title(say, "growth"), width=WIDTH, height=420)


def months_chart(months: pd.DataFrame, language: str, currency: str = "EUR") -> alt.LayerChart:
    """Return revenue by month, bars for the last twelve, ticks for the same month of the year before.

    Parameters
    ----------
    months : DataFrame
        As `compare_months` gives them: `month`, `revenue`, `revenue_before`, `is_whole`.
    language, currency : str
        Of the words and numbers.
    """
    import altair as alt

    say = _words(language)
    base = alt.Chart(months).encode(
        x=alt.X("yearmonth(month):O", title=None, axis=alt.Axis(format="%b %y", labelAngle=0, ticks=False))
    )
    bars = base.mark_bar(color=BLUE, size=34).encode(
        y=alt.Y(
            "revenue:Q", title=say("revenue"), axis=alt.Axis(labelExpr=money_label(language, currency), tickCount=6)
        ),
        opacity=alt.condition("datum.is_whole", alt.value(1), alt.value(0.4)),
    )
    before = base.mark_tick(color=ORANGE, opacity=1, thickness=3, width=42).encode(y="revenue_before:Q")
    return alt.layer(bars, before).properties(title=_title(say, "months"), width=WIDTH + 80, height=HEIGHT)


def _map(cells: pd.DataFrame, x: Any, y: Any, say: Any, name: str, height: int) -> alt.LayerChart:
    """Return fields with the number of accounts and, below it, their share of revenue."""
    import altair as alt

    base = alt.Chart(cells).encode(x=x, y=y)
    fields = base.mark_rect(stroke="white", strokeWidth=3, cornerRadius=5).encode(
        color=alt.Color("revenue_share:Q", legend=None, scale=alt.Scale(range=PALE, domainMin=0))
    )
    counts = base.mark_text(dy=-7, fontSize=14, fontWeight=600, color=INK).encode(
        text=alt.Text("n_accounts:Q", format=",")
    )
    shares = base.mark_text(dy=10, fontSize=11, color=INK).encode(text=alt.Text("revenue_share:Q", format=".1%"))
    shares = shares.transform_filter("datum.n_accounts > 0")
    return alt.layer(fields, counts, shares).properties(title=_title(say, name), width=WIDTH, height=height)


def _guide(base: alt.Chart, factor: float) -> alt.Chart:
    """Return the line on which this year's revenue is `factor` times that of the year before."""
    return (
        base.transform_aggregate(low="min(revenue_prev_12m)", high="max(revenue_prev_12m)")
        .transform_fold(["low", "high"], as_=["end", "before"])
        .transform_calculate(now=f"datum.before * {factor}")
        .mark_line(color=LINE, strokeWidth=1.5, strokeDash=[1, 0] if factor == 1 else [5, 4])
        .encode(x="before:Q", y="now:Q")
    )


def _words(language: str) -> Any:
    return lambda name: texts.say(f"value.{name}", language)


def _title(say: Any, name: str) -> dict[str, str]:
    return {"text": say(f"{name}_title"), "subtitle": say(f"{name}_note")}


def _labels(words: dict[str, str]) -> str:
    """Return a Vega expression that replaces codes in the data by words."""
    import json

    return f"{json.dumps(words, ensure_ascii=False)}[datum.value]"


def _money(column: str, language: str, currency: str) -> str:
    """Return a Vega expression for an amount in three digits: 1,15 Mio. €."""
    return money_label(language, currency).replace("datum.value", f"datum.{column}").replace(",.3~f", ",.3~r")


def _count(number: str, say: Any) -> str:
    """Return a Vega expression for a number of accounts in words: 1 account, 1,204 accounts."""
    return f"format({number}, ',') + ({number} === 1 ? ' {say('one_account')}' : ' {say('accounts')}')"


def _plain_axis(**options: Any) -> alt.Axis:
    import altair as alt

    return alt.Axis(labelAngle=0, grid=False, domain=False, ticks=False, labelPadding=6, **options)
