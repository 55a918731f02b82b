"""The golden record: one row for each account, every value from the record that is to be trusted, and where it is from.

============== ===============================================================================================
rule           which record's value stays
============== ===============================================================================================
most_frequent  name, legal_form: the writing that most records have; of equally many the leading record's
newest         employees, account_revenue, industry and its code: the value known last, with its day; a value whose
               day is known goes before one without; of equal days the leading record's
valid_first    vat_id, register_id, lei: a number whose check digits are right, then the most frequent, then the
               leading record's
one_address    street, postal_code, city, region, country: the leading record's address; what it lacks comes from one
               record whose address agrees with it, never from two
earliest       created_date: the first entry
strictest      consent, do_not_contact: a refusal in any record holds
all_records    is_inactive: only where every record of the leading record's system says so
leading        everything else: the leading record's value
filled         any column: the leading record has none, and another record's value is the only one
============== ===============================================================================================

A day after the delivery that names it is none on which anything was known.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from segkit.cleansing.blocks import ADDRESS, INDUSTRY, write_block
from segkit.cleansing.rows import columns_of, run_sql
from segkit.cleansing.valid_numbers import NUMBERS, write_valid_numbers

if TYPE_CHECKING:
    import duckdb

DATED = {"employees": "employees_date", "account_revenue": "revenue_date", "industry": "industry_date"}
"""Value → the day on which it was known."""
DAY_OF = DATED | {day: day for day in DATED.values()} | {"industry_code": "industry_date"}
RULES = {
    **dict.fromkeys(("name", "legal_form"), "most_frequent"),
    **dict.fromkeys(DAY_OF, "newest"),
    **dict.fromkeys(NUMBERS, "valid_first"),
    **dict.fromkeys(ADDRESS.columns, "one_address"),
    **dict.fromkeys(("consent", "do_not_contact"), "strictest"),
    "created_date": "earliest",
    "is_inactive": "all_records",
}
"""Column → rule; all others are ``leading``."""
TAKEN = tuple(column for column in columns_of("accounts") if column != "account_id")
COUNTED = ("name", "legal_form", *NUMBERS)
NEVER_KNOWN = "DATE '0001-01-01'"


def write_golden_records(con: duckdb.DuckDBPyConnection, log: str, filled: str, accounts: str = "true") -> None:
    """Give the leading row of each account with several records the values that are to be trusted.

    Parameters
    ----------
    con : duckdb.DuckDBPyConnection
        Holds ``rows_accounts``, of which the leading row of an account has no step and the others excluded_linked;
        ``unfilled_accounts``, the same rows as they were delivered; ``account_lineage``, which gets a row for each
        column in which records differ or the leading record has nothing.
    log : str
        Table that gets what became of leading rows: values that were empty as a count for each file that filled them
        (rule `filled`), others one by one with old and new value (rule value_<rule of this module>).
    filled : str
        Name of the rule for empty values.
    accounts : str
        SQL condition on account_id: whose records are made anew.
    """
    run_sql(con, f"DELETE FROM account_lineage WHERE {accounts}")
    _write_rows(con, accounts)
    write_block(con, ADDRESS, "turn")
    newest = f"coalesce(known_industry_date, {NEVER_KNOWN}) DESC, turn"
    write_block(con, INDUSTRY, newest)
    _write_values(con)
    for column in _filled_columns(con):
        _write_lineage(con, column)
        _log_column(con, column, log, filled)
    values = ", ".join(f"{c} = golden.{c}" for c in TAKEN)
    run_sql(
        con,
        f"""UPDATE rows_accounts SET {values} FROM golden_values golden
            WHERE golden.account_id = rows_accounts.account_id AND rows_accounts.step IS NULL""",
    )
    for name in ("rows", "turns", "values", ADDRESS.name, INDUSTRY.name):
        run_sql(con, f"DROP TABLE golden_{name}")


def _write_rows(con: duckdb.DuckDBPyConnection, accounts: str) -> None:
    """Create ``golden_rows``: the records of accounts with several, in turn, with what the rules ask of them."""
    run_sql(
        con,
        f"""
        CREATE OR REPLACE TEMP TABLE golden_rows AS
        SELECT *, row_number() OVER (PARTITION BY account_id
                                     ORDER BY step IS NOT NULL, place, source, "row_number") AS turn
        FROM unfilled_accounts
        WHERE (step IS NULL OR step = 'excluded_linked') AND {accounts}
        QUALIFY count(*) OVER (PARTITION BY account_id) > 1""",
    )
    write_valid_numbers(con, "golden_rows")
    days = ", ".join(
        f"CASE WHEN {day} <= coalesce(delivery, {day}) THEN {day} END AS known_{day}" for day in DATED.values()
    )
    counts = ", ".join(f"count(*) OVER (PARTITION BY account_id, {c}) AS n_{c}" for c in COUNTED)
    valid = ", ".join(f"('{c}', {c}) IN (FROM valid_numbers) AS valid_{c}" for c in NUMBERS)
    run_sql(
        con,
        f"""
        CREATE OR REPLACE TEMP TABLE golden_rows AS
        SELECT *, {days}, {counts}, {valid}, first_value(system) OVER (PARTITION BY account_id ORDER BY turn) AS leader
        FROM golden_rows""",
    )


def _turn_of(column: str) -> str:
    """SQL of the turn of the record whose value of a column stays."""
    there = f"FILTER ({column} IS NOT NULL)"
    rule = RULES.get(column, "leading")
    if column in ADDRESS.columns or column in INDUSTRY.columns:
        block = ADDRESS if column in ADDRESS.columns else INDUSTRY
        base, filler = (
            f"min(turn) FILTER (turn = {block.name}_{part} AND {column} IS NOT NULL)" for part in ("base", "filler")
        )
        return f"coalesce({base}, {filler})"
    if rule == "newest":
        value, day = next((v, d) for v, d in DATED.items() if column in (v, d))
        return f"arg_max(turn, (coalesce(known_{day}, {NEVER_KNOWN}), -turn)) FILTER ({value} IS NOT NULL)"
    if rule == "most_frequent":
        return f"arg_min(turn, (-n_{column}, turn)) {there}"
    if rule == "valid_first":
        return f"arg_min(turn, (NOT valid_{column}, -n_{column}, turn)) {there}"
    if rule == "earliest":
        return f"arg_min(turn, ({column}, turn)) {there}"
    if rule == "strictest":
        refusal = "NOT consent" if column == "consent" else column
        return f"coalesce(min(turn) FILTER ({refusal}), min(turn) {there})"
    if rule == "all_records":
        return f"coalesce(min(turn) FILTER (system IS NOT DISTINCT FROM leader AND NOT coalesce({column}, false)), 1)"
    return f"min(turn) {there}"


def _write_values(con: duckdb.DuckDBPyConnection) -> None:
    """Create ``golden_turns`` (account_id, and for each column whose value stays) and ``golden_values``."""
    turns = ", ".join(f"{_turn_of(c)} AS {c}" for c in TAKEN)
    run_sql(
        con,
        f"""
        CREATE OR REPLACE TEMP TABLE golden_turns AS
        SELECT account_id, {turns} FROM golden_rows
        LEFT JOIN golden_{ADDRESS.name} USING (account_id) LEFT JOIN golden_{INDUSTRY.name} USING (account_id)
        GROUP BY account_id""",
    )
    values = ", ".join(f"any_value(r.{c}) FILTER (r.turn = t.{c}) AS {c}" for c in TAKEN)
    run_sql(
        con,
        f"""
        CREATE OR REPLACE TEMP TABLE golden_values AS
        SELECT account_id, {values} FROM golden_rows r JOIN golden_turns t USING (account_id) GROUP BY account_id""",
    )


def _filled_columns(con: duckdb.DuckDBPyConnection) -> list[str]:
    """Return the columns in which any of the records has a value."""
    counts = run_sql(con, f"SELECT {', '.join(f'count({c})' for c in TAKEN)} FROM golden_rows")[0]
    return [column for column, n in zip(TAKEN, counts, strict=True) if n]


def _write_lineage(con: duckdb.DuckDBPyConnection, column: str) -> None:
    rule = RULES.get(column, "leading")
    day = f"r.known_{DAY_OF[column]}" if column in DAY_OF else "NULL"
    stays = f"coalesce(r.{column}::VARCHAR, '')"
    run_sql(
        con,
        f"""
        INSERT INTO account_lineage BY NAME
        SELECT account_id, '{column}' AS "column", r.{column}::VARCHAR AS value, r.source, r.source_id,
               CASE WHEN seen.n_values = 1 THEN 'filled' ELSE '{rule}' END AS rule, {day} AS known_date,
               seen.n_values,
               nullif(array_to_string(list_filter(seen.written, lambda x: x <> {stays}), '; '), '') AS others
        FROM golden_turns t JOIN golden_rows r USING (account_id)
        JOIN (SELECT account_id, count(DISTINCT {column}) AS n_values,
                     list_sort(list_distinct(list({column}::VARCHAR) FILTER ({column} IS NOT NULL))) AS written
              FROM golden_rows GROUP BY account_id
              HAVING count(DISTINCT {column}) > 1 OR bool_or(turn = 1 AND {column} IS NULL)) seen USING (account_id)
        WHERE r.turn = t.{column} AND (seen.n_values > 1 OR r.turn > 1) ORDER BY account_id""",
    )


def _log_column(con: duckdb.DuckDBPyConnection, column: str, log: str, filled: str) -> None:
    """Log what becomes of a column of the leading rows: filled ones as a count, changed ones with both values."""
    changed = f"""rows_accounts main JOIN golden_values golden USING (account_id)
                  WHERE main.step IS NULL AND golden.{column} IS DISTINCT FROM main.{column}"""
    run_sql(
        con,
        f"""
        INSERT INTO {log}
        SELECT r.source, NULL, '{column}', NULL, NULL, '{filled}', count(*)
        FROM (SELECT account_id FROM {changed} AND main.{column} IS NULL) main
        JOIN golden_turns t USING (account_id) JOIN golden_rows r ON r.account_id = t.account_id AND r.turn = t.{column}
        GROUP BY r.source
        UNION ALL
        SELECT main.source, main."row_number", '{column}', main.{column}::VARCHAR, golden.{column}::VARCHAR,
               'value_{RULES.get(column, "leading")}', 1
        FROM {changed} AND main.{column} IS NOT NULL ORDER BY ALL""",
    )
