"""What could not be read: values that became empty, and rows in quarantine, as errors to mend at their source."""

from __future__ import annotations

from typing import TYPE_CHECKING

from segkit.cleansing.errors_in_rows import checked
from segkit.cleansing.rows import has_table, run_sql

if TYPE_CHECKING:
    import duckdb

UNREADABLE = ("bad_date", "bad_number", "bad_flag", "id_damaged")
LONGEST = 200  # characters of an unreadable row that the list shows


def find_in_files(con: duckdb.DuckDBPyConnection) -> None:
    """Add to ``found_errors`` the values and rows that reading could not understand.

    Parameters
    ----------
    con : duckdb.DuckDBPyConnection
        Holds ``found_errors``, ``checked_T``, ``unreadable_T``, ``cleaning_log`` and perhaps ``headers``, which says
        to which table the column of a file belongs.
    """
    for table in checked(con):
        if has_table(con, f"unreadable_{table}"):
            _add_rows(con, table)
        if has_table(con, "cleaning_log"):
            _add_values(con, table)


def _add_rows(con: duckdb.DuckDBPyConnection, table: str) -> None:
    run_sql(
        con,
        f"""
        INSERT INTO found_errors BY NAME
        SELECT '{table}' AS "table", source, "row_number", left(raw, {LONGEST}) AS old_value,
               'unreadable_' || reason AS rule, revenue AS revenue_12m, 'row' AS scope, 1 AS n_rows
        FROM unreadable_{table}""",
    )


def _add_values(con: duckdb.DuckDBPyConnection, table: str) -> None:
    """Values of optional columns, with their record where the log names the row, else as one number for each file."""
    rules = ", ".join(f"'{rule}'" for rule in UNREADABLE)
    mine = f"""(SELECT DISTINCT source, unnest(string_split("column", ', ')) AS "column"
                FROM headers WHERE "table" = '{table}')"""
    if not (has_table(con, "headers") and run_sql(con, "SELECT count(*) FROM headers")[0][0]):
        mine = f"""(SELECT DISTINCT log.source, log."column" FROM cleaning_log log
                    WHERE rule IN ({rules}) AND log.source IN (SELECT source FROM checked_{table}))"""
    run_sql(
        con,
        f"""
        INSERT INTO found_errors BY NAME
        SELECT '{table}' AS "table", log.source, log."row_number", record_id, log."column", log.old_value, rule,
               account_id, 'record' AS scope, 1 AS n_rows
        FROM cleaning_log log SEMI JOIN {mine} mine USING (source, "column")
        JOIN checked_{table} checked ON checked.source = log.source AND checked."row_number" = log."row_number"
        WHERE rule IN ({rules}) AND step <> 'later'
        UNION ALL BY NAME
        SELECT '{table}' AS "table", source, "column", old_value, rule, 'file' AS scope, n_rows
        FROM cleaning_log log SEMI JOIN {mine} mine USING (source, "column")
        WHERE rule IN ({rules}) AND "row_number" IS NULL""",
    )
