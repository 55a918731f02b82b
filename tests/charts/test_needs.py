"""Charts of needs: lists of questions in the order of the settings, groups to begin with on top."""

from __future__ import annotations

import pandas as pd

from segkit.charts.needs import need_candidates_chart, need_profile_chart

NAMES = {"name_de": ["Preis", "Rat"], "name_en": ["Price", "Advice"], "colour": ["#0B4F9C", "#16794C"]}
SIZES = pd.DataFrame({"segment_id": ["N1", "N2"], **NAMES})
PATTERNS = ("Bedarf: *", "Pain: *")


def profiles(questions: dict[str, str]) -> pd.DataFrame:
    rows = [
        {"segment_id": s, "question": q, "kind": kind, "estimate": 0.5, "effect_size": 0.1, "n_persons": 30}
        for q, kind in questions.items()
        for s in ("N1", "N2")
    ]
    return pd.DataFrame(rows)


def labels(chart) -> list[str]:
    return list(dict.fromkeys(chart.layer[0].data["label"] if chart.data is None else chart.data["label"]))


def test_only_the_first_list_goes_without_its_name():
    asked = {"Pain: Stillstand": "pick", "Bedarf: Rat": "rating", "Sonst": "pick", "Bedarf: Preis": "rating"}
    assert labels(need_profile_chart(profiles(asked), SIZES, PATTERNS)) == ["Preis", "Rat", "Pain: Stillstand", "Sonst"]
    assert labels(need_profile_chart(profiles({"Pain: Stillstand": "pick"}), SIZES, PATTERNS)) == ["Stillstand"]


def test_groups_to_begin_with_stand_on_top():
    figures = {"split_by": "region", "value": ["A", "B", "C"], "n_persons": 30, "n_reachable": 25, "learning": 0.5}
    starts = {"rank": [1, 2, 3], "segment_id": ["N1", "N1", "N2"], "is_start": [True, False, True], "access": 0.7}
    told = need_candidates_chart(pd.DataFrame(figures | starts), SIZES, "en").to_dict()
    (rows,) = told["datasets"].values()
    order = {row["label"]: row["order"] for row in rows}
    assert sorted(order, key=order.get) == ["1. Price, region A", "3. Advice, region C", "2. Price, region B"]
