"""Records that may be one customer: what is known of each account after known keys have linked it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from segkit.cleansing.people import DOMAIN, FREE_MAIL
from segkit.cleansing.rows import has_table, run_sql, with_skip

if TYPE_CHECKING:
    import datetime as dt

    import duckdb
    import pandas as pd

COMPARED = (
    *("name", "legal_form", "street", "postal_code", "city", "country", "phone", "website"),
    *("vat_id", "register_id", "lei"),
)


def write_account_records(con: duckdb.DuckDBPyConnection, until: dt.date) -> None:
    """Create ``account_records``: one row for each account, with what tells it from others and what it is worth.

    Columns: record_id (account_id before anything was merged), system, source, row_number, `COMPARED`, email_domain
    (of most of its contacts), money, created_date. Money is what the lines up to a day say, in the currency in which
    they are written: it only decides which of several records leads.

    Parameters
    ----------
    con : duckdb.DuckDBPyConnection
        Holds ``rows_accounts`` with known keys applied, perhaps ``rows_contacts`` and ``raw_invoices`` or
        ``rows_opportunities``.
    until : datetime.date
        Last day whose money counts.
    """
    run_sql(
        con,
        f"""
        CREATE OR REPLACE TEMP TABLE account_records AS
        SELECT account_id AS record_id, system, source, "row_number", {", ".join(COMPARED)}, mail.email_domain,
               coalesce(money.money, 0)::DECIMAL(38,4) AS money, created_date
        FROM rows_accounts
        LEFT JOIN ({_mail_domains(con)}) mail USING (account_id)
        LEFT JOIN ({_money(con, until)}) money USING (account_id)
        WHERE step IS NULL ORDER BY record_id""",
    )


def read_account_records(con: duckdb.DuckDBPyConnection) -> pd.DataFrame:
    """Return the columns of ``account_records`` that are compared: record_id, system, `COMPARED`, email_domain."""
    columns = ", ".join(("record_id", "system", *COMPARED, "email_domain"))
    frame = con.execute(f"SELECT {columns} FROM account_records ORDER BY record_id").df()
    return frame.astype("str")  # a column that nobody filled comes as numbers


def find_relatives(con: duckdb.DuckDBPyConnection) -> set[tuple[str, str]]:
    """Return pairs of accounts of which one is the other's parent company: related, and therefore two companies."""
    parents = "SELECT account_id, parent_id FROM rows_accounts WHERE step IS NULL"
    if has_table(con, "rows_hierarchy"):
        parents += " UNION SELECT account_id, parent_id FROM rows_hierarchy WHERE step IS NULL"
    found = run_sql(
        con,
        f"""SELECT DISTINCT least(account_id, parent_id), greatest(account_id, parent_id) FROM ({parents})
            WHERE parent_id <> account_id AND account_id IN (SELECT record_id FROM account_records)
              AND parent_id IN (SELECT record_id FROM account_records)""",
    )
    return set(found)


def _mail_domains(con: duckdb.DuckDBPyConnection) -> str:
    if not has_table(con, "rows_contacts"):
        return "SELECT NULL::VARCHAR AS account_id, NULL::VARCHAR AS email_domain WHERE false"
    free = ", ".join(f"'{domain}'" for domain in FREE_MAIL)
    return f"""
        SELECT account_id, arg_max(domain, (n, domain)) AS email_domain
        FROM (SELECT account_id, {DOMAIN} AS domain, count(*) AS n FROM rows_contacts
              WHERE step IS NULL AND account_id IS NOT NULL AND email IS NOT NULL GROUP BY ALL)
        WHERE domain <> '' AND domain NOT IN ({free}) GROUP BY account_id"""


def _money(con: duckdb.DuckDBPyConnection, until: dt.date) -> str:
    if has_table(con, "raw_invoices"):
        return f"""SELECT account_id, sum(revenue) AS money FROM {with_skip(con, "invoices")}
                   WHERE skip IS NULL AND invoice_date <= DATE '{until}' GROUP BY account_id"""
    if has_table(con, "rows_opportunities"):
        return f"""SELECT account_id, sum(amount) AS money FROM rows_opportunities
                   WHERE step IS NULL AND is_won AND close_date <= DATE '{until}' GROUP BY account_id"""
    return "SELECT NULL::VARCHAR AS account_id, 0 AS money WHERE false"
