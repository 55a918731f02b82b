"""Rules about whole rows: which are left out, and which count with the negative sign."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from segkit.sources.placeholders import literal, name_sql
from segkit.sources.plans import Condition, EntryPlan, Reference
from segkit.sources.queries import run_sql

if TYPE_CHECKING:
    import duckdb

_SIZES = ("revenue", "amount", "quantity")
"""Columns that turn, each in the files in which it is unsigned."""


def skip_sql(plan: EntryPlan, typed: dict[Reference, tuple[str, str, str]]) -> str:
    """Return SQL for the reason of the first rule that leaves a row out, NULL where it counts."""
    cases = [f"WHEN {any_sql(of, typed)} THEN {literal(reason)}" for reason, of in plan.skip.items() if of]
    return f"CASE {' '.join(cases)} END" if cases else "CAST(NULL AS VARCHAR)"


def any_sql(conditions: Sequence[Condition], typed: dict[Reference, tuple[str, str, str]]) -> str:
    """Return SQL that is true where one of the conditions holds; case and blanks around do not matter."""
    return " OR ".join(_condition(c.texts, typed[c.reference][0]) for c in conditions) or "FALSE"


def _condition(texts: Sequence[str], value: str) -> str:
    plain = [text.strip().lower() for text in texts]
    tests = [f"{value} IS NULL"] if "" in plain else []
    tests += [f"{value} IS NOT NULL"] if "*" in plain else []
    others = [text for text in plain if text not in ("", "*")]
    has_numbers = any(text.isdigit() for text in others)
    shown = f"regexp_replace({value}, '^([0-9]+)\\.0+$', '\\1')" if has_numbers else value  # 6 of Excel may be 6.0
    named = ", ".join(literal(text) for text in others)
    tests += [f"coalesce(lower({shown}) IN ({named}), FALSE)"] if named else []
    return f"({' OR '.join(tests)})"


def sign_rows(con: duckdb.DuckDBPyConnection, plan: EntryPlan, rows: str) -> dict[int, int]:
    """Give rows with `is_negative` their sign, in every file that does not have it already.

    Parameters
    ----------
    con : DuckDBPyConnection
        Holds the table `rows`: file_no, is_negative, the columns of the plan.
    plan : EntryPlan
        Its `negative` said which rows.
    rows : str
        The table. The sign turns, whatever it is: a fee kept back inside a credit note is positive afterwards. The
        margin turns with the revenue.

    Returns
    -------
    dict
        file_no → rows whose money changed. A file in which most of these rows are negative is signed already.
    """
    names = [column.name for column in plan.columns]
    money = next((name for name in _SIZES if name in names), None)
    if not plan.negative or money is None:
        return {}
    changed = _unsigned(con, rows, money)
    for name in _SIZES:
        turning = changed if name == money else _unsigned(con, rows, name) if name in names else {}
        _turn(con, rows, [name, "margin"] if name == "revenue" and "margin" in names else [name], turning)
    total: dict[int, int] = {}
    for (file_no, _), n in changed.items():
        total[file_no] = total.get(file_no, 0) + n
    return total


def _unsigned(con: duckdb.DuckDBPyConnection, rows: str, name: str) -> dict[tuple[int, bool], int]:
    """Return (file_no, counts or is left out) → rows of a negative kind, where most of them are positive.

    Rows that are left out, such as cancellations, decide for themselves only: they must not turn a credit note.
    """
    value = name_sql(name)
    found = run_sql(
        con,
        f"""
        SELECT file_no, skip IS NULL, count(*) FILTER ({value} <> 0) FROM {rows} WHERE is_negative GROUP BY 1, 2
        HAVING count(*) FILTER ({value} > 0) > count(*) FILTER ({value} < 0) ORDER BY 1, 2""",
    )
    return {(int(file_no), bool(counts)): int(n) for file_no, counts, n in found}


def _turn(con: duckdb.DuckDBPyConnection, rows: str, names: Sequence[str], groups: dict[tuple[int, bool], int]) -> None:
    if groups:
        sets = ", ".join(f"{name_sql(name)} = -{name_sql(name)}" for name in names)
        chosen = ", ".join(f"({file_no}, {counts})" for file_no, counts in groups)
        run_sql(con, f"UPDATE {rows} SET {sets} WHERE is_negative AND (file_no, skip IS NULL) IN ({chosen})")
