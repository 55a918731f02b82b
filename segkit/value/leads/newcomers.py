"""What is known of a new account at a quarter end."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from segkit.value.leads.outcomes import day_number, day_numbers
from segkit.value.leads.predictors import EventDays, activity_days, count_between, event_days
from segkit.value.leads.returns import FAR, Returns, SaleDays, chance_of_silence, fit_returns, sale_days

if TYPE_CHECKING:
    import pandas as pd

GUARD_DAYS = 180  # so long the data must reach back before a first sale; else it may be that of an old account
FIRST_DAYS = 90
PREDICTORS = ["own_rhythm", "orders", "ramp", "tickets", "activity", "first_order"]


def first_sales(panel: pd.DataFrame) -> pd.DataFrame:
    """Return accounts whose first sale is truly their first: index account_id, `born` (days since 1970).

    Parameters
    ----------
    panel : DataFrame
        `account_features`: account_id, as_of, first_date, first_sale_date. The data begin with the oldest first_date.
    """
    start = day_numbers(panel["first_date"])
    last = panel.sort_values("as_of", kind="stable").drop_duplicates("account_id", keep="last")
    born = day_numbers(last["first_sale_date"])
    frame = last[["account_id"]].assign(born=born)
    begin = np.nanmin(start) if len(start) else np.inf
    return frame[born - begin >= GUARD_DAYS].sort_values("account_id").set_index("account_id")


def describe_newcomers(
    born: pd.DataFrame,
    days: SaleDays,
    returns: Returns,
    tickets: EventDays,
    acts: EventDays,
    day: float,
    new_days: int,
    ahead: float,
) -> pd.DataFrame:
    """Return what is known on a day of the accounts that are new then.

    Parameters
    ----------
    born : DataFrame
        As `first_sales` gives it.
    days : SaleDays
        Of the accounts of `born`, in their order.
    returns : Returns
        As known on that day.
    tickets, acts : EventDays
        Of tickets, and of visits, clicks and downloads.
    day : float
        Days since 1970.
    new_days : int
        An account is new for so many days.
    ahead : float
        Days ahead for which the rule gives the chance of silence.

    Returns
    -------
    DataFrame
        Index account_id: `age` (days since the first sale), `n_days` (days with a sale), `silence` (days since the
        last), `usual` (days within which nine of ten returned after as many orders), `rule` (chance of silence), and
        the predictors, empty where they say nothing: `own_rhythm` (log of silence over the mean gap so far, from three
        sale days on), `orders` (log of sale days per 30 days), `ramp` (log of sales of the last 90 days over those of
        the first 90; from 180 days on), `tickets` (log(1 + n) of the first 90 days), `activity` (log(1 + n) of visits,
        clicks and downloads since the first sale, per 30 days; where the data of the engagements begin before it),
        `first_order` (log of the sales of the first day).
    """
    import pandas as pd

    start = born["born"].to_numpy()
    at = np.flatnonzero((start <= day) & (day - start < new_days))
    own, base = start[at], at * float(FAR)
    age = day - own
    last = np.searchsorted(days.keys, base + day, side="right") - 1
    first = np.searchsorted(days.keys, base)
    has = last >= first
    at, last, first, own, base, age = at[has], last[has], first[has], own[has], base[has], age[has]
    n_days, silence = days.number[last], day - days.day[last]
    gap = (days.day[last] - own) / np.maximum(n_days - 1, 1)
    months = np.maximum(age, 30) / 30
    begin = _sum_until(days, base + own - 1, base)
    early = _sum_until(days, base + np.minimum(own + FIRST_DAYS - 1, day), base) - begin
    late = _sum_until(days, base + day, base) - _sum_until(days, base + day - FIRST_DAYS, base)
    names = days.accounts[at]
    is_seen = own >= acts.first
    active = count_between(acts, acts.names.get_indexer(names), own, np.full(len(own), day))
    asked = count_between(tickets, tickets.names.get_indexer(names), own, np.minimum(own + FIRST_DAYS, day))
    return pd.DataFrame(
        {
            "age": age,
            "n_days": n_days,
            "silence": silence,
            "usual": returns.usual[np.minimum(n_days, len(returns.usual)) - 1],
            "rule": chance_of_silence(returns, n_days, silence, ahead),
            "own_rhythm": np.where(n_days >= 3, np.log((silence + 7) / (gap + 7)), np.nan),
            "orders": np.log(n_days / months),
            "ramp": np.where(age >= 2 * FIRST_DAYS, np.log((late + 1) / (early + 1)), np.nan),
            "tickets": np.log1p(asked),
            "activity": np.where(is_seen, np.log1p(active / months), np.nan),
            "first_order": np.log(np.maximum(days.gross[first] - begin, 1)),
            "n_tickets": asked,
            "n_active": np.where(is_seen, active, np.nan),
            "change": np.where((age >= 2 * FIRST_DAYS) & (early > 0), late / np.maximum(early, 0.01) - 1, np.nan),
        },
        index=names,
    )


def build_newcomers(tables: dict[str, pd.DataFrame], day: pd.Timestamp, new_days: int, ahead: float) -> pd.DataFrame:
    """Return `describe_newcomers` from tables alone, for `find_leaks`: `invoices` are orders with `invoice_date`."""
    orders = tables["invoices"].rename(columns={"invoice_date": "order_date"})
    born = first_sales(tables["account_features"])
    days = sale_days(orders, born.index)
    number = day_number(day)
    returns = fit_returns(days, number, new_days)
    tickets, acts = event_days(tables["tickets"], "created_date"), activity_days(tables["engagements"])
    return describe_newcomers(born, days, returns, tickets, acts, number, new_days, ahead)


def _sum_until(days: SaleDays, keys: np.ndarray, base: np.ndarray) -> np.ndarray:
    """Return the running sum of sales up to a key; for keys before the account, up to its beginning."""
    place = np.searchsorted(days.keys, np.maximum(keys, base - 1), side="right")
    return np.append(0.0, days.gross)[place]
