"""The map of missing values: shares per reason, the emptiest columns first."""

from __future__ import annotations

import pandas as pd

from segkit.charts.missing_values import missing_chart
from segkit.charts.theme import in_languages

MISSING = pd.DataFrame(
    [
        ("accounts", "employees", "empty", None, 200, 20),
        ("accounts", "employees", "not_stated", "k. A.", 200, 30),
        ("accounts", "website", "not_applicable", "<b>entfällt</b>", 200, 90),
        ("accounts", "city", "empty", None, 200, 0),
        ("contacts", "role", "empty", None, 50, 50),
    ],
    columns=["table", "column", "reason", "written", "n_rows", "n_missing"],
)


def drawn(language: str) -> list[dict]:
    (rows,) = in_languages(missing_chart, MISSING)[language]["datasets"].values()
    return rows


def test_each_column_adds_up_and_columns_without_gap_or_without_value_stay_out():
    shown = [(row["name"], row["reason_name"], row["words"].replace("\xa0", " ")) for row in drawn("de")]
    assert shown == [
        ("accounts.website", "zusammen", "45,0 %"),
        ("accounts.website", "leer", "–"),
        ("accounts.website", "keine Angabe", "–"),
        ("accounts.website", "entfällt", "45,0 %"),
        ("accounts.employees", "zusammen", "25,0 %"),
        ("accounts.employees", "leer", "10,0 %"),
        ("accounts.employees", "keine Angabe", "15,0 %"),
        ("accounts.employees", "entfällt", "–"),
    ]


def test_only_reasons_that_occur_have_a_place_and_written_text_stays_text():
    rows = drawn("en")
    assert {row["reason_name"] for row in rows} == {"in all", "empty", "not stated", "not applicable"}
    assert [row["written"] for row in rows if row["written"]] == ["<b>entfällt</b>", "k. A."]


def test_nothing_missing_is_an_empty_chart():
    (rows,) = in_languages(missing_chart, MISSING.head(0))["de"]["datasets"].values()
    assert rows == []
