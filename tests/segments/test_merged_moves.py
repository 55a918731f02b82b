"""A person moved an account, and the account was merged: the move is not lost."""

import pandas as pd

from segkit.segments.merged_moves import follow_merges


def test_a_move_of_a_merged_record_holds_for_its_account():
    links = pd.DataFrame({"source_id": ["A", "B", "7", "7"], "unit_id": ["A", "A", "A", "X"]})
    moves = pd.DataFrame({"account_id": ["B", "A", "7", "gone"], "segment_id": ["S1", "S2", "S3", "S4"]})
    followed = follow_merges(moves, links)
    assert followed["account_id"].tolist() == ["A", "A", "7", "gone"]  # 7 is a record of two accounts
    assert followed["segment_id"].tolist() == ["S1", "S2", "S3", "S4"]


def test_an_account_of_today_stands_for_itself_although_its_record_is_another_account():
    """A and B were split and merged the other way round: the id B is an account again."""
    links = pd.DataFrame({"source_id": ["A", "B", "C"], "unit_id": ["A", "A", "B"]})
    moves = pd.DataFrame({"account_id": ["B"], "segment_id": ["S1"]})
    assert follow_merges(moves, links)["account_id"].tolist() == ["B"]


def test_without_accounts_of_any_system_nothing_changes():
    links = pd.DataFrame({"source_id": pd.Series(dtype="str"), "unit_id": pd.Series(dtype="str")})
    moves = pd.DataFrame({"account_id": ["B"], "segment_id": ["S1"]})
    assert follow_merges(moves, links)["account_id"].tolist() == ["B"]
    assert follow_merges(moves[:0], links).empty
