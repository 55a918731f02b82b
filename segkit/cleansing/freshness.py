"""How old each firmographic is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from segkit.cleansing.rows import make_empty

if TYPE_CHECKING:
    import duckdb

    from segkit.cleansing.period import Period
    from segkit.settings.cleansing import Cleansing


def refresh_firmographics(con: duckdb.DuckDBPyConnection, period: Period, cleansing: Cleansing) -> None:
    """Create ``freshness``, after stale values of ``accounts`` were refreshed and its derived columns filled."""
    make_empty(con, "freshness")
