"""Sentences about the age of firmographics."""

from __future__ import annotations

import pandas as pd

from segkit.cleansing.firmographic_findings import describe_freshness, describe_refresh, revenue_at_stake
from segkit.texts import LANGUAGES, say

FRESHNESS = pd.DataFrame(
    [
        ("K1", "employees", "2020-01-01", True, False, 100.0),
        ("K2", "employees", "2026-01-01", False, True, 50.0),
        ("K3", "employees", None, False, False, 7.0),
        ("K1", "industry_code", "2010-01-01", True, False, 100.0),
        ("K4", "account_revenue", "2026-01-01", False, True, 50.0),
    ],
    columns=["account_id", "column", "known_date", "is_stale", "is_refreshed", "revenue"],
)
LINKS = pd.DataFrame({"account_id": ["K1", "K2", "K2", "K4"], "how": ["own", "own", "external", "external"]})
CHECKS = pd.DataFrame({"check": ["matches_everything"], "n_rows": [9], "n_bad": [8]})


def said(found: list) -> list[str]:
    assert all(say(key, language, **numbers) for key, numbers in found for language in LANGUAGES)
    return [key.removeprefix("quality.") for key, _ in found]


def test_stale_shares_count_known_ages_only_most_money_first():
    found = describe_freshness(FRESHNESS)
    assert said(found) == ["stale", "stale", "not_stale", "age_not_known"]
    of_employees = next(
        numbers for key, numbers in found if numbers["field_de"] == "Mitarbeiter" and "share" in numbers
    )
    assert (of_employees["share"], of_employees["revenue"], found[-1][1]["n_unknown"]) == (0.5, 100.0, 1)
    assert said(describe_freshness(FRESHNESS.head(0))) == ["freshness_none"]


def test_money_at_stake_counts_each_account_once():
    assert revenue_at_stake(FRESHNESS) == 100.0 and revenue_at_stake(FRESHNESS.head(0)) == 0.0


def test_what_an_external_file_did():
    ((key, numbers),) = describe_refresh(FRESHNESS, LINKS, CHECKS.head(0))
    assert (key, numbers) == ("quality.refreshed", {"n_linked": 2, "n_values": 2, "n_accounts": 2, "revenue": 100.0})
    assert said(describe_refresh(FRESHNESS, LINKS, CHECKS.head(0))) == ["refreshed"]
    assert said(describe_refresh(FRESHNESS.assign(is_refreshed=False), LINKS, CHECKS.head(0))) == ["refresh_no_use"]
    assert said(describe_refresh(FRESHNESS.head(0), LINKS.head(2), CHECKS.head(0))) == ["refresh_none"]
    assert said(describe_refresh(FRESHNESS, LINKS, CHECKS)) == ["warn_refresh_refused"]
