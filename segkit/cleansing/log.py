"""What was changed, and what could not be used: ``cleaning_log`` and ``quarantine``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from segkit.cleansing.hierarchy import FILLED
from segkit.cleansing.quotes import QUOTES, UNUSED_QUOTES
from segkit.cleansing.roles import ROLES
from segkit.cleansing.rows import MONEY, columns_of, delivered, has_column, has_table, make_empty, run_sql
from segkit.tables import TABLES

if TYPE_CHECKING:
    import duckdb
    import pandas as pd

LOG_COLUMNS = 'source, "row_number", "column", old_value, new_value, rule, n_rows'


def write_log(con: duckdb.DuckDBPyConnection, reading_log: pd.DataFrame | None = None) -> None:
    """Create ``cleaning_log``: what reading changed, and then what cleansing changed or left out.

    A row concerns one row of a file (row_number), one key (n_rows rows of it) or, without row_number, a whole file.

    Parameters
    ----------
    con : duckdb.DuckDBPyConnection
        Holds ``rows_T``, ``invoices``, ``charge_codes``, ``added_accounts``.
    reading_log : DataFrame, optional
        Columns of cleaning_log.
    """
    make_empty(con, "cleaning_log")
    if reading_log is not None and len(reading_log):
        known = [column for column in TABLES["cleaning_log"].columns if column in reading_log]
        con.register("reading_log", reading_log[known])
        run_sql(con, "INSERT INTO cleaning_log BY NAME FROM reading_log")
        con.unregister("reading_log")
    for entry in _entries(con):
        run_sql(
            con,
            f'INSERT INTO cleaning_log SELECT source, "row_number", "column", old_value, new_value, rule, '
            f"'cleansing.rule_' || rule, n_rows FROM ({entry}) entry({LOG_COLUMNS})",
        )


def _entries(con: duckdb.DuckDBPyConnection) -> list[str]:
    """SQL of every kind of change, with `LOG_COLUMNS`."""
    others = [table for table in delivered(con) if table != "invoices"]
    entries = [_duplicates(table) for table in ["invoices", *others]] + [_excluded("invoices")]
    entries += [_excluded(table) for table in others if "account_id" in columns_of(table)]
    entries += [_skipped(table) for table in ["invoices", *others]]
    entries += [_converted(table) for table in MONEY if has_column(con, f"rows_{table}", "currency_rate")]
    entries += [CHARGES, INVOICE_NUMBERS, QUANTITIES]
    if "accounts" in others:
        entries.append(ADDED_ACCOUNTS)
    if has_table(con, "rows_opportunities"):
        entries.append(STAGES)
    made = {"changed_roles": ROLES, "filled_accounts": FILLED, "quote_opportunities": QUOTES}
    entries += [entry for table, entry in made.items() if has_table(con, table)]
    if "orders" in others and not has_table(con, "quote_opportunities"):
        entries.append(UNUSED_QUOTES)
    entries += [f"FROM {log}" for log in ("repair_log", "link_log", "match_log", "refresh_log") if has_table(con, log)]
    return entries


def _duplicates(table: str) -> str:
    is_of_account = len(TABLES[table].key) > 1 and "account_id" in columns_of(table)
    key = "account_id" if is_of_account else TABLES[table].key[0]
    key = "coalesce(invoice_id, account_id || '/' || invoice_date)" if table == "invoices" else key
    column = "invoice_id" if table == "invoices" else TABLES[table].key[0]
    rule = "duplicate_id" if len(TABLES[table].key) == 1 else "duplicate_line"
    return f"""SELECT source, min("row_number"), '{column}', {key}, min(kept_source || ':' || kept_row), '{rule}',
                      count(*)
               FROM rows_{table} WHERE step = 'excluded_duplicate' GROUP BY source, {key}"""


def _excluded(table: str) -> str:
    return f"""SELECT source, min("row_number"), 'account_id', account_id, NULL, step, count(*)
               FROM rows_{table} WHERE step LIKE 'excluded_scope_%' GROUP BY source, account_id, step"""


def _skipped(table: str) -> str:
    """Rows that their source takes back, such as cancelled documents: one entry per file and reason."""
    own = "'later', 'excluded_duplicate', 'excluded_charge', 'excluded_linked'"
    return f"""SELECT source, min("row_number"), NULL, NULL, NULL, step, count(*) FROM rows_{table}
               WHERE step LIKE 'excluded_%' AND step NOT LIKE 'excluded_scope_%' AND step NOT IN ({own})
               GROUP BY source, step"""


def _converted(table: str) -> str:
    """Amounts of other currencies: one entry per file and currency, with the lowest and the highest rate."""
    low, high = (f"{end}(currency_rate)::DOUBLE::VARCHAR" for end in ("min", "max"))
    return f"""SELECT source, NULL, '{MONEY[table][0]}', currency,
                      CASE WHEN {low} = {high} THEN {low} ELSE {low} || ' – ' || {high} END,
                      'currency_converted', count(*)
               FROM rows_{table} WHERE currency_rate IS NOT NULL AND step NOT IN ('later', 'excluded_duplicate')
               GROUP BY source, currency"""


CHARGES = """SELECT source, NULL, 'line_type', product_id, 'charge', 'charge', count(*) FROM rows_invoices
             WHERE line_type = 'charge' AND step IN ('used', 'excluded_charge') GROUP BY source, product_id"""
INVOICE_NUMBERS = """SELECT source, NULL, 'invoice_id', NULL, min(account_id || '/' || invoice_date),
                            'invoice_id_made', count(*)
                     FROM rows_invoices WHERE step = 'used' AND invoice_id IS NULL GROUP BY source"""
QUANTITIES = """SELECT source, NULL, 'quantity', NULL, '1', 'quantity_assumed', count(*)
                FROM rows_invoices WHERE step = 'used' AND quantity IS NULL GROUP BY source"""
ADDED_ACCOUNTS = """SELECT source, "row_number", 'account_id', NULL, account_id, 'account_added', 1
                    FROM added_accounts"""
STAGES = """SELECT source, NULL, 'stage', stage_as_read, stage, 'stage_named', count(*) FROM rows_opportunities
            WHERE step = 'used' AND stage <> stage_as_read GROUP BY source, stage_as_read, stage"""


def write_quarantine(con: duckdb.DuckDBPyConnection) -> None:
    """Create ``quarantine``: rows that could not be read or lack what every row needs, as they came.

    Rows that could be read are compact JSON without empty columns.
    """
    make_empty(con, "quarantine")
    for table in delivered(con):
        if has_table(con, f"unreadable_{table}"):
            run_sql(con, f'INSERT INTO quarantine SELECT source, "row_number", reason, raw FROM unreadable_{table}')
    for table in delivered(con):
        written = {a: f"coalesce({a}, written_{a})" for a in MONEY.get(table, ())}
        written = written if has_column(con, f"rows_{table}", "currency_rate") else {}
        fields = ", ".join(f"'{column}': {written.get(column, column)}" for column in columns_of(table))
        run_sql(
            con,
            f"""
            INSERT INTO quarantine
            SELECT source, "row_number", replace(step, 'quarantined_', ''),
                   regexp_replace(regexp_replace(to_json({{{fields}}})::VARCHAR, ',?"[a-z_]+":null', '', 'g'),
                                  '^\\{{,', '{{')
            FROM rows_{table} WHERE step LIKE 'quarantined_%'""",
        )
