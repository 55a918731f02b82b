"""How old each firmographic is, and what an external file makes newer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from segkit.cleansing.doubts import note_decisions, note_origins_and_money, propose
from segkit.cleansing.forms.sizes import size_classes
from segkit.cleansing.impossible import note_impossible
from segkit.cleansing.industry_codes import fill_industries
from segkit.cleansing.offers import DATED, stale, take_values
from segkit.cleansing.outliers import find_outliers
from segkit.cleansing.rows import has_table, make_empty, run_sql

if TYPE_CHECKING:
    import duckdb
    import pandas as pd

    from segkit.cleansing.period import Period
    from segkit.settings.cleansing import Cleansing

UNDATED = ("credit_rating",)
"""Firmographics whose day only an external file says."""


def refresh_firmographics(
    con: duckdb.DuckDBPyConnection, period: Period, cleansing: Cleansing, decisions: pd.DataFrame | None = None
) -> None:
    """Refresh ``accounts`` and create ``freshness``.

    Doubtful values are proposed, missing and stale ones taken from the external file, and size class, industry scheme
    and division filled.

    Parameters
    ----------
    con : duckdb.DuckDBPyConnection
        Holds ``accounts``, ``invoices``, ``firmographic_links``, ``impossible_values``, ``industry_codes``,
        ``proposals``, ``cleaning_rules``, ``missing_values``, ``account_lineage``, ``account_links``.
    period : Period
        Ages count from its as-of.
    cleansing : Cleansing
        stale_after_months, refresh, switched_off.
    decisions : DataFrame or None
        Columns of ``decisions/repairs.csv``.

    Notes
    -----
    A value whose day nobody says has no age and is not stale: its delivery is only an upper bound of the day.
    """
    note_origins_and_money(con, period.as_of)
    note_decisions(con, decisions)
    note_impossible(con)
    fill_industries(con)
    find_outliers(con, cleansing.switched_off)
    take_values(con, period.as_of, cleansing)
    fill_industries(con)
    _propose_divisions(con, "industry_unclear" not in cleansing.switched_off)
    _fill_sizes(con)
    _add_links(con, str(period.quarter))
    _complete_pairs(con)
    _write_freshness(con, period.as_of, cleansing)


def _propose_divisions(con: duckdb.DuckDBPyConnection, is_on: bool) -> None:
    """Propose a division where the crosswalk to NACE 2.0 is unclear, and check for codes that no scheme has."""
    n_codes = run_sql(con, "SELECT count(industry_code) FROM accounts")[0][0]
    unclear = """
        SELECT a.account_id, min(split_part(codes.candidates, ' ', 1)) AS proposed
        FROM accounts a JOIN industry_codes codes ON codes.code = a.industry_code AND codes.scheme = a.industry_scheme
        WHERE a.industry_division IS NULL AND codes.candidates IS NOT NULL GROUP BY a.account_id"""
    propose(con, "industry_division", "industry_unclear", unclear, n_codes, is_on)
    run_sql(
        con,
        """
        INSERT INTO firmographic_checks
        SELECT 'accounts', 'industry_code', 'unknown_industry_code', count(industry_code),
               count(*) FILTER (industry_code IS NOT NULL AND industry_scheme IS NULL),
               sum(money.revenue) FILTER (industry_code IS NOT NULL AND industry_scheme IS NULL)
        FROM accounts LEFT JOIN account_money money USING (account_id)""",
    )


def _fill_sizes(con: duckdb.DuckDBPyConnection) -> None:
    accounts = con.execute("SELECT account_id, employees, account_revenue FROM accounts ORDER BY account_id").df()
    sizes = size_classes(accounts["employees"], accounts["account_revenue"])
    con.register("sizes_now", accounts[["account_id"]].join(sizes))
    run_sql(
        con,
        """UPDATE accounts SET size_class = s.size_class FROM sizes_now s
           WHERE s.account_id = accounts.account_id AND s.size_class IS NOT NULL""",
    )
    con.unregister("sizes_now")


def _add_links(con: duckdb.DuckDBPyConnection, quarter: str) -> None:
    """Add the companies of the external file to ``account_links``."""
    if has_table(con, "account_links"):
        run_sql(
            con,
            """INSERT INTO account_links BY NAME
               SELECT system AS source, record_id AS source_id, account_id, account_id AS unit_id, probability,
                      'external' AS how, ? AS since_quarter
               FROM firmographic_links SEMI JOIN accounts USING (account_id) ORDER BY ALL""",
            [quarter],
        )


def _complete_pairs(con: duckdb.DuckDBPyConnection) -> None:
    """Say how much money a pair with a company of the external file is about: the account's."""
    if has_table(con, "companies"):
        run_sql(
            con,
            """UPDATE duplicates SET revenue = money.revenue FROM account_money money
               WHERE money.account_id = duplicates.account_id_a
                 AND duplicates.account_id_b IN (SELECT external_id FROM companies)""",
        )


def _write_freshness(con: duckdb.DuckDBPyConnection, as_of: object, cleansing: Cleansing) -> None:
    """Create ``freshness``: a row for each known firmographic of each account that ever bought something."""
    make_empty(con, "freshness")
    for column in (*DATED, *UNDATED):
        taken = f"""SELECT account_id, known_date FROM taken_values WHERE "column" = '{column}'"""
        day = f"a.{DATED[column]}" if column in DATED else "taken.known_date"
        is_stale = stale(day, as_of, cleansing.stale_after_months.get(column))
        age = f"CASE WHEN {day} IS NOT NULL THEN greatest(date_diff('day', {day}, DATE '{as_of}'), 0) END"
        run_sql(
            con,
            f"""
            INSERT INTO freshness
            SELECT a.account_id, '{column}', {day}, {age}, {is_stale}, taken.account_id IS NOT NULL, money.revenue
            FROM accounts a JOIN account_money money USING (account_id) LEFT JOIN ({taken}) taken USING (account_id)
            WHERE a.{column} IS NOT NULL ORDER BY a.account_id""",
        )
