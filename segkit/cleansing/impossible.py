"""Values that no company can have: they are set empty, and each is logged."""

from __future__ import annotations

from typing import TYPE_CHECKING

from segkit.cleansing.rows import columns_of, has_table, run_sql

if TYPE_CHECKING:
    import duckdb

LARGEST_HEAD_COUNT = 3_000_000
"""The largest employer of the world has about 2.1 million persons."""
LARGEST_TURNOVER = 1e12
"""A million millions a year: no company of the world reaches it in any large currency."""
GRACE_DAYS = 31
"""A day a month after the delivery may be the end of a period; a later one is an error."""
FIRST_DAY = "DATE '1900-01-02'"
"""Systems write 1 January 1900 or earlier where a day is missing."""

NUMBERS = {
    "employees": ("employees_impossible", f"{{c}} <= 0 OR {{c}} > {LARGEST_HEAD_COUNT}"),
    "account_revenue": ("turnover_impossible", f"{{c}} <= 0 OR {{c}} > {LARGEST_TURNOVER:.0f}"),
}
"""Column → rule and condition. Zero is what systems write where nobody entered a number: a customer has a turnover, and
somebody who works there."""
DATES = ("employees_date", "revenue_date", "industry_date", "created_date", "known_date")
DATE_RULE = "date_impossible"
DATE_CONDITION = f"{{c}} < {FIRST_DAY} OR {{c}} > coalesce(delivery, current_date)::DATE + INTERVAL {GRACE_DAYS} DAY"
RULES = ("employees_impossible", "turnover_impossible", DATE_RULE)
LOG = """source VARCHAR, "row_number" BIGINT, "column" VARCHAR, old_value VARCHAR, new_value VARCHAR, rule VARCHAR,
         n_rows BIGINT"""


def clear_impossible(con: duckdb.DuckDBPyConnection, switched_off: list[str]) -> None:
    """Set impossible values of ``rows_accounts`` and ``rows_firmographics`` empty.

    A head count or turnover of zero or less, a head count above three million, a turnover above 10^12, a day before
    1900 or more than a month after the delivery that holds it.

    Parameters
    ----------
    con : duckdb.DuckDBPyConnection
        Holds ``cleaning_rules`` and perhaps ``rows_T`` (with delivery).
    switched_off : list of str
        Rules that are counted but not applied.

    Notes
    -----
    Creates ``refresh_log`` (columns of cleaning_log without reason) and ``impossible_values`` (table, column, source,
    row_number, value). Rows of ``cleaning_rules`` are added for every rule, also where it did nothing.
    """
    run_sql(con, f"CREATE OR REPLACE TEMP TABLE refresh_log ({LOG})")
    run_sql(
        con,
        """CREATE OR REPLACE TEMP TABLE impossible_values ("table" VARCHAR, "column" VARCHAR, source VARCHAR,
                                                            "row_number" BIGINT, value VARCHAR)""",
    )
    for table in ("accounts", "firmographics"):
        if not has_table(con, f"rows_{table}"):
            continue
        for column in columns_of(table):
            if column in NUMBERS:
                _clear(con, table, column, *NUMBERS[column], switched_off)
            elif column in DATES:
                _clear(con, table, column, DATE_RULE, DATE_CONDITION, switched_off)


def _clear(
    con: duckdb.DuckDBPyConnection, table: str, column: str, rule: str, condition: str, switched_off: list[str]
) -> None:
    bad = f"({condition.format(c=column)})"
    is_open = "(step IS NULL OR step = 'excluded_duplicate')"
    n_rows, n_bad = run_sql(
        con,
        f"SELECT count({column}), count(*) FILTER ({bad}) FROM rows_{table} WHERE {is_open}",
    )[0]
    is_on = rule not in switched_off
    run_sql(
        con,
        "INSERT INTO cleaning_rules VALUES (?, ?, ?, 'missing', ?, ?, 0)",
        [table, column, rule, n_rows, n_bad if is_on else 0],
    )
    if not (n_bad and is_on):
        return
    run_sql(
        con,
        f"""INSERT INTO impossible_values
            SELECT '{table}', '{column}', source, "row_number", {column}::VARCHAR FROM rows_{table}
            WHERE {is_open} AND {bad} ORDER BY source, "row_number";
            INSERT INTO refresh_log
            SELECT source, min("row_number"), '{column}', value, NULL, '{rule}', count(*)
            FROM impossible_values WHERE "table" = '{table}' AND "column" = '{column}'
            GROUP BY source, value ORDER BY ALL;
            UPDATE rows_{table} SET {column} = NULL WHERE {is_open} AND {bad}""",
    )


def note_impossible(con: duckdb.DuckDBPyConnection) -> None:
    """Add what was impossible to ``missing_values``: one row per table and column.

    Parameters
    ----------
    con : duckdb.DuckDBPyConnection
        Holds ``impossible_values``, ``rows_T``, ``account_money`` (account_id, revenue of 12 months).
    """
    for table in ("accounts", "firmographics"):
        if not has_table(con, f"rows_{table}"):
            continue
        money = "money.revenue" if table == "accounts" else "NULL::DECIMAL(18,4)"
        run_sql(
            con,
            f"""
            WITH bad AS (
                SELECT found."column", found.value, rows.account_id
                FROM impossible_values found JOIN rows_{table} rows
                  ON rows.source = found.source AND rows."row_number" = found."row_number"
                WHERE found."table" = '{table}' AND rows.step NOT IN ('excluded_duplicate', 'later')),
            written AS (SELECT "column", value FROM bad GROUP BY "column", value
                        QUALIFY row_number() OVER (PARTITION BY "column" ORDER BY count(*) DESC, value) = 1)
            INSERT INTO missing_values
            SELECT '{table}', "column", 'impossible', any_value(written.value),
                   (SELECT count(*) FROM rows_{table} WHERE step NOT IN ('excluded_duplicate', 'later')),
                   count(*), sum({money})
            FROM bad JOIN written USING ("column") LEFT JOIN account_money money USING (account_id)
            GROUP BY "column" ORDER BY 2""",
        )
