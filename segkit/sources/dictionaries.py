"""Columns of a grid as distinct texts, trimmed and translated: each text is looked at once."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from segkit.settings.sources import Source
from segkit.sources.grids import Change, Grid
from segkit.sources.placeholders import marked_texts, present_texts, unmarked, without_choices
from segkit.sources.plans import Reference
from segkit.sources.queries import run_sql
from segkit.sources.spool import Spool, one_chunk
from segkit.sources.translations import told_change, translate

if TYPE_CHECKING:
    import duckdb
    import pyarrow as pa

_FLOAT_ID = r"^[0-9]+\.0+$"


@dataclass
class FloatIds:
    """Rows and texts of an id column, how many of the texts end in ``.0``, and the first of them by the alphabet."""

    n_rows: int = 0
    n_texts: int = 0
    n_float: int = 0
    shown: str = ""

    def add(self, texts: pa.Array, counts: pa.Array) -> None:
        """Count the distinct texts of a piece."""
        import pyarrow.compute as pc

        plain = unmarked(texts).drop_null()
        self.n_rows += pc.sum(counts.filter(pc.is_valid(texts))).as_py() or 0
        self.n_texts += len(plain)
        n_float = pc.sum(pc.match_substring_regex(plain, _FLOAT_ID)).as_py() or 0
        self.n_float += n_float
        if n_float:
            first = pc.min(plain).as_py()
            self.shown = min(first, self.shown) if self.shown else first

    @property
    def is_float(self) -> bool:
        """Every id ends in ``.0``: a program took them for numbers."""
        return 0 < self.n_texts == self.n_float


@dataclass
class CellView:
    """A grid, and what was found out about its columns.

    For each number and date the engine holds a dictionary `name_<k>`: id (position of the text, through all pieces of
    the file), v (the trimmed text, marked; NULL where it stands for nothing) and n (rows).
    """

    grid: Grid
    name: str
    dictionaries: dict[Reference, str] = field(default_factory=dict)
    starts: dict[Reference, list[int]] = field(default_factory=dict)
    """Ids at which the pieces begin, and the first id after the last."""
    float_ids: dict[Reference, FloatIds] = field(default_factory=dict)
    formats: dict[Reference, str] = field(default_factory=dict)
    assumed: set[Reference] = field(default_factory=set)
    changes: list[tuple[Reference, Change]] = field(default_factory=list)
    keeps_empty: bool = False
    empty: dict[Reference, list[pa.Table]] = field(default_factory=dict)
    """Where cells stand for nothing: row_number and what is written there, if `keeps_empty`."""
    _texts: dict[Reference, pa.Array] = field(default_factory=dict)
    _ids: dict[Reference, pa.Array] = field(default_factory=dict)

    @property
    def spool(self) -> Spool | None:
        """The cells, if they are kept in pieces."""
        return self.grid.cells if isinstance(self.grid.cells, Spool) else None

    @property
    def n_pieces(self) -> int:
        """Pieces of rows: one, unless the file is large."""
        return self.spool.n_pieces if self.spool else 1

    def encoded(self, reference: Reference, piece: int) -> pa.DictionaryArray:
        """Return a column of a piece as the file holds it."""
        position = self.grid.field_of(reference.header)
        if position is None:
            return _empty(self.spool.rows[piece] if self.spool else self.grid.cells.num_rows)
        name = f"c{position}"
        values = self.spool.get(piece, name) if self.spool else one_chunk(self.grid.cells.column(name))
        return values if hasattr(values, "indices") else one_chunk(values.dictionary_encode())

    def keep(self, reference: Reference, piece: int, texts: pa.Array, ids: pa.Array) -> None:
        """Keep the texts of a column for `texts` and `ids`."""
        if self.spool is None:
            self._texts[reference], self._ids[reference] = texts, ids
        elif reference.kind not in ("number", "date"):
            self.spool.put(piece, self.dictionaries[reference], texts)

    def keep_empty(self, reference: Reference, piece: int, written: pa.Array, ids: pa.Array) -> None:
        """Keep the rows whose text is one of `written`, which is null for texts that are values."""
        import pyarrow as pa
        import pyarrow.compute as pc

        if not self.keeps_empty or written.null_count == len(written):
            return
        texts = written.take(ids)
        numbers = self.spool.get(piece, "row_number") if self.spool else self.grid.cells.column("row_number")
        rows = pa.table({"row_number": numbers, "written": texts})
        self.empty.setdefault(reference, []).append(rows.filter(pc.is_valid(texts)))

    def texts(self, reference: Reference, piece: int) -> pa.Array:
        """Return the distinct texts of a piece, trimmed and marked; null where they stand for nothing."""
        return self.spool.get(piece, self.dictionaries[reference]) if self.spool else self._texts[reference]

    def ids(self, reference: Reference, piece: int) -> pa.Array:
        """Return for every row of a piece the position of its text in the piece."""
        return self.encoded(reference, piece).indices if self.spool else self._ids[reference]

    def all_ids(self, reference: Reference) -> pa.Array:
        """Return for every row of the file the id of its text."""
        import pyarrow as pa
        import pyarrow.compute as pc

        starts = self.starts[reference]
        return pa.concat_arrays([pc.add(self.ids(reference, p).cast("int64"), starts[p]) for p in range(self.n_pieces)])


def _empty(n_rows: int) -> pa.DictionaryArray:
    """Return a column without a text."""
    import pyarrow as pa

    return pa.DictionaryArray.from_arrays(pa.nulls(n_rows, pa.int32()), pa.array([], pa.string()))


def open_cells(
    con: duckdb.DuckDBPyConnection,
    grid: Grid,
    references: list[Reference],
    name: str,
    source: Source,
    keeps_empty: bool = False,
) -> CellView:
    """Return a grid with the dictionaries of the columns that are referred to."""
    view = CellView(grid, name, keeps_empty=keeps_empty)
    for k, reference in enumerate(references):
        view.dictionaries[reference] = f"{name}_{k}"
        _look_at(con, view, reference, source)
    return view


def _look_at(con: duckdb.DuckDBPyConnection, view: CellView, reference: Reference, source: Source) -> None:
    import numpy as np
    import pyarrow as pa
    import pyarrow.compute as pc

    n_empty, starts, float_ids, told = 0, [0], FloatIds(), list[Change]()
    for piece in range(view.n_pieces):
        encoded = view.encoded(reference, piece)
        ids = encoded.indices
        n = pa.array(np.bincount(ids.drop_null().to_numpy(), minlength=len(encoded.dictionary)), pa.int64())
        trimmed, texts = present_texts(marked_texts(encoded.dictionary))
        texts = without_choices(texts) if reference.kind in ("number", "date", "bool") else texts
        stands = pc.and_(pc.is_null(texts), pc.not_equal(trimmed, ""))
        n_empty += pc.sum(n.filter(stands)).as_py() or 0
        view.keep_empty(reference, piece, unmarked(pc.if_else(stands, trimmed, pa.scalar(None, pa.string()))), ids)
        before, texts = texts, translate(texts, source, reference)
        told += told_change(before, texts, n, source, reference)
        view.keep(reference, piece, texts, ids)
        if reference.kind == "id":
            float_ids.add(texts, n)
        if reference.kind in ("number", "date"):
            _register(con, view, view.dictionaries[reference], starts[-1], texts, n)
        starts.append(starts[-1] + len(texts))
    view.starts[reference], view.float_ids[reference] = starts, float_ids
    if n_empty:
        view.changes.append((reference, Change("placeholder", n_empty)))
    if told:
        view.changes.append((reference, replace(told[0], n_rows=sum(change.n_rows for change in told))))


def _register(
    con: duckdb.DuckDBPyConnection, view: CellView, table: str, start: int, texts: pa.Array, n: pa.Array
) -> None:
    """Hand the distinct texts of a piece to the engine."""
    import pyarrow as pa

    ids = pa.array(range(start, start + len(texts)), pa.int64())
    add_rows(con, view, table, pa.table({"id": ids, "v": texts, "n": n}), is_first=start == 0)


def add_rows(con: duckdb.DuckDBPyConnection, view: CellView, table: str, rows: pa.Table, is_first: bool) -> None:
    """Hand rows of a piece to the engine: as they are, or as a copy, where pieces of a large file follow each other."""
    if view.spool is None:
        con.register(table, rows)
        return
    con.register("piece", rows)
    into = f"CREATE OR REPLACE TEMP TABLE {table} AS" if is_first else f"INSERT INTO {table}"
    run_sql(con, f"{into} FROM piece")
    con.unregister("piece")


def drop_rows(con: duckdb.DuckDBPyConnection, view: CellView, table: str) -> None:
    """Take back what `add_rows` handed to the engine."""
    con.unregister(table)
    if view.spool is not None:
        run_sql(con, f"DROP TABLE IF EXISTS {table}")
