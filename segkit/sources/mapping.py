"""mapping.xlsx: the proposal as a worksheet with drop-downs, and back again."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from segkit.errors import Problems, UserError
from segkit.settings.sources import INPUT_TABLES
from segkit.sources.plans import WRITTEN_BY_READER
from segkit.sources.proposal import Entry, Proposal
from segkit.tables import INPUTS

if TYPE_CHECKING:
    import xlsxwriter

SHEET = "mapping"
_LISTS = "headers"
_HEADERS = (
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
)
_WIDTHS = (15, 5, 44, 12, 18, 9, 34, 11, 40, 40, 8)
_TITLE = "Which header fills which column?"
_HELP = (
    "Choose in the yellow cells, or write a formula such as Quantity * Price; empty = not filled. "
    "Then: segkit init DIR mapping.xlsx"
)
_FIRST_ROW = 3
_SEPARATOR = " | "


def write_mapping(path: Path, proposal: Proposal) -> None:
    """Write the proposal as a worksheet: one row per column of every proposed table.

    Parameters
    ----------
    path : Path
        The workbook to write.
    proposal : Proposal
        Entries with headers, confidence and examples; the cells to fill offer the headers of their files.
    """
    import xlsxwriter

    book = xlsxwriter.Workbook(str(path), {"strings_to_formulas": False, "strings_to_urls": False})
    formats = {
        "title": book.add_format({"bold": True, "font_size": 14}),
        "help": book.add_format({"italic": True, "font_color": "#44546A"}),
        "head": book.add_format({"bold": True, "bg_color": "#1F3864", "font_color": "#FFFFFF", "border": 1}),
        "fill": book.add_format({"bg_color": "#FFF8DC", "border": 1, "border_color": "#BFBFBF"}),
        "plain": book.add_format({"valign": "top"}),
        "share": book.add_format({"num_format": "0 %", "valign": "top"}),
        "low": book.add_format({"bg_color": "#F8CBAD"}),
    }
    sheet, lists = book.add_worksheet(SHEET), book.add_worksheet(_LISTS)
    lists.hide()
    sheet.write(0, 0, _TITLE, formats["title"])
    sheet.write(1, 0, _HELP, formats["help"])
    sheet.write_row(_FIRST_ROW - 1, 0, _HEADERS, formats["head"])
    for column, width in enumerate(_WIDTHS):
        sheet.set_column(column, column, width)
    row = _FIRST_ROW
    for number, entry in enumerate(proposal.entries):
        lists.write_column(0, number, entry.headers)
        row = _write_entry(sheet, row, number, entry, proposal, formats)
    sheet.freeze_panes(_FIRST_ROW, 5)
    sheet.autofilter(_FIRST_ROW - 1, 0, row - 1, len(_HEADERS) - 1)
    rule = {"type": "cell", "criteria": "between", "minimum": 0.0001, "maximum": 0.5999, "format": formats["low"]}
    sheet.conditional_format(_FIRST_ROW, 7, max(row - 1, _FIRST_ROW), 7, rule)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(_FIRST_ROW - 1)
    book.close()


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
    source = f"={_LISTS}!${letter}$1:${letter}${max(len(entry.headers), 1)}"
    for name, column in table.columns.items():
        if name in WRITTEN_BY_READER:
            continue
        found = chosen.get(name)
        is_required = "yes" if name in table.required else ""
        files = _SEPARATOR.join(entry.files)
        sheet.write_row(row, 0, [entry.table, position, files, entry.on, name, is_required], formats["plain"])
        sheet.write_string(row, 6, found.text if found else "", formats["fill"])
        sheet.data_validation(row, 6, row, 6, {"validate": "list", "source": source, "error_type": "information"})
        if found:
            sheet.write_number(row, 7, found.confidence, formats["share"])
            sheet.write_string(row, 8, ", ".join(found.examples), formats["plain"])
        sheet.write_row(row, 9, [column.text, column.type], formats["plain"])
        row += 1
    return row


def read_mapping(path: Path | str) -> dict[str, list[dict]]:
    """Return an edited mapping.xlsx as the section `sources` of project.yml.

    Parameters
    ----------
    path : Path or str
        The workbook.

    Returns
    -------
    dict
        Table → its entries, each with files (or from and on) and columns; no entry where every cell was emptied.

    Raises
    ------
    UserError
        When it is not such a workbook, or names unknown tables or columns; all rows at once.
    """
    rows = _rows(Path(path))
    problems = Problems()
    entries: dict[tuple[str, str, str, str], dict[str, str]] = {}
    found: dict[str, list[dict]] = {}
    for number, cells in enumerate(rows[_FIRST_ROW:], start=_FIRST_ROW + 1):
        table, position, files, on, column, _, text = (str(cell).strip() for cell in cells[:7])
        if not table:
            continue
        if table not in INPUT_TABLES:
            problems.add(
                f"mapping.xlsx, row {number}: there is no table '{table}'; known are {', '.join(INPUT_TABLES)}."
            )
        elif column not in INPUTS[table].columns or column in WRITTEN_BY_READER:
            problems.add(f"mapping.xlsx, row {number}: {table} has no column '{column}'.")
        else:
            found[table] = []
            if text:
                entries.setdefault((table, position, files, on), {})[column] = text
    if not entries:
        problems.add(
            "mapping.xlsx: no row names a header. Fill the yellow cells, or run segkit init on the exports again."
        )
    problems.raise_if_any()
    for (table, _, files, on), columns in entries.items():
        found[table].append({**_origin(files, on), "columns": columns})
    return found


def _origin(files: str, on: str) -> dict:
    patterns = [pattern.strip() for pattern in files.split(_SEPARATOR) if pattern.strip()]
    if on:
        return {"from": patterns, "on": on}
    return {"files": patterns[0] if len(patterns) == 1 else patterns}


def _rows(path: Path) -> list[list[Any]]:
    from python_calamine import CalamineError, CalamineWorkbook

    try:
        book = CalamineWorkbook.from_path(str(path))
        rows = book.get_sheet_by_name(SHEET).to_python(skip_empty_area=False)
    except (CalamineError, OSError) as error:
        raise UserError(
            f"{path} cannot be read as a mapping ({error}). It is the workbook that segkit init writes."
        ) from None
    if len(rows) < _FIRST_ROW or tuple(rows[_FIRST_ROW - 1][: len(_HEADERS)]) != _HEADERS:
        raise UserError(
            f"{path}: row {_FIRST_ROW} must hold the headings {', '.join(_HEADERS)}. Undo changes to the headings."
        )
    return rows
