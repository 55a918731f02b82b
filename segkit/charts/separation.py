"""How segments lie to each other: a plane with hulls, and silhouettes and shadow values by segment."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING, Any

import numpy as np

from segkit.charts.theme import GRID, INK, LINE, MUTED, SEGMENT_COLOURS
from segkit.display import label_of
from segkit.texts import say, show

if TYPE_CHECKING:
    import pandas as pd

LOCALES = {"de": "de_DE", "en": "en_GB"}
WIDTH, HEIGHT = 620, 420
BARS_WIDTH = 230
ARROWS = {"right": "{} →", "left": "← {}", "top": "↑ {}", "bottom": "↓ {}"}
CORNERS = {  # where the words of an end stand: x, y in pixels, alignment, baseline
    "left": (0, HEIGHT + 20, "left", "middle"),
    "right": (WIDTH, HEIGHT + 20, "right", "middle"),
    "top": (0, -14, "left", "middle"),
    "bottom": (0, HEIGHT + 40, "left", "middle"),
}
BANDS = (
    -0.5,
    0.0,
    0.25,
    0.5,
    0.7,
    1.0,
)  # of the silhouette (Kaufman and Rousseeuw 1990)
NAME_WIDE, NAME_HIGH = 0.15, 0.05  # of the picture: what a name takes
FILLED = 0.82  # share of a segment's row that its area takes


def separation_chart(picture: pd.DataFrame, names: pd.DataFrame | None = None, language: str = "de") -> Any:
    """Return a map of the accounts on the plane on which segments lie furthest apart, with two hulls each.

    Parameters
    ----------
    picture : DataFrame
        From `projection.project_segments`: kind, segment_id, place, x, y, criterion, level.
    names : DataFrame, optional
        segment_id, name_de, name_en, colour (table `segment_sizes`); without it segments are clusters by number.
    language : str
        Language of the words.
    """
    import altair as alt

    shown = _named(picture, names, language)
    dots = shown[shown["kind"] == "point"][["x", "y", "colour"]]
    x = alt.X("x:Q", axis=None, scale=alt.Scale(zero=False, nice=False, padding=44))
    y = alt.Y("y:Q", axis=None, scale=alt.Scale(zero=False, nice=False, padding=14))
    points = alt.Chart(dots).mark_circle(size=22, opacity=0.4).encode(x=x, y=y, color=_as_given("colour"))
    shape: dict[str, Any] = {"x": x, "y": y, "order": "place:O", "detail": "segment_id:N"}
    layers = [points]
    for kind, look in (
        ("outer", {"strokeWidth": 1.3, "strokeDash": [4, 3], "fillOpacity": 0}),
        ("inner", {"strokeWidth": 1.8, "fillOpacity": 0.16}),
    ):
        corners = shown[shown["kind"] == kind][["x", "y", "place", "segment_id", "colour"]]
        line = alt.Chart(corners).mark_line(interpolate="linear-closed", **look)
        layers.append(line.encode(**shape, stroke=_as_given("colour"), fill=alt.Fill("colour:N", scale=None)))
    labels = _apart(shown[shown["kind"] == "centre"][["x", "y", "name", "colour"]], dots)
    words = alt.Chart(labels).encode(x=x, y=y, text="name:N")
    layers.append(words.mark_text(fontSize=13, fontWeight=700, stroke="white", strokeWidth=4, opacity=0.9))
    layers.append(words.mark_text(fontSize=13, fontWeight=700).encode(color=_as_given("colour")))
    layers += _ends(shown, language)
    title = say("separation.chart_plane", language)
    return (
        alt.layer(*layers)
        .resolve_scale(color="independent", stroke="independent", fill="independent")
        .properties(
            width=WIDTH,
            height=HEIGHT,
            title=alt.TitleParams(title, subtitle=say("separation.chart_plane_note", language), offset=26),
        )
        .configure_view(stroke=GRID)
    )


def silhouette_chart(
    quantiles: pd.DataFrame, table: pd.DataFrame, names: pd.DataFrame | None = None, language: str = "de"
) -> Any:
    """Return, per segment, its accounts' silhouettes and shadow values from the worst to the best, with the means.

    Parameters
    ----------
    quantiles, table : DataFrame
        Both of `shadow.measure_separation`.
    names : DataFrame, optional
        As in `separation_chart`.
    language : str
        Language of the words.
    """
    import altair as alt

    each = _named(table[table["segment_id"] != "ALL"], names, language).reset_index(drop=True)
    each["row"] = np.arange(len(each))[::-1].astype(float)
    each["title"] = [
        f"{name} ({show(n, 'count', LOCALES[language])})"
        for name, n in zip(each["name"], each["n_accounts"], strict=True)
    ]
    curves = quantiles.merge(each[["segment_id", "row", "colour"]], on="segment_id")
    curves["y"] = (curves["row"] + FILLED * curves["place"]).round(4)
    panels = [
        _panel(curves[curves["measure"] == measure], each.assign(value=each[measure]), measure, language)
        for measure in ("silhouette", "shadow")
    ]
    note = say("separation.chart_silhouette_note", language)
    return alt.hconcat(
        *panels,
        spacing=34,
        title=alt.TitleParams(say("separation.chart_silhouette", language), subtitle=note),
    )


def _panel(curves: pd.DataFrame, each: pd.DataFrame, measure: str, language: str) -> Any:
    """Return the areas of one measure; the names stand left of the silhouettes only."""
    import altair as alt

    is_first = measure == "silhouette"
    values = list(BANDS) if is_first else [0, 0.5, 1]
    domain = [-0.5 if is_first else 0.0, 1]
    axis = alt.Axis(title=say(f"separation.axis_{measure}", language), values=values, format=".2~f", gridColor=GRID)
    x = alt.X("value:Q", scale=alt.Scale(domain=domain, nice=False, clamp=True), axis=axis)
    heights = alt.Scale(domainMin=-0.1, nice=False, zero=True)
    y = alt.Y("y:Q", axis=None, scale=heights)
    area = alt.Chart(curves[["value", "y", "colour", "segment_id"]]).mark_area(orient="horizontal", opacity=0.85)
    area = area.encode(x=x.stack(None), y=y, detail="segment_id:N", color=_as_given("colour"))
    middle = each.assign(
        y=each["row"] + FILLED / 2,
        y2=each["row"] + FILLED,
        text=[show(v, "decimal", LOCALES[language]) for v in each["value"]],
    )[["row", "y", "y2", "value", "text", "title"]]
    base = alt.Chart(middle)
    mean = base.mark_rule(color=INK, strokeWidth=2).encode(x=x, y=alt.Y("row:Q", scale=heights, axis=None), y2="y2:Q")
    number = base.mark_text(align="left", dx=6, color=INK, fontSize=12).encode(
        x=alt.value(BARS_WIDTH), y=y, text="text:N"
    )
    layers = [area, mean, number]
    if is_first:
        text = base.mark_text(align="right", dx=-10, color=INK, fontSize=12)
        layers.append(text.encode(x=alt.value(0), y=y, text="title:N"))
    return alt.layer(*layers).properties(width=BARS_WIDTH, height=44 * len(each))


def _ends(shown: pd.DataFrame, language: str) -> list[Any]:
    """Return the words at the ends of the axes, if a criterion goes with them, and how much the picture holds."""
    import altair as alt
    import pandas as pd

    found = []
    for end, (x, y, align, baseline) in CORNERS.items():
        rows = shown[shown["kind"] == end].sort_values("place")
        text = _words(rows, language)
        text = ARROWS[end].format(text) if text else ""
        chart = alt.Chart(pd.DataFrame({"text": [text]})).mark_text(
            align=align, baseline=baseline, color=MUTED, fontSize=12
        )
        found.append(chart.encode(x=alt.value(x), y=alt.value(y), text="text:N"))
    held = shown.loc[shown["kind"] == "shown", "x"].max()
    told = alt.Chart(pd.DataFrame({"text": [say("separation.shown", language, shown=held)]}))
    told = told.mark_text(align="right", baseline="middle", color=MUTED, fontSize=11)
    return [*found, told.encode(x=alt.value(WIDTH), y=alt.value(HEIGHT + 40), text="text:N")]


def _words(rows: pd.DataFrame, language: str) -> str:
    """Return which numbers are high at an end, and which levels of categories are common there."""
    high = [label_of(row.criterion, language) for row in rows.itertuples() if _is_number(row)]
    levels = [f"{label_of(row.criterion, language)}: {row.level}" for row in rows.itertuples() if not _is_number(row)]
    return ", ".join(([say("separation.high", language, names=", ".join(high))] if high else []) + levels)


def _is_number(row: Any) -> bool:
    return row.level is None or row.level != row.level


def _apart(labels: pd.DataFrame, dots: pd.DataFrame) -> pd.DataFrame:
    """Move names that would lie on each other apart, up and down."""
    wide, high = (max(float(np.ptp(dots[axis])), 1e-9) if len(dots) else 1.0 for axis in ("x", "y"))
    x, y = labels["x"].to_numpy(float) / wide, labels["y"].to_numpy(float) / high
    for _ in range(3):
        for i, j in combinations(np.argsort(y, kind="stable").tolist(), 2):
            if abs(x[i] - x[j]) < NAME_WIDE and abs(y[i] - y[j]) < NAME_HIGH:
                push = (NAME_HIGH - abs(y[i] - y[j])) / 2
                y[[i, j]] += (-push, push) if y[i] <= y[j] else (push, -push)
    return labels.assign(y=(y * high).round(4))


def _named(frame: pd.DataFrame, names: pd.DataFrame | None, language: str) -> pd.DataFrame:
    """Add name and colour of each row's segment: those of the register, or a cluster's by its number."""
    if names is not None:
        given = names.set_index("segment_id")
        ids = frame["segment_id"]
        colour = ids.map(given["colour"]).fillna(LINE)
        return frame.assign(name=ids.map(given[f"name_{language}"]).fillna(ids), colour=colour)
    number = frame["segment_id"].str.extract(r"(\d+)$")[0]
    words = [say("segments.cluster_label", language, number=n) if n == n else "" for n in number]
    colours = [SEGMENT_COLOURS[(int(n) - 1) % len(SEGMENT_COLOURS)] if n == n else LINE for n in number]
    return frame.assign(name=words, colour=colours)


def _as_given(field: str) -> Any:
    import altair as alt

    return alt.Color(f"{field}:N", scale=None)
