"""The unit of analysis: whatever counts as one customer."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from segkit.cleansing.groups import Tops
from segkit.cleansing.rows import columns_of, has_table, make_empty, run_sql
from segkit.cleansing.unit_checks import NAMED_BY, check_hierarchy, check_names
from segkit.cleansing.unit_groups import place_accounts, write_groups
from segkit.cleansing.unit_parts import write_parts

if TYPE_CHECKING:
    import duckdb

    from segkit.settings.cleansing import Unit

OF_COMPANIES = ("accounts", "hierarchy", "partners", "firmographics")
"""Tables that say who belongs to whom, or come from files about companies: their account_id stays the company's."""


def choose_unit(con: duckdb.DuckDBPyConnection, unit: Unit, as_of: dt.date, tables: list[str]) -> None:
    """Put the unit in the place of account_id in every cleansed table, and make ``accounts`` one row for each unit.

    group: account_id is the top of the corporate group on as-of. company: nothing changes. site, department, person:
    the part of the company that a row names, and the company for what names none. No row and no cent is lost or
    divided.

    Parameters
    ----------
    con : duckdb.DuckDBPyConnection
        Holds `tables`, ``accounts`` among them with parent_id, and perhaps ``rows_hierarchy``.
    unit : str
        group, company, site, department or person.
    as_of : datetime.date
        Day on which the hierarchy is read.
    tables : list of str
        Cleansed tables.

    Notes
    -----
    Creates ``unit_members``, ``companies`` (accounts as they were), and ``unit_checks`` (columns of data_quality:
    hierarchy_cycle, unknown_parent, money_without_unit, person_elsewhere). Fills account_links.unit_id.
    """
    run_sql(con, "CREATE OR REPLACE TEMP TABLE companies AS FROM accounts ORDER BY account_id")
    tops = place_accounts(con, as_of)
    check_hierarchy(con, tops)
    if unit in NAMED_BY:
        check_names(con, unit)
        write_parts(con, unit, [table for table in tables if table not in OF_COMPANIES])
        _write_part_members(con)
        return
    _write_members(con, tops, unit == "group")
    if unit == "company":
        run_sql(con, "UPDATE accounts SET unit_level = 'company'")
        return
    for table in [t for t in tables if t not in OF_COMPANIES and "account_id" in columns_of(t)]:
        _follow(con, table, "account_id")
    write_groups(con)
    if has_table(con, "account_links"):
        _follow(con, "account_links", "unit_id")


def _follow(con: duckdb.DuckDBPyConnection, table: str, column: str) -> None:
    run_sql(
        con,
        f"""UPDATE {table} SET {column} = member.unit_id FROM unit_members member
            WHERE member.account_id = {table}.account_id AND member.unit_id <> {table}.account_id""",
    )


def _write_members(con: duckdb.DuckDBPyConnection, tops: Tops, in_groups: bool) -> None:
    """Create ``unit_members`` of groups, or of companies that are each their own unit."""
    import pyarrow as pa

    accounts = [row[0] for row in run_sql(con, "SELECT account_id FROM companies ORDER BY account_id")]
    unit = [tops.top[a] if in_groups else a for a in accounts]
    depth = [tops.depth[a] if in_groups else 0 for a in accounts]
    placed = {"account_id": pa.array(accounts, pa.string()), "unit_id": pa.array(unit, pa.string())}
    con.register("placed_now", pa.table({**placed, "depth": pa.array(depth, pa.int64())}))
    make_empty(con, "unit_members")
    run_sql(
        con,
        """
        INSERT INTO unit_members BY NAME
        SELECT unit_id, account_id, name,
               CASE WHEN count(*) OVER (PARTITION BY unit_id) > 1 OR unit_id <> account_id THEN 'group'
                    ELSE 'company' END AS level,
               CASE WHEN depth > 0 OR NOT ? THEN parent_id END AS parent_id, depth, coalesce(revenue, 0) AS revenue
        FROM placed_now JOIN companies USING (account_id)
        LEFT JOIN (SELECT account_id, sum(revenue) AS revenue FROM invoices GROUP BY account_id) USING (account_id)
        ORDER BY unit_id, account_id""",
        [in_groups],
    )
    con.unregister("placed_now")


def _write_part_members(con: duckdb.DuckDBPyConnection) -> None:
    """Create ``unit_members`` of parts: each unit with its company and the money that names it."""
    make_empty(con, "unit_members")
    run_sql(
        con,
        """
        INSERT INTO unit_members BY NAME
        SELECT unit.account_id AS unit_id, company.account_id, company.name, unit.unit_level AS level,
               company.parent_id, 0 AS depth, coalesce(money.revenue, 0) AS revenue
        FROM accounts unit LEFT JOIN parts ON parts.unit_id = unit.account_id AND unit.unit_level <> 'company'
        JOIN companies company ON company.account_id = coalesce(parts.account_id, unit.account_id)
        LEFT JOIN (SELECT account_id, sum(revenue) AS revenue FROM invoices GROUP BY account_id) money
          ON money.account_id = unit.account_id
        ORDER BY unit_id, account_id""",
    )
