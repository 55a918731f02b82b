"""One row of accounts for each account: the leading record's values, completed from the records linked to it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from segkit.cleansing.known_keys import Links
from segkit.cleansing.rows import columns_of, run_sql

if TYPE_CHECKING:
    import duckdb

GROUPS = {
    **dict.fromkeys(
        ("street", "postal_code", "city", "region", "country"), ("street", "postal_code", "city", "country")
    ),
    **dict.fromkeys(("employees", "employees_date"), ("employees",)),
    **dict.fromkeys(("industry_code", "industry"), ("industry_code", "industry")),
}
"""Column → columns that must not contradict each other before it is completed: half an address of one record and half
of another would be an address that nobody has."""
NEVER = {"account_id", "is_inactive"}
"""A record that is blocked in one system says nothing about the account in the leading one."""


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
    _fill(con)
    run_sql(con, "UPDATE rows_accounts SET parent_id = NULL WHERE parent_id = account_id AND source_id <> account_id")


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


def _fill(con: duckdb.DuckDBPyConnection) -> None:
    """Fill the leading row's empty columns, one linked record after the other, and count what was filled."""
    columns = [c for c in columns_of("accounts") if c not in NEVER]
    run_sql(
        con,
        """
        CREATE OR REPLACE TEMP TABLE fillers AS
        SELECT *, row_number() OVER (PARTITION BY account_id ORDER BY place, source, "row_number") AS turn
        FROM rows_accounts WHERE step = 'excluded_linked'""",
    )
    n_turns = run_sql(con, "SELECT coalesce(max(turn), 0) FROM fillers")[0][0]
    for turn in range(1, n_turns + 1):
        pair = f"filler.turn = {turn} AND filler.account_id = main.account_id AND main.step IS NULL"
        counts = ", ".join(f"count(*) FILTER ({_is_filled(c)}) AS {c}" for c in columns)
        run_sql(
            con,
            f"""
            INSERT INTO link_log
            SELECT source, NULL, "column", NULL, NULL, 'filled_from_link', n_rows
            FROM (UNPIVOT (SELECT filler.source AS source, {counts} FROM rows_accounts main JOIN fillers filler
                           ON {pair} GROUP BY filler.source)
                  ON {", ".join(columns)} INTO NAME "column" VALUE n_rows)
            WHERE n_rows > 0 ORDER BY ALL""",
        )
        values = ", ".join(f"{c} = CASE WHEN {_is_filled(c)} THEN filler.{c} ELSE main.{c} END" for c in columns)
        run_sql(con, f"UPDATE rows_accounts main SET {values} FROM fillers filler WHERE {pair}")
    run_sql(con, "DROP TABLE fillers")


def _is_filled(column: str) -> str:
    """SQL: the leading row lacks the value, the other has it, and what belongs to it does not contradict."""
    agree = [
        f"(main.{c} IS NULL OR filler.{c} IS NULL OR lower(main.{c}::VARCHAR) = lower(filler.{c}::VARCHAR))"
        for c in GROUPS.get(column, ())
        if c != column
    ]
    return " AND ".join([f"main.{column} IS NULL", f"filler.{column} IS NOT NULL", *agree])
