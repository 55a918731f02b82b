"""Doubtful values of accounts as proposals, and what people decided about them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from segkit.cleansing.repair_decisions import PLAIN_NUMBER
from segkit.cleansing.rows import has_table, run_sql

if TYPE_CHECKING:
    import duckdb
    import pandas as pd

COLUMNS = ("employees", "account_revenue", "industry_code", "legal_form", "vat_id", "register_id", "lei")
"""Columns of accounts that these rules may change."""


def note_decisions(con: duckdb.DuckDBPyConnection, decisions: pd.DataFrame | None) -> None:
    """Create ``account_decisions`` (account_id, column, choice, value): decisions on values of accounts.

    Parameters
    ----------
    con : duckdb.DuckDBPyConnection
        Any.
    decisions : DataFrame or None
        Columns of ``decisions/repairs.csv``; choice accept or refuse.
    """
    run_sql(
        con,
        """CREATE OR REPLACE TEMP TABLE account_decisions (account_id VARCHAR, "column" VARCHAR, choice VARCHAR,
                                                            value VARCHAR)""",
    )
    if decisions is None or decisions.empty:
        return
    con.register("decisions_now", decisions[["table", "record_id", "column", "choice", "value"]].astype("str"))
    run_sql(
        con,
        """INSERT INTO account_decisions
           SELECT record_id, "column", lower(trim(choice)), nullif(trim(value), '') FROM decisions_now
           WHERE "table" = 'accounts' ORDER BY ALL""",
    )
    con.unregister("decisions_now")


def propose(con: duckdb.DuckDBPyConnection, column: str, rule: str, doubts: str, n_rows: int, is_on: bool) -> None:
    """Add proposals for a column of ``accounts``, apply the accepted ones, and count the rule.

    Parameters
    ----------
    con : duckdb.DuckDBPyConnection
        Holds ``accounts``, ``account_decisions``, ``account_origins``, ``account_money``, ``proposals``,
        ``cleaning_rules``, ``refresh_log``.
    column : str
        One of `COLUMNS`.
    rule : str
        Name of the rule.
    doubts : str
        SQL with account_id and proposed (text; NULL proposes to set the value empty). An account whose column another
        rule doubts already is left alone.
    n_rows : int
        Accounts looked at.
    is_on : bool
        Whether the rule is applied; one that is switched off is counted only.

    Notes
    -----
    A decision's own value takes the place of the proposed one; where a column of numbers cannot hold it, nothing is
    decided. An accepted proposal is logged with the row of the file that the account comes from.
    """
    run_sql(con, f"CREATE OR REPLACE TEMP TABLE doubts_now AS {doubts}")
    n_changed, n_open = _put_forward(con, column, rule) if is_on else (0, 0)
    run_sql(
        con,
        "INSERT INTO cleaning_rules VALUES ('accounts', ?, ?, 'doubtful', ?, ?, ?)",
        [column, rule, n_rows, n_changed, n_open],
    )


def _put_forward(con: duckdb.DuckDBPyConnection, column: str, rule: str) -> tuple[int, int]:
    """Turn ``doubts_now`` into proposals, apply the accepted ones, and return how many were and were not applied."""
    is_number = _type(con, column) != "VARCHAR"
    fits = f"regexp_matches(value, '{PLAIN_NUMBER}')" if is_number else "true"
    run_sql(
        con,
        f"""
        CREATE OR REPLACE TEMP TABLE proposed_now AS
        SELECT d.account_id, a.{column}::VARCHAR AS old_value,
               coalesce(decided.value, d.proposed) AS proposed_value,
               CASE WHEN starts_with(decided.choice, 'accept') THEN 'accepted'
                    WHEN starts_with(decided.choice, 'refuse') THEN 'refused' ELSE 'open' END AS status,
               origin.source, origin."row_number", money.revenue
        FROM doubts_now d JOIN accounts a USING (account_id)
        LEFT JOIN account_origins origin USING (account_id)
        LEFT JOIN account_money money USING (account_id)
        LEFT JOIN (FROM account_decisions WHERE value IS NULL OR {fits}) decided
          ON decided.account_id = d.account_id AND decided."column" = '{column}'
        WHERE NOT EXISTS (FROM proposals p WHERE p."table" = 'accounts' AND p.record_id = d.account_id
                            AND p."column" = '{column}');
        INSERT INTO proposals
        SELECT 'accounts', coalesce(source, '-'), "row_number", account_id, '{column}', old_value, proposed_value,
               '{rule}', 'cleansing.rule_{rule}', status, revenue
        FROM proposed_now ORDER BY account_id;
        INSERT INTO refresh_log
        SELECT coalesce(source, '-'), "row_number", '{column}', old_value, proposed_value, '{rule}', 1
        FROM proposed_now WHERE status = 'accepted' ORDER BY account_id;
        UPDATE accounts SET {column} = TRY_CAST(p.proposed_value AS {_type(con, column)})
        FROM proposed_now p WHERE p.account_id = accounts.account_id AND p.status = 'accepted'""",
    )
    counts = "count(*) FILTER (status = 'accepted'), count(*) FILTER (status <> 'accepted')"
    n_changed, n_open = run_sql(con, f"SELECT {counts} FROM proposed_now")[0]
    return n_changed, n_open


def _type(con: duckdb.DuckDBPyConnection, column: str) -> str:
    sql = "SELECT data_type FROM duckdb_columns() WHERE table_name = 'accounts' AND column_name = ?"
    return str(run_sql(con, sql, [column])[0][0])


def note_origins_and_money(con: duckdb.DuckDBPyConnection, as_of: object) -> None:
    """Create ``account_origins`` and ``account_money``.

    The first has account_id, source, row_number, delivery of the row that the account comes from; the second
    account_id, revenue of the twelve months up to as-of, highest (the highest revenue of a calendar year).

    Parameters
    ----------
    con : duckdb.DuckDBPyConnection
        Holds ``invoices`` (account_id, invoice_date, revenue) and perhaps ``rows_accounts``.
    as_of : datetime.date
        Day up to which things are known.
    """
    rows = "rows_accounts WHERE step = 'used'" if has_table(con, "rows_accounts") else "(SELECT NULL AS account_id)"
    values = 'source, "row_number", delivery' if has_table(con, "rows_accounts") else "NULL, NULL, NULL"
    run_sql(
        con,
        f"""
        CREATE OR REPLACE TEMP TABLE account_origins AS
        SELECT account_id, * EXCLUDE (account_id) FROM (SELECT account_id, {values} FROM {rows})
            AS origin(account_id, source, "row_number", delivery)
        WHERE account_id IS NOT NULL""",
    )
    run_sql(
        con,
        """
        CREATE OR REPLACE TEMP TABLE account_money AS
        SELECT account_id, sum(last_12) AS revenue, max(in_year) AS highest
        FROM (SELECT account_id, sum(revenue) AS in_year,
                     sum(revenue) FILTER (invoice_date > $as_of::DATE - INTERVAL 12 MONTH) AS last_12
              FROM invoices WHERE invoice_date <= $as_of GROUP BY account_id, year(invoice_date))
        GROUP BY account_id""",
        {"as_of": as_of},
    )
