"""Accounts that a system holds twice, or that two systems hold without knowing of each other: found_errors."""

from __future__ import annotations

from typing import TYPE_CHECKING

from segkit.cleansing.rows import has_table, run_sql

if TYPE_CHECKING:
    import duckdb

RULE = "duplicate_account"


def find_in_accounts(con: duckdb.DuckDBPyConnection) -> None:
    """Add to ``found_errors`` the records that were merged: within one system, and between two.

    Within a system the record is to be merged into the one that stays (rule duplicate_account, field account_id).
    Between two systems nobody has to delete anything: the record only lacks the other system's number (rule
    unlinked_account, field external_id), which links both by a known key from then on.

    Parameters
    ----------
    con : duckdb.DuckDBPyConnection
        Holds ``found_errors``, ``account_links`` and perhaps ``checked_accounts``.
    """
    if not has_table(con, "checked_accounts"):
        return
    run_sql(
        con,
        f"""
        INSERT INTO found_errors BY NAME
        WITH records AS (
            SELECT links.*, first_value(source_id) OVER own_system AS kept_id, row_number() OVER own_system AS turn,
                   first_value(source_id) OVER account AS leading_id, first_value(source) OVER account AS leading_system
            FROM account_links links WHERE how <> 'external'
            WINDOW own_system AS (PARTITION BY account_id, source
                                  ORDER BY source_id <> account_id, how NOT IN ('own', 'key'), source_id),
                   account AS (PARTITION BY account_id
                               ORDER BY source_id <> account_id, how NOT IN ('own', 'key'), source, source_id))
        SELECT 'accounts' AS "table", checked.source, "row_number", record_id,
               CASE WHEN turn > 1 THEN 'account_id' ELSE 'external_id' END AS "column",
               CASE WHEN turn > 1 THEN record_id ELSE external_id END AS old_value,
               CASE WHEN turn > 1 THEN kept_id ELSE leading_id END AS proposed_value,
               CASE WHEN turn > 1 THEN '{RULE}' ELSE 'unlinked_account' END AS rule,
               checked.account_id, 'record' AS scope, 1 AS n_rows
        FROM records JOIN checked_accounts checked ON checked.system = records.source AND record_id = source_id
        WHERE how IN ('match', 'decision') AND (turn > 1 OR leading_system <> checked.system)""",
    )
