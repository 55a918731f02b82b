"""Two segmentations of the same accounts on one picture: who stands where."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from segkit.charts.theme import GRID, INK, SEGMENT_COLOURS
from segkit.texts import say, show

if TYPE_CHECKING:
    import pandas as pd

LOCALES = {"de": "de_DE", "en": "en_GB"}
MORE, LESS = 1.5, 0.5  # times as many as without any connection


def crossing_chart(cells: pd.DataFrame, register: pd.DataFrame, names: dict[str, str], language: str = "de") -> Any:
    """Return a heat map: how each segment's accounts spread over the segments of another segmentation.

    Parameters
    ----------
    cells : DataFrame
        Rows of table `segmentation_overlap` of one pair.
    register : DataFrame
        Table `segment_sizes` of all segmentations: segmentation_id, segment_id, name_de, name_en, revenue_12m.
    names : dict
        name_de, name_en, other_de, other_en: what the two segmentations are called.
    language : str
        Language of the words.
    """
    import altair as alt

    called, places = (_look_up(register, column) for column in (f"name_{language}", "place"))
    drawn = cells.assign(
        row=[called[key] for key in zip(cells["segmentation_id"], cells["segment_id"], strict=True)],
        column=[called[key] for key in zip(cells["other_id"], cells["other_segment_id"], strict=True)],
        place=[places[key] for key in zip(cells["segmentation_id"], cells["segment_id"], strict=True)],
        other_place=[places[key] for key in zip(cells["other_id"], cells["other_segment_id"], strict=True)],
        ink=np.where(cells["share"] > 0.6, "white", INK),
    )
    signs = np.select([drawn["lift"] >= MORE, drawn["lift"] <= LESS], [" +", " −"], "")
    drawn["label"] = [
        f"{show(int(n), 'count', LOCALES[language])}{sign}" for n, sign in zip(drawn["n_accounts"], signs, strict=True)
    ]
    shown = ["row", "column", "place", "other_place", "share", "lift", "label", "ink"]
    base = alt.Chart(drawn[shown]).encode(
        x=alt.X(
            "column:N",
            sort=alt.EncodingSortField("other_place"),
            axis=alt.Axis(title=None, orient="top", labelAngle=-30, labelLimit=210, domain=False, ticks=False),
        ),
        y=alt.Y("row:N", sort=alt.EncodingSortField("place"), axis=alt.Axis(title=None, labelLimit=280)),
    )
    share = say("crossing.axis_share", language)
    scale = alt.Scale(domain=[0, 1], range=[GRID, SEGMENT_COLOURS[0]])
    heat = base.mark_rect(stroke="white", strokeWidth=2).encode(
        color=alt.Color(
            "share:Q", scale=scale, legend=alt.Legend(title=share, titleLimit=320, format=".0%", orient="bottom")
        ),
        tooltip=[
            alt.Tooltip("share:Q", title=share, format=".0%"),
            alt.Tooltip("lift:Q", title=say("crossing.tooltip_lift", language), format=".1f"),
        ],
    )
    words = base.mark_text(fontSize=12).encode(text="label:N", color=alt.Color("ink:N", scale=None))
    title = alt.TitleParams(say("crossing.title", language, **names), subtitle=say("crossing.note", language))
    layered = alt.layer(heat, words).resolve_scale(color="independent")
    return layered.properties(width=alt.Step(92), height=alt.Step(30), title=title)


def _look_up(register: pd.DataFrame, column: str) -> dict[tuple[str, str], Any]:
    """Return a column by segmentation and segment; place: the order by revenue within a segmentation."""
    rank = register.groupby("segmentation_id")["revenue_12m"].rank(ascending=False, method="first")
    keys = zip(register["segmentation_id"], register["segment_id"], strict=True)
    return dict(zip(keys, register.assign(place=rank.astype(int))[column], strict=True))
