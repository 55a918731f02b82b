"""Numbers of accounts that are possible but hard to believe."""

from __future__ import annotations

from typing import TYPE_CHECKING

from segkit.cleansing.doubts import propose
from segkit.cleansing.rows import run_sql

if TYPE_CHECKING:
    import duckdb

FAR = 5.0
"""Robust standard deviations of the logarithm from which turnover per head is hard to believe."""
NEAR = 2.0
"""A thousandfold or thousandth turnover is proposed where it would come this close."""
FEW = 30
"""Smaller divisions are judged by all accounts; of fewer in all nothing is judged."""
NARROW = 0.15
"""Smallest spread (standard deviation of the base-10 logarithm) that is believed: rounded or copied numbers agree more
than companies do."""
UNITS = (1000.0, 0.001, 1_000_000.0)
"""Thousands and millions of euro that were written as euro, or the other way round."""

PER_HEAD = f"""
    CREATE OR REPLACE TEMP TABLE heads_and_turnover AS
    WITH known AS (
        SELECT account_id, industry_division AS division, log10(employees) AS heads, log10(account_revenue) AS money,
               log10(account_revenue) - log10(employees) AS per_head
        FROM accounts WHERE employees > 0 AND account_revenue > 0),
    grouped AS (SELECT *, CASE WHEN count(*) OVER (PARTITION BY division) >= {FEW} THEN division END AS peers
                FROM known),
    middle AS (SELECT peers, median(per_head) AS per_head, median(heads) AS heads, median(money) AS money,
                      greatest(1.4826 * mad(per_head), {NARROW}) AS spread,
                      greatest(1.4826 * mad(heads), {NARROW}) AS heads_spread,
                      greatest(1.4826 * mad(money), {NARROW}) AS money_spread, count(*) AS n
               FROM (SELECT * FROM grouped WHERE peers IS NOT NULL
                     UNION ALL SELECT * REPLACE (NULL AS peers) FROM grouped) GROUP BY peers)
    SELECT g.account_id, g.per_head - m.per_head AS distance, m.spread,
           abs(g.heads - m.heads) / m.heads_spread AS heads_far, abs(g.money - m.money) / m.money_spread AS money_far
    FROM grouped g JOIN middle m ON m.peers IS NOT DISTINCT FROM g.peers WHERE m.n >= {FEW}"""


def find_outliers(con: duckdb.DuckDBPyConnection, switched_off: list[str]) -> None:
    """Propose a change for doubtful head counts and turnovers of ``accounts``; apply what was accepted.

    year_as_head_count: the head count is the year of its own date or of the account's first entry.
    turnover_below_purchases: the turnover is below what the account bought from us in one calendar year.
    turnover_per_head: turnover over head count is more than five robust standard deviations (1.4826 times the median
    absolute deviation of the base-10 logarithm) from the median of the NACE division, or of all accounts where the
    division has fewer than thirty.

    A thousand- or millionfold turnover is proposed where it becomes plausible, because it was written in thousands or
    millions; else an empty value, for the one of both columns that is further from its own median.

    Parameters
    ----------
    con : duckdb.DuckDBPyConnection
        Holds ``accounts`` (industry_division filled) and what `segkit.cleansing.doubts` needs.
    switched_off : list of str
        Rules that are not applied.
    """
    n_heads, n_money, n_both = run_sql(
        con,
        "SELECT count(employees), count(account_revenue), count(*) FILTER (employees > 0 AND account_revenue > 0) "
        "FROM accounts",
    )[0]
    run_sql(con, PER_HEAD)
    propose(con, "employees", "year_as_head_count", YEARS, n_heads, "year_as_head_count" not in switched_off)
    rule = "turnover_below_purchases"
    propose(con, "account_revenue", rule, BELOW_PURCHASES, n_money, rule not in switched_off)
    rule = "turnover_per_head"
    for column, doubts in (("account_revenue", FAR_TURNOVER), ("employees", FAR_HEADS)):
        propose(con, column, rule, doubts, n_both, rule not in switched_off)


YEARS = """
    SELECT account_id, NULL::VARCHAR AS proposed FROM accounts
    WHERE employees BETWEEN 1900 AND 2100 AND (employees = year(employees_date) OR employees = year(created_date))"""


def _scaled(distance: str, spread: str) -> str:
    """SQL of the factor that makes a distance plausible, or NULL."""
    cases = " ".join(f"WHEN abs({distance} + log10({unit})) <= {NEAR} * {spread} THEN {unit}" for unit in UNITS)
    return f"CASE {cases} END"


BELOW_PURCHASES = f"""
    SELECT a.account_id,
           CASE WHEN a.account_revenue * scale >= money.highest
                THEN round(a.account_revenue * scale::DECIMAL(18,4), 2)::VARCHAR END AS proposed
    FROM accounts a JOIN account_money money USING (account_id)
    LEFT JOIN (SELECT account_id, {_scaled("distance", "spread")} AS scale FROM heads_and_turnover) USING (account_id)
    WHERE a.account_revenue < money.highest"""

FAR_TURNOVER = f"""
    SELECT account_id, round(a.account_revenue * scale::DECIMAL(18,4), 2)::VARCHAR AS proposed
    FROM (SELECT *, {_scaled("distance", "spread")} AS scale FROM heads_and_turnover
          WHERE abs(distance) > {FAR} * spread) JOIN accounts a USING (account_id)
    WHERE scale IS NOT NULL OR money_far >= heads_far"""

FAR_HEADS = f"""
    SELECT account_id, NULL::VARCHAR AS proposed
    FROM (SELECT *, {_scaled("distance", "spread")} AS scale FROM heads_and_turnover
          WHERE abs(distance) > {FAR} * spread)
    WHERE scale IS NULL AND money_far < heads_far"""
