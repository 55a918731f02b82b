"""Charts of how accounts buy: words in both languages, numbers in the data only."""

from __future__ import annotations

import json

import pandas as pd
import pytest

from segkit.charts.behaviour import contribution_chart, trends_chart
from segkit.charts.theme import in_languages, svg

CLASSES = pd.DataFrame(
    [
        ("A", "margin", "", 1, 1000.0, 0.0, 1000.0, 1, 1.0),
        ("A", "care", "Streng geheim", 1, -100.0, 900.0, 1000.0, 2, -0.1),
        ("A", "contribution", "", 1, 900.0, 0.0, 900.0, 4, 0.9),
        ("C", "margin", "", 1234, -50.0, -50.0, 0.0, 1, None),
        ("C", "care", "-", 1234, -10.0, -60.0, -50.0, 3, None),
        ("C", "contribution", "", 1234, -60.0, -60.0, 0.0, 4, None),
    ],
    columns=["abc_class", "part", "cost_type", "n_accounts", "amount", "low", "high", "step", "share"],
)
TRENDS = pd.DataFrame(
    {
        "place": [1, 2],
        "name": ["Streng geheim & Co", "Adler"],
        "trend": [-0.3, 0.5],
        "trend_low": [-0.4, 0.2],
        "trend_high": [-0.1, 0.8],
        "trend_change": [-300.0, 5000.0],
        "trend_direction": ["falls", "rises"],
    }
)
CASES = [
    (
        contribution_chart,
        CLASSES,
        {"Klasse A: 1 Kunde", "Klasse C: 1.234 Kunden", "Übrige Betreuung"},
    ),
    (trends_chart, TRENDS, {"Fällt", "Steigt", "Adler"}),
]


@pytest.mark.parametrize(("function", "frame", "words"), CASES, ids=lambda each: getattr(each, "__name__", ""))
def test_words_are_on_the_picture_and_data_apart_from_it(function, frame, words):
    specs = in_languages(function, frame)
    picture = svg(specs["de"]).replace("\u00a0", " ")
    for word in words:
        assert word in picture
    bare = {key: value for key, value in specs["en"].items() if key != "datasets"}
    assert "Streng geheim" not in json.dumps(bare)
    assert "undefined" not in picture
    assert "NaN" not in picture


@pytest.mark.parametrize(("function", "frame"), [case[:2] for case in CASES])
def test_schema(function, frame):
    assert function(frame, "de").to_dict(validate=True)["$schema"]
