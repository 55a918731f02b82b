"""Whom the segmentation leaves out: collective accounts, own companies, staff."""

from __future__ import annotations

from typing import TYPE_CHECKING

from segkit.cleansing.rows import has_table, run_sql
from segkit.settings.cleansing import Scope

if TYPE_CHECKING:
    import duckdb


def find_excluded(con: duckdb.DuckDBPyConnection, scope: Scope) -> list[str]:
    """Create ``excluded_accounts`` (account_id, reason) and return the patterns that fit no account.

    Parameters
    ----------
    con : duckdb.DuckDBPyConnection
        Holds ``raw_invoices`` (account_id) and perhaps ``raw_accounts`` (account_id, name).
    scope : Scope
        Patterns of ids or names; the first that fits gives the reason. ``*`` stands for any letters.
    """
    patterns = [
        (i, entry.account, _like(entry.account), entry.reason) for i, entry in enumerate(scope.excluded_accounts)
    ]
    columns = "place INT, account VARCHAR, pattern VARCHAR, reason VARCHAR"
    run_sql(con, f"CREATE OR REPLACE TEMP TABLE scope_patterns ({columns})")
    if patterns:
        con.executemany("INSERT INTO scope_patterns VALUES (?, ?, ?, ?)", patterns)
    named = "UNION SELECT account_id, name FROM raw_accounts" if has_table(con, "raw_accounts") else ""
    run_sql(
        con,
        f"""
        CREATE OR REPLACE TEMP TABLE scope_hits AS
        SELECT a.account_id, p.place, p.reason
        FROM (SELECT DISTINCT account_id, NULL AS name FROM raw_invoices {named}) a
        JOIN scope_patterns p
          ON a.account_id ILIKE p.pattern ESCAPE '\\' OR a.name ILIKE p.pattern ESCAPE '\\'
        WHERE a.account_id IS NOT NULL""",
    )
    run_sql(
        con,
        """CREATE OR REPLACE TEMP TABLE excluded_accounts AS
                   SELECT account_id, arg_min(reason, place) AS reason FROM scope_hits GROUP BY account_id""",
    )
    unused = run_sql(
        con, "SELECT account FROM scope_patterns WHERE place NOT IN (SELECT place FROM scope_hits) ORDER BY place"
    )
    return [row[0] for row in unused]


def _like(pattern: str) -> str:
    """Turn a pattern with ``*`` into one of SQL's LIKE."""
    for sign in ("\\", "%", "_"):
        pattern = pattern.replace(sign, f"\\{sign}")
    return pattern.strip().replace("*", "%")
