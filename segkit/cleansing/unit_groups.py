"""The corporate group as unit of analysis: one row of accounts for each group, of its head and its members."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from segkit.cleansing.forms.sizes import size_classes
from segkit.cleansing.groups import Tops, find_tops, total_figure
from segkit.cleansing.hierarchy import PARENTS
from segkit.cleansing.rows import has_table, run_sql
from segkit.tables import TABLES

if TYPE_CHECKING:
    import duckdb

FIGURES = {"employees": "employees_date", "account_revenue": "revenue_date"}
"""Figures of a company that a group has as a sum, each with the day on which it was known."""
HEAD = "CASE WHEN bool_or(is_head) THEN max({c}) FILTER (is_head) END"
PLACE = "CASE WHEN bool_or(is_head) THEN max({c}) FILTER (is_head) WHEN count(DISTINCT {c}) = 1 THEN max({c}) END"
MAIN = "arg_min({c}, place) FILTER ({c} IS NOT NULL)"
INDUSTRY = "arg_min_null({c}, place) FILTER (industry_code IS NOT NULL OR industry IS NOT NULL)"
RULES = {
    **dict.fromkeys(("legal_form", "street", "postal_code", "city", "phone", "website", "vat_id", "register_id"), HEAD),
    **dict.fromkeys(("lei", "external_id", "credit_rating", "account_group"), HEAD),
    **dict.fromkeys(("region", "country"), PLACE),
    **dict.fromkeys(("owner_id", "team"), MAIN),
    **dict.fromkeys(("industry_code", "industry", "industry_date", "industry_scheme", "industry_division"), INDUSTRY),
    "source_abc_class": "min({c})",
    "is_inactive": "bool_and({c})",
    "created_date": "min({c})",
    "consent": "CASE WHEN NOT bool_and({c}) FILTER (is_head) THEN false WHEN bool_and({c}) THEN true "
    "WHEN NOT bool_or({c}) THEN false END",
    "do_not_contact": "coalesce(bool_or({c}) FILTER (is_head), false) OR bool_and(coalesce({c}, false))",
    "is_contactable": "coalesce(bool_and({c}) FILTER (is_head), true) AND bool_or({c})",
    "n_records": "sum({c})::BIGINT",
}
"""Column → SQL over the members of a group: `HEAD` the head's value, empty where no file knows the head; `PLACE` also
the one that all members share; `MAIN` the value of the first member that has one: the head, then by revenue; `INDUSTRY`
the same, code and words from one member. The other columns are `FIGURES`, the size class that follows from them, or
belong to no group."""


def place_accounts(con: duckdb.DuckDBPyConnection, as_of: object) -> Tops:
    """Return the group of every account on as-of, by parent_id of ``companies`` and, above them, by the hierarchy.

    A parent that the scope leaves out (a collective account, one of the firm's own companies) is nobody's head.
    """
    excluded = "SELECT account_id FROM excluded_accounts" if has_table(con, "excluded_accounts") else "SELECT NULL"
    known = dict(run_sql(con, "SELECT account_id, parent_id FROM companies ORDER BY account_id"))
    above = {}
    if has_table(con, "rows_hierarchy"):
        above = dict(run_sql(con, f"SELECT account_id, value FROM ({PARENTS})", {"as_of": as_of}))
    left_out = {row[0] for row in run_sql(con, excluded)}
    parents = {a: p for a, p in {**above, **known}.items() if p is not None and p != a and p not in left_out}
    return find_tops(known, parents)


def write_groups(con: duckdb.DuckDBPyConnection) -> None:
    """Replace ``accounts`` by one row for each group of ``unit_members``.

    Parameters
    ----------
    con : duckdb.DuckDBPyConnection
        Holds ``companies`` (the accounts as they were) and ``unit_members``; a member of a group of its own stays as it
        is, but for parent_id. ``rows_accounts`` may know the name of a head that is no account.
    """
    _write_members(con)
    _write_figures(con)
    names = "(SELECT NULL AS account_id, NULL AS name WHERE false)"
    if has_table(con, "rows_accounts"):
        names = "(SELECT account_id, max(name) AS name FROM rows_accounts WHERE step LIKE 'excluded_%' GROUP BY 1)"
    made = {name: rule.format(c=name) for name, rule in RULES.items()}
    made |= {c: f"any_value({c}_of_group)" for pair in FIGURES.items() for c in pair}
    columns = ", ".join(f"{sql} AS {name}" for name, sql in made.items())
    run_sql(
        con,
        f"""
        CREATE OR REPLACE TABLE accounts AS
        SELECT * REPLACE (NULL::VARCHAR AS parent_id, 'company' AS unit_level)
        FROM companies WHERE account_id IN (SELECT account_id FROM unit_members WHERE level = 'company')
        UNION ALL BY NAME
        SELECT g.* EXCLUDE (head_name, main_name), coalesce(head_name, names.name, main_name) AS name,
               'group' AS unit_level
        FROM (SELECT unit_id AS account_id, max(name) FILTER (is_head) AS head_name,
                     arg_min(name, place) AS main_name, {columns}
              FROM group_members GROUP BY unit_id) g
        LEFT JOIN {names} names USING (account_id)
        ORDER BY account_id""",
    )
    _size(con)
    run_sql(con, "DROP TABLE group_members; DROP TABLE group_figures")


def _size(con: duckdb.DuckDBPyConnection) -> None:
    """Fill the size class of groups from their figures; the European Union counts linked companies together."""
    groups = con.execute(
        "SELECT account_id, employees, account_revenue FROM accounts WHERE unit_level = 'group' ORDER BY account_id"
    ).df()
    if groups.empty:
        return
    sizes = size_classes(groups["employees"], groups["account_revenue"])["size_class"]
    con.register("sizes_now", groups[["account_id"]].assign(size_class=sizes))
    run_sql(
        con,
        """UPDATE accounts SET size_class = s.size_class FROM sizes_now s
           WHERE s.account_id = accounts.account_id AND s.size_class IS NOT NULL""",
    )
    con.unregister("sizes_now")


def _write_members(con: duckdb.DuckDBPyConnection) -> None:
    """Create ``group_members``: the accounts of groups, in their place: the head first, then by revenue."""
    run_sql(
        con,
        """
        CREATE OR REPLACE TEMP TABLE group_members AS
        SELECT companies.*, member.unit_id, companies.account_id = member.unit_id AS is_head,
               row_number() OVER (PARTITION BY member.unit_id
                                  ORDER BY is_head DESC, member.revenue DESC NULLS LAST, companies.account_id) AS place
        FROM companies JOIN unit_members member USING (account_id) WHERE member.level = 'group'""",
    )


def _write_figures(con: duckdb.DuckDBPyConnection) -> None:
    """Add to ``group_members`` each group's figures, with the oldest day of what went into a sum."""
    import pyarrow as pa

    rows = run_sql(
        con,
        """SELECT unit_id, account_id, m.parent_id, employees, employees_date, account_revenue, revenue_date
           FROM companies JOIN unit_members m USING (account_id) WHERE m.level = 'group' ORDER BY ALL""",
    )
    groups: dict[str, list[tuple]] = {}
    for row in rows:
        groups.setdefault(row[0], []).append(row[1:])
    found = [(unit, *_figures(unit, members)) for unit, members in groups.items()]
    kinds = [("unit_id", "VARCHAR")]
    for pair in FIGURES.items():
        kinds += [(f"{c}_of_group", TABLES["accounts"].columns[c].sql_type) for c in pair]
    values: Iterable[Sequence] = zip(*found, strict=True) if found else [[] for _ in kinds]
    table = pa.table({name: list(column) for (name, _), column in zip(kinds, values, strict=True)})
    con.register("figures_now", table)
    casts = ", ".join(f"{name}::{kind} AS {name}" for name, kind in kinds)
    run_sql(con, f"CREATE OR REPLACE TEMP TABLE group_figures AS SELECT {casts} FROM figures_now")
    con.unregister("figures_now")
    run_sql(
        con,
        "CREATE OR REPLACE TEMP TABLE group_members AS FROM group_members LEFT JOIN group_figures USING (unit_id)",
    )


def _figures(unit: str, members: list[tuple]) -> list:
    """Return figure and day of each of `FIGURES`; members are (account, parent, figure, day, figure, day)."""
    ids = [row[0] for row in members]
    above = {row[0]: row[1] for row in members}
    found: list = []
    for position in (2, 4):
        own = {row[0]: row[position] for row in members if row[position] is not None}
        days = {row[0]: row[position + 1] for row in members}
        total = total_figure(ids, above, own, unit)
        if total is None:
            found += [None, None]
            continue
        of = ids if total[1] or unit not in days else [unit]
        known = [days[account] for account in of]
        found += [total[0], None if any(day is None for day in known) else min(known)]
    return found
