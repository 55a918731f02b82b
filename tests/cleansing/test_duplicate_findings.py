"""Sentences and tables about records that may be one customer."""

from __future__ import annotations

import pandas as pd

from segkit.cleansing.duplicate_findings import (
    compare_pairs,
    describe_duplicates,
    describe_model,
    known_records,
    tabulate_merged,
    tabulate_review,
)
from segkit.texts import LANGUAGES, say

PAIRS = pd.DataFrame(
    [
        ("A1", "B1", "Müller GmbH", "Mueller GmbH", "SAP", "CRM", 0.999, "merged", True, 5.0),
        ("A2", "B2", "Eins", "Ains", "CRM", "CRM", 0.6, "review", True, 10.0),
        ("A3", "B3", "Zwei", None, "SAP", None, 0.8, "review", False, 90.0),
        ("A4", "B3", "Zwei AG", None, "SAP", None, 0.7, "review", False, 90.0),
        ("A5", "B5", "Drei", "Drey", "SAP", "CRM", 0.4, "kept", False, None),
        ("A6", "B6", "Vier", "Fier", "SAP", "CRM", 0.2, "decided_different", False, 1.0),
    ],
    columns=["account_id_a", "account_id_b", "name_a", "name_b", "system_a", "system_b", "probability", "status",
             "is_new", "revenue"],
).assign(evidence="name +9.1; phone -1.3", match_weight=0.0)  # fmt: skip
MODEL = pd.DataFrame({"match_weight": [1.0, 2.0, None], "is_trained": [True, False, False]})


def said(found: list) -> dict:
    assert all(say(key, language, **numbers) for key, numbers in found for language in LANGUAGES)
    return {key.removeprefix("quality."): numbers for key, numbers in found}


def test_counts_by_state_and_the_money_of_each_larger_record_once():
    found = said(describe_duplicates(PAIRS, MODEL))
    assert found["duplicates_merged"] == {"n": 2, "n_decided": 0, "n_new": 1}
    assert found["duplicates_review"] == {"n": 3, "revenue": 190.0}, "A2, A3 and A4"
    assert found["duplicates_apart"] == {"n": 1, "n_decided": 1}


def test_nothing_found_is_not_nothing_looked_for():
    assert list(said(describe_duplicates(PAIRS.head(0), MODEL))) == ["duplicates_nothing"]
    assert list(said(describe_duplicates(PAIRS.head(0), MODEL.head(0)))) == ["duplicates_none"]


def test_weights_learned_or_preset():
    assert said(describe_model(MODEL)) == {"model_trained": {"n": 2, "n_trained": 1}}
    assert said(describe_model(MODEL.assign(is_trained=False))) == {"warn_model_fallback": {"n": 2}}
    assert describe_model(MODEL.head(0)) == []


def test_review_most_money_first_then_most_doubt():
    shown = tabulate_review(PAIRS)
    assert shown["one_record"].tolist() == ["Zwei AG (A4)", "Zwei (A3)", "Eins (A2)"], "a decision needs the number"
    assert shown["other_record"].tolist() == ["B3", "B3", "Ains (B2)"], "a record without a name shows its number"
    assert shown["in_systems"].tolist() == ["SAP", "SAP", "CRM"]
    assert shown["evidence_de"][0].replace("\xa0", " ") == "Name +9,1, Telefon −1,3"


def test_merged_new_ones_first_with_who_decided():
    shown = tabulate_merged(PAIRS)
    assert list(zip(shown["one_record"], shown["how_decided_en"], strict=True)) == [
        ("Müller GmbH (A1)", "the model"), ("Drei (A5)", "an earlier run")]  # fmt: skip
    assert shown["in_systems"][0] == "SAP / CRM"


def test_side_by_side_what_differs_and_in_one_row_what_is_equal():
    accounts = pd.DataFrame(
        [("A2", "Ort", None, 12.0), ("B2", "ORT", None, None)], columns=["account_id", "city", "phone", "employees"]
    )
    shown = compare_pairs(PAIRS[PAIRS["account_id_a"] == "A2"], accounts)
    assert shown[["field_de", "one_record_de", "other_record_de"]].values.tolist() == [
        ["Name", "Eins (A2)", "Ains (B2)"], ["Mitarbeiter", "12", "–"], ["gleich", "Ort", ""]]  # fmt: skip
    assert shown["one_record_en"].tolist()[-1].casefold() == "city"


def test_names_stand_above_their_pair_even_where_they_are_equal():
    pairs = PAIRS[PAIRS["account_id_a"] == "A2"].assign(name_b="EINS")
    shown = compare_pairs(pairs, pd.DataFrame({"account_id": ["A2"], "city": ["Ort"]}))
    assert shown["field_de"].tolist() == ["Name", "Ort"]


def test_a_record_that_is_part_of_an_account_shows_the_accounts_values():
    accounts = pd.DataFrame({"account_id": ["K1", "K2"], "city": ["Aachen", "Bonn"]})
    links = pd.DataFrame(
        [("K1", "K1", "own"), ("C7", "K1", "match"), ("K2", "K2", "own"), ("F9", "K2", "external")],
        columns=["source_id", "account_id", "how"],
    )
    known = known_records(accounts, links, "company")
    assert dict(zip(known["account_id"], known["city"], strict=True)) == {"K1": "Aachen", "K2": "Bonn", "C7": "Aachen"}
    assert known_records(accounts, links, "group").empty
