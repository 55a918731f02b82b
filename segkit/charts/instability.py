"""Chart of notebook 04: why a cluster is not found again, the search or too few accounts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from segkit.charts.theme import INK, LINE, SEGMENT_COLOURS
from segkit.texts import say, show

if TYPE_CHECKING:
    import pandas as pd

LOCALES = {"de": "de_DE", "en": "en_GB"}
PARTS = ("kept", "sampling_part", "algorithm_part")
COLOURS = {"kept": SEGMENT_COLOURS[0], "sampling_part": "#B45309", "algorithm_part": LINE}


def instability_chart(stability: pd.DataFrame, n_segments: int, language: str = "de") -> Any:
    """Return a bar per cluster: what comes back on samples, what too few accounts cost, what a short search costs.

    Parameters
    ----------
    stability : DataFrame
        Table `segment_stability`: method, n_segments, segment_id, instability, sampling_part, algorithm_part, n_needed.
    n_segments : int
        The number chosen.
    language : str
        Language of the words.
    """
    import altair as alt

    rows = _shape(stability, n_segments, language)
    long = rows.melt(["name", "n_needed"], list(PARTS), "part", "share")
    long["part_name"] = [say(f"segments.part_{part}", language) for part in long["part"]]
    long["order"] = long["part"].map(PARTS.index)
    long["label"] = [show(share, "percent", LOCALES[language]) for share in long["share"]]
    names = [say(f"segments.part_{part}", language) for part in PARTS]
    bars = (
        alt.Chart(long[["name", "part_name", "order", "share", "label"]])
        .mark_bar(height={"band": 0.62}, stroke="white", strokeWidth=1)
        .encode(
            y=alt.Y("name:N", axis=alt.Axis(title=None, labelFontSize=12)),
            x=alt.X(
                "share:Q",
                axis=alt.Axis(title=None, format=".0%", values=[0, 0.25, 0.5, 0.75, 1]),
                scale=alt.Scale(domain=[0, 1]),
            ),
            order=alt.Order("order:Q"),
            color=alt.Color(
                "part_name:N",
                scale=alt.Scale(domain=names, range=[COLOURS[part] for part in PARTS]),
                legend=alt.Legend(title=None, orient="top", labelLimit=320, direction="horizontal"),
            ),
            tooltip=[
                alt.Tooltip("name:N", title=say("segments.axis_cluster", language)),
                alt.Tooltip("part_name:N", title=" "),
                alt.Tooltip("label:N", title=say("segments.axis_share", language)),
            ],
        )
    )
    notes = rows.assign(
        x=1.0,
        note=[
            say("segments.needs", language, n=int(n)) if n == n else say("segments.needs_unknown", language)
            for n in rows["n_needed"].astype(float)
        ],
    )
    words = (
        alt.Chart(notes[["name", "x", "note"]])
        .mark_text(align="left", dx=8, fontSize=11, color=INK)
        .encode(y="name:N", x="x:Q", text="note:N")
    )
    return alt.layer(bars, words).properties(
        width=430,
        height=alt.Step(34),
        padding={"left": 5, "top": 5, "right": 175, "bottom": 5},
        title=alt.TitleParams(
            say("segments.chart_instability", language), subtitle=say("segments.chart_instability_note", language)
        ),
    )


def _shape(stability: pd.DataFrame, n_segments: int, language: str) -> pd.DataFrame:
    """Return a row per cluster at the number chosen: name, n_needed, and the three parts, which add up to 1."""
    rows = stability[
        (stability["method"] != "grid")
        & (stability["n_segments"] == n_segments)
        & (stability["segment_id"] != "ALL")
        & stability["sampling_part"].notna()
    ]
    number = rows["segment_id"].str.extract(r"(\d+)$")[0]
    search = rows["algorithm_part"].clip(lower=0)
    return rows.assign(
        name=[say("segments.cluster_label", language, number=n) for n in number],
        algorithm_part=search,
        kept=1 - rows["sampling_part"] - search,
    )
