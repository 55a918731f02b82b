"""Excel and OpenDocument worksheets → grid."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Iterable
from typing import Any

from segkit.errors import UserError
from segkit.settings.sources import Source
from segkit.sources.grids import DATE, NUMBER, Change, Grid, name_headers
from segkit.sources.headers import find_header
from segkit.sources.sorting import without_blank_rows
from segkit.sources.text_files import cut_totals


def read_workbook(data: bytes, name: str, source: Source | None = None, wanted: Iterable[str] = ()) -> Grid:
    """Return the cells of one worksheet.

    Parameters
    ----------
    data : bytes
        The workbook (xlsx, xlsm, xls, xlsb, ods).
    name : str
        The file as the user knows it.
    source : Source, optional
        Its settings; `sheet` names the worksheet, else the one with the most cells is read.
    wanted : iterable of str
        Headers that project.yml names.

    Raises
    ------
    UserError
        "prices.xlsx has no sheet 'Daten'; it has Tabelle1, Tabelle2." and "prices.xlsx is empty …"
    """
    sheet, rows = _rows(data, name, source.sheet if source else None)
    texts = [[_text(cell) for cell in row] for row in rows[:100]]
    position = find_header(texts, wanted)
    if not any(cell for row in texts for cell in row):
        raise UserError(f"{name} is empty: there is nothing to read. Export it again, or take it out of the sources.")
    if position is None:
        raise UserError(
            f"{name}, sheet {sheet}: no row with column names was found in the first 100 rows. "
            "Put the names of the columns above the data, each different."
        )
    return _grid(name, sheet, rows, texts[position], position)


def _grid(name: str, sheet: str, rows: list[list[Any]], header: list[str], position: int) -> Grid:
    import pyarrow as pa

    body = rows[position + 1 :]
    n_fields = max((i + 1 for i, cell in enumerate(header) if cell.strip()), default=0)
    n_fields = max([n_fields, *(_last_filled(row) for row in body)])
    columns = [pa.array([_text(row[i]) for row in body], pa.string()) for i in range(n_fields)]
    numbers = pa.array(range(position + 2, position + 2 + len(body)), pa.int64())
    names = ["row_number", *(f"c{i}" for i in range(n_fields))]
    table = without_blank_rows(pa.table([numbers, *columns], names=names))
    table, footers = cut_totals(table)
    headers, repeated = name_headers(header, n_fields)
    changes: list[Change] = list(footers)
    return Grid(name, headers, table, header_row=position + 1, sheet=sheet, changes=changes, repeated=repeated)


def _rows(data: bytes, name: str, wanted_sheet: str | None) -> tuple[str, list[list[Any]]]:
    from python_calamine import CalamineError, CalamineWorkbook

    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(data))
        sheets = book.sheet_names
        if wanted_sheet is not None and wanted_sheet not in sheets:
            raise UserError(f"{name} has no sheet '{wanted_sheet}'; it has {', '.join(sheets)}.")
        chosen = [wanted_sheet] if wanted_sheet is not None else sheets
        tables = {sheet: book.get_sheet_by_name(sheet).to_python(skip_empty_area=False) for sheet in chosen}
    except CalamineError as error:
        raise UserError(
            f"{name} cannot be opened as a workbook ({error}). If it has a password, save it without; "
            "if it is damaged, export it again."
        ) from None
    sheet = max(tables, key=lambda s: len(tables[s]) * max((len(row) for row in tables[s][:50]), default=0))
    return sheet, tables[sheet]


def _last_filled(row: list[Any]) -> int:
    for i in range(len(row), 0, -1):
        if row[i - 1] != "":
            return i
    return 0


def _text(cell: Any) -> str:
    """Return a cell as text; numbers and dates begin with their mark."""
    if isinstance(cell, str):
        return cell
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, float):
        return NUMBER + (str(int(cell)) if cell.is_integer() and abs(cell) < 1e22 else repr(cell))
    if isinstance(cell, int):
        return NUMBER + str(cell)
    if isinstance(cell, dt.datetime):
        return DATE + cell.date().isoformat()
    if isinstance(cell, dt.date):
        return DATE + cell.isoformat()
    return "" if cell is None else str(cell)
