"""What the inner of two segmentations adds within each segment of the outer one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from segkit.charts.theme import INK, LINE, SEGMENT_COLOURS
from segkit.texts import say

if TYPE_CHECKING:
    import pandas as pd


def gains_chart(gains: pd.DataFrame, outer_register: pd.DataFrame, language: str = "de") -> Any:
    """Return a chart: how much of the following quarter's revenue the inner segments tell, with intervals.

    Parameters
    ----------
    gains : DataFrame
        Table `combination_gains` of one combination; segments that could not be followed are left out.
    outer_register : DataFrame
        Table `segment_register` of the outer segmentation: segment_id, name_de, name_en.
    language : str
        Language of the words.
    """
    import altair as alt

    known = gains[gains["next_gain"].notna()]
    names = dict(zip(outer_register["segment_id"], outer_register[f"name_{language}"], strict=True))
    names["ALL"] = say("combination.all", language)
    yes, no = (say(f"combination.legend_{word}", language) for word in ("adds", "not"))
    drawn = known.assign(
        segment=[names.get(segment, segment) for segment in known["outer_segment_id"]],
        place=[0 if segment == "ALL" else 1 for segment in known["outer_segment_id"]],
        told=[yes if adds else no for adds in known["adds"]],
        low=known["next_low"].clip(lower=-0.5),
        high=known["next_high"].clip(upper=1.0),
    )[["segment", "place", "told", "next_gain", "low", "high"]].sort_values(
        ["place", "next_gain"], ascending=[True, False]
    )
    order = drawn["segment"].tolist()
    base = alt.Chart(drawn).encode(
        y=alt.Y("segment:N", sort=order, axis=alt.Axis(title=None, labelLimit=220)),
        color=alt.Color(
            "told:N", scale=alt.Scale(domain=[yes, no], range=[SEGMENT_COLOURS[0], LINE]), legend=alt.Legend(title=None)
        ),
    )
    axis = alt.Axis(title=say("combination.axis_gain", language), format=".0%")
    lines = base.mark_rule(strokeWidth=2).encode(x=alt.X("low:Q", axis=axis), x2="high:Q")
    dots = base.mark_point(filled=True, size=80, opacity=1).encode(
        x="next_gain:Q",
        tooltip=[alt.Tooltip("segment:N"), alt.Tooltip("next_gain:Q", title=axis.title, format=".1%")],
    )
    zero = alt.Chart(drawn.head(1)).mark_rule(color=INK, strokeDash=[4, 3]).encode(x=alt.datum(0))
    notes = [say(key, language) for key in ("combination.note", "combination.note_adds")]
    title = alt.TitleParams(say("combination.title", language), subtitle=notes)
    return alt.layer(zero, lines, dots).properties(width=420, height=alt.Step(28), title=title)
