"""Opportunities: one vocabulary for their stages, and money where a company has no invoices to give."""

from __future__ import annotations

from typing import TYPE_CHECKING

from segkit.cleansing.rows import run_sql

if TYPE_CHECKING:
    import duckdb

LOST = "lost|closedlost|deallost|verloren|nicht gewonnen|not won"
WON = "won|closedwon|dealwon|gewonnen|zuschlag|auftrag erteilt|auftrag erhalten|beauftragt"
"""Words in a stage's name; a name with words of both is lost."""


def name_stages(con: duckdb.DuckDBPyConnection) -> None:
    """Give ``rows_opportunities`` the stages won and lost, is_closed and is_won; other stages stay as they are.

    Flags of the source (is_won, is_closed) decide; where they are empty, the stage's own words do. ``stage_as_read``
    keeps the stage of the source.
    """
    run_sql(
        con,
        """
        CREATE OR REPLACE TEMP TABLE rows_opportunities AS
        SELECT * EXCLUDE (verdict, words) REPLACE (coalesce(verdict, stage) AS stage, verdict IS NOT NULL AS is_closed,
                                            coalesce(verdict = 'won', false) AS is_won),
               stage AS stage_as_read
        FROM (SELECT *, CASE WHEN is_won THEN 'won'
                             WHEN is_closed AND NOT is_won THEN 'lost'
                             WHEN NOT is_closed THEN NULL
                             WHEN regexp_matches(words, $lost) THEN 'lost'
                             WHEN regexp_matches(words, $won) THEN 'won' END AS verdict
              FROM (SELECT *, trim(regexp_replace(lower(stage), '[^a-zäöüß]+', ' ', 'g')) AS words
                    FROM rows_opportunities)) verdicts""",
        {"won": f"(^| )({WON})( |$)", "lost": f"(^| )({LOST})( |$)"},
    )


def make_lines(con: duckdb.DuckDBPyConnection) -> None:
    """Create ``raw_invoices`` from won opportunities: revenue is the amount, the date is the closing date."""
    run_sql(
        con,
        """
        CREATE OR REPLACE TEMP TABLE raw_invoices AS
        SELECT account_id, opportunity_id AS invoice_id, close_date AS invoice_date, product_id,
               1.0::DOUBLE AS quantity, amount AS revenue, NULL::DECIMAL(18,4) AS margin, currency,
               NULL::VARCHAR AS payer_id, NULL::VARCHAR AS ship_to_id, source, delivery, "row_number"
        FROM rows_opportunities WHERE is_won AND step IS NULL""",
    )
