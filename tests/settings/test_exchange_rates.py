"""Exchange rates in project.yml: one number, or numbers by day; mistakes are told with their place."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from segkit.errors import UserError
from segkit.settings import read_settings

PROJECT = "name: X\nsources: {invoices: {files: a.csv, columns: {invoice_date: d, revenue: r}}}\nexchange_rates: "


@pytest.fixture
def read(tmp_path):
    def settings(text):
        path = tmp_path / "project.yml"
        path.write_text(PROJECT + text + "\n", "utf-8")
        return read_settings(path)

    return settings


def test_one_rate_or_rates_by_day_are_exact(read):
    rates = read("{usd: 0.92, CHF: {2025-01-01: 1.05, '2025-04-01': 1.07}}").exchange_rates
    assert rates["USD"] == {None: Decimal("0.92")}
    assert rates["CHF"] == {dt.date(2025, 1, 1): Decimal("1.05"), dt.date(2025, 4, 1): Decimal("1.07")}


def test_what_is_recorded_of_a_run_reads_back_the_same(read):
    import json

    settings = read("{USD: 0.92, CHF: {2025-04-01: 1.07, 2025-01-01: 1.05}}")
    dumped = settings.model_dump(mode="json")["exchange_rates"]
    assert json.loads(json.dumps(dumped)) == {"USD": "0.92", "CHF": {"2025-01-01": "1.05", "2025-04-01": "1.07"}}
    assert read(json.dumps(dumped)).exchange_rates == settings.exchange_rates


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{USD: -1}", r"exchange_rates.USD: the rate must be a number above 0"),
        ("{USD: 0}", r"exchange_rates.USD: the rate must be a number above 0"),
        ("{USD: {2025-01-01: 0}}", r"the rate of 2025-01-01 must be a number above 0"),
        ("{dollars: 1}", "'dollars' is no ISO code of a currency, such as USD"),
        ("{USD: {}}", "name a rate, such as 0.92"),
        ("{USD: 1, usd: 2}", "USD stands there twice"),
        ("{USD: {spring: 1}}", "should be a valid date"),
        ("{USD: 0.0000000000001}", "more than 12 digits"),
        ("5", "should be a valid dictionary"),
    ],
)
def test_mistakes_are_refused_with_their_place(read, text, message):
    with pytest.raises(UserError, match=message):
        read(text)
