"""Charts of potential: words in both languages, and nothing of the data in the specification."""

from __future__ import annotations

import json

import pandas as pd
import pytest

from segkit.charts.potential import diamonds_chart, potential_grid_chart
from segkit.charts.theme import in_languages, svg

GRID = pd.DataFrame(
    [(a, p, 1234, 5e6, 1.25e7, 6e6) for a in "ABC" for p in "ABC"],
    columns=["abc_class", "potential_class", "n_accounts", "revenue", "gap", "gap_low"],
)
TOP = pd.DataFrame(
    {
        "diamond_rank": [1, 2],
        "name": ["Geheim <script>AG", "Streng & Co"],
        "revenue": [2718.0, 31_415.0],
        "potential": [90_000.0, 80_000.0],
        "low": [70_000.0, 60_000.0],
        "high": [120_000.0, 110_000.0],
        "limit": [50_000.0, 50_000.0],
    }
)


@pytest.mark.parametrize(("chart", "frame"), [(potential_grid_chart, GRID), (diamonds_chart, TOP)])
def test_words_in_both_languages_and_data_apart(chart, frame):
    made = in_languages(chart, frame, currency="EUR")
    other = in_languages(chart, frame.head(1), currency="EUR")
    for language, specification in made.items():
        bare = {key: part for key, part in specification.items() if key != "datasets"}
        assert bare == {key: part for key, part in other[language].items() if key != "datasets"}
        assert "Geheim" not in json.dumps(bare) and "<svg" in svg(specification)
    assert made["de"]["title"] != made["en"]["title"]


def test_amounts_are_written_as_the_language_does():
    made = in_languages(potential_grid_chart, GRID, currency="EUR")
    german, english = (svg(made[language]).replace("\u00a0", " ") for language in ("de", "en"))
    assert "+ 12,5 Mio. €" in german and "1.234 Kunden" in german
    assert "+ €12.5M" in english and "1,234 accounts" in english
