"""What became of the corrections of the previous quarter: still open, mended, or no longer delivered."""

from __future__ import annotations

from typing import TYPE_CHECKING

from segkit.cleansing.errors_in_accounts import RULE as DUPLICATE
from segkit.cleansing.errors_in_rows import checked
from segkit.cleansing.rows import run_sql

if TYPE_CHECKING:
    import duckdb
    import pandas as pd

DAY = "'[0-9]{4}-[0-9]{2}-[0-9]{2}', '*', 'g'"
"""A snapshot's file is the same list in the folder of another day."""


def date_corrections(con: duckdb.DuckDBPyConnection, previous: pd.DataFrame | None) -> None:
    """Give ``corrections`` their first quarter, and add what was open before and is no longer found.

    Mended is only what could be looked at again: its record (of a value, one of the example records; of a row or file,
    the file) was delivered, and its field still holds values. Else it is gone. An error that is counted for its file
    now, because it became so frequent, is neither. A duplicate is mended where its record is no longer delivered; one
    that is still there, and was decided to be another customer, was none.

    Parameters
    ----------
    con : duckdb.DuckDBPyConnection
        Holds ``corrections``, ``checked_T``, ``origins``.
    previous : DataFrame or None
        The previous run's table; only its open rows matter.
    """
    if previous is None or previous.empty or "scope" not in previous:
        return
    con.register("previous_frame", previous[previous["status"] == "open"])
    run_sql(con, "CREATE OR REPLACE TEMP TABLE earlier AS FROM previous_frame")
    con.unregister("previous_frame")
    run_sql(
        con,
        """UPDATE corrections SET first_quarter = earlier.first_quarter FROM earlier
           WHERE earlier.correction_id = corrections.correction_id""",
    )
    run_sql(
        con,
        """
        CREATE OR REPLACE TEMP TABLE missing AS
        SELECT * FROM earlier ANTI JOIN corrections USING (correction_id)
        WHERE NOT EXISTS (FROM corrections now
                          WHERE now.system = earlier.system AND now."table" = earlier."table"
                            AND now."column" IS NOT DISTINCT FROM earlier."column" AND now.rule = earlier.rule
                            AND now.scope <> earlier.scope AND 'file' IN (now.scope, earlier.scope))""",
    )
    run_sql(con, "CREATE OR REPLACE TEMP TABLE seen_again (correction_id VARCHAR, current_value VARCHAR)")
    for table, column in run_sql(con, 'SELECT DISTINCT "table", "column" FROM missing ORDER BY ALL'):
        if table in checked(con):
            _look_again(con, table, column)
    run_sql(
        con,
        """
        INSERT INTO corrections BY NAME
        SELECT missing.* EXCLUDE (status, current_value),
               CASE WHEN (seen.correction_id IS NULL) = (rule = $twice) THEN 'mended' ELSE 'gone' END AS status,
               seen.current_value
        FROM missing LEFT JOIN seen_again seen USING (correction_id)
        WHERE rule <> $twice OR seen.correction_id IS NULL ORDER BY correction_id""",
        {"twice": DUPLICATE},
    )


def _look_again(con: duckdb.DuckDBPyConnection, table: str, column: str | None) -> None:
    """Note the missing corrections of one field whose record or file was delivered again, with what stands there."""
    value = f"checked.{column}::VARCHAR" if column else "NULL"
    if column and not _has_values(con, table, column):
        return
    field = f"= '{column}'" if column else "IS NULL"
    of = f"""missing."table" = '{table}' AND missing."column" {field}"""
    named = "CASE scope WHEN 'record' THEN [record_id] ELSE string_split(examples, '; ') END"
    run_sql(
        con,
        f"""
        INSERT INTO seen_again
        SELECT correction_id, min({value})
        FROM (SELECT correction_id, system, unnest({named}) AS record_id FROM missing
              WHERE {of} AND scope IN ('record', 'value')) missing
        JOIN checked_{table} checked USING (system, record_id) GROUP BY correction_id
        UNION ALL
        SELECT correction_id, NULL FROM missing
        WHERE {of} AND scope IN ('row', 'file')
          AND regexp_replace(source, {DAY}) IN (SELECT regexp_replace(source, {DAY}) FROM origins)""",
    )


def _has_values(con: duckdb.DuckDBPyConnection, table: str, column: str) -> bool:
    """Say whether the field is still delivered: where nobody maps it any more, nothing can be found in it."""
    return bool(run_sql(con, f"SELECT count({column}) FROM (SELECT {column} FROM checked_{table} LIMIT 100000)")[0][0])
