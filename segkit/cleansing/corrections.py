"""Back to the source: the errors of this run as a list to mend, for each system and data owner."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from segkit.cleansing.correction_history import DAY, date_corrections
from segkit.cleansing.errors_in_accounts import find_in_accounts
from segkit.cleansing.errors_in_files import find_in_files
from segkit.cleansing.errors_in_rows import FOUND, examples_of, find_in_rows, name_rows
from segkit.cleansing.errors_in_values import find_in_values
from segkit.cleansing.origins import ensure_origins
from segkit.cleansing.rows import has_table, make_empty, run_sql

if TYPE_CHECKING:
    from collections.abc import Mapping

    import duckdb
    import pandas as pd

    from segkit.quarters import Quarter

MOST_RECORDS = 200  # of one file, field and rule that are listed one by one; more become one row with their number


def write_corrections(
    con: duckdb.DuckDBPyConnection,
    quarter: Quarter | str,
    data_owners: Mapping[str, str] | None = None,
    previous: pd.DataFrame | None = None,
    today: dt.date | None = None,
) -> None:
    """Create the table ``corrections``: what is to be mended in the source systems, and what was mended since.

    Parameters
    ----------
    con : duckdb.DuckDBPyConnection
        As `segkit.cleansing.clean_tables` leaves it, perhaps with ``origins`` and ``headers``.
    quarter : Quarter or str
        This run's quarter: the first_quarter of what no earlier run listed.
    data_owners : mapping, optional
        System or table → who looks after its data, for what belongs to no account with an owner of its own.
    previous : DataFrame, optional
        The table of the previous run. What was open in it and is no longer found stands once more, with the status
        mended; or gone, where its record was not delivered any more.
    today : datetime.date, optional
        For tests.

    Notes
    -----
    ``scope`` says what a row stands for: one ``record``, one wrong ``value`` in n_rows records, one ``row`` that could
    not be read, or what is wrong in n_rows rows of a ``file``. More than `MOST_RECORDS` records of one file with the
    same error are one row.
    """
    ensure_origins(con)
    name_rows(con)
    columns = ", ".join(f'"{name}" {kind}' for name, kind in FOUND.items())
    run_sql(con, f"CREATE OR REPLACE TEMP TABLE found_errors ({columns})")
    _write_money(con)
    find_in_files(con)
    find_in_rows(con, today or dt.date.today())
    find_in_values(con)
    find_in_accounts(con)
    _gather(con)
    _describe(con, data_owners or {}, str(quarter))
    date_corrections(con, previous)


def _write_money(con: duckdb.DuckDBPyConnection) -> None:
    """Create ``year_of_money`` (starts) and the money of accounts and products in it.

    Accounts are those of the source systems, whatever the unit of analysis.
    """
    run_sql(
        con,
        """CREATE OR REPLACE TEMP TABLE year_of_money AS
           SELECT as_of - INTERVAL 12 MONTH AS starts FROM run_period""",
    )
    run_sql(
        con,
        """
        CREATE OR REPLACE TEMP TABLE account_money AS
        SELECT account_id, sum(revenue) AS revenue_12m FROM rows_invoices
        WHERE step = 'used' AND invoice_date > (SELECT starts FROM year_of_money) GROUP BY account_id;
        CREATE OR REPLACE TEMP TABLE product_money AS
        SELECT product_id, sum(revenue) AS revenue_12m FROM invoices
        WHERE invoice_date > (SELECT starts FROM year_of_money) AND product_id IS NOT NULL GROUP BY product_id""",
    )


def _gather(con: duckdb.DuckDBPyConnection) -> None:
    """Make one row of the many records of one file with the same error, and of an error that was found twice."""
    run_sql(
        con,
        f"""
        CREATE OR REPLACE TEMP TABLE gathered_errors AS
        WITH counted AS (
            SELECT found.*, count(*) OVER (PARTITION BY "table", source, "column", rule, scope) AS n_alike,
                   CASE WHEN row_number() OVER (PARTITION BY "table", source, "column", rule, account_id
                                                ORDER BY "row_number") = 1 THEN money.revenue_12m END AS of_account
            FROM (SELECT DISTINCT * FROM found_errors) found LEFT JOIN account_money money USING (account_id)),
        few AS (SELECT * FROM counted WHERE n_alike <= {MOST_RECORDS} OR scope IN ('value', 'file'))
        SELECT "table", source, min("row_number") AS "row_number", record_id, "column",
               min(old_value) AS old_value, min(proposed_value) AS proposed_value, rule,
               min(account_id) AS account_id, sum(revenue_12m) AS revenue_12m, scope, sum(n_rows) AS n_rows,
               coalesce(min(examples), {examples_of('"row_number"')}) AS examples
        FROM few GROUP BY "table", source, record_id, "column", rule, scope,
                          CASE WHEN scope IN ('value', 'row') THEN old_value END
        UNION ALL BY NAME
        SELECT "table", source, min("row_number") AS "row_number", "column", rule,
               sum(coalesce(revenue_12m, of_account)) AS revenue_12m, 'file' AS scope, sum(n_rows) AS n_rows,
               coalesce({examples_of("record_id")}, {examples_of('"row_number"')}) AS examples
        FROM counted WHERE n_alike > {MOST_RECORDS} AND scope NOT IN ('value', 'file')
        GROUP BY "table", source, "column", rule""",
    )


def _describe(con: duckdb.DuckDBPyConnection, data_owners: Mapping[str, str], quarter: str) -> None:
    """Create ``corrections`` with system, header, owner, money and the id that stays from quarter to quarter."""
    make_empty(con, "corrections")
    run_sql(con, "CREATE OR REPLACE TEMP TABLE data_owners (part VARCHAR, owner_id VARCHAR)")
    if data_owners:
        con.executemany("INSERT INTO data_owners VALUES (?, ?)", [[k.lower(), v] for k, v in data_owners.items()])
    headers = '(SELECT NULL AS "table", NULL AS source, NULL AS "column", NULL AS header WHERE false)'
    run_sql(
        con,
        f"""
        INSERT INTO corrections BY NAME
        WITH named AS (
            SELECT "table", source, part AS "column", string_agg(DISTINCT header, ', ' ORDER BY header) AS header
            FROM (SELECT "table", source, header, unnest(string_split("column", ', ')) AS part
                  FROM {"headers" if has_table(con, "headers") else headers}) GROUP BY ALL),
        parts AS (
            SELECT found.*, origins.system, named.header,
                   coalesce(nullif(accounts.owner_id, ''), by_table.owner_id, by_system.owner_id) AS owner_id,
                   coalesce(found.revenue_12m, account_money.revenue_12m, product_money.revenue_12m) AS money,
                   CASE scope WHEN 'record' THEN coalesce(record_id, '')
                              WHEN 'file' THEN regexp_replace(found.source, {DAY})
                              ELSE scope || ':' || coalesce(old_value, '') END AS place
            FROM gathered_errors found JOIN origins USING (source)
            LEFT JOIN named USING ("table", source, "column")
            LEFT JOIN {"companies" if has_table(con, "companies") else "accounts"} accounts
              ON accounts.account_id = found.account_id
            LEFT JOIN account_money ON account_money.account_id = found.account_id
            LEFT JOIN product_money ON product_money.product_id = record_id AND "table" = 'products'
            LEFT JOIN data_owners by_table ON by_table.part = found."table"
            LEFT JOIN data_owners by_system ON by_system.part = lower(origins.system))
        SELECT left(md5(concat_ws('|', system, "table", place, "column", rule)), 12) AS correction_id,
               arg_min(system, source) AS system, min(source) AS source, arg_min("row_number", source) AS "row_number",
               "table", min(record_id) AS record_id, "column", min(header) AS header, min(old_value) AS old_value,
               min(proposed_value) AS proposed_value, rule, 'corrections.why_' || rule AS reason,
               CASE WHEN count(DISTINCT account_id) = 1 THEN min(account_id) END AS account_id,
               min(owner_id) AS owner_id, sum(money) AS revenue_12m, $quarter AS first_quarter, 'open' AS status,
               scope, sum(n_rows) AS n_rows, min(examples) AS examples
        FROM parts GROUP BY correction_id, "table", "column", rule, scope ORDER BY correction_id""",
        {"quarter": quarter},
    )
