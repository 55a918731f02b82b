"""KPI charts: what they show, in both languages, with the data apart."""

from __future__ import annotations

import json

import pandas as pd
import pytest

from segkit.charts.kpis import LEVELS, RATES, kpi_by_segment_chart, kpi_history_chart, segment_history_chart
from segkit.charts.theme import in_languages, svg
from segkit.kpis.catalogue import kpi_catalogue

NUMBERS = {"level": 95.0, "min_accounts": 30}
COLOURS = {"ALL": "#1B2430", "S1": "#0B4F9C", "S2": "#C2410C"}
NAMES = {"ALL": ("Alle Kunden", "All accounts"), "S1": ("Müller-Klasse", "Core"), "S2": ("Ruhende", "Dormant")}


def shaped(quarters=("2026Q1", "2026Q2"), without=()) -> pd.DataFrame:
    rows = []
    for quarter in quarters:
        for rank, segment_id in enumerate(COLOURS):
            for kpi_id in kpi_catalogue():
                value = None if kpi_id in without or (segment_id, kpi_id) == ("S2", "growth") else 0.25 + rank / 10
                rows.append([quarter, segment_id, kpi_id, value, 40 + rank, segment_id == "S2", rank])
    columns = ["quarter", "segment_id", "kpi_id", "value", "n", "is_small", "rank"]
    frame = pd.DataFrame(rows, columns=columns).astype({"value": float})
    low, high = frame["value"] - 0.05, frame["value"] + 0.05
    frame = frame.assign(low=low, high=high, shown_low=low, shown_high=high, is_cut_low=False, is_cut_high=False)
    colour = frame["segment_id"].map(COLOURS)
    names = {
        f"segment_{lang}": frame["segment_id"].map({k: v[i] for k, v in NAMES.items()})
        for i, lang in enumerate(("de", "en"))
    }
    return frame.assign(colour=colour, fill=colour.mask(frame["is_small"], "#FFFFFF"), is_complete=True, **names)


def by_segment(frame: pd.DataFrame, kpi_ids=LEVELS, **options) -> dict:
    return in_languages(kpi_by_segment_chart, frame, kpi_ids=kpi_ids, title="kpis.chart_levels", **NUMBERS, **options)


def titles(spec: dict) -> list[str]:
    return [panel["title"]["text"] for panel in spec["concat"]]


def fields(spec: dict) -> set[str]:
    found = set()

    def walk(node):
        if isinstance(node, dict):
            if isinstance(node.get("field"), str):
                found.add(node["field"])
            for value in node.values():
                walk(value)
        elif isinstance(node, list):
            for value in node:
                walk(value)

    walk({k: v for k, v in spec.items() if k != "datasets"})
    return found


def test_one_panel_per_kpi_with_dot_and_interval():
    specs = by_segment(shaped())
    assert titles(specs["de"]) == [
        "Umsatz",
        "Aktive Kunden",
        "Aufträge je aktivem Kunden",
        "Durchschnittlicher Auftragswert",
        "DB-I-Quote",
        "Umsatzanteil",
    ]
    assert titles(specs["en"])[0] == "Revenue"
    assert {"value", "shown_low", "shown_high", "colour", "fill", "segment_de"} <= fields(specs["de"])
    assert "segment_en" in fields(specs["en"]) and "segment_en" not in fields(specs["de"])
    assert specs["de"]["title"]["subtitle"].startswith(
        "Punkt: Wert; Linie: 95-%-Intervall; hohl: weniger als 30 Kunden"
    )


def test_small_figures_are_hollow_and_take_their_fill_from_the_data():
    dots = [
        layer for layer in by_segment(shaped())["de"]["concat"][0]["layer"] if layer["mark"].get("strokeWidth") == 2
    ]
    assert dots and dots[-1]["encoding"]["fill"] == {"field": "fill", "scale": None, "type": "nominal"}


def test_only_the_newest_quarter_is_drawn():
    rows = by_segment(shaped())["de"]["datasets"]["table0"]
    assert {row["quarter"] for row in rows} == {"2026Q2"}


def test_kpis_without_any_value_have_no_panel():
    assert "DB-I-Quote" not in titles(by_segment(shaped(without=("margin_rate",)))["de"])


def test_growth_shows_zero_and_the_overall_rate():
    panel = by_segment(shaped(), kpi_ids=("growth",))["de"]["concat"][0]
    assert any(layer["encoding"].get("x", {}).get("datum") == 0 for layer in panel["layer"])
    assert any(layer["mark"].get("strokeDash") for layer in panel["layer"])
    revenue = by_segment(shaped(), kpi_ids=("revenue",))["de"]["concat"][0]
    assert not any(layer["mark"].get("strokeDash") for layer in revenue["layer"]), "a sum of all is no yardstick"


@pytest.mark.parametrize(
    "make",
    [
        by_segment,
        lambda f: in_languages(kpi_history_chart, f, **NUMBERS),
        lambda f: in_languages(segment_history_chart, f, kpi_id="retention", **NUMBERS),
    ],
)
def test_nothing_of_the_data_stands_in_the_specification(make):
    one, other = shaped(), shaped()
    other = other.assign(
        value=other["value"] * 7, segment_de="X & Y", segment_en="<b>", quarter="2031" + other["quarter"].str[4:]
    )
    specs = [json.dumps({k: v for k, v in make(frame)["de"].items() if k != "datasets"}) for frame in (one, other)]
    assert specs[0] == specs[1]


def test_history_has_a_band_and_marks_incomplete_quarters():
    spec = in_languages(kpi_history_chart, shaped(), **NUMBERS)["en"]
    assert titles(spec)[:2] == ["Revenue", "Active accounts"]
    marks = [layer["mark"]["type"] for layer in spec["concat"][0]["layer"]]
    assert marks == ["area", "line", "point"]
    assert "is_complete" in json.dumps(spec["concat"][0]["layer"][2]["encoding"]["fill"])
    assert {row["segment_id"] for row in spec["datasets"]["table0"]} == {"ALL"}


def test_segments_over_time_share_one_axis_with_all_accounts_behind():
    spec = in_languages(segment_history_chart, shaped(), kpi_id="revenue_churn", **NUMBERS)["de"]
    assert spec["title"]["text"] == "Abwanderung nach Wert je Segment im Verlauf der Quartale"
    assert spec["facet"]["field"] == "segment_de" and "resolve" not in spec


@pytest.mark.parametrize("chart", ["levels", "history", "segments"])
def test_without_figures_the_chart_says_so_and_draws(chart):
    empty = shaped(without=tuple(kpi_catalogue()))
    specs = {
        "levels": lambda: by_segment(empty, kpi_ids=RATES),
        "history": lambda: in_languages(kpi_history_chart, empty, **NUMBERS),
        "segments": lambda: in_languages(segment_history_chart, empty, kpi_id="retention", **NUMBERS),
    }[chart]()
    assert "Für dieses Quartal liegen keine Werte vor" in svg(specs["de"])


def test_charts_draw_with_german_numbers_and_currency():
    picture = svg(by_segment(shaped(), currency="CHF")["de"])
    assert "Müller-Klasse" in picture and "CHF" in picture and "NaN" not in picture
    assert "NaN" not in svg(in_languages(segment_history_chart, shaped(), kpi_id="growth", **NUMBERS)["en"])
