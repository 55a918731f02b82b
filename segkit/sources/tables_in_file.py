"""What stands between the rows of a file: repeated headers, page titles, further tables."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from segkit.sources.grids import Grid, Section, fold
from segkit.sources.headers import column_kinds, fits, is_header_like, present
from segkit.sources.placeholders import BLANKS

if TYPE_CHECKING:
    import pyarrow as pa

_MOST_BREAKS = 2000
_PEEK = 6
"""Rows below a header that are looked at to tell it from a row of texts."""


def is_repetition(cells: Sequence[str], header_rows: Sequence[Sequence[str]]) -> bool:
    """Say whether a row repeats one of the header's rows."""
    told = _folded(cells)
    return bool(told) and any(told == _folded(row) for row in header_rows)


def _folded(row: Sequence[str]) -> list[str]:
    told = [fold(cell.strip(BLANKS)) for cell in row]
    while told and not told[-1]:
        told.pop()
    return told


def repeated_rows(table: pa.Table, header_rows: Sequence[Sequence[str]]) -> pa.Array | None:
    """Return which rows repeat a header row, None where none does; all rows are looked at at once."""
    import pyarrow as pa
    import pyarrow.compute as pc

    found = None
    names = table.column_names[1:]
    for header in header_rows:
        k = next((i for i, cell in enumerate(header[: len(names)]) if cell.strip(BLANKS)), None)
        if k is None:
            continue
        might = pc.match_substring(table[names[k]], header[k].strip(BLANKS), ignore_case=False)
        if not pc.any(might).as_py():
            continue
        positions = pc.indices_nonzero(might)
        rows = table.take(positions)
        same = pa.array([True] * rows.num_rows)
        for i, name in enumerate(names):
            wanted = header[i].strip(BLANKS) if i < len(header) else ""
            same = pc.and_(same, pc.equal(pc.utf8_trim(rows[name], BLANKS), wanted))
        hits = pc.is_in(pa.array(range(table.num_rows)), positions.filter(same).cast(pa.int64()))
        found = hits if found is None else pc.or_(found, hits)
    return found if found is not None and pc.any(found).as_py() else None


def find_sections(
    rows: dict[int, list[str]], breaks: Sequence[int], kinds: Sequence[str], n_fields: int, last_row: int
) -> list[Section]:
    """Return the further tables of a file.

    Parameters
    ----------
    rows : dict
        Row number → cells, of the rows near the breaks at least.
    breaks : sequence of int
        Numbers of the first rows below a blank one.
    kinds : sequence of str
        What the columns of the first table hold.
    n_fields : int
        Its number of columns.
    last_row : int
        Last row of the file.

    Returns
    -------
    list of Section
        Each begins with the title above its header, and goes to the next or to the end.
    """
    found: list[tuple[int, tuple[str, ...]]] = []
    for number in list(breaks)[:_MOST_BREAKS]:
        header = number
        while header in rows and sum(bool(cell.strip(BLANKS)) for cell in rows[header]) == 1 and header < number + 3:
            header += 1
        if header in rows and _begins_table(header, rows, kinds, n_fields):
            found.append((number, tuple(cell.strip(BLANKS) for cell in rows[header])))
    ends = [first - 1 for first, _ in found[1:]] + [last_row] * bool(found)
    return [Section(first, end, header) for (first, header), end in zip(found, ends, strict=True)]


def _begins_table(number: int, rows: dict[int, list[str]], kinds: Sequence[str], n_fields: int) -> bool:
    """Say whether a row names columns of another table: texts above values, where the first table has values, too."""
    cells = rows[number]
    if not is_header_like(cells):
        return False
    below = []
    for k in range(number + 1, number + 1 + _PEEK):
        if k not in rows or not any(cell.strip(BLANKS) for cell in rows[k]):
            break
        below.append(rows[k])
    if not below or all(len(row) != len(cells) for row in below):
        return False
    of_below = column_kinds(below)
    has_contrast = any(
        kind in ("number", "date") and i < len(cells) and present(cells[i]) for i, kind in enumerate(of_below)
    )
    if len(cells) != n_fields:
        return has_contrast or len(below) > 1
    is_stranger = any(not fits(cell, kind) for cell, kind in zip(cells, kinds, strict=False))
    return has_contrast and is_stranger


def better_section(grid: Grid, wanted: list[str]) -> Section | None:
    """Return the further table that has more of the wanted headers, or without any wish is by far the largest."""
    if not grid.sections:
        return None
    names = {fold(name) for name in wanted}
    mine = len(names & {fold(header) for header in grid.headers})
    best = max(grid.sections, key=lambda s: (len(names & {fold(cell) for cell in s.header}), s.size))
    hits = len(names & {fold(cell) for cell in best.header})
    is_larger = not names and best.size > 2 * grid.cells.num_rows * len(grid.headers)
    return best if hits > mine or is_larger else None
