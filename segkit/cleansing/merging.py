"""One row of accounts for each account that a known key links: which record leads, and which of its rows counts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from segkit.cleansing.golden import write_golden_records
from segkit.cleansing.known_keys import Links
from segkit.cleansing.rows import columns_of, run_sql

if TYPE_CHECKING:
    import duckdb

OWN_PARENT = "UPDATE rows_accounts SET parent_id = NULL WHERE parent_id = account_id AND source_id <> account_id"
"""A record whose parent is the record it is linked with has none."""


def merge_rows(con: duckdb.DuckDBPyConnection, links: Links) -> None:
    """Keep one row of each account in ``rows_accounts``; linked ones get the step excluded_linked.

    Parameters
    ----------
    con : duckdb.DuckDBPyConnection
        Holds ``rows_accounts`` (with account_id translated, source_id, system, place) and ``link_log``. Afterwards
        ``unfilled_accounts`` holds its rows as each system delivered them, for the corrections.
    links : Links
        Which records are linked.
    """
    run_sql(con, "DROP TABLE IF EXISTS unfilled_accounts")
    if not links.linked:
        return
    _decide(con, links)
    run_sql(con, "CREATE TEMP TABLE unfilled_accounts AS FROM rows_accounts")
    write_golden_records(con, "link_log", "filled_from_link")
    run_sql(con, OWN_PARENT)


def _decide(con: duckdb.DuckDBPyConnection, links: Links) -> None:
    """Steps anew: the fullest row of each record stays, and of each account the leading record's."""
    import pyarrow as pa

    keys = sorted(links.linked)
    con.register(
        "linked_now",
        pa.table(
            {
                "system": [system for system, _ in keys],
                "source_id": [source_id for _, source_id in keys],
                "is_leading": [key in links.roots for key in keys],
            }
        ),
    )
    filled = " + ".join(f"({c} IS NOT NULL)::INT" for c in columns_of("accounts"))
    run_sql(
        con,
        f"""
        CREATE OR REPLACE TEMP TABLE rows_accounts AS
        WITH open AS (SELECT * EXCLUDE (kept_source, kept_row) FROM rows_accounts
                      WHERE step IS NULL OR step = 'excluded_duplicate'),
        records AS (
            SELECT *, row_number() OVER newest AS nth, first_value(source) OVER newest AS newest_source,
                   first_value("row_number") OVER newest AS newest_row
            FROM open
            WINDOW newest AS (PARTITION BY system, source_id
                              ORDER BY delivery DESC NULLS LAST, {filled} DESC, source DESC, "row_number" DESC)),
        ranked AS (
            SELECT records.*, linked.system IS NOT NULL AS is_linked,
                   row_number() OVER account AS turn, first_value(source) OVER account AS leading_source,
                   first_value("row_number") OVER account AS leading_row
            FROM records LEFT JOIN linked_now linked USING (system, source_id)
            WINDOW account AS (PARTITION BY account_id
                               ORDER BY nth > 1, coalesce(is_leading, false) DESC, linked.system IS NULL, place,
                                        source, "row_number"))
        SELECT * EXCLUDE (step, nth, newest_source, newest_row, is_linked, turn, leading_source, leading_row),
               CASE WHEN nth > 1 THEN newest_source WHEN turn > 1 THEN leading_source END AS kept_source,
               CASE WHEN nth > 1 THEN newest_row WHEN turn > 1 THEN leading_row END AS kept_row,
               CASE WHEN nth > 1 OR (turn > 1 AND NOT is_linked) THEN 'excluded_duplicate'
                    WHEN turn > 1 THEN 'excluded_linked' END AS step
        FROM ranked
        UNION ALL BY NAME
        SELECT * FROM rows_accounts WHERE NOT (step IS NULL OR step = 'excluded_duplicate')""",
    )
    con.unregister("linked_now")
