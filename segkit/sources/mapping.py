"""mapping.xlsx: the proposal as a worksheet with drop-downs."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from segkit.errors import UserError
from segkit.sources.mapping_company import write_company
from segkit.sources.plans import WRITTEN_BY_READER
from segkit.sources.proposal import SEPARATOR, Entry, Proposal
from segkit.tables import INPUTS

if TYPE_CHECKING:
    import xlsxwriter

SHEET = "mapping"
HEADERS = (
    "table",
    "no.",
    "files",
    "join on",
    "column",
    "required",
    "header or formula",
    "confidence",
    "examples",
    "description",
    "type",
    "system",
    "proposed",
    "proposed files",
)
FIRST_ROW = 3
NOT_OF_PRESET = "-"
"""Stands under "proposed" where init filled a cell that the preset leaves empty: emptied, it is to stay empty."""
LISTS = "headers"
_WIDTHS = (15, 5, 44, 12, 18, 9, 34, 11, 40, 40, 8, 14, 20, 20)
_TITLE = "Which header fills which column?"
_HELP = (
    "Choose in the yellow cells, or write a formula such as Quantity * Price, texts as Name 1 & Name 2, or several "
    "headers as A | B (of each file the first counts that it has); empty = not filled. Blue cells are filled by the "
    "preset of the system; what you write over it counts. Then: segkit init DIR mapping.xlsx"
)


def write_mapping(path: Path, proposal: Proposal) -> None:
    """Write the proposal as a worksheet: one row per column of every proposed table.

    Parameters
    ----------
    path : Path
        The workbook to write.
    proposal : Proposal
        Entries with headers, confidence and examples; the cells to fill offer the headers of their files. Two hidden
        columns repeat what stood there at first, so that reading tells what somebody changed.

    Raises
    ------
    UserError
        When the workbook cannot be written, as while Excel has it open.
    """
    import xlsxwriter

    book = xlsxwriter.Workbook(str(path), {"strings_to_formulas": False, "strings_to_urls": False})
    formats = _formats(book)
    sheet = book.add_worksheet(SHEET)
    write_company(book, formats)
    lists = book.add_worksheet(LISTS)
    lists.hide()
    sheet.write(0, 0, _TITLE, formats["title"])
    sheet.write(1, 0, _HELP, formats["help"])
    sheet.write_row(FIRST_ROW - 1, 0, HEADERS, formats["head"])
    for column, width in enumerate(_WIDTHS):
        sheet.set_column(column, column, width, None, {"hidden": HEADERS[column].startswith("proposed")})
    row = FIRST_ROW
    for number, entry in enumerate(proposal.entries):
        lists.write_column(0, number, entry.headers)
        row = _write_entry(sheet, row, number, entry, proposal, formats)
    sheet.freeze_panes(FIRST_ROW, 5)
    sheet.autofilter(FIRST_ROW - 1, 0, row - 1, len(HEADERS) - 1)
    rule = {"type": "cell", "criteria": "between", "minimum": 0.0001, "maximum": 0.5999, "format": formats["low"]}
    sheet.conditional_format(FIRST_ROW, 7, max(row - 1, FIRST_ROW), 7, rule)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(FIRST_ROW - 1)
    try:
        book.close()
    except (OSError, xlsxwriter.exceptions.FileCreateError) as error:
        raise UserError(
            f"{path} cannot be written ({error}). Close it where it is open, then run segkit init again."
        ) from None


def _formats(book: xlsxwriter.Workbook) -> dict[str, Any]:
    border = {"border": 1, "border_color": "#BFBFBF"}
    return {
        "title": book.add_format({"bold": True, "font_size": 14}),
        "help": book.add_format({"italic": True, "font_color": "#44546A"}),
        "head": book.add_format({"bold": True, "bg_color": "#1F3864", "font_color": "#FFFFFF", "border": 1}),
        "fill": book.add_format({"bg_color": "#FFF8DC", **border}),
        "preset": book.add_format({"bg_color": "#DDEBF7", **border}),
        "plain": book.add_format({"valign": "top"}),
        "share": book.add_format({"num_format": "0 %", "valign": "top"}),
        "low": book.add_format({"bg_color": "#F8CBAD"}),
    }


def _write_entry(
    sheet: xlsxwriter.worksheet.Worksheet,
    row: int,
    number: int,
    entry: Entry,
    proposal: Proposal,
    formats: dict[str, Any],
) -> int:
    from xlsxwriter.utility import xl_col_to_name

    table = INPUTS[entry.table]
    position = [e for e in proposal.entries if e.table == entry.table].index(entry) + 1
    chosen = {column.name: column for column in entry.columns}
    letter = xl_col_to_name(number)
    source = f"={LISTS}!${letter}$1:${letter}${max(len(entry.headers), 1)}"
    for name, column in table.columns.items():
        if name in WRITTEN_BY_READER:
            continue
        found = chosen.get(name)
        text = found.shown if found else ""
        proposed = NOT_OF_PRESET if found and found.is_own else text
        is_required = "yes" if name in table.required else ""
        files = SEPARATOR.join(entry.files)
        sheet.write_row(row, 0, [entry.table, position, files, entry.on, name, is_required], formats["plain"])
        sheet.write_string(row, 6, text, formats["preset" if entry.preset and text == proposed != "" else "fill"])
        sheet.data_validation(row, 6, row, 6, {"validate": "list", "source": source, "error_type": "information"})
        if found:
            sheet.write_number(
                row, 7, found.confidence if not entry.preset or found.is_own else entry.confidence, formats["share"]
            )
            sheet.write_string(row, 8, ", ".join(found.examples), formats["plain"])
        sheet.write_row(row, 9, [column.text, column.type, entry.preset, proposed, files], formats["plain"])
        row += 1
    return row
