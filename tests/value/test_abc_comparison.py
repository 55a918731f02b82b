"""The ABC class of the source system beside the one of this run."""

import pandas as pd
import pytest

from segkit.settings.value import Value
from segkit.tables import check
from segkit.value.abc_comparison import compare_classes, cross_classes, list_changes, measure_agreement
from segkit.value.findings import describe_comparison

VALUE = pd.DataFrame(
    [
        ("K1", "A", 700.0, 650.0), ("K2", "A", 200.0, 10.0), ("K3", "B", 60.0, 700.0), ("K4", "C", 30.0, 20.0),
        ("K5", "C", 10.0, 15.0), ("K6", "C", 0.0, 5.0),
    ],
    columns=["account_id", "abc_class", "revenue_12m", "revenue_prev_12m"],
)  # fmt: skip
ACCOUNTS = pd.DataFrame(
    [("K1", "A"), ("K2", " b "), ("K3", "A"), ("K4", None), ("K5", "X9"), ("K6", "B"), ("K7", "A"), ("K8", None)],
    columns=["account_id", "source_abc_class"],
)


@pytest.fixture(scope="module")
def comparison() -> pd.DataFrame:
    return compare_classes(VALUE, ACCOUNTS)


def test_every_account_with_a_line_or_an_old_class_has_a_row_and_its_change(comparison):
    found = comparison.set_index("account_id")["change"].to_dict()
    assert found == {
        "K1": "same", "K2": "up", "K3": "down", "K4": "unrated", "K5": "unrated", "K6": "down", "K7": "unrated"
    }  # fmt: skip
    assert comparison.set_index("account_id").loc["K7", "revenue_12m"] == 0
    check(comparison.assign(is_contactable=True), "abc_comparison")


def test_where_nobody_has_an_old_class_there_is_nothing_to_compare():
    nobody = ACCOUNTS.assign(source_abc_class=pd.Series([" "] + [None] * 7, dtype="str"))
    found = compare_classes(VALUE, nobody)
    assert found.empty
    assert describe_comparison(found) == [{"key": "value.no_source_class"}]


def test_the_matrix_holds_all_accounts_and_all_money(comparison):
    cells = cross_classes(comparison).set_index(["source_abc_class", "abc_class"])
    assert cells["n_accounts"].sum() == 7
    assert cells["revenue"].sum() == 1000
    assert tuple(cells.loc[("B", "A"), ["n_accounts", "revenue", "change"]]) == (1, 200, "up")
    assert cells.loc[("", "C"), "n_accounts"] == cells.loc[("A", ""), "n_accounts"] == 1
    assert cells.loc[("B", "B"), "n_accounts"] == 0


def test_agreement_counts_only_accounts_with_both_classes(comparison):
    found = measure_agreement(comparison)
    assert (found.n, found.n_same) == (4, 1)


def test_accounts_that_moved_have_their_reason_in_numbers(comparison):
    found = list_changes(comparison, VALUE, Value()).set_index("account_id")
    assert list(found.index) == ["K3", "K2", "K6"]
    assert found["reason"].to_dict() == {"K3": "revenue", "K2": "revenue", "K6": "silent"}
    assert found.loc["K3", ["class_before", "revenue_rank"]].tolist() == ["A", 3]


def test_a_class_that_was_wrong_a_year_ago_already_is_out_of_date():
    value = VALUE.assign(revenue_prev_12m=VALUE["revenue_12m"])
    moved = list_changes(compare_classes(value, ACCOUNTS), value, Value()).set_index("account_id")
    assert moved["reason"].to_dict() == {"K3": "before", "K2": "before", "K6": "silent"}


def test_without_a_year_before_the_reason_is_unknown():
    value = VALUE.assign(revenue_prev_12m=float("nan"))
    moved = list_changes(compare_classes(value, ACCOUNTS), value, Value())
    assert set(moved["reason"]) == {"unknown", "silent"}


def test_the_sentences_name_agreement_moves_and_who_has_no_class(comparison):
    said = {finding.pop("key"): finding for finding in describe_comparison(comparison)}
    assert (said["value.class_agreement"]["n"], said["value.class_agreement"]["share"]) == (4, 0.25)
    assert (said["value.class_moves"]["n_up"], said["value.class_moves"]["revenue_up"]) == (1, 200)
    assert (said["value.class_moves"]["n_down"], said["value.class_moves"]["revenue_down"]) == (2, 60)
    assert (said["value.class_a"]["n_old"], said["value.class_a"]["share_new"]) == (3, 0.9)
    assert said["value.class_without_old"] == {"n": 1, "revenue": 30}
    assert said["value.class_without_new"] == {"n": 1}
