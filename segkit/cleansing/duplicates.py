"""Records that are one customer without a key that says so."""

from __future__ import annotations

from typing import TYPE_CHECKING

from segkit.cleansing.rows import make_empty

if TYPE_CHECKING:
    import duckdb
    import pandas as pd

    from segkit.settings.cleansing import Duplicates


def merge_duplicates(
    con: duckdb.DuckDBPyConnection,
    settings: Duplicates,
    decisions: pd.DataFrame | None,
    previous_links: pd.DataFrame | None,
    seed: int,
) -> None:
    """Create ``duplicates``, ``match_model`` and ``account_lineage``."""
    for table in ("duplicates", "match_model", "account_lineage"):
        make_empty(con, table)
