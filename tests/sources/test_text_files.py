import pytest

from segkit.errors import UserError
from segkit.sources.text_files import read_text


def cells(content: str) -> list[dict]:
    return read_text(content.encode(), "a.csv").cells.to_pylist()


def test_row_numbers_are_those_of_a_spreadsheet():
    grid = read_text(b'Bericht\n\nKunde;Betrag\nA;1\n\n"B\nB";2\nzu;viele;Felder\nC;3\n', "a.csv")
    assert [row["row_number"] for row in grid.cells.to_pylist()] == [4, 6, 8]
    assert [(u.row_number, u.reason, u.raw) for u in grid.unreadable] == [(7, "wrong_field_count", "zu;viele;Felder")]


def test_surplus_empty_fields_do_no_harm():
    assert [row["c1"] for row in cells("Kunde;Betrag\nA;1\nB;2;;\nC;3\n")] == ["1", "2", "3"]


def test_a_delimiter_at_the_end_of_every_row_makes_a_nameless_column():
    grid = read_text(b"Kunde;Betrag\nA;1;\nB;2;\n", "a.csv")
    assert grid.headers == ["Kunde", "Betrag", "column 3"] and not grid.unreadable


def test_totals_and_remarks_below_the_table_are_left_out_and_told():
    grid = read_text(b"Kunde;Datum;Betrag\nA;1.1.24;1\nB;1.1.24;2\nSumme;;3\nErstellt am 01.02.2024\n", "a.csv")
    assert grid.cells.num_rows == 2
    assert sorted(change.row_number for change in grid.changes if change.rule == "footer") == [4, 5]


def test_a_row_cut_off_at_the_end_is_no_remark():
    grid = read_text(b"Kunde;Datum;Betrag\nA;1.1.24;1\nB;1.1.24;2\n4711;0", "a.csv")
    assert [row.raw for row in grid.unreadable] == ["4711;0"]


def test_an_account_with_nothing_but_a_name_is_no_remark():
    assert len(cells("Firma;Ort;PLZ\nA GmbH;Köln;50667\nB und Söhne;;\n")) == 2


def test_repeated_headers_get_a_number():
    grid = read_text(b"Name;Ort;Name\nA;B;C\n", "a.csv")
    assert grid.headers == ["Name", "Ort", "Name (2)"] and grid.repeated == {"Name": [0, 2]}


@pytest.mark.parametrize("content", [b"", b"\n\n", b"\xef\xbb\xbf", b";;;\n"])
def test_an_empty_file_is_refused(content):
    with pytest.raises(UserError, match="a.csv is empty"):
        read_text(content, "a.csv")


def test_a_file_without_header_is_refused():
    with pytest.raises(UserError, match="no row with column names"):
        read_text(b"1;2;3\n4;5;6\n", "a.csv")


def test_line_ends_of_every_system():
    for end in ("\n", "\r\n", "\r"):
        assert [row["c0"] for row in cells(end.join(["Kunde;Ort", "A;B", "C;D", ""]))] == ["A", "C"]


def test_a_long_text_passes():
    assert len(cells("Kunde;Text\nA;" + "x" * 300_000 + "\nB;y\n")[0]["c1"]) == 300_000
