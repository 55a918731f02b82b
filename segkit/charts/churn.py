"""Charts of churn and renewal risk: who may leave with how much money, and when contracts end."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any

from segkit import texts
from segkit.charts.theme import INK, LINE, MUTED, SEGMENT_COLOURS, money_label

if TYPE_CHECKING:
    import altair as alt
    import pandas as pd

BLUE, ORANGE = SEGMENT_COLOURS[0], SEGMENT_COLOURS[2]
WIDTH, HEIGHT = 600, 360
POWER = "log(datum.value) / LN10"


def risk_chart(points: pd.DataFrame, language: str, currency: str = "EUR") -> alt.LayerChart:
    """Return chance against money at stake, one point an account, with names of those with the most at risk.

    Parameters
    ----------
    points : DataFrame
        As `select_risk_points` gives them: `name`, `owner_id`, `churn_probability`, `stake`, `revenue_at_risk`,
        `is_silent`, `label`.
    language, currency : str
        Of the words and numbers.
    """
    import altair as alt

    say = functools.partial(_say, language)
    whole = f"abs({POWER} - round({POWER})) < 1e-6"
    faint = alt.condition(whole, alt.value(1), alt.value(0))
    money = alt.Axis(
        labelExpr=f"{whole} ? ({money_label(language, currency)}) : ''", gridOpacity=faint, tickOpacity=faint
    )
    words = {"true": say("silent"), "false": say("steady")}
    base = alt.Chart(points).transform_calculate(kind="datum.is_silent ? 'true' : 'false'")
    x = alt.X("stake:Q", title=say("stake"), scale=alt.Scale(type="log", nice=True), axis=money)
    y = alt.Y(
        "churn_probability:Q",
        title=say("chance"),
        scale=alt.Scale(type="log", domainMax=1),
        axis=alt.Axis(format="~p", values=[0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1]),
    )
    dots = base.mark_circle(opacity=0.65).encode(
        x=x,
        y=y,
        size=alt.Size("revenue_at_risk:Q", legend=None, scale=alt.Scale(range=[18, 700])),
        color=alt.Color(
            "kind:N",
            scale=alt.Scale(domain=list(words), range=[ORANGE, BLUE]),
            legend=alt.Legend(title=None, orient="top", labelExpr=_labels(words), symbolOpacity=1, labelLimit=320),
        ),
        tooltip=[
            alt.Tooltip("name:N", title=say("name")),
            alt.Tooltip("owner_id:N", title=say("owner")),
            alt.Tooltip("churn_probability:Q", title=say("chance"), format=".1%"),
            alt.Tooltip("stake:Q", title=say("stake"), format=",.0f"),
            alt.Tooltip("revenue_at_risk:Q", title=say("at_risk"), format=",.0f"),
        ],
    )
    names = base.transform_filter("datum.label !== ''").mark_text(align="left", dx=11, fontSize=11, color=INK)
    names = names.encode(x=x, y=y, text="label:N")
    return alt.layer(dots, names).properties(title=_title(say, "risk"), width=WIDTH, height=HEIGHT)


def renewals_chart(months: pd.DataFrame, language: str, currency: str = "EUR") -> alt.LayerChart:
    """Return the calendar of contract ends: value a year by month, with the number of contracts.

    Parameters
    ----------
    months : DataFrame
        As `count_ends` gives them: `month`, `n_contracts`, `value`.
    language, currency : str
        Of the words and numbers.
    """
    import altair as alt

    say = functools.partial(_say, language)
    base = alt.Chart(months).encode(
        x=alt.X("yearmonth(month):O", title=None, axis=alt.Axis(format="%b %y", labelAngle=0, ticks=False))
    )
    bars = base.mark_bar(color=BLUE, size=34).encode(
        y=alt.Y(
            "value:Q", title=say("renewal_value"), axis=alt.Axis(labelExpr=money_label(language, currency), tickCount=5)
        ),
        tooltip=[
            alt.Tooltip("n_contracts:Q", title=say("contracts"), format=","),
            alt.Tooltip("value:Q", title=say("renewal_value"), format=",.0f"),
        ],
    )
    counts = base.transform_filter("datum.n_contracts > 0").mark_text(dy=-9, fontWeight=600, color=MUTED)
    counts = counts.encode(y="value:Q", text=alt.Text("n_contracts:Q", format=","))
    level = alt.Chart(months).mark_rule(color=LINE).transform_calculate(zero="0").encode(y="zero:Q")
    return alt.layer(level, bars, counts).properties(title=_title(say, "renewal"), width=WIDTH + 80, height=220)


def _say(language: str, name: str) -> str:
    return texts.say(f"churn.{name}", language)


def _title(say: Any, name: str) -> dict[str, str]:
    return {"text": say(f"{name}_title"), "subtitle": say(f"{name}_note")}


def _labels(words: dict[str, str]) -> str:
    """Return a Vega expression that replaces codes in the data by words."""
    import json

    return f"{json.dumps(words, ensure_ascii=False)}[datum.value]"
