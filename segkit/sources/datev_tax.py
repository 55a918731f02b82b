"""Which accounts of DATEV's charts are revenue, and how much value added tax a posting holds."""

from __future__ import annotations

import datetime as dt
import functools
from collections.abc import Iterable
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any

from segkit.yaml_files import read_yaml

CENT = Decimal("0.01")
REVERSALS = (2, 3, 6, 7, 8)
"""Correction digits of a tax key that take a posting back (Generalumkehr) [K]."""
EU = (1, 6)
"""Correction digits of postings within the European Union; their keys have two digits."""
AUTOMATIC_OFF = (4, 8)


@functools.cache
def load_tax() -> dict[str, Any]:
    """Return `datev_tax.yml`."""
    return read_yaml(Path(__file__).with_name("datev_tax.yml"))


def charts() -> list[str]:
    """Names of the charts of accounts that are known."""
    return list(load_tax()["charts"])


@functools.cache
def is_revenue(account: int, chart: str) -> bool:
    """Say whether an account of four digits holds what customers are charged, or reductions of it."""
    return any(low <= account <= high for low, high in load_tax()["charts"][chart]["revenue"])


def likely_chart(accounts: Iterable[int]) -> str:
    """Return the chart in which most of the accounts that customers are posted against are revenue."""
    found = list(accounts)
    return max(charts(), key=lambda chart: sum(is_revenue(account, chart) for account in found))


def is_reversal(key: int) -> bool:
    """Say whether a tax key takes a posting back."""
    return 20 <= key < 100 and key // 10 in REVERSALS


@functools.cache
def tax_rate(account: int, chart: str, key: int, day: dt.date) -> Decimal | None:
    """Return the rate in per cent that a gross posting on a revenue account holds, None where it is not known.

    Parameters
    ----------
    account : int
        Revenue account, four digits.
    chart : str
        SKR03 or SKR04.
    key : int
        Tax key (BU-Schlüssel), 0 where there is none: one or two digits, the first of two being a correction.
    day : date
        Day of the supply, else of the document.

    Examples
    --------
    8400 without a key holds 19 % in 2018 and 16 % in August 2020; 8400 with key 40 holds none; an account of the
    client's own, such as 8420, is only known with a key.
    """
    by_account = _class_of(account, chart)
    correction, digit = divmod(key, 10)
    if key >= 100:
        return None
    if correction in EU:
        by_key = load_tax()["keys"].get(10 + digit)
    elif correction in (0, 2, *AUTOMATIC_OFF):
        by_key = load_tax()["keys"].get(digit) if digit else None
    else:
        return None
    if (digit or correction in EU) and by_key is None:
        return None
    if correction in AUTOMATIC_OFF:
        return _rate(by_key or "none", day)
    if by_account in (None, "by_key"):
        return _rate(by_key or "none", day) if by_key or by_account == "by_key" else None
    return _rate(by_account, day) if by_key in (None, by_account) else None


def net_of(gross: Decimal, rate: Decimal) -> Decimal:
    """Return a gross amount without its tax, which is rounded to cents as in the ledger."""
    return gross - (gross * rate / (100 + rate)).quantize(CENT, ROUND_HALF_UP)


def _class_of(account: int, chart: str) -> str | None:
    entries = load_tax()["charts"][chart]["accounts"]
    return next((name for low, high, name in entries if low <= account <= high), None)


def _rate(name: str, day: dt.date) -> Decimal | None:
    """Rate of a class on a day, None before the first day that is known."""
    held = [(since, rate) for since, rate in load_tax()["rates"][name].items() if since <= day]
    return Decimal(str(max(held)[1])) if held else None
