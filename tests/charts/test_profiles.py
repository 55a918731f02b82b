"""Charts of profiles: what they show, in both languages, with the data apart."""

from __future__ import annotations

import json

import pandas as pd
import pytest

from segkit.charts.profiles import category_chart, effects_chart, profile_chart
from segkit.charts.theme import in_languages, svg
from segkit.profiles.shaping import PLAIN, categories_to_draw, numbers_to_draw, shape_profiles

ROWS = [  # segment, variable, category, kind, value, overall, effect, p, n, small, input, marker
    ("S1", "interval_days", "", "median", 10, 30, -0.8, 0.0, 60, False, False, True),
    ("S2", "interval_days", "", "median", 34, 30, 0.1, 0.9, 80, False, False, False),
    ("S3", "interval_days", "", "median", 2, 30, None, None, 3, True, False, False),
    ("S1", "avg_order_value_12m", "", "median", 900, 300, 0.7, 0.0, 60, False, False, True),
    ("S2", "avg_order_value_12m", "", "median", None, 300, None, None, 0, True, False, False),
    ("S3", "avg_order_value_12m", "", "median", 90_000, 300, None, None, 3, True, False, False),
    ("S1", "revenue_12m", "", "median", 9000, 3000, 0.9, 0.0, 60, False, True, True),
    ("S2", "revenue_12m", "", "median", 2500, 3000, -0.5, 0.0, 80, False, True, False),
    ("S1", "industry", "Bau & Söhne", "share", 0.6, 0.2, 0.9, 0.0, 60, False, False, True),
    ("S2", "industry", "Bau & Söhne", "share", 0.1, 0.2, -0.4, 0.01, 80, False, False, False),
]
COLUMNS = ["segment_id", "variable", "category", "kind", "value", "overall", "effect_size", "p_adjusted", "n"]
CARDS = pd.DataFrame(
    [("S1", "Spitze", "Top", "#0B4F9C"), ("S2", "Kern", "Core", "#C2410C"), ("S3", "Schlüssel", "Key", "#16794C")],
    columns=["segment_id", "name_de", "name_en", "colour"],
)


def shaped(cards=CARDS, factor=1.0, word="") -> pd.DataFrame:
    frame = pd.DataFrame(ROWS, columns=[*COLUMNS, "is_small", "is_input", "is_marker"])
    numbers = ["value", "overall", "effect_size", "p_adjusted"]
    frame[numbers] = frame[numbers].astype(float)
    is_number = frame["kind"] == "median"
    frame["value"] = frame["value"].where(~is_number, frame["value"] * factor)
    frame["category"] = frame["category"].where(frame["category"] == "", frame["category"] + word)
    return shape_profiles(frame.assign(low=frame["value"] * 0.9, high=frame["value"] * 1.1), cards)


def charts(frame: pd.DataFrame) -> dict[str, dict]:
    return {
        "profile": in_languages(profile_chart, numbers_to_draw(frame, False), title="profiles.chart_profile"),
        "inputs": in_languages(profile_chart, numbers_to_draw(frame, True), title="profiles.chart_inputs"),
        "effects": in_languages(effects_chart, frame),
        "categories": in_languages(category_chart, categories_to_draw(frame)),
    }


@pytest.mark.parametrize("name", ["profile", "inputs", "effects", "categories"])
def test_nothing_of_the_data_stands_in_the_specification(name):
    other = CARDS.assign(name_de="X & Y", name_en="<b>", colour="#123456")
    specs = [charts(frame)[name] for frame in (shaped(), shaped(other, 7.0, " 2"))]
    for language in ("de", "en"):
        one, two = (json.dumps({k: v for k, v in s[language].items() if k != "datasets"}) for s in specs)
        assert one == two
        assert "#123456" not in two and "Söhne" not in two


def test_markers_have_their_segments_colour_and_all_else_is_grey():
    frame = shaped()
    assert (frame.loc[frame["is_marker"], "colour"] == "#0B4F9C").all()
    assert (frame.loc[~frame["is_marker"], "colour"] == PLAIN).all()
    assert (frame.loc[frame["is_small"], "fill"] == "#FFFFFF").all()


def test_each_panel_has_every_segment_so_that_rows_stand_in_line():
    frame = numbers_to_draw(shaped(), False)
    assert set(frame.loc[frame["variable"] == "avg_order_value_12m", "segment_id"]) == {"S1", "S2", "S3"}


def test_a_few_accounts_do_not_squeeze_the_others_but_are_pointed_at():
    row = shaped().set_index(["segment_id", "variable"]).loc[("S3", "avg_order_value_12m")]
    assert row["is_cut_high"] and row["shown"] < 2000 and row["value"] == 90_000


def test_panels_are_titled_and_inputs_stand_apart():
    found = charts(shaped())
    assert [p["title"]["text"] for p in found["profile"]["de"]["concat"]] == [
        "Tage zwischen Bestellungen",
        "Auftragswert",
    ]
    assert [p["title"]["text"] for p in found["inputs"]["en"]["concat"]] == ["Revenue with us a year"]
    shown = {row["variable"] for row in found["effects"]["en"]["datasets"]["table0"]}
    assert shown == {"interval_days", "avg_order_value_12m", "industry"}


def test_charts_draw_in_both_languages_and_escape_the_data():
    found = charts(shaped())
    assert "Branche: Bau &amp; Söhne" in svg(found["categories"]["de"])
    assert "Industry" in svg(found["categories"]["en"]) and "NaN" not in svg(found["profile"]["de"])
    assert "Tsd. €" in svg(found["inputs"]["de"])


def test_without_rows_the_charts_say_so():
    empty = shaped().iloc[:0]
    for specs in charts(empty).values():
        assert "nichts zu zeichnen" in svg(specs["de"])
