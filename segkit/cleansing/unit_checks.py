"""What is broken in the hierarchy, and which money names no unit, as rows of ``data_quality``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from segkit.cleansing.groups import Tops
from segkit.cleansing.rows import has_table, run_sql

if TYPE_CHECKING:
    import duckdb

    from segkit.settings.cleansing import Unit

NAMED_BY = {"site": "ship_to_id", "department": "contact_id", "person": "contact_id"}
"""Unit → column of invoices that names it."""


def check_hierarchy(con: duckdb.DuckDBPyConnection, tops: Tops) -> None:
    """Create ``unit_checks`` with what is broken in the hierarchy, where there is one."""
    run_sql(
        con,
        'CREATE OR REPLACE TEMP TABLE unit_checks ("table" VARCHAR, "column" VARCHAR, "check" VARCHAR, n_rows BIGINT, '
        "n_bad BIGINT, revenue DECIMAL(18,4))",
    )
    known = {row[0] for row in run_sql(con, "SELECT account_id FROM companies")}
    in_circle = sorted(tops.cyclic & known)
    with_parent = sorted({a for a in known if tops.depth[a] > 0} | set(in_circle))
    without_head = [a for a in with_parent if tops.top[a] not in known]
    if not with_parent:
        return
    for check, accounts in (("hierarchy_cycle", in_circle), ("unknown_parent", without_head)):
        run_sql(
            con,
            """INSERT INTO unit_checks SELECT 'accounts', 'parent_id', ?, ?, ?, sum(revenue)
               FROM invoices WHERE account_id IN (SELECT unnest(?))""",
            [check, len(with_parent), len(accounts), accounts],
        )


def check_names(con: duckdb.DuckDBPyConnection, unit: Unit) -> None:
    """Add to ``unit_checks`` the lines that name no such unit, and those whose person belongs to another account."""
    persons = has_table(con, "contacts") and unit != "site"
    column = NAMED_BY[unit]
    bad = f"line.{column} IS NULL"
    if unit == "department":
        bad = "nullif(trim(person.department), '') IS NULL OR person.account_id IS DISTINCT FROM line.account_id"
    person = "LEFT JOIN contacts person USING (contact_id)" if persons else ""
    if unit == "department" and not persons:
        bad = "true"
    run_sql(
        con,
        f"""
        INSERT INTO unit_checks
        SELECT 'invoices', '{column}', 'money_without_unit', count(*), count(*) FILTER ({bad}),
               sum(line.revenue) FILTER ({bad}) FROM invoices line {person}""",
    )
    if persons:
        elsewhere = "person.account_id <> line.account_id"
        run_sql(
            con,
            f"""
            INSERT INTO unit_checks
            SELECT 'invoices', 'contact_id', 'person_elsewhere', count(line.contact_id), count(*) FILTER ({elsewhere}),
                   sum(line.revenue) FILTER ({elsewhere}) FROM invoices line {person}""",
        )
