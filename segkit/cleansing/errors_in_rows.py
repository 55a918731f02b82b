"""Errors that stand in single rows of the exports: found_errors, one row for each record and field."""

from __future__ import annotations

from typing import TYPE_CHECKING

from segkit.cleansing.rows import columns_of, delivered, has_table, run_sql
from segkit.tables import TABLES

if TYPE_CHECKING:
    import datetime as dt

    import duckdb

FOUND = {
    **dict.fromkeys(("table", "source"), "VARCHAR"),
    "row_number": "BIGINT",
    **dict.fromkeys(("record_id", "column", "old_value", "proposed_value", "rule", "account_id"), "VARCHAR"),
    "revenue_12m": "DECIMAL(18,4)",
    "scope": "VARCHAR",
    "n_rows": "BIGINT",
    "examples": "VARCHAR",
}
"""Columns of ``found_errors``; scope says what a row stands for: a record, a value in several records, a row that could
not be read, or a whole file."""

OLDEST_YEAR = 1990
GERMANY = "lower(country) IN ('de', 'deu', 'd', 'deutschland', 'germany', 'bundesrepublik deutschland')"
NOTHING = (
    "^(test\\w*|dummy\\w*|xxx+|x|unbekannt|unknown|tbd|todo|n\\.?\\s?n\\.?|kein(e|er)?|none|leer|\\?+|#+|0+|9{5,})$"
)
"""Words and numbers that people type where a field must not stay empty."""

NEVER_LATER = {
    "accounts": ("created_date", "employees_date"),
    "invoices": ("invoice_date",),
    "opportunities": ("created_date",),
    "leads": ("created_date", "converted_date"),
    "engagements": ("engagement_date",),
    "tickets": ("created_date", "closed_date"),
    "surveys": ("survey_date",),
    "care_costs": ("cost_date",),
    "orders": ("order_date",),
}
"""Dates of what has happened: none of them can lie in the future, and none before `OLDEST_YEAR`."""

NEGATIVE_PRICE = "quantity > 0 AND revenue < 0 AND line_type <> 'charge' AND step = 'used'"
NAMES = {"accounts": ("account_id", "name"), "contacts": ("account_id", "last_name"), "products": ("product_name",),
         "opportunities": ("account_id",), "leads": ("account_id",), "tickets": ("account_id",)}  # fmt: skip

REPAIRED = ("accounts", "contacts", "firmographics", "leads")
NOT_REPAIRED = ("account_id", "parent_id", "contact_id", "record_id", "lead_id")
"""Ids are none of what a system's people have to mend because a known key or a match gave an account another one."""

RULES = (  # table, column, rule, condition, proposal
    ("opportunities", "close_date", "closed_without_date", "is_closed AND close_date IS NULL", ""),
    ("opportunities", "amount", "won_without_amount", "is_won AND coalesce(amount, 0) = 0", ""),
    ("opportunities", "account_id", "won_without_account", "is_won AND account_id IS NULL", ""),
    ("opportunities", "amount", "negative_amount", "amount < 0", ""),
    ("opportunities", "close_date", "ends_before_start", "close_date < created_date", ""),
    ("tickets", "closed_date", "ends_before_start", "closed_date < created_date", ""),
    ("contracts", "end_date", "ends_before_start", "end_date < start_date", ""),
    ("contracts", "annual_value", "negative_amount", "annual_value < 0", ""),
    ("campaigns", "end_date", "ends_before_start", "end_date < start_date", ""),
    ("products", "list_price", "negative_amount", "list_price < 0", ""),
    ("products", "unit_cost", "negative_amount", "unit_cost < 0", ""),
    ("accounts", "employees", "negative_amount", "employees < 0", ""),
    ("accounts", "account_revenue", "negative_amount", "account_revenue < 0", ""),
    ("accounts", "postal_code", "postal_code",
     f"{GERMANY} AND NOT regexp_full_match(postal_code, '[0-9]{{5}}')",
     "CASE WHEN regexp_full_match(postal_code, '[1-9][0-9]{3}') THEN '0' || postal_code END"),
    ("contacts", "email", "bad_email", "NOT regexp_full_match(trim(email), '[^@\\s]+@[^@\\s]+\\.[^@\\s.]{2,}')", ""),
)  # fmt: skip


def record_column(table: str) -> str:
    """Return the column that names a record to the people who keep it."""
    return "invoice_id" if table == "invoices" else TABLES[table].key[0]


def name_rows(con: duckdb.DuckDBPyConnection) -> None:
    """Create for every table T that was read ``checked_T``: the rows that errors are looked for in, as they came.

    These are the rows that are used, in quarantine or later than as-of: neither repeated nor left out by scope.
    Columns of T, account_id (empty where the table has none), record_id, source, row_number, step, system. Lines that
    were made of opportunities are none that somebody delivered.
    """
    made = run_sql(con, "SELECT count(*) FROM run_period WHERE money_source <> 'invoices'")[0][0]
    for table in delivered(con):
        if table == "invoices" and made:
            continue
        relation, record = _as_delivered(table), "source_id" if table == "accounts" else record_column(table)
        columns = [c for c in columns_of(table) if c != "account_id"]
        columns += ["line_type"] if table == "invoices" else []
        account = "account_id" if "account_id" in columns_of(table) else "NULL::VARCHAR AS account_id"
        run_sql(
            con,
            f"""
            CREATE OR REPLACE TEMP VIEW checked_{table} AS
            SELECT {", ".join(columns)}, {account}, {record} AS record_id, source, "row_number", step, origins.system
            FROM {relation} rows JOIN origins USING (source)
            WHERE step IN ('used', 'later', 'excluded_linked') OR step LIKE 'quarantined_%'""",
        )


def checked(con: duckdb.DuckDBPyConnection) -> list[str]:
    """Return the tables that `name_rows` has prepared."""
    return [table for table in delivered(con) if has_table(con, f"checked_{table}")]


def _as_delivered(table: str) -> str:
    """SQL relation of ``rows_T`` with the values that stand in the system itself, before anything was repaired."""
    if table not in REPAIRED:
        return f"rows_{table}"
    values = ", ".join(f"raw.{c}" for c in columns_of(table) if c not in NOT_REPAIRED)
    kept = "ANTI JOIN excluded_accounts USING (account_id)" if table == "accounts" else ""
    return f"""(SELECT rows.* EXCLUDE ({values.replace("raw.", "")}), {values}
                FROM (SELECT * FROM rows_{table} {kept}) rows
                LEFT JOIN (SELECT DISTINCT ON (source, "row_number") * FROM raw_{table} ORDER BY ALL) raw
                  USING (source, "row_number"))"""


def find_in_rows(con: duckdb.DuckDBPyConnection, today: dt.date) -> None:
    """Add to ``found_errors`` what is wrong in single records: impossible dates, missing amounts, bad codes.

    Parameters
    ----------
    con : duckdb.DuckDBPyConnection
        Holds ``found_errors`` (`FOUND`), ``checked_T`` and what cleansing left.
    today : datetime.date
        Later dates of what has happened are mistakes.
    """
    there = checked(con)
    rules = [rule for rule in RULES if rule[0] in there]
    for table in there:
        for column in NEVER_LATER.get(table, ()):
            rules.append((table, column, "future_date", f"{column} > DATE '{today}'", ""))
            rules.append((table, column, "old_date", f"year({column}) < {OLDEST_YEAR}", ""))
        rules += [
            (table, column, "placeholder", f"regexp_full_match(lower(trim({column})), '{NOTHING}')", "")
            for column in NAMES.get(table, ())
        ]
    if "invoices" in there:
        rules.append(("invoices", "revenue", "negative_price", NEGATIVE_PRICE, ""))
    for rule in rules:
        _add_rule(con, *rule)
    _add_lines(con)
    _add_duplicates(con, there)
    _add_external_ids(con)


def _add_rule(
    con: duckdb.DuckDBPyConnection, table: str, column: str, rule: str, condition: str, proposal: str
) -> None:
    known = "true" if rule == "future_date" else "step <> 'later'"
    in_year = "CASE WHEN invoice_date > (SELECT starts FROM year_of_money) THEN revenue ELSE 0 END"
    money = in_year if table == "invoices" else "NULL"
    run_sql(
        con,
        f"""
        INSERT INTO found_errors BY NAME
        SELECT '{table}' AS "table", source, "row_number", record_id, '{column}' AS "column",
               {_as_text(table, column)} AS old_value, {proposal or "NULL"} AS proposed_value, '{rule}' AS rule,
               account_id, {money} AS revenue_12m, 'record' AS scope, 1 AS n_rows
        FROM checked_{table} WHERE {known} AND coalesce({condition}, false)""",
    )


def _as_text(table: str, column: str) -> str:
    """SQL of a value as people read it: money without the zeros of its four digits."""
    text = f"{column}::VARCHAR"
    return f"rtrim(rtrim({text}, '0'), '.')" if TABLES[table].columns[column].type == "money" else text


def _add_lines(con: duckdb.DuckDBPyConnection) -> None:
    """Lines of money without account, date or amount: one error for each file."""
    if not has_table(con, "checked_invoices"):
        return
    missing = {"no_account": "account_id", "no_date": "invoice_date", "no_revenue": "revenue"}
    for reason, column in missing.items():
        run_sql(
            con,
            f"""
            INSERT INTO found_errors BY NAME
            SELECT 'invoices' AS "table", source, min("row_number") AS "row_number", '{column}' AS "column",
                   'line_without_{column}' AS rule,
                   sum(revenue) FILTER (invoice_date > (SELECT starts FROM year_of_money)) AS revenue_12m,
                   'file' AS scope, count(*) AS n_rows, {examples_of('"row_number"')} AS examples
            FROM checked_invoices WHERE step = 'quarantined_{reason}' GROUP BY source""",
        )


def examples_of(value: str) -> str:
    """SQL of the first three values, which a reader can look up."""
    return f"array_to_string(list_slice(list_sort(list_distinct(list({value}))), 1, 3), '; ')"


def _add_duplicates(con: duckdb.DuckDBPyConnection, tables: list[str]) -> None:
    """Keys that stand several times in one file with different values."""
    for table in tables:
        if len(TABLES[table].key) > 1 or table == "invoices":
            continue
        key = record_column(table)
        record = "source_id" if table == "accounts" else key
        values = ", ".join(f"rows.{c}" for c in columns_of(table))
        account = "any_value(account_id)" if "account_id" in columns_of(table) else "NULL"
        run_sql(
            con,
            f"""
            INSERT INTO found_errors BY NAME
            SELECT '{table}' AS "table", source, min("row_number") AS "row_number", {record} AS record_id,
                   '{key}' AS "column", {record} AS old_value, 'duplicate_key' AS rule, {account} AS account_id,
                   'record' AS scope, count(*) AS n_rows, {examples_of('"row_number"')} AS examples
            FROM rows_{table} rows
            WHERE (source, {record}) IN (SELECT (source, {record}) FROM rows_{table}
                                         WHERE step = 'excluded_duplicate' AND kept_source = source)
            GROUP BY source, {record} HAVING count(DISTINCT hash({values})) > 1""",
        )


def _add_external_ids(con: duckdb.DuckDBPyConnection) -> None:
    if not has_table(con, "link_doubts") or not has_table(con, "checked_accounts"):
        return
    run_sql(
        con,
        """
        INSERT INTO found_errors BY NAME
        SELECT 'accounts' AS "table", source, "row_number", record_id, 'external_id' AS "column",
               external_id AS old_value, "check" AS rule, account_id, 'record' AS scope, 1 AS n_rows
        FROM checked_accounts JOIN link_doubts ON link_doubts.system = checked_accounts.system AND source_id = record_id
        WHERE "check" LIKE '%external_id'""",
    )
