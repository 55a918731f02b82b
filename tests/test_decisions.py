import pytest

from segkit.decisions import append_decision, read_decisions
from segkit.errors import UserError
from segkit.quarters import Quarter

HEADER = "segmentation_id;account_id;segment_id;quarter;author;date;reason\n"


def test_a_missing_file_has_no_rows(tmp_path):
    frame = read_decisions(tmp_path / "moves.csv", "moves")
    assert frame.empty and "segment_id" in frame.columns


def test_the_last_row_per_key_wins_and_later_quarters_do_not_hold_yet(tmp_path):
    path = tmp_path / "moves.csv"
    rows = "value;A1;S1;2026Q1;a;d;r\nvalue;A1;S2;2026Q2;a;d;r\nvalue;A1;S3;2026Q4;a;d;r\nvalue;A2;S1;;a;d;r\n"
    path.write_text(HEADER + rows)
    frame = read_decisions(path, "moves", Quarter.parse("2026Q3"))
    assert dict(zip(frame["account_id"], frame["segment_id"], strict=True)) == {"A1": "S2", "A2": "S1"}


@pytest.mark.parametrize(("encoding", "delimiter"), [("cp1252", ";"), ("utf-8-sig", ","), ("utf-16", "\t")])
def test_however_a_spreadsheet_saved_it(tmp_path, encoding, delimiter):
    path = tmp_path / "moves.csv"
    text = (HEADER + 'value;007;S1;2026Q1;Jörg;1.2.2026;"schließt; größer"\n').replace(";", delimiter)
    path.write_bytes(text.replace("\n", "\r\n").encode(encoding))
    row = read_decisions(path, "moves").iloc[0]
    assert (row["account_id"], row["author"]) == ("007", "Jörg")
    assert row["reason"] == f"schließt{delimiter} größer"


def test_a_missing_column_is_named(tmp_path):
    path = tmp_path / "moves.csv"
    path.write_text("segmentation_id;account_id\nvalue;A1\n")
    with pytest.raises(UserError, match=r"decisions/moves\.csv: column segment_id is missing"):
        read_decisions(path, "moves")


def test_appended_rows_come_back(tmp_path):
    path = tmp_path / "decisions" / "releases.csv"
    row = {"quarter": "2026Q1", "run_id": "1", "author": "Ä", "date": "2026-04-01", "note": 'geprüft; "ja"'}
    append_decision(path, "releases", row)
    append_decision(path, "releases", row | {"run_id": "2"})
    frame = read_decisions(path, "releases")
    assert frame.to_dict("records") == [row, row | {"run_id": "2"}]  # a second release does not undo the first
    assert path.read_bytes().count(b"\xef\xbb\xbf") == 1


PAIRS = "account_id_a;account_id_b;choice;quarter;author;date;reason\n"


def test_a_pair_is_one_pair_in_any_order(tmp_path):
    path = tmp_path / "duplicates.csv"
    path.write_text(
        PAIRS + "K2;K1;same;;a;d;r\nK1;K2;different;;a;d;later\nK3;K3;same;;a;d;itself\nK9;K10;same;;a;d;r\n"
    )
    found = read_decisions(path, "duplicates")
    assert list(zip(found["account_id_a"], found["account_id_b"], found["choice"], strict=True)) == [
        ("K1", "K2", "different"),
        ("K10", "K9", "same"),
    ]


def test_an_empty_choice_takes_a_decision_back(tmp_path):
    path = tmp_path / "duplicates.csv"
    path.write_text(PAIRS + "K1;K2;same;2026Q1;a;d;r\nK2;K1;;2026Q2;a;d;was wrong\n")
    assert read_decisions(path, "duplicates", Quarter.parse("2026Q1"))["choice"].tolist() == ["same"]
    assert read_decisions(path, "duplicates", Quarter.parse("2026Q2")).empty
