"""Numbers of offices and registers: one spelling each, and whether they can be right."""

from __future__ import annotations

import pandas as pd
import pytest

from segkit.cleansing.forms.identifiers import leis, register_ids, vat_ids


@pytest.mark.parametrize(
    ("written", "value", "is_valid"),
    [
        ("DE 136 695 976", "DE136695976", True),
        ("USt-IdNr.: de136695976", "DE136695976", True),
        ("DE136695970", "DE136695970", False),
        ("ATU 13585627", "ATU13585627", True),
        ("CHE-107.787.577 MWST", "CHE107787577", True),
        ("x", "X", False),
    ],
)
def test_vat_ids(written, value, is_valid):
    assert vat_ids(pd.Series([written])).loc[0].tolist() == [value, is_valid]


def test_the_country_gives_the_letters():
    found = vat_ids(pd.Series(["136695976", "136695976"]), pd.Series(["Deutschland", None]))
    assert found.value.tolist() == ["DE136695976", "136695976"]
    assert found.is_valid.tolist() == [True, False]


@pytest.mark.parametrize(
    ("written", "value", "is_valid"),
    [
        ("HRB 12345 Aachen", "HRB 12345 Aachen", True),
        ("Amtsgericht Aachen HRB12345", "HRB 12345 Aachen", True),
        ("AG Aachen, HRB 012345", "HRB 12345 Aachen", True),
        ("Koeln HRA 1", "HRA 1 Köln", True),
        ("HRB 12345 B (Amtsgericht Charlottenburg)", "HRB 12345 B Berlin (Charlottenburg)", True),
        ("GnR 12 Bonn", "GnR 12 Bonn", True),
        ("HRB 99", "HRB 99", False),
        ("HRB 99 Nirgendwo", "HRB 99 Nirgendwo", False),
        ("abc", "ABC", False),
    ],
)
def test_register_ids(written, value, is_valid):
    assert register_ids(pd.Series([written])).loc[0].tolist() == [value, is_valid]


def test_leis():
    found = leis(pd.Series(["5299 00T8 BM49 AURS DO55", "529900T8BM49AURSDO56", None], dtype="str"))
    assert found.value.fillna("").tolist() == ["529900T8BM49AURSDO55", "529900T8BM49AURSDO56", ""]
    assert found.is_valid.tolist() == [True, False, False]
