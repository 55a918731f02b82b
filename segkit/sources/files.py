"""One file of any kind → grids: unpacked, recognised by its first bytes, read."""

from __future__ import annotations

import gzip
import io
import zipfile
import zlib
from collections.abc import Iterable
from pathlib import Path, PurePosixPath

from segkit.errors import UserError
from segkit.settings.sources import SUFFIXES, Source
from segkit.sources.grids import Grid
from segkit.sources.text_files import read_text
from segkit.sources.typed_files import read_parquet
from segkit.sources.workbooks import read_workbook

_OLD_EXCEL = b"\xd0\xcf\x11\xe0"


def read_file(path: Path, name: str, source: Source | None = None, wanted: Iterable[str] = ()) -> list[Grid]:
    """Return the grids of a file: one, or one per file of a zip archive.

    Parameters
    ----------
    path : Path
        CSV, TSV, TXT, Excel, OpenDocument or Parquet, also packed by gzip or zip. What it is, its first bytes say:
        an ``export.xls`` that is text in truth is read as text.
    name : str
        The file as the user knows it.
    source : Source, optional
        Settings of this file in project.yml.
    wanted : iterable of str
        Headers that project.yml names.

    Raises
    ------
    UserError
        When the file is missing, empty, damaged or has no header.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise UserError(
            f"{name} cannot be read: {error.strerror}. Close it where it is open, or look at its path."
        ) from None
    wanted = list(wanted)
    return [_read(content, member, source, wanted) for member, content in _unpack(data, name)]


def _read(data: bytes, name: str, source: Source | None, wanted: list[str]) -> Grid:
    if data.startswith(b"PAR1"):
        return read_parquet(data, name)
    if data.startswith((b"PK\x03\x04", _OLD_EXCEL)):
        return read_workbook(data, name, source, wanted)
    return read_text(data, name, source, wanted)


def _unpack(data: bytes, name: str) -> list[tuple[str, bytes]]:
    """Return (name, bytes) of the file, or of the files in the archive."""
    if data.startswith(b"\x1f\x8b"):
        try:
            return [(name, gzip.decompress(data))]
        except (OSError, EOFError, zlib.error):
            raise UserError(f"{name} is damaged: the gzip archive ends early or is broken. Copy it again.") from None
    if data.startswith(b"PK\x03\x04") and not _is_workbook(data, name):
        return _members(data, name)
    return [(name, data)]


def _is_workbook(data: bytes, name: str) -> bool:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = set(archive.namelist())
    except zipfile.BadZipFile:
        raise UserError(f"{name} is damaged: it ends early or is broken. Copy it again.") from None
    return "[Content_Types].xml" in names or "content.xml" in names


def _members(data: bytes, name: str) -> list[tuple[str, bytes]]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        infos = [i for i in archive.infolist() if not i.is_dir() and i.filename.lower().endswith(SUFFIXES)]
        infos = [i for i in infos if not PurePosixPath(i.filename).name.startswith((".", "~$", "__MACOSX"))]
        if not infos:
            raise UserError(f"{name} holds no file that can be read. Known endings: {', '.join(SUFFIXES)}.")
        try:
            found = [(f"{name}/{i.filename}" if len(infos) > 1 else name, archive.read(i)) for i in infos]
        except (RuntimeError, zipfile.BadZipFile, zlib.error) as error:
            raise UserError(
                f"{name} cannot be unpacked ({error}). Pack it without a password, or copy it again."
            ) from None
    return [pair for member, content in found for pair in _unpack(content, member)]
