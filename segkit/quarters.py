"""Quarters of the (fiscal) year, and what was known at a date."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass

from segkit.errors import UserError

GRACE_DAYS = 7  # weekends and holidays: a quarter whose last invoice is of 28 September is complete


@dataclass(frozen=True, order=True)
class Quarter:
    """One quarter, written ``2026Q3``.

    A fiscal year is named after the calendar year in which it ends: with ``first_month=10``, ``2026Q1`` starts on
    1 October 2025.

    Examples
    --------
    >>> Quarter.parse("2026Q3").end
    datetime.date(2026, 9, 30)
    >>> str(Quarter.parse("2026Q1") - 1)
    '2025Q4'
    """

    year: int
    number: int
    first_month: int = 1

    @classmethod
    def parse(cls, text: str, first_month: int = 1) -> Quarter:
        """Read ``2026Q3``; `UserError` for anything else."""
        match = re.fullmatch(r"\s*(\d{4})\s*-?[Qq]([1-4])\s*", str(text))
        if not match:
            raise UserError(f"'{text}' is not a quarter. Write it as 2026Q3.")
        return cls(int(match[1]), int(match[2]), first_month)

    @classmethod
    def of(cls, day: dt.date, first_month: int = 1) -> Quarter:
        """Return the quarter that holds a day."""
        months = day.year * 12 + day.month - first_month
        year, month = divmod(months, 12)
        return cls(year + (first_month > 1), month // 3 + 1, first_month)

    @classmethod
    def between(cls, first: Quarter, last: Quarter) -> list[Quarter]:
        """Return all quarters from `first` to `last`, both included."""
        return [first + i for i in range(last._index() - first._index() + 1)]

    def _index(self) -> int:
        return self.year * 4 + self.number - 1

    def __add__(self, n: int) -> Quarter:
        """Return the quarter `n` later."""
        year, number = divmod(self._index() + n, 4)
        return Quarter(year, number + 1, self.first_month)

    def __sub__(self, n: int) -> Quarter:
        """Return the quarter `n` earlier."""
        return self + (-n)

    @property
    def start(self) -> dt.date:
        """The first day."""
        months = (self.year - (self.first_month > 1)) * 12 + self.first_month - 1 + (self.number - 1) * 3
        return dt.date(months // 12, months % 12 + 1, 1)

    @property
    def end(self) -> dt.date:
        """The last day."""
        return (self + 1).start - dt.timedelta(days=1)

    @property
    def label(self) -> str:
        """The name used in folders and tables, such as ``2026Q3``."""
        return f"{self.year}Q{self.number}"

    def __str__(self) -> str:
        """Return the label."""
        return self.label

    def is_covered(self, first: dt.date, last: dt.date) -> bool:
        """Say whether money dates from `first` to `last` cover the whole quarter, up to `GRACE_DAYS` at both ends."""
        grace = dt.timedelta(days=GRACE_DAYS)
        return first <= self.start + grace and last >= self.end - grace

    def as_of(self, last: dt.date) -> dt.date:
        """Return the day up to which things are known: the quarter's end, or where the data end if that is earlier."""
        return self.end if last >= self.end - dt.timedelta(days=GRACE_DAYS) else min(last, self.end)


def last_complete(first: dt.date, last: dt.date, first_month: int = 1) -> Quarter | None:
    """Return the newest quarter that money dates from `first` to `last` cover, or None."""
    quarter = Quarter.of(last, first_month)
    while quarter.end >= first:
        if quarter.is_covered(first, last):
            return quarter
        quarter = quarter - 1
    return None
