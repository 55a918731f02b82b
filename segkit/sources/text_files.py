"""Delimited text (CSV, TSV, TXT) → grid."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from typing import TYPE_CHECKING

from segkit.errors import UserError
from segkit.settings.sources import Source
from segkit.sources.dialects import SAMPLE_CHARACTERS, Dialect, detect_dialect
from segkit.sources.encodings import BROKEN, decode
from segkit.sources.grids import Change, Grid, Unreadable, name_headers, number_rows
from segkit.sources.headers import is_footer
from segkit.sources.quotes import mend_quotes

if TYPE_CHECKING:
    import pyarrow as pa

_BLOCK = 1 << 24


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
    grid = parse_body(decoded.data[start:], name, dialect, changes=changes)
    grid.encoding, grid.is_broken = decoded.encoding, BROKEN.encode() in decoded.data
    return grid


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
    body, n_mended = mend_quotes(body, dialect.delimiter, dialect.quote, dialect.n_fields)
    if n_mended:
        changes.append(Change("open_quote", n_mended))
    table, rejected = _split(body, dialect)
    n_records = table.num_rows + len(rejected)
    numbers = number_rows(table.num_rows, [n for n, _ in rejected], first)
    table = table.add_column(0, "row_number", pa.array(numbers, pa.int64()))
    recovered, unreadable = _recover(rejected, dialect, first)
    if recovered:
        columns = [pa.array(values, table.schema.types[i]) for i, values in enumerate(zip(*recovered, strict=True))]
        table = pa.concat_tables([table, pa.table(columns, names=table.column_names)]).sort_by("row_number")
    table = without_blank_rows(table)
    if is_last:
        table, unreadable, footers = _cut_footer(table, unreadable, dialect.delimiter)
        changes += footers
    headers, repeated = name_headers(list(dialect.header), dialect.n_fields)
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
    )


def _split(body: bytes, dialect: Dialect) -> tuple[pa.Table, list[tuple[int, str]]]:
    """Return the rows of the usual width as text, and (position from 1, text) of the others."""
    import pyarrow as pa
    from pyarrow import csv as arrow_csv

    rejected: list[tuple[int, str]] = []

    def keep_aside(row: arrow_csv.InvalidRow) -> str:
        rejected.append((row.number, row.text))
        return "skip"

    names = [f"c{i}" for i in range(dialect.n_fields)]
    if not body:
        return pa.table({n: pa.array([], pa.string()) for n in names}), rejected
    table = arrow_csv.read_csv(
        pa.BufferReader(body),
        read_options=arrow_csv.ReadOptions(
            column_names=names, use_threads=False, block_size=max(_BLOCK, _longest(body))
        ),
        parse_options=arrow_csv.ParseOptions(
            delimiter=dialect.delimiter,
            quote_char=dialect.quote,
            newlines_in_values=True,
            ignore_empty_lines=False,
            invalid_row_handler=keep_aside,
        ),
        convert_options=arrow_csv.ConvertOptions(
            column_types=dict.fromkeys(names, pa.string()), strings_can_be_null=False, check_utf8=False
        ),
    )
    return table, rejected


def _longest(body: bytes) -> int:
    """Return a block size that holds a record however long; records above a block's size cannot be parsed."""
    return len(body) + 1 if len(body) < 4 * _BLOCK else _BLOCK


def _recover(rejected: list[tuple[int, str]], dialect: Dialect, first: int) -> tuple[list[tuple], list[Unreadable]]:
    """Return rows whose surplus fields are empty, with row number, and the rows that stay unreadable."""
    recovered, unreadable = [], []
    for number, text in rejected:
        row_number = number + first - 1
        records = list(csv.reader(io.StringIO(text, newline=""), delimiter=dialect.delimiter, quotechar=dialect.quote))
        fields = [field for record in records for field in record]
        if not any(field.strip() for field in fields):
            continue
        if len(fields) > dialect.n_fields and not any(field.strip() for field in fields[dialect.n_fields :]):
            recovered.append((row_number, *fields[: dialect.n_fields]))
        else:
            unreadable.append(Unreadable(row_number, "wrong_field_count", text))
    return recovered, unreadable


def without_blank_rows(table: pa.Table) -> pa.Table:
    """Return the table without rows in which every cell is empty."""
    import pyarrow as pa
    import pyarrow.compute as pc

    is_filled = None
    for column in table.columns[1:]:
        filled = pc.greater(pc.utf8_length(column), 0)
        is_filled = filled if is_filled is None else pc.or_(is_filled, filled)
        if pc.all(is_filled).as_py():
            return table
    return table if is_filled is None else table.filter(pc.fill_null(is_filled, pa.scalar(False)))


def _cut_footer(
    table: pa.Table,
    unreadable: list[Unreadable],
    delimiter: str,
) -> tuple[pa.Table, list[Unreadable], list[Change]]:
    """Return the table and its unreadable rows without totals and remarks (a single field) at the end of the file."""
    table, footers = cut_totals(table)
    last = table["row_number"][-1].as_py() if table.num_rows else 0
    kept = []
    for row in unreadable:
        filled = [field for field in row.raw.split(delimiter) if field.strip()]
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
