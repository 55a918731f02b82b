"""Quotation marks that nobody closed, or that stand inside a quoted value, mended before the file is parsed."""

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
    literally (``12;"Schraube 5;3,50``), so that it cannot swallow the rows below. So is a mark inside a value
    (``"Rohr 5" lang"``, ``"Nord" GmbH``).

    Parameters
    ----------
    body : bytes
        UTF-8 records below the header.
    delimiter, quote : str
        One character each; without a quote nothing is mended.
    n_fields : int
        Fields of a usual row.

    Returns
    -------
    bytes, int
        The mended records and the number of lines that were changed.
    """
    pieces, done, n_mended = [], 0, 0
    for start, end, is_open in _judged(body, _doubtful_lines(body, delimiter, quote), delimiter, quote, n_fields):
        if is_open is None:
            continue
        line = body[start:end].decode("utf-8")
        mend = _literal if is_open else _with_marks_inside
        mended = mend(line, delimiter, quote, n_fields)
        if mended != line:
            pieces += [body[done:start], mended.encode("utf-8")]
            done, n_mended = end, n_mended + 1
    return (b"".join([*pieces, body[done:]]) if pieces else body), n_mended


def between_records(body: bytes, ends: list[int], delimiter: str, quote: str, n_fields: int) -> list[bool]:
    """Return for ends of lines whether a record ends there too; judged as `mend_quotes` does.

    `body` begins with a record and goes on for `LONGEST_VALUE` lines behind the last of `ends`, or to the file's end.
    """
    lines = _doubtful_lines(body, delimiter, quote)
    if not lines:
        marks = np.flatnonzero(np.frombuffer(body, dtype=np.uint8) == ord(quote)) if quote else np.array([], dtype=int)
        return [bool(n % 2 == 0) for n in np.searchsorted(marks, ends)]
    values = [(a, b) for a, b, is_open in _judged(body, lines, delimiter, quote, n_fields) if is_open is None]
    return [not any(start < end < stop for start, stop in values) for end in ends]


def _judged(
    body: bytes, lines: list[tuple[int, int, bool]], delimiter: str, quote: str, n_fields: int
) -> Iterator[tuple[int, int, bool | None]]:
    """Yield (start, end, is_open) of doubtful lines: None for a record over several lines, which is good as it is."""
    done = 0
    for k, (start, end, is_odd) in enumerate(lines):
        if start < done:
            continue
        is_open = is_odd and _is_open(body[start:end].decode("utf-8"), delimiter, quote)
        if is_open:
            later = lines[k + 1 : k + 1 + LONGEST_VALUE]
            stop = _closing(body, later, start, delimiter, quote, n_fields)
            if stop is not None:
                done = stop
                yield start, stop, None
                continue
        done = end
        yield start, end, is_open


def _doubtful_lines(body: bytes, delimiter: str, quote: str) -> list[tuple[int, int, bool]]:
    """Return (start, end, has an odd number of marks) of the lines whose marks do not all open or close a value."""
    if not quote or quote.encode() not in body:
        return []
    buffer = np.frombuffer(body, dtype=np.uint8)
    marks = np.flatnonzero(buffer == ord(quote))
    if _are_regular(buffer, marks, delimiter):
        return []
    ends = np.flatnonzero(buffer == ord("\n")) + 1
    if len(ends) == 0 or ends[-1] != len(buffer):
        ends = np.append(ends, len(buffer))
    starts = np.concatenate([[0], ends[:-1]])
    line_of = np.searchsorted(ends, marks, side="right")
    is_odd = np.bincount(line_of, minlength=len(ends)) % 2 > 0
    inside = ~_opens(buffer, marks, delimiter) & ~_closes(buffer, marks, delimiter)
    first = np.unique(line_of, return_index=True)[1]
    inside[first] |= ~_opens(buffer, marks[first], delimiter)
    has_inside = np.bincount(line_of[inside], minlength=len(ends)) > 0
    return [(int(starts[i]), int(ends[i]), bool(is_odd[i])) for i in np.flatnonzero(is_odd | has_inside)]


def _are_regular(buffer: np.ndarray, marks: np.ndarray, delimiter: str) -> bool:
    """Say whether the marks open and close values by turns; a doubled mark closes and opens at once."""
    if len(marks) % 2:
        return False
    is_double = np.diff(marks) == 1
    opens, closes = marks[0::2], marks[1::2]
    after_close = np.concatenate([[False], is_double[1::2]])
    before_open = np.append(is_double[1::2], False)
    return bool(
        (_opens(buffer, opens, delimiter) | after_close).all()
        and (_closes(buffer, closes, delimiter) | before_open).all()
    )


def _opens(buffer: np.ndarray, marks: np.ndarray, delimiter: str) -> np.ndarray:
    before = buffer[np.maximum(marks - 1, 0)]
    return (before == ord(delimiter)) | (before == 10) | (before == 13) | (marks == 0)


def _closes(buffer: np.ndarray, marks: np.ndarray, delimiter: str) -> np.ndarray:
    after = buffer[np.minimum(marks + 1, len(buffer) - 1)]
    return (after == ord(delimiter)) | (after == 10) | (after == 13) | (marks == len(buffer) - 1)


def _records(text: str, delimiter: str, quote: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, quotechar=quote))


def _is_open(line: str, delimiter: str, quote: str) -> bool:
    """Say whether the line ends inside a quoted value: then it swallows a line put below it."""
    return len(_records(line.rstrip("\r\n") + "\n0\n", delimiter, quote)) == 1


def _closing(
    body: bytes, later: list[tuple[int, int, bool]], start: int, delimiter: str, quote: str, n_fields: int
) -> int | None:
    """Return where the record ends that opens at `start`, if it is one good row of at most `LONGEST_VALUE` lines."""
    for _, end, _ in [row for row in later if row[2]][:3]:
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


def _with_marks_inside(line: str, delimiter: str, quote: str, n_fields: int) -> str:
    """Return a line of which a quoted value holds marks that are not doubled, with those marks doubled."""
    text = line.rstrip("\r\n")
    try:
        if len(list(csv.reader([text], delimiter=delimiter, quotechar=quote, strict=True))) == 1:
            return line
    except csv.Error:
        pass
    for fields in (_by_edges(text, delimiter, quote), text.split(delimiter)):
        if len(fields) == n_fields:
            return delimiter.join(_requoted_inside(field, quote) for field in fields) + line[len(text) :]
    return text.replace(quote, "") + line[len(text) :] if _is_open(line, delimiter, quote) else line


def _by_edges(text: str, delimiter: str, quote: str) -> list[str]:
    """Return fields where a value that opens with a mark ends only at a mark before a delimiter."""
    fields: list[str] = []
    rest = text
    while True:
        end = rest.find(quote + delimiter, 1) + 1 if rest.startswith(quote) else rest.find(delimiter)
        if end <= 0 and rest.startswith(quote) and rest.endswith(quote) or end < 0 or (end == 0 and rest[:1] == quote):
            return [*fields, rest]
        fields.append(rest[:end])
        rest = rest[end + 1 :]


def _requoted_inside(field: str, quote: str) -> str:
    is_wrapped = len(field) > 1 and field[0] == field[-1] == quote
    value = field[1:-1].replace(quote * 2, quote) if is_wrapped else field
    return quote + value.replace(quote, quote * 2) + quote
