"""Persons known only by their e-mail address: whose contact they are, and at which account."""

from __future__ import annotations

from typing import TYPE_CHECKING

from segkit.cleansing.forms.web import FREE_MAIL
from segkit.cleansing.rows import has_table, run_sql

if TYPE_CHECKING:
    import duckdb

DOMAIN = "regexp_extract(lower(trim(email)), '@([^@>\\s]+)', 1)"
WEBSITE = "regexp_replace(lower(trim(website)), '^([a-z]+://)?(www\\d?\\.)?([^/:?#\\s]+).*$', '\\3')"


def find_people(con: duckdb.DuckDBPyConnection) -> None:
    """Fill account and contact of ``rows_contacts`` and ``rows_engagements`` from their e-mail addresses.

    An address that exactly one contact has gives contact and account; else the domain gives the account, where
    exactly one has this website and the domain is none of `FREE_MAIL`. What stands there already is never changed.

    Parameters
    ----------
    con : duckdb.DuckDBPyConnection
        Holds ``rows_T`` and ``link_log``.

    Notes
    -----
    Counts what was found in ``link_log`` (rules found_by_email, found_by_domain) and what stays unknown in
    ``people_checks`` (columns of data_quality, check unknown_person).
    """
    run_sql(con, "CREATE OR REPLACE TEMP TABLE people_checks AS FROM link_checks LIMIT 0")
    _write_domains(con)
    if has_table(con, "rows_contacts"):
        _fill(con, "contacts", "account_id", "domains", DOMAIN, "found_by_domain")
        _check(con, "contacts")
    if not has_table(con, "rows_engagements"):
        return
    if has_table(con, "rows_contacts"):
        _write_addresses(con)
        _fill(con, "engagements", "contact_id", "addresses", "lower(trim(email))", "found_by_email")
        _write_contacts(con)
        _fill(con, "engagements", "account_id", "contact_accounts", "contact_id", "found_by_email", "email IS NOT NULL")
    _fill(con, "engagements", "account_id", "domains", DOMAIN, "found_by_domain")
    _check(con, "engagements")


def _write_domains(con: duckdb.DuckDBPyConnection) -> None:
    """Create ``domains``: key and account_id, where one account has the website."""
    relation = (
        "rows_accounts"
        if has_table(con, "rows_accounts")
        else "(SELECT NULL AS website, NULL AS account_id, '' AS step)"
    )
    free = ", ".join(f"'{domain}'" for domain in FREE_MAIL)
    run_sql(
        con,
        f"""
        CREATE OR REPLACE TEMP TABLE domains AS
        SELECT {WEBSITE} AS key, min(account_id) AS found FROM {relation}
        WHERE website IS NOT NULL AND (step IS NULL OR step = 'excluded_linked')
        GROUP BY key HAVING count(DISTINCT account_id) = 1 AND contains(key, '.') AND key NOT IN ({free})""",
    )


def _write_addresses(con: duckdb.DuckDBPyConnection) -> None:
    run_sql(
        con,
        """
        CREATE OR REPLACE TEMP TABLE addresses AS
        SELECT lower(trim(email)) AS key, min(contact_id) AS found FROM rows_contacts
        WHERE email IS NOT NULL AND step IS NULL GROUP BY key HAVING count(DISTINCT contact_id) = 1""",
    )


def _write_contacts(con: duckdb.DuckDBPyConnection) -> None:
    run_sql(
        con,
        """
        CREATE OR REPLACE TEMP TABLE contact_accounts AS
        SELECT contact_id AS key, account_id AS found FROM rows_contacts
        WHERE account_id IS NOT NULL AND step IS NULL""",
    )


def _fill(
    con: duckdb.DuckDBPyConnection, table: str, column: str, keys: str, key: str, rule: str, where: str = "true"
) -> None:
    """Fill a column of ``rows_T`` where it is empty and a key is found, and log one count for each file."""
    run_sql(
        con,
        f"""
        INSERT INTO link_log
        SELECT source, NULL, '{column}', NULL, NULL, '{rule}', count(*) FROM rows_{table} JOIN {keys} ON {key} = key
        WHERE rows_{table}.{column} IS NULL AND step IS NULL AND {where} GROUP BY source ORDER BY source""",
    )
    run_sql(
        con,
        f"UPDATE rows_{table} SET {column} = found FROM {keys} WHERE {key} = key AND rows_{table}.{column} IS NULL "
        f"AND step IS NULL AND {where}",
    )


def _check(con: duckdb.DuckDBPyConnection, table: str) -> None:
    run_sql(
        con,
        f"""
        INSERT INTO people_checks
        SELECT '{table}', 'email', 'unknown_person', count(*), count(*) FILTER (account_id IS NULL), NULL
        FROM rows_{table} WHERE step IS NULL AND email IS NOT NULL HAVING count(*) > 0""",
    )
