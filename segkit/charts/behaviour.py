"""Charts of how accounts buy: what each class costs to look after, and who really rises or falls."""

from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING, Any

from segkit import texts
from segkit.charts.theme import INK, MUTED, SEGMENT_COLOURS, money_label

if TYPE_CHECKING:
    import altair as alt
    import pandas as pd

BLUE, GREEN, ORANGE = SEGMENT_COLOURS[:3]
RED = SEGMENT_COLOURS[10]
OTHER = "-"
WIDTH, ROW = 560, 26
MOST_NAMES = 34  # letters of a name beside its dot


def contribution_chart(classes: pd.DataFrame, language: str, currency: str = "EUR") -> alt.Chart:
    """Return margin I, cost of care by type and contribution margin II of each ABC class, each class on its own scale.

    Parameters
    ----------
    classes : DataFrame
        As `describe_contribution` gives them: `abc_class`, `part`, `cost_type`, `n_accounts`, `amount`, `low`, `high`,
        `step`, `share`.
    language, currency : str
        Of the words and numbers.
    """
    import altair as alt

    say = _words(language)
    parts = {
        "margin": (say("part_margin"), BLUE),
        "care": ("", ORANGE),
        "contribution": (say("part_contribution"), GREEN),
    }
    named = {part: word for part, (word, _) in parts.items()}
    other = json.dumps(say("cost_other"), ensure_ascii=False)
    label = f"datum.part !== 'care' ? {json.dumps(named, ensure_ascii=False)}[datum.part]"
    label += f" : datum.cost_type === '{OTHER}' ? {other} : datum.cost_type"
    money = money_label(language, currency)
    amount = money.replace("datum.value", "datum.amount").replace(",.3~f", ",.3~r")
    percent = "format(datum.share, '.1%')"
    base = alt.Chart(classes)
    tones = {part: colour for part, (_, colour) in parts.items()} | {"loss": RED}
    colours = alt.Scale(domain=list(tones), range=list(tones.values()))
    y = alt.Y(
        "label:N",
        title=None,
        sort=alt.EncodingSortField("step", op="min"),
        axis=alt.Axis(ticks=False, domain=False, labelLimit=200),
    )
    x = alt.X(
        "low:Q",
        title=None,
        axis=alt.Axis(labelExpr=money, tickCount=4),
        scale=alt.Scale(padding=8, nice=False),
    )
    bars = base.mark_bar(height=15, cornerRadius=2).encode(
        y=y, x=x, x2="high:Q", color=alt.Color("tone:N", legend=None, scale=colours)
    )
    words = base.mark_text(align="left", dx=WIDTH + 14, fontSize=12, color=INK).encode(
        y=y, x=alt.value(0), text="text:N"
    )
    steps = int(classes["step"].nunique()) if len(classes) else 1
    return (
        alt.layer(bars, words)
        .properties(width=WIDTH, height=ROW * steps)
        .facet(
            row=alt.Row(
                "head:N", title=None, header=alt.Header(labelOrient="top", labelAnchor="start", labelFontWeight=600)
            ),
            spacing=18,
        )
        .resolve_scale(x="independent", y="independent")
        .transform_calculate(
            label=label,
            tone="datum.part === 'contribution' && datum.amount < 0 ? 'loss' : datum.part",
            text=f"({amount}) + (isValid(datum.share) && datum.part !== 'margin' ? ' (' + {percent} + ')' : '')",
            head=_class_head(say),
        )
        .properties(title=_title(say, "contribution"))
    )


def trends_chart(rows: pd.DataFrame, language: str, currency: str = "EUR") -> alt.LayerChart:
    """Return the accounts that really rise or fall: the yearly change with its interval, and its money.

    Parameters
    ----------
    rows : DataFrame
        As `select_trends` gives them, falls and rises one after the other: `name`, `trend`, `trend_low`, `trend_high`
        (ratio a year), `trend_change` (money a year), `trend_direction`, `place` (order on the page, from 1).
    language, currency : str
        Of the words and numbers.
    """
    import altair as alt

    say = _words(language)
    colours = {"falls": ORANGE, "rises": GREEN}
    words = {direction: say(direction) for direction in colours}
    amount = money_label(language, currency).replace("datum.value", "datum.trend_change").replace(",.3~f", "+,.3~r")
    long = f"length(datum.name) > {MOST_NAMES}"
    base = alt.Chart(rows).transform_calculate(
        money=amount,
        short=f"{long} ? slice(datum.name, 0, {MOST_NAMES - 1}) + '…' : datum.name",
        growth_low="log(1 + datum.trend_low)",
        growth_mid="log(1 + datum.trend)",
        growth_high="log(1 + datum.trend_high)",
    )
    y = alt.Y(
        "place:O",
        title=None,
        axis=None,
    )
    factor = alt.Axis(
        labelExpr="abs(datum.value) < 1e-9 ? '0%' : format(exp(datum.value) - 1, '+.0%')",
        values=[math.log(ratio) for ratio in (0.1, 0.25, 0.5, 0.75, 1, 1.5, 2, 4, 10)],
    )
    x = alt.X("growth_low:Q", title=say("trend_axis"), axis=factor, scale=alt.Scale(nice=False, padding=10))
    colour = alt.Color(
        "trend_direction:N",
        scale=alt.Scale(domain=list(colours), range=list(colours.values())),
        legend=alt.Legend(
            title=None,
            orient="top",
            symbolOpacity=1,
            labelExpr=f"{json.dumps(words, ensure_ascii=False)}[datum.value]",
        ),
    )
    bars = base.mark_rule(strokeWidth=3, opacity=0.45).encode(y=y, x=x, x2="growth_high:Q", color=colour)
    dots = base.mark_circle(size=80, opacity=1).encode(y=y, x="growth_mid:Q", color=colour)
    names = base.mark_text(align="right", dx=-12, color=INK).encode(y=y, x=alt.value(0), text="short:N")
    money = base.mark_text(align="left", dx=WIDTH + 12, color=INK).encode(y=y, x=alt.value(0), text="money:N")
    level = alt.Chart(rows).mark_rule(color=MUTED).transform_calculate(zero="0").encode(x="zero:Q")
    return alt.layer(level, bars, dots, names, money).properties(
        title=_title(say, "trend"), width=WIDTH, height=ROW * max(len(rows), 1)
    )


def _class_head(say: Any) -> str:
    """Return a Vega expression for "Class A: 88 accounts"."""
    count = "format(datum.n_accounts, ',')"
    one, other = (say("class_accounts", class_name="#", n=n).replace(str(n), "~") for n in (1, 2))
    both = [json.dumps(word, ensure_ascii=False) for word in (one, other)]
    return f"replace(replace(datum.n_accounts === 1 ? {both[0]} : {both[1]}, '#', datum.abc_class), '~', {count})"


def _words(language: str) -> Any:
    return lambda name, **numbers: texts.say(f"behaviour.{name}", language, **numbers)


def _title(say: Any, name: str) -> dict[str, str]:
    return {"text": say(f"{name}_title"), "subtitle": say(f"{name}_note")}
