"""Both contribution margins of each fiscal year: of the lines, and after the cost of looking after the accounts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from segkit.cleansing.period import Period
from segkit.cleansing.rows import has_table, make_empty, run_sql

if TYPE_CHECKING:
    import duckdb

COVERAGE = 0.95  # share of revenue whose margin must be known before cost of care is taken off it


def write_margins(con: duckdb.DuckDBPyConnection, period: Period) -> None:
    """Create ``margins``: one row per fiscal year with lines.

    Contribution margin I is the margin of the lines, net value less cost of goods; contribution margin II takes the
    cost of care off it. Lines without a margin are not guessed: the share of revenue with one is told, and margin II
    stays empty below `COVERAGE` and in years without cost of care.

    Parameters
    ----------
    con : duckdb.DuckDBPyConnection
        Holds ``invoices`` (invoice_date, revenue, margin) and perhaps ``care_costs`` (cost_date, cost).
    period : Period
        Says when the fiscal year begins.
    """
    make_empty(con, "margins")
    care = (
        f"SELECT {period.fiscal_year('cost_date')} AS fiscal_year, sum(cost) AS care_cost FROM care_costs "
        "WHERE cost_date IS NOT NULL GROUP BY fiscal_year"
        if has_table(con, "rows_care_costs")
        else "SELECT NULL::BIGINT AS fiscal_year, NULL::DECIMAL(18,4) AS care_cost WHERE false"
    )
    run_sql(
        con,
        f"""
        INSERT INTO margins BY NAME
        WITH years AS (
            SELECT {period.fiscal_year("invoice_date")} AS fiscal_year, sum(revenue) AS revenue, sum(margin) AS margin,
                   coalesce(sum(revenue) FILTER (margin IS NOT NULL), 0) AS revenue_with_margin,
                   coalesce(sum(abs(revenue)) FILTER (margin IS NOT NULL), 0) AS covered, sum(abs(revenue)) AS size
            FROM invoices GROUP BY fiscal_year)
        SELECT fiscal_year, revenue, revenue_with_margin,
               round(covered::DOUBLE / nullif(size, 0), 6) AS margin_coverage,
               margin, care_cost,
               CASE WHEN margin_coverage >= {COVERAGE} THEN margin - care_cost END AS margin_after_care
        FROM years LEFT JOIN ({care}) USING (fiscal_year) ORDER BY fiscal_year""",
    )
