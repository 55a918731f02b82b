"""Accounts: those of the delivered file, and those that only the invoices know."""

from __future__ import annotations

from typing import TYPE_CHECKING

from segkit.cleansing.as_of import write_known
from segkit.cleansing.rows import has_table, make_empty, run_sql

if TYPE_CHECKING:
    import duckdb


def write_accounts(con: duckdb.DuckDBPyConnection, as_of: object) -> None:
    """Create the table ``accounts`` and ``added_accounts`` (account_id, source, row_number of the first line).

    Accounts that occur in ``invoices`` but in no delivered file are added; their name is their id. So are accounts that
    their source has deleted, as long as there are invoices; these keep their name.
    """
    if has_table(con, "rows_accounts"):
        write_known(con, "accounts", as_of)
    else:
        make_empty(con, "accounts")
    run_sql(
        con,
        """
        CREATE OR REPLACE TEMP TABLE added_accounts AS
        SELECT account_id, arg_min(source, (invoice_date, source, "row_number")) AS source,
               arg_min("row_number", (invoice_date, source, "row_number")) AS "row_number"
        FROM invoices ANTI JOIN accounts USING (account_id) GROUP BY account_id""",
    )
    deleted = (
        "rows_accounts WHERE step LIKE 'excluded_%'" if has_table(con, "rows_accounts") else "accounts WHERE false"
    )
    run_sql(
        con,
        f"""INSERT INTO accounts (account_id, name)
            SELECT account_id, coalesce(known.name, account_id)
            FROM added_accounts
            LEFT JOIN (SELECT account_id, max(name) AS name FROM {deleted} GROUP BY account_id) known USING (account_id)
            ORDER BY 1""",
    )
