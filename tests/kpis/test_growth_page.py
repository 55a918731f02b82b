"""The growth split as sentences, table and charts."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest

from segkit.charts import growth as charts
from segkit.charts.theme import in_languages, svg
from segkit.kpis import growth, growth_findings, growth_shaping
from segkit.settings.kpis import KpiSettings
from segkit.texts import LANGUAGES, say

REGISTER = pd.DataFrame({"segment_id": ["S1", "S2"], "name_de": ["Eins", "Zwei"], "name_en": ["One", "Two"]})


def parts_of(quarter: str = "2026Q3", back_cast: bool = False, **amounts: dict[str, float]) -> pd.DataFrame:
    """Rows of `growth_parts`; each segment had 1,000 before."""
    rows = []
    for segment, own in amounts.items():
        parts = [part for part in growth.PARTS if segment != "ALL" or not part.startswith("moved")]
        for part in parts:
            amount = own.get(part, 0.0)
            known = {"low": amount - 5, "high": amount + 5} if amount else {"low": np.nan, "high": np.nan}
            rows.append({"segment_id": segment, "part": part, "amount": amount, "n": 40 * bool(amount)} | known)
    table = pd.DataFrame(rows)
    after = 1000 + table.groupby("segment_id")["amount"].transform("sum")
    return table.assign(
        segmentation_id="value",
        quarter=quarter,
        compared_quarter=f"{int(quarter[:4]) - 1}{quarter[4:]}",
        is_small=table["n"] < 30,
        revenue_before=1000.0,
        revenue=after,
        share_measured=0.4,
        is_back_cast=back_cast,
    )


PARTS = parts_of(
    ALL={"price": 30.0, "mix": -10.0, "new": 200.0},
    S1={"price": 30.0, "new": 200.0, "moved_out": -100.0},
    S2={"mix": -10.0, "moved_in": 100.0},
)


def told(parts: pd.DataFrame, quarter: str = "2026Q3") -> dict[str, dict]:
    said = growth_findings.describe_growth(parts, REGISTER, quarter)
    for key, numbers in said:
        assert all(say(key, language, **numbers) for language in LANGUAGES)
    return dict(said)


def test_the_answer_names_the_two_largest_parts_and_where_movement_went():
    said = told(PARTS)
    answer = said["growth.answer_up"]
    assert (answer["change"], answer["growth"], answer["first_en"], answer["second_en"]) == (
        220,
        0.22,
        "New accounts",
        "Price",
    )
    assert said["growth.accounts"] == {"existing": 20, "new": 200, "lost": 0, "paused": 0}
    assert (said["growth.moved"]["gained_de"], said["growth.moved"]["left_de"]) == ("Zwei", "Eins")
    assert said["growth.price"]["low"] == 25


@pytest.mark.parametrize(
    ("parts", "key"),
    [
        (PARTS[:0], "growth.no_year"),
        (parts_of(ALL={"price": -5.0}, S1={"price": -5.0}), "growth.no_moved"),
        (parts_of(ALL={"other": -5.0}), "growth.no_price"),
        (PARTS.assign(low=np.nan, high=np.nan), "growth.price_unsure"),
        (PARTS.assign(revenue_before=0.0), "growth.answer_plain"),
        (PARTS.assign(quarter="2026Q2"), "growth.not_complete"),
        (parts_of(ALL={"lost": -5.0}), "growth.answer_down"),
    ],
)
def test_what_cannot_be_told_is_said(parts, key):
    assert key in told(parts)


def test_steps_lead_from_the_earlier_revenue_to_todays():
    steps = growth_shaping.shape_steps(PARTS, REGISTER, "EUR")
    assert list(dict.fromkeys(steps["segment_id"])) == ["ALL", "S1", "S2"]
    shown = ["before", "moved_in", "moved_out", "price", "mix", "new", "after"]
    assert steps.sort_values("place")["step"].drop_duplicates().tolist() == shown
    for _, own in steps.groupby("segment_id"):
        inner = own[~own["is_level"]]
        assert inner["start"].iloc[0] == 1000 and inner["end"].iloc[-1] == own["end"].iloc[-1]
        np.testing.assert_allclose(inner["start"].to_numpy()[1:], inner["end"].to_numpy()[:-1])
    table = growth_shaping.describe_parts(PARTS, REGISTER)
    assert table["amount_after"].tolist() == [1220, 1130, 1090] and "amount_lost" not in table
    assert growth_shaping.shape_steps(PARTS[:0], REGISTER, "EUR").empty


def test_charts_show_parts_in_both_languages_and_small_ones_hollow():
    parts = pd.concat([PARTS, parts_of("2026Q2", True, ALL={"price": 10.0, "lost": -30.0})], ignore_index=True)
    table = growth_shaping.describe_quarters(parts)
    assert table["quarter"].tolist() == ["2026Q3", "2026Q2"] and table["amount_lost"].tolist()[1] == -30
    words = growth_shaping.chart_words(parts, KpiSettings()) | {"currency": "EUR"}
    assert (words["quarter"], words["compared"]) == ("2026Q3", "2025Q3")
    steps, history = growth_shaping.shape_steps(parts, REGISTER, "EUR"), growth_shaping.shape_history(parts)
    assert history.groupby("quarter")["growth"].first().to_dict() == pytest.approx({"2026Q2": -0.02, "2026Q3": 0.22})
    overall = in_languages(charts.growth_chart, steps, **words)
    segments = in_languages(charts.growth_segments_chart, steps, **words)
    series = in_languages(charts.growth_history_chart, history, **words)
    assert "Neue Kunden" in svg(overall["de"]) and "Two" in svg(segments["en"]) and "2026Q2" in json.dumps(series["de"])
    assert json.dumps(overall["de"]).count("ALL") and '"#FFFFFF"' in json.dumps(segments["de"]["datasets"])
    assert growth_shaping.shape_history(parts, "S1")["part"].tolist() == ["moved_out", "price", "new"]
