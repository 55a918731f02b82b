"""KPI charts: what they show, in both languages, with the data apart."""

from __future__ import annotations

import json

import pandas as pd
import pytest

from segkit.charts.kpi_history import kpi_trellis_chart
from segkit.charts.kpis import kpi_by_segment_chart
from segkit.charts.theme import in_languages, svg
from segkit.kpis.catalogue import kpi_catalogue

NUMBERS = {"level": 95.0}
LEVELS = ["revenue", "n_active_accounts", "order_frequency", "avg_order_value", "margin_rate", "revenue_share"]
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
    frame = frame.assign(
        low=low,
        high=high,
        shown=frame["value"],
        is_far=False,
        shown_low=low,
        shown_high=high,
        is_cut_low=False,
        is_cut_high=False,
    )
    colour = frame["segment_id"].map(COLOURS)
    names = {
        f"segment_{lang}": frame["segment_id"].map({k: v[i] for k, v in NAMES.items()})
        for i, lang in enumerate(("de", "en"))
    }
    drawn = {
        "drawn": frame["value"],
        "drawn_low": low,
        "drawn_high": high,
        "overall": 0.25,
        "target": 0.3,
        "dot": colour,
    }
    flags = {"is_complete": True, "is_back_cast": frame["quarter"] == quarters[0]}
    return frame.assign(colour=colour, fill=colour.mask(frame["is_small"], "#FFFFFF"), **flags, **drawn, **names)


def trellis(frame: pd.DataFrame, kpi_ids=("revenue", "retention"), **options) -> dict:
    return in_languages(
        kpi_trellis_chart, frame, kpi_ids=list(kpi_ids), title="kpi_page.trellis_sales", **NUMBERS, **options
    )


def by_segment(frame: pd.DataFrame, kpi_ids=LEVELS, **options) -> dict:
    return in_languages(kpi_by_segment_chart, frame, kpi_ids=kpi_ids, title="kpi_page.now_sales", **NUMBERS, **options)


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
    assert {"shown", "value", "shown_low", "shown_high", "colour", "fill", "segment_de"} <= fields(specs["de"])
    assert "segment_en" in fields(specs["en"]) and "segment_en" not in fields(specs["de"])
    assert specs["de"]["title"]["subtitle"].startswith("Punkt: Wert; Linie: 95-%-Intervall; hohl: zu kleine Zahl")


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


@pytest.mark.parametrize("make", [by_segment, trellis])
def test_nothing_of_the_data_stands_in_the_specification(make):
    one, other = shaped(), shaped()
    other = other.assign(
        value=other["value"] * 7, segment_de="X & Y", segment_en="<b>", quarter="2031" + other["quarter"].str[4:]
    )
    specs = [json.dumps({k: v for k, v in make(frame)["de"].items() if k != "datasets"}) for frame in (one, other)]
    assert specs[0] == specs[1]


def test_the_grid_has_a_column_for_each_kpi_and_a_row_for_each_segment():
    spec = trellis(shaped())["de"]
    names, revenue, retention = spec["hconcat"]
    assert [column["title"]["text"][-1] for column in (revenue, retention)] == ["Umsatz", "Kundenbindung"]
    assert {column["facet"]["row"]["field"] for column in (names, revenue, retention)} == {"segment_de"}
    assert revenue["resolve"] == {"scale": {"y": "independent"}} and "resolve" not in retention, "sums differ in size"
    lines = [layer for layer in retention["spec"]["layer"] if layer["mark"]["type"] == "line"]
    assert [line["encoding"]["y"]["field"] for line in lines] == ["overall", "drawn", "drawn", "target"]
    assert lines[2]["transform"] == [{"filter": "!datum.is_back_cast"}] and lines[1]["mark"]["opacity"] < 1


@pytest.mark.parametrize("make", [by_segment, lambda frame, kpi_ids: trellis(frame, kpi_ids=[])])
def test_without_figures_the_chart_says_so_and_draws(make):
    empty = shaped(without=tuple(kpi_catalogue()))
    assert "Für dieses Quartal liegen keine Werte vor" in svg(make(empty, kpi_ids=["growth"])["de"])


def test_charts_draw_with_german_numbers_and_currency():
    picture = svg(by_segment(shaped(), currency="CHF")["de"])
    assert "Müller-Klasse" in picture and "CHF" in picture and "NaN" not in picture
    assert "NaN" not in svg(trellis(shaped(), kpi_ids=["growth"])["en"])
