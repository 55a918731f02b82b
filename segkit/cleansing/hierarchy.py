"""What hierarchies and sales areas know of an account: its parent company and its ABC class of before."""

from __future__ import annotations

from typing import TYPE_CHECKING

from segkit.cleansing.rows import has_table, run_sql
from segkit.features.dealers import DEALER

if TYPE_CHECKING:
    import duckdb

FILLED = """SELECT source, "row_number", "column", NULL, value, rule, 1 FROM filled_accounts"""
"""Entries of the cleaning log: parents and classes that the accounts' own file does not hold."""

SEVERAL_CLASSES = """
    SELECT 'source_abc_class', 'several_classes', count(*), count(*) FILTER (n_classes > 1), NULL::DECIMAL(18,4)
    FROM (SELECT count(DISTINCT upper(trim(source_abc_class))) AS n_classes FROM sales_areas
          WHERE trim(source_abc_class) <> '' GROUP BY account_id)"""
"""Check of data_quality: accounts whose sales areas hold different ABC classes."""


def fill_accounts(con: duckdb.DuckDBPyConnection, as_of: object) -> None:
    """Fill what is empty in ``accounts``: parent_id from the hierarchy, source_abc_class from the sales areas.

    The parent is the one that the hierarchy names on as-of; of several the one that holds since last; a dealer through
    whom an account buys is no parent. The class is the best of the account's sales areas, A before B before C.

    Parameters
    ----------
    con : duckdb.DuckDBPyConnection
        Holds ``accounts`` and perhaps ``hierarchy`` (account_id, parent_id, valid_from, valid_to) and ``sales_areas``
        (account_id, source_abc_class), with ``rows_T`` of both.
    as_of : datetime.date
        Day up to which things are known.

    Notes
    -----
    Creates ``filled_accounts`` (account_id, column, value, rule, source, row_number) for the log.
    """
    run_sql(
        con,
        """CREATE OR REPLACE TEMP TABLE filled_accounts (account_id VARCHAR, "column" VARCHAR, value VARCHAR,
                                                          rule VARCHAR, source VARCHAR, "row_number" BIGINT)""",
    )
    if has_table(con, "rows_hierarchy"):
        _fill(con, "parent_id", "parent_from_hierarchy", PARENTS, {"as_of": as_of})
    if has_table(con, "rows_sales_areas"):
        _fill(con, "source_abc_class", "class_from_sales_areas", CLASSES, {})


PARENTS = f"""
    SELECT account_id, parent_id AS value, source, "row_number" FROM rows_hierarchy
    WHERE step = 'used' AND parent_id <> account_id
      AND NOT regexp_matches(lower(coalesce(hierarchy_type, '')), '{DEALER}')
      AND coalesce(valid_from <= $as_of, true) AND coalesce(valid_to >= $as_of, true)
    QUALIFY row_number() OVER (PARTITION BY account_id
                               ORDER BY valid_from DESC NULLS LAST, delivery DESC NULLS LAST, parent_id) = 1"""

CLASSES = """
    SELECT account_id, upper(trim(source_abc_class)) AS value, source, "row_number" FROM rows_sales_areas
    WHERE step = 'used' AND trim(source_abc_class) <> ''
    QUALIFY row_number() OVER (PARTITION BY account_id
                               ORDER BY value, delivery DESC NULLS LAST, source, rows_sales_areas."row_number") = 1"""


def _fill(con: duckdb.DuckDBPyConnection, column: str, rule: str, values: str, parameters: dict) -> None:
    """Fill an empty column of ``accounts`` and note where the value came from."""
    run_sql(
        con,
        f"""
        INSERT INTO filled_accounts
        SELECT v.account_id, '{column}', v.value, '{rule}', v.source, v."row_number"
        FROM ({values}) v JOIN accounts a USING (account_id) WHERE a.{column} IS NULL""",
        parameters,
    )
    run_sql(
        con,
        f"""UPDATE accounts SET {column} = f.value FROM filled_accounts f
            WHERE f.account_id = accounts.account_id AND f."column" = '{column}'""",
    )
