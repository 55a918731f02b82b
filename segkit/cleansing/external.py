"""Firmographics of an external file, linked to accounts."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import duckdb

    from segkit.settings.cleansing import Cleansing


def link_firmographics(con: duckdb.DuckDBPyConnection, cleansing: Cleansing, seed: int) -> None:
    """Link ``rows_firmographics`` to accounts."""
