"""Files of one entry that belong together, such as orders and their lines."""

from __future__ import annotations

from typing import TYPE_CHECKING

from segkit.errors import UserError
from segkit.sources.plans import EntryPlan
from segkit.sources.queries import first_row, run_sql

if TYPE_CHECKING:
    import duckdb


def join_files(
    con: duckdb.DuckDBPyConnection, plan: EntryPlan, tables: dict[str, str], keys: dict[str, list[str]]
) -> tuple[str, str, dict[str, int]]:
    """Return the FROM clause that joins the files of an entry.

    Parameters
    ----------
    con : DuckDBPyConnection
        Holds the typed tables.
    plan : EntryPlan
        The entry; its `on` names the common columns.
    tables : dict
        Alias → typed table.
    keys : dict
        Alias → its columns that hold the common values.

    Returns
    -------
    str
        FROM clause: the lines are `b`, the others `o_<position>`, at most one row each per line.
    str
        Alias of the lines: the file in which the common value repeats.
    dict
        Alias → number of its rows to which no line belongs.

    Raises
    ------
    UserError
        When the common value repeats in more than one file: the join would multiply money.
    """
    aliases = list(tables)
    if len(aliases) == 1:
        return f"{tables[aliases[0]]} b", aliases[0], {}
    repeating = [alias for alias in aliases if _conflicts(con, tables[alias], keys[alias])]
    if len(repeating) > 1:
        first = _conflicts(con, tables[repeating[1]], keys[repeating[1]])
        raise UserError(
            f"{plan.place}: {' and '.join(repeating)} both hold several rows for the same {', '.join(plan.keys)} "
            f"({', '.join(first)}), so joining them would count money twice. Join files of which only one has several "
            f"rows; change project.yml under {plan.place}.from."
        )
    base = repeating[0] if repeating else _base_without_repeats(plan)
    clauses, unmatched = [f"{tables[base]} b"], {}
    for position, alias in enumerate(aliases):
        if alias == base:
            continue
        pairs = list(zip(keys[base], keys[alias], strict=True))
        on = " AND ".join(f"b.{mine} = o_{position}.{theirs}" for mine, theirs in pairs)
        clauses.append(f"LEFT JOIN ({_newest(tables[alias], keys[alias])}) o_{position} ON {on}")
        same = " AND ".join(f"b.{mine} = o.{theirs}" for mine, theirs in pairs)
        unmatched[alias] = _count(con, f"SELECT count(*) FROM {tables[alias]} o ANTI JOIN {tables[base]} b ON {same}")
    return " ".join(clauses), base, unmatched


def alias_names(plan: EntryPlan, base: str) -> dict[str, str]:
    """Return alias → its name in the FROM clause of `join_files`."""
    return {alias: "b" if alias == base else f"o_{position}" for position, alias in enumerate(plan.grids)}


def _conflicts(con: duckdb.DuckDBPyConnection, table: str, keys: list[str]) -> list[str]:
    """Return up to three common values with different rows inside one file."""
    shown = " || ' ' || ".join(keys)
    rows = run_sql(
        con,
        f"""
        WITH different AS (SELECT DISTINCT * EXCLUDE (row_number) FROM {table})
        SELECT {shown} FROM different WHERE {shown} IS NOT NULL
        GROUP BY file_no, {", ".join(keys)} HAVING count(*) > 1 ORDER BY 1 LIMIT 3""",
    )
    return [str(row[0]) for row in rows]


def _newest(table: str, keys: list[str]) -> str:
    """Return one row per common value: of the last file that has it."""
    by = ", ".join(keys)
    newest = f"row_number() OVER (PARTITION BY {by} ORDER BY file_no DESC, {table}.row_number)"
    return f"SELECT * FROM {table} QUALIFY {newest} = 1"


def _base_without_repeats(plan: EntryPlan) -> str:
    """Return the file that holds the money, where no common value repeats."""
    for column in plan.columns:
        if column.name in ("revenue", "amount", "cost", "annual_value"):
            return next(iter(column.references.values())).alias
    return next(iter(plan.grids))


def _count(con: duckdb.DuckDBPyConnection, query: str) -> int:
    return int(first_row(con, query)[0])
