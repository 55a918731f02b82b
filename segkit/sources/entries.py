"""One entry of `sources`: its cells typed, joined and told in the report."""

from __future__ import annotations

from typing import TYPE_CHECKING

from segkit.sources.cells import drop_dictionaries, type_cells
from segkit.sources.dictionaries import CellView, drop_rows, open_cells
from segkit.sources.empty_cells import WITH_REASONS, keep_empty_cells
from segkit.sources.joins import alias_names, join_files
from segkit.sources.opening import Opened
from segkit.sources.placeholders import literal, name_sql
from segkit.sources.plans import Reference
from segkit.sources.queries import first_row, run_sql
from segkit.sources.report import ReadReport
from segkit.sources.rows import LOGGED_ONE_BY_ONE, bad_rule, build_rows, is_row_key

if TYPE_CHECKING:
    import duckdb


def type_entry(con: duckdb.DuckDBPyConnection, entry: Opened, report: ReadReport) -> None:
    """Write `<entry>_rows` (values, texts that failed, reasons) and `<entry>_files` (file_no, source, delivery)."""
    plan = entry.plan
    tables, keys, places = {}, {}, {}
    for i, (alias, grids) in enumerate(plan.grids.items()):
        on = [Reference(alias, key, "id") for key in plan.keys]
        references = list(dict.fromkeys([*plan.references(alias), *on]))
        keeps_empty = plan.table.name in WITH_REASONS
        views = [
            open_cells(con, grid, references, f"{entry.name}_{i}_{k}", plan.source, keeps_empty)
            for k, grid in enumerate(grids)
        ]
        tables[alias] = f"{entry.name}_{i}"
        type_cells(con, views, references, plan.source, tables[alias])
        entry.views[alias] = views
        keys[alias] = [f"r{references.index(r)}" for r in on]
        places.update({r: (alias, k) for k, r in enumerate(references)})
    joined, entry.base, unmatched = join_files(con, plan, tables, keys)
    names = alias_names(plan, entry.base)
    types = {alias: _types(con, table) for alias, table in tables.items()}
    typed = {
        r: (f"{names[alias]}.r{k}", f"{names[alias]}.f{k}", types[alias][f"r{k}"]) for r, (alias, k) in places.items()
    }
    signed = build_rows(con, plan, typed, joined, f"{entry.name}_rows")
    keep_empty_cells(con, entry)
    for view in (view for views in entry.views.values() for view in views if view.spool):
        drop_rows(con, view, f"{view.name}_typed")
    for file_no, n_rows in signed.items():
        report.note(plan.grids[entry.base][file_no].name, "sign_from_document", n_rows)
    _write_files(con, entry)
    for alias, n_rows in unmatched.items():
        if n_rows:
            report.note(plan.grids[alias][0].name, "join_unmatched", n_rows, new_value=entry.base)


def _types(con: duckdb.DuckDBPyConnection, table: str) -> dict[str, str]:
    return {str(row[0]): str(row[1]) for row in run_sql(con, f"DESCRIBE {table}")}


def _write_files(con: duckdb.DuckDBPyConnection, entry: Opened) -> None:
    values = []
    for k, grid in enumerate(entry.plan.grids[entry.base]):
        delivery = entry.deliveries[grid.name]
        day = f"DATE '{delivery.isoformat()}'" if delivery else "CAST(NULL AS DATE)"
        values.append(f"({k}, {literal(grid.name)}, {day})")
    run_sql(
        con,
        f"""
        CREATE OR REPLACE TEMP TABLE {entry.name}_files AS
        SELECT * FROM (VALUES {", ".join(values)}) f(file_no, source, delivery)""",
    )


def forget(con: duckdb.DuckDBPyConnection, views: list[CellView], names: list[str]) -> None:
    """Drop the dictionaries and typed columns of files, and what else was temporary."""
    for view in views:
        drop_rows(con, view, f"{view.name}_typed")
        drop_dictionaries(con, view)
    for name in names:
        kind = first_row(con, "SELECT count(*) FROM duckdb_views() WHERE view_name = ?", [name])[0]
        run_sql(con, f"DROP {'VIEW' if kind else 'TABLE'} IF EXISTS {name}")


def note_entry(con: duckdb.DuckDBPyConnection, entry: Opened, report: ReadReport) -> None:
    """Tell the report about the files of a typed entry: how they are written, what was changed, which values failed."""
    plan = entry.plan
    for alias, views in entry.views.items():
        references = plan.references(alias)
        for view in views:
            _note_file(con, entry, view, report)
            _note_columns(entry, view, references, report)
    for k, view in enumerate(entry.views[entry.base]):
        for column in plan.columns:
            if not is_row_key(column) and column.column.type != "text":
                _note_failures(
                    con, f"{entry.name}_rows", k, view.grid.name, column.name, bad_rule(column.column), report
                )


def _note_file(con: duckdb.DuckDBPyConnection, entry: Opened, view: CellView, report: ReadReport) -> None:
    grid = view.grid
    kinds: dict[str, list[str]] = {}
    for reference, label in view.formats.items():
        kinds.setdefault("date" if reference.kind == "date" else reference.kind, []).append(label)
    decimals = [label.removeprefix("decimal ") for label in kinds.get("number", []) if label != "number"]
    unreadable = f"unreadable_{entry.plan.table.name}"
    n_unreadable = first_row(con, f"SELECT count(*) FROM {unreadable} WHERE source = ?", [grid.name])[0]
    report.file_rows.append(
        {
            "table": entry.plan.table.name,
            "source": grid.name,
            "delivery": entry.deliveries[grid.name],
            "n_rows": grid.cells.num_rows + len(grid.unreadable),
            "n_unreadable": n_unreadable,
            "encoding": grid.encoding,
            "delimiter": {"\t": "tab"}.get(grid.delimiter, grid.delimiter),
            "sheet": grid.sheet,
            "header_row": grid.header_row,
            "decimal": " and ".join(sorted(set(decimals))),
            "date_format": " and ".join(sorted(set(kinds.get("date", [])))),
        }
    )
    for change in grid.changes:
        report.note(grid.name, change.rule, change.n_rows, change.row_number, None, change.old_value, change.new_value)


def _note_columns(entry: Opened, view: CellView, references: list[Reference], report: ReadReport) -> None:
    names = {r: entry.plan.names_of(r) for r in references}
    for reference in references:
        report.column_rows.append(
            {
                "table": entry.plan.table.name,
                "source": view.grid.name,
                "column": names[reference],
                "header": view.grid.written_as(reference.header),
                "format": view.formats.get(reference, "text"),
                "is_assumed": reference in view.assumed,
            }
        )
    for reference, change in view.changes:
        column = names.get(reference, reference.header)
        report.note(view.grid.name, change.rule, change.n_rows, None, column, change.old_value, change.new_value)


def _note_failures(
    con: duckdb.DuckDBPyConnection, rows: str, file_no: int, source: str, column: str, rule: str, report: ReadReport
) -> None:
    """Log the optional values that could not be read and became empty."""
    where = f"FROM {rows} WHERE file_no = {file_no} AND reason IS NULL AND {name_sql('bad_' + column)} IS NOT NULL"
    found = run_sql(
        con,
        f"""
        SELECT row_number, bad_{column}, count(*) OVER () {where}
        ORDER BY row_number LIMIT {LOGGED_ONE_BY_ONE}""",
    )
    total = found[0][2] if found else 0
    if total > LOGGED_ONE_BY_ONE:
        report.note(source, rule, total, None, column, str(found[0][1]))
        return
    for row_number, text, _ in found:
        report.note(source, rule, 1, row_number, column, str(text))
