"""Records of a text file, sorted: rows, rows for quarantine, and what is neither (and told)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from segkit.sources.dialects import Dialect
from segkit.sources.grids import Change, Section, Unreadable
from segkit.sources.headers import is_footer
from segkit.sources.placeholders import BLANKS
from segkit.sources.records import Rejected, fields_of, recover, to_unreadable
from segkit.sources.tables_in_file import find_sections, is_repetition, repeated_rows

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa

_NEAR = 4
"""Rows above a repeated header in which the title of a page stands."""
_PEEK = 10
_MOST_BREAKS = 2000


@dataclass(frozen=True)
class Sorted:
    """Rows of the table, rows for quarantine, what was left out, and the further tables of the file."""

    table: pa.Table
    unreadable: list[Unreadable]
    changes: list[Change]
    n_blank: int
    sections: tuple[Section, ...]
    is_closed: bool


def sort_out(table: pa.Table, rejected: Rejected, dialect: Dialect, last_row: int, titles: dict[int, str]) -> Sorted:
    """Return records sorted into rows, rows for quarantine and what is left out.

    Parameters
    ----------
    table : Table
        row_number and the columns of text; rows of the usual width.
    rejected : list
        Row number and text of the others.
    dialect : Dialect
        How the file is written.
    last_row : int
        Row number of the last record.
    titles : dict
        Row number → text of lines outside the borders of a list, which are blank by now.
    """
    import numpy as np
    import pyarrow as pa
    import pyarrow.compute as pc

    changes: list[Change] = []
    fields = {number: fields_of(text, dialect) for number, text in rejected}
    n_blank = sum(not any(cell.strip(BLANKS) for cell in cells) for cells in fields.values())
    blank_numbers = [number for number, cells in fields.items() if not any(cell.strip(BLANKS) for cell in cells)]
    texts = {number: text for number, text in rejected if number not in set(blank_numbers)}
    if titles:
        changes.append(_told("page_title", sorted(titles.items())))
        n_blank -= len(titles)
    is_header = repeated_rows(table, dialect.header_rows)
    repeated = [] if is_header is None else table["row_number"].filter(is_header).to_pylist()
    if is_header is not None:
        table = table.filter(pc.invert(is_header))
    repeated += [number for number in texts if is_repetition(fields[number], dialect.header_rows)]
    is_filled = _filled(table)
    if is_filled is not None:
        blank_numbers += table["row_number"].filter(pc.invert(is_filled)).to_pylist()
        n_blank += table.num_rows - pc.sum(is_filled).as_py()
        table = table.filter(is_filled)
    numbers = table["row_number"].to_numpy()
    near: dict[int, list[str]] = {}
    if repeated:
        changes.append(Change("header_again", len(repeated), min(repeated), old_value=", ".join(dialect.header)[:200]))
        texts = {number: text for number, text in texts.items() if number not in set(repeated)}
        near = _page_titles(table, numbers, {n: fields[n] for n in texts}, repeated)
    if dialect.is_bordered:
        near.update(_subtotals(table))
    sections = _sections(table, numbers, fields, blank_numbers, repeated, dialect, last_row) if blank_numbers else []
    for section in sections:
        n = int(((numbers >= section.first) & (numbers <= section.last)).sum())
        n += sum(section.first <= number <= section.last for number in texts)
        shown = f"rows {section.first}–{section.last}"
        changes.append(Change("other_table", n, section.first, None, ", ".join(section.header)[:200], shown))
    gone = np.isin(numbers, list(near))
    for section in sections:
        gone |= (numbers >= section.first) & (numbers <= section.last)
        near = {number: cells for number, cells in near.items() if not section.first <= number <= section.last}
    if near:
        told = [(n, " ".join(cell for cell in near[n] if cell.strip())) for n in sorted(near)]
        changes.append(_told("subtotal" if dialect.is_bordered else "page_title", told))
    if gone.any():
        table = table.filter(pa.array(~gone))
    kept = {
        number: text
        for number, text in texts.items()
        if number not in near and not any(s.first <= number <= s.last for s in sections)
    }
    table, unreadable = _recovered(table, kept, fields, dialect, changes)
    is_closed = bool(sections) and sections[-1].last == last_row
    return Sorted(table, unreadable, changes, n_blank, tuple(sections), is_closed)


def _told(rule: str, rows: Sequence[tuple[int, str]]) -> Change:
    return Change(rule, len(rows), rows[0][0], old_value=rows[0][1].strip()[:200])


def _recovered(
    table: pa.Table, texts: dict[int, str], fields: dict[int, list[str]], dialect: Dialect, changes: list[Change]
) -> tuple[pa.Table, list[Unreadable]]:
    """Return the table with the rows of another width that can be read for certain, and those that cannot."""
    import pyarrow as pa

    found: list[tuple] = []
    unreadable: list[Unreadable] = []
    n_short = 0
    for number, text in texts.items():
        cells = recover(fields[number], dialect)
        if cells is None:
            unreadable.append(to_unreadable(number, text, dialect))
        else:
            found.append((number, *cells))
            n_short += len(fields[number]) < dialect.n_fields
    if n_short:
        changes.append(Change("short_row", n_short))
    if found:
        columns = [pa.array(values, table.schema.types[i]) for i, values in enumerate(zip(*found, strict=True))]
        table = pa.concat_tables([table, pa.table(columns, names=table.column_names)]).sort_by("row_number")
    return table, unreadable


def _filled(table: pa.Table) -> pa.Array | None:
    """Return which rows have a cell that is not blank, None where all have."""
    import pyarrow.compute as pc

    is_filled = None
    for column in table.columns[1:]:
        filled = pc.greater(pc.binary_length(column), 0)
        is_filled = filled if is_filled is None else pc.or_(is_filled, filled)
        if pc.all(is_filled).as_py() is not False:
            break
    else:
        return is_filled
    return None


def without_blank_rows(table: pa.Table) -> pa.Table:
    """Return the table without rows in which every cell is empty."""
    is_filled = _filled(table)
    return table if is_filled is None else table.filter(is_filled)


def _page_titles(
    table: pa.Table, numbers: np.ndarray, rejected: dict[int, list[str]], repeated: Sequence[int]
) -> dict[int, list[str]]:
    """Return the rows near a repeated header that are its page's title or the total of the page before."""
    near = {n for number in repeated for n in range(number - _NEAR, number + 2)}
    found = {}
    for number in near & rejected.keys():
        if sum(bool(cell.strip()) for cell in rejected[number]) == 1 or is_footer(rejected[number]):
            found[number] = rejected[number]
    for number, cells in _rows(table, numbers, near - rejected.keys()).items():
        if is_footer(cells):
            found[number] = cells
    return found


def _rows(table: pa.Table, numbers: np.ndarray, wanted: set[int]) -> dict[int, list[str]]:
    """Return rows by their number."""
    import numpy as np
    import pyarrow as pa

    chosen = np.flatnonzero(np.isin(numbers, sorted(wanted)))
    found = table.take(pa.array(chosen)).to_pylist()
    return {row.pop("row_number"): list(row.values()) for row in found}


def _subtotals(table: pa.Table) -> dict[int, list[str]]:
    """Return the rows of a bordered list that begin with asterisks: totals of the rows above."""
    import pyarrow.compute as pc

    is_total = pc.match_substring_regex(table.column(2), r"^\s*\*+(\s|$)")
    found = table.filter(is_total).to_pylist()
    return {row.pop("row_number"): list(row.values()) for row in found}


def _sections(
    table: pa.Table,
    numbers: np.ndarray,
    fields: dict[int, list[str]],
    blank: list[int],
    repeated: Sequence[int],
    dialect: Dialect,
    last_row: int,
) -> list[Section]:
    """Return the further tables; a repeated header of the first one ends them."""
    blanks, headers = set(blank), set(repeated)
    breaks = sorted(n + 1 for n in blanks if n + 1 not in blanks and n + 1 not in headers and n < last_row)
    breaks = breaks[:_MOST_BREAKS]
    wanted = {k for n in breaks for k in range(n, n + _PEEK)}
    rows = _rows(table, numbers, wanted - fields.keys())
    rows.update({n: fields[n] for n in wanted & fields.keys() if n not in blanks})
    found = []
    for section in find_sections(rows, breaks, dialect.kinds, dialect.n_fields, last_row):
        end = min((n - 1 for n in headers if section.first < n <= section.last), default=section.last)
        found.append(Section(section.first, end, section.header))
    return found
