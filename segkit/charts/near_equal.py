"""Equally good divisions: what each would move and gain, and how much of each segment stays together in all."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from segkit.charts.theme import GRID, INK, MUTED, SEGMENT_COLOURS
from segkit.texts import say, show

if TYPE_CHECKING:
    import pandas as pd

LOCALES = {"de": "de_DE", "en": "en_GB"}
WIDTH, HEIGHT = 620, 280
KINDS = {"best": SEGMENT_COLOURS[0], "valuable": SEGMENT_COLOURS[1], "other": SEGMENT_COLOURS[12]}
SHAPES = ["square", "diamond", "circle"]


def near_equal_chart(equals: pd.DataFrame, n_accounts: int, language: str = "de", **_: Any) -> Any:
    """Return a point per equally good division: accounts that stand elsewhere, and the gain in separating value.

    Parameters
    ----------
    equals : DataFrame
        Table `near_equal` at one number of segments.
    n_accounts : int
        Accounts divided.
    language : str
        Of the words.
    """
    import altair as alt

    names = {kind: say(f"near_equal.kind_{kind}", language) for kind in KINDS}
    kinds = [
        "best" if s == 1 else "valuable" if v else "other"
        for s, v in zip(equals["solution"], equals["is_most_valuable"], strict=True)
    ]
    shown = equals[["solution", "excess", "n_moved", "gain", "gain_low", "gain_high", "revenue_explained", "n_found"]]
    shown = shown.assign(
        kind=[names[kind] for kind in kinds], share_moved=(equals["n_moved"] / max(n_accounts, 1)).round(6)
    )
    percent = {"format": ".1%"}
    y_axis = alt.Axis(title=say("near_equal.axis_gain", language), format="+~%", gridColor=GRID, tickCount=5)
    x_axis = alt.Axis(title=say("near_equal.axis_moved", language), format=".0%", grid=False, tickCount=6)
    x = alt.X("share_moved:Q", axis=x_axis, scale=alt.Scale(nice=False, padding=14))
    scale = alt.Scale(domain=list(names.values()), range=list(KINDS.values()))
    legend = alt.Legend(title=None, orient="top", labelLimit=320)
    colour = alt.Color("kind:N", scale=scale, legend=legend)
    shape = alt.Shape("kind:N", scale=alt.Scale(domain=list(names.values()), range=SHAPES), legend=legend)
    base = alt.Chart(shown)
    zero = alt.Chart().mark_rule(color=MUTED, strokeDash=[5, 4]).encode(y=alt.datum(0))
    spans = base.mark_rule(strokeWidth=1.4).encode(x, alt.Y("gain_low:Q", axis=y_axis), alt.Y2("gain_high:Q"), colour)
    tooltip = [
        alt.Tooltip("solution:O", title=say("column.solution", language)),
        alt.Tooltip("n_moved:Q", title=say("column.n_moved", language), format=","),
        alt.Tooltip("excess:Q", title=say("column.excess", language), format=".2%"),
        alt.Tooltip("revenue_explained:Q", title=say("column.revenue_explained", language), **percent),
        alt.Tooltip("gain:Q", title=say("column.gain", language), format="+.1%"),
        alt.Tooltip("n_found:Q", title=say("column.n_found", language), format=","),
    ]
    points = base.mark_point(size=95, filled=True, opacity=1, stroke="white").encode(
        x, alt.Y("gain:Q", axis=y_axis), colour, shape, tooltip=tooltip
    )
    note = say("near_equal.chart_equals_note", language)
    title = alt.TitleParams(say("near_equal.chart_equals", language), subtitle=note)
    return alt.layer(zero, spans, points, data=shown).properties(width=WIDTH, height=HEIGHT, title=title)


def cores_chart(cores: pd.DataFrame, language: str = "de", **_: Any) -> Any:
    """Return for each segment the share of its accounts and of its revenue that swings between equally good divisions.

    Parameters
    ----------
    cores : DataFrame
        Of `assess.equal_value.count_cores`.
    language : str
        Of the words.
    """
    import altair as alt

    measures = {"share_swing": "accounts", "share_swing_revenue": "revenue"}
    number = cores["cluster_id"].str.extract(r"(\d+)$")[0]
    named = cores.assign(
        cluster=[say("near_equal.segment", language, number=n) for n in number], place=number.astype("int64")
    )
    long = named.melt(["cluster", "place", "n_accounts", "n_swing"], list(measures), "measure", "share")
    long["measure_name"] = [say(f"near_equal.swing_{measures[name]}", language) for name in long["measure"]]
    long["order"] = long["measure"].map(list(measures).index)
    long["label"] = [show(share, "percent", LOCALES[language]) for share in long["share"]]
    long["whole"] = 1.0
    y = alt.Y("cluster:N", sort=alt.EncodingSortField("place"), axis=alt.Axis(title=None, ticks=False, domain=False))
    scale = alt.Scale(domain=[0, 1.16])  # room for the number behind a full bar
    base = alt.Chart(long)
    whole = base.mark_bar(color=GRID, height={"band": 0.62}).encode(y, alt.X("whole:Q", axis=None, scale=scale))
    bars = base.mark_bar(color=SEGMENT_COLOURS[2], height={"band": 0.62}).encode(
        y,
        alt.X("share:Q", axis=None, scale=scale),
        tooltip=[
            alt.Tooltip("cluster:N", title=say("near_equal.axis_segment", language)),
            alt.Tooltip("n_accounts:Q", title=say("column.n_accounts", language), format=","),
            alt.Tooltip("n_swing:Q", title=say("near_equal.axis_swing", language), format=","),
            alt.Tooltip("label:N", title=say("near_equal.axis_share", language)),
        ],
    )
    labels = base.mark_text(align="left", dx=6, color=INK, fontSize=12).encode(
        y, alt.X("share:Q", scale=scale), text="label:N"
    )
    header = alt.Header(title=None, labelFontWeight=600, labelAnchor="start")
    facet = alt.Facet("measure_name:N", header=header, sort=alt.EncodingSortField("order"))
    title = alt.TitleParams(
        say("near_equal.chart_cores", language), subtitle=say("near_equal.chart_cores_note", language)
    )
    return (
        alt.layer(whole, bars, labels)
        .properties(width=250, height=alt.Step(30))
        .facet(facet, columns=2, spacing=26)
        .properties(title=title)
    )
