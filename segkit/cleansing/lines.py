"""Invoice lines: what kind each is, which count, and which do not."""

from __future__ import annotations

from typing import TYPE_CHECKING

from segkit.cleansing.period import Period
from segkit.cleansing.rows import columns_of, count_copies, has_column, run_sql
from segkit.settings.cleansing import Cleansing

if TYPE_CHECKING:
    import duckdb

LINE_TYPE = """CASE
    WHEN product_id IN (FROM charge_codes) THEN 'charge'
    WHEN revenue < 0 AND (quantity < 0 OR quantity IS NULL OR is_cancelled) THEN 'return'
    WHEN revenue > 0 AND (quantity > 0 OR quantity IS NULL) THEN 'sale'
    WHEN revenue = 0 AND (quantity > 0 OR quantity IS NULL) THEN 'free'
    ELSE 'adjustment' END"""
"""Sale, return, free and adjustment by the signs of money and quantity; a cancellation's number only helps where the
quantity of a negative amount is positive."""

STEP = """CASE
    WHEN invoice_date > $as_of THEN 'later'
    WHEN skip IS NOT NULL THEN 'excluded_' || skip
    WHEN copy > 1 THEN 'excluded_duplicate'
    WHEN last_skip IS NOT NULL THEN 'excluded_' || last_skip
    WHEN invoice_date IS NULL THEN 'quarantined_no_date'
    WHEN no_rate IS NOT NULL THEN 'quarantined_' || no_rate
    WHEN revenue IS NULL THEN 'quarantined_no_revenue'
    WHEN account_id IS NULL THEN 'quarantined_no_account'
    WHEN excluded.reason IS NOT NULL THEN 'excluded_scope_' || excluded.reason
    WHEN line_type = 'charge' AND $without_charges THEN 'excluded_charge'
    ELSE 'used' END"""
"""The first that holds decides; what is later than as-of comes first, so that later deliveries change no earlier
quarter. What its own source takes back (cancelled) is out in every delivery."""

MONEY_ANYHOW = "^scope_|^no_customer$"
"""Reasons of skipping lines that are revenue all the same, only not of a customer that could be segmented."""

OPTIONAL = {"skip": "VARCHAR", "no_rate": "VARCHAR", "currency_rate": "DECIMAL(18,12)",
            "written_revenue": "DECIMAL(18,4)", "written_margin": "DECIMAL(18,4)"}  # fmt: skip
"""Columns that ``raw_invoices`` has only where a preset skips lines or a line is in another currency."""


def mark_lines(con: duckdb.DuckDBPyConnection, period: Period, cleansing: Cleansing) -> None:
    """Create ``rows_invoices``: every line that could be read, with line_type, is_repeated, is_no_revenue and step.

    Identical lines of several deliveries count as often as in the delivery that has them most often; identical lines
    inside one delivery stay, the second and further are marked is_repeated. A missing invoice number becomes
    account and day; a missing quantity becomes 1, -1 or 0 with the sign of the money (both are logged). is_no_revenue
    marks skipped lines that are no revenue at all (cancelled, pro forma), whoever the account is.

    Parameters
    ----------
    con : duckdb.DuckDBPyConnection
        Holds ``raw_invoices``, ``charge_codes`` (product_id) and ``excluded_accounts`` (account_id, reason).
    period : Period
        Lines after its as_of are later.
    cleansing : Cleansing
        Prefix of cancellations; whether charges belong to revenue.
    """
    optional = [c if has_column(con, "raw_invoices", c) else f"NULL::{kind} AS {c}" for c, kind in OPTIONAL.items()]
    read = ", ".join([*columns_of("invoices"), "source", "delivery", '"row_number"', *optional])
    run_sql(
        con,
        f"""
        CREATE OR REPLACE TEMP TABLE typed_lines AS
        SELECT {read}, {LINE_TYPE} AS line_type
        FROM (SELECT *, $prefix <> '' AND coalesce(starts_with(upper(invoice_id), upper($prefix)), false)
                        AS is_cancelled FROM raw_invoices)""",
        {"prefix": cleansing.cancellation_prefix},
    )
    known = f"(FROM typed_lines WHERE invoice_date <= DATE '{period.as_of}')"
    count_copies(con, known, [*columns_of("invoices"), "written_revenue"])
    run_sql(
        con,
        f"""
        CREATE OR REPLACE TEMP TABLE rows_invoices AS
        SELECT line.* EXCLUDE (nth, copy, skip, last_skip), nth > 1 AS is_repeated,
               NOT regexp_matches(coalesce(skip, last_skip, 'scope_'), '{MONEY_ANYHOW}') AS is_no_revenue,
               {STEP} AS step
        FROM (FROM counted_rows
              UNION ALL BY NAME
              SELECT *, 1 AS nth, 1 AS copy, skip AS last_skip FROM typed_lines
              WHERE invoice_date > $as_of OR invoice_date IS NULL) line
        LEFT JOIN excluded_accounts excluded USING (account_id)""",
        {"as_of": period.as_of, "without_charges": cleansing.charges == "excluded"},
    )
    run_sql(con, "DROP TABLE typed_lines; DROP TABLE counted_rows")


def write_invoices(con: duckdb.DuckDBPyConnection) -> None:
    """Create the table ``invoices`` from the used rows."""
    run_sql(
        con,
        """
        CREATE OR REPLACE TABLE invoices AS
        SELECT account_id, coalesce(invoice_id, account_id || '/' || invoice_date) AS invoice_id, invoice_date,
               product_id, coalesce(quantity, sign(revenue))::DOUBLE AS quantity, revenue, margin, currency,
               payer_id, ship_to_id, contact_id, line_type,
               is_repeated, source, "row_number"
        FROM rows_invoices WHERE step = 'used'""",
    )
