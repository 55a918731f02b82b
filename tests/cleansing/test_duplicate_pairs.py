"""Which pairs become one account, and what each pair is called."""

import pandas as pd
import pytest

from segkit.cleansing.duplicate_pairs import MOST_APART, group_records, judge_pairs
from segkit.cleansing.pair_decisions import Decided
from segkit.settings.cleansing import Duplicates

SETTINGS = Duplicates(merge=0.99, review=0.5)


def frame(*rows):
    columns = ["record_id_a", "record_id_b", "probability", "match_weight", "evidence"]
    return pd.DataFrame([(*row, 10.0 * row[2], "name +1.0") for row in rows], columns=columns)


@pytest.fixture
def judge(con):
    def judged(pairs, decided=None, kept=None, related=frozenset()):
        decided, kept = decided or Decided(), kept or {}
        grouped = group_records(con, pairs, SETTINGS, decided, kept, set(related))
        found = judge_pairs(pairs, SETTINGS, decided, kept, grouped)
        return {(a, b): s for a, b, s in found[["record_id_a", "record_id_b", "status"]].to_numpy().tolist()}, grouped

    return judged


def test_thresholds_divide_pairs_into_merged_review_and_apart(judge):
    status, grouped = judge(frame(("A", "B", 0.99), ("C", "D", 0.5), ("E", "F", 0.49), ("G", "H", 0.001)))
    assert status == {("A", "B"): "merged", ("C", "D"): "review", ("E", "F"): "apart"}
    assert grouped.groups["A"] == grouped.groups["B"]
    assert grouped.how.loc["B"].to_list() == ["match", 0.99]


def test_decisions_go_before_probabilities(judge):
    pairs = frame(("A", "B", 0.999), ("C", "D", 0.2))
    status, grouped = judge(pairs, Decided(same={("C", "D"), ("X", "Y")}, different={("A", "B")}))
    assert status == {("A", "B"): "decided_different", ("C", "D"): "decided_same", ("X", "Y"): "decided_same"}
    assert set(grouped.groups.index) >= {"C", "D", "X", "Y"}
    assert grouped.groups.get("A", "A") != grouped.groups.get("B", "B")
    assert grouped.how.loc["X"].to_list() == ["decision", 1.0]


def test_what_is_decided_different_holds_through_a_third_record_and_asks_nobody_again(judge):
    pairs = frame(("A", "B", 0.9999), ("B", "C", 0.992), ("A", "C", 0.995))
    status, _ = judge(pairs, Decided(different={("A", "C")}))
    assert status == {("A", "B"): "merged", ("B", "C"): "apart", ("A", "C"): "decided_different"}


def test_an_earlier_merge_is_kept_when_its_probability_falls_or_its_pair_is_not_found(judge):
    status, grouped = judge(frame(("A", "B", 0.7)), kept={("A", "B"): 0.995, ("C", "D"): 0.993})
    assert status == {("A", "B"): "kept", ("C", "D"): "kept"}
    assert grouped.groups["C"] == grouped.groups["D"]
    assert grouped.how.loc["D"].to_list() == ["match", 0.993]


def test_a_decision_inside_an_account_of_an_earlier_run_takes_it_apart(judge):
    """A, B and C were one account through A; A and C are different now. B goes where it is likelier."""
    pairs = frame(("A", "B", 0.991), ("B", "C", 0.9999))
    kept = {("A", "B"): 0.991, ("A", "C"): 0.995}
    _, grouped = judge(pairs, Decided(different={("A", "C")}), kept)
    assert grouped.groups["B"] == grouped.groups["C"] != grouped.groups["A"]


def test_a_parent_and_its_subsidiary_are_shown_and_merged_by_a_decision_only(judge):
    pairs = frame(("A", "B", 0.9999))
    assert judge(pairs, related={("A", "B")})[0] == {("A", "B"): "review"}
    status, grouped = judge(pairs, Decided(same={("A", "B")}), related={("A", "B")})
    assert status == {("A", "B"): "decided_same"}
    assert grouped.groups["A"] == grouped.groups["B"]


def test_a_decision_that_others_forbid_is_named(judge):
    decided = Decided(same={("A", "B"), ("B", "C")}, different={("A", "C")})
    _, grouped = judge(frame(), decided)
    assert grouped.disobeyed == {"B/C"}


def test_of_very_many_unlikely_pairs_only_the_likeliest_are_listed(judge):
    pairs = frame(*((f"A{i:05}", f"B{i:05}", 0.02 + i / 1e6) for i in range(MOST_APART + 2)))
    status, _ = judge(pairs)
    assert len(status) == MOST_APART
    assert ("A00001", "B00001") not in status
    assert ("A00002", "B00002") in status
