"""The quarter of a run: up to which day things are known, and whether the data cover it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

from segkit.cleansing.rows import delivered, make_empty, run_sql, with_skip
from segkit.errors import UserError
from segkit.quarters import Quarter
from segkit.tables import TABLES

if TYPE_CHECKING:
    import duckdb


@dataclass(frozen=True)
class Period:
    """The quarter, the day up to which things are known, and what the money rests on: invoices, opportunities, none."""

    quarter: Quarter
    as_of: dt.date
    money_source: str
    today: dt.date

    def fiscal_year(self, day: str) -> str:
        """SQL of the fiscal year of a day; the year is named after the one in which it ends."""
        month = self.quarter.first_month
        return f"year({day})" if month == 1 else f"year({day}) + (month({day}) >= {month})::INT"


def find_period(
    con: duckdb.DuckDBPyConnection, quarter: Quarter, money_source: str = "invoices", today: dt.date | None = None
) -> Period:
    """Return the period of a quarter and create the table ``run_period`` (one row).

    The quarter is complete where money dates cover it up to `segkit.quarters.GRACE_DAYS` at both ends. As-of is its
    last day, or the last money date where the data end earlier. Dates after today do not count, nor do those of
    documents that are no revenue. Without a table of money, the dates of events and deliveries say what is known.

    Parameters
    ----------
    con : duckdb.DuckDBPyConnection
        Holds ``raw_invoices`` (invoice_date, perhaps skip), or other tables ``raw_T``.
    quarter : Quarter
        The quarter to run.
    money_source : str
        invoices, opportunities or none.
    today : datetime.date, optional
        For tests.

    Raises
    ------
    UserError
        "2012Q3 has no invoices: their dates go from 2009-12-01 to 2011-12-09. Quarters with data: 2009Q4, …"
    """
    today = today or dt.date.today()
    make_empty(con, "run_period")
    if money_source == "none":
        return _period_without_money(con, quarter, today)
    days = _money_days(con, quarter, money_source, today)
    first, last = days[0], days[-1]
    as_of = quarter.as_of(last)
    run_sql(
        con,
        'INSERT INTO run_period (quarter, start, "end", as_of, first_money_date, last_money_date, is_complete, '
        "money_source, history_days) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [
            str(quarter),
            quarter.start,
            quarter.end,
            as_of,
            first,
            max(day for day in days if day <= as_of),
            quarter.is_covered(first, last),
            money_source,
            (as_of - first).days,
        ],
    )
    return Period(quarter, as_of, money_source, today)


def _period_without_money(con: duckdb.DuckDBPyConnection, quarter: Quarter, today: dt.date) -> Period:
    """Return the period of a project that can only be cleansed: as-of is the quarter's end, or the last known day."""
    days = _known_days(con, today)
    as_of = quarter.as_of(days[-1]) if days else min(quarter.end, today)
    history = max((as_of - days[0]).days, 0) if days else 0
    run_sql(
        con,
        'INSERT INTO run_period (quarter, start, "end", as_of, is_complete, money_source, history_days) '
        "VALUES (?, ?, ?, ?, ?, 'none', ?)",
        [str(quarter), quarter.start, quarter.end, as_of, as_of == quarter.end, history],
    )
    return Period(quarter, as_of, "none", today)


def _known_days(con: duckdb.DuckDBPyConnection, today: dt.date) -> list[dt.date]:
    """Return the first and the last day, up to today, of which any delivery or event tells."""
    found: list[dt.date] = []
    for table in delivered(con):
        for column in filter(None, (TABLES[table].event_date, "delivery")):
            ends = run_sql(con, f"SELECT min({column}), max({column}) FROM raw_{table} WHERE {column} <= ?", [today])
            found += [day for day in ends[0] if day is not None]
    return sorted(found)


def _money_days(con: duckdb.DuckDBPyConnection, quarter: Quarter, money_source: str, today: dt.date) -> list[dt.date]:
    """Return all money dates up to today; the quarter must have one."""
    lines = f"{with_skip(con, 'invoices')} WHERE skip IS NULL AND invoice_date <= ?"
    rows = run_sql(con, f"SELECT DISTINCT invoice_date FROM {lines} ORDER BY 1", [today])
    days = [row[0] for row in rows]
    what = "invoices" if money_source == "invoices" else "won opportunities"
    if not days:
        raise UserError(
            f"{money_source}: no row has a date up to today and an amount, so there is nothing to segment. "
            f"Check the columns under sources.{money_source} in project.yml, or run segkit check."
        )
    if not any(quarter.start <= day <= quarter.end for day in days):
        present = sorted({Quarter.of(day, quarter.first_month) for day in days})
        raise UserError(
            f"{quarter} has no {what}: their dates go from {days[0]} to {days[-1]}. "
            f"Quarters with data: {_listed(present)}."
        )
    return days


def _listed(quarters: list[Quarter]) -> str:
    if len(quarters) <= 12:
        return ", ".join(map(str, quarters))
    return f"{', '.join(map(str, quarters[:3]))} … {', '.join(map(str, quarters[-3:]))} ({len(quarters)} in all)"
