"""The matrix of the old and the new ABC class."""

import json

import pandas as pd

from segkit.charts.abc_comparison import abc_matrix_chart
from segkit.charts.theme import in_languages

CELLS = pd.DataFrame(
    [("A", "A", "same", 3, 5e6), ("A", "B", "down", 0, 0.0), ("B", "A", "up", 1, 2e5), ("", "C", "unrated", 9, 1e3)],
    columns=["source_abc_class", "abc_class", "change", "n_accounts", "revenue"],
)


def test_the_matrix_speaks_both_languages_and_holds_no_data_in_its_specification():
    specs = in_languages(abc_matrix_chart, CELLS, currency="CHF")
    german, english = (json.dumps({k: v for k, v in specs[x].items() if k != "datasets"}) for x in ("de", "en"))
    assert "Klasse im Quellsystem" in german
    assert "Class in the source system" in english
    assert "CHF" in german
    assert "5000000" not in german
