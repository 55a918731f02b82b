"""Charts of leads: which sources bring opportunities, and which open leads are worth a call."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from segkit import texts
from segkit.charts.theme import INK, MUTED, SEGMENT_COLOURS

if TYPE_CHECKING:
    import altair as alt
    import pandas as pd

BLUE, ORANGE = SEGMENT_COLOURS[0], SEGMENT_COLOURS[2]
PALE = "#8A97A6"
WIDTH, ROW_HEIGHT = 560, 30


def sources_chart(sources: pd.DataFrame, language: str, currency: str = "EUR") -> alt.LayerChart:
    """Return which share of the leads of each source became opportunities, with intervals and the share of all.

    Parameters
    ----------
    sources : DataFrame
        As `describe_sources` gives them: `source` (empty: none, +: the rest), `n`, `k`, `share`, `low`, `high`, `all`.
    language, currency : str
        Of the words and numbers.
    """
    import altair as alt

    say = partial(_say, language=language)
    label = (
        f"datum.source === '-' ? '{say('source_none')}' : datum.source === '+' ? '{say('source_rest')}' : datum.source"
    )
    tooltip = [
        alt.Tooltip("name:N", title=say("source")),
        alt.Tooltip("share:Q", title=say("share"), format=".0%"),
        alt.Tooltip("n:Q", title=say("n_leads"), format=","),
        alt.Tooltip("k:Q", title=say("n_converted"), format=","),
    ]
    order = alt.EncodingSortField("share", op="max", order="descending")
    base = (
        alt.Chart(sources)
        .transform_calculate(name=label, text="format(datum.share, '.0%') + '  (' + format(datum.n, ',') + ')'")
        .encode(y=alt.Y("name:N", title=None, sort=order, axis=alt.Axis(labelLimit=180, ticks=False, domain=False)))
    )
    x = alt.X("low:Q", title=say("share"), axis=alt.Axis(format=".0%", tickCount=6), scale=alt.Scale(zero=True))
    limits = base.mark_rule(color=BLUE, strokeWidth=2.5).encode(x=x, x2="high:Q", tooltip=tooltip)
    points = base.mark_circle(size=110, color=BLUE, opacity=1).encode(x="share:Q", tooltip=tooltip)
    names = base.mark_text(align="left", dx=8, color=INK).encode(x="high:Q", text="text:N")
    mean = alt.Chart(sources).mark_rule(color=MUTED, strokeDash=[5, 4]).encode(x="max(all):Q")
    layers = alt.layer(mean, limits, points, names)
    return layers.properties(title=_title(say, "source"), width=WIDTH, height=alt.Step(ROW_HEIGHT))


def waiting_chart(waiting: pd.DataFrame, language: str, currency: str = "EUR") -> alt.Chart:
    """Return the open leads by the days that they have waited and their chance, the first ten of the list in colour.

    Parameters
    ----------
    waiting : DataFrame
        As `describe_waiting` gives them: `company`, `source_name`, `age_days`, `score`, `is_top`.
    language, currency : str
        Of the words and numbers.
    """
    import altair as alt

    say = partial(_say, language=language)
    words = f"datum.label === 'true' ? '{say('top')}' : '{say('others')}'"
    return (
        alt.Chart(waiting)
        .mark_circle(size=80, opacity=0.9, stroke="white", strokeWidth=0.6)
        .encode(
            x=alt.X("age_days:Q", title=say("days_waiting"), scale=alt.Scale(nice=True, zero=True)),
            y=alt.Y("score:Q", title=say("score"), axis=alt.Axis(format=".0%"), scale=alt.Scale(zero=True)),
            color=alt.Color(
                "is_top:N",
                scale=alt.Scale(domain=[True, False], range=[ORANGE, PALE]),
                legend=alt.Legend(title=None, orient="top", labelExpr=words),
            ),
            order=alt.Order("is_top:Q"),
            tooltip=[
                alt.Tooltip("company:N", title=say("company")),
                alt.Tooltip("source_name:N", title=say("source")),
                alt.Tooltip("age_days:Q", title=say("days_waiting"), format=","),
                alt.Tooltip("score:Q", title=say("score"), format=".0%"),
            ],
        )
        .properties(title=_title(say, "waiting"), width=WIDTH, height=300)
    )


def _say(name: str, language: str) -> str:
    return texts.say(f"leads.{name}", language)


def _title(say: Any, name: str) -> dict[str, Any]:
    return {"text": say(f"{name}_title"), "subtitle": say(f"{name}_note")}
