"""Delimited text (CSV, TSV, TXT, bordered lists) → grid."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING

from segkit.errors import UserError
from segkit.settings.sources import Source
from segkit.sources.bordered import blank_body
from segkit.sources.datev import complete_export, is_datev
from segkit.sources.dialects import SAMPLE_CHARACTERS, Dialect, detect_dialect
from segkit.sources.encodings import decode, is_broken
from segkit.sources.grids import Change, Grid, Section, Unreadable, name_headers, number_rows
from segkit.sources.headers import is_footer
from segkit.sources.quotes import mend_quotes
from segkit.sources.records import escape_body, record_start, split_records, unescape_table
from segkit.sources.sorting import sort_out
from segkit.sources.tables_in_file import better_section

if TYPE_CHECKING:
    import pyarrow as pa


def read_text(data: bytes, name: str, source: Source | None = None, wanted: Iterable[str] = ()) -> Grid:
    """Return the cells of a delimited text file.

    Parameters
    ----------
    data : bytes
        The unpacked file.
    name : str
        The file as the user knows it.
    source : Source, optional
        Its settings: encoding and delimiter where project.yml gives them.
    wanted : iterable of str
        Headers that project.yml names.

    Returns
    -------
    Grid
        Rows of another width than the usual one are `unreadable`, unless their surplus fields are empty.

    Raises
    ------
    UserError
        "sales.csv is empty." or "sales.csv: no row with column names was found in the first 100 rows."
    """
    decoded = decode(data, source.encoding if source else None)
    dialect, start = open_dialect(decoded.data[: 4 * SAMPLE_CHARACTERS], name, source, wanted)
    changes = []
    if decoded.repaired:
        lines = ", ".join(str(line) for line in decoded.repaired[:5])
        changes.append(Change("mixed_encoding", len(decoded.repaired), old_value=f"lines {lines}"))
    if decoded.n_controls:
        changes.append(Change("control_characters", decoded.n_controls))
    wanted = list(wanted)
    grid = parse_body(decoded.data[start:], name, dialect, changes=changes)
    better = better_section(grid, wanted)
    if better is not None:
        grid = _read_section(decoded.data[start:], grid, dialect, better, changes, source)
    grid.encoding, grid.is_broken = decoded.encoding, is_broken(decoded.data)
    return complete_export(grid, decoded.data, wanted) if is_datev(decoded.data) else grid


def _read_section(
    body: bytes, grid: Grid, dialect: Dialect, section: Section, changes: list[Change], source: Source | None
) -> Grid:
    """Return a further table of a file; the first one is told as left out."""
    start = record_start(body, dialect, section.first - dialect.header_row - 1)
    inner, offset = open_dialect(body[start : start + 4 * SAMPLE_CHARACTERS], grid.name, source, section.header)
    inner = replace(inner, header_row=inner.header_row + section.first - 1)
    left_out = Change(
        "other_table",
        grid.cells.num_rows + len(grid.unreadable) + 1,
        dialect.header_row,
        None,
        ", ".join(grid.headers)[:200],
        f"rows {dialect.header_row}–{section.first - 1}",
    )
    return parse_body(body[start + offset :], grid.name, inner, changes=[*changes, left_out])


def open_dialect(
    head: bytes, name: str, source: Source | None = None, wanted: Iterable[str] = ()
) -> tuple[Dialect, int]:
    """Return how a file is written, and the byte at which the records below its header begin.

    Parameters
    ----------
    head : bytes
        The beginning of the file as UTF-8 (`decode_pieces`); 400,000 characters are enough.
    name, source, wanted
        As for `read_text`.
    """
    if not head.strip(b"\r\n\t ;,|\x00"):
        raise UserError(f"{name} is empty: there is nothing to read. Export it again, or take it out of the sources.")
    text = head.decode("utf-8", errors="ignore")
    dialect = detect_dialect(text, source.delimiter if source else None, wanted)
    if dialect is None:
        raise UserError(_no_header(name, text, source, wanted))
    return dialect, len(text[: dialect.body].encode("utf-8"))


def _no_header(name: str, head: str, source: Source | None, wanted: Iterable[str]) -> str:
    if source is not None and source.delimiter is not None:
        other = detect_dialect(head, None, wanted)
        if other is not None:
            return (
                f"{name}: split by {source.delimiter!r}, as project.yml says, it has no row with column names; "
                f"the file seems to use {other.delimiter!r}. Take the setting delimiter out, or mend it."
            )
    return (
        f"{name}: no row with column names was found in the first 100 rows. "
        "Put the names of the columns above the data, each different."
    )


def parse_body(
    body: bytes,
    name: str,
    dialect: Dialect,
    first_row: int | None = None,
    is_last: bool = True,
    changes: list[Change] | None = None,
) -> Grid:
    """Return the records below the header, or a piece of them.

    Parameters
    ----------
    body : bytes
        UTF-8 that begins and ends with a record.
    name : str
        The file as the user knows it.
    dialect : Dialect
        Of the head of the file.
    first_row : int, optional
        Row number of the first record (header_row + 1 if left out); the next piece goes on at `first_row` +
        `Grid.n_records`.
    is_last : bool
        Totals and remarks are cut off only at the end of the file.
    changes : list of Change, optional
        What was done before.

    Returns
    -------
    Grid
        The same rows as if the file were parsed whole.
    """
    import pyarrow as pa

    changes, first = list(changes or []), dialect.header_row + 1 if first_row is None else first_row
    if first_row is None:
        changes += changes_above(dialect)
    titles, n_rulers = dict[int, str](), 0
    if dialect.is_bordered:
        blanked = blank_body(body)
        body, n_rulers = blanked.body, blanked.n_rulers
        titles = {n + first - 1: text for n, text in blanked.titles}
        changes += [Change("ruler", n_rulers)] if n_rulers else []
    body, n_mended = mend_quotes(escape_body(body, dialect), dialect.delimiter, dialect.quote, dialect.n_fields)
    if n_mended:
        changes.append(Change("open_quote", n_mended))
    table, rejected = split_records(body, dialect)
    n_records = table.num_rows + len(rejected)
    numbers = number_rows(table.num_rows, [n for n, _ in rejected], first)
    table = table.add_column(0, "row_number", pa.array(numbers, pa.int64()))
    rejected = [(n + first - 1, text) for n, text in rejected]
    rest = sort_out(table, rejected, dialect, first + n_records - 1, titles)
    table, unreadable = rest.table, rest.unreadable
    changes += rest.changes
    if dialect.escape:
        table = unescape_table(table, dialect)
    if is_last:
        table, unreadable, footers = _cut_footer(table, unreadable, dialect)
        changes += footers
    table, names = _inside_borders(table, dialect)
    headers, repeated = name_headers(names, table.num_columns - 1)
    return Grid(
        name,
        headers,
        table,
        delimiter=dialect.delimiter,
        header_row=dialect.header_row,
        unreadable=unreadable,
        changes=changes,
        repeated=repeated,
        n_records=n_records,
        n_blank=rest.n_blank - n_rulers,
        is_closed=rest.is_closed,
        sections=rest.sections,
    )


def _inside_borders(table: pa.Table, dialect: Dialect) -> tuple[pa.Table, list[str]]:
    """Return the columns and their names without the empty ones that the borders of a list make."""
    names = list(dialect.header)
    if not dialect.is_bordered:
        return table, names
    inner = table.select([0, *range(2, table.num_columns - 1)])
    inner = inner.rename_columns(["row_number", *(f"c{i}" for i in range(inner.num_columns - 1))])
    return inner, names[1 : dialect.n_fields - 1]


def changes_above(dialect: Dialect) -> list[Change]:
    """Return what stood above the records, for the log."""
    told = []
    if dialect.preamble:
        told.append(Change("preamble", len(dialect.preamble), 1, old_value=dialect.preamble[0][:200]))
    if len(dialect.header_rows) > 1:
        told.append(Change("header_lines", len(dialect.header_rows), dialect.header_row, new_value=dialect.header[-1]))
    return told


def _cut_footer(
    table: pa.Table,
    unreadable: list[Unreadable],
    dialect: Dialect,
) -> tuple[pa.Table, list[Unreadable], list[Change]]:
    """Return the table and its unreadable rows without totals and remarks (a single field) at the end of the file."""
    table, footers = cut_totals(table)
    last = table["row_number"][-1].as_py() if table.num_rows else 0
    kept = []
    for row in unreadable:
        fields: list[str] = next(iter(dialect.style.reader([row.raw])), [])
        filled = [field for field in fields if field.strip()]
        is_text = any(c.isalpha() for c in "".join(filled))
        if row.row_number > last and len(filled) == 1 and is_text:
            footers.append(Change("footer", row_number=row.row_number, old_value=row.raw))
        else:
            kept.append(row)
    return table, kept, footers


def cut_totals(table: pa.Table) -> tuple[pa.Table, list[Change]]:
    """Return the table without the totals and remarks among its last five rows, and what was cut."""
    footers: list[Change] = []
    for row in reversed(table.slice(max(0, table.num_rows - 5)).to_pylist()):
        number, *cells = row.values()
        if not is_footer(cells):
            break
        footers.append(Change("footer", row_number=number, old_value=" ".join(c for c in cells if c)))
    return table.slice(0, table.num_rows - len(footers)), footers
