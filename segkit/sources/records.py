"""Records of a text file → rows of the usual width, and what to do with the others."""

from __future__ import annotations

from typing import TYPE_CHECKING

from segkit.sources.dialects import Dialect
from segkit.sources.grids import Unreadable
from segkit.sources.headers import fits, present
from segkit.sources.styles import ESCAPED, mark_escapes, unmark_escapes

if TYPE_CHECKING:
    import pyarrow as pa

_BLOCK = 1 << 24

Rejected = list[tuple[int, str]]
"""Position (from 1) and text of the records of another width."""


def split_records(body: bytes, dialect: Dialect) -> tuple[pa.Table, Rejected]:
    """Return the records of the usual width as columns of text, and the others."""
    import pyarrow as pa
    from pyarrow import csv as arrow_csv

    rejected: Rejected = []

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
            quote_char=dialect.quote or False,
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


def escape_body(body: bytes, dialect: Dialect) -> bytes:
    r"""Return records in which ``\"`` and the like split nothing."""
    return mark_escapes(body.decode("utf-8"), dialect.style).encode("utf-8") if dialect.escape else body


def unescape_table(table: pa.Table, dialect: Dialect) -> pa.Table:
    """Return a table of text with the characters that were escaped."""
    import pyarrow.compute as pc

    for i, column in enumerate(table.columns):
        for plain, mark in zip(("\\", dialect.quote, dialect.delimiter, "\n"), ESCAPED, strict=True):
            if i and pc.any(pc.match_substring(column, mark)).as_py():
                column = pc.replace_substring(column, mark, plain)
        table = table.set_column(i, table.schema.field(i).name, column)
    return table


def raw_text(text: str, dialect: Dialect) -> str:
    """Return the text of a record as the file holds it."""
    for plain, mark in zip(("\\", dialect.quote, dialect.delimiter, "\n"), ESCAPED, strict=True):
        text = text.replace(mark, "\\" + plain)
    return text


def fields_of(text: str, dialect: Dialect) -> list[str]:
    """Return the fields of one record."""
    fields = [field for record in dialect.style.reader(text.splitlines(keepends=True)) for field in record]
    return [unmark_escapes(field, dialect.style) for field in fields] if dialect.escape else fields


def recover(fields: list[str], dialect: Dialect) -> list[str] | None:
    """Return the fields of a record of another width where it is certain which is which, else None.

    Fields may be missing at the end where the file leaves out empty ones (`Dialect.short`), and there may be empty ones
    too many; what is there must be of the kind that its column holds, so that no value comes into another column.
    """
    n = dialect.n_fields
    if len(fields) > n:
        if any(present(field) for field in fields[n:]) or not (dialect.is_filled and present(fields[n - 1])):
            return None
        fields = fields[:n]
    elif len(fields) in dialect.short and present(fields[-1]):
        fields = fields + [""] * (n - len(fields))
    else:
        return None
    kinds = dialect.kinds or ("",) * n
    return fields if all(fits(field, kind) for field, kind in zip(fields, kinds, strict=False)) else None


def to_unreadable(row_number: int, text: str, dialect: Dialect) -> Unreadable:
    """Return a record that goes to quarantine."""
    return Unreadable(row_number, "wrong_field_count", raw_text(text, dialect))


def record_start(body: bytes, dialect: Dialect, n_records: int) -> int:
    """Return the byte at which a record begins, counted from 0."""
    reader = dialect.style.reader(body.decode("utf-8").splitlines(keepends=True))
    for _ in range(n_records):
        next(reader, None)
    lines = body.split(b"\n")[: reader.line_num]
    return sum(len(line) + 1 for line in lines)
