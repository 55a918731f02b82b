"""Bytes of a text file → UTF-8, whatever wrote them; whole, or piece by piece with the same result."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import chain

import numpy as np

BROKEN = "\uf8f0"
"""Stands for a byte that no encoding explains; a row that holds it goes to quarantine."""

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_MULTIBYTE = re.compile(rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}")
_DOS = re.compile(
    rb"[A-Za-z][\x81-\x8d\x93-\x98\xa0-\xa4]+(?=[A-Za-z])|(?<![^\s;,\t|^~\"'])[\x8e\x90\x99\x9a](?=[a-z])"
)
"""Letters of code page 850 where letters stand; quotation marks and dashes of Windows-1252 stand at an edge."""
_WINDOWS = re.compile(rb"[\xc0-\xd6\xd8-\xe0\xe2-\xf6\xf8-\xfe]")
_EDGE = rb";,\t|^~\"' \r\n"
_CONTROLS = (b"\x00", b"\x02", b"\x03", b"\x1a")
_PADDING = re.compile(rb"(?:(?<=[" + _EDGE + rb"])|\A)[\x00\x02\x03\x1a]+|[\x00\x02\x03\x1a]+(?=[" + _EDGE + rb"]|\Z)")
_INSIDE = re.compile(rb"[\x00\x02\x03\x1a]+")
_HEAD = 1 << 16
_MARK = codecs.BOM_UTF8
_HIGH = bytes(range(128, 256))


def _mark_broken(error: UnicodeError) -> tuple[str, int]:
    if isinstance(error, UnicodeDecodeError):
        return BROKEN, error.end
    raise error


codecs.register_error("segkit_broken", _mark_broken)


@dataclass(frozen=True)
class Encoding:
    """How the bytes of a file are to be read.

    `n_mark` bytes at the beginning are its byte order mark; `single` is the single-byte encoding of the lines that are
    no UTF-8, if the file has such lines; `has_cr` says that lines end with a carriage return alone.
    """

    name: str
    n_mark: int = 0
    single: str | None = None
    has_cr: bool = False


@dataclass(frozen=True)
class Decoded:
    """UTF-8 bytes without byte order mark, and what they were before.

    `repaired` holds the physical lines (from 1) that were in another encoding than the rest of the file; `n_controls`
    is the number of runs of NUL and the like that padded values and were taken out.
    """

    data: bytes
    encoding: str
    repaired: tuple[int, ...] = ()
    n_controls: int = 0


def decode(data: bytes, encoding: str | None = None) -> Decoded:
    """Return a text file as UTF-8.

    Parameters
    ----------
    data : bytes
        The file.
    encoding : str, optional
        Encoding given in project.yml; detected if left out: byte order mark, UTF-16 by its zero bytes, UTF-8 if valid,
        else Windows-1252 or the DOS code page 850. Lines of UTF-8 and Windows-1252 may be mixed: each is read by
        itself, and the minority is told as repaired.

    Returns
    -------
    Decoded
        Bytes that nothing explains, and NUL inside a value, become `BROKEN`; NUL around a value is padding and goes.
    """
    found = find_encoding([data], encoding)
    pieces = list(decode_pieces([data], found))
    if len(pieces) == 1:
        return pieces[0]
    repaired = tuple(line for piece in pieces for line in piece.repaired)
    return Decoded(b"".join(p.data for p in pieces), found.name, repaired, sum(p.n_controls for p in pieces))


def find_encoding(pieces: Iterable[bytes], given: str | None = None) -> Encoding:
    """Return the encoding of a file that is looked at piece by piece; `given` is that of project.yml."""
    first, rest = [], iter(pieces)
    for piece in rest:
        first = [piece]
        break
    head = first[0][:_HEAD] if first else b""
    found = _find(chain(first, rest), given)
    return replace(found, has_cr=b"\r" in head and b"\n" not in head)


def _find(pieces: Iterable[bytes], given: str | None) -> Encoding:
    check, is_utf8, tail = codecs.getincrementaldecoder("utf-8")(), True, b""
    n_dos = n_windows = n_utf8 = n_single = 0
    for k, piece in enumerate(pieces):
        if k == 0:
            known = _announced(piece, given)
            if known is not None:
                return known
        if is_utf8:
            try:
                n_utf8 += 0 if piece.isascii() and not check.getstate()[0] else len(piece) - len(check.decode(piece))
                continue
            except UnicodeDecodeError:
                is_utf8 = False
        piece, tail = _to_line_end(tail + piece)
        counts = _count(piece)
        n_dos, n_windows, n_utf8, n_single = (
            n + more for n, more in zip((n_dos, n_windows, n_utf8, n_single), counts, strict=True)
        )
    n_dos, n_windows, n_utf8, n_single = (
        n + more for n, more in zip((n_dos, n_windows, n_utf8, n_single), _count(tail), strict=True)
    )
    if is_utf8:
        return Encoding("utf-8", single="cp1252" if check.getstate()[0] else None)
    single = "cp850" if n_dos > 2 * n_windows else "cp1252"
    if not n_utf8:
        return Encoding(single)
    return Encoding("utf-8" if n_utf8 >= n_single else single, single=single)


def _count(data: bytes) -> tuple[int, int, int, int]:
    """Return how many characters only the DOS page, only Windows, UTF-8 and no UTF-8 explain."""
    data = _around_high(data)
    rest = _MULTIBYTE.sub(b"", data)
    n_single = len(rest) - len(rest.translate(None, _HIGH))
    return len(_DOS.findall(rest)), len(_WINDOWS.findall(rest)), len(_MULTIBYTE.findall(data)), n_single


def _around_high(data: bytes) -> bytes:
    """Return the bytes above ASCII with their neighbours: all that the patterns look at, in a fraction of the time."""
    if data.isascii():
        return b""
    buffer = np.frombuffer(data, dtype=np.uint8)
    is_high = buffer > 127
    is_near = is_high.copy()
    is_near[1:] |= is_high[:-1]
    is_near[:-1] |= is_high[1:]
    return buffer[is_near].tobytes()


def decode_pieces(pieces: Iterable[bytes], encoding: Encoding) -> Iterator[Decoded]:
    """Yield a file as UTF-8 in pieces that end with a line; `encoding` is that of the whole file."""
    n_skip, tail, line = encoding.n_mark, b"", 1
    by_line = encoding.name == "utf-8" or encoding.single is not None
    decoder = None if by_line else codecs.getincrementaldecoder(encoding.name)("segkit_broken")
    for piece in pieces:
        piece, n_skip = piece[n_skip:], max(0, n_skip - len(piece))
        if decoder is not None:
            piece = decoder.decode(piece).encode("utf-8", errors="replace")
        if encoding.has_cr:
            piece = piece.replace(b"\r", b"\n")
        piece, tail = _to_line_end(tail + piece if tail else piece)
        if piece:
            yield _decoded(piece, encoding, line)
            line += piece.count(b"\n") if encoding.single else 0
    if decoder is not None:
        last = decoder.decode(b"", final=True).encode("utf-8", errors="replace")
        tail += last.replace(b"\r", b"\n") if encoding.has_cr else last
    if tail or line == 1:
        yield _decoded(tail, encoding, line)


def _decoded(data: bytes, encoding: Encoding, first_line: int) -> Decoded:
    repaired: tuple[int, ...] = ()
    if encoding.single is not None:
        data, repaired = _decode_lines(data, encoding, first_line)
    if _may_hold(data) and _MARK in data:
        data = re.sub(rb"(?:(?<=[\r\n])|\A)" + _MARK, b"", data)
    n_controls = 0
    if any(control in data for control in _CONTROLS):
        data, n_controls = _PADDING.subn(b"", data)
        data = _INSIDE.sub(BROKEN.encode(), data)
    return Decoded(data, encoding.name, repaired, n_controls)


def is_broken(data: bytes) -> bool:
    """Say whether UTF-8 bytes hold a character that stands for a byte without explanation."""
    return _may_hold(data) and BROKEN.encode() in data


def _may_hold(data: bytes) -> bool:
    """Look for the first byte of `BROKEN` and of a byte order mark: one byte is found much faster than three."""
    return b"\xef" in data


def _announced(head: bytes, given: str | None) -> Encoding | None:
    """Return the encoding that a byte order mark, zero bytes or project.yml tell."""
    for mark, name in _BOMS:
        if head.startswith(mark) and given in (None, name, name.rsplit("-", 1)[0], "utf-8-sig"):
            return Encoding(name, len(mark), single="cp1252" if name == "utf-8" else None)
    given = given or _encoding_by_zeros(head)
    return None if given is None or given.lower() in ("utf-8", "utf-8-sig", "utf8") else Encoding(given)


def _to_line_end(data: bytes) -> tuple[bytes, bytes]:
    """Return the whole lines of a piece, and the line that it breaks."""
    end = data.rfind(b"\n") + 1
    return data[:end], data[end:]


def _encoding_by_zeros(data: bytes) -> str | None:
    """Return UTF-16 where every second byte of the beginning is zero."""
    head = data[:4000]
    even, odd = head[0::2].count(0), head[1::2].count(0)
    if len(head) < 4 or max(even, odd) < 0.3 * len(head) / 2:
        return None
    return "utf-16-le" if odd > even else "utf-16-be"


def _decode_lines(data: bytes, encoding: Encoding, first_line: int) -> tuple[bytes, tuple[int, ...]]:
    """Return lines of UTF-8 and of a single-byte encoding as UTF-8, and which are not as the rest of the file."""
    if _is_utf8(data) and encoding.name == "utf-8":
        return data, ()
    single = encoding.single or "cp1252"
    lines = data.split(b"\n")
    of_utf8, of_single = [], []
    for i, line in enumerate(lines):
        if line.isascii():
            continue
        try:
            line.decode("utf-8")
            of_utf8.append(i + first_line)
        except UnicodeDecodeError:
            lines[i] = line.decode(single, errors="segkit_broken").encode("utf-8")
            of_single.append(i + first_line)
    return b"\n".join(lines), tuple(of_single if encoding.name == "utf-8" else of_utf8)


def _is_utf8(data: bytes) -> bool:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True
