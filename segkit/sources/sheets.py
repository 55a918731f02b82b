"""Worksheets as rows of cells → grids: which sheet, which header, which rows."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from segkit.errors import UserError
from segkit.sources.dialects import Dialect
from segkit.sources.grids import DATE, NUMBER, Change, Grid, Section, fold, name_headers
from segkit.sources.headers import Header, column_kinds, find_header, read_header
from segkit.sources.merged import Range, fill_header, fill_keys
from segkit.sources.sorting import sort_out
from segkit.sources.tables_in_file import better_section
from segkit.sources.text_files import cut_totals

_HEAD = 100
_SAMPLE = 300


@dataclass
class Sheet:
    """A worksheet: its rows, its merged cells, and whether it is hidden."""

    name: str
    rows: list[list[Any]]
    merged: tuple[Range, ...] = ()
    is_hidden: bool = False

    @property
    def is_empty(self) -> bool:
        """No cell is filled."""
        return not any(cell != "" for row in self.rows for cell in row)


def read_sheets(sheets: Sequence[Sheet], name: str, wanted: list[str]) -> list[Grid]:
    """Return the grids of the sheets that belong together: the best one, and those with the same header.

    Raises
    ------
    UserError
        "prices.xlsx is empty …" and "prices.xlsx, sheet Daten: no row with column names was found …"
    """
    filled = [sheet for sheet in sheets if not sheet.is_empty]
    if not filled:
        raise UserError(f"{name} is empty: there is nothing to read. Export it again, or take it out of the sources.")
    shown = [sheet for sheet in filled if not sheet.is_hidden] or filled
    headers = {sheet.name: _header(sheet.rows, sheet.merged, wanted) for sheet in shown}
    known = [sheet for sheet in shown if headers[sheet.name] is not None]
    if not known:
        largest = max(shown, key=_n_cells)
        raise UserError(
            f"{name}, sheet {largest.name}: no row with column names was found in the first 100 rows. "
            "Put the names of the columns above the data, each different."
        )
    names = {fold(header) for header in wanted}
    folded = {sheet.name: _folded(headers[sheet.name]) for sheet in known}
    best = max(known, key=lambda sheet: (len(names & set(folded[sheet.name])), _n_cells(sheet)))
    alike = [sheet for sheet in known if folded[sheet.name] == folded[best.name]]
    grids = [_sheet_grid(sheet, name, headers[sheet.name], wanted) for sheet in alike]
    used = _without_copies(grids)
    if len(used) > 1:
        for grid in used:
            grid.name = f"{name}[{grid.sheet}]"
    for sheet in filled:
        if sheet.name not in [grid.sheet for grid in used]:
            n_rows = sum(any(cell != "" for cell in row) for row in sheet.rows)
            used[0].changes.append(Change("other_sheet", n_rows, old_value=sheet.name))
    return used


def _folded(header: Header | None) -> tuple[str, ...]:
    return tuple(fold(cell) for cell in header.names if cell) if header else ()


def _n_cells(sheet: Sheet) -> int:
    return len(sheet.rows) * max((len(row) for row in sheet.rows[:50]), default=0)


def _header(rows: list[list[Any]], merged: Sequence[Range], wanted: list[str]) -> Header | None:
    texts = [[cell_text(cell) for cell in row] for row in fill_header(rows, merged, min(_HEAD, len(rows)))]
    position = find_header(texts, wanted)
    return None if position is None else read_header(texts, position)


def _without_copies(grids: list[Grid]) -> list[Grid]:
    """Return grids without those whose rows all stand in another one: a copy, or the months beside the whole year."""
    if len(grids) == 1:
        return grids
    rows = {grid.sheet: Counter(zip(*(c.to_pylist() for c in grid.cells.columns[1:]), strict=True)) for grid in grids}
    for grid in sorted(grids, key=lambda g: -g.cells.num_rows):
        others = [g for g in grids if g is not grid]
        if others and grid.cells.num_rows == sum(g.cells.num_rows for g in others):
            together = sum((rows[g.sheet] for g in others), Counter())
            if together == rows[grid.sheet]:
                return [grid]
    kept: list[Grid] = []
    for grid in grids:
        if not any(rows[grid.sheet] == rows[other.sheet] and grid.cells.num_rows > 1 for other in kept):
            kept.append(grid)
    return kept


def _sheet_grid(sheet: Sheet, name: str, header: Header | None, wanted: list[str]) -> Grid:
    assert header is not None
    n_merged = fill_keys(sheet.rows, sheet.merged, header.names, header.last + 1)
    grid = _grid(name, sheet, header, 0)
    better = better_section(grid, wanted)
    if better is not None:
        start = better.first - 1
        inner = _header(sheet.rows[start:], (), list(better.header))
        if inner is not None:
            left_out = _left_out(grid, better)
            grid = _grid(name, sheet, inner, start)
            grid.changes.insert(0, left_out)
    if n_merged:
        grid.changes.append(Change("merged_cells", n_merged))
    return grid


def _left_out(grid: Grid, better: Section) -> Change:
    shown = f"rows {grid.header_row}–{better.first - 1}"
    names = ", ".join(grid.headers)[:200]
    return Change("other_table", grid.cells.num_rows + len(grid.unreadable) + 1, grid.header_row, None, names, shown)


def _grid(name: str, sheet: Sheet, header: Header, start: int) -> Grid:
    """Return the rows below a header; `start` is the position in the sheet from which its rows are counted."""
    import pyarrow as pa

    first, last = start + header.first, start + header.last
    body = sheet.rows[last + 1 :]
    n_names = max((i + 1 for i, cell in enumerate(header.names) if cell.strip()), default=0)
    n_fields = max([n_names, *(_last_filled(row) for row in body)])
    columns = [pa.array([cell_text(row[i]) for row in body], pa.string()) for i in range(n_fields)]
    numbers = pa.array(range(last + 2, last + 2 + len(body)), pa.int64())
    table = pa.table([numbers, *columns], names=["row_number", *(f"c{i}" for i in range(n_fields))])
    header_rows = tuple(tuple(cell_text(cell) for cell in row[:n_fields]) for row in sheet.rows[first : last + 1])
    sample = [[cell_text(cell) for cell in row[:n_fields]] for row in body[:_SAMPLE]]
    dialect = Dialect(";", "", last + 1, header.names, 0, n_fields, header_rows=header_rows, kinds=column_kinds(sample))
    rest = sort_out(table, [], dialect, len(sheet.rows), {})
    table, footers = cut_totals(rest.table)
    headers, repeated = name_headers(list(header.names), n_fields)
    above = [row for row in sheet.rows[start:first] if any(cell != "" for cell in row)]
    changes = [*rest.changes, *footers]
    if above:
        shown = " ".join(cell_text(cell).lstrip(NUMBER + DATE) for cell in above[0] if cell != "")
        changes.insert(0, Change("preamble", len(above), start + 1, old_value=shown[:200]))
    if last > first:
        changes.append(Change("header_lines", last - first + 1, last + 1, new_value=headers[-1]))
    return Grid(
        name,
        headers,
        table,
        header_row=last + 1,
        sheet=sheet.name,
        unreadable=rest.unreadable,
        changes=changes,
        repeated=repeated,
        n_records=len(body),
        n_blank=rest.n_blank,
        sections=rest.sections,
    )


def _last_filled(row: list[Any]) -> int:
    for i in range(len(row), 0, -1):
        if row[i - 1] != "":
            return i
    return 0


def cell_text(cell: Any) -> str:
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
