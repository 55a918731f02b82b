"""How soon new accounts order again: the time from one order to the next, by Kaplan-Meier."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from segkit.value.leads.outcomes import day_numbers

if TYPE_CHECKING:
    import pandas as pd

FAR = 1_000_000  # more than any day's number
PLACES = 3  # the first order, the second, all later ones
FEWEST_RETURNS, USUAL = 30, 0.9
LEAST = 0.001  # of a survival curve that has come to its end


class SaleDays(NamedTuple):
    """The days with a sale of accounts, as arrays over (account, day), sorted."""

    accounts: pd.Index
    keys: np.ndarray
    """Position of the account · FAR + day."""
    day: np.ndarray
    account: np.ndarray
    number: np.ndarray
    """1 for the first sale day of the account."""
    following: np.ndarray
    """The next sale day of the account, infinite without one."""
    gross: np.ndarray
    """Sales up to and with this day, added up over all accounts."""


class Returns(NamedTuple):
    """What was known on a day of how soon new accounts order again, by the number of their last order (1, 2, 3+)."""

    days: list[np.ndarray]
    alive: list[np.ndarray]
    """Share that has not ordered again after each of the days."""
    waited: list[np.ndarray]
    """How long each order has waited or did wait, sorted: how many are known to have been silent as long."""
    usual: np.ndarray
    """Days within which nine of ten of those came back who did."""
    n_returns: int


def sale_days(orders: pd.DataFrame, accounts: pd.Index) -> SaleDays:
    """Return the days on which accounts bought.

    Parameters
    ----------
    orders : DataFrame
        Query `orders`: account_id, order_date, gross, has_sale.
    accounts : Index
        Whose days are wanted.
    """
    sales = orders[orders["has_sale"].astype(bool)]
    place = accounts.get_indexer(sales["account_id"])
    keys, inverse = np.unique((place * float(FAR) + day_numbers(sales["order_date"]))[place >= 0], return_inverse=True)
    gross = np.bincount(inverse, weights=sales["gross"].to_numpy("float64")[place >= 0], minlength=len(keys))
    account = (keys // FAR).astype(int)
    day = keys - account * float(FAR)
    first = np.searchsorted(account, account)
    last = np.append(account[1:] != account[:-1], True) if len(account) else np.zeros(0, bool)
    following = np.where(last, np.inf, np.append(day[1:], np.inf)) if len(day) else day
    return SaleDays(accounts, keys, day, account, np.arange(len(keys)) - first + 1, following, np.cumsum(gross))


def fit_returns(days: SaleDays, day: float, new_days: int) -> Returns:
    """Return how soon new accounts ordered again, as known on a day.

    By Kaplan and Meier (1958, Journal of the American Statistical Association 53): who has not ordered again by the day
    is known to have waited at least that long. A place with fewer than 30 returns shows all orders together.

    Parameters
    ----------
    days : SaleDays
        Of accounts whose first sale is truly their first.
    day : float
        Days since 1970; an order that came later is not known.
    new_days : int
        Only orders count that were made within so many days of the first.
    """
    first = np.minimum(np.searchsorted(days.account, days.account), max(len(days.day) - 1, 0))
    inside = (days.day <= day) & (days.day - days.day[first] < new_days)
    came = days.following[inside] <= day
    waited = np.where(came, days.following[inside], day) - days.day[inside]
    place = np.minimum(days.number[inside], PLACES) - 1
    curves, usual = [], []
    for number in range(PLACES):
        of = place == number
        of = of if came[of].sum() >= FEWEST_RETURNS else np.ones(len(place), bool)
        curves.append(_survival(waited[of], came[of]))
        returned = waited[of][came[of]]
        usual.append(float(np.quantile(returned, USUAL, method="inverted_cdf")) if len(returned) else np.nan)
    ended, alive, waits = (list(part) for part in zip(*curves, strict=True))
    return Returns(ended, alive, waits, np.array(usual), int(came.sum()))


def chance_of_silence(returns: Returns, number: np.ndarray, silence: np.ndarray, ahead: float) -> np.ndarray:
    """Return S(silence + ahead) / S(silence): the chance of no order in the days ahead, given the silence so far.

    Where n orders were ever followed by so long a silence, the chance stays half an order away from 0 and from all n.

    Parameters
    ----------
    returns : Returns
        The curves.
    number, silence : array
        Sale days so far, and days since the last of them.
    ahead : float
        Days ahead.
    """
    place = np.minimum(number, PLACES) - 1
    now, then, n = np.ones(len(place)), np.ones(len(place)), np.zeros(len(place))
    for i in range(PLACES):
        of = place == i
        now[of] = _alive_at(returns, i, silence[of])
        then[of] = _alive_at(returns, i, silence[of] + ahead)
        n[of] = len(returns.waited[i]) - np.searchsorted(returns.waited[i], silence[of])
    edge = 0.5 / (n + 1)
    return np.clip(then / np.maximum(now, LEAST), edge, 1 - edge)


def _survival(waited: np.ndarray, came: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the days on which a wait ended, the share that had not come back after each, and all waits in order."""
    days, inverse = np.unique(waited, return_inverse=True)
    events = np.bincount(inverse, weights=came, minlength=len(days))
    at_risk = len(waited) - np.searchsorted(np.sort(waited), days, side="left")
    alive = np.cumprod(1 - events / np.maximum(at_risk, 1))
    return days, np.maximum(alive, LEAST), np.sort(waited)


def _alive_at(returns: Returns, place: int, day: np.ndarray) -> np.ndarray:
    """Return the curve's height after a day; 1 before its first."""
    return np.append(1.0, returns.alive[place])[np.searchsorted(returns.days[place], day, side="right")]
