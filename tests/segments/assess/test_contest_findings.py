"""What is said of known columns, the contest and proposals: the right key, with every number the sentence asks for."""

import pandas as pd
import pytest

from segkit.segments.assess.contest_findings import describe_contest, describe_known, describe_proposals, division_name
from segkit.texts import say


def known_of(*rows: tuple) -> pd.DataFrame:
    columns = ["n_segments", "column", "kind", "told", "told_without", "ari", "reproduces"]
    return pd.DataFrame(rows, columns=columns)


def comparison_of(low: float, high: float, next_explained: float = 0.6) -> pd.DataFrame:
    accepted = {"method": "accepted", "kind": "accepted", "next_explained": 0.5, "gain": None, "note": None}
    fitted = {"method": "kmedoids", "kind": "fitted", "next_explained": next_explained, "gain": 0.1, "note": None}
    by_hand = {"method": "source_abc_class", "kind": "hand_made", "next_explained": 0.4, "gain": -0.1}
    rows = [accepted, fitted, by_hand | {"note": "contest.note_cut_revenue_12m"}]
    limits = {"gain_low": low, "gain_high": high, "global_ari": [0.9, 0.8, 0.95], "revenue_explained": [0.5, 0.6, 0.7]}
    return pd.DataFrame(rows).assign(**limits)


def in_words(sentences: list) -> list[str]:
    """Say every sentence in both languages: a number that is missing would raise."""
    return [say(key, language, **numbers) for key, numbers in sentences for language in ("de", "en")]


def test_a_reproduced_column_is_a_warning_for_the_number_chosen_and_a_hint_for_others():
    rows = [(3, "region", "column", 0.4, 0.4, 0.0, False), (2, "Channel", "column", 0.86, 0.57, 0.51, True)]
    chosen = describe_known(known_of(*rows, (2, "region", "column", 0.6, 0.57, 0.0, False)), 2)
    assert [key for key, _ in chosen] == ["contest.warn_known_column"]
    other = describe_known(known_of(*rows), 3)
    assert [key for key, _ in other] == ["contest.known_none", "contest.known_other_column"]
    assert "Channel" in in_words(chosen)[0] and "Region" in in_words(other)[0]


def test_a_cut_is_named_with_the_criterion_s_own_title():
    found = describe_known(known_of((4, "m", "cut", 0.95, 0.3, 0.8, True)), 4, {"m": ("Marge", "Margin")})
    assert [key for key, _ in found] == ["contest.warn_known_cut"] and "„Marge“" in in_words(found)[0]


def test_nothing_known_is_said_so():
    assert [key for key, _ in describe_known(known_of(), 3)] == ["contest.known_nothing"]


@pytest.mark.parametrize(
    ("low", "high", "key"), [(0.02, 0.18, "better"), (-0.05, 0.25, "level"), (-0.3, -0.1, "worse")]
)
def test_the_lead_is_said_as_far_as_it_is_sure(low, high, key):
    found = describe_contest(comparison_of(low, high))
    assert [k for k, _ in found] == [f"contest.{key}", "contest.surest", "contest.is_cut_revenue_12m"]
    assert "k-Medoids" in in_words(found)[0]


@pytest.mark.parametrize(("low", "high", "key"), [(0.01, 0.1, "ahead"), (-0.1, 0.1, "level"), (-0.2, -0.1, "beaten")])
def test_a_plain_ranking_is_held_beside(low, high, key):
    table = comparison_of(low, high)
    plain = table.iloc[[1]].assign(method="revenue_classes", kind="hand_made", next_explained=0.55)
    found = describe_contest(pd.concat([table, plain], ignore_index=True))
    assert found[1] == (f"contest.baseline_{key}", {"plain": 0.55, "accepted": 0.5}) and in_words(found)


def test_without_a_quarter_before_only_today_is_said():
    found = describe_contest(comparison_of(0, 0).assign(next_explained=None))
    assert found[0][0] == "contest.now_only" and found[0][1]["share"] == 0.7


def test_names_come_from_the_contest_the_methods_and_the_columns():
    assert division_name("accepted", "de") == "Geltende Segmente" and division_name("kmedoids", "en") == "k-medoids"
    assert division_name("team", "de") == "Vertriebsteam" and division_name("own_field", "en") == "own_field"


def test_proposals_are_said_the_largest_first_or_that_there_are_none():
    row = {"kind": "merge", "segment_id": "S2", "other_id": "S3", "n_accounts": 9, "revenue_12m": 1e5, "figure": 0.2}
    row |= {
        "low": 0.1,
        "high": 0.3,
        "explained_before": 0.5,
        "explained_after": 0.5,
        "reason": "contest.proposal_mixed",
    }
    split = row | {"kind": "split", "segment_id": "cluster 2", "other_id": "cluster 2", "revenue_12m": 2e6}
    rows = pd.DataFrame([row, split | {"reason": "contest.proposal_split"}])
    found = describe_proposals(rows, {"S2": ("Wachstum", "Growth"), "S3": ("Kern", "Core")})
    assert [key for key, _ in found] == ["contest.proposal_split", "contest.proposal_mixed"]
    words = in_words(found)
    assert "„Gruppe 2“" in words[0] and "“Growth” and “Core”" in words[3]
    assert describe_proposals(rows.iloc[:0]) == [("contest.proposals_none", {})]
