"""Rows and money in = used + excluded + quarantined + later than as-of, to the cent; and what controlling says."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from segkit.cleansing.period import Period
from segkit.cleansing.rows import delivered, has_table, make_empty, run_sql
from segkit.errors import StageError
from segkit.quarters import GRACE_DAYS

if TYPE_CHECKING:
    import duckdb
    import pandas as pd

WARN_SHARE = 0.005  # deviation from controlling's total that the first screen warns about


def write_reconciliation(con: duckdb.DuckDBPyConnection) -> None:
    """Create ``reconciliation`` and check it.

    Columns: table, source, step, n_rows, revenue (empty for tables without invoice lines). ``in`` is counted from the
    rows as they were read, the other steps from what became of them.

    Raises
    ------
    StageError
        Rows or money do not add up: a mistake of this program, never of the data.
    """
    make_empty(con, "reconciliation")
    for table in [*[name for name in delivered(con) if name != "invoices"], "invoices"]:
        money = "coalesce(revenue, 0)" if table == "invoices" else "NULL::DECIMAL(18,4)"
        rows = f"SELECT source, step, {money} AS revenue FROM rows_{table}"
        came = f"SELECT source, {money} AS revenue FROM raw_{table}"
        if has_table(con, f"unreadable_{table}"):
            rows += f" UNION ALL SELECT source, 'quarantined_' || reason, {money} FROM unreadable_{table}"
            came += f" UNION ALL SELECT source, {money} FROM unreadable_{table}"
        run_sql(
            con,
            f"""
            INSERT INTO reconciliation BY NAME
            SELECT '{table}' AS "table", source, step, count(*) AS n_rows, sum(revenue) AS revenue
            FROM (SELECT source, 'in' AS step, revenue FROM ({came}) UNION ALL FROM ({rows}))
            GROUP BY ALL ORDER BY ALL""",
        )
    check_reconciliation(con)


def check_reconciliation(con: duckdb.DuckDBPyConnection) -> None:
    """Raise `StageError` unless rows and money of each source add up, and ``invoices`` holds exactly the used ones."""
    wrong = run_sql(
        con,
        """
        SELECT "table", source, sum(CASE step WHEN 'in' THEN n_rows ELSE -n_rows END) AS n_rows,
               coalesce(sum(CASE step WHEN 'in' THEN revenue ELSE -revenue END), 0) AS revenue
        FROM reconciliation GROUP BY ALL HAVING n_rows <> 0 OR revenue <> 0 ORDER BY ALL""",
    )
    wrong += run_sql(
        con,
        """
        SELECT 'invoices', 'used', n_used - n_lines, used - lines
        FROM (SELECT coalesce(sum(n_rows), 0) AS n_used, coalesce(sum(revenue), 0) AS used FROM reconciliation
              WHERE "table" = 'invoices' AND step = 'used'),
             (SELECT count(*) AS n_lines, coalesce(sum(revenue), 0) AS lines FROM invoices)
        WHERE n_used <> n_lines OR used <> lines""",
    )
    if wrong:
        raise StageError(
            "The reconciliation does not add up: "
            + "; ".join(
                f"{table} ({source}): {n_rows} rows and {revenue} of revenue are unaccounted for"
                for table, source, n_rows, revenue in wrong
            )
        )


def compare_totals(con: duckdb.DuckDBPyConnection, period: Period, totals: dict[int, Decimal]) -> None:
    """Create ``control_totals``: one row per fiscal year that the data touch or controlling names.

    Compared is ``delivered``: the revenue of all invoice lines up to as-of, each line once, before anything was
    excluded or quarantined, but without documents that are no revenue (cancelled, pro forma); ``used`` is what the
    segmentation rests on.

    Notes
    -----
    Columns: fiscal_year, controlling, delivered, used, deviation (delivered less controlling), deviation_pct (share
    of controlling), first_date, last_date, is_partial (the data do not cover the year), is_off (covered, and the
    deviation is above `WARN_SHARE`).
    """
    make_empty(con, "control_totals")
    run_sql(con, "CREATE OR REPLACE TEMP TABLE stated_totals (fiscal_year BIGINT, controlling DECIMAL(18,4))")
    if totals:
        con.executemany("INSERT INTO stated_totals VALUES (?, ?)", [list(item) for item in totals.items()])
    run_sql(
        con,
        f"""
        INSERT INTO control_totals BY NAME
        WITH lines AS (
            SELECT {period.fiscal_year("invoice_date")} AS fiscal_year, revenue, step, invoice_date
            FROM rows_invoices WHERE step NOT IN ('later', 'excluded_duplicate') AND NOT is_no_revenue
              AND invoice_date IS NOT NULL),
        span AS (SELECT min(invoice_date) AS first_day, max(invoice_date) AS last_day FROM lines),
        years AS (
            SELECT fiscal_year, coalesce(sum(revenue), 0) AS delivered, min(invoice_date) AS first_date,
                   coalesce(sum(revenue) FILTER (step = 'used'), 0) AS used, max(invoice_date) AS last_date
            FROM lines GROUP BY fiscal_year),
        compared AS (
            SELECT fiscal_year, controlling, coalesce(delivered, 0) AS delivered, coalesce(used, 0) AS used,
                   coalesce(delivered, 0) - controlling AS deviation, first_date, last_date,
                   make_date(fiscal_year - ($first_month > 1)::INT, $first_month, 1) AS starts,
                   starts + INTERVAL 1 YEAR - INTERVAL 1 DAY AS ends
            FROM years FULL JOIN stated_totals USING (fiscal_year))
        SELECT compared.* EXCLUDE (starts, ends), round(deviation / nullif(abs(controlling), 0), 6) AS deviation_pct,
               first_day > starts + to_days($grace) OR $as_of < ends OR last_day < ends - to_days($grace) AS is_partial,
               coalesce(NOT is_partial AND abs(deviation) > $warn * abs(controlling), false) AS is_off
        FROM compared, span ORDER BY fiscal_year""",
        {"first_month": period.quarter.first_month, "grace": GRACE_DAYS, "as_of": period.as_of, "warn": WARN_SHARE},
    )


def monthly_money(con: duckdb.DuckDBPyConnection) -> pd.DataFrame:
    """Return money by month and step: month (first day), step, n_rows, revenue (project's currency)."""
    return con.execute("""
        SELECT date_trunc('month', invoice_date)::DATE AS month, step, count(*) AS n_rows,
               sum(revenue)::DOUBLE AS revenue
        FROM rows_invoices WHERE invoice_date IS NOT NULL AND revenue IS NOT NULL AND step <> 'later'
        GROUP BY ALL ORDER BY ALL""").df()
