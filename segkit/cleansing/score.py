"""One score of data quality, to compare with last quarter: six dimensions, each the share of what is in order."""

from __future__ import annotations

from typing import TYPE_CHECKING

from segkit.cleansing.rows import has_table, make_empty, run_sql
from segkit.tables import INPUTS

if TYPE_CHECKING:
    from collections.abc import Callable

    import duckdb
    import pandas as pd

    Measured = tuple[int, int, float]
    """What was checked, what of it fails, and the share that is in order."""

DIMENSIONS = ("completeness", "validity", "uniqueness", "freshness", "linkage", "money")
NEEDED = ("name", "street", "postal_code", "city", "country", "employees")
INDUSTRY = ("industry_code", "industry")
"""Either of them says what an account does."""
FORM_CHECKS = ("future_date", "old_date", "bad_date", "bad_number", "bad_flag", "bad_encoding", "id_damaged")
MASTER_DATA = tuple(sorted(name for name, table in INPUTS.items() if table.kind == "snapshot"))
DIGITS = 2


def write_scores(con: duckdb.DuckDBPyConnection, previous: pd.DataFrame | None) -> None:
    """Create ``quality_scores``: dimension, n_checked, n_bad, score (0 to 100), previous_score.

    A dimension that the data cannot tell has no score; ``total`` is the mean of those that have one, each with the same
    weight. Formulas: docs/methods.md, "The score of data quality".

    Parameters
    ----------
    con : duckdb.DuckDBPyConnection
        Holds data_quality, cleaning_rules, proposals, duplicates, account_links, freshness, reconciliation and
        control_totals of this run.
    previous : DataFrame, optional
        quality_scores of the run before.
    """
    measures: dict[str, Callable[[duckdb.DuckDBPyConnection], Measured | None]] = {
        "completeness": _completeness,
        "validity": _validity,
        "uniqueness": _uniqueness,
        "freshness": _freshness,
        "linkage": _linkage,
        "money": _money,
    }
    before = {} if previous is None else dict(zip(previous["dimension"], previous["score"], strict=True))
    rows: list[tuple] = []
    for dimension in DIMENSIONS:
        measured = measures[dimension](con)
        n_checked, n_bad, share = measured or (None, None, None)
        score = None if share is None else round(100 * min(max(share, 0.0), 1.0), DIGITS)
        rows.append((dimension, n_checked, n_bad, score, _number(before.get(dimension))))
    known = [row[3] for row in rows if row[3] is not None]
    total = round(sum(known) / len(known), DIGITS) if known else None
    rows.append(("total", None, None, total, _number(before.get("total"))))
    make_empty(con, "quality_scores")
    con.executemany("INSERT INTO quality_scores VALUES (?, ?, ?, ?, ?)", rows)


def _number(value: object) -> float | None:
    return None if value is None or value != value or str(value) == "<NA>" else float(value)  # type: ignore[arg-type]


def _share(n_checked: int | None, n_bad: int | None) -> Measured | None:
    if not n_checked:
        return None
    bad = int(n_bad or 0)
    return int(n_checked), bad, 1 - bad / int(n_checked)


def _rows(con: duckdb.DuckDBPyConnection, table: str, sql: str) -> list[tuple]:
    return run_sql(con, sql) if has_table(con, table) else []


def _texts(values: tuple[str, ...]) -> str:
    return ", ".join(f"'{value}'" for value in values)


def _completeness(con: duckdb.DuckDBPyConnection) -> Measured | None:
    """Values of accounts that segmentation and matching need, also of columns that nobody delivered."""
    found = _rows(
        con,
        "data_quality",
        f"""SELECT sum(n_rows), sum(n_bad) FROM (
                SELECT CASE WHEN "column" IN ({_texts(INDUSTRY)}) THEN 'industry' ELSE "column" END AS what,
                       max(n_rows) AS n_rows, min(n_bad) AS n_bad
                FROM data_quality WHERE "table" = 'accounts' AND "check" = 'missing'
                     AND "column" IN ({_texts(NEEDED + INDUSTRY)}) GROUP BY what)""",
    )
    return _share(*found[0]) if found else None


def _validity(con: duckdb.DuckDBPyConnection) -> Measured | None:
    """Values of lists (no money, no events) that rules and checks of forms looked at; bad are those of no use.

    Safe repairs are no fault here, nor is a proposal that somebody refused: then the value was right.
    """
    checks = _rows(
        con,
        "data_quality",
        f"""SELECT coalesce(sum(n_rows), 0), coalesce(sum(n_bad), 0) FROM data_quality
            WHERE "table" IN ({_texts(MASTER_DATA)})
              AND replace("check", 'unreadable_', '') IN ({_texts(FORM_CHECKS)})""",
    )
    rules = _rows(
        con,
        "cleaning_rules",
        """SELECT coalesce(sum(n_rows), 0), coalesce(sum(n_proposed), 0) FROM (
               SELECT max(n_rows) AS n_rows, sum(n_proposed) AS n_proposed FROM cleaning_rules
               WHERE kind = 'doubtful' GROUP BY "table", "column")""",
    )
    refused = _rows(con, "proposals", "SELECT 0, -count(*) FROM proposals WHERE status = 'refused'") if rules else []
    impossible = _rows(
        con, "missing_values", "SELECT 0, coalesce(sum(n_missing), 0) FROM missing_values WHERE reason = 'impossible'"
    )
    parts = [*checks, *rules, *refused, *impossible]
    n_checked, n_bad = (int(sum(part[i] for part in parts)) for i in (0, 1))
    return _share(n_checked, min(max(n_bad, 0), n_checked))


def _uniqueness(con: duckdb.DuckDBPyConnection) -> Measured | None:
    """Records of accounts; bad are those that stand beside another record of the same customer in the same system.

    Pairs that wait for a decision count as well, whichever systems they come from.
    """
    if not _rows(con, "match_model", "SELECT 1 FROM match_model LIMIT 1") and not _rows(
        con, "duplicates", "SELECT 1 FROM duplicates LIMIT 1"
    ):
        return None  # nobody looked for duplicates
    n_records = _rows(con, "account_links", "SELECT count(*) FROM account_links WHERE how <> 'external'")
    n_bad = _rows(
        con,
        "duplicates",
        """SELECT count(DISTINCT account_id_b) FROM duplicates
           WHERE status = 'review' OR status IN ('merged', 'kept', 'decided_same')
                 AND system_a IS NOT DISTINCT FROM system_b""",
    )
    return _share(n_records[0][0] if n_records else None, n_bad[0][0] if n_bad else 0)


def _freshness(con: duckdb.DuckDBPyConnection) -> Measured | None:
    """Firmographics of accounts with money whose day is known; bad are the stale ones."""
    found = _rows(
        con,
        "freshness",
        "SELECT count(*), count(*) FILTER (is_stale) FROM freshness WHERE known_date IS NOT NULL",
    )
    return _share(*found[0]) if found else None


def _linkage(con: duckdb.DuckDBPyConnection) -> Measured | None:
    """References from one table to another, and accounts with money; bad are those that no delivered list holds."""
    found = _rows(
        con,
        "data_quality",
        """SELECT sum(n_rows), sum(n_bad) FROM data_quality
           WHERE "check" IN ('unknown_reference', 'not_delivered', 'unmatched_external_id')""",
    )
    return _share(*found[0]) if found else None


def _money(con: duckdb.DuckDBPyConnection) -> Measured | None:
    """Lines of money; bad are those in quarantine.

    The share is that of rows or of money, whichever is worse, less the share by which the covered years miss
    controlling's figures.
    """
    found = _rows(
        con,
        "reconciliation",
        """SELECT sum(n_rows) FILTER (step = 'in'), sum(n_rows) FILTER (starts_with(step, 'quarantined')),
                  sum(abs(revenue)) FILTER (step = 'in'), sum(abs(revenue)) FILTER (starts_with(step, 'quarantined'))
           FROM reconciliation WHERE "table" = 'invoices'""",
    )
    measured = _share(*found[0][:2]) if found else None
    if measured is None:
        return None
    n_checked, n_bad, share = measured
    money_in, money_out = float(found[0][2] or 0), float(found[0][3] or 0)
    if money_in:
        share = min(share, 1 - money_out / money_in)
    return n_checked, n_bad, share - _off(con)


def _off(con: duckdb.DuckDBPyConnection) -> float:
    """Share of controlling's revenue by which the compared years deviate."""
    found = _rows(
        con,
        "control_totals",
        """SELECT sum(abs(deviation)), sum(abs(controlling)) FROM control_totals
           WHERE NOT is_partial AND controlling IS NOT NULL""",
    )
    deviation, stated = found[0] if found else (None, None)
    return float(deviation or 0) / float(stated) if stated else 0.0
