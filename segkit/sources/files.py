"""One file of any kind → grids: unpacked, recognised by its first bytes, read."""

from __future__ import annotations

import io
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from segkit.settings.sources import Source
from segkit.sources.archives import ZIP, Content, unpack
from segkit.sources.grids import Grid
from segkit.sources.markup import is_markup, read_markup
from segkit.sources.pieces import read_pieces
from segkit.sources.spool import Spool
from segkit.sources.text_files import read_text
from segkit.sources.typed_files import read_parquet
from segkit.sources.workbooks import read_workbook

LARGE = 1 << 26
"""Unpacked bytes from which on a file is read piece by piece: smaller ones are faster as a whole."""
_MOST_SPOOLED = 4
_spooled: dict[tuple, list[Grid]] = {}
"""Large files that this process has parsed: dates first and then rows are read from the same pieces."""
_OLD_EXCEL = b"\xd0\xcf\x11\xe0"
_PARQUET = b"PAR1"


def read_file(path: Path, name: str, source: Source | None = None, wanted: Iterable[str] = ()) -> list[Grid]:
    """Return the grids of a file: one, or one per file of a zip archive and per worksheet with the same header.

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
    wanted = list(wanted)
    return [grid for content in unpack(path, name) for grid in _kept(content, path, source, wanted)]


def _kept(content: Content, path: Path, source: Source | None, wanted: list[str]) -> list[Grid]:
    """Return the grids of a file, those of a large one from the spool if this process has parsed it already."""
    state = path.stat()
    settings = (source.encoding, source.delimiter) if source else ()
    key = (path.resolve(), state.st_size, state.st_mtime_ns, content.name, settings, tuple(wanted))
    if key not in _spooled:
        grids = _read(content, source, wanted)
        if not any(isinstance(grid.cells, Spool) for grid in grids):
            return grids
        while len(_spooled) >= _MOST_SPOOLED:
            _spooled.pop(next(iter(_spooled)))
        _spooled[key] = grids
    return [replace(grid) for grid in _spooled[key]]


def _read(content: Content, source: Source | None, wanted: list[str]) -> list[Grid]:
    data, name = content.read(max(LARGE, 8) + 1), content.name
    if is_markup(data):
        return read_markup(content.read() if len(data) > LARGE else data, name, source, wanted)
    is_large, is_text = len(data) > LARGE, not data.startswith((_PARQUET, ZIP, _OLD_EXCEL))
    if is_large and is_text:
        del data
        grid = read_pieces(content.chunks, name, source, wanted)
        return [read_text(content.read(), name, source, wanted) if grid is None else grid]
    if data.startswith(_PARQUET):
        return [read_parquet(content.path or io.BytesIO(content.read()), name, is_large)]
    if is_text:
        return [read_text(data, name, source, wanted)]
    return read_workbook(content.read() if is_large else data, name, source, wanted)
