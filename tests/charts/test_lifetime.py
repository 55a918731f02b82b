"""Charts of lifetime value: words in both languages, a legend for every colour, nothing of the data in the spec."""

from __future__ import annotations

import json

import pandas as pd
import pytest

from segkit import texts
from segkit.charts import lifetime as charts
from segkit.charts.theme import in_languages, svg

SUMS = pd.DataFrame(
    [("A", "recurring", 80, 3.1e7), ("A", "contract", 1, 1e7), ("C", "once", 4711, -2.5e4)],
    columns=["abc_class", "relation", "n_accounts", "lifetime_value"],
)
GROUPS = pd.DataFrame(
    {
        "bin": [1, 2, 3],
        "n": [20, 20, 20],
        "predicted": [0.0, 1234.5, 98765.4],
        "observed": [12.3, 1300.0, 91234.5],
        "low": [0.0, 1100.0, None],
        "high": [50.0, 1500.0, None],
    }
)
CASES = [(charts.worth_chart, SUMS), (charts.foretold_chart, GROUPS)]


@pytest.mark.parametrize(("chart", "frame"), CASES)
def test_chart_is_drawn_in_both_languages_without_data_in_it(chart, frame: pd.DataFrame) -> None:
    specs = in_languages(chart, frame, currency="EUR")
    for language in texts.LANGUAGES:
        without = json.dumps({k: v for k, v in specs[language].items() if k != "datasets"}, ensure_ascii=False)
        for number in ("4711", "98765", "1234.5"):
            assert number not in without
    german, english = svg(specs["de"]), svg(specs["en"])
    assert german != english


def test_worth_chart_names_money_and_accounts() -> None:
    specs = in_languages(charts.worth_chart, SUMS, currency="EUR")
    picture = svg(specs["de"])
    assert "41 Mio. € · 81 Kunden" in picture.replace("\u00a0", " ")
    assert "laufend" in picture
    assert "1 account" in svg(in_languages(charts.worth_chart, SUMS.iloc[[1]])["en"])


def test_foretold_chart_tells_forecast_from_outcome() -> None:
    spec = in_languages(charts.foretold_chart, GROUPS)["de"]
    colours = [layer["encoding"]["color"] for layer in spec["layer"] if "color" in layer["encoding"]]
    assert colours[0]["scale"]["domain"] == ["predicted", "observed"]
    assert "vorhergesagt" in svg(spec)
