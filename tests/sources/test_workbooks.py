import datetime as dt
import io

import pytest
import xlsxwriter

from segkit.errors import UserError
from segkit.settings.sources import Source
from segkit.sources.grids import Grid
from segkit.sources.workbooks import read_workbook


def workbook(sheets: dict[str, list[list]]) -> bytes:
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"default_date_format": "dd.mm.yyyy"})
    for name, rows in sheets.items():
        sheet = book.add_worksheet(name)
        for i, row in enumerate(rows):
            sheet.write_row(i, 0, row)
    book.close()
    return buffer.getvalue()


def read_one(data: bytes, name: str = "a.xlsx", source: Source | None = None) -> Grid:
    (grid,) = read_workbook(data, name, source)
    return grid


REPORT = [
    ["Umsatzbericht"],
    ["Stand", dt.date(2024, 2, 1)],
    [],
    ["Kunde", "Datum", "Betrag"],
    [4711.0, dt.date(2024, 1, 2), 1234.5],
    ["A-12", "03.01.2024", "1.234,50"],
    ["Summe", None, 2469.0],
]


def test_header_below_a_preamble_and_no_total():
    grid = read_one(workbook({"Daten": REPORT}), "a.xlsx")
    assert (grid.headers, grid.header_row, grid.sheet) == (["Kunde", "Datum", "Betrag"], 4, "Daten")
    assert [row["row_number"] for row in grid.cells.to_pylist()] == [5, 6]


def test_numbers_and_dates_keep_their_nature():
    first, second = read_one(workbook({"Daten": REPORT}), "a.xlsx").cells.to_pylist()
    assert (first["c0"], first["c1"], first["c2"]) == ("\x024711", "\x032024-01-02", "\x021234.5")
    assert (second["c1"], second["c2"]) == ("03.01.2024", "1.234,50")


def test_the_fullest_sheet_is_read_unless_one_is_named():
    data = workbook({"Info": [["Hinweis"], ["Bitte beachten"]], "Daten": REPORT})
    assert read_one(data, "a.xlsx").sheet == "Daten"
    assert read_one(data, "a.xlsx", Source(files=("a.xlsx",), sheet="Info")).sheet == "Info"


def test_a_missing_sheet_names_those_there_are():
    with pytest.raises(UserError, match="has no sheet 'Tabelle1'; it has Daten"):
        read_one(workbook({"Daten": REPORT}), "a.xlsx", Source(files=("a.xlsx",), sheet="Tabelle1"))


def test_a_damaged_workbook_and_an_empty_one_are_refused():
    with pytest.raises(UserError, match="cannot be opened as a workbook"):
        read_one(b"PK\x03\x04 broken", "a.xlsx")
    with pytest.raises(UserError, match="a.xlsx is empty"):
        read_one(workbook({"Leer": []}), "a.xlsx")


def read_all(sheets: dict[str, list[list]], **more) -> list[Grid]:
    return read_workbook(workbook(sheets), "a.xlsx", **more)


def month(first: int, n: int = 2) -> list[list]:
    return [["Kunde", "Betrag"], *([f"K{i}", float(i)] for i in range(first, first + n))]


def test_sheets_with_the_same_header_are_one_table():
    grids = read_all({"Januar": month(1), "Februar": month(5), "Hinweise": [["Bitte", "beachten"], ["x", "y"]]})
    assert [grid.name for grid in grids] == ["a.xlsx[Januar]", "a.xlsx[Februar]"]
    assert [(c.rule, c.old_value) for c in grids[0].changes] == [("other_sheet", "Hinweise")]


def test_a_copy_of_a_sheet_and_the_months_beside_the_whole_year_do_not_double_the_money():
    (grid,) = read_all({"Daten": month(1), "Daten (2)": month(1)})
    assert (grid.name, grid.cells.num_rows) == ("a.xlsx", 2)
    year = [*month(1), *month(5)[1:]]
    (grid,) = read_all({"Januar": month(1), "Februar": month(5), "Jahr": year})
    assert (grid.sheet, grid.cells.num_rows) == ("Jahr", 4)


def test_a_hidden_sheet_is_not_read_but_told():
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer)
    for name, rows in {"Daten": month(1), "Alt": month(1, 50)}.items():
        sheet = book.add_worksheet(name)
        for i, row in enumerate(rows):
            sheet.write_row(i, 0, row)
        if name == "Alt":
            sheet.hide()
    book.close()
    (grid,) = read_workbook(buffer.getvalue(), "a.xlsx")
    assert grid.sheet == "Daten"
    assert [(c.rule, c.n_rows, c.old_value) for c in grid.changes] == [("other_sheet", 51, "Alt")]


def merged_book() -> bytes:
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer)
    sheet = book.add_worksheet("Daten")
    sheet.merge_range("A1:A2", "Kunde")
    sheet.merge_range("B1:C1", "Umsatz")
    sheet.write_row("B2", ["Artikel", "Betrag"])
    sheet.write("D1", "Fracht")
    sheet.merge_range("A3:A5", 4711)
    sheet.merge_range("D3:D5", 9.5)
    for i, (item, amount) in enumerate([("X", 1.5), ("Y", 2.5), ("Z", 3.5), ("X", 4.5)]):
        sheet.write_row(2 + i, 1, [item, amount])
    sheet.write("A6", 4712)
    book.close()
    return buffer.getvalue()


def test_a_merged_key_counts_for_all_its_rows_and_a_merged_amount_once():
    (grid,) = read_workbook(merged_book(), "a.xlsx")
    rows = grid.cells.to_pylist()
    assert [row["c0"] for row in rows] == ["\x024711", "\x024711", "\x024711", "\x024712"]
    assert [row["c3"] for row in rows] == ["\x029.5", "", "", ""]


def test_names_in_merged_header_cells():
    (grid,) = read_workbook(merged_book(), "a.xlsx")
    assert grid.headers[0] == "Kunde" and [h.split(" | ")[-1] for h in grid.headers[1:3]] == ["Artikel", "Betrag"]


def test_a_second_table_below_is_told_not_read():
    grid = read_one(workbook({"Daten": [*month(1, 5), [], ["Code", "Wert"], ["A", 1.0], ["B", 2.0]]}))
    assert grid.cells.num_rows == 5
    assert [(c.rule, c.n_rows, c.new_value) for c in grid.changes] == [("other_table", 3, "rows 8–10")]
