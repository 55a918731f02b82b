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
