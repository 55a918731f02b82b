"""Telephones: one number, one form."""

from __future__ import annotations

import pandas as pd
import pytest

from segkit.cleansing.forms.phones import to_e164


@pytest.mark.parametrize(
    "written",
    ["0241/555 1234", "+49 (0)241 5551234", "0049 241 5551234", "Tel. 0241-5551234", "+49-241-5551234; 0171 123"],
)
def test_one_number_in_many_spellings(written):
    assert to_e164(pd.Series([written]))[0] == "+492415551234"


def test_the_country_decides_about_a_number_without_its_code():
    phones, countries = pd.Series(["044 668 18 00", "01 5851234", "0171/1234567"]), pd.Series(["Schweiz", "AT", ""])
    assert to_e164(phones, countries).tolist() == ["+41446681800", "+4315851234", "+491711234567"]


def test_what_is_no_number_is_missing():
    assert to_e164(pd.Series(["555", "abc", "", None, "00000000", "=1+1"], dtype="str")).isna().all()
