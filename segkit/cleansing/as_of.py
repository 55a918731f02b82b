"""What was known at as-of: later events are cut, and what happened later to earlier ones is masked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from segkit.cleansing.rows import ORIGIN, columns_of, run_sql
from segkit.tables import NOT_FILLED, TABLES

if TYPE_CHECKING:
    import duckdb

OPEN = "open"

MASKS = {
    "opportunities": (
        "is_closed AND close_date > $as_of",
        {"stage": f"'{OPEN}'", "is_closed": "false", "is_won": "false", "close_date": "NULL"},
    ),
    "leads": (
        "converted_date > $as_of",
        {"status": f"'{OPEN}'", "converted_date": "NULL", "opportunity_id": "NULL"},
    ),
    "tickets": ("closed_date > $as_of", {"closed_date": "NULL"}),
}
"""Table → when its row ended after as-of, and what its columns held before that."""


def cut_rows(con: duckdb.DuckDBPyConnection, table: str, as_of: object) -> None:
    """Complete the steps of ``rows_T``: later than as-of, of an excluded account, or used.

    Parameters
    ----------
    con : duckdb.DuckDBPyConnection
        Holds ``rows_T`` (step) and ``excluded_accounts`` (account_id, reason).
    table : str
        Name of an input table; events without a date stay, snapshots are never later.
    as_of : datetime.date
        Day up to which things are known.
    """
    day = TABLES[table].event_date
    later = f"r.{day} > $as_of" if day else "$as_of IS NULL"
    account = "r.account_id" if "account_id" in columns_of(table) else "NULL"
    run_sql(
        con,
        f"""
        CREATE OR REPLACE TEMP TABLE rows_{table} AS
        SELECT r.* REPLACE (CASE WHEN r.step IS NOT NULL THEN r.step
                                    WHEN {later} THEN 'later'
                                    WHEN excluded.reason IS NOT NULL THEN 'excluded_scope_' || excluded.reason
                                    ELSE 'used' END AS step)
        FROM rows_{table} r LEFT JOIN excluded_accounts excluded ON excluded.account_id = {account}""",
        {"as_of": as_of},
    )


def write_known(con: duckdb.DuckDBPyConnection, table: str, as_of: object) -> None:
    """Create the table T from the used rows of ``rows_T``, as they were known at as-of.

    An opportunity closed later is open again and has no closing date. Its amount stays as what was expected, unless
    this source knows amounts only by closing (no open opportunity has one): then it is empty.
    """
    condition, values = MASKS.get(table, ("false", {}))
    masked = dict(values)
    if table == "opportunities" and _amount_is_known_by_closing(con):
        masked["amount"] = "NULL"
    columns = ", ".join(
        f"CASE WHEN {condition} THEN {masked[c]} ELSE {c} END AS {c}" if c in masked else c for c in columns_of(table)
    )
    made = [c for c in TABLES[table].columns.values() if c.name in NOT_FILLED and c.name not in ORIGIN]
    columns += "".join(f", NULL::{c.sql_type} AS {c.name}" for c in made)
    parameters = {"as_of": as_of} if "$as_of" in columns else {}
    known = f"SELECT {columns} FROM rows_{table} WHERE step = 'used'"
    run_sql(con, f"CREATE OR REPLACE TABLE {table} AS {known}", parameters)
    if table == "opportunities":
        run_sql(con, "UPDATE opportunities SET close_date = NULL WHERE NOT is_closed")


def _amount_is_known_by_closing(con: duckdb.DuckDBPyConnection) -> bool:
    """Say whether amounts appear with the closing: no row that is still open today has one."""
    row = run_sql(
        con,
        "SELECT count(*) FILTER (NOT is_closed) > 0 AND "
        "count(*) FILTER (NOT is_closed AND amount <> 0) = 0 FROM rows_opportunities",
    )[0]
    return bool(row[0])
