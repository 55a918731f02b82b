"""Which quarter `segkit run` makes when nobody names one."""

from __future__ import annotations

import datetime as dt

from segkit.engines import connect
from segkit.errors import UserError
from segkit.project import Project
from segkit.quarters import Quarter, last_complete
from segkit.settings.sources import Sources
from segkit.tables import INPUTS


def default_quarter(project: Project, known: tuple[dt.date, dt.date] | None = None) -> Quarter:
    """Return the last complete quarter of the money, or the last one where none is complete.

    Without a table of money it is the quarter of the last delivery or of the last dated event, whichever is later;
    lists without any date are as of today.

    Parameters
    ----------
    known : tuple of date, optional
        What `money_range` returned, where it has been read already.

    Raises
    ------
    UserError
        When there is a table of money, but no row of it has a date.
    """
    from segkit.sources.reading import read_sources

    month = project.settings.fiscal_year_start
    if not project.has_money:
        return Quarter.of(last_known_day(project) or dt.date.today(), month)
    first_last = known or money_range(project)
    if first_last is None:
        read_sources(connect(), project.source_files(), project.settings.sources)  # says what is wrong with the files
        raise UserError(
            "No row of money with a date was found. Map invoice_date and revenue in project.yml under sources.invoices."
        )
    first, last = first_last
    return last_complete(first, last, month) or Quarter.of(last, month)


def money_range(project: Project) -> tuple[dt.date, dt.date] | None:
    """Return the first and last date of invoices, or of won opportunities where there are no invoices."""
    from segkit.sources.reading import money_range as read_money_range

    if not project.has_money:
        return None
    return read_money_range(connect(), project.source_files(), project.settings.sources)


def last_known_day(project: Project) -> dt.date | None:
    """Return the day of the last delivery or of the last event up to today, None where nothing is dated."""
    from segkit.sources.reading import read_sources

    today, sources = dt.date.today(), project.settings.sources
    files = project.source_files()
    days = [file.delivery for file in files if file.delivery is not None]
    events = {table: of for table, of in sources.items() if INPUTS[table].event_date}
    if events:
        con = connect()
        read_sources(con, [file for file in files if file.table in events], Sources.model_validate(events))
        for table in events:
            day = INPUTS[table].event_date
            found = con.execute(f"SELECT max({day}) FROM raw_{table} WHERE {day} <= ?", [today]).fetchall()[0][0]
            days += [found] if found else []
    return max((day for day in days if day <= today), default=None)
