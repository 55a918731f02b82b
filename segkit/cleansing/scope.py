"""Whom the segmentation leaves out: collective accounts, own companies, staff."""

from __future__ import annotations

from typing import TYPE_CHECKING

from segkit.cleansing.rows import has_table, run_sql
from segkit.settings.cleansing import Scope

if TYPE_CHECKING:
    import duckdb

MERGED = """SELECT account_id, source_id, NULL FROM account_links
            WHERE how IN ('match', 'decision') AND source_id NOT IN (SELECT account_id FROM account_links)"""
"""Accounts by the number that they had before they were merged: a setting that names it means the account."""


def find_excluded(con: duckdb.DuckDBPyConnection, scope: Scope) -> list[str]:
    """Create ``excluded_accounts`` (account_id, reason) and return the patterns and groups that fit no account.

    Parameters
    ----------
    con : duckdb.DuckDBPyConnection
        Holds ``raw_invoices`` (account_id) and perhaps ``raw_accounts`` (account_id, name, account_group) and
        ``account_links``.
    scope : Scope
        Patterns of ids or names, where ``*`` stands for any letters, then groups of accounts; the first that fits gives
        the reason.
    """
    patterns = [(entry.account, _like(entry.account), None, entry.reason) for entry in scope.excluded_accounts]
    groups = [(group, None, group.strip(), reason) for group, reason in scope.account_groups.items()]
    columns = "place INT, named VARCHAR, pattern VARCHAR, account_group VARCHAR, reason VARCHAR"
    run_sql(con, f"CREATE OR REPLACE TEMP TABLE scope_rules ({columns})")
    rules = [(place, *rule) for place, rule in enumerate([*patterns, *groups])]
    if rules:
        con.executemany("INSERT INTO scope_rules VALUES (?, ?, ?, ?, ?)", rules)
    known = has_table(con, "raw_accounts")
    kept = "UNION SELECT account_id, name, trim(account_group) FROM raw_accounts" if known else ""
    if has_table(con, "account_links"):
        kept += f" UNION {MERGED}"
    run_sql(
        con,
        f"""
        CREATE OR REPLACE TEMP TABLE scope_hits AS
        SELECT a.account_id, r.place, r.reason
        FROM (SELECT DISTINCT account_id, NULL::VARCHAR AS name, NULL::VARCHAR AS account_group FROM raw_invoices
              {kept}) a
        JOIN scope_rules r
          ON a.account_id ILIKE r.pattern ESCAPE '\\' OR a.name ILIKE r.pattern ESCAPE '\\'
             OR lower(a.account_group) = lower(r.account_group)
        WHERE a.account_id IS NOT NULL""",
    )
    run_sql(
        con,
        """CREATE OR REPLACE TEMP TABLE excluded_accounts AS
                   SELECT account_id, arg_min(reason, place) AS reason FROM scope_hits GROUP BY account_id""",
    )
    unused = run_sql(
        con, "SELECT named FROM scope_rules WHERE place NOT IN (SELECT place FROM scope_hits) ORDER BY place"
    )
    return [row[0] for row in unused]


def _like(pattern: str) -> str:
    """Turn a pattern with ``*`` into one of SQL's LIKE."""
    for sign in ("\\", "%", "_"):
        pattern = pattern.replace(sign, f"\\{sign}")
    return pattern.strip().replace("*", "%")
