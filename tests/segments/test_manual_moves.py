"""Moves by hand: listed by hand, shares, and what becomes of them when the model changes."""

from __future__ import annotations

import pandas as pd

from segkit.quarters import Quarter
from segkit.segments.manual_moves import describe_experience, list_moves, show_sums, sum_moves
from segkit.segments.membership import apply_moves
from segkit.texts import LANGUAGES, say

Q3 = Quarter.parse("2026Q3", 1)
COLUMNS = ["segmentation_id", "account_id", "segment_id", "quarter", "author", "date", "reason"]
REGISTER = pd.DataFrame(
    {"segmentation_id": "value", "segment_id": ["S1", "S2", "S3"], "name_de": ["Eins", "Zwei", "Drei"]}
).assign(name_en=["One", "Two", "Three"])


def moves(*rows: str) -> pd.DataFrame:
    """Rows such as "A1 S2 2026Q1 Kim reason"; a dash is an empty cell."""
    cells = [[("" if cell == "-" else cell) for cell in row.split()] for row in rows]
    return pd.DataFrame(
        [["value", account, to, quarter, author, "2026-01-05", why] for account, to, quarter, author, why in cells],
        columns=COLUMNS,
    )


def segments(decided: pd.DataFrame, **by_model: str) -> pd.DataFrame:
    assigned = pd.DataFrame({"account_id": list(by_model), "segment_id": list(by_model.values()), "method": "grid"})
    return apply_moves(assigned, decided, "value", {"S1", "S2", "S3"})[0].assign(segmentation_id="value")


def test_listed_by_hand_over_two_quarters():
    decided = moves(
        "A1 S2 2025Q3 Kim gut",
        "A2 S1 2026Q3 Kim -",
        "A3 S3 - Lee gut",
        "A4 S1 - Lee x",
        "A9 S1 - Lee x",
        "A5 - - Lee x",
    )
    first = list_moves(decided, segments(decided, A1="S1", A2="S1", A3="S1", A4="S2", A5="S1"), Q3).set_index(
        "account_id"
    )
    assert first["status"].to_dict() == {"A1": "holds", "A2": "needless", "A3": "holds", "A4": "holds", "A9": "lost"}
    assert first.at["A1", "from_segment_id"] == "S1" and first.at["A1", "n_quarters"] == 4
    assert pd.isna(first.at["A3", "n_quarters"])
    # In the next quarter the model gives A1 what Kim gave it, and A3 a third segment; A4 was decided anew.
    again = moves("A1 S2 2025Q3 Kim gut", "A2 S1 2026Q3 Kim -", "A3 S3 - Lee gut", "A4 S3 2026Q4 Lee x")
    now = segments(again, A1="S2", A2="S1", A3="S2", A4="S2", A5="S1")
    later = list_moves(again, now, Q3 + 1, first.reset_index()).set_index("account_id")
    assert later["status"].to_dict() == {"A1": "confirmed", "A2": "needless", "A3": "changed", "A4": "holds"}
    assert later["from_segment_id"].to_dict() == {"A1": "S1", "A2": "S1", "A3": "S1", "A4": "S2"}


def test_shares_by_author():
    decided = moves("A1 S2 - Kim gut", "A2 S2 - - -", "A3 S3 - Kim gut")
    now = segments(decided, **{f"A{i}": "S1" for i in range(1, 21)})
    sums = sum_moves(list_moves(decided, now, Q3), now).set_index("author")
    assert sums["n_moves"].to_dict() == {"ALL": 3, "": 1, "Kim": 2}
    assert sums.at["ALL", "share"] == 0.15 and sums.at["", "n_unfounded"] == 1
    assert show_sums(sums.reset_index(), "de")["mover"].tolist() == ["Alle", "ohne Verfasser", "Kim"]


def test_many_moves_one_way_are_a_warning():
    decided = moves(*(f"A{i} S2 2025Q1 Kim gut" for i in range(1, 13)))
    now = segments(decided, **{f"A{i}": "S1" for i in range(1, 61)})
    told = describe_experience(list_moves(decided, now, Q3), now, REGISTER)["value"]
    assert [key for key, _ in told] == [f"experience.{word}" for word in ("share", "large", "direction", "old")]
    assert told[2][1]["source_de"] == "Eins" and told[2][1]["target_en"] == "Two"
    for language in LANGUAGES:
        assert all("{" not in say(key, language, **numbers) for key, numbers in told)
    few = moves("A1 S2 - Kim gut")
    now = segments(few, **{f"A{i}": "S1" for i in range(1, 61)})
    assert [key for key, _ in describe_experience(list_moves(few, now, Q3), now, REGISTER)["value"]] == [
        "experience.share"
    ]


def test_without_moves_there_is_one_sentence():
    none = moves()
    now = segments(none, A1="S1")
    listed = list_moves(none, now, Q3)
    assert listed.empty and describe_experience(listed, now, REGISTER) == {"value": [("experience.none", {})]}
    assert sum_moves(listed, now).empty
