"""Sentences and tables about rules, proposals and missing values."""

from __future__ import annotations

import pandas as pd

from segkit.cleansing.repair_findings import (
    describe_missing,
    describe_proposals,
    describe_rules,
    tabulate_proposals,
    tabulate_rules,
)
from segkit.texts import LANGUAGES, say

RULES = pd.DataFrame(
    [
        ("accounts", "phone", "tidy_x", "safe", 100, 40, 0),
        ("accounts", "vat_id", "doubt_x", "doubtful", 90, 0, 3),
        ("contacts", "phone", "tidy_x", "safe", 10, 0, 0),
        ("accounts", "city", "idle_x", "safe", 100, 0, 0),
    ],
    columns=["table", "column", "rule", "kind", "n_rows", "n_changed", "n_proposed"],
)
PROPOSALS = pd.DataFrame(
    [
        ("accounts", "K1", "vat_id", "DE1", "DE2", "doubt_x", "doubt_x", "open", 5.0),
        ("accounts", "K2", "name", "<b>test</b>", None, "doubt_x", "doubt_x", "open", 70.0),
        ("accounts", "K2", "city", "A", "B", "doubt_x", "doubt_x", "open", 70.0),
        ("accounts", "K3", "city", "A", "B", "doubt_x", "doubt_x", "refused", 900.0),
    ],
    columns=["table", "record_id", "column", "old_value", "proposed_value", "rule", "reason", "status", "revenue"],
)
MISSING = pd.DataFrame(
    [
        ("accounts", "city", "empty", None, 10, 1),
        ("accounts", "city", "not_stated", "k. A.", 10, 4),
        ("contacts", "role", "not_chosen", "Select", 20, 3),
        ("contacts", "email", "empty", None, 20, 20),
    ],
    columns=["table", "column", "reason", "written", "n_rows", "n_missing"],
)


def said(found: list) -> dict:
    assert all(say(key, language, **numbers) for key, numbers in found for language in LANGUAGES)
    return {key.removeprefix("quality."): numbers for key, numbers in found}


def test_rules_are_counted_once_and_idle_ones_are_said():
    found = said(describe_rules(RULES))
    assert found["rules"] == {"n_rules": 3, "n_rows": 300, "n_changed": 40, "n_proposed": 3}
    assert found["rules_idle"] == {"n": 1}
    assert list(said(describe_rules(RULES.head(0)))) == ["rules_none"]


def test_the_table_holds_rules_with_a_find_those_to_decide_first():
    shown = tabulate_rules(RULES)
    assert shown["where"].tolist() == ["accounts.vat_id", "accounts.phone"]
    assert shown["kind_words_de"].tolist() == ["zweifelhaft", "gefahrlos"] and shown["rule_words_de"][0] == "doubt x"


def test_proposals_most_money_first_each_record_once():
    assert said(describe_proposals(PROPOSALS)) == {
        "proposals_open": {"n": 3, "revenue": 75.0},
        "proposals_decided": {"n_accepted": 0, "n_refused": 1},
    }
    shown = tabulate_proposals(PROPOSALS, pd.DataFrame({"account_id": ["K1", "K9"], "name": ["Huber AG", "Lang"]}))
    assert list(zip(shown["record_id"], shown["field_de"], shown["would_be_en"], strict=True)) == [
        ("K2", "Ort", "B"), ("K2", "Name", "(empty it)"), ("K1", "USt-IdNr.", "DE2")]  # fmt: skip
    assert shown["name"].fillna("-").tolist() == ["-", "-", "Huber AG"], "a number alone tells nobody whom it concerns"
    assert list(said(describe_proposals(PROPOSALS.head(0)))) == ["proposals_none"]


def test_missing_worst_first_and_what_looked_filled_in():
    found = describe_missing(MISSING)
    assert [(key, n.get("column"), n.get("reason_de")) for key, n in found[:2]] == [
        ("quality.missing", "city", "keine Angabe"), ("quality.missing", "role", "nicht gewählt")]  # fmt: skip
    assert found[2] == ("quality.missing_written", {"n": 7, "examples": "“k. A.”, “Select”"}) and len(found) == 3
    assert list(said(describe_missing(MISSING.head(0)))) == ["missing_none"]
