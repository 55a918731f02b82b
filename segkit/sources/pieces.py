"""Delimited text too large for memory → grid: cut at the ends of records, parsed piece by piece, kept in a spool."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from itertools import chain
from typing import TYPE_CHECKING

from segkit.settings.sources import Source
from segkit.sources.boundaries import cut_records
from segkit.sources.dialects import SAMPLE_CHARACTERS, Dialect
from segkit.sources.encodings import BROKEN, Decoded, decode_pieces, find_encoding
from segkit.sources.grids import Change, Grid
from segkit.sources.spool import Spool, coded
from segkit.sources.text_files import changes_above, open_dialect, parse_body

if TYPE_CHECKING:
    import pyarrow as pa

PIECE = 1 << 24
"""Bytes of a piece: a few hundred thousand cells, of which several lie in memory at once."""
_AT_ONCE = 2


def read_pieces(
    open_chunks: Callable[[], Iterable[bytes]],
    name: str,
    source: Source | None = None,
    wanted: Iterable[str] = (),
    size: int | None = None,
) -> Grid | None:
    """Return what `read_text` returns, with its cells in a spool.

    Parameters
    ----------
    open_chunks : callable
        Returns the bytes of the unpacked file from its beginning; it is read twice, first for its encoding.
    name, source, wanted
        As for `read_text`.
    size : int
        Bytes of a piece, `PIECE` if left out.

    Returns
    -------
    Grid or None
        None where the file holds several tables: then it has to be read as a whole.

    Raises
    ------
    UserError
        As `read_text`.
    """
    encoding = find_encoding(open_chunks(), source.encoding if source else None)
    told = _Decoding()
    bodies = told.watch(decode_pieces(open_chunks(), encoding))
    head = b""
    for data in bodies:
        head += data
        if len(head) >= 4 * SAMPLE_CHARACTERS:
            break
    dialect, start = open_dialect(head[: 4 * SAMPLE_CHARACTERS], name, source, wanted)
    spool, grids = Spool(), []
    first_row = dialect.header_row + 1
    for grid, cells in _parse_all(cut_records(chain([head[start:]], bodies), dialect, size or PIECE), name, dialect):
        if grid.is_closed or grid.sections:
            return None
        grids.append(_moved(grid, first_row - 1))
        spool.append(_numbered(cells, first_row - 1))
        first_row += grid.n_records
    whole = grids[0]
    whole.cells = spool
    whole.unreadable = [row for grid in grids for row in grid.unreadable]
    whole.changes = [*told.changes(), *changes_above(dialect), *_added([grid.changes for grid in grids])]
    whole.n_records, whole.n_blank = sum(g.n_records for g in grids), sum(g.n_blank for g in grids)
    whole.encoding, whole.is_broken = encoding.name, told.is_broken
    return whole


class _Decoding:
    """What decoding a file piece by piece tells."""

    def __init__(self) -> None:
        self.is_broken = False
        self._repaired: list[int] = []
        self._n_repaired = self._n_controls = 0

    def watch(self, pieces: Iterable[Decoded]) -> Iterator[bytes]:
        """Yield the bytes of pieces, and remember the rest."""
        for piece in pieces:
            self.is_broken |= BROKEN.encode() in piece.data
            self._repaired = [*self._repaired, *piece.repaired[:5]][:5]
            self._n_repaired += len(piece.repaired)
            self._n_controls += piece.n_controls
            yield piece.data

    def changes(self) -> list[Change]:
        """Return what the cleaning log says about it."""
        lines = ", ".join(str(line) for line in self._repaired)
        counts = [
            Change("mixed_encoding", self._n_repaired, old_value=f"lines {lines}"),
            Change("control_characters", self._n_controls),
        ]
        return [change for change in counts if change.n_rows]


def _parse_all(bodies: Iterable[tuple[bytes, bool]], name: str, dialect: Dialect) -> Iterator[tuple[Grid, pa.Table]]:
    """Yield the pieces parsed, in their order, while the next ones are being parsed."""
    waiting: list[Future] = []
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        for body, is_last in bodies:
            waiting.append(pool.submit(_parse, body, name, dialect, is_last))
            if len(waiting) > _AT_ONCE:
                yield waiting.pop(0).result()
        while waiting:
            yield waiting.pop(0).result()


def _parse(body: bytes, name: str, dialect: Dialect, is_last: bool) -> tuple[Grid, pa.Table]:
    grid = parse_body(body, name, dialect, first_row=1, is_last=is_last)
    cells = coded(grid.cells)
    grid.cells = grid.cells.schema.empty_table()
    return grid, cells


def _moved(grid: Grid, by: int) -> Grid:
    """Return a piece with the row numbers of the file; its cells are elsewhere."""
    grid.unreadable = [replace(row, row_number=row.row_number + by) for row in grid.unreadable]
    grid.changes = [c if c.row_number is None else replace(c, row_number=c.row_number + by) for c in grid.changes]
    return grid


def _numbered(cells: pa.Table, by: int) -> pa.Table:
    import pyarrow.compute as pc

    return cells.set_column(0, "row_number", pc.add(cells.column("row_number"), by))


def _added(pieces: list[list[Change]]) -> list[Change]:
    """Return what was done to the pieces as one list: each rule once, as often as one piece tells it."""
    added: dict[object, Change] = {}
    for position, changes in enumerate(pieces):
        seen: Counter[str] = Counter()
        for change in changes:
            seen[change.rule] += 1
            key = (change.rule, seen[change.rule], position if change.rule == "footer" else 0)
            known = added.get(key)
            added[key] = change if known is None else replace(known, n_rows=known.n_rows + change.n_rows)
    return list(added.values())
