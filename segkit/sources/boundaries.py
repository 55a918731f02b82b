"""Where a large text file may be cut: between two records, never inside a quoted value."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator

import numpy as np

from segkit.sources.dialects import Dialect
from segkit.sources.quotes import LONGEST_VALUE

TAIL = 200
"""Lines that the last piece holds at least: totals and remarks at the end of a file are known by their neighbours."""


def cut_records(chunks: Iterable[bytes], dialect: Dialect, size: int, tail: int = TAIL) -> Iterator[tuple[bytes, bool]]:
    """Yield (records, is_last) of about `size` bytes.

    Parameters
    ----------
    chunks : iterable of bytes
        UTF-8 below the header.
    dialect : Dialect
        Of the head of the file.
    size : int
        Bytes after which a piece ends with the next record.
    tail : int
        Lines of the last piece, if the file has as many.
    """
    held = b""
    for chunk in chunks:
        held = held + chunk if held else chunk
        while len(held) > size:
            end = record_end(held, size, dialect, tail)
            if end is None:
                break
            yield held[:end], False
            held = held[end:]
    yield held, True


def record_end(data: bytes, target: int, dialect: Dialect, tail: int = TAIL) -> int | None:
    """Return the end of a record at or behind `target`, None where too little is known behind it.

    A quotation mark that nobody closed shifts the count of marks, so a cut also needs a complete record on either side;
    and no value is longer than `LONGEST_VALUE` lines, so that one mark cannot swallow the file.
    """
    ends = _line_ends(data, target, LONGEST_VALUE + tail + 1)
    if len(ends) <= LONGEST_VALUE + tail:
        return None
    first = int(ends[0])
    shown = data[: int(ends[LONGEST_VALUE])]
    if not dialect.quote or dialect.quote.encode() not in shown[_back(shown, first, LONGEST_VALUE) :]:
        return first
    is_closed = _closed_lines(_unescaped(shown, dialect), dialect.quote)[-LONGEST_VALUE - 1 :]
    candidates = [int(end) for end in ends[:LONGEST_VALUE]]
    edges = [_back(shown, first, 1), *candidates, len(shown)]
    good = [_is_record(shown, start, end, dialect) for start, end in zip(edges, edges[1:], strict=False)]
    between = [a and b for a, b in zip(good, good[1:], strict=False)]
    for sure in ([c and b for c, b in zip(is_closed, between, strict=False)], between, is_closed):
        if any(sure):
            return candidates[list(sure).index(True)]
    return first


def _line_ends(data: bytes, start: int, n: int) -> np.ndarray:
    """Return the ends of up to `n` lines, from the line that holds `start` on."""
    length = 1 << 16
    while True:
        window = np.frombuffer(data, dtype=np.uint8, offset=start, count=min(length, len(data) - start))
        ends = np.flatnonzero(window == 10)[:n] + start + 1
        if len(ends) == n or start + length >= len(data):
            return ends
        length *= 4


def _back(data: bytes, end: int, n: int) -> int:
    """Return where the n-th line before `end` begins."""
    start = end
    for _ in range(n):
        start = data.rfind(b"\n", 0, start - 1) + 1
        if start <= 0:
            return 0
    return start


def _closed_lines(data: bytes, quote: str) -> np.ndarray:
    """Return for every line whether no quoted value goes on behind it, by the number of marks since a quiet stretch."""
    buffer = np.frombuffer(data, dtype=np.uint8)
    ends = np.flatnonzero(buffer == 10) + 1
    marks = np.flatnonzero(buffer == ord(quote))
    is_odd = np.diff(np.searchsorted(marks, ends), prepend=0) % 2 > 0
    odd = np.flatnonzero(is_odd)
    lines = np.arange(len(ends))
    last = np.searchsorted(odd, lines, side="right") - 1
    is_first = np.diff(odd, prepend=-LONGEST_VALUE - 1) > LONGEST_VALUE
    run = np.maximum.accumulate(np.where(is_first, np.arange(len(odd)), 0)) if len(odd) else odd
    closed = np.ones(len(ends), dtype=bool)
    has_odd = last >= 0
    at = last[has_odd]
    closed[has_odd] = ((at - run[at]) % 2 == 1) | (lines[has_odd] - odd[at] > LONGEST_VALUE)
    return closed


def _unescaped(data: bytes, dialect: Dialect) -> bytes:
    """Return the data without escaped marks, as long as before."""
    escape = getattr(dialect, "escape", "")
    if not escape:
        return data
    return data.replace((escape * 2).encode(), b"__").replace((escape + dialect.quote).encode(), b"__")


def _is_record(data: bytes, start: int, end: int, dialect: Dialect) -> bool:
    """Say whether a line is a whole record of the usual width."""
    line = _unescaped(data[start:end], dialect).decode("utf-8", errors="replace")
    try:
        rows = list(
            csv.reader(io.StringIO(line + "0\n", newline=""), delimiter=dialect.delimiter, quotechar=dialect.quote)
        )
    except csv.Error:
        return False
    return len(rows) == 2 and (len(rows[0]) == dialect.n_fields or len(rows[0]) in getattr(dialect, "short", ()))
