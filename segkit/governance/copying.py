"""Tables of a run as they go into a pseudonymised copy."""

from __future__ import annotations

from typing import TYPE_CHECKING

from segkit.governance.copy_rules import Treatment, hidden_columns, treatments
from segkit.governance.crowds import FEWEST
from segkit.governance.pseudonyms import SHOWN, Pseudonyms
from segkit.tables import TABLES

if TYPE_CHECKING:
    import duckdb

CODE = r"[a-z0-9_.:-]+"
DIGITS = 3

IN_ORDER = "ORDER BY ALL NULLS FIRST"


def copy_table(
    con: duckdb.DuckDBPyConnection, table: str, relation: str, pseudonyms: Pseudonyms
) -> dict[str, Treatment]:
    """Create the view ``copy_T``: a table as it goes into the copy.

    Parameters
    ----------
    con : duckdb.DuckDBPyConnection
        Holds `relation`.
    table : str
        Name of the table in `tables.yml`.
    relation : str
        Table or view with its columns; columns that are declared nowhere are left out.
    pseudonyms : Pseudonyms
        Maker of pseudonyms.

    Returns
    -------
    dict
        Column → what became of it, of all declared columns that the relation has.

    Notes
    -----
    The view's rows are in no order; whoever writes them must sort them (`IN_ORDER`), because the order of the original
    numbers tells which account is which. The tables ``map_<domain>`` (original, said) stay on the connection.
    """
    present = [row[0] for row in con.execute(f"SELECT column_name FROM (DESCRIBE FROM {relation})").fetchall()]
    known = {name: treatment for name, treatment in treatments(table).items() if name in present}
    kept = {name: treatment for name, treatment in known.items() if treatment.kind != "drop"}
    joins, selected = [], []
    for name, treatment in kept.items():
        if treatment.kind in ("pseudonym", "name"):
            domain, key = ("account", "account_id") if treatment.kind == "name" else (treatment.argument, name)
            _fill_map(con, relation, key, domain, pseudonyms)
            joins.append(f'LEFT JOIN map_{domain} of_{name} ON of_{name}.original = o."{key}"')
        selected.append(
            f'{_value_sql(name, treatment, TABLES[table].columns[name].type, relation, present)} AS "{name}"'
        )
    con.execute(
        f"CREATE OR REPLACE TEMP VIEW copy_{table} AS SELECT {', '.join(selected)} FROM {relation} o {' '.join(joins)}"
    ).fetchall()
    return known


def _fill_map(con: duckdb.DuckDBPyConnection, relation: str, column: str, domain: str, pseudonyms: Pseudonyms) -> None:
    """Add the pseudonyms of a column's values to ``map_<domain>``."""
    import pyarrow as pa

    con.execute(f"CREATE TEMP TABLE IF NOT EXISTS map_{domain} (original VARCHAR, said VARCHAR)").fetchall()
    sql = f"""SELECT DISTINCT "{column}" FROM {relation} ANTI JOIN map_{domain} ON original = "{column}"
              WHERE "{column}" IS NOT NULL"""
    values = [row[0] for row in con.execute(sql).fetchall()]
    pairs = pseudonyms.table(domain, values)
    columns = {name: pa.array([pair[i] for pair in pairs], pa.string()) for i, name in enumerate(("original", "said"))}
    con.register("pairs_now", pa.table(columns))
    con.execute(f"INSERT INTO map_{domain} FROM pairs_now").fetchall()
    con.unregister("pairs_now")


def _value_sql(name: str, treatment: Treatment, kind: str, relation: str, present: list[str]) -> str:
    """SQL of one column of the copy; money as a plain number, which any reader knows."""
    column = f'o."{name}"'
    if treatment.kind == "pseudonym":
        return f"of_{name}.said"
    if treatment.kind == "name":
        return f"'Account ' || left(of_{name}.said, {SHOWN})"
    if treatment.kind == "code":
        return f"CASE WHEN regexp_full_match({column}, '{CODE}') THEN {column} END"
    if treatment.kind == "category":
        return _frequent(column, f'"{name}"', relation, present)
    if treatment.kind == "prefix":
        short = f"left(%s, {int(treatment.argument)})"
        return _frequent(short % column, short % f'"{name}"', relation, present)
    if treatment.kind == "size":
        limits = [int(limit) for limit in treatment.argument.split()]
        cases = " ".join(f"WHEN {column} >= {limit} THEN {limit}" for limit in sorted(limits, reverse=True))
        return f"CASE {cases} WHEN {column} IS NOT NULL THEN 0 END"
    if treatment.kind == "rounded":
        return _rounded(column)
    if treatment.kind == "weeks":
        return f"CAST(round({column} / 7.0) * 7 AS BIGINT)"
    if treatment.kind == "month":
        return f"CAST(date_trunc('month', {column}) AS DATE)"
    if treatment.kind == "of":
        hidden = ", ".join(f"'{hidden}'" for hidden in sorted(hidden_columns()))
        return f'CASE WHEN o."{treatment.argument}" NOT IN ({hidden}) THEN {column} END'
    return f"CAST({column} AS DOUBLE)" if kind == "money" else column


def _frequent(value: str, inside: str, relation: str, present: list[str]) -> str:
    counted = "count(DISTINCT account_id)" if "account_id" in present else "count(*)"
    frequent = f"SELECT {inside} FROM {relation} GROUP BY ALL HAVING {counted} >= {FEWEST}"
    return f"CASE WHEN {value} IN ({frequent}) THEN {value} END"


def _rounded(column: str) -> str:
    """SQL that rounds to three significant digits: 12,345.67 is 12,300."""
    number = f"CAST({column} AS DOUBLE)"
    places = f"CAST({DIGITS - 1} - floor(log10(abs({number}))) AS INTEGER)"
    return f"CASE WHEN {number} = 0 OR NOT isfinite({number}) THEN {number} ELSE round({number}, {places}) END"
