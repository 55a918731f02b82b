from __future__ import annotations

import datetime as dt

import pandas as pd
import pytest

from segkit import texts
from segkit.widgets.account_outlook import outlook
from segkit.widgets.account_words import Words

VALUE = {
    "expected_revenue_12m": 1200.0,
    "expected_low": 800.0,
    "expected_high": 1900.0,
    "churn_probability": 0.25,
    "revenue_at_risk": 300.0,
    "renewal_date": dt.date(2026, 12, 31),
    "renewal_value": 480.0,
    "potential": 9000.0,
    "share_of_wallet": 0.125,
    "potential_estimate": 7000.0,
}


@pytest.fixture
def words() -> Words:
    return Words("en", "EUR", {}, {})


def test_each_forecast_is_a_tile_with_what_stands_beside_it(words):
    tiles = outlook({"value": VALUE, "account_reasons": None}, words, 0.1)
    assert [tile["value"] for tile in tiles] == ["€1,200", "25.0%", "€9,000"]
    assert "€800" in tiles[0]["range"] and "€1,900" in tiles[0]["range"]
    assert tiles[1]["reasons"] == ["Next contract ends on 31 Dec 2026 (€480.00 a year).", "At stake: €300.00."]
    assert "best 10.0%" in tiles[2]["label"] and tiles[2]["range"] == ""
    assert tiles[2]["reasons"] == ["It buys 12.5% of that from us today.", "Estimate of sales: €7,000."]


def test_reasons_come_weightiest_first_and_unknown_keys_are_left_out(words, monkeypatch):
    said = {"churn.one": "first", "churn.two": "second", "churn.three": "third"}
    monkeypatch.setattr(texts, "has", lambda key: key in said)
    monkeypatch.setattr(Words, "say", lambda self, key, **numbers: said.get(key, key))
    rows = pd.DataFrame(
        {
            "model": ["churn"] * 4 + ["potential"],
            "reason_rank": [3, 1, 2, 0, 1],
            "reason": ["churn.three", "churn.one", "churn.two", "churn.gone", "churn.one"],
        }
    )
    tiles = outlook({"value": {"churn_probability": 0.5}, "account_reasons": rows}, words, 0.1)
    assert tiles[0]["reasons"] == ["first"]


def test_what_is_foreseen_of_an_account_that_will_probably_leave_holds_only_if_it_stays(words):
    said = [
        outlook({"value": {"lifetime_value": 10.0, "churn_probability": chance}, "account_reasons": None}, words, 0.1)
        for chance in (0.49, 0.5)
    ]
    assert [tiles[0]["reasons"] for tiles in said] == [
        [],
        ["Only if it stays: the risk of leaving is not fully part of it."],
    ]


def test_without_forecasts_there_are_no_tiles(words):
    assert outlook({"value": {"revenue_12m": 5.0}, "account_reasons": None}, words, 0.1) == []
