"""What models foretold beside what came, and by how much each is better than a simple rule."""

from __future__ import annotations

import json
import textwrap
from typing import TYPE_CHECKING, Any

from segkit.charts.theme import INK, LINE, MUTED, SEGMENT_COLOURS, money_label
from segkit.texts import say
from segkit.value.backtests.cards import name_of

if TYPE_CHECKING:
    import pandas as pd

FORETOLD, CAME = SEGMENT_COLOURS[2], SEGMENT_COLOURS[0]
COLOURS = {"model": SEGMENT_COLOURS[1], "rule": SEGMENT_COLOURS[4], "none": MUTED}
LABEL = 46  # characters of a line
WIDTH, HEIGHT, ROW = 560, 280, 52


def calibration_chart(calibration: pd.DataFrame, language: str, currency: str = "EUR") -> Any:
    """Return groups of accounts from the lowest forecast to the highest: what was foretold (tick) and what came (dot).

    Parameters
    ----------
    calibration : DataFrame
        Table `calibration` of one model: bin, n, predicted, observed, low, high. Forecasts within 0 and 1 are shown as
        shares, others as money on a root scale, where small and large accounts both can be read.
    language, currency : str
        Of the words and numbers.
    """
    import altair as alt

    is_share = bool(len(calibration)) and float(calibration[["predicted", "observed"]].to_numpy().max()) <= 1
    axis = alt.Axis(format=".0%") if is_share else alt.Axis(labelExpr=money_label(language, currency), tickCount=6)
    scale = alt.Scale(type="linear" if is_share else "sqrt", zero=True, nice=True)
    title = say("cards.axis_share" if is_share else "cards.axis_money", language)
    words = {"came": say("cards.came", language), "foretold": say("cards.foretold", language)}
    colour = alt.Color(
        "what:N",
        scale=alt.Scale(domain=list(words), range=[CAME, FORETOLD]),
        legend=alt.Legend(title=None, orient="top", labelExpr=f"{json.dumps(words, ensure_ascii=False)}[datum.value]"),
    )
    x = alt.X("bin:O", title=say("cards.axis_groups", language), axis=alt.Axis(labelAngle=0, grid=False))
    base = alt.Chart(calibration).encode(x=x)
    interval = base.mark_rule(strokeWidth=2.5, color=CAME).encode(y=alt.Y("low:Q", title=title, axis=axis), y2="high:Q")
    came = base.transform_calculate(what="'came'").mark_point(size=75, filled=True, opacity=1)
    foretold = base.transform_calculate(what="'foretold'").mark_tick(thickness=3.5, size=26, opacity=1)
    dots = came.encode(y=alt.Y("observed:Q", title=title, scale=scale, axis=axis), color=colour)
    ticks = foretold.encode(y=alt.Y("predicted:Q", title=title, scale=scale, axis=axis), color=colour)
    head = alt.TitleParams(say("cards.calibration_title", language), subtitle=say("cards.calibration_note", language))
    return alt.layer(interval, ticks, dots).properties(title=head, width=WIDTH, height=HEIGHT)


def gains_chart(verdicts: pd.DataFrame, language: str, currency: str = "EUR") -> Any:
    """Return each model beside its simple rule: by how much it is better or worse, with intervals.

    Parameters
    ----------
    verdicts : DataFrame
        As `segkit.value.backtests.cards.list_verdicts` gives them; rows without an interval show the point alone, rows
        without a gain the words.
    language, currency : str
        Of the words and numbers.
    """
    import altair as alt

    shown = verdicts.assign(
        place=range(len(verdicts)),
        label=[name_of(f"cards.name_{model}", model, language) for model in verdicts["model"]],
        rule=[
            _wrapped(say("cards.beside", language, rule=name_of(name, name, language)))
            for name in verdicts["baseline_name"]
        ],
    )
    words = {used: say(f"cards.chart_{used}", language) for used in COLOURS}
    y = alt.Y(
        "row:N",
        title=None,
        sort=alt.EncodingSortField(field="place", op="min"),
        axis=alt.Axis(labelExpr="split(datum.label, '|')", labelLimit=380, labelColor=INK, ticks=False, domain=False),
    )
    colour = alt.Color(
        "used:N",
        scale=alt.Scale(domain=list(COLOURS), range=list(COLOURS.values())),
        legend=alt.Legend(
            title=None, orient="bottom", labelExpr=f"{json.dumps(words, ensure_ascii=False)}[datum.value]"
        ),
    )
    axis = alt.Axis(format="+.0%", tickCount=6)
    x = {"title": say("cards.axis_gain", language), "axis": axis}
    base = alt.Chart(shown).transform_calculate(row="datum.label + '|' + datum.rule").encode(y=y)
    zero = alt.Chart(shown).mark_rule(color=LINE, strokeWidth=1.5).encode(x=alt.datum(0))
    interval = base.mark_rule(strokeWidth=3).encode(x=alt.X("relative_low:Q", **x), x2="relative_high:Q", color=colour)
    dots = base.mark_point(size=90, filled=True, opacity=1).encode(x=alt.X("relative:Q", **x), color=colour)
    nothing = (
        base.transform_filter("!isValid(datum.relative)")
        .transform_calculate(text=json.dumps(say("cards.chart_untried", language), ensure_ascii=False))
        .mark_text(align="left", dx=6, color=MUTED)
        .encode(x=alt.datum(0), text="text:N")
    )
    head = alt.TitleParams(say("cards.gains_title", language), subtitle=say("cards.gains_note", language))
    return alt.layer(zero, interval, dots, nothing).properties(title=head, width=WIDTH - 120, height=alt.Step(ROW))


def _wrapped(text: str) -> str:
    """Return a long label with a mark where it is broken into two lines; what is longer is cut."""
    return "|".join(textwrap.wrap(text, LABEL, max_lines=2, placeholder=" …"))
