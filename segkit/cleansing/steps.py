"""The steps of data cleansing in their order."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import TYPE_CHECKING

from segkit.cleansing.accounts import write_accounts
from segkit.cleansing.as_of import cut_rows, write_known
from segkit.cleansing.charges import find_charges
from segkit.cleansing.consent import flag_contactable
from segkit.cleansing.currencies import convert_money, write_currencies
from segkit.cleansing.deviations import write_deviations
from segkit.cleansing.duplicates import merge_duplicates, weigh_duplicates
from segkit.cleansing.external import link_firmographics
from segkit.cleansing.freshness import refresh_firmographics
from segkit.cleansing.hierarchy import fill_accounts
from segkit.cleansing.impossible import clear_impossible
from segkit.cleansing.industry_codes import write_codes
from segkit.cleansing.lines import mark_lines, write_invoices
from segkit.cleansing.link_checks import add_checks
from segkit.cleansing.links import link_accounts
from segkit.cleansing.log import write_log, write_quarantine
from segkit.cleansing.margins import write_margins
from segkit.cleansing.memory import Memory
from segkit.cleansing.missing_reasons import weigh_repairs
from segkit.cleansing.opportunities import make_lines, name_stages
from segkit.cleansing.people import find_people
from segkit.cleansing.period import Period, find_period
from segkit.cleansing.quality import write_quality
from segkit.cleansing.quotes import quotes_as_opportunities
from segkit.cleansing.reconciliation import compare_totals, write_reconciliation
from segkit.cleansing.repair_decisions import check_decisions
from segkit.cleansing.repairs import repair_rows
from segkit.cleansing.roles import choose_customer
from segkit.cleansing.rows import delivered, has_table, make_unread, mark_rows
from segkit.cleansing.scope import find_excluded
from segkit.cleansing.score import write_scores
from segkit.cleansing.units import choose_unit
from segkit.quarters import Quarter
from segkit.settings.cleansing import Cleansing, Scope, Unit
from segkit.settings.exchange_rates import ExchangeRates

if TYPE_CHECKING:
    import duckdb
    import pandas as pd

RESULTS = (
    *("run_period", "control_totals", "deviations", "reconciliation", "currencies", "margins"),
    *("quarantine", "cleaning_log", "data_quality", "cleaning_rules", "proposals", "missing_values"),
    *("duplicates", "match_model", "account_lineage", "freshness", "unit_members", "quality_scores"),
)


def clean_tables(
    con: duckdb.DuckDBPyConnection,
    quarter: Quarter,
    cleansing: Cleansing | None = None,
    scope: Scope | None = None,
    control_totals: dict[int, Decimal] | None = None,
    reading_log: pd.DataFrame | None = None,
    today: dt.date | None = None,
    currency: str = "EUR",
    exchange_rates: ExchangeRates | None = None,
    unit: Unit = "company",
    memory: Memory | None = None,
    seed: int = 0,
) -> list[str]:
    """Cleanse what was read, and return the names of the tables that the connection now holds.

    Parameters
    ----------
    con : duckdb.DuckDBPyConnection
        Holds for every table T that was read ``raw_T`` (the table's columns, source, delivery, row_number, and perhaps
        skip) and ``unreadable_T`` (source, row_number, reason, raw, revenue).
    quarter : Quarter
        Nothing later than its end (or the last money date, if earlier) is used.
    cleansing, scope, control_totals
        Sections of project.yml; None stands for the defaults.
    reading_log : DataFrame, optional
        What reading changed, in the columns of cleaning_log.
    today : datetime.date, optional
        For tests.
    currency : str
        The project's currency; money of others is converted.
    exchange_rates : dict, optional
        Section of project.yml, beside the table exchange_rates.
    unit : str
        What counts as one customer.
    memory : Memory, optional
        Decisions of people, and what the previous run found.
    seed : int
        Start of random draws.

    Returns
    -------
    list of str
        The cleansed tables (invoices and accounts always, others as delivered) and `RESULTS`. Without invoices and
        opportunities the table invoices is empty and the money source "none".

    Raises
    ------
    UserError
        The quarter has no money row though there is a table of money; contradicting exchange rates; no row of money in
        a currency with a rate.
    """
    cleansing, scope, memory = cleansing or Cleansing(), scope or Scope(), memory or Memory()
    others = _find_customers(con, quarter, cleansing, memory, seed)
    convert_money(con, currency, exchange_rates)
    period = find_period(con, quarter, _find_money(con), today)
    find_charges(con, cleansing.charge_codes)
    unused_patterns = find_excluded(con, scope)
    mark_lines(con, period, cleansing)
    write_invoices(con)
    for table in others:
        cut_rows(con, table, period.as_of)
        write_known(con, table, period.as_of)
    tables = [*others, *(name for name in ("accounts", "invoices") if name not in others)]
    _complete_accounts(con, period, cleansing, memory)
    choose_unit(con, unit, period.as_of, tables)
    write_reports(con, period, cleansing, control_totals or {}, reading_log, unused_patterns)
    write_scores(con, memory.scores)
    return [*sorted(tables), *RESULTS]


def _find_customers(
    con: duckdb.DuckDBPyConnection, quarter: Quarter, cleansing: Cleansing, memory: Memory, seed: int
) -> list[str]:
    """Create ``rows_T`` of every table but invoices, in which each row names its customer; return these tables."""
    others = [table for table in delivered(con) if table != "invoices"]
    for table in others:
        mark_rows(con, table)
    if "opportunities" in others:
        name_stages(con)
    repair_rows(con, memory.repairs, cleansing.switched_off)
    clear_impossible(con, cleansing.switched_off)
    write_codes(con, cleansing.switched_off)
    link_accounts(con, str(quarter))
    merge_duplicates(con, cleansing.duplicates, memory, quarter.end, seed)
    link_firmographics(con, cleansing, seed, memory.duplicates)
    find_people(con)
    choose_customer(con, cleansing.customer_role)
    if quotes_as_opportunities(con, quarter):
        others.append("opportunities")
        mark_rows(con, "opportunities")
        name_stages(con)
    return others


def _complete_accounts(con: duckdb.DuckDBPyConnection, period: Period, cleansing: Cleansing, memory: Memory) -> None:
    """Create ``accounts`` and say of pairs and repairs, now that lines have their accounts, what money they concern."""
    write_accounts(con, period.as_of)
    fill_accounts(con, period.as_of)
    weigh_duplicates(con)
    refresh_firmographics(con, period, cleansing, memory.repairs)
    weigh_repairs(con)
    check_decisions(con, memory.repairs)
    flag_contactable(con)


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
    write_deviations(con, period, cleansing)
    write_currencies(con, period.as_of)
    write_margins(con, period)
    write_quality(con, period, cleansing, unused_patterns)
    add_checks(con)


def _find_money(con: duckdb.DuckDBPyConnection) -> str:
    """Say what the money rests on, and make lines of won opportunities, or none, where there are no invoices."""
    if has_table(con, "raw_invoices"):
        return "invoices"
    if has_table(con, "rows_opportunities"):
        make_lines(con)
        return "opportunities"
    make_unread(con, "invoices")
    return "none"
