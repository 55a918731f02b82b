"""The windows of the panel: what each account bought in three, twelve and twenty-four months up to each quarter end."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    import pandas as pd

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
UNIT = 10_000  # money comes in ten-thousandths
HALF = 26  # bits of the lower half of a sum of money, so that squares of both halves fit into 64 bits
YEAR_MONTHS = 12
DAY = "datetime64[D]"


class Cells:
    """The sums of accounts by cell of time, in the order of time: a window is a slice of them."""

    def __init__(self, cells: pd.DataFrame, cuts: pd.DataFrame, n_accounts: int):
        order = np.argsort(cells["cell"].to_numpy("int64"), kind="stable")
        self.account = cells["account"].to_numpy("int64")[order] - 1
        self.columns = {str(name): cells[name].to_numpy()[order] for name in cells if name not in ("account", "cell")}
        self.starts = np.searchsorted(cells["cell"].to_numpy("int64")[order], np.arange(len(cuts) + 2))
        self.cuts = cuts["first_day"].to_numpy(DAY)
        self.n_accounts = n_accounts

    def before(self, day: np.datetime64) -> int:
        """Return how many rows lie before a day at which a cell begins (or before the first cut or after the last)."""
        return int(self.starts[np.searchsorted(self.cuts, day, side="left") + 1])

    def sum(self, column: str, start: int, end: int) -> Floats:
        """Return the sum by account over the rows of a slice: exact, since whole numbers below 2**53 add up exactly."""
        return np.asarray(
            np.bincount(self.account[start:end], self.columns[column][start:end], self.n_accounts), dtype="float64"
        )


def lay_windows(found: dict[str, pd.DataFrame], dates: pd.DataFrame, cuts: pd.DataFrame) -> pd.DataFrame:
    """Return one row per account and as-of for accounts with a line up to that day, ordered by both.

    Parameters
    ----------
    found : dict of DataFrame
        Results of the query `account_features`: panel_accounts, panel_cells, panel_products.
    dates, cuts : DataFrame
        As `panel_dates` and `panel_cuts` give them.

    Returns
    -------
    DataFrame
        Sums, counts and dates, from which `add_ratios` makes the table `account_features`. A sale is a line with
        quantity and revenue above zero. Months are calendar months, the last of the twelve that of as-of;
        month_spread = n_months * sum of squares - square of the sum of the monthly revenue.
    """
    import pandas as pd

    accounts = found["panel_accounts"].sort_values("account", ignore_index=True)
    cells = Cells(found.pop("panel_cells"), cuts, len(accounts))
    days = {name: dates[name].to_numpy(DAY) for name in ("as_of", "quarter_start", "year_start", "prev_start")}
    first = accounts["first_date"].to_numpy(DAY)
    at = np.nonzero(first[:, None] <= days["as_of"][None, :])
    place = at[1] * len(accounts) + at[0]  # in what is laid out as quarter ends × accounts
    columns: dict[str, Any] = {
        "account_id": accounts["account_id"].astype("str").take(at[0]).reset_index(drop=True),
        "quarter": dates["quarter"].astype("str").take(at[1]).reset_index(drop=True),
        "as_of": dates["as_of"].take(at[1]).reset_index(drop=True),
    }
    sale = accounts["first_sale_date"].to_numpy(DAY)
    has_sale = sale[at[0]] <= days["as_of"][at[1]]
    opened = {
        "first_date": first[at[0]],
        "first_sale_date": np.where(has_sale, sale[at[0]], np.datetime64("NaT")),
        "gross_first": np.where(has_sale, accounts["gross_first"].to_numpy("float64")[at[0]] / UNIT, np.nan),
    }
    ends = [cells.before(day + 1) for day in days["as_of"]]
    for name, values in _windows(cells, days, ends):
        columns[name] = values.ravel().take(place)
    for name in ("last_date", "last_sale_date"):
        columns[name] = _last_days(cells, name, ends).ravel().take(place)
    for name, values in _months(cells, days["as_of"], ends, first):
        columns[name] = values.ravel().take(place)
    columns["n_products_12m"] = _products(found.pop("panel_products"), len(accounts), len(dates)).ravel().take(place)
    columns |= opened
    start = first.min() if len(first) else np.datetime64("NaT")
    covers = start <= dates["history_limit"].to_numpy(DAY)
    columns["revenue_prev_12m"] = np.where(covers[at[1]], columns["revenue_prev_12m"], np.nan)
    as_of = days["as_of"][at[1]]
    columns["tenure_days"] = (as_of - opened["first_date"]).astype("int64")
    columns["days_since_last"] = (as_of - columns["last_date"]).astype("int64")
    columns["history_days"] = (as_of - start).astype("int64")
    columns["is_active_q"] = columns["gross_q"] > 0
    for name in ("first_date", "last_date", "first_sale_date", "last_sale_date"):
        columns[name] = columns[name].astype("datetime64[us]")
    return pd.DataFrame({name: columns.pop(name) for name in ORDER}, copy=False)


def _windows(cells: Cells, days: dict[str, Any], ends: list[int]) -> Iterator[tuple[str, NDArray[Any]]]:
    """Yield the sums of each window, quarter ends × accounts."""
    starts = {name: [cells.before(day) for day in days[name]] for name in ("quarter_start", "year_start", "prev_start")}
    spans = {
        "total": list(zip([0, *ends[:-1]], ends, strict=True)),  # what comes on top of the quarter end before
        "12m": list(zip(starts["year_start"], ends, strict=True)),
        "q": list(zip(starts["quarter_start"], ends, strict=True)),
        "prev_12m": list(zip(starts["prev_start"], starts["year_start"], strict=True)),
    }
    laid = np.empty((len(ends), cells.n_accounts))  # one piece of memory for all, taken from before the next one
    for name, column, window, is_money in WINDOWS:
        for k, span in enumerate(spans[window]):
            laid[k] = cells.sum(column, *span)
            if window == "total" and k:
                laid[k] += laid[k - 1]
        if column == "margin":
            for k, span in enumerate(spans[window]):
                laid[k, cells.sum("n_margins", *span) == 0] = np.nan
        yield name, np.divide(laid, UNIT, out=laid) if is_money else laid.astype(np.int64)


def _last_days(cells: Cells, name: str, ends: list[int]) -> NDArray[Any]:
    """Return the last day with a line (or with a sale) up to each quarter end, quarter ends × accounts."""
    found, done = cells.columns[name].astype(DAY), 0
    last = np.full(cells.n_accounts, np.datetime64("NaT"), dtype=DAY)
    laid = np.empty((len(ends), cells.n_accounts), dtype=DAY)
    for k, end in enumerate(ends):
        for start, stop in zip(cells.starts[:-1], cells.starts[1:], strict=True):
            here = slice(max(start, done), min(stop, end))
            if here.start < here.stop:
                rows = np.flatnonzero(~np.isnat(found[here])) + here.start
                last[cells.account[rows]] = found[rows]  # an account stands in a cell once
        done = max(done, end)
        laid[k] = last
    return laid


def _months(
    cells: Cells, as_of: NDArray[Any], ends: list[int], first: NDArray[Any]
) -> Iterator[tuple[str, NDArray[Any]]]:
    """Yield what the calendar months of a year say: how many, how many with a sale, their revenue and its spread."""
    shape = (len(ends), cells.n_accounts)
    active, revenue, spread = np.zeros(shape, "int64"), np.zeros(shape), np.zeros(shape)
    last = as_of.astype("datetime64[M]")
    n_months = np.minimum(YEAR_MONTHS, (last[:, None] - first.astype("datetime64[M]")[None, :]).astype("int64") + 1)
    for k, end in enumerate(ends):
        sums = [np.zeros(cells.n_accounts, "int64") for _ in range(6)]
        for month in last[k] - np.arange(YEAR_MONTHS):
            span = cells.before(month.astype(DAY)), min(cells.before((month + 1).astype(DAY)), end)
            money = cells.sum("revenue", *span).astype(np.int64)
            high, low = money >> HALF, money & ((1 << HALF) - 1)
            has_sale = cells.sum("n_sale_days", *span) > 0
            for total, part in zip(sums, (has_sale, high, low, high * high, high * low, low * low), strict=True):
                total += part
        active[k] = sums[0]
        revenue[k] = ((sums[1] << HALF) + sums[2]) / UNIT
        spread[k] = _spread(n_months[k], *sums[1:])
    yield from (("active_months_12m", active), ("n_months", n_months), ("month_revenue", revenue))
    yield "month_spread", spread


def _spread(n: Ints, high: Ints, low: Ints, high2: Ints, both: Ints, low2: Ints) -> Floats:
    """Return n times the sum of squares less the square of the sum, in money squared, of numbers high * 2**26 + low.

    Each part is a whole number that fits into 64 bits; what one part has too much goes to the next, so that nothing
    cancels when they are added as floating point numbers.
    """
    parts = [n * low2 - low * low, 2 * (n * both - high * low), n * high2 - high * high]
    for i in (0, 1):
        parts[i + 1] = parts[i + 1] + (parts[i] >> HALF)
        parts[i] = parts[i] & ((1 << HALF) - 1)
    size = float(1 << HALF)
    return ((parts[2] * size + parts[1]) * size + parts[0]) / UNIT**2


def _products(found: pd.DataFrame, n_accounts: int, n_dates: int) -> Ints:
    """Return how many products each account bought in the year up to each quarter end, quarter ends × accounts."""
    account, bits = found["account"].to_numpy("int64") - 1, found["bits"].to_numpy("int64")
    counts, laid = found["n_products"].to_numpy("int64"), np.empty((n_dates, n_accounts), "int64")
    for k in range(n_dates):
        is_bought = (bits >> k) & 1 == 1
        laid[k] = np.bincount(account[is_bought], counts[is_bought], n_accounts)
    return laid


WINDOWS = [  # column of the panel, of the cells, window, and whether it is money
    ("n_sale_days", "n_sale_days", "total", False),
    ("frequency", "n_orders", "total", False),
    ("frequency_12m", "n_orders", "12m", False),
    ("orders_q", "n_orders", "q", False),
    ("revenue_total", "revenue", "total", True),
    ("revenue_12m", "revenue", "12m", True),
    ("revenue_prev_12m", "revenue", "prev_12m", True),
    ("revenue_q", "revenue", "q", True),
    ("gross_total", "gross", "total", True),
    ("gross_12m", "gross", "12m", True),
    ("gross_q", "gross", "q", True),
    ("returned_12m", "returned", "12m", True),
    ("margin_12m", "margin", "12m", True),
    ("margin_q", "margin", "q", True),
]
ORDER = """account_id quarter as_of first_date last_date first_sale_date last_sale_date tenure_days days_since_last
    n_sale_days frequency frequency_12m orders_q revenue_total revenue_12m revenue_prev_12m margin_12m revenue_q gross_q
    margin_q gross_12m gross_total gross_first returned_12m is_active_q n_products_12m active_months_12m n_months
    month_revenue month_spread history_days""".split()
