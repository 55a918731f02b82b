"""The engine that aggregates invoice lines: an embedded DuckDB."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import duckdb

MEMORY = "800MB"
"""What the engine keeps in memory; what is more goes to a temporary folder, so that no export is too long."""


def connect(threads: int | None = None) -> duckdb.DuckDBPyConnection:
    """Return a fresh in-memory connection; what does not fit goes to a temporary folder.

    The connections of a user share the folder: the engine removes from it what a process that was killed has left.

    Parameters
    ----------
    threads : int, optional
        Threads of the engine; all cores by default. Results do not depend on it: money is DECIMAL.
    """
    import duckdb

    connection = duckdb.connect(":memory:")
    connection.execute("SET TimeZone = 'UTC'")
    connection.execute("SET enable_progress_bar = false")
    connection.execute(f"SET memory_limit = '{MEMORY}'")
    connection.execute(
        "SET temp_directory = ?", [str(Path(tempfile.gettempdir()) / f"segkit_{getattr(os, 'getuid', int)()}")]
    )
    connection.execute("SET autoinstall_known_extensions = false")
    if threads is not None:
        connection.execute(f"SET threads = {int(threads)}")
    return connection
