"""Records of several systems that are one account by a known key: the SAP number in the CRM, or lost leading zeros."""

from __future__ import annotations

from typing import TYPE_CHECKING

from segkit.cleansing.known_keys import Finder, Key, Links, Record, folded, link_records, speaks_own_ids
from segkit.cleansing.link_checks import note_checks
from segkit.cleansing.merging import merge_rows
from segkit.cleansing.origins import ensure_origins
from segkit.cleansing.rows import columns_of, delivered, has_table, make_empty, run_sql

if TYPE_CHECKING:
    import duckdb
    import pandas as pd

ACCOUNT_COLUMNS = ("account_id", "parent_id", "payer_id", "ship_to_id", "partner_id")
"""Columns that name an account, whatever their table."""
LOG = """source VARCHAR, "row_number" BIGINT, "column" VARCHAR, old_value VARCHAR, new_value VARCHAR, rule VARCHAR,
         n_rows BIGINT"""
FOUND = ("source", "value", "account_id", "rule")


def link_accounts(con: duckdb.DuckDBPyConnection, quarter: str = "") -> None:
    """Give all records of one account its leading id, in every table, and make one row of accounts of them.

    Parameters
    ----------
    con : duckdb.DuckDBPyConnection
        Holds ``rows_T`` and ``raw_invoices``, and perhaps ``origins``. Afterwards the columns that name an account
        (`ACCOUNT_COLUMNS`) hold the leading id; linked rows of accounts have the step excluded_linked; rows_accounts
        keeps the system and its own id (``system``, ``source_id``).
    quarter : str
        Quarter of this run, for links that no earlier run had (`date_links`).

    Notes
    -----
    Creates ``account_links`` (source, source_id, account_id, unit_id, probability, how, since_quarter), ``link_log``
    (columns of cleaning_log without reason), ``link_checks`` (columns of data_quality) and ``account_lineage``.
    """
    ensure_origins(con)
    run_sql(con, f"CREATE OR REPLACE TEMP TABLE link_log ({LOG})")
    make_empty(con, "account_lineage")
    if not has_table(con, "rows_accounts"):
        note_checks(con, Links(), {})
        make_empty(con, "account_links")
        return
    _name_systems(con)
    records = _records(con)
    links = link_records(records.values())
    note_checks(con, links, records)
    _translate(con, Finder(links))
    merge_rows(con, links)
    _write_links(con, links, quarter)


def _name_systems(con: duckdb.DuckDBPyConnection) -> None:
    run_sql(
        con,
        """
        CREATE OR REPLACE TEMP TABLE rows_accounts AS
        SELECT rows.*, rows.account_id AS source_id, origins.system, origins.place
        FROM rows_accounts rows LEFT JOIN origins USING (source)""",
    )


def _records(con: duckdb.DuckDBPyConnection) -> dict[Key, Record]:
    """Return the accounts of every system, and those that only another system's lines name."""
    with_money = "(SELECT account_id FROM raw_invoices)" if has_table(con, "raw_invoices") else "(SELECT NULL)"
    rows = run_sql(
        con,
        f"""
        SELECT system, account_id, arg_max(external_id, (delivery, "row_number")) FILTER (external_id IS NOT NULL),
               bool_or(account_id IN {with_money}), min(place)
        FROM rows_accounts WHERE step IS NULL OR step = 'excluded_duplicate' GROUP BY ALL ORDER BY ALL""",
    )
    records = {(row[0], row[1]): Record(*row) for row in rows}
    external = {folded(r.external_id) for r in records.values() if r.external_id}
    if not external:
        return records
    following = {r.system for r in records.values() if r.external_id}
    led = {folded(r.source_id) for r in records.values() if r.system not in following}
    own = {r.source_id for r in records.values() if r.system in following}
    for system, (place, ids) in _other_ids(con, {system for system, _ in records}).items():
        if speaks_own_ids(ids, external, led, own):
            records |= {(system, value): Record(system, value, None, True, place, False) for value in ids}
    return records


def _other_ids(con: duckdb.DuckDBPyConnection, with_accounts: set[str]) -> dict[str, tuple[int, set[str]]]:
    """Return place and account ids of the systems that delivered no accounts."""
    found: dict[str, tuple[int, set[str]]] = {}
    for table, relation in id_relations(con):
        if table == "accounts" or "account_id" not in columns_of(table):
            continue
        for system, place, value in run_sql(
            con,
            f"SELECT DISTINCT system, place, account_id FROM {relation} JOIN origins USING (source) "
            "WHERE account_id IS NOT NULL ORDER BY ALL",
        ):
            if system not in with_accounts:
                found.setdefault(system, (place, set()))[1].add(value)
    return found


def id_relations(con: duckdb.DuckDBPyConnection) -> list[tuple[str, str]]:
    """Return table → relations whose ids are translated: rows of every table, and what later steps read raw."""
    pairs = [(table, f"rows_{table}") for table in delivered(con) if has_table(con, f"rows_{table}")]
    return pairs + [(table, f"raw_{table}") for table in ("accounts", "invoices") if has_table(con, f"raw_{table}")]


def _translate(con: duckdb.DuckDBPyConnection, finder: Finder) -> None:
    """Put leading ids in the place of linked ones, and log how many rows of each file that concerns."""
    systems = dict(run_sql(con, "SELECT source, system FROM origins"))
    for table, relation in id_relations(con):
        for column in [c for c in ACCOUNT_COLUMNS if c in columns_of(table)]:
            values = run_sql(
                con, f"SELECT DISTINCT source, {column} FROM {relation} WHERE {column} IS NOT NULL ORDER BY ALL"
            )
            found = [(s, v, *hit) for s, v in values if (hit := finder.find(systems.get(s, ""), v)) is not None]
            if not found:
                continue
            _register(con, found)
            if relation.startswith("rows_") or table == "invoices":
                _log(con, table, relation, column)
            run_sql(
                con,
                f"UPDATE {relation} SET {column} = found_ids.account_id FROM found_ids "
                f"WHERE {relation}.source = found_ids.source AND {relation}.{column} = found_ids.value",
            )


def _register(con: duckdb.DuckDBPyConnection, found: list[tuple[str, str, str, str]]) -> None:
    import pyarrow as pa

    columns = zip(*found, strict=True)
    con.register("found_now", pa.table({name: list(values) for name, values in zip(FOUND, columns, strict=True)}))
    run_sql(con, "CREATE OR REPLACE TEMP TABLE found_ids AS FROM found_now")
    con.unregister("found_now")


def _log(con: duckdb.DuckDBPyConnection, table: str, relation: str, column: str) -> None:
    """Log linked accounts one by one, and references to them as one number for each file."""
    each = '"row_number", value, found_ids.account_id' if table == "accounts" and column == "account_id" else None
    shown = each or "NULL, NULL, NULL"
    grouped = f", {each}" if each else ""
    run_sql(
        con,
        f"""
        INSERT INTO link_log
        SELECT source, {shown.split(", ", 1)[0]}, '{column}', {shown.split(", ", 1)[1]},
               CASE WHEN rule = 'linked' AND {each is None} THEN 'reference_linked' ELSE rule END, count(*)
        FROM {relation} JOIN found_ids USING (source) WHERE {relation}.{column} = found_ids.value
        GROUP BY source, rule{grouped} ORDER BY ALL""",
    )


def date_links(account_links: pd.DataFrame, previous: pd.DataFrame | None, quarter: str) -> pd.DataFrame:
    """Return the links, each with the first quarter that has it.

    Parameters
    ----------
    account_links : DataFrame
        source, source_id, account_id and more.
    previous : DataFrame or None
        The table of the previous run; a link that it holds keeps its since_quarter.
    quarter : str
        This run's quarter, from which all other links are.
    """
    key = ["source", "source_id", "account_id"]
    if previous is None:
        return account_links.assign(since_quarter=quarter)
    known = previous[[*key, "since_quarter"]].drop_duplicates(key)
    dated = account_links.drop(columns="since_quarter").merge(known, on=key, how="left")
    return dated.assign(since_quarter=dated["since_quarter"].fillna(quarter))


def _write_links(con: duckdb.DuckDBPyConnection, links: Links, quarter: str) -> None:
    """Create ``account_links``: every record of every system."""
    import pyarrow as pa

    make_empty(con, "account_links")
    rows = [
        (*key, account, "key" if key in links.linked and key not in links.roots else "own")
        for key, account in sorted(links.accounts.items())
    ]
    if rows:
        columns = zip(*rows, strict=True)
        names = ("source", "source_id", "account_id", "how")
        con.register("links_now", pa.table({n: list(v) for n, v in zip(names, columns, strict=True)}))
        run_sql(
            con,
            "INSERT INTO account_links BY NAME SELECT *, account_id AS unit_id, 1.0 AS probability, "
            "? AS since_quarter FROM links_now",
            [quarter],
        )
        con.unregister("links_now")
