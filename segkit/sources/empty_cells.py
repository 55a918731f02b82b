"""Cells of accounts and contacts that say why they are empty: the reason survives though the value is read as none."""

from __future__ import annotations

from typing import TYPE_CHECKING

from segkit.sources.placeholders import name_sql
from segkit.sources.queries import run_sql

if TYPE_CHECKING:
    import duckdb

    from segkit.sources.opening import Opened

WITH_REASONS = ("accounts", "contacts")
"""Tables of which the cells are kept; those of events would be many, and nobody fills them in."""


def make_empty_cells(con: duckdb.DuckDBPyConnection) -> None:
    """Create ``empty_cells`` (table, column, source, row_number, reason, written) without rows."""
    run_sql(
        con,
        """CREATE OR REPLACE TABLE empty_cells ("table" VARCHAR, "column" VARCHAR, source VARCHAR,
                                                "row_number" BIGINT, reason VARCHAR, written VARCHAR)""",
    )


def keep_empty_cells(con: duckdb.DuckDBPyConnection, entry: Opened) -> None:
    """Add to ``empty_cells`` the placeholders of a typed entry and the texts that could not be read.

    Parameters
    ----------
    con : DuckDBPyConnection
        Holds ``empty_cells`` and ``<entry>_rows``.
    entry : Opened
        Files of a joined entry that do not name its rows have no row of their own, and are left out.

    Notes
    -----
    reason is placeholder (written: what stood there, as most files write it) or unreadable.
    """
    table = entry.plan.table.name
    if table not in WITH_REASONS:
        return
    for file_no, view in enumerate(entry.views[entry.base]):
        source = view.grid.name
        for column in entry.plan.columns:
            if len(column.references) == 1:
                for cells in view.empty.get(next(iter(column.references.values())), ()):
                    con.register("cells_now", cells)
                    run_sql(
                        con,
                        """INSERT INTO empty_cells
                           SELECT $table, $column, $source, "row_number", 'placeholder', written FROM cells_now""",
                        {"table": table, "column": column.name, "source": source},
                    )
                    con.unregister("cells_now")
            bad = name_sql(f"bad_{column.name}")
            run_sql(
                con,
                f"""INSERT INTO empty_cells
                    SELECT $table, $column, $source, "row_number", 'unreadable', {bad} FROM {entry.name}_rows
                    WHERE file_no = $file_no AND reason IS NULL AND {bad} IS NOT NULL""",
                {"table": table, "column": column.name, "source": source, "file_no": file_no},
            )
        view.empty.clear()
