"""Quotes as sales opportunities, where no system of opportunities was delivered."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from segkit.cleansing.rows import has_table, run_sql
from segkit.tables import TABLES

if TYPE_CHECKING:
    import duckdb

    from segkit.quarters import Quarter

QUOTE = ("quote", "quotation", "offer", "angebot", "b", "qt", "ag")
NO_ORDER = (*QUOTE, "inquiry", "anfrage", "return", "retoure", "credit_request", "debit_request")
"""Kinds of documents, as presets name them or as they stand in SAP; what is no order wins no quote."""
REJECTION_DAYS = 92
"""A rejection has no date of its own: what is delivered more than a quarter later may have been rejected later."""

QUOTES = """SELECT source, NULL, 'order_type', 'quote', 'opportunity', 'quote_as_opportunity', count(*)
            FROM quote_opportunities GROUP BY source"""
UNUSED_QUOTES = f"""SELECT source, NULL, 'order_type', 'quote', NULL, 'quote_not_used', count(DISTINCT order_id)
                    FROM rows_orders WHERE step = 'used' AND lower(trim(order_type)) IN {QUOTE} GROUP BY source"""
"""Entries of the cleaning log: quotes that became opportunities, or that opportunities of another source replace."""


def quotes_as_opportunities(con: duckdb.DuckDBPyConnection, quarter: Quarter) -> bool:
    """Create ``raw_opportunities`` from the quotes among the orders, and say whether there are any.

    A quote is won on the day of the first order that refers to it, lost when all its lines are rejected, else open. Its
    amount is the sum of its lines that are not rejected (of all, when lost). Where opportunities were delivered, they
    count and nothing is made.

    Parameters
    ----------
    con : duckdb.DuckDBPyConnection
        Holds perhaps ``rows_orders`` (order_id, order_type, order_date, account_id, product_id, revenue, quote_id,
        is_rejected, step; each line once).
    quarter : Quarter
        Rejections count where the orders do not go on for more than `REJECTION_DAYS` after its end; what was won later
        is open again by as-of.
    """
    if not has_table(con, "rows_orders") or has_table(con, "raw_opportunities"):
        return False
    run_sql(
        con,
        f"""
        CREATE OR REPLACE TEMP TABLE quote_opportunities AS
        WITH lines AS (
            SELECT *, lower(trim(order_type)) AS kind, coalesce(is_rejected, false) AS is_out
            FROM rows_orders WHERE step IS NULL),
        won AS (
            SELECT quote_id, min(order_date) AS won_date FROM lines
            WHERE quote_id IS NOT NULL AND NOT is_out AND coalesce(kind NOT IN {NO_ORDER}, true) GROUP BY quote_id),
        quotes AS (
            SELECT order_id, arg_min(account_id, "row_number") AS account_id, min(order_date) AS created_date,
                   arg_max(product_id, revenue) AS product_id, any_value(currency) AS currency,
                   coalesce(sum(revenue) FILTER (NOT is_out), sum(revenue)) AS amount,
                   bool_and(is_out) AND (SELECT max(order_date) FROM lines) <= $known AS is_lost,
                   arg_min(source, (source, "row_number")) AS source, max(delivery) AS delivery,
                   min("row_number") AS "row_number"
            FROM lines WHERE kind IN {QUOTE} GROUP BY order_id)
        SELECT order_id AS opportunity_id, account_id, product_id, amount, currency, created_date,
               CASE WHEN won_date IS NOT NULL THEN 'won' WHEN is_lost THEN 'lost' ELSE 'open' END AS stage,
               won_date AS close_date, stage <> 'open' AS is_closed, stage = 'won' AS is_won,
               source, delivery, "row_number"
        FROM quotes LEFT JOIN won ON won.quote_id = quotes.order_id""",
        {"known": quarter.end + dt.timedelta(days=REJECTION_DAYS)},
    )
    if not run_sql(con, "SELECT count(*) FROM quote_opportunities")[0][0]:
        return False
    made = {row[0] for row in run_sql(con, "SELECT column_name FROM (DESCRIBE quote_opportunities)")}
    columns = [
        f"{c.name}::{c.sql_type} AS {c.name}" if c.name in made else f"NULL::{c.sql_type} AS {c.name}"
        for c in TABLES["opportunities"].columns.values()
    ]
    run_sql(
        con,
        f"""CREATE OR REPLACE TEMP TABLE raw_opportunities AS
            SELECT {", ".join(columns)}, source, delivery, "row_number" FROM quote_opportunities""",
    )
    return True
