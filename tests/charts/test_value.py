"""Charts of customer value: words in both languages, and nothing of the data in the specification."""

from __future__ import annotations

import json

import pandas as pd
import pytest

from segkit import texts
from segkit.charts import value as charts
from segkit.charts.theme import in_languages, svg

CURVE = pd.DataFrame(
    {
        "measure": ["revenue"] * 4 + ["margin"] * 2,
        "n_accounts": [0, 1, 3, 7, 0, 7],
        "account_share": [0, 1 / 7, 3 / 7, 1, 0, 1],
        "money_share": [0, 0.81, 0.96, 1, 0, 1],
        "abc_class": ["A", "A", "B", "C", "A", "C"],
    }
)
RFM = pd.DataFrame(
    [(r, f, r * f, r * f / 225) for r in range(1, 6) for f in range(1, 6)],
    columns=["r_score", "f_score", "n_accounts", "revenue_share"],
)
CLASSES = pd.DataFrame(
    [(a, x, 4321, 0.1) for a in "ABC" for x in "XYZ"], columns=["abc_class", "xyz_class", "n_accounts", "revenue_share"]
)
STEPS = pd.DataFrame(
    {
        "step": ["lost", "shrunk", "grown", "back", "new", "net"],
        "n_accounts": [1, 2, 3, 1, 4, 12],
        "amount": [-1e6, -5e5, 7e5, 1e5, 8.2e6, 7.5e6],
        "low": [-1e6, -1.5e6, -1.5e6, -8e5, -7e5, 0],
        "high": [0, -1e6, -8e5, -7e5, 7.5e6, 7.5e6],
    }
)
POINTS = pd.DataFrame(
    {
        "account_id": ["K4711", "K4712"],
        "name": ["Geheim <script>AG", "Streng & Co"],
        "revenue_prev_12m": [900.0, 31_415.0],
        "revenue_12m": [2718.0, 9000.0],
        "growth": [2.02, -0.71],
        "change": ["grown", "shrunk"],
    }
)
MONTHS = pd.DataFrame(
    {
        "month": pd.date_range("2025-10-01", periods=12, freq="MS"),
        "revenue": [float(i) for i in range(12)],
        "revenue_before": [None] * 6 + [5.0] * 6,
        "is_whole": [True] * 11 + [False],
    }
)
CASES = [
    (charts.pareto_chart, CURVE, {"revenue", "margin", "A", "B", "C"}),
    (charts.rfm_chart, RFM, set()),
    (charts.regularity_chart, CLASSES, {"A", "B", "C", "X", "Y", "Z"}),
    (charts.changes_chart, STEPS, set(STEPS["step"])),
    (charts.growth_chart, POINTS, {"grown", "shrunk"}),
    (charts.months_chart, MONTHS, set()),
]
cases = pytest.mark.parametrize(("chart", "frame", "codes"), CASES, ids=[case[0].__name__ for case in CASES])


@cases
def test_words_in_both_languages(chart, frame, codes):
    specs = in_languages(chart, frame)
    name = chart.__name__.removesuffix("_chart")
    for language, spec in specs.items():
        assert spec["title"]["text"] == texts.say(f"value.{name}_title", language)
    assert specs["de"]["datasets"] == specs["en"]["datasets"]
    assert list(specs["de"]["datasets"]) == ["table0"]


@cases
def test_data_stay_out_of_the_specification(chart, frame, codes):
    """The same columns with other numbers and names: the specification stays, so a page can swap the data."""
    numbers = frame.select_dtypes("number").columns
    other = frame.assign(**{c: frame[c] / 3 for c in numbers})
    if "name" in frame:
        other["name"] = "someone else"
    both = [in_languages(chart, each)["de"] for each in (frame, other)]
    for spec in both:
        del spec["datasets"]
    assert both[0] == both[1]
    text = json.dumps(both[0], ensure_ascii=False)
    strings = {v for c in frame.select_dtypes(["object", "str"]) for v in frame[c].dropna()} - codes
    assert not [value for value in strings if str(value) in text]


@cases
def test_draws_in_the_manner_of_the_language(chart, frame, codes):
    for language, spec in in_languages(chart, frame, currency="EUR").items():
        drawn = svg(spec)
        assert "<svg" in drawn
        assert "undefined" not in drawn and "NaN" not in drawn, language


def test_numbers_read_as_in_their_language():
    german, english = (svg(spec) for spec in in_languages(charts.changes_chart, STEPS).values())
    assert "8,2 Mio. €" in german and "12 Kunden" in german and "1 Kunde<" in german
    assert "€8.2M" in english and "12 accounts" in english and "1 account<" in english
    german, english = (svg(spec) for spec in in_languages(charts.regularity_chart, CLASSES).values())
    assert "4.321" in german and "4,321" in english
