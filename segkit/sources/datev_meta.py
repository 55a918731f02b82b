"""The first line of DATEV's exports: kind of file, fiscal year, length of accounts, currency, chart of accounts."""

from __future__ import annotations

import csv
import datetime as dt
import functools
from dataclasses import dataclass

from segkit.sources.datev_tax import charts

MARKS = (b'"EXTF"', b"EXTF;", b'"DTVF"', b"DTVF;")
POSTINGS, PERSONAL_ACCOUNTS, LABELS = "21", "16", "20"


@dataclass(frozen=True)
class Meta:
    """The first line: kind of file, first day of the fiscal year, digits of a G/L account, period, currency, chart."""

    kind: str
    year_start: dt.date | None
    n_digits: int
    currency: str
    chart: str | None

    def is_debtor(self, account: str) -> bool:
        """Say whether an account is a customer's: one digit longer than a G/L account, and from 1 to 6 in front."""
        return len(account) == self.n_digits + 1 and account[0] in "123456"

    def is_personal(self, account: str) -> bool:
        """Say whether an account is a customer's or a supplier's."""
        return len(account) == self.n_digits + 1

    def in_four(self, account: str) -> int:
        """Return a G/L account with four digits: 84000 of five is 8400; −1 for one that does not fit the chart."""
        return _in_four(account, self.n_digits)

    def day_of(self, text: str) -> dt.date | None:
        """Return the day of a document, whose year follows from the fiscal year: 2102 is 21 February.

        None where it is no day of the fiscal year; eight digits hold the year themselves.
        """
        return _day_of(text, self.year_start)


def is_datev(data: bytes) -> bool:
    """Say whether a file begins as DATEV's do."""
    return data.lstrip(b"\xef\xbb\xbf").startswith(MARKS)


def read_meta(data: bytes) -> Meta | None:
    """Return what the first line says, None where it is too short to be one.

    Parameters
    ----------
    data : bytes
        The file as UTF-8.
    """
    line = data[:4000].decode("utf-8", errors="ignore").lstrip("\ufeff").splitlines()[0]
    fields = next(csv.reader([line], delimiter=";"))
    if len(fields) < 14 or not fields[13].isdigit():
        return None
    named = f"SKR{fields[26].zfill(2)}" if len(fields) > 26 else ""
    chart = named if named in charts() else None
    currency = fields[21].strip() if len(fields) > 21 else ""
    return Meta(fields[2], _iso(fields[12]), int(fields[13]), currency, chart)


def _iso(text: str) -> dt.date | None:
    return _day(int(text[:4]), int(text[4:6]), int(text[6:])) if len(text) == 8 and text.isdigit() else None


def _day(year: int, month: int, day: int) -> dt.date | None:
    try:
        return dt.date(year, month, day)
    except ValueError:
        return None


@functools.cache
def _in_four(account: str, n_digits: int) -> int:
    if not account or len(account) > n_digits:
        return -1
    return int(account.zfill(n_digits)[:4])


@functools.cache
def _day_of(text: str, year_start: dt.date | None) -> dt.date | None:
    if not text.isdigit() or len(text) not in (3, 4, 7, 8):
        return None
    text = text.zfill(4 if len(text) < 5 else 8)
    day, month = int(text[:2]), int(text[2:4])
    if len(text) == 8:
        return _day(int(text[4:]), month, day)
    if year_start is None:
        return None
    found = (_day(year_start.year + later, month, day) for later in (0, 1))
    return next((date for date in found if date and 0 <= (date - year_start).days < 366), None)
