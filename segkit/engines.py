"""The engine that aggregates invoice lines: an embedded DuckDB, or Apache Spark where somebody asks for it."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from segkit.errors import UserError

if TYPE_CHECKING:
    import duckdb

    from segkit.spark import SparkConnection

ENGINES = ("duckdb", "spark")
ENGINE = "SEGKIT_ENGINE"
"""Variable of the environment that overrides the project's setting: `segkit run --engine` sets it for all notebooks."""
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


def chosen_engine(setting: str) -> str:
    """Return the engine of a run: what the command line asks for, or else the project's setting.

    Raises
    ------
    UserError
        No such engine, or Spark is asked for and cannot run here.
    """
    engine = os.environ.get(ENGINE) or setting
    if engine not in ENGINES:
        raise UserError(f"There is no engine '{engine}'. Choose {' or '.join(ENGINES)}.")
    if engine == "spark":
        from segkit.spark import check_spark

        check_spark()
    return engine


def connect_tables(engine: str, tables: dict[str, Path]) -> duckdb.DuckDBPyConnection | SparkConnection:
    """Return a fresh connection in which each Parquet file is a view.

    Parameters
    ----------
    engine : str
        duckdb or spark.
    tables : dict
        Name of the view → Parquet file.
    """
    if engine == "spark":
        from segkit.spark import SparkConnection

        spark = SparkConnection()
        for name, path in tables.items():
            spark.view_parquet(name, path)
        return spark
    connection = connect()
    for name, path in tables.items():
        connection.read_parquet(str(path)).to_view(name)
    return connection
