"""Where a large text file may be cut: between two records, never inside a quoted value."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np

from segkit.sources.dialects import Dialect
from segkit.sources.quotes import LONGEST_VALUE, between_records

TAIL = 200
"""Lines that the last piece holds at least: totals and remarks at the end of a file are known by their neighbours."""
_LINE_END = 10


def cut_records(chunks: Iterable[bytes], dialect: Dialect, size: int) -> Iterator[tuple[bytes, bool]]:
    """Yield (records, is_last) of about `size` bytes.

    Parameters
    ----------
    chunks : iterable of bytes
        UTF-8 below the header.
    dialect : Dialect
        Of the head of the file.
    size : int
        Bytes after which a piece ends with the next record.
    """
    held = b""
    for chunk in chunks:
        held = held + chunk if held else chunk
        while len(held) > size:
            end = record_end(held, size, dialect)
            if end is None:
                break
            yield held[:end], False
            held = held[end:]
    while len(held) > size and (end := record_end(held, size, dialect, is_all=True)) is not None:
        yield held[:end], False
        held = held[end:]
    yield held, True


def record_end(data: bytes, target: int, dialect: Dialect, is_all: bool = False) -> int | None:
    """Return the end of a record at or behind `target`, None where too little is known behind it.

    Parameters
    ----------
    data : bytes
        Begins with a record.
    target : int
        Byte in `data`.
    dialect : Dialect
        How it is written. No value is longer than `LONGEST_VALUE` lines, so that one mark cannot swallow the file.
    is_all : bool
        Nothing follows `data`; then `TAIL` lines remain.
    """
    ends = _line_ends(data, target, 2 * LONGEST_VALUE + TAIL + 1)
    n = min(LONGEST_VALUE, len(ends) - TAIL - 1)
    if n < 1 or (len(ends) <= 2 * LONGEST_VALUE + TAIL and not is_all):
        return None
    shown = data[: int(ends[min(n + LONGEST_VALUE, len(ends) - 1)])] if not is_all else data
    plain = _unescaped(shown, dialect)
    candidates = [int(end) for end in ends[:n] if plain[end - 1] == _LINE_END]
    if not candidates:
        return int(ends[0])
    if not dialect.quote or dialect.quote.encode() not in shown[_back(shown, candidates[0], LONGEST_VALUE) :]:
        return candidates[0]
    is_end = between_records(plain, candidates, dialect.delimiter, dialect.quote, dialect.n_fields)
    if any(is_end):
        return candidates[is_end.index(True)]
    return None if n < LONGEST_VALUE else candidates[0]


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


def _unescaped(data: bytes, dialect: Dialect) -> bytes:
    """Return the data without escaped marks and line ends, as long as before."""
    if not dialect.escape:
        return data
    for escaped in (dialect.escape, dialect.quote, dialect.delimiter, "\n"):
        data = data.replace((dialect.escape + escaped).encode(), b"__")
    return data
