"""Growth and decline in money: this year beside the year before, account by account."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from segkit.value.names import account_names

if TYPE_CHECKING:
    import pandas as pd

DIGITS = 12
DAYS_PER_YEAR = 365
CHANGES = ["lost", "shrunk", "grown", "back", "new"]


def growth_rates(frame: pd.DataFrame) -> pd.Series:
    """Return `revenue_12m` / `revenue_prev_12m` − 1; empty where the year before is unknown or not above zero."""
    before = frame["revenue_prev_12m"].where(frame["revenue_prev_12m"] > 0)
    return (frame["revenue_12m"] / before - 1).round(DIGITS)


def add_changes(value: pd.DataFrame) -> pd.DataFrame:
    """Return accounts with money in either year, with the amount and the kind of the change.

    Parameters
    ----------
    value : DataFrame
        Table `account_value`.

    Returns
    -------
    DataFrame
        With `revenue_change` (money) and `change`: ``new`` (revenue this year, none the year before, first line within
        a year), ``back`` (the same with an older first line), ``lost`` (revenue the year before, none this year),
        ``grown``, ``shrunk``, or ``same``. Net returns are no revenue. Without 24 months of data there is no row.
    """
    now, before = value["revenue_12m"], value["revenue_prev_12m"]
    some = value[before.notna() & ((now != 0) | (before != 0))]
    now, before = some["revenue_12m"], some["revenue_prev_12m"]
    kinds = np.select(
        [
            (before <= 0) & (now > 0) & (some["tenure_days"] <= DAYS_PER_YEAR),
            (before <= 0) & (now > 0),
            (before > 0) & (now <= 0),
            now > before,
            now < before,
        ],
        ["new", "back", "lost", "grown", "shrunk"],
        "same",
    )
    return some.assign(revenue_change=(now - before).round(4), change=kinds)


def sum_changes(value: pd.DataFrame) -> pd.DataFrame:
    """Return the steps that lead from the revenue of the year before to that of this year.

    Parameters
    ----------
    value : DataFrame
        Table `account_value`.

    Returns
    -------
    DataFrame
        Six rows: `step` (lost, shrunk, grown, back, new, net), `n_accounts`, `amount` (money), `low` and `high` (where
        the step starts and ends, seen from the year before). ``net`` is the sum of the others. Empty without 24 months
        of data.
    """
    import pandas as pd

    changes = add_changes(value)
    if changes.empty:
        return pd.DataFrame(columns=["step", "n_accounts", "amount", "low", "high"])
    sums = changes.groupby("change")["revenue_change"].agg(["size", "sum"]).reindex(CHANGES, fill_value=0)
    reached = sums["sum"].cumsum()
    started, net = reached - sums["sum"], reached.iloc[-1]
    steps = pd.DataFrame(
        {
            "step": [*CHANGES, "net"],
            "n_accounts": [*sums["size"], sums["size"].sum()],
            "amount": [*sums["sum"], net],
            "low": [*np.minimum(started, reached), min(net, 0)],
            "high": [*np.maximum(started, reached), max(net, 0)],
        }
    )
    return steps.round({"amount": 4, "low": 4, "high": 4})


def select_growth_points(value: pd.DataFrame, accounts: pd.DataFrame, n: int) -> pd.DataFrame:
    """Return the largest accounts with revenue in both years, for a chart of this year against the year before.

    Parameters
    ----------
    value, accounts : DataFrame
        Tables `account_value` and `accounts`.
    n : int
        At most so many, by the larger of the two years.

    Returns
    -------
    DataFrame
        `account_id`, `name`, `revenue_prev_12m`, `revenue_12m`, `growth`, `change` (grown, shrunk, same), smallest
        first.
    """
    changes = add_changes(value)
    both = changes[(changes["revenue_12m"] > 0) & (changes["revenue_prev_12m"] > 0)]
    size = both[["revenue_12m", "revenue_prev_12m"]].max(axis=1)
    largest = both.assign(size=size, name=account_names(both, accounts)).sort_values(["size", "account_id"]).tail(n)
    columns = ["account_id", "name", "revenue_prev_12m", "revenue_12m", "growth", "change"]
    return largest[columns].reset_index(drop=True)


def select_movers(value: pd.DataFrame, accounts: pd.DataFrame, n: int, *, losers: bool = False) -> pd.DataFrame:
    """Return the accounts whose revenue rose (or fell) most in money.

    Parameters
    ----------
    value : DataFrame
        Table `account_value`.
    accounts : DataFrame
        Table `accounts`: `account_id` and `name`. An account without a name goes by its id.
    n : int
        How many.
    losers : bool
        The falls instead of the rises.

    Returns
    -------
    DataFrame
        `account_id`, `name`, `revenue_prev_12m`, `revenue_12m`, `revenue_change`, `growth`, `days_since_last`,
        biggest change first; only real rises (falls).
    """
    changes = add_changes(value)
    sign = -1 if losers else 1
    moved = changes[sign * changes["revenue_change"] > 0].copy()
    moved = moved.sort_values(["revenue_change", "account_id"], ascending=[losers, True]).head(n)
    moved["name"] = account_names(moved, accounts)
    columns = ["account_id", "name", "revenue_prev_12m", "revenue_12m", "revenue_change", "growth", "days_since_last"]
    return moved[columns].reset_index(drop=True)
