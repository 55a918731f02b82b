"""Sentences about privacy, and about what is to be decided first."""

from __future__ import annotations

import pandas as pd

from segkit.cleansing.account_findings import describe_privacy, describe_questions
from segkit.texts import LANGUAGES, say

ACCOUNTS = pd.DataFrame(
    {"account_id": ["K1", "K2", "K3"], "is_contactable": [False, True, None],
     "consent": [None, None, None], "do_not_contact": [True, None, None]},
).astype({"is_contactable": "boolean", "do_not_contact": "boolean"})  # fmt: skip


def said(found: list) -> dict:
    assert all(say(key, language, **numbers) for key, numbers in found for language in LANGUAGES)
    return {key.removeprefix("quality."): numbers for key, numbers in found}


def test_privacy_counts_flags_and_unknown_consent_apart():
    contacts = pd.DataFrame({"is_contactable": [True, False, True], "consent": [True, False, None]})
    found = said(describe_privacy(ACCOUNTS, contacts))
    assert found["privacy"] == {
        "n_accounts": 3, "n_accounts_blocked": 1, "n_contacts": 3, "n_contacts_blocked": 1}  # fmt: skip
    assert found["privacy_consent"] == {"n_yes": 1, "n_no": 1, "n_unknown": 1}
    assert list(said(describe_privacy(ACCOUNTS, None))) == ["privacy_accounts"]
    assert list(said(describe_privacy(ACCOUNTS.assign(do_not_contact=None), None))) == ["privacy_unknown"]


def test_questions_most_money_first_and_none_without_a_find():
    pairs = pd.DataFrame({"account_id_a": ["K1"], "status": ["review"], "revenue": [5.0]})
    doubts = pd.DataFrame({"table": ["accounts"], "record_id": ["K1"], "status": ["open"], "revenue": [9.0]})
    ages = pd.DataFrame({"account_id": ["K1"], "is_stale": [True], "revenue": [7.0]})
    found = said(describe_questions(pairs, doubts, ages))
    assert list(found) == ["decide_proposals", "decide_stale", "decide_duplicates"]
    nothing = describe_questions(pairs.head(0), doubts.head(0), ages.assign(is_stale=False))
    assert list(said(nothing)) == ["decide_none"]
