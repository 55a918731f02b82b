"""The rules of `segkit.cleansing.rules` at work: safe ones repair rows and are logged, doubtful ones are proposed."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING

from segkit.cleansing.rows import columns_of, has_table, make_empty, run_sql
from segkit.cleansing.rules import OTHER_RULES, RULES, Rule
from segkit.errors import UserError
from segkit.tables import TABLES

if TYPE_CHECKING:
    import duckdb
    import pandas as pd

LOG = """source VARCHAR, "row_number" BIGINT, "column" VARCHAR, old_value VARCHAR, new_value VARCHAR, rule VARCHAR,
         n_rows BIGINT"""
ONE_BY_ONE = 1000
"""Values that a rule changed are logged row by row up to this number, above it once for each file and value."""


def repair_rows(con: duckdb.DuckDBPyConnection, decisions: pd.DataFrame | None, switched_off: list[str]) -> None:
    """Repair ``rows_T`` by the list of rules, and propose what a person must decide.

    Parameters
    ----------
    con : duckdb.DuckDBPyConnection
        Holds ``rows_T`` with step, which is empty for rows that count.
    decisions : DataFrame or None
        Columns of ``decisions/repairs.csv``: a choice that begins with accept applies the proposal (or the decision's
        own value), one that begins with refuse closes it.
    switched_off : list of str
        Rules that are counted with zero and do nothing.

    Notes
    -----
    Creates ``cleaning_rules`` (every rule, also where it did nothing), ``proposals`` (without revenue, which comes by
    `segkit.cleansing.missing_reasons.weigh_repairs`), ``repair_log`` (columns of cleaning_log without reason),
    ``emptied_cells`` (table, column, source, row_number, reason, written: cells that stood for nothing) and
    ``missing_values`` without rows.

    Raises
    ------
    UserError
        "project.yml: cleansing.switched_off names the rule phone_writen, which does not exist; did you mean …"
    """
    _check_switched_off(switched_off)
    for table in ("cleaning_rules", "proposals", "missing_values"):
        make_empty(con, table)
    run_sql(con, f"CREATE OR REPLACE TEMP TABLE repair_log ({LOG})")
    run_sql(
        con,
        """CREATE OR REPLACE TEMP TABLE emptied_cells ("table" VARCHAR, "column" VARCHAR, source VARCHAR,
                                                        "row_number" BIGINT, reason VARCHAR, written VARCHAR)""",
    )
    looked_at: dict[str, dict[str, int]] = {}
    counts = []
    for rule in RULES:
        for table, columns in rule.columns.items():
            for column in columns:
                if table not in looked_at:
                    looked_at[table] = _count_values(con, table)
                n_rows = looked_at[table]["*" if rule.fills else column]
                is_off = rule.name in switched_off or not n_rows
                n_changed, n_proposed = (0, 0) if is_off else _apply(con, rule, table, column)
                counts.append((table, column, rule.name, rule.kind, n_rows, n_changed, n_proposed))
                if n_changed:
                    looked_at.pop(table)
    con.executemany("INSERT INTO cleaning_rules VALUES (?, ?, ?, ?, ?, ?, ?)", counts)
    _decide(con, decisions)
    run_sql(con, "DROP TABLE IF EXISTS values_now; DROP TABLE IF EXISTS changes_now")


def _check_switched_off(switched_off: list[str]) -> None:
    """Refuse names of rules that do not exist."""
    known = [*(rule.name for rule in RULES), *OTHER_RULES]
    texts = []
    for name in switched_off:
        if name not in known:
            near = difflib.get_close_matches(name, known, n=1, cutoff=0.5)
            hint = f"did you mean {near[0]}?" if near else "docs/cleansing_rules.md lists all."
            texts.append(f"project.yml: cleansing.switched_off names the rule {name}, which does not exist; {hint}")
    if texts:
        raise UserError(texts)


def _count_values(con: duckdb.DuckDBPyConnection, table: str) -> dict[str, int]:
    """Return how many used rows have a value, by column; ``*``: how many there are."""
    columns = columns_of(table)
    if not has_table(con, f"rows_{table}"):
        return dict.fromkeys(["*", *columns], 0)
    counted = ", ".join(f"count({column})" for column in columns)
    found = run_sql(con, f"SELECT count(*), {counted} FROM rows_{table} WHERE step IS NULL")[0]
    return dict(zip(["*", *columns], found, strict=True))


def _apply(con: duckdb.DuckDBPyConnection, rule: Rule, table: str, column: str) -> tuple[int, int]:
    """Run one rule over one column; return how many rows it changed, and for how many it proposes a change."""
    if not _find_changes(con, rule, table, column):
        return 0, 0
    return (
        (0, _propose(con, rule, table, column)) if rule.kind == "doubtful" else (_repair(con, rule, table, column), 0)
    )


def _find_changes(con: duckdb.DuckDBPyConnection, rule: Rule, table: str, column: str) -> bool:
    """Write ``changes_now`` (value, what the rule reads, new_value) of distinct values; say whether there are any."""
    reads = [name for name in rule.reads if name in columns_of(table)]
    others = "".join(f", {name}" for name in reads)
    distinct = f"SELECT {column} AS value{others}, count(*) AS n FROM rows_{table} WHERE step IS NULL GROUP BY ALL"
    frame = con.execute(f"{distinct} ORDER BY ALL").df()
    frame = frame.astype(dict.fromkeys(("value", *reads), "str"))
    if not rule.fills:
        frame = frame[frame["value"].notna()].reset_index(drop=True)
    frame = frame.assign(new_value=rule.function(frame).astype("str"))
    changed = frame[frame["new_value"].notna() & (frame["new_value"] != frame["value"].fillna(""))]
    if changed.empty:
        return False
    con.register("frame_now", changed[["value", *reads, "new_value"]])
    run_sql(
        con,
        """CREATE OR REPLACE TEMP TABLE changes_now AS
           SELECT * REPLACE (nullif(new_value, '') AS new_value) FROM frame_now""",
    )
    con.unregister("frame_now")
    return True


def _hits(con: duckdb.DuckDBPyConnection, rule: Rule, table: str, column: str) -> int:
    """Write ``values_now`` (source, row_number, record_id, old_value, new_value) and return how many there are."""
    same = " AND ".join(
        f"t.{name} IS NOT DISTINCT FROM c.{of_change}"
        for name, of_change in [(column, "value"), *((name, name) for name in rule.reads if name in columns_of(table))]
    )
    run_sql(
        con,
        f"""CREATE OR REPLACE TEMP TABLE values_now AS
            SELECT t.source, t."row_number", t.{TABLES[table].key[0]} AS record_id, t.{column} AS old_value, c.new_value
            FROM rows_{table} t JOIN changes_now c ON {same} WHERE t.step IS NULL""",
    )
    return int(run_sql(con, "SELECT count(*) FROM values_now")[0][0])


def _repair(con: duckdb.DuckDBPyConnection, rule: Rule, table: str, column: str) -> int:
    """Change the rows and log it; return how many changed."""
    n_changed = _hits(con, rule, table, column)
    if rule.is_format:
        entry = """source, NULL, $column, arg_min(old_value, "row_number"), arg_min(new_value, "row_number"), $rule,
                   count(*) FROM values_now GROUP BY source"""
    elif n_changed > ONE_BY_ONE:
        entry = """source, min("row_number"), $column, old_value, new_value, $rule, count(*)
                   FROM values_now GROUP BY source, old_value, new_value"""
    else:
        entry = 'source, "row_number", $column, old_value, new_value, $rule, 1 FROM values_now'
    run_sql(con, f"INSERT INTO repair_log SELECT {entry} ORDER BY ALL", {"column": column, "rule": rule.name})
    if rule.kind == "missing":
        run_sql(
            con,
            """INSERT INTO emptied_cells
               SELECT $table, $column, source, "row_number", $rule, old_value FROM values_now""",
            {"table": table, "column": column, "rule": rule.name},
        )
    _write(con, table, column)
    return n_changed


def _write(con: duckdb.DuckDBPyConnection, table: str, column: str) -> None:
    """Put the new values of ``values_now`` into the rows."""
    run_sql(
        con,
        f"""UPDATE rows_{table} SET {column} = v.new_value FROM values_now v
            WHERE v.source = rows_{table}.source AND v."row_number" = rows_{table}."row_number"
              AND rows_{table}.step IS NULL AND v.record_id = rows_{table}.{TABLES[table].key[0]}""",
    )


def _propose(con: duckdb.DuckDBPyConnection, rule: Rule, table: str, column: str) -> int:
    """Add open proposals; return how many."""
    n_proposed = _hits(con, rule, table, column)
    run_sql(
        con,
        """INSERT INTO proposals
           SELECT $table, source, "row_number", record_id, $column, old_value, new_value, $rule, $reason, 'open', NULL
           FROM values_now ORDER BY record_id""",
        {"table": table, "column": column, "rule": rule.name, "reason": f"repairs.rule_{rule.name}"},
    )
    return n_proposed


def _decide(con: duckdb.DuckDBPyConnection, decisions: pd.DataFrame | None) -> None:
    """Close the proposals that somebody decided, and apply the accepted ones."""
    if decisions is None or decisions.empty:
        return
    con.register("decisions_now", decisions[["table", "record_id", "column", "choice", "value"]].astype("str"))
    run_sql(
        con,
        """UPDATE proposals
           SET status = CASE WHEN d.choice ILIKE 'accept%' THEN 'accepted'
                             WHEN d.choice ILIKE 'refuse%' THEN 'refused' ELSE 'open' END,
               proposed_value = CASE WHEN d.choice ILIKE 'accept%' AND trim(d.value) <> '' THEN trim(d.value)
                                     ELSE proposed_value END
           FROM decisions_now d
           WHERE d."table" = proposals."table" AND d.record_id = proposals.record_id
             AND d."column" = proposals."column" """,
    )
    con.unregister("decisions_now")
    accepted = run_sql(
        con, """SELECT DISTINCT "table", "column", rule FROM proposals WHERE status = 'accepted' ORDER BY ALL"""
    )
    order = {rule.name: place for place, rule in enumerate(RULES)}
    for table, column, rule in sorted(accepted, key=lambda row: (order[row[2]], row)):
        _accept(con, table, column, rule)


def _accept(con: duckdb.DuckDBPyConnection, table: str, column: str, rule: str) -> None:
    """Apply the accepted proposals of a rule for a column that no earlier rule has changed."""
    keys = {"table": table, "column": column, "rule": rule}
    run_sql(
        con,
        f"""CREATE OR REPLACE TEMP TABLE values_now AS
            SELECT p.source, p."row_number", p.record_id, p.old_value, p.proposed_value AS new_value
            FROM proposals p JOIN rows_{table} t
              ON t.source = p.source AND t."row_number" = p."row_number" AND t.{TABLES[table].key[0]} = p.record_id
            WHERE p.status = 'accepted' AND p."table" = $table AND p."column" = $column AND p.rule = $rule
              AND t.{column} IS NOT DISTINCT FROM p.old_value""",
        keys,
    )
    run_sql(
        con,
        """INSERT INTO repair_log
           SELECT source, "row_number", $column, old_value, new_value, $rule, 1 FROM values_now ORDER BY ALL""",
        {"column": column, "rule": rule},
    )
    _write(con, table, column)
    run_sql(
        con,
        """UPDATE cleaning_rules SET n_changed = (SELECT count(*) FROM values_now), n_proposed = (
               SELECT count(*) FROM proposals p
               WHERE p."table" = $table AND p."column" = $column AND p.rule = $rule AND p.status <> 'accepted')
           WHERE "table" = $table AND "column" = $column AND rule = $rule""",
        keys,
    )
