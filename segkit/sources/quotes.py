"""Quotation marks that nobody closed, mended before the file is parsed."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

import numpy as np

LONGEST_VALUE = 100
"""Lines over which one quoted value may run."""


def mend_quotes(body: bytes, delimiter: str, quote: str, n_fields: int) -> tuple[bytes, int]:
    """Return the records with every quotation mark either closed or literal.

    A line with an open quotation mark is read on to its end if that gives one row of `n_fields`; else the mark is taken
    literally (``12;"Schraube 5;3,50``), so that it cannot swallow the rows below.

    Parameters
    ----------
    body : bytes
        UTF-8 records below the header.
    delimiter, quote : str
        One character each.
    n_fields : int
        Fields of a usual row.

    Returns
    -------
    bytes, int
        The mended records and the number of lines that were changed.
    """
    pieces, done, n_mended = [], 0, 0
    for start, end, is_closed in open_records(body, delimiter, quote, n_fields):
        if not is_closed:
            line = body[start:end].decode("utf-8")
            pieces += [body[done:start], _literal(line, delimiter, quote, n_fields).encode("utf-8")]
            done, n_mended = end, n_mended + 1
    return (b"".join([*pieces, body[done:]]) if pieces else body), n_mended


def open_records(body: bytes, delimiter: str, quote: str, n_fields: int) -> Iterator[tuple[int, int, bool]]:
    """Yield (start, end, is_closed) of the records whose first line ends inside a quoted value.

    A closed one goes on to the line that closes the value; one that nothing closes ends with its line.
    """
    lines, done = _open_lines(body, quote), 0
    for k, (start, end) in enumerate(lines):
        if start < done or not _is_open(body[start:end].decode("utf-8"), delimiter, quote):
            continue
        stop = _closing(body, lines[k + 1 : k + 1 + LONGEST_VALUE], start, delimiter, quote, n_fields)
        done = end if stop is None else stop
        yield start, done, stop is not None


def _open_lines(body: bytes, quote: str) -> list[tuple[int, int]]:
    """Return (start, end) of the lines with an odd number of quotation marks."""
    if quote.encode() not in body:
        return []
    buffer = np.frombuffer(body, dtype=np.uint8)
    marks = np.flatnonzero(buffer == ord(quote))
    ends = np.flatnonzero(buffer == ord("\n")) + 1
    if len(ends) == 0 or ends[-1] != len(buffer):
        ends = np.append(ends, len(buffer))
    per_line = np.diff(np.searchsorted(marks, ends), prepend=0)
    starts = np.concatenate([[0], ends[:-1]])
    odd = np.flatnonzero(per_line % 2)
    return [(int(starts[i]), int(ends[i])) for i in odd]


def _records(text: str, delimiter: str, quote: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, quotechar=quote))


def _is_open(line: str, delimiter: str, quote: str) -> bool:
    """Say whether the line ends inside a quoted value: then it swallows a line put below it."""
    return len(_records(line.rstrip("\r\n") + "\n0\n", delimiter, quote)) == 1


def _closing(
    body: bytes, later: list[tuple[int, int]], start: int, delimiter: str, quote: str, n_fields: int
) -> int | None:
    """Return where the record ends that opens at `start`, if it is one good row of at most `LONGEST_VALUE` lines."""
    for _, end in later[:3]:
        piece = body[start:end]
        if piece.count(b"\n") > LONGEST_VALUE:
            return None
        try:
            text = io.StringIO(piece.decode("utf-8"), newline="")
            records = list(csv.reader(text, delimiter=delimiter, quotechar=quote, strict=True))
        except csv.Error:
            continue
        if len(records) == 1 and len(records[0]) == n_fields:
            return end
    return None


def _literal(line: str, delimiter: str, quote: str, n_fields: int) -> str:
    """Return the line with its marks as plain characters; one of another width loses them, and is rejected later."""
    text = line.rstrip("\r\n")
    fields = text.split(delimiter)
    if len(fields) != n_fields:
        return text.replace(quote, "") + line[len(text) :]
    return delimiter.join(_requoted(field, quote) for field in fields) + line[len(text) :]


def _requoted(field: str, quote: str) -> str:
    is_quoted = len(field) > 1 and field[0] == field[-1] == quote and field.count(quote) == 2
    return field if is_quoted else quote + field.replace(quote, quote * 2) + quote
