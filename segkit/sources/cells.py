"""Cells of the files behind one alias → typed columns. Each distinct text is looked at once."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from segkit.settings.sources import Source
from segkit.sources.dates import DateColumn, Shapes, settle_dates, weigh_dates
from segkit.sources.encodings import BROKEN
from segkit.sources.grids import NUMBER, Change, Grid
from segkit.sources.numbers import Evidence, NumberColumn, settle_numbers, weigh_numbers
from segkit.sources.placeholders import marked_texts, present_texts, unmarked, unmarked_sql
from segkit.sources.plans import Reference
from segkit.sources.queries import first_row, run_arrow, run_sql
from segkit.sources.translations import translate

if TYPE_CHECKING:
    import duckdb
    import pyarrow as pa

_DAMAGED = r"^[0-9]([.,][0-9]+)?E\+[0-9]+$"
_FLOAT_ID = r"^[0-9]+\.0+$"
_EXCEL_DIGITS = 15
_TRUE = ("true", "t", "yes", "y", "ja", "j", "wahr", "x", "1", "on")
_FALSE = ("false", "f", "no", "n", "nein", "falsch", "0", "off")


@dataclass(frozen=True)
class Typed:
    """Values of the distinct texts of a column, and the texts that could not be read."""

    values: pa.Array
    failures: pa.Array


@dataclass
class CellView:
    """A grid, and what was found out about its columns.

    For each reference the engine holds a dictionary `name_<k>`: id (position in the order of first appearance), v (the
    trimmed text, marked; NULL where it stands for nothing) and n (rows). `ids` has the id of every row.
    """

    grid: Grid
    name: str
    dictionaries: dict[Reference, str] = field(default_factory=dict)
    texts: dict[Reference, pa.Array] = field(default_factory=dict)
    counts: dict[Reference, pa.Array] = field(default_factory=dict)
    ids: dict[Reference, pa.Array] = field(default_factory=dict)
    formats: dict[Reference, str] = field(default_factory=dict)
    assumed: set[Reference] = field(default_factory=set)
    changes: list[tuple[Reference, Change]] = field(default_factory=list)
    typed: dict[Reference, Typed] = field(default_factory=dict)


def open_cells(
    con: duckdb.DuckDBPyConnection, grid: Grid, references: list[Reference], name: str, source: Source
) -> CellView:
    """Return a grid with the dictionaries of the columns that are referred to."""
    view = CellView(grid, name)
    for k, reference in enumerate(references):
        _add_dictionary(con, view, reference, f"{name}_{k}", source)
    return view


def _add_dictionary(
    con: duckdb.DuckDBPyConnection, view: CellView, reference: Reference, table: str, source: Source
) -> None:
    import numpy as np
    import pyarrow as pa
    import pyarrow.compute as pc

    column = view.grid.cells.column(f"c{view.grid.field_of(reference.header)}")
    encoded = column.combine_chunks().dictionary_encode()
    if isinstance(encoded, pa.ChunkedArray):
        encoded = encoded.combine_chunks()
    n = pa.array(np.bincount(encoded.indices.drop_null().to_numpy(), minlength=len(encoded.dictionary)), pa.int64())
    trimmed, texts = present_texts(marked_texts(encoded.dictionary))
    n_empty = pc.sum(n.filter(pc.and_(pc.is_null(texts), pc.not_equal(trimmed, "")))).as_py()
    if n_empty:
        view.changes.append((reference, Change("placeholder", n_empty)))
    texts = translate(texts, source, reference)
    view.dictionaries[reference], view.ids[reference] = table, encoded.indices
    view.texts[reference], view.counts[reference] = texts, n
    if reference.kind in ("number", "date"):
        ids = pa.array(range(len(texts)), pa.int64())
        con.register(table, pa.table({"id": ids, "v": texts, "n": n}))


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
                _read_ids(view, reference)
            elif reference.kind == "bool":
                _read_bools(view, reference)
            elif reference.kind == "text":
                view.typed[reference] = Typed(unmarked(view.texts[reference]), _nothing(view.texts[reference]))
    _read_all_numbers(con, views, [r for r in references if r.kind == "number"], source)
    _read_all_dates(con, views, [r for r in references if r.kind == "date"], source)
    for file_no, view in enumerate(views):
        con.register(f"{view.name}_typed", _typed_table(view, references, file_no))
    selects = " UNION ALL BY NAME ".join(f"SELECT * FROM {view.name}_typed" for view in views)
    run_sql(con, f"CREATE OR REPLACE TEMP VIEW {into} AS {selects}")


def _nothing(texts: pa.Array) -> pa.Array:
    import pyarrow as pa

    return pa.nulls(len(texts), pa.string())


def _typed_table(view: CellView, references: list[Reference], file_no: int) -> pa.Table:
    """Return the typed columns of a grid, each distinct value put where its text stands."""
    import pyarrow as pa

    rows = view.grid.cells.num_rows
    columns = {"file_no": pa.array([file_no] * rows, pa.int32()), "row_number": view.grid.cells.column("row_number")}
    columns["is_broken"] = _broken(view.grid)
    for i, reference in enumerate(references):
        typed = view.typed[reference]
        for letter, values in (("r", typed.values), ("f", typed.failures)):
            is_empty = values.null_count == len(values)
            columns[f"{letter}{i}"] = pa.nulls(rows, values.type) if is_empty else values.take(view.ids[reference])
    return pa.table(columns)


def _broken(grid: Grid) -> pa.Array:
    """Return which rows hold a byte that no encoding explains."""
    import pyarrow as pa
    import pyarrow.compute as pc

    is_broken = pa.array([False] * grid.cells.num_rows)
    if grid.is_broken:
        for column in grid.cells.columns[1:]:
            is_broken = pc.or_(is_broken, pc.fill_null(pc.match_substring(column, BROKEN), False))
    return is_broken


def _read_ids(view: CellView, reference: Reference) -> None:
    """Read ids as text; if all end in ``.0`` they lose it, and ids damaged by Excel fail."""
    import pyarrow as pa
    import pyarrow.compute as pc

    texts = view.texts[reference]
    plain = unmarked(texts)
    n_known = len(texts) - texts.null_count
    if n_known and pc.sum(pc.match_substring_regex(plain, _FLOAT_ID)).as_py() == n_known:
        n_rows = pc.sum(view.counts[reference].filter(pc.is_valid(texts))).as_py()
        shown = min(plain.drop_null().to_pylist())
        view.changes.append((reference, Change("id_format", n_rows, old_value=shown, new_value=shown.split(".")[0])))
        view.formats[reference] = "number with .0"
        view.typed[reference] = Typed(pc.replace_substring_regex(plain, r"\.0+$", ""), _nothing(texts))
        return
    is_long = pc.and_(pc.starts_with(texts, NUMBER), pc.greater(pc.utf8_length(texts), _EXCEL_DIGITS + 1))
    is_damaged = pc.or_(pc.match_substring_regex(plain, _DAMAGED), is_long)
    nothing = pa.scalar(None, pa.string())
    good, bad = pc.if_else(is_damaged, nothing, plain), pc.if_else(is_damaged, plain, nothing)
    view.typed[reference] = Typed(good, bad)


def _read_bools(view: CellView, reference: Reference) -> None:
    import pyarrow as pa
    import pyarrow.compute as pc

    plain = unmarked(view.texts[reference])
    lower = pc.utf8_lower(plain)
    is_true, is_false = (pc.is_in(lower, pa.array(words)) for words in (_TRUE, _FALSE))
    values = pc.if_else(pc.or_(is_true, is_false), is_true, pa.scalar(None, pa.bool_()))
    view.typed[reference] = Typed(values, pc.if_else(pc.is_null(values), plain, pa.scalar(None, pa.string())))


def _read_all_numbers(
    con: duckdb.DuckDBPyConnection, views: list[CellView], references: list[Reference], source: Source
) -> None:
    """Decide comma or point per file and column: by the column, else by it in other files, else by other columns."""
    weighed = {
        (k, r): weigh_numbers(con, view.dictionaries[r], f"{view.dictionaries[r]}_map")
        for k, view in enumerate(views)
        for r in references
    }
    for (k, reference), evidence in weighed.items():
        view = views[k]
        same_column = sum((e for (_, r), e in weighed.items() if r == reference), Evidence())
        same_file = sum((e for (j, _), e in weighed.items() if j == k), Evidence())
        known = source.decimal or evidence.mark or same_column.mark or same_file.mark
        mark = known or ("," if view.grid.delimiter == ";" else ".")
        is_assumed = known is None and evidence.either > 0
        table = f"{view.dictionaries[reference]}_map"
        column = settle_numbers(con, table, evidence, mark, is_assumed)
        _note_numbers(con, view, reference, column, evidence)
        view.typed[reference] = _mapped(con, view.dictionaries[reference], "m.number")


def _mapped(con: duckdb.DuckDBPyConnection, dictionary: str, value: str) -> Typed:
    failure = f"CASE WHEN {value} IS NULL AND m.v IS NOT NULL THEN {unmarked_sql('d.v')} END"
    found = run_arrow(
        con,
        f"""
        SELECT {value} AS value, {failure} AS failure
        FROM {dictionary} d LEFT JOIN {dictionary}_map m ON d.id = m.id ORDER BY d.id""",
    )
    return Typed(found.column("value").combine_chunks(), found.column("failure").combine_chunks())


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
    for reference in references:
        tables = [view.dictionaries[reference] for view in views]
        weighed: list[Shapes] = [weigh_dates(con, table, f"{table}_map", source.date_format) for table in tables]
        pooled: Shapes = {}
        for shapes in weighed:
            for name, shape in shapes.items():
                pooled[name] = pooled[name] + shape if name in pooled else shape
        for view, table, shapes in zip(views, tables, weighed, strict=True):
            column = settle_dates(con, table, f"{table}_map", shapes, pooled, view.ids[reference])
            _note_dates(con, view, reference, column)
            view.typed[reference] = _mapped(con, table, "m.day")


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
