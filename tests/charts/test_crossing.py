"""The picture of two segmentations: every cell once, the largest segments first, in both languages."""

from __future__ import annotations

import pandas as pd

from segkit.charts.crossing import crossing_chart
from segkit.charts.theme import in_languages
from segkit.segments.crossing import cross_segmentations


def test_cells_in_order_of_revenue():
    segments = pd.DataFrame(
        {
            "segmentation_id": ["value"] * 3 + ["service"] * 3,
            "account_id": ["a", "b", "c"] * 2,
            "segment_id": ["S1", "S2", "S2", "S1", "S1", "S2"],
        }
    )
    sizes = pd.DataFrame(
        {
            "segmentation_id": ["value", "value", "service", "service"],
            "segment_id": ["S1", "S2", "S1", "S2"],
            "name_de": ["Klein", "Groß", "Viel <b>", "Wenig"],
            "name_en": ["Small", "Large", "Much", "Little"],
            "revenue_12m": [1.0, 5.0, 2.0, 9.0],
        }
    )
    names = {"name_de": "Wert", "name_en": "Value", "other_de": "Service", "other_en": "Service"}
    spec = in_languages(crossing_chart, cross_segmentations(segments, pd.Series(dtype=float)), sizes, names)
    rows = next(iter(spec["de"]["datasets"].values()))
    assert {(r["row"], r["place"]) for r in rows} == {("Groß", 1), ("Klein", 2)}
    assert {(r["column"], r["other_place"]) for r in rows} == {("Wenig", 1), ("Viel <b>", 2)}
    assert {r["label"] for r in rows} == {"1 +", "1"} or len(rows) == 3
    assert "Value" in str(spec["en"]["title"]) and spec["de"]["title"] != spec["en"]["title"]
