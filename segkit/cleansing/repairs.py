"""Rules that repair values: safe ones are applied and logged, doubtful ones proposed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from segkit.cleansing.rows import make_empty

if TYPE_CHECKING:
    import duckdb
    import pandas as pd


def repair_rows(con: duckdb.DuckDBPyConnection, decisions: pd.DataFrame | None, switched_off: list[str]) -> None:
    """Create ``cleaning_rules``, ``proposals`` and ``missing_values``."""
    for table in ("cleaning_rules", "proposals", "missing_values"):
        make_empty(con, table)
