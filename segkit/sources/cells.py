"""Cells of the files behind one alias → typed columns."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from segkit.settings.sources import Source
from segkit.sources.dates import DateColumn, Shapes, settle_dates, weigh_dates
from segkit.sources.dictionaries import CellView, add_rows, drop_rows
from segkit.sources.encodings import BROKEN
from segkit.sources.grids import NUMBER, Change
from segkit.sources.numbers import Evidence, NumberColumn, settle_numbers, weigh_numbers
from segkit.sources.placeholders import unmarked, unmarked_sql
from segkit.sources.plans import Reference
from segkit.sources.queries import first_row, run_arrow, run_sql
from segkit.sources.spool import one_chunk

if TYPE_CHECKING:
    import duckdb
    import pyarrow as pa

_DAMAGED = r"^[0-9]([.,][0-9]+)?E\+[0-9]+$"
_EXCEL_DIGITS = 15
_TRUE = ("true", "t", "yes", "y", "ja", "j", "wahr", "x", "1", "on")
_FALSE = ("false", "f", "no", "n", "nein", "falsch", "0", "off")


@dataclass(frozen=True)
class Typed:
    """Values of the distinct texts of a column, and the texts that could not be read."""

    values: pa.Array
    failures: pa.Array


def type_cells(
    con: duckdb.DuckDBPyConnection, views: list[CellView], references: list[Reference], source: Source, into: str
) -> None:
    """Write the view `into`: file_no, row_number, is_broken, and per reference r0 (value) and f0 (text that failed).

    Parameters
    ----------
    con : DuckDBPyConnection
        Holds the dictionaries.
    views : list of CellView
        Files of one alias; their formats, changes and assumptions are filled in.
    references : list of Reference
        Headers to read, with the type to read them as.
    source : Source
        May fix the decimal mark and the date format.
    into : str
        Name of the view.
    """
    for view in views:
        for reference in references:
            if reference.kind == "id":
                _note_ids(view, reference)
    _read_all_numbers(con, views, [r for r in references if r.kind == "number"], source)
    _read_all_dates(con, views, [r for r in references if r.kind == "date"], source)
    for file_no, view in enumerate(views):
        for piece in range(view.n_pieces):
            rows = _typed_rows(con, view, references, file_no, piece)
            add_rows(con, view, f"{view.name}_typed", rows, is_first=piece == 0)
        drop_dictionaries(con, view)
    selects = " UNION ALL BY NAME ".join(f"SELECT * FROM {view.name}_typed" for view in views)
    run_sql(con, f"CREATE OR REPLACE TEMP VIEW {into} AS {selects}")


def drop_dictionaries(con: duckdb.DuckDBPyConnection, view: CellView) -> None:
    """Drop the distinct texts of a typed file from the engine."""
    for reference, table in view.dictionaries.items():
        if reference.kind in ("number", "date"):
            drop_rows(con, view, table)
            run_sql(con, f"DROP TABLE IF EXISTS {table}_map")


def _typed_rows(
    con: duckdb.DuckDBPyConnection, view: CellView, references: list[Reference], file_no: int, piece: int
) -> pa.Table:
    """Return the typed columns of a piece, each distinct value put where its text stands."""
    import pyarrow as pa

    cells = view.grid.cells
    numbers = view.spool.get(piece, "row_number") if view.spool else cells.column("row_number")
    rows = len(numbers)
    columns = {"file_no": pa.array([file_no] * rows, pa.int32()), "row_number": numbers}
    columns["is_broken"] = _broken(view, piece, rows)
    for i, reference in enumerate(references):
        typed, ids = _typed(con, view, reference, piece), view.ids(reference, piece)
        for letter, values in (("r", typed.values), ("f", typed.failures)):
            is_empty = values.null_count == len(values)
            columns[f"{letter}{i}"] = pa.nulls(rows, values.type) if is_empty else values.take(ids)
    return pa.table(columns)


def _broken(view: CellView, piece: int, rows: int) -> pa.Array:
    """Return which rows hold a byte that no encoding explains."""
    import pyarrow as pa
    import pyarrow.compute as pc

    is_broken = pa.array([False] * rows, pa.bool_())
    if view.grid.is_broken:
        cells = view.spool.piece(piece) if view.spool else view.grid.cells
        for column in cells.columns[1:]:
            is_broken = pc.or_(is_broken, pc.fill_null(pc.match_substring(column, BROKEN), False))
    return is_broken


def _typed(con: duckdb.DuckDBPyConnection, view: CellView, reference: Reference, piece: int) -> Typed:
    import pyarrow as pa

    if reference.kind in ("number", "date"):
        return _mapped(con, view, reference, piece)
    texts = view.texts(reference, piece)
    if reference.kind == "id":
        return _read_ids(texts, view.float_ids[reference].is_float)
    if reference.kind == "bool":
        return _read_bools(texts)
    return Typed(unmarked(texts), pa.nulls(len(texts), pa.string()))


def _note_ids(view: CellView, reference: Reference) -> None:
    found = view.float_ids[reference]
    if found.is_float:
        new = found.shown.split(".")[0]
        view.changes.append((reference, Change("id_format", found.n_rows, old_value=found.shown, new_value=new)))
        view.formats[reference] = "number with .0"


def _read_ids(texts: pa.Array, is_float: bool) -> Typed:
    """Read ids as text; if all end in ``.0`` they lose it, and ids damaged by Excel fail."""
    import pyarrow as pa
    import pyarrow.compute as pc

    plain = unmarked(texts)
    if is_float:
        return Typed(pc.replace_substring_regex(plain, r"\.0+$", ""), pa.nulls(len(texts), pa.string()))
    is_long = pc.and_(pc.starts_with(texts, NUMBER), pc.greater(pc.utf8_length(texts), _EXCEL_DIGITS + 1))
    is_damaged = pc.or_(pc.match_substring_regex(plain, _DAMAGED), is_long)
    nothing = pa.scalar(None, pa.string())
    good, bad = pc.if_else(is_damaged, nothing, plain), pc.if_else(is_damaged, plain, nothing)
    return Typed(good, bad)


def _read_bools(texts: pa.Array) -> Typed:
    import pyarrow as pa
    import pyarrow.compute as pc

    plain = unmarked(texts)
    lower = pc.utf8_lower(plain)
    is_true, is_false = (pc.is_in(lower, pa.array(words)) for words in (_TRUE, _FALSE))
    values = pc.if_else(pc.or_(is_true, is_false), is_true, pa.scalar(None, pa.bool_()))
    return Typed(values, pc.if_else(pc.is_null(values), plain, pa.scalar(None, pa.string())))


def _read_all_numbers(
    con: duckdb.DuckDBPyConnection, views: list[CellView], references: list[Reference], source: Source
) -> None:
    """Decide comma or point per file and column: by the column, else by it in other files, else by other columns."""
    weighed: dict[tuple[int, Reference], Evidence] = {}
    for k, view in enumerate(views):
        for r in references:
            weighed[k, r] = weigh_numbers(con, view.dictionaries[r], f"{view.dictionaries[r]}_map")
            drop_rows(con, view, view.dictionaries[r])
    for (k, reference), evidence in weighed.items():
        view = views[k]
        same_column = sum((e for (_, r), e in weighed.items() if r == reference), Evidence())
        same_file = sum((e for (j, _), e in weighed.items() if j == k), Evidence())
        known = source.decimal or evidence.mark or same_column.mark
        mark = known or same_file.mark or ("," if view.grid.delimiter == ";" else ".")
        is_assumed = known is None and evidence.either > 0 and not same_file.proves(evidence)
        table = f"{view.dictionaries[reference]}_map"
        column = settle_numbers(con, table, Evidence() if source.decimal else evidence, mark, is_assumed)
        _note_numbers(con, view, reference, column, evidence)


def _mapped(con: duckdb.DuckDBPyConnection, view: CellView, reference: Reference, piece: int) -> Typed:
    """Return what the distinct texts of a piece were read as."""
    import pyarrow as pa
    import pyarrow.compute as pc

    table, value = f"{view.dictionaries[reference]}_map", "number" if reference.kind == "number" else "day"
    first, end = view.starts[reference][piece : piece + 2]
    found = run_arrow(
        con,
        f"""
        SELECT id, {value} AS value, CASE WHEN {value} IS NULL THEN {unmarked_sql("v")} END AS failure
        FROM {table} WHERE id >= {first} AND id < {end} ORDER BY id""",
    ).combine_chunks()
    ids, values, failures = (one_chunk(column) for column in found.columns)
    if len(ids) == end - first:
        return Typed(values, failures)
    positions = pc.index_in(pa.array(range(first, end), pa.int64()), ids)
    return Typed(values.take(positions), failures.take(positions))


def _note_numbers(
    con: duckdb.DuckDBPyConnection, view: CellView, reference: Reference, column: NumberColumn, evidence: Evidence
) -> None:
    has_mark = evidence.comma + evidence.point + evidence.either > 0
    view.formats[reference] = {",": "decimal comma", ".": "decimal point"}[column.mark] if has_mark else "number"
    if column.is_assumed:
        view.assumed.add(reference)
        view.changes.append((reference, Change("assumed_decimal", column.n_rows, new_value=column.mark)))
    if column.n_changed:
        old, new = _example(con, f"{view.dictionaries[reference]}_map", "number")
        view.changes.append((reference, Change("number_format", column.n_changed, old_value=old, new_value=new)))


def _read_all_dates(
    con: duckdb.DuckDBPyConnection, views: list[CellView], references: list[Reference], source: Source
) -> None:
    """Decide day or month first per file and column; a file whose dates allow both asks the other files."""
    import pyarrow as pa

    for reference in references:
        tables = [view.dictionaries[reference] for view in views]
        weighed: list[Shapes] = [weigh_dates(con, table, f"{table}_map", source.date_format) for table in tables]
        pooled: Shapes = {}
        for shapes in weighed:
            for name, shape in shapes.items():
                pooled[name] = pooled[name] + shape if name in pooled else shape
        for view, table, shapes in zip(views, tables, weighed, strict=True):
            is_clear = all(shape.has_evidence for shape in shapes.values())
            rows = pa.array([], pa.int64()) if is_clear else view.all_ids(reference)
            column = settle_dates(con, table, f"{table}_map", shapes, pooled, rows)
            _note_dates(con, view, reference, column)


def _note_dates(con: duckdb.DuckDBPyConnection, view: CellView, reference: Reference, column: DateColumn) -> None:
    view.formats[reference] = column.label
    if column.is_assumed:
        view.assumed.add(reference)
        view.changes.append((reference, Change("assumed_date_order", column.n_rows, new_value=column.label)))
    if column.n_changed:
        old, new = _example(con, f"{view.dictionaries[reference]}_map", "day")
        view.changes.append((reference, Change("date_format", column.n_changed, old_value=old, new_value=new)))


def _example(con: duckdb.DuckDBPyConnection, table: str, value: str) -> tuple[str, str]:
    row = first_row(
        con,
        f"""
        SELECT {unmarked_sql("v")}, CAST({value} AS VARCHAR) FROM {table}
        WHERE {value} IS NOT NULL ORDER BY length(v) DESC, v LIMIT 1""",
    )
    return str(row[0]), str(row[1])
