"""DATEV's postings → lines of revenue: whose, when, how much without tax."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import replace
from decimal import Decimal
from typing import NamedTuple

from segkit.sources.datev_meta import Meta
from segkit.sources.datev_tax import is_revenue, is_reversal, likely_chart, net_of, tax_rate
from segkit.sources.grids import DATE, NUMBER, Change, Grid, Unreadable, fold, texts_of, with_columns

ADDED = ("Debitor", "Erlöskonto", "Belegtag", "Erlös_netto", "Währung", "Auslassen")
"""Columns that are added; Auslassen says why a posting is no line of revenue."""
PLACES = {
    "amount": (0, "umsatz"), "side": (1, "soll"), "currency": (2, "wkz"), "base": (4, "basis"),
    "base_currency": (5, "wkz"), "account": (6, "konto"), "contra": (7, "gegenkonto"), "key": (8, "bu"),
    "day": (9, "belegdatum"),
}  # fmt: skip
"""What the format has where, and how its header begins."""
NAMES = {"supply": "Leistungsdatum", "reversal": "Generalumkehr", "rate": "Steuersatz"}
_AMOUNT = re.compile(r"-?\d+([.,]\d{1,2})?")


class Posting(NamedTuple):
    """One row as DATEV writes it, all texts."""

    amount: str
    side: str
    currency: str
    base: str
    base_currency: str
    account: str
    contra: str
    key: str
    day: str
    supply: str = ""
    reversal: str = ""
    rate: str = ""


def complete_postings(grid: Grid, meta: Meta) -> Grid:
    """Return the postings with `ADDED`; those whose tax, amount, side or day is not known are unreadable.

    A line of revenue is a posting between a customer's account and a revenue account. The side decides the sign:
    revenue is positive where the revenue account is credited. Revenue posted against another account (bank, collective
    account) is left out as no_customer, everything else as no_revenue.
    """
    import pyarrow as pa

    if len(grid.headers) < len(PLACES) or any(not fold(grid.headers[p]).startswith(n) for p, n in PLACES.values()):
        return grid
    of_place = texts_of(grid, [grid.headers[place] for place, _ in PLACES.values()])
    of_name = texts_of(grid, list(NAMES.values()))
    postings = [Posting(*row) for row in zip(*of_place.values(), *of_name.values(), strict=True)]
    chart = meta.chart or likely_chart(_counterparts(postings, meta))
    outcomes = [_outcome(posting, meta, chart) for posting in postings]
    told = Change("datev_chart", sum(not isinstance(o, str) and o[-1] is None for o in outcomes), new_value=chart)
    numbers = grid.cells.column("row_number")
    bad = [i for i, outcome in enumerate(outcomes) if isinstance(outcome, str)]
    raws = grid.raw_rows(numbers.take(pa.array(bad, pa.int64()))).to_pylist() if bad else []
    unreadable = [Unreadable(numbers[i].as_py(), str(outcomes[i]), raw or "") for i, raw in zip(bad, raws, strict=True)]
    good = [i for i, outcome in enumerate(outcomes) if not isinstance(outcome, str)]
    kept = replace(
        grid,
        cells=grid.cells.take(pa.array(good, pa.int64())),
        unreadable=sorted([*grid.unreadable, *unreadable], key=lambda row: row.row_number),
        changes=[*grid.changes, told],
    )
    return with_columns(kept, ADDED, [tuple(outcomes[i]) for i in good])


def _counterparts(postings: list[Posting], meta: Meta) -> list[int]:
    """Accounts that customers' accounts are posted against."""
    pairs = [(p.account, p.contra) for p in postings] + [(p.contra, p.account) for p in postings]
    return [meta.in_four(other) for account, other in pairs if meta.is_debtor(account) and other.isdigit()]


def _outcome(posting: Posting, meta: Meta, chart: str) -> tuple | str:
    """Return the values of `ADDED`, or why the row cannot be used."""
    sides = [account for account in (posting.account, posting.contra) if account.isdigit()]
    revenue = [account for account in sides if is_revenue(meta.in_four(account), chart)]
    day = meta.day_of(posting.day)
    marked = None if day is None else f"{DATE}{day.isoformat()}"
    if len(revenue) != 1:
        return (None, None, marked, f"{NUMBER}0", None, "no_revenue")
    if day is None:
        return "bad_date"
    money = _money(posting, meta)
    if money is None:
        return "bad_number"
    if posting.side.upper() not in ("S", "H"):
        return "missing_value"
    rate = _rate(posting, meta, chart, revenue[0], day)
    if rate is None:
        return "tax_unknown"
    amount, currency = money
    debtor = next((account for account in sides if meta.is_debtor(account)), None)
    is_credited = (posting.account == revenue[0]) == (posting.side.upper() == "H")
    sign = (1 if is_credited else -1) * (-1 if _is_reversal(posting) else 1)
    net = f"{NUMBER}{sign * net_of(amount, rate)}"
    account = revenue[0].zfill(meta.n_digits)
    return (debtor, account, marked, net, currency or None, None if debtor else "no_customer")


def _money(posting: Posting, meta: Meta) -> tuple[Decimal, str] | None:
    """Return the amount with tax and its currency: the company's where the row holds it, else that of the document."""
    own = posting.base_currency or meta.currency
    foreign = posting.currency not in ("", own)
    text, currency = (posting.base, own) if foreign and posting.base else (posting.amount, posting.currency or own)
    return (Decimal(text.replace(",", ".")), currency) if _AMOUNT.fullmatch(text) else None


def _rate(posting: Posting, meta: Meta, chart: str, account: str, day: dt.date) -> Decimal | None:
    if _AMOUNT.fullmatch(posting.rate):
        return Decimal(posting.rate.replace(",", "."))
    if posting.key and not posting.key.isdigit():
        return None
    supply = meta.day_of(posting.supply) or day
    return tax_rate(meta.in_four(account), chart, int(posting.key or 0), supply)


def _is_reversal(posting: Posting) -> bool:
    stated = posting.reversal.upper() in ("1", "G", "TRUE", "WAHR")
    return stated or (posting.key.isdigit() and is_reversal(int(posting.key)))
