"""Whom nobody may contact: what one record forbids holds for the person or company that it stands for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from segkit.cleansing.rows import has_column, has_table, run_sql

if TYPE_CHECKING:
    import duckdb

FORBIDS = "coalesce(do_not_contact, false) OR NOT coalesce(consent, true)"
"""A block, or a refusal of advertising. Nobody having said anything forbids nothing, and is no consent either."""
COUNTS = "step IS NULL OR (step NOT LIKE 'quarantined_%' AND step NOT IN ('later', 'excluded_duplicate'))"
"""A newer delivery of the same record takes back what an older one said; another record never does."""
REPEATED = "(step = 'excluded_duplicate' AND source = kept_source)"
"""The same record a second time in one file: neither row is newer than the other."""


def flag_contactable(con: duckdb.DuckDBPyConnection) -> None:
    """Fill ``is_contactable`` of the tables ``accounts`` and ``contacts``; it is never empty.

    A contact may be contacted unless it has ``do_not_contact`` or ``consent = false``, or another record of the same
    e-mail address has, or its account may not be contacted. An account may be contacted unless one of its records
    forbids it, or all its contacts do; without contacts its own flags decide.

    Parameters
    ----------
    con : duckdb.DuckDBPyConnection
        Holds ``accounts`` and perhaps ``contacts`` (do_not_contact, consent, account_id, contact_id, email), and
        ``rows_accounts`` and ``rows_contacts``: rows that were merged into others forbid as well.
    """
    _find_blocked(con, "accounts", "account_id")
    has_contacts = has_table(con, "contacts")
    if has_contacts:
        _find_blocked(con, "contacts", "contact_id")
        _spread_by_email(con)
        run_sql(
            con,
            """INSERT INTO blocked_accounts
               SELECT account_id FROM contacts LEFT JOIN blocked_contacts blocked USING (contact_id)
               WHERE account_id IS NOT NULL
               GROUP BY account_id HAVING bool_and(blocked.contact_id IS NOT NULL)""",
        )
    run_sql(
        con,
        "UPDATE accounts SET is_contactable = account_id NOT IN (SELECT account_id FROM blocked_accounts)",
    )
    if has_contacts:
        run_sql(
            con,
            """UPDATE contacts SET is_contactable = contact_id NOT IN (SELECT contact_id FROM blocked_contacts)
                   AND (account_id IS NULL OR account_id NOT IN (SELECT account_id FROM blocked_accounts))""",
        )


def _find_blocked(con: duckdb.DuckDBPyConnection, table: str, key: str) -> None:
    """Create ``blocked_T`` (key): those that one of their own records forbids to contact."""
    relation = f"rows_{table}"
    found = f"SELECT {key} FROM {table} WHERE {FORBIDS}"
    if has_table(con, relation):
        repeated = f" OR {REPEATED}" if has_column(con, relation, "kept_source") else ""
        found += f" UNION SELECT {key} FROM {relation} WHERE ({FORBIDS}) AND ({COUNTS}{repeated})"
    run_sql(
        con,
        f"CREATE OR REPLACE TEMP TABLE blocked_{table} AS SELECT DISTINCT {key} FROM ({found}) WHERE {key} IS NOT NULL",
    )


def _spread_by_email(con: duckdb.DuckDBPyConnection) -> None:
    """Add to ``blocked_contacts`` the contacts whose e-mail address another system's record forbids to write to."""
    run_sql(
        con,
        """
        INSERT INTO blocked_contacts
        WITH addresses AS (SELECT contact_id, lower(trim(email)) AS address FROM contacts WHERE trim(email) <> '')
        SELECT DISTINCT contact_id FROM addresses
        WHERE address IN (SELECT address FROM addresses SEMI JOIN blocked_contacts USING (contact_id))
          AND contact_id NOT IN (SELECT contact_id FROM blocked_contacts)""",
    )
