"""Which partner of an invoice is the customer: who ordered, who pays, or who gets the goods."""

from __future__ import annotations

from typing import TYPE_CHECKING

from segkit.cleansing.rows import has_table, run_sql, with_skip

if TYPE_CHECKING:
    import duckdb

CENTRAL_BUYERS = 10
"""Customers behind one payer from which on it is a central payer."""
COLUMN_OF = {"payer": "payer_id", "ship_to": "ship_to_id"}

ROLES = """SELECT source, NULL, 'account_id', 'sold_to', role, 'customer_role', n_rows FROM changed_roles"""
"""Entries of the cleaning log: lines whose account is another partner than who ordered."""

CENTRAL_PAYER = """
    SELECT 'payer_id', 'central_payer', (SELECT count(*) FROM payers),
           (SELECT count(*) FROM payers WHERE is_central), sum(line.revenue)
    FROM rows_invoices line
    LEFT JOIN single_partners p ON p.account_id = line.account_id AND p.role = 'payer'
    JOIN payers ON payers.payer_id = coalesce(line.payer_id, p.partner_id) AND is_central
    WHERE line.step = 'used'"""
"""Check of data_quality: payers, how many of them pay for `CENTRAL_BUYERS` customers or more, and for how much."""


def choose_customer(con: duckdb.DuckDBPyConnection, role: str) -> None:
    """Give every line of ``raw_invoices`` the account that ``cleansing.customer_role`` asks for.

    Parameters
    ----------
    con : duckdb.DuckDBPyConnection
        Holds ``raw_invoices`` (account_id, payer_id, ship_to_id) and perhaps ``raw_partners`` (account_id, role,
        partner_id).
    role : str
        sold_to changes nothing. payer and ship_to take the id that the line holds; else the partner of who ordered,
        where the partners name exactly one for the role; else who ordered.

    Notes
    -----
    Creates ``single_partners`` (account_id, role, partner_id), ``payers`` (payer_id, n_buyers, is_central), counted by
    who ordered whatever the setting says, and ``changed_roles`` (source, role, n_rows).
    """
    if not has_table(con, "raw_invoices"):
        return
    _find_single_partners(con)
    run_sql(
        con,
        f"""
        CREATE OR REPLACE TEMP TABLE payers AS
        SELECT coalesce(i.payer_id, p.partner_id) AS payer_id, count(DISTINCT i.account_id) AS n_buyers,
               n_buyers >= {CENTRAL_BUYERS} AS is_central
        FROM (SELECT DISTINCT account_id, payer_id FROM {with_skip(con, "invoices")}
              WHERE skip IS NULL AND account_id IS NOT NULL) i
        LEFT JOIN single_partners p ON p.account_id = i.account_id AND p.role = 'payer'
        WHERE coalesce(i.payer_id, p.partner_id) IS NOT NULL GROUP BY 1""",
    )
    run_sql(con, "CREATE OR REPLACE TEMP TABLE changed_roles (source VARCHAR, role VARCHAR, n_rows BIGINT)")
    if role != "sold_to":
        _replace_accounts(con, role)


def _find_single_partners(con: duckdb.DuckDBPyConnection) -> None:
    """Create ``single_partners``: the partner of an account in a role, where there is only one."""
    known = "SELECT NULL::VARCHAR AS account_id, NULL::VARCHAR AS role, NULL::VARCHAR AS partner_id WHERE false"
    if has_table(con, "raw_partners"):
        known = f"SELECT account_id, role, partner_id FROM {with_skip(con, 'partners')} WHERE skip IS NULL"
    run_sql(
        con,
        f"""
        CREATE OR REPLACE TEMP TABLE single_partners AS
        SELECT account_id, role, min(partner_id) AS partner_id FROM ({known})
        WHERE account_id IS NOT NULL AND partner_id IS NOT NULL
        GROUP BY account_id, role HAVING count(DISTINCT partner_id) = 1""",
    )


def _replace_accounts(con: duckdb.DuckDBPyConnection, role: str) -> None:
    """Replace the account in ``raw_invoices``, and note in how many lines it became another."""
    column = COLUMN_OF[role]
    run_sql(
        con,
        f"""UPDATE raw_invoices SET {column} = p.partner_id FROM single_partners p
            WHERE p.account_id = raw_invoices.account_id AND p.role = '{role}' AND {column} IS NULL""",
    )
    other = f"{column} IS NOT NULL AND account_id IS DISTINCT FROM {column}"
    counted = f"SELECT source, '{role}', count(*) FROM raw_invoices WHERE {other} GROUP BY source"
    run_sql(con, f"INSERT INTO changed_roles {counted}")
    run_sql(con, f"UPDATE raw_invoices SET account_id = {column} WHERE {other}")
