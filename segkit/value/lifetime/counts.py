"""What the purchase models know of each account: days with a sale, how long ago, and the money of one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import pandas as pd

DAYS_PER_WEEK = 7
DAYS_PER_YEAR = 365.25
WEEKS_PER_YEAR = DAYS_PER_YEAR / DAYS_PER_WEEK
FEWEST_DAYS = 90  # an account known for less is read as known for so long when its year is written up
MOST_DISCRETE = 0.95  # share of account-quarters with exactly one purchase from which purchases count as discrete


def count_purchases(known: pd.DataFrame) -> pd.DataFrame:
    """Return what the purchase models and the simple rules know of each account.

    Parameters
    ----------
    known : DataFrame
        Rows of `account_features` of one as-of, index account_id.

    Returns
    -------
    DataFrame
        Same index. `n_repeats` (days with a sale after the first), `t_x` (weeks from the first to the last), `age`
        (weeks from the first to as-of); `recent_repeats` and `recent_age`, the same within the last year (invoices of
        the year times days per invoice); `n_values` (days with a sale), `mean_value` and `recent_value` (revenue after
        returns per day with a sale, currency, ever and in the year; empty where it is not above 0); `last_12m`,
        `yearly` (revenue of twelve months, not below 0; written up to a year for an account known for
        less), `days_since_sale`, `interval_days`. An account that was only ever credited has no sale: n_repeats −1.
    """
    import pandas as pd

    days = known["n_sale_days"].astype("float64")
    repeats = days - 1
    span = (known["last_sale_date"] - known["first_sale_date"]).dt.days
    age = (known["as_of"] - known["first_sale_date"]).dt.days / DAYS_PER_WEEK
    is_young = age < WEEKS_PER_YEAR
    of_year = known["frequency_12m"] * days / known["frequency"].where(known["frequency"] > 0)
    revenue = known["revenue_total"].astype("float64")
    last_12m = known["revenue_12m"].astype("float64").clip(lower=0)
    known_days = (known["tenure_days"] + 1).clip(lower=FEWEST_DAYS, upper=DAYS_PER_YEAR)
    return pd.DataFrame(
        {
            "n_repeats": repeats,
            "t_x": (span / DAYS_PER_WEEK).fillna(0.0),
            "age": age.fillna(0.0),
            "recent_repeats": repeats.where(is_young, of_year).fillna(0.0).clip(lower=0),
            "recent_age": age.clip(upper=WEEKS_PER_YEAR).fillna(0.0),
            "n_values": days,
            "mean_value": (revenue / days.where(days > 0)).where(revenue > 0),
            "recent_value": (last_12m / of_year.where(of_year > 0)).where(last_12m > 0),
            "last_12m": last_12m,
            "yearly": last_12m * DAYS_PER_YEAR / known_days,
            "days_since_sale": (known["as_of"] - known["last_sale_date"]).dt.days.astype("float64"),
            "interval_days": (span / repeats.where(repeats > 0)).astype("float64"),
        },
        index=known.index,
    )


def count_opportunities(panel: pd.DataFrame, day: pd.Timestamp) -> pd.DataFrame:
    """Return the quarters in which each account bought, for companies where nobody buys twice a quarter.

    Parameters
    ----------
    panel : DataFrame
        `account_features`; rows after `day` are not looked at.
    day : Timestamp
        Which as-of.

    Returns
    -------
    DataFrame
        Index account_id: `n_repeats` (quarters with a sale after the first that the panel sees), `t_x` (number of the
        last of them), `n_opportunities` (quarters since the first). Accounts without a sale in the panel are left out.
    """
    rows = panel.loc[panel["as_of"] <= day, ["account_id", "as_of", "is_active_q"]]
    order = {when: i for i, when in enumerate(sorted(rows["as_of"].unique()))}
    active = rows[rows["is_active_q"].astype(bool)]
    numbers = active["as_of"].map(order).groupby(active["account_id"]).agg(["min", "max", "size"])
    return (
        numbers.assign(
            n_repeats=numbers["size"] - 1,
            t_x=numbers["max"] - numbers["min"],
            n_opportunities=len(order) - 1 - numbers["min"],
        )[["n_repeats", "t_x", "n_opportunities"]]
        .astype("float64")
        .sort_index()
    )


def is_discrete(panel: pd.DataFrame, day: pd.Timestamp) -> bool:
    """Say whether accounts buy at most once a quarter, so that a purchase is a yes or no and not a count.

    Looks at the quarters up to `day` in which an account had a sale: in nearly all of them (95 %) it was one invoice.
    """
    rows = panel[(panel["as_of"] <= day) & panel["is_active_q"].astype(bool)]
    return len(rows) > 0 and bool(np.mean(rows["orders_q"] <= 1) >= MOST_DISCRETE)
