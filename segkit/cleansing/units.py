"""The unit of analysis: whatever counts as one customer."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from segkit.cleansing.rows import make_empty

if TYPE_CHECKING:
    import duckdb

    from segkit.settings.cleansing import Unit


def choose_unit(con: duckdb.DuckDBPyConnection, unit: Unit, as_of: dt.date, tables: list[str]) -> None:
    """Create ``unit_members`` and put the unit in the place of account_id in every cleansed table."""
    make_empty(con, "unit_members")
