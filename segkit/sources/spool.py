"""Cells of a large file in an unnamed temporary file, piece by piece: memory holds one piece at a time."""

from __future__ import annotations

import tempfile
import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pyarrow as pa


class Spool:
    """The cells of a grid that is too large for memory; reads like the `pyarrow.Table` that smaller grids hold.

    The file has no name, so the operating system removes it with the process, however that ends. Texts are kept as
    dictionaries: each distinct text once per piece.
    """

    def __init__(self) -> None:
        self._file = tempfile.TemporaryFile(prefix="segkit")  # noqa: SIM115 - lives as long as the grid
        self._lock = threading.Lock()
        self._places: list[dict[str, tuple[int, int]]] = []
        self._end = 0
        self.rows: list[int] = []
        self.column_names: list[str] = []

    @property
    def num_rows(self) -> int:
        """Rows of all pieces."""
        return sum(self.rows)

    @property
    def num_columns(self) -> int:
        """Columns, row_number included."""
        return len(self.column_names)

    @property
    def n_pieces(self) -> int:
        """Pieces; their rows are numbered through."""
        return len(self.rows)

    def append(self, table: pa.Table) -> None:
        """Add a piece."""
        self.column_names = list(table.column_names)
        self._places.append({})
        self.rows.append(table.num_rows)
        for name in table.column_names:
            self.put(len(self.rows) - 1, name, one_chunk(table.column(name)))

    def put(self, piece: int, name: str, values: pa.Array) -> None:
        """Keep an array beside the columns of a piece."""
        import pyarrow as pa

        sink = pa.BufferOutputStream()
        batch = pa.record_batch([values], names=[name])
        with pa.ipc.new_stream(sink, batch.schema, options=pa.ipc.IpcWriteOptions(compression="lz4")) as writer:
            writer.write_batch(batch)
        buffer = sink.getvalue()
        with self._lock:
            self._file.seek(self._end)
            self._file.write(buffer)
            self._places[piece][name] = (self._end, buffer.size)
            self._end += buffer.size

    def get(self, piece: int, name: str) -> pa.Array:
        """Return an array of a piece as it was kept."""
        import pyarrow as pa

        start, length = self._places[piece][name]
        with self._lock:
            self._file.seek(start)
            data = self._file.read(length)
        return pa.ipc.open_stream(data).read_next_batch().column(0)

    def piece(self, piece: int, names: list[str] | None = None) -> pa.Table:
        """Return some columns of a piece, texts as texts."""
        import pyarrow as pa

        names = self.column_names if names is None else names
        return pa.table([plain(self.get(piece, name)) for name in names], names=names)

    def column(self, name: str) -> pa.ChunkedArray:
        """Return a whole column; only small ones, such as row numbers, fit into memory."""
        import pyarrow as pa

        return pa.chunked_array([plain(self.get(piece, name)) for piece in range(self.n_pieces)])

    def slice(self, offset: int, length: int) -> pa.Table:
        """Return some rows that follow each other."""
        import pyarrow as pa

        found, first = [], 0
        for piece, rows in enumerate(self.rows):
            start, stop = max(offset, first), min(offset + length, first + rows)
            if start < stop or piece == 0:
                found.append(self.piece(piece).slice(start - first, max(stop - start, 0)))
            first += rows
        return pa.concat_tables(found)

    def take(self, positions: pa.Array) -> pa.Table:
        """Return the rows at `positions`, which ascend."""
        import numpy as np
        import pyarrow as pa

        wanted = np.asarray(one_chunk(positions))
        ends = np.cumsum(self.rows)
        cuts = np.searchsorted(wanted, ends)
        found, done = [self.piece(0).slice(0, 0)], 0
        for piece, cut in enumerate(cuts):
            if cut > done:
                within = pa.array(wanted[done:cut] - (ends[piece] - self.rows[piece]))
                found.append(self.piece(piece).take(within))
            done = cut
        return pa.concat_tables(found)


def one_chunk(values: pa.Array | pa.ChunkedArray) -> pa.Array:
    """Return a column as one array."""
    import pyarrow as pa

    joined = values.combine_chunks() if isinstance(values, pa.ChunkedArray) else values
    return joined.combine_chunks() if isinstance(joined, pa.ChunkedArray) else joined


def coded(table: pa.Table) -> pa.Table:
    """Return a piece with its cells as dictionaries; row_number stays."""
    import pyarrow as pa

    cells = [one_chunk(c) for c in table.columns[1:]]
    columns = [table.column("row_number"), *(c if pa.types.is_nested(c.type) else c.dictionary_encode() for c in cells)]
    return pa.table(columns, names=table.column_names)


def plain(values: pa.Array) -> pa.Array:
    """Return an array without dictionary."""
    import pyarrow as pa

    return values.dictionary_decode() if isinstance(values, pa.DictionaryArray) else values
