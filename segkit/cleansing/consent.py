"""Whom nobody may contact."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import duckdb


def flag_contactable(con: duckdb.DuckDBPyConnection) -> None:
    """Fill ``is_contactable`` of the tables ``accounts`` and ``contacts``."""
