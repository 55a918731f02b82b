"""Opportunities: one vocabulary for their stages, and money where a company has no invoices to give."""

from __future__ import annotations

from typing import TYPE_CHECKING

from segkit.cleansing.rows import run_sql
from segkit.features.deals import verdict_sql

if TYPE_CHECKING:
    import duckdb


def name_stages(con: duckdb.DuckDBPyConnection) -> None:
    """Give ``rows_opportunities`` the stages won and lost, is_closed and is_won; other stages stay as they are.

    Flags of the source (is_won, is_closed) decide; where they are empty, the stage's own words do. ``stage_as_read``
    keeps the stage of the source.
    """
    run_sql(
        con,
        f"""
        CREATE OR REPLACE TEMP TABLE rows_opportunities AS
        SELECT * EXCLUDE (verdict) REPLACE (coalesce(verdict, stage) AS stage, verdict IS NOT NULL AS is_closed,
                                            coalesce(verdict = 'won', false) AS is_won),
               stage AS stage_as_read
        FROM (SELECT *, {verdict_sql()} AS verdict FROM rows_opportunities) verdicts""",
    )


def make_lines(con: duckdb.DuckDBPyConnection) -> None:
    """Create ``raw_invoices`` from won opportunities: revenue is the amount, the date is the closing date."""
    run_sql(
        con,
        """
        CREATE OR REPLACE TEMP TABLE raw_invoices AS
        SELECT account_id, opportunity_id AS invoice_id, close_date AS invoice_date, product_id,
               1.0::DOUBLE AS quantity, amount AS revenue, NULL::DECIMAL(18,4) AS margin, currency,
               NULL::VARCHAR AS payer_id, NULL::VARCHAR AS ship_to_id, NULL::VARCHAR AS contact_id, source, delivery,
               "row_number"
        FROM rows_opportunities WHERE is_won AND step IS NULL""",
    )
