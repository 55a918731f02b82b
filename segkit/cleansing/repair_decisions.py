"""Decisions about values that change nothing: their record is gone, no rule doubts the value, nobody can read them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from segkit.cleansing.rows import delivered, has_table, run_sql
from segkit.tables import INPUTS

if TYPE_CHECKING:
    import duckdb
    import pandas as pd

CHECKS = ("gone_repair", "unclear_repair", "idle_repair")
EXAMPLES = 3
PLAIN_NUMBER = "^[0-9]+([.][0-9]{1,2})?$"
"""What a decision's own value must look like in a column of numbers: 1.200 is a thousand to some, one to others."""


def check_decisions(con: duckdb.DuckDBPyConnection, decisions: pd.DataFrame | None) -> None:
    """Note which rows of decisions/repairs.csv have no effect in this run; all of them stay in their file.

    Parameters
    ----------
    con : duckdb.DuckDBPyConnection
        Holds ``raw_T``, ``account_links``, ``match_notes``, and all ``proposals``.
    decisions : DataFrame or None
        Columns of ``decisions/repairs.csv``.

    Notes
    -----
    Creates ``repair_checks`` (columns of data_quality): gone_repair (nobody delivers the record any more),
    unclear_repair (neither accept nor refuse; no such table or column; a value that does not fit its column),
    idle_repair (no rule doubts this value, or not any more). Adds a sentence to ``match_notes`` for each that occurs.
    """
    run_sql(
        con,
        'CREATE OR REPLACE TEMP TABLE repair_checks ("table" VARCHAR, "column" VARCHAR, "check" VARCHAR, '
        "n_rows BIGINT, n_bad BIGINT, revenue DECIMAL(18,4))",
    )
    if decisions is None or decisions.empty:
        return
    found = _sort_out(con, decisions)
    for check in CHECKS:
        names = [name for name, kind in found if kind == check]
        run_sql(
            con,
            "INSERT INTO repair_checks VALUES ('decisions', 'repairs', ?, ?, ?, NULL)",
            [check, len(decisions), len(names)],
        )
        if names and has_table(con, "match_notes"):
            numbers = {"n": len(names), "names": "; ".join(names[:EXAMPLES]) + ("; …" if names[EXAMPLES:] else "")}
            run_sql(
                con,
                "INSERT INTO match_notes SELECT count(*), ?, ? FROM match_notes",
                [f"repairs.warn_{check}", json.dumps(numbers, ensure_ascii=False, sort_keys=True)],
            )


def _sort_out(con: duckdb.DuckDBPyConnection, decisions: pd.DataFrame) -> list[tuple[str, str]]:
    """Return the name of each decision without effect (table, record and column) with its check."""
    run_sql(con, 'CREATE OR REPLACE TEMP TABLE known_columns ("table" VARCHAR, "column" VARCHAR)')
    columns = [(name, column) for name, table in INPUTS.items() for column in table.columns]
    con.executemany("INSERT INTO known_columns VALUES (?, ?)", columns)
    keys = [(name, INPUTS[name].key[0], f"raw_{name}") for name in delivered(con) if name != "invoices"]
    if has_table(con, "account_links"):
        keys += [("accounts", column, "account_links") for column in ("source_id", "account_id")]
    records = [f"SELECT '{name}', {key}::VARCHAR FROM {relation}" for name, key, relation in keys]
    con.register("decisions_now", decisions[["table", "record_id", "column", "choice"]].astype("str"))
    found = run_sql(
        con,
        f"""
        WITH records("table", record_id) AS ({" UNION ".join(records) or "SELECT '', ''"}),
        decided AS (
            SELECT *, starts_with(lower(trim(choice)), 'accept') AS is_yes,
                   starts_with(lower(trim(choice)), 'refuse') AS is_no FROM decisions_now),
        proposed AS (
            SELECT "table", record_id, "column", bool_or(status = 'open') AS is_open FROM proposals GROUP BY ALL)
        SELECT d."table" || ' ' || d.record_id || ' ' || d."column" AS name,
               CASE WHEN NOT (d.is_yes OR d.is_no) OR NOT EXISTS (
                         FROM known_columns k WHERE k."table" = d."table" AND k."column" = d."column")
                      OR coalesce(p.is_open, false) THEN 'unclear_repair'
                    WHEN p."table" IS NOT NULL THEN ''
                    WHEN NOT EXISTS (FROM records r WHERE r."table" = d."table" AND r.record_id = d.record_id)
                    THEN 'gone_repair' ELSE 'idle_repair' END AS kind
        FROM decided d LEFT JOIN proposed p USING ("table", record_id, "column") ORDER BY ALL""",
    )
    con.unregister("decisions_now")
    return [(str(name), str(kind)) for name, kind in found]
