"""The engine that aggregates invoice lines: an embedded DuckDB."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import duckdb


def connect(threads: int | None = None) -> duckdb.DuckDBPyConnection:
    """Return a fresh in-memory connection.

    Parameters
    ----------
    threads : int, optional
        Threads of the engine; all cores by default. Results do not depend on it: money is DECIMAL.
    """
    import duckdb

    connection = duckdb.connect(":memory:")
    connection.execute("SET TimeZone = 'UTC'")
    connection.execute("SET enable_progress_bar = false")
    connection.execute("SET autoinstall_known_extensions = false")
    if threads is not None:
        connection.execute(f"SET threads = {int(threads)}")
    return connection
