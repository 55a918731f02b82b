"""Rows as they were read, each with the step that decides about it: used, excluded, quarantined or later than as-of.

For every table T the connection holds ``rows_T``: the columns of ``raw_T`` and ``step``, which is empty for rows that
nothing speaks against so far.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from segkit.tables import INPUTS, NOT_FILLED, TABLES

if TYPE_CHECKING:
    import duckdb

ORIGIN = ("source", "row_number")
NO_SKIP = "NULL::VARCHAR AS skip"
MONEY = {"invoices": ("revenue", "margin"), "orders": ("revenue",), "opportunities": ("amount",)}
"""Table → its amounts that may be written in another currency than the project's."""
STEP = """CASE WHEN skip IS NOT NULL THEN 'excluded_' || skip
               WHEN is_repeat THEN 'excluded_duplicate'
               WHEN last_skip IS NOT NULL THEN 'excluded_' || last_skip END"""
"""A row that its own source takes back (cancelled, deleted) is out; so is an older copy of it in another delivery."""


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


def has_column(con: duckdb.DuckDBPyConnection, table: str, column: str) -> bool:
    """Say whether a table or view of the connection has this column."""
    sql = "SELECT count(*) FROM duckdb_columns() WHERE table_name = ? AND column_name = ?"
    return bool(run_sql(con, sql, [table, column])[0][0])


def with_skip(con: duckdb.DuckDBPyConnection, table: str) -> str:
    """SQL relation of ``raw_T`` with the column skip: why the source's own marks leave a row out, or NULL."""
    return f"raw_{table}" if has_column(con, f"raw_{table}", "skip") else f"(SELECT *, {NO_SKIP} FROM raw_{table})"


def columns_of(table: str) -> list[str]:
    """Return the columns of an input table that a source can fill."""
    return [column for column in TABLES[table].columns if column not in NOT_FILLED]


def make_empty(con: duckdb.DuckDBPyConnection, name: str) -> None:
    """Create a result table without rows."""
    columns = ", ".join(f'"{c.name}" {c.sql_type}' for c in TABLES[name].columns.values())
    run_sql(con, f"CREATE OR REPLACE TABLE {name} ({columns})")


def make_unread(con: duckdb.DuckDBPyConnection, table: str) -> None:
    """Create ``raw_T`` without rows, for a table that nobody delivered."""
    columns = [f"{name} {TABLES[table].columns[name].sql_type}" for name in columns_of(table)]
    columns += ["source VARCHAR", "delivery DATE", '"row_number" BIGINT', "skip VARCHAR"]
    run_sql(con, f"CREATE OR REPLACE TEMP TABLE raw_{table} ({', '.join(columns)})")


def mark_rows(con: duckdb.DuckDBPyConnection, table: str) -> None:
    """Create ``rows_T`` of a table other than invoices: rows without key, skipped and repeated rows get their step.

    Where one column identifies a row, the newest delivery's fullest row stays. Elsewhere a row counts as often as it
    stands in the delivery that has it most often. What the source marks as no longer valid is ``excluded_<skip>``.

    Parameters
    ----------
    con : duckdb.DuckDBPyConnection
        Holds ``raw_T``: the table's columns, source, delivery, row_number, and perhaps skip.
    table : str
        Name of an input table.
    """
    missing, source = _missing_value(table), with_skip(con, table)
    run_sql(con, f"CREATE OR REPLACE TEMP TABLE keyed_rows AS SELECT *, {missing} AS missing FROM {source}")
    if len(TABLES[table].key) == 1:
        repeated = _repeated_ids(table)
    else:
        count_copies(con, "(FROM keyed_rows WHERE missing IS NULL)", columns_of(table))
        repeated = "SELECT * EXCLUDE (nth, copy), copy > 1 AS is_repeat FROM counted_rows"
    run_sql(
        con,
        f"""
        CREATE OR REPLACE TEMP TABLE rows_{table} AS
        SELECT * EXCLUDE (missing, is_repeat, last_skip), {STEP} AS step
        FROM ({repeated})
        UNION ALL BY NAME
        SELECT * EXCLUDE (missing), NULL AS kept_source, NULL AS kept_row,
               coalesce('excluded_' || skip, 'quarantined_' || missing) AS step
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
        SELECT *, row_number() OVER newest > 1 AS is_repeat, skip AS last_skip,
               first_value(source) OVER newest AS kept_source, first_value("row_number") OVER newest AS kept_row
        FROM keyed_rows WHERE missing IS NULL
        WINDOW newest AS (PARTITION BY {TABLES[table].key[0]}
                          ORDER BY delivery DESC NULLS LAST, skip IS NOT NULL, {filled} DESC, source DESC,
                                   "row_number" DESC)"""


def count_copies(con: duckdb.DuckDBPyConnection, relation: str, columns: list[str]) -> None:
    """Create ``counted_rows``: how often each identical row stands in its file, and in how many files.

    Keeping the rows with ``copy = 1`` keeps, of each identical row, the highest number that one file holds.

    Parameters
    ----------
    con : duckdb.DuckDBPyConnection
        Connection.
    relation : str
        SQL relation with `columns`, source, delivery, row_number and skip. A file is a delivery.
    columns : list of str
        Rows that agree in all of them are identical.

    Notes
    -----
    New columns: nth (1 for the first of its kind in the file, 2 for the second …), copy (1 for the nth in the first
    file that has it, 2 in the next file …), kept_source and kept_row (where copy 1 stands), last_skip (skip of the
    copy in the last file: an invoice that a later delivery calls cancelled is cancelled). Only rows whose hash occurs
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
        SELECT * EXCLUDE (row_hash), 1 AS nth, 1 AS copy, NULL::VARCHAR AS kept_source, NULL::BIGINT AS kept_row,
               skip AS last_skip
        FROM hashed_rows ANTI JOIN repeated_hashes USING (row_hash)
        UNION ALL BY NAME
        SELECT *, row_number() OVER files AS copy, first_value(source) OVER files AS kept_source,
               first_value("row_number") OVER files AS kept_row,
               last_value(skip) OVER (files ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING) AS last_skip
        FROM (SELECT * EXCLUDE (row_hash),
                     row_number() OVER (PARTITION BY source, {same} ORDER BY skip IS NOT NULL, "row_number") AS nth
              FROM hashed_rows SEMI JOIN repeated_hashes USING (row_hash))
        WINDOW files AS (PARTITION BY {same}, nth ORDER BY delivery, source)""",
    )
    run_sql(con, "DROP TABLE hashed_rows; DROP TABLE repeated_hashes")
