"""Rows as they were read, each with the step that decides about it: used, excluded, quarantined or later than as-of.

For every table T the connection holds ``rows_T``: the columns of ``raw_T`` and ``step``, which is empty for rows that
nothing speaks against so far.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from segkit.tables import INPUTS, TABLES

if TYPE_CHECKING:
    import duckdb

ORIGIN = ("source", "row_number")


def run_sql(con: duckdb.DuckDBPyConnection, sql: str, parameters: Any = None) -> list[tuple]:
    """Run a statement to its end and return its rows; an unfinished one would lock the connection."""
    return con.execute(sql, parameters).fetchall()


def has_table(con: duckdb.DuckDBPyConnection, name: str) -> bool:
    """Say whether the connection holds a table or view of this name."""
    found = run_sql(con, "SELECT count(*) FROM duckdb_columns() WHERE table_name = ?", [name])[0]
    return bool(found[0])


def delivered(con: duckdb.DuckDBPyConnection) -> list[str]:
    """Return the input tables that were read, in the order of the table list."""
    return [name for name in INPUTS if has_table(con, f"raw_{name}")]


def columns_of(table: str) -> list[str]:
    """Return the columns of an input table that a source can fill."""
    made_here = {*ORIGIN, "line_type", "is_repeated"}
    return [column for column in TABLES[table].columns if column not in made_here]


def make_empty(con: duckdb.DuckDBPyConnection, name: str) -> None:
    """Create a result table without rows."""
    columns = ", ".join(f'"{c.name}" {c.sql_type}' for c in TABLES[name].columns.values())
    run_sql(con, f"CREATE OR REPLACE TABLE {name} ({columns})")


def mark_rows(con: duckdb.DuckDBPyConnection, table: str) -> None:
    """Create ``rows_T`` of a table other than invoices: rows without key and repeated rows get their step.

    Where one column identifies a row, the newest delivery's fullest row stays. Elsewhere a row counts as often as it
    stands in the delivery that has it most often.

    Parameters
    ----------
    con : duckdb.DuckDBPyConnection
        Holds ``raw_T``: the table's columns, source, delivery, row_number.
    table : str
        Name of an input table.
    """
    missing = _missing_value(table)
    run_sql(con, f"CREATE OR REPLACE TEMP TABLE keyed_rows AS SELECT *, {missing} AS missing FROM raw_{table}")
    if len(TABLES[table].key) == 1:
        repeated = _repeated_ids(table)
    else:
        count_copies(con, "(FROM keyed_rows WHERE missing IS NULL)", columns_of(table))
        repeated = "SELECT * EXCLUDE (nth, copy), copy > 1 AS is_repeat FROM counted_rows"
    run_sql(
        con,
        f"""
        CREATE OR REPLACE TEMP TABLE rows_{table} AS
        SELECT * EXCLUDE (missing, is_repeat), CASE WHEN is_repeat THEN 'excluded_duplicate' END AS step
        FROM ({repeated})
        UNION ALL BY NAME
        SELECT * EXCLUDE (missing), NULL AS kept_source, NULL AS kept_row, 'quarantined_' || missing AS step
        FROM keyed_rows WHERE missing IS NOT NULL""",
    )


def _missing_value(table: str) -> str:
    """SQL that names what a row lacks: no_account, no_key, no_value, or NULL."""
    needed = [column for column in columns_of(table) if not TABLES[table].columns[column].is_nullable]
    reasons = {
        c: "no_account"
        if c == "account_id" and table != "accounts"
        else "no_key"
        if c in TABLES[table].key
        else "no_value"
        for c in needed
    }
    return "CASE " + " ".join(f"WHEN {c} IS NULL THEN '{reasons[c]}'" for c in needed) + " END"


def _repeated_ids(table: str) -> str:
    filled = " + ".join(f"({c} IS NOT NULL)::INT" for c in columns_of(table))
    return f"""
        SELECT *, row_number() OVER newest > 1 AS is_repeat,
               first_value(source) OVER newest AS kept_source, first_value("row_number") OVER newest AS kept_row
        FROM keyed_rows WHERE missing IS NULL
        WINDOW newest AS (PARTITION BY {TABLES[table].key[0]}
                          ORDER BY delivery DESC NULLS LAST, {filled} DESC, source DESC, "row_number" DESC)"""


def count_copies(con: duckdb.DuckDBPyConnection, relation: str, columns: list[str]) -> None:
    """Create ``counted_rows``: how often each identical row stands in its file, and in how many files.

    Keeping the rows with ``copy = 1`` keeps, of each identical row, the highest number that one file holds.

    Parameters
    ----------
    con : duckdb.DuckDBPyConnection
        Connection.
    relation : str
        SQL relation with `columns`, source, delivery and row_number. A file is a delivery.
    columns : list of str
        Rows that agree in all of them are identical.

    Notes
    -----
    New columns: nth (1 for the first of its kind in the file, 2 for the second …), copy (1 for the nth in the first
    file that has it, 2 in the next file …), kept_source and kept_row (where copy 1 stands). Only rows whose hash occurs
    twice are compared, which keeps a million lines within seconds.
    """
    same = ", ".join(columns)
    run_sql(con, f"CREATE OR REPLACE TEMP TABLE hashed_rows AS SELECT *, hash({same}) AS row_hash FROM {relation}")
    run_sql(
        con,
        """CREATE OR REPLACE TEMP TABLE repeated_hashes AS
                   SELECT row_hash FROM hashed_rows GROUP BY row_hash HAVING count(*) > 1""",
    )
    run_sql(
        con,
        f"""
        CREATE OR REPLACE TEMP TABLE counted_rows AS
        SELECT * EXCLUDE (row_hash), 1 AS nth, 1 AS copy, NULL::VARCHAR AS kept_source, NULL::BIGINT AS kept_row
        FROM hashed_rows ANTI JOIN repeated_hashes USING (row_hash)
        UNION ALL BY NAME
        SELECT *, row_number() OVER files AS copy, first_value(source) OVER files AS kept_source,
               first_value("row_number") OVER files AS kept_row
        FROM (SELECT * EXCLUDE (row_hash),
                     row_number() OVER (PARTITION BY source, {same} ORDER BY "row_number") AS nth
              FROM hashed_rows SEMI JOIN repeated_hashes USING (row_hash))
        WINDOW files AS (PARTITION BY {same}, nth ORDER BY delivery, source)""",
    )
    run_sql(con, "DROP TABLE hashed_rows; DROP TABLE repeated_hashes")
