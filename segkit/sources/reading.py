"""Exports → typed tables `raw_<table>` and `unreadable_<table>` in the engine."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import TYPE_CHECKING

from segkit.errors import Problems, UserError
from segkit.features.deals import verdict_sql
from segkit.settings.sources import Sources
from segkit.sources.cells import type_cells
from segkit.sources.dictionaries import open_cells
from segkit.sources.empty_cells import WITH_REASONS, make_empty_cells
from segkit.sources.entries import forget, note_entry, type_entry
from segkit.sources.opening import Opened, SourceFile, open_all
from segkit.sources.plans import EntryPlan, Reference
from segkit.sources.queries import first_row, run_sql
from segkit.sources.report import ReadReport
from segkit.sources.rows import bad_rows, good_select
from segkit.tables import INPUTS

if TYPE_CHECKING:
    import duckdb

_DEAL = ("stage", "is_won", "is_closed")
_OPPORTUNITIES = ("opportunities", "close_date", _DEAL)


def read_sources(con: duckdb.DuckDBPyConnection, files: Sequence[SourceFile], sources: Sources) -> ReadReport:
    """Read every table of `sources` into the engine.

    Parameters
    ----------
    con : DuckDBPyConnection
        Afterwards holds for each table T: ``raw_T`` with every column of the table, typed, NULL where not mapped,
        and source, delivery, row_number (as a spreadsheet shows it); ``empty_cells``, why cells of accounts and
        contacts are empty; ``unreadable_T`` with source, row_number,
        reason (bad_date, bad_number, bad_flag, id_damaged, missing_value, join_missing, wrong_field_count,
        bad_encoding), raw and revenue of the rows that are not in ``raw_T``.
    files : sequence of SourceFile
        The files behind each entry, as the project lists them.
    sources : Sources
        The section `sources` of project.yml.

    Returns
    -------
    ReadReport
        What was found in each file and what was changed.

    Raises
    ------
    UserError
        Everything that keeps a file from being read, at once: "sales.csv: there is no column 'Kundennr'. The nearest
        is 'Kunden-Nr.'. Change project.yml under sources.invoices.columns.account_id."
    """
    report, problems = ReadReport(), Problems()
    opened = open_all(files, sources, problems)
    problems.raise_if_any()
    if any(table in WITH_REASONS for table in sources):
        make_empty_cells(con)
    for table in sources:
        entries = [entry for entry in opened if entry.plan.table.name == table]
        _write_table(con, table, entries, report, problems)
    problems.raise_if_any()
    return report


def money_range(
    con: duckdb.DuckDBPyConnection, files: Sequence[SourceFile], sources: Sources, today: dt.date | None = None
) -> tuple[dt.date, dt.date] | None:
    """Return the first and last date with money, reading only the dates of invoices, else of won opportunities.

    Parameters
    ----------
    con : DuckDBPyConnection
        Any connection; nothing stays in it.
    files, sources
        As for `read_sources`.
    today : date, optional
        Later dates are mistakes and do not count; the computer's date if left out.

    Returns
    -------
    tuple of date, or None
        None where no date can be read.
    """
    table, date, also = ("invoices", "invoice_date", ()) if "invoices" in sources else _OPPORTUNITIES
    wanted = {date, *also}
    problems = Problems()
    opened = open_all([f for f in files if f.table == table], sources, problems, only=table)
    problems.raise_if_any()
    spans = []
    for position, entry in enumerate(opened):
        plan = entry.plan
        narrow = EntryPlan(
            plan.table, plan.source, plan.place, plan.grids, [c for c in plan.columns if c.name in wanted]
        )
        spans.append(_span(con, narrow, f"range_{position}", date, today or dt.date.today()))
    known = [span for span in spans if span is not None]
    return (min(first for first, _ in known), max(last for _, last in known)) if known else None


def _span(
    con: duckdb.DuckDBPyConnection, plan: EntryPlan, name: str, date: str, today: dt.date
) -> tuple[dt.date, dt.date] | None:
    column = next((c for c in plan.columns if c.name == date), None)
    if column is None:
        return None
    reference = next(iter(column.references.values()))
    references = plan.references(reference.alias)
    grids = plan.grids[reference.alias]
    views = [open_cells(con, grid, references, f"{name}_{k}", plan.source) for k, grid in enumerate(grids)]
    type_cells(con, views, references, plan.source, name)
    is_won = f"({_verdict_sql(plan, references)}) = 'won'" if plan.table.name == "opportunities" else "TRUE"
    day = f"r{references.index(reference)}"
    row = first_row(con, f"SELECT min({day}), max({day}) FROM {name} WHERE {day} <= ? AND {is_won}", [today])
    forget(con, views, [name])
    return None if row[0] is None else (row[0], row[1])


def _verdict_sql(plan: EntryPlan, references: list[Reference]) -> str:
    """Return SQL of won or lost; a column that stands in another file of a join does not help here."""
    found = {name: "NULL::VARCHAR" if name == "stage" else "NULL::BOOLEAN" for name in _DEAL}
    for column in plan.columns:
        reference = next(iter(column.references.values()))
        if column.name in found and reference in references:
            found[column.name] = f"r{references.index(reference)}"
    return verdict_sql(**found)


def _write_table(
    con: duckdb.DuckDBPyConnection, table: str, entries: list[Opened], report: ReadReport, problems: Problems
) -> None:
    import pyarrow as pa

    good, bad, temporary = [], [], []
    for entry in entries:
        try:
            type_entry(con, entry, report)
        except UserError as error:
            for text in error.problems:
                problems.add(text)
            return
        rows, grids = f"{entry.name}_rows", entry.plan.grids[entry.base]
        good.append(good_select(INPUTS[table], entry.plan, rows, f"{entry.name}_files"))
        bad.append(bad_rows(con, entry.plan, grids, rows))
        temporary += [rows, f"{entry.name}_files", *(f"{entry.name}_{i}" for i in range(len(entry.views)))]
    run_sql(con, f"CREATE OR REPLACE TABLE raw_{table} AS {' UNION ALL BY NAME '.join(good)}")
    con.register("bad_rows", pa.concat_tables(bad))
    run_sql(con, f"CREATE OR REPLACE TABLE unreadable_{table} AS FROM bad_rows ORDER BY source, row_number, reason")
    con.unregister("bad_rows")
    for entry in entries:
        note_entry(con, entry, report)
        forget(con, [view for views in entry.views.values() for view in views], [])
    forget(con, [], temporary)
    _refuse_if_nothing(con, table, entries, problems)


def _refuse_if_nothing(con: duckdb.DuckDBPyConnection, table: str, entries: list[Opened], problems: Problems) -> None:
    """Note as a problem a table without a single usable row: that is a wrong map, not dirt."""
    if first_row(con, f"SELECT count(*) FROM raw_{table}")[0]:
        return
    names = ", ".join(dict.fromkeys(name for entry in entries for name in entry.deliveries))
    reasons = run_sql(
        con,
        f"""
        SELECT reason, count(*) AS n, arg_min(raw, row_number) FROM unreadable_{table}
        GROUP BY 1 ORDER BY n DESC, 1 LIMIT 3""",
    )
    if not reasons:
        problems.add(
            f"{names}: there is a header, but no row below it. Export again, or take it out of sources.{table}."
        )
        return
    told = "; ".join(f"{n} rows {reason} (such as {str(raw)[:80]})" for reason, n, raw in reasons)
    problems.add(
        f"{names}: not one row can be used for {table}: {told}. Look at the map under sources.{table}.columns."
    )
