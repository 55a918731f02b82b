"""Addresses: spellings of one street, city or postal code meet."""

from __future__ import annotations

import pandas as pd
import pytest

from segkit.cleansing.forms.addresses import fold_cities, fold_postal_codes, fold_streets, is_street


@pytest.mark.parametrize(
    ("written", "street", "number"),
    [
        ("Karl-Marx-Straße 12 A", "karlmarxstr", "12a"),
        ("KARL MARX STR.12a", "karlmarxstr", "12a"),
        ("Hauptstr. 5 – 7", "hauptstr", "5-7"),
        ("Straße des 17. Juni 135", "strdes17juni", "135"),
        ("12 rue de la Paix", "rudelapaix", "12"),
        ("Mariahilfer Str. 5/2/3", "mariahilferstr", "5/2/3"),
        ("Königspl. 2", "konigsplatz", "2"),
        ("Musterstrasse 3 (Hinterhaus)", "musterstr", "3"),
        ("Musterstr. 3, 2. OG", "musterstr", "3"),
        ("C 4, 12", "c4x", "12"),
        ("Hauptstr.", "hauptstr", None),
    ],
)
def test_streets(written, street, number):
    row = fold_streets(pd.Series([written])).loc[0]
    assert row.street == street
    assert row.house_number == number if number else pd.isna(row.house_number)


def test_empty_streets():
    assert fold_streets(pd.Series(["", None, " - "], dtype="str")).isna().all(axis=None)


def test_cities():
    written = ["Frankfurt a.M.", "Frankfurt (Main)", "KOELN 30", "Köln", "St. Augustin", "Munich", "52062 Aachen", ""]
    folded = ["frankfurt", "frankfurt", "koln", "koln", "sankt augustin", "munchen", "aachen", ""]
    assert fold_cities(pd.Series(written)).fillna("").tolist() == folded


def test_cities_keep_what_belongs_to_them():
    written = pd.Series(["Amberg", "Inden", "Villingen-Schwenningen", "In"])
    assert fold_cities(written).tolist() == ["amberg", "inden", "villingen schwenningen", "in"]


def test_leading_zeros_come_back_in_germany_only():
    codes = pd.Series(["1067", "1067", "1067", "D-01067", "D 1067", "A-1010", "00000", "52062.0", "abc"])
    countries = pd.Series(["Deutschland", "Österreich", None, None, "D", None, "DE", "DE", "DE"])
    expected = ["01067", "1067", "1067", "01067", "", "1010", "", "52062", ""]
    assert fold_postal_codes(codes, countries).fillna("").tolist() == expected


def test_codes_of_other_countries():
    codes, countries = pd.Series(["1012 AB", "sw1a 1aa", "8001"]), pd.Series(["NL", "GB", "CH"])
    assert fold_postal_codes(codes, countries).tolist() == ["1012AB", "SW1A1AA", "8001"]


def test_a_street_in_a_column_of_cities_shows():
    assert is_street("Hauptstr. 5")
    assert not is_street("Aachen")
    assert not is_street("Straßberg")
