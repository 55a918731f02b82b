"""The quarter of a run: up to which day things are known, and whether the data cover it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

from segkit.cleansing.rows import make_empty, run_sql
from segkit.errors import UserError
from segkit.quarters import Quarter

if TYPE_CHECKING:
    import duckdb


@dataclass(frozen=True)
class Period:
    """The quarter, the day up to which things are known, and what the money rests on (invoices or opportunities)."""

    quarter: Quarter
    as_of: dt.date
    money_source: str
    today: dt.date


def find_period(
    con: duckdb.DuckDBPyConnection, quarter: Quarter, money_source: str = "invoices", today: dt.date | None = None
) -> Period:
    """Return the period of a quarter and create the table ``run_period`` (one row).

    The quarter is complete where money dates cover it up to `segkit.quarters.GRACE_DAYS` at both ends. As-of is its
    last day, or the last money date where the data end earlier. Dates after today do not count.

    Parameters
    ----------
    con : duckdb.DuckDBPyConnection
        Holds ``raw_invoices`` (invoice_date).
    quarter : Quarter
        The quarter to run.
    money_source : str
        invoices or opportunities.
    today : datetime.date, optional
        For tests.

    Raises
    ------
    UserError
        "2012Q3 has no invoices: their dates go from 2009-12-01 to 2011-12-09. Quarters with data: 2009Q4, …"
    """
    today = today or dt.date.today()
    days = _money_days(con, quarter, money_source, today)
    first, last = days[0], days[-1]
    as_of = quarter.as_of(last)
    make_empty(con, "run_period")
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


def _money_days(con: duckdb.DuckDBPyConnection, quarter: Quarter, money_source: str, today: dt.date) -> list[dt.date]:
    """Return all money dates up to today; the quarter must have one."""
    rows = run_sql(con, "SELECT DISTINCT invoice_date FROM raw_invoices WHERE invoice_date <= ? ORDER BY 1", [today])
    days = [row[0] for row in rows]
    lines = "invoices" if money_source == "invoices" else "won opportunities"
    if not days:
        raise UserError(
            f"{money_source}: no row has a date up to today and an amount, so there is nothing to segment. "
            f"Check the columns under sources.{money_source} in project.yml, or run segkit check."
        )
    if not any(quarter.start <= day <= quarter.end for day in days):
        present = sorted({Quarter.of(day, quarter.first_month) for day in days})
        raise UserError(
            f"{quarter} has no {lines}: their dates go from {days[0]} to {days[-1]}. "
            f"Quarters with data: {_listed(present)}."
        )
    return days


def _listed(quarters: list[Quarter]) -> str:
    if len(quarters) <= 12:
        return ", ".join(map(str, quarters))
    return f"{', '.join(map(str, quarters[:3]))} … {', '.join(map(str, quarters[-3:]))} ({len(quarters)} in all)"
