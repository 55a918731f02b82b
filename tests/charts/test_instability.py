"""Why a group does not come back: three parts that add up to one, and how many accounts would be needed."""

import numpy as np
import pandas as pd

from segkit.charts.instability import instability_chart
from segkit.charts.theme import in_languages
from segkit.display import svg

STABILITY = pd.DataFrame(
    {
        "method": ["grid", "kmeans", "kmeans", "kmeans", "kmeans"],
        "n_segments": [2, 2, 2, 2, 3],
        "segment_id": ["S1", "ALL", "cluster 1", "cluster 2", "cluster 1"],
        "sampling_part": [np.nan, np.nan, 0.2, 0.1, np.nan],
        "algorithm_part": [np.nan, np.nan, 0.1, -0.02, np.nan],  # below 0: a search to the end was no better
        "n_needed": [np.nan, np.nan, 1200.0, np.nan, np.nan],
    }  # fmt: skip
)


def rows_of(chart: dict, *columns: str) -> list[dict]:
    return next(rows for rows in chart["datasets"].values() if set(columns) <= set(rows[0]))


def test_the_parts_of_each_group_add_up_to_one():
    chart = in_languages(instability_chart, STABILITY, 2)["de"]
    rows = pd.DataFrame(rows_of(chart, "share", "part_name"))
    assert rows.groupby("name")["share"].sum().round(9).to_dict() == {"Gruppe 1": 1.0, "Gruppe 2": 1.0}
    shares = rows.set_index(["name", "order"])["share"].round(9)
    assert [shares["Gruppe 1", i] for i in range(3)] == [0.7, 0.2, 0.1]
    assert shares["Gruppe 2", 2] == 0


def test_what_is_needed_is_said_in_both_languages():
    charts = in_languages(instability_chart, STABILITY, 2)
    german, english = ({row["name"]: row["note"] for row in rows_of(charts[x], "note")} for x in ("de", "en"))
    assert "1.200" in german["Gruppe 1"] and "1,200" in english["Group 1"]
    assert "vorherzusagen" in german["Gruppe 2"] and len(svg(charts["de"])) > 2000
