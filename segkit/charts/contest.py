"""The contest of divisions: how sure each is and how well it separates value, fitted ones and hand-made ones alike."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from segkit.charts.theme import SEGMENT_COLOURS
from segkit.segments.assess.contest_findings import division_name
from segkit.texts import say, show

if TYPE_CHECKING:
    import pandas as pd

LOCALES = {"de": "de_DE", "en": "en_GB"}
KINDS = ("accepted", "challenger", "fitted", "hand_made")
COLOURS = dict(
    zip(KINDS, (SEGMENT_COLOURS[2], SEGMENT_COLOURS[0], SEGMENT_COLOURS[12], SEGMENT_COLOURS[1]), strict=True)
)
SHAPES = dict(zip(KINDS, ("diamond", "circle", "circle", "square"), strict=True))
WIDTH, SIDE, HEIGHT = 500, 190, 380
LINE_HEIGHT, LETTER, MARK = 16, 6.6, 9  # pixels: a line of words, a letter, half a mark
Box = tuple[float, float, float, int]  # from, to, height, whose
PADDING, ROOM = 24, 14  # pixels left free at the sides, above and below


def contest_chart(
    comparison: pd.DataFrame, language: str = "de", titles: Mapping[str, tuple[str, str]] | None = None
) -> Any:
    """Return a mark per division: agreement of pairs of samples to the right, revenue explained upwards.

    Parameters
    ----------
    comparison : DataFrame
        Table `segment_comparison`. Filled marks: revenue of the quarter by the segments before it, with its interval;
        hollow ones: revenue of twelve months by today's segments, where the past is not known. Divisions for which
        nothing is estimated stand beside.
    language : str
        Language of the words.
    titles : mapping, optional
        Column → its German and its English title.
    """
    import altair as alt

    marks = _marks(comparison, language, titles)
    is_drawn = marks["x"].notna()
    x_drawn = marks.loc[is_drawn, "x"]
    across = (x_drawn - x_drawn.min()) / max(float(np.ptp(x_drawn)) if len(x_drawn) else 0.0, 1e-9)
    top = float(np.nanmax(marks[["y", "high"]].to_numpy(float), initial=0.05))
    drawn = _with_labels(marks[is_drawn].copy(), PADDING + across * (WIDTH - 2 * PADDING), top)
    fixed = _with_labels(marks[~is_drawn].copy(), np.full(int((~is_drawn).sum()), 12.0), top, SIDE)
    axis = "next" if marks["is_next"].any() else "now"
    stability = alt.Axis(title=say("contest.axis_stability", language), grid=False, tickCount=6)
    x = alt.X("x:Q", scale=alt.Scale(zero=False, nice=False, padding=PADDING), axis=stability)
    left = _panel(drawn, x, say(f"contest.axis_{axis}", language), language).properties(width=WIDTH, height=HEIGHT)
    side_axis = alt.Axis(title=say("contest.chart_fixed", language), labels=False, ticks=False, grid=False)
    side_x = alt.X("place:Q", scale=alt.Scale(domain=[0, SIDE], nice=False), axis=side_axis)
    right = _panel(fixed, side_x, None, language).properties(width=SIDE, height=HEIGHT)
    panels = [panel for panel, rows in ((left, drawn), (right, fixed)) if len(rows)]
    keys = [say(f"contest.chart_{note}", language) for note in ("right", "high")]
    if (~marks["is_next"]).any() and marks["is_next"].any():
        keys.append(" · ".join(say(f"contest.key_{key}", language) for key in ("next", "now")))
    title = alt.TitleParams(say("contest.chart", language), subtitle=keys)
    return alt.hconcat(*panels, spacing=14, title=title).resolve_scale(stroke="shared", shape="shared", y="shared")


def _marks(comparison: pd.DataFrame, language: str, titles: Mapping[str, tuple[str, str]] | None) -> pd.DataFrame:
    """Return a row per division with its places and words."""
    import pandas as pd

    rows = comparison.sort_values(["kind", "method"]).reset_index(drop=True)
    is_next = rows["next_explained"].notna().to_numpy()
    y = rows["next_explained"].where(is_next, rows["revenue_explained"]).astype(float)
    marks = pd.DataFrame(
        {
            "x": rows["global_ari"].astype(float),
            "y": y,
            "low": rows["next_low"].astype(float).where(is_next),
            "high": rows["next_high"].astype(float).where(is_next),
            "is_next": is_next,
            "kind": rows["kind"],
            "colour": rows["kind"].map(COLOURS),
            "fill": np.where(is_next, rows["kind"].map(COLOURS), "white"),
            "kind_name": [say(f"contest.kind_{kind}", language) for kind in rows["kind"]],
            "name": [division_name(method, language, titles) for method in rows["method"]],
        }
    )
    figures = {"ari": "x", "value": "y", "time": "time_ari", "noise": "noise_ari"}
    shown = marks.assign(time_ari=rows["time_ari"], noise_ari=rows["noise_ari"])
    for name, column in figures.items():
        kind = "percent" if name == "value" else "decimal"
        marks[name] = [show(value, kind, LOCALES[language]) for value in shown[column].tolist()]
    limits = zip(marks["low"].tolist(), marks["high"].tolist(), strict=True)
    marks["range"] = [" – ".join(show(limit, "percent", LOCALES[language]) for limit in pair) for pair in limits]
    return marks


def _with_labels(marks: pd.DataFrame, across: Any, top: float, room: float = WIDTH) -> pd.DataFrame:
    """Add where each name stands: beside its mark, moved as little as it takes not to lie over names and marks."""
    marks["place"] = np.asarray(across, float)
    heights = (marks["y"] / top * HEIGHT).tolist()
    taken: list[Box] = [
        (at - MARK, at + MARK, h, i) for i, (at, h) in enumerate(zip(marks["place"], heights, strict=True))
    ]
    found = {}
    for i in marks["y"].argsort(kind="stable").tolist():
        at, width = float(marks["place"].iloc[i]), len(marks["name"].iloc[i]) * LETTER + 2 * MARK
        sides = [("right", at + MARK, at + width), ("left", at - width, at - MARK)]
        sides = [side for side in sides if side[1] > 0 and side[2] < room + PADDING] or sides[:1]
        tries = []
        for align, begin, end in sides:
            others = [box for box in taken if box[0] < end and begin < box[1] and box[3] != i]
            tries += [(abs(h - heights[i]), align, h, begin, end) for h in _free(heights[i], others)]
        _, align, height, begin, end = min(tries, key=lambda one: (one[0], one[1] == "left"))
        taken.append((begin, end, height, i))
        found[i] = (align, height / HEIGHT * top)
    marks["align"], marks["label_y"] = ([found[i][j] for i in range(len(marks))] for j in (0, 1))
    return marks


def _free(height: float, boxes: list[Box]) -> list[float]:
    """Return the next free heights above and below; above only where below is the axis."""
    free = []
    for step in (1, -1):
        h = height
        while near := [box[2] for box in boxes if abs(h - box[2]) < LINE_HEIGHT - 1e-6]:
            h = max(near) + LINE_HEIGHT if step > 0 else min(near) - LINE_HEIGHT
        free += [h] if step > 0 or h > -LINE_HEIGHT / 2 else []
    return free


def _panel(marks: pd.DataFrame, x: Any, title: str | None, language: str) -> Any:
    import altair as alt

    axis = alt.Axis(title=title, format=".0%", labels=title is not None)
    upwards = alt.Scale(zero=True, nice=False, padding=ROOM)
    y = alt.Y("y:Q", scale=upwards, axis=axis)
    base = alt.Chart(marks.drop(columns=["is_next", "kind"]).round({"x": 6, "y": 6, "label_y": 6, "place": 2}))
    ranges = base.mark_rule(strokeWidth=1.4, opacity=0.55).encode(
        x=x, y=alt.Y("low:Q", scale=upwards), y2="high:Q", color=alt.Color("colour:N", scale=None)
    )
    words = [("name", "division"), ("kind_name", "kind"), ("ari", "stability"), ("value", "value"), ("range", "range")]
    tips = [
        alt.Tooltip(f"{field}:N", title=_tip(word, language))
        for field, word in (*words, ("time", "time"), ("noise", "noise"))
    ]
    kinds = [say(f"contest.kind_{kind}", language) for kind in KINDS]
    legend = alt.Legend(title=None, orient="bottom", direction="horizontal", symbolFillColor="white")
    shape = alt.Shape("kind_name:N", scale=alt.Scale(domain=kinds, range=list(SHAPES.values())), legend=legend)
    stroke = alt.Stroke("kind_name:N", scale=alt.Scale(domain=kinds, range=list(COLOURS.values())), legend=legend)
    points = base.mark_point(size=110, strokeWidth=2, opacity=1).encode(
        x=x,
        y=y,
        shape=shape,
        stroke=stroke,
        fill=alt.Fill("fill:N", scale=None),
        tooltip=tips,
    )
    label = {"y": alt.Y("label_y:Q", scale=upwards), "text": "name:N"}
    names = [
        base.transform_filter(f"datum.align == '{side}'")
        .mark_text(align="left" if side == "right" else "right", dx=10 if side == "right" else -10)
        .encode(x=x, color=alt.Color("colour:N", scale=None), **label)
        for side in ("right", "left")
    ]
    return alt.layer(ranges, points, *names)


def _tip(word: str, language: str) -> str:
    keys = {"kind": "column.kind", "value": "column.revenue_explained", "stability": "column.global_ari"}
    return say(keys.get(word, f"contest.axis_{word}"), language)
