"""Cells of the files behind one alias → typed columns, one temporary table."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from segkit.settings.sources import Source
from segkit.sources.dates import DateColumn, Shapes, settle_dates, weigh_dates
from segkit.sources.encodings import BROKEN
from segkit.sources.grids import NUMBER, Change, Grid
from segkit.sources.numbers import Evidence, NumberColumn, settle_numbers, weigh_numbers
from segkit.sources.placeholders import literal, present_sql, trimmed_sql, unmarked_sql
from segkit.sources.plans import Reference
from segkit.sources.queries import first_row, run_sql
from segkit.sources.typed_files import cell_sql

if TYPE_CHECKING:
    import duckdb

_DAMAGED = r"^[0-9]([.,][0-9]+)?E\+[0-9]+$"
_TRUE = "('true', 't', 'yes', 'y', 'ja', 'j', 'wahr', 'x', '1', 'on')"
_FALSE = "('false', 'f', 'no', 'n', 'nein', 'falsch', '0', 'off')"


@dataclass
class CellView:
    """A grid registered in the engine: `view` has row_number and c0, c1, … as marked text."""

    grid: Grid
    view: str
    formats: dict[Reference, str] = field(default_factory=dict)
    assumed: set[Reference] = field(default_factory=set)
    changes: list[tuple[Reference, Change]] = field(default_factory=list)
    values: dict[Reference, str] = field(default_factory=dict)
    failures: dict[Reference, str] = field(default_factory=dict)
    joins: list[str] = field(default_factory=list)

    def cell(self, reference: Reference) -> str:
        """SQL of a reference's cell, NULL where it stands for nothing."""
        return present_sql(self.raw(reference))

    def raw(self, reference: Reference) -> str:
        """SQL of a reference's cell as it stands in the file."""
        return f"c{self.grid.field_of(reference.header)}"


def register(con: duckdb.DuckDBPyConnection, grid: Grid, name: str) -> CellView:
    """Return a grid as a view of the engine, all cells as marked text."""
    con.register(f"{name}_arrow", grid.cells)
    schema = grid.cells.schema
    cells = ", ".join(f"{cell_sql(f.name, f.type)} AS {f.name}" for f in list(schema)[1:])
    run_sql(con, f"CREATE OR REPLACE TEMP VIEW {name} AS SELECT row_number, {cells} FROM {name}_arrow")
    return CellView(grid, name)


def type_cells(
    con: duckdb.DuckDBPyConnection, views: list[CellView], references: list[Reference], source: Source, into: str
) -> None:
    """Write the table `into`: file_no, row_number, is_broken, and per reference r0 (value) and f0 (text that failed).

    Parameters
    ----------
    con : DuckDBPyConnection
        Holds the views.
    views : list of CellView
        Files of one alias; their formats, changes and assumptions are filled in.
    references : list of Reference
        Headers to read, with the type to read them as.
    source : Source
        May fix the decimal mark and the date format.
    into : str
        Name of the table.
    """
    for view in views:
        for i, reference in enumerate(references):
            if reference.kind in ("text", "id"):
                _add_text(con, view, reference)
            elif reference.kind == "bool":
                _add_bool(view, reference)
            else:
                _add_map(view, reference, f"{view.view}_m{i}")
    _read_all_numbers(con, views, [r for r in references if r.kind == "number"], source)
    _read_all_dates(con, views, [r for r in references if r.kind == "date"], source)
    selects = [_select(k, view, references) for k, view in enumerate(views)]
    run_sql(con, f"CREATE OR REPLACE TEMP TABLE {into} AS {' UNION ALL BY NAME '.join(selects)}")


def _select(file_no: int, view: CellView, references: list[Reference]) -> str:
    columns = [f"{file_no} AS file_no", "row_number", f"{_broken(view.grid)} AS is_broken"]
    for i, reference in enumerate(references):
        columns += [f"{view.values[reference]} AS r{i}", f"{view.failures[reference]} AS f{i}"]
    return f"SELECT {', '.join(columns)} FROM {view.view} {' '.join(view.joins)}"


def _broken(grid: Grid) -> str:
    if not grid.is_broken:
        return "FALSE"
    cells = ", ".join(f"c{i}" for i in range(len(grid.headers)))
    return f"contains(concat({cells}), {literal(BROKEN)})"


def _add_text(con: duckdb.DuckDBPyConnection, view: CellView, reference: Reference) -> None:
    """Read a column of texts or ids; ids that all end in ``.0`` lose it, ids damaged by Excel fail."""
    cell = view.cell(reference)
    value = unmarked_sql(cell)
    view.values[reference], view.failures[reference] = value, "CAST(NULL AS VARCHAR)"
    if reference.kind != "id":
        return
    row = first_row(
        con,
        f"""
        WITH cells AS (SELECT {cell} AS v FROM {view.view})
        SELECT count(v), count(*) FILTER (ends_with(v, '.0') AND regexp_matches(v, '^\x02?[0-9]+\\.0$')),
            count(*) FILTER (contains(v, 'E+') OR length(v) > 15 AND starts_with(v, {literal(NUMBER)})), any_value(v)
        FROM cells""",
    )
    n_rows, n_float, n_suspect, example = row
    if n_rows and n_rows == n_float:
        value = f"left({value}, -2)"
        shown = str(example).lstrip(NUMBER)
        change = Change("id_format", n_rows, old_value=shown, new_value=shown[:-2])
        view.changes.append((reference, change))
        view.formats[reference] = "number with .0"
    elif n_suspect:
        is_damaged = (
            f"(regexp_matches({unmarked_sql(cell)}, {literal(_DAMAGED)}) OR "
            f"(length({cell}) > 16 AND starts_with({cell}, {literal(NUMBER)})))"
        )
        view.failures[reference] = f"CASE WHEN {is_damaged} THEN {value} END"
        value = f"CASE WHEN {is_damaged} THEN NULL ELSE {value} END"
    view.values[reference] = value


def _add_bool(view: CellView, reference: Reference) -> None:
    cell = f"lower({unmarked_sql(view.cell(reference))})"
    value = f"CASE WHEN {cell} IN {_TRUE} THEN TRUE WHEN {cell} IN {_FALSE} THEN FALSE END"
    view.values[reference] = value
    view.failures[reference] = f"CASE WHEN {value} IS NULL THEN {unmarked_sql(view.cell(reference))} END"


def _add_map(view: CellView, reference: Reference, name: str) -> None:
    """Prepare the join with the distinct values of a number or date column."""
    cell = view.cell(reference)
    value = f"{name}.number" if reference.kind == "number" else f"{name}.day"
    view.joins.append(f"LEFT JOIN {name} ON {cell} = {name}.v")
    view.values[reference] = value
    view.failures[reference] = f"CASE WHEN {name}.v IS NOT NULL AND {value} IS NULL THEN {unmarked_sql(cell)} END"


def _map_of(view: CellView, reference: Reference) -> str:
    return view.values[reference].split(".")[0]


def _read_all_numbers(
    con: duckdb.DuckDBPyConnection, views: list[CellView], references: list[Reference], source: Source
) -> None:
    """Decide comma or point per file and column: by the column, else by it in other files, else by other columns."""
    weighed = {
        (k, r): weigh_numbers(con, view.view, view.cell(r), _map_of(view, r))
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
        column = settle_numbers(con, _map_of(view, reference), evidence, mark, is_assumed)
        _note_numbers(con, view, reference, column, evidence)


def _note_numbers(
    con: duckdb.DuckDBPyConnection, view: CellView, reference: Reference, column: NumberColumn, evidence: Evidence
) -> None:
    has_mark = evidence.comma + evidence.point + evidence.either > 0
    view.formats[reference] = {",": "decimal comma", ".": "decimal point"}[column.mark] if has_mark else "whole numbers"
    if column.is_assumed:
        view.assumed.add(reference)
        view.changes.append((reference, Change("assumed_decimal", column.n_rows, new_value=column.mark)))
    if column.n_changed:
        old, new = _example(con, _map_of(view, reference), "number")
        view.changes.append((reference, Change("number_format", column.n_changed, old_value=old, new_value=new)))


def _read_all_dates(
    con: duckdb.DuckDBPyConnection, views: list[CellView], references: list[Reference], source: Source
) -> None:
    """Decide day or month first per file and column; a file whose dates allow both asks the other files."""
    for reference in references:
        weighed: list[Shapes] = [
            weigh_dates(con, view.view, view.cell(reference), _map_of(view, reference), source.date_format)
            for view in views
        ]
        pooled: Shapes = {}
        for shapes in weighed:
            for name, shape in shapes.items():
                pooled[name] = pooled[name] + shape if name in pooled else shape
        for view, shapes in zip(views, weighed, strict=True):
            table = _map_of(view, reference)
            column = settle_dates(con, view.view, view.cell(reference), table, shapes, pooled)
            _note_dates(con, view, reference, column)


def _note_dates(con: duckdb.DuckDBPyConnection, view: CellView, reference: Reference, column: DateColumn) -> None:
    view.formats[reference] = column.label
    if column.is_assumed:
        view.assumed.add(reference)
        view.changes.append((reference, Change("assumed_date_order", column.n_rows, new_value=column.label)))
    if column.n_changed:
        old, new = _example(con, _map_of(view, reference), "day")
        view.changes.append((reference, Change("date_format", column.n_changed, old_value=old, new_value=new)))


def _example(con: duckdb.DuckDBPyConnection, table: str, value: str) -> tuple[str, str]:
    row = first_row(
        con,
        f"""
        SELECT {unmarked_sql("v")}, CAST({value} AS VARCHAR) FROM {table}
        WHERE {value} IS NOT NULL ORDER BY length(v) DESC, v LIMIT 1""",
    )
    return str(row[0]), str(row[1])


def count_placeholders(con: duckdb.DuckDBPyConnection, view: CellView, references: list[Reference]) -> None:
    """Note per column how many cells such as NULL or k. A. stand for nothing."""
    counts = [
        f"count(*) FILTER ({view.raw(r)} <> '' AND {view.cell(r)} IS NULL AND {trimmed_sql(view.raw(r))} <> '')"
        for r in references
    ]
    row = first_row(con, f"SELECT {', '.join(counts)} FROM {view.view}") if counts else None
    for reference, n_rows in zip(references, row or (), strict=False):
        if n_rows:
            view.changes.append((reference, Change("placeholder", n_rows)))
