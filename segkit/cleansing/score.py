"""One score of data quality, to compare with last quarter."""

from __future__ import annotations

from typing import TYPE_CHECKING

from segkit.cleansing.rows import make_empty

if TYPE_CHECKING:
    import duckdb
    import pandas as pd


def write_scores(con: duckdb.DuckDBPyConnection, previous: pd.DataFrame | None) -> None:
    """Create ``quality_scores``."""
    make_empty(con, "quality_scores")
