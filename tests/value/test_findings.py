"""Findings: each has its sentence in both languages, for rich data and for poor."""

from __future__ import annotations

import datetime as dt
import json

import pandas as pd
import pytest

from segkit import texts
from segkit.settings.value import Value
from segkit.value import findings
from segkit.value.account_value import score_accounts
from segkit.value.growth import select_growth_points
from segkit.value.months import compare_months

NONE = float("nan")
AS_OF = dt.date(2026, 9, 30)
ACCOUNTS = pd.DataFrame({"account_id": ["K0"], "name": ["<b>Übel & Söhne</b>"]})
RICH = {
    "revenue_12m": [700.0, 200.0, 60.0, 40.0, 0.0],
    "revenue_prev_12m": [900.0, 100.0, 0.0, 40.0, 30.0],
    "margin_12m": [1.0, 90.0, 30.0, 20.0, -1.0],
    "days_since_last": [400, 5, 5, 80, 500],
    "frequency_12m": [9, 8, 1, 1, 0],
    "regularity": [0.2, 0.7, 2.0, 2.0, NONE],
    "tenure_days": [900, 900, 90, 900, 900],
}
POOR = {
    "revenue_12m": [0.0, -5.0],
    "revenue_prev_12m": [NONE, NONE],
    "margin_12m": [NONE, NONE],
    "regularity": [NONE] * 2,
}


def every(value: pd.DataFrame) -> list[dict]:
    months = pd.DataFrame({"month": pd.to_datetime(["2026-07-01", "2026-09-01"]), "revenue": [10.0, 30.0]})
    return [
        findings.describe_year(value),
        findings.describe_concentration(value, Value()),
        findings.describe_margin(value),
        findings.describe_rfm(value),
        findings.describe_regularity(value),
        findings.describe_changes(value, 500),
        findings.describe_growth(select_growth_points(value, ACCOUNTS, 100), value),
        findings.describe_movers(value, ACCOUNTS, 3),
        findings.describe_movers(value, ACCOUNTS, 3, losers=True),
        findings.describe_months(compare_months(months, AS_OF)),
    ]


@pytest.mark.parametrize("columns", [RICH, POOR])
@pytest.mark.parametrize("language", texts.LANGUAGES)
def test_every_finding_is_a_sentence_of_plain_numbers(make_accounts, columns, language):
    value = score_accounts(make_accounts(**columns), AS_OF, Value())
    for finding in every(value):
        json.dumps(finding, allow_nan=False)
        sentence = texts.say(finding.pop("key"), language, **finding)
        assert sentence.endswith(".")
        assert "{" not in sentence


def test_poor_data_say_what_is_missing(make_accounts):
    keys = [f["key"] for f in every(score_accounts(make_accounts(**POOR), AS_OF, Value()))]
    assert {"value.answer_short", "value.no_revenue", "value.no_margin", "value.no_year_before"} <= set(keys)
    assert {"value.no_growth_chart", "value.no_winners", "value.no_losers"} <= set(keys)


def test_numbers_can_be_checked_by_hand(make_accounts):
    value = score_accounts(make_accounts(**RICH), AS_OF, Value())
    year = findings.describe_year(value)
    assert (year["n_buying"], year["revenue"], year["before"]) == (4, 1000, 1070)
    concentration = findings.describe_concentration(value, Value())
    assert (concentration["n_a"], concentration["account_share_a"], concentration["share_a"]) == pytest.approx(
        (2, 0.5, 0.9)
    )
    margin = findings.describe_margin(value)
    assert (margin["n_a"], margin["n_less"], margin["n_more"], margin["n_negative"]) == (2, 1, 1, 1)
    rfm = findings.describe_rfm(value)
    assert (rfm["n_best"], rfm["n_silent"], rfm["revenue_silent"]) == (1, 1, 700)
    changes = findings.describe_changes(value, 900)
    assert (changes["lost"], changes["shrunk"], changes["grown"], changes["new"]) == (30, 200, 100, 60)
    losers = findings.describe_movers(value, ACCOUNTS, 1, losers=True)
    assert (losers["name"], losers["total"], losers["share"]) == ("<b>Übel & Söhne</b>", 200, pytest.approx(200 / 230))


@pytest.mark.parametrize(("is_complete", "key"), [(True, "value.period"), (False, "value.warn_incomplete")])
def test_incomplete_quarters_are_warned_of(is_complete, key):
    period = pd.DataFrame({"is_complete": [is_complete], "as_of": [pd.Timestamp("2026-09-09")], "history_days": [400]})
    finding = findings.describe_period(period)
    assert finding["key"] == key
    assert "09.09.2026" in texts.say(language="de", **finding)
