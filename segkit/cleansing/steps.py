"""The steps of data cleansing in their order."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import TYPE_CHECKING

from segkit.cleansing.accounts import write_accounts
from segkit.cleansing.as_of import cut_rows, write_known
from segkit.cleansing.charges import find_charges
from segkit.cleansing.lines import mark_lines, write_invoices
from segkit.cleansing.log import write_log, write_quarantine
from segkit.cleansing.opportunities import make_lines, name_stages
from segkit.cleansing.period import Period, find_period
from segkit.cleansing.quality import write_quality
from segkit.cleansing.reconciliation import compare_totals, write_reconciliation
from segkit.cleansing.rows import delivered, has_table, mark_rows
from segkit.cleansing.scope import find_excluded
from segkit.errors import UserError
from segkit.quarters import Quarter
from segkit.settings.cleansing import Cleansing, Scope

if TYPE_CHECKING:
    import duckdb
    import pandas as pd

RESULTS = ("run_period", "control_totals", "reconciliation", "quarantine", "cleaning_log", "data_quality")


def clean_tables(
    con: duckdb.DuckDBPyConnection,
    quarter: Quarter,
    cleansing: Cleansing | None = None,
    scope: Scope | None = None,
    control_totals: dict[int, Decimal] | None = None,
    reading_log: pd.DataFrame | None = None,
    today: dt.date | None = None,
) -> list[str]:
    """Cleanse what was read, and return the names of the tables that the connection now holds.

    Parameters
    ----------
    con : duckdb.DuckDBPyConnection
        Holds for every table T that was read ``raw_T`` (the table's columns, source, delivery, row_number) and
        ``unreadable_T`` (source, row_number, reason, raw, revenue).
    quarter : Quarter
        Nothing later than its end (or the last money date, if earlier) is used.
    cleansing, scope, control_totals
        Sections of project.yml; None stands for the defaults.
    reading_log : DataFrame, optional
        What reading changed, in the columns of cleaning_log.
    today : datetime.date, optional
        For tests.

    Returns
    -------
    list of str
        The cleansed tables (invoices and accounts always, others as delivered) and `RESULTS`.

    Raises
    ------
    UserError
        Neither invoices nor won opportunities; or the quarter has no money row.
    """
    cleansing, scope = cleansing or Cleansing(), scope or Scope()
    others = [table for table in delivered(con) if table != "invoices"]
    for table in others:
        mark_rows(con, table)
    if "opportunities" in others:
        name_stages(con)
    period = find_period(con, quarter, _find_money(con), today)
    find_charges(con, cleansing.charge_codes)
    unused_patterns = find_excluded(con, scope)
    mark_lines(con, period, cleansing)
    write_invoices(con)
    for table in others:
        cut_rows(con, table, period.as_of)
        write_known(con, table, period.as_of)
    write_accounts(con, period.as_of)
    write_reports(con, period, cleansing, control_totals or {}, reading_log, unused_patterns)
    tables = [*others, *(name for name in ("accounts", "invoices") if name not in others)]
    return [*sorted(tables), *RESULTS]


def write_reports(
    con: duckdb.DuckDBPyConnection,
    period: Period,
    cleansing: Cleansing,
    control_totals: dict[int, Decimal],
    reading_log: pd.DataFrame | None,
    unused_patterns: list[str],
) -> None:
    """Create the tables that say what was done: `RESULTS` without run_period."""
    write_log(con, reading_log)
    write_quarantine(con)
    write_reconciliation(con)
    compare_totals(con, period, control_totals)
    write_quality(con, period, cleansing, unused_patterns)


def _find_money(con: duckdb.DuckDBPyConnection) -> str:
    """Say what the money rests on, and make lines of won opportunities where there are no invoices."""
    if has_table(con, "raw_invoices"):
        return "invoices"
    if has_table(con, "rows_opportunities"):
        make_lines(con)
        return "opportunities"
    raise UserError(
        "There is no table of money: neither invoices nor opportunities are among the sources. "
        "Name one of them under sources in project.yml."
    )
