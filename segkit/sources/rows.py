"""Typed cells of one entry → rows of its table, and the rows that cannot be used."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from segkit.settings.sources import Source
from segkit.sources.formulas import Decimal, Header, Texts, formula_sql, inverted
from segkit.sources.grids import Grid
from segkit.sources.placeholders import literal, name_sql
from segkit.sources.plans import WRITTEN_BY_READER, ColumnPlan, EntryPlan, Reference
from segkit.sources.queries import run_arrow, run_sql
from segkit.sources.signs import any_sql, sign_rows, skip_sql
from segkit.sources.translations import is_rate
from segkit.tables import Column, Table

if TYPE_CHECKING:
    import duckdb
    import pyarrow as pa

_REASONS = {"date": "bad_date", "money": "bad_number", "float": "bad_number", "int": "bad_number", "bool": "bad_flag"}
LOGGED_ONE_BY_ONE = 1000
"""Values of a column that failed are logged row by row up to this number, above it as one count."""


def build_rows(
    con: duckdb.DuckDBPyConnection,
    plan: EntryPlan,
    typed: dict[Reference, tuple[str, str, str]],
    joined: str,
    into: str,
) -> dict[int, int]:
    """Write `into`: file_no, row_number, the table's columns, bad_<column> (text that failed), reason and skip.

    `reason` says why a row cannot be used, `skip` why it is left out by a rule; NULL where it is good and where it
    counts.

    Parameters
    ----------
    con : DuckDBPyConnection
        Holds the typed tables.
    plan : EntryPlan
        Columns of the entry.
    typed : dict
        Reference → (SQL of its value, SQL of the text that failed, DuckDB type).
    joined : str
        FROM clause in which the base table is `b`.
    into : str
        Table to write.

    Returns
    -------
    dict
        file_no → rows that took the negative sign of their document.
    """
    selects = ["b.file_no", "b.row_number", "b.is_broken"]
    for column in plan.columns:
        value = _value_sql(column, typed, plan.source)
        selects += [f"{value} AS {name_sql(column.name)}", f"{_failure_sql(column, typed, value)} AS bad_{column.name}"]
    others = sorted({value.partition(".")[0] for value, *_ in typed.values()} - {"b"})
    is_alone = " OR ".join(f"{other}.file_no IS NULL" for other in others)
    selects.append(f"{is_alone or 'FALSE'} AS is_alone")
    selects.append(f"{skip_sql(plan, typed)} AS skip")
    selects.append(f"{any_sql(plan.negative, typed)} AS is_negative")
    run_sql(
        con,
        f"""
        CREATE OR REPLACE TEMP TABLE {into} AS
        SELECT *, {_reason_sql(plan)} AS reason FROM (SELECT {", ".join(selects)} FROM {joined})""",
    )
    return sign_rows(con, plan, into)


def _value_sql(plan: ColumnPlan, typed: dict[Reference, tuple[str, str, str]], source: Source) -> str:
    kind = plan.column.type
    if isinstance(plan.term, Texts) and kind == "bool":
        flags = [typed[plan.references[h.name]][0] for h in plan.term.headers]
        return f"coalesce(CASE WHEN {' OR '.join(flags)} THEN true END, {', '.join(flags)})"
    if isinstance(plan.term, Texts):
        return f"nullif(concat_ws(' ', {', '.join(typed[plan.references[h.name]][0] for h in plan.term.headers)}), '')"
    if kind not in ("money", "float", "int"):
        return typed[next(iter(plan.references.values()))][0]
    columns = {header: _decimal(*typed[r][::2]) for header, r in plan.references.items()}
    rates = {header: inverted(columns[header]) for header, r in plan.references.items() if is_rate(source, r)}
    columns |= rates
    value = formula_sql(plan.term, columns).sql
    value = value if isinstance(plan.term, Header) and not rates else f"TRY({value})"
    if kind == "int":
        return f"CASE WHEN {value} = round({value}) THEN TRY_CAST({value} AS BIGINT) END"
    return f"TRY_CAST({value} AS {plan.column.sql_type})"


def _decimal(sql: str, sql_type: str) -> Decimal:
    match = re.fullmatch(r"DECIMAL\((\d+), ?(\d+)\)", sql_type)
    return Decimal(sql, int(match[1]), int(match[2])) if match else Decimal(f"CAST({sql} AS DECIMAL(38, 12))", 38, 12)


def _failure_sql(plan: ColumnPlan, typed: dict[Reference, tuple[str, str, str]], value: str) -> str:
    """Return SQL for the text that could not be read, NULL where all went well."""
    references = plan.references.values()
    failures = [typed[r][1] for r in references]
    present = " AND ".join(f"{typed[r][0]} IS NOT NULL" for r in references)
    texts = ", ".join(f"CAST({typed[r][0]} AS VARCHAR)" for r in references)
    lost = f"CASE WHEN {present} AND {value} IS NULL THEN concat_ws(' ', {texts}) END"
    return f"coalesce({', '.join(failures)}, {lost})"


def is_row_key(plan: ColumnPlan) -> bool:
    """A damaged value of this column makes the whole row unusable: it would count for somebody else."""
    return plan.column.type == "id" and (plan.is_required or plan.name == "account_id")


def _reason_sql(plan: EntryPlan) -> str:
    """Return SQL for the reason why a row cannot be used, NULL for a good one.

    A row that a rule leaves out may lack a value, but a value that cannot be read is told: it may be why it fits.
    """
    rules = ["WHEN is_broken THEN 'bad_encoding'"]
    rules += [f"WHEN bad_{c.name} IS NOT NULL THEN 'id_damaged'" for c in plan.columns if is_row_key(c)]
    required = [c for c in plan.columns if c.is_required]
    order = sorted(required, key=lambda c: list(_REASONS).index(c.column.type) if c.column.type in _REASONS else 99)
    for c in order:
        is_lost = f"{name_sql(c.name)} IS NULL AND (skip IS NULL OR bad_{c.name} IS NOT NULL)"
        reason = literal(_REASONS.get(c.column.type, "missing_value"))
        rules.append(f"WHEN {is_lost} THEN CASE WHEN is_alone THEN 'join_missing' ELSE {reason} END")
    return f"CASE {' '.join(rules)} END"


def bad_rule(column: Column) -> str:
    """Name of the rule that emptied an optional value."""
    return _REASONS.get(column.type, "id_damaged")


def good_select(table: Table, plan: EntryPlan, rows: str, files: str) -> str:
    """Return a SELECT of the usable rows with every column of the table, and `skip`: why a rule leaves them out."""
    mapped = {c.name for c in plan.columns}
    columns = [
        name_sql(c.name) if c.name in mapped else f"CAST(NULL AS {c.sql_type}) AS {name_sql(c.name)}"
        for c in table.columns.values()
        if c.name not in ("source", "row_number")
    ]
    return (
        f"SELECT {', '.join(columns)}, source, delivery, row_number, skip "
        f"FROM {rows} JOIN {files} USING (file_no) WHERE reason IS NULL"
    )


def bad_rows(con: duckdb.DuckDBPyConnection, plan: EntryPlan, grids: list[Grid], rows: str) -> pa.Table:
    """Return the rows of an entry's files that cannot be used: source, row_number, reason, raw, revenue."""
    import pyarrow as pa

    has_revenue = any(c.name == "revenue" for c in plan.columns)
    revenue = "revenue" if has_revenue else "CAST(NULL AS DECIMAL(18,4)) AS revenue"
    tables = [_unsplit(grid) for of_alias in plan.grids.values() for grid in of_alias]
    for file_no, grid in enumerate(grids):
        bad = run_arrow(
            con,
            f"""
            SELECT row_number, reason, {revenue} FROM {rows}
            WHERE file_no = {file_no} AND reason IS NOT NULL ORDER BY row_number, reason""",
        )
        if bad.num_rows:
            raw = grid.raw_rows(bad.column("row_number"))
            columns = [pa.array([grid.name] * bad.num_rows), bad["row_number"], bad["reason"], raw, bad["revenue"]]
            tables.append(pa.table(columns, schema=_bad_schema()))
    return pa.concat_tables([_bad_schema().empty_table(), *tables])


def _bad_schema() -> pa.Schema:
    import pyarrow as pa

    texts = {name: pa.string() for name in ("source", "row_number", "reason", "raw", "revenue")}
    return pa.schema({**texts, "row_number": pa.int64(), "revenue": pa.decimal128(18, 4)})


def _unsplit(grid: Grid) -> pa.Table:
    """Return the rows of a file that could not even be split into fields."""
    import pyarrow as pa

    rows = grid.unreadable
    columns = [[grid.name] * len(rows), [r.row_number for r in rows], [r.reason for r in rows], [r.raw for r in rows]]
    return pa.table([*columns, [None] * len(rows)], schema=_bad_schema())


def fillable(table: Table) -> list[str]:
    """Columns of a table that a file may fill."""
    return [name for name in table.columns if name not in WRITTEN_BY_READER]
