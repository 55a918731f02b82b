"""Charts of lifetime value: where it lies, and what forecasts of past quarters were worth."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from segkit import texts
from segkit.charts.theme import INK, SEGMENT_COLOURS, money_label

if TYPE_CHECKING:
    import altair as alt
    import pandas as pd

BLUE, GREEN, ORANGE, VIOLET = SEGMENT_COLOURS[:4]
COLOURS = {"recurring": BLUE, "contract": GREEN, "project": ORANGE, "once": VIOLET}
WIDTH, HEIGHT = 620, 300


def worth_chart(sums: pd.DataFrame, language: str, currency: str = "EUR") -> alt.LayerChart:
    """Return the lifetime value of each ABC class, stacked by how accounts buy.

    Parameters
    ----------
    sums : DataFrame
        As `sum_worth` gives them: `abc_class`, `relation`, `n_accounts`, `lifetime_value`.
    language, currency : str
        Of the words and numbers.
    """
    import altair as alt

    say = _words(language)
    words = {name: say(f"relation_{name}") for name in COLOURS}
    base = alt.Chart(sums).encode(
        y=alt.Y("abc_class:N", title=say("abc_class"), sort=list("ABC"), axis=alt.Axis(ticks=False, domain=False))
    )
    bars = (
        base.mark_bar(cornerRadius=2, height=38)
        .encode(
            x=alt.X(
                "sum(lifetime_value):Q",
                title=say("value_axis"),
                stack="zero",
                axis=alt.Axis(labelExpr=money_label(language, currency), tickCount=6),
            ),
            color=alt.Color(
                "relation:N",
                scale=alt.Scale(domain=list(COLOURS), range=list(COLOURS.values())),
                legend=alt.Legend(title=None, orient="top", labelExpr=_labels(words)),
            ),
            order=alt.Order("rank:Q"),
            tooltip=[
                alt.Tooltip("n_accounts:Q", title=say("accounts"), format=","),
                alt.Tooltip("lifetime_value:Q", title=say("value_axis"), format=",.0f"),
            ],
        )
        .transform_calculate(rank=f"indexof({list(COLOURS)}, datum.relation)")
    )
    labels = (
        base.transform_aggregate(total="sum(lifetime_value)", accounts="sum(n_accounts)", groupby=["abc_class"])
        .transform_calculate(
            at="max(datum.total, 0)",
            label=f"({_money('total', language, currency)}) + ' · ' + " + _count("datum.accounts", say),
        )
        .mark_text(align="left", dx=8, fontSize=12, color=INK)
        .encode(x="at:Q", text="label:N")
    )
    return alt.layer(bars, labels).properties(title=_title(say, "worth"), width=WIDTH, height=190)


def foretold_chart(groups: pd.DataFrame, language: str, currency: str = "EUR") -> alt.LayerChart:
    """Return what forecasts of past quarters foretold beside what came, by tenths of the forecasts.

    Parameters
    ----------
    groups : DataFrame
        As `tenths` gives them: `bin`, `n`, `predicted`, `observed`, `low`, `high`.
    language, currency : str
        Of the words and numbers.
    """
    import altair as alt

    say = _words(language)
    kinds = {"predicted": say("foretold"), "observed": say("came")}
    money = alt.Axis(labelExpr=money_label(language, currency), values=[0, *(10.0**power for power in range(2, 10))])
    y: dict[str, Any] = {
        "title": say("revenue_account"), "axis": money, "scale": alt.Scale(type="symlog", constant=100)
    }  # fmt: skip
    colour = alt.Color(
        "kind:N",
        scale=alt.Scale(domain=list(kinds), range=[ORANGE, BLUE]),
        legend=alt.Legend(title=None, orient="top", labelExpr=_labels(kinds)),
    )
    base = alt.Chart(groups).encode(x=alt.X("bin:O", title=say("tenth"), axis=alt.Axis(labelAngle=0, ticks=False)))
    limits = base.mark_rule(color=BLUE, strokeWidth=2).encode(y=alt.Y("low:Q", **y), y2="high:Q")
    came = base.transform_calculate(kind="'observed'").mark_circle(size=110, opacity=1)
    foretold = base.transform_calculate(kind="'predicted'").mark_tick(width=44, thickness=3, opacity=1)
    marks = [came.encode(y=alt.Y("observed:Q", **y), color=colour), foretold.encode(y="predicted:Q", color=colour)]
    return alt.layer(limits, *marks).properties(title=_title(say, "foretold"), width=WIDTH, height=HEIGHT)


def _words(language: str) -> Any:
    return lambda name: texts.say(f"lifetime.{name}", language)


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
