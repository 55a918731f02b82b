"""Queries fetched to their end: an unfinished one would lock the connection."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import duckdb
    import pyarrow as pa


def run_sql(con: duckdb.DuckDBPyConnection, sql: str, parameters: Any = None) -> list[tuple]:
    """Run a statement to its end and return its rows."""
    return con.execute(sql, parameters).fetchall()


def first_row(con: duckdb.DuckDBPyConnection, sql: str, parameters: Any = None) -> tuple:
    """Return the first row of a query that has one, such as an aggregate."""
    return run_sql(con, sql, parameters)[0]


def run_arrow(con: duckdb.DuckDBPyConnection, sql: str) -> pa.Table:
    """Return the result of a query as an Arrow table."""
    return con.sql(sql).to_arrow_table()
