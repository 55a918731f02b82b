"""The time a KPI looks at: it ends with a quarter, and what happened later is not known."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

from segkit.quarters import Quarter

if TYPE_CHECKING:
    import pandas as pd

GRACE_DAYS = 31
"""A table whose first row comes so many days after the beginning of a window is taken to cover it."""


@dataclass(frozen=True)
class Window:
    """A quarter, the year that ends with it, and the year that ended a horizon before: first and last days.

    Examples
    --------
    >>> window = window_of(Quarter.parse("2026Q3"), horizon_days=180)
    >>> str(window.year_start.date()), str(window.cohort_start.date()), str(window.cohort_end.date())
    ('2025-10-01', '2025-04-04', '2026-04-03')
    """

    quarter: Quarter
    start: pd.Timestamp
    end: pd.Timestamp
    year_start: pd.Timestamp
    cohort_start: pd.Timestamp
    cohort_end: pd.Timestamp

    def first_day(self, window: str) -> pd.Timestamp:
        """Return the first day of ``quarter``, ``year`` or ``cohort``."""
        return {"quarter": self.start, "year": self.year_start, "cohort": self.cohort_start}[window]

    def base_quarter(self, base: str) -> Quarter:
        """Return the quarter at whose end accounts have the segment by which a KPI groups them.

        ``closing`` is this quarter, ``opening`` the one before, ``year_ago`` that of a year ago, ``before`` the last
        that ended before the cohort began: what the cohort did can not have made the segments.
        """
        if base == "before":
            return Quarter.of(self.cohort_start.date(), self.quarter.first_month) - 1
        return self.quarter - {"closing": 0, "opening": 1, "year_ago": 4}[base]


def window_of(quarter: Quarter, horizon_days: int = 180, last: dt.date | None = None) -> Window:
    """Return the window of a quarter.

    Parameters
    ----------
    quarter : Quarter
        With its fiscal year.
    horizon_days : int
        A lead that became no opportunity within so many days failed.
    last : date, optional
        Known up to this day where it lies before the quarter's end.
    """
    import pandas as pd

    end = pd.Timestamp(min(quarter.end, last) if last else quarter.end)
    cohort_end = end - pd.Timedelta(days=horizon_days)
    return Window(
        quarter=quarter,
        start=pd.Timestamp(quarter.start),
        end=end,
        year_start=pd.Timestamp((quarter - 3).start),
        cohort_start=cohort_end - pd.DateOffset(years=1) + pd.Timedelta(days=1),
        cohort_end=cohort_end,
    )
