"""Bytes of a text file → UTF-8, whatever wrote them."""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass

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
_UMLAUTS_DOS = b"\x84\x94\x81\x8e\x99\x9a\xe1"
_UMLAUTS_WINDOWS = b"\xe4\xf6\xfc\xc4\xd6\xdc\xdf"


def _mark_broken(error: UnicodeError) -> tuple[str, int]:
    if isinstance(error, UnicodeDecodeError):
        return BROKEN, error.end
    raise error


codecs.register_error("segkit_broken", _mark_broken)


@dataclass(frozen=True)
class Decoded:
    """UTF-8 bytes without byte order mark, and what they were before.

    `repaired` holds the physical lines (from 1) that were in another encoding than the rest of the file.
    """

    data: bytes
    encoding: str
    repaired: tuple[int, ...] = ()


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
        Bytes that nothing explains become `BROKEN`.
    """
    for mark, name in _BOMS:
        if data.startswith(mark) and encoding in (None, name, name.rsplit("-", 1)[0], "utf-8-sig"):
            body = data[len(mark) :]
            return _decode_lines(body) if name == "utf-8" else _decode_whole(body, name)
    encoding = encoding or _encoding_by_zeros(data)
    if encoding is not None and encoding not in ("utf-8", "utf-8-sig"):
        return _decode_whole(data, encoding)
    return _decode_lines(data)


def _decode_whole(data: bytes, encoding: str) -> Decoded:
    text = data.decode(encoding, errors="segkit_broken")
    return Decoded(text.encode("utf-8", errors="replace"), encoding.removesuffix("-sig"))


def _encoding_by_zeros(data: bytes) -> str | None:
    """Return UTF-16 where every second byte of the beginning is zero."""
    head = data[:4000]
    even, odd = head[0::2].count(0), head[1::2].count(0)
    if len(head) < 4 or max(even, odd) < 0.3 * len(head) / 2:
        return None
    return "utf-16-le" if odd > even else "utf-16-be"


def _decode_lines(data: bytes) -> Decoded:
    """Return data of which at least a part is UTF-8 or a single-byte encoding."""
    try:
        data.decode("utf-8")
        return Decoded(data, "utf-8")
    except UnicodeDecodeError:
        single = _single_byte(_MULTIBYTE.sub(b"", data))
    if not _MULTIBYTE.search(data):
        return _decode_whole(data, single)
    lines = data.split(b"\n")
    of_utf8, of_single = [], []
    for i, line in enumerate(lines):
        if line.isascii():
            continue
        try:
            line.decode("utf-8")
            of_utf8.append(i + 1)
        except UnicodeDecodeError:
            lines[i] = _decode_whole(line, single).data
            of_single.append(i + 1)
    if len(of_utf8) >= len(of_single):
        return Decoded(b"\n".join(lines), "utf-8", tuple(of_single))
    return Decoded(b"\n".join(lines), single, tuple(of_utf8))


def _single_byte(data: bytes) -> str:
    """Return cp850 where umlauts stand at their place in the DOS code page, else cp1252."""
    counts = [sum(data.count(byte) for byte in table) for table in (_UMLAUTS_DOS, _UMLAUTS_WINDOWS)]
    return "cp850" if counts[0] > 2 * counts[1] else "cp1252"
