"""Sentences about the unit, about privacy, and about what is to be decided first."""

from __future__ import annotations

import pandas as pd
import pytest

from segkit.cleansing.account_findings import describe_privacy, describe_questions, describe_unit
from segkit.texts import LANGUAGES, say

ACCOUNTS = pd.DataFrame(
    {"account_id": ["K1", "K2", "K3"], "n_records": [2, None, 1], "is_contactable": [False, True, None],
     "consent": [None, None, None], "do_not_contact": [True, None, None]},
).astype({"n_records": "Int64", "is_contactable": "boolean", "do_not_contact": "boolean"})  # fmt: skip
MEMBERS = pd.DataFrame(
    [("K1", "K1", "group", 100.0), ("K1", "K9", "company", 20.0), ("K2", "K2", "company", 5.0)],
    columns=["unit_id", "account_id", "level", "revenue"],
)


def said(found: list) -> dict:
    assert all(say(key, language, **numbers) for key, numbers in found for language in LANGUAGES)
    return {key.removeprefix("quality."): numbers for key, numbers in found}


def test_companies_of_several_records():
    assert said(describe_unit("company", MEMBERS.head(0), ACCOUNTS))["unit_company"] == {"n": 3, "n_records": 4}


def test_groups_of_several_companies():
    found = said(describe_unit("group", MEMBERS, ACCOUNTS))["unit_group"]
    assert found == {"n": 3, "n_members": 3, "n_several": 1, "revenue": 120.0}


@pytest.mark.parametrize("unit", ["site", "department", "person"])
def test_money_that_names_no_such_unit_stays_with_the_company(unit):
    found = said(describe_unit(unit, MEMBERS, ACCOUNTS))["unit_below"]
    assert (found["revenue"], found["revenue_all"]) == (25.0, 125.0)


def test_privacy_counts_flags_and_unknown_consent_apart():
    contacts = pd.DataFrame({"is_contactable": [True, False, True], "consent": [True, False, None]})
    found = said(describe_privacy(ACCOUNTS, contacts))
    assert found["privacy"] == {
        "n_accounts": 3, "n_accounts_blocked": 1, "n_contacts": 3, "n_contacts_blocked": 1}  # fmt: skip
    assert found["privacy_consent"] == {"n_yes": 1, "n_no": 1, "n_unknown": 1}
    assert list(said(describe_privacy(ACCOUNTS, None))) == ["privacy_accounts"]
    assert list(said(describe_privacy(ACCOUNTS.assign(do_not_contact=None), None))) == ["privacy_unknown"]


def test_questions_most_money_first_and_none_without_a_find():
    pairs = pd.DataFrame({"account_id_b": ["K1"], "status": ["review"], "revenue": [5.0]})
    doubts = pd.DataFrame({"table": ["accounts"], "record_id": ["K1"], "status": ["open"], "revenue": [9.0]})
    ages = pd.DataFrame({"account_id": ["K1"], "is_stale": [True], "revenue": [7.0]})
    found = said(describe_questions(pairs, doubts, ages))
    assert list(found) == ["decide_proposals", "decide_stale", "decide_duplicates"]
    assert describe_questions(pairs.head(0), doubts.head(0), ages.assign(is_stale=False)) == []
