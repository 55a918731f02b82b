"""Lists and frames of the page: who may leave with how much money, and whose contract ends."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from segkit.value.names import account_names
from segkit.value.reasons import tell_reasons

if TYPE_CHECKING:
    import pandas as pd

RAISED = 3.0  # times the median chance: below that an account stands on the list for its size only
RAISED_SHARE = 0.5  # where half of all may leave, one in two is high enough
LABELS, MOST_NAMED = 8, 60
NAME_WIDTH, NAME_HEIGHT = 1.6, 0.12  # of a name on the chart, powers of ten
LONG = 2.0  # usual intervals of silence, from where the chart calls an account silent


def select_at_risk(
    value: pd.DataFrame, accounts: pd.DataFrame, reasons: pd.DataFrame, n: int, currency: str
) -> pd.DataFrame:
    """Return the accounts with the most revenue at risk among those whose chance is raised.

    The largest accounts have much at stake at any chance; a list for calls names those that stand out: at least three
    times the median chance (or one half), and a reason.

    Parameters
    ----------
    value, accounts : DataFrame
        Tables `account_value` (with churn_probability, revenue_at_risk) and `accounts`.
    reasons : DataFrame
        Table `account_reasons`.
    n : int
        At most so many.
    currency : str
        Of the money in the reasons.

    Returns
    -------
    DataFrame
        `account_id`, `name`, `owner_id`, `is_contactable`, `revenue_12m`, `revenue_at_risk` (currency),
        `churn_probability` (share),
        `reason_de`, `reason_en` (up to two reasons, the weightiest first).
    """
    chance = value["churn_probability"]
    of_churn = reasons[reasons["model"] == "churn"]
    found = value[
        (chance >= raised_limit(chance))
        & (value["revenue_at_risk"] > 0)
        & value["account_id"].isin(of_churn["account_id"])
    ]
    found = found.sort_values(["revenue_at_risk", "account_id"], ascending=[False, True]).head(n)
    columns = ["account_id", "name", "owner_id", "is_contactable"]
    columns += ["revenue_12m", "revenue_at_risk", "churn_probability"]
    return _with_reasons(_named(found, accounts)[columns], of_churn, currency)


def select_renewals(value: pd.DataFrame, accounts: pd.DataFrame, as_of: pd.Timestamp, days: int) -> pd.DataFrame:
    """Return the accounts with a contract that ends within some days, the first end first.

    Parameters
    ----------
    value, accounts : DataFrame
        Tables `account_value` (with renewal_date, renewal_value) and `accounts`.
    as_of : Timestamp
        The as-of date.
    days : int
        How far to look ahead.

    Returns
    -------
    DataFrame
        `account_id`, `name`, `owner_id`, `is_contactable`, `renewal_date`, `renewal_value` (currency a year),
        `revenue_12m`, `churn_probability`.
    """
    import pandas as pd

    left = (pd.to_datetime(value["renewal_date"]) - pd.Timestamp(as_of)).dt.days
    found = value[left <= days].sort_values(
        ["renewal_date", "renewal_value", "account_id"], ascending=[True, False, True]
    )
    columns = ["account_id", "name", "owner_id", "is_contactable"]
    columns += ["renewal_date", "renewal_value", "revenue_12m", "churn_probability"]
    return _named(found, accounts)[columns].reset_index(drop=True)


def select_risk_points(value: pd.DataFrame, accounts: pd.DataFrame, most: int) -> pd.DataFrame:
    """Return the accounts of the chart of chance and money, those with the most revenue at risk.

    Parameters
    ----------
    value, accounts : DataFrame
        Tables `account_value` and `accounts`.
    most : int
        At most so many points.

    Returns
    -------
    DataFrame
        `name`, `owner_id`, `churn_probability`, `stake` (yearly revenue if it stays), `revenue_at_risk` (currency),
        `is_silent` (for more than two of its usual intervals), `label` (name of up to eight of them with a raised
        chance that do not stand in each other's way, else ""). Accounts without money at stake are left out.
    """
    found = value[(value["churn_probability"] > 0) & (value["revenue_at_risk"] > 0)]
    found = found.sort_values(["revenue_at_risk", "account_id"], ascending=[False, True]).head(most)
    points = _named(found, accounts).assign(
        stake=found["revenue_at_risk"] / found["churn_probability"],
        is_silent=found["days_since_last"] + 1 > LONG * found["usual_interval_days"],
    )
    columns = ["name", "owner_id", "churn_probability", "stake", "revenue_at_risk", "is_silent"]
    points = points[columns].reset_index(drop=True)
    return points.assign(
        label=points["name"].where(_place_labels(points, raised_limit(value["churn_probability"])), "")
    )


def raised_limit(chance: pd.Series) -> float:
    """Return the chance from which an account stands out."""
    return float(np.fmin(RAISED * chance.median(), RAISED_SHARE))


def _place_labels(points: pd.DataFrame, limit: float) -> np.ndarray:
    """Return which points may bear their name: the most at risk first, none over a name or a large dot before it."""
    shown = np.zeros(len(points), dtype=bool)
    right, up = np.log10(points["stake"].to_numpy()), np.log10(points["churn_probability"].to_numpy())
    for place in np.flatnonzero(points["churn_probability"].to_numpy() >= limit)[:MOST_NAMED]:
        beside, above = np.abs(right[shown] - right[place]), np.abs(up[shown] - up[place])
        shown[place] = not ((beside < NAME_WIDTH) & (above < NAME_HEIGHT)).any() and shown.sum() < LABELS
    return shown


def _named(frame: pd.DataFrame, accounts: pd.DataFrame) -> pd.DataFrame:
    """Return the rows with `name` and `owner_id`."""
    owners = accounts.drop_duplicates("account_id").set_index("account_id")["owner_id"]
    return frame.assign(name=account_names(frame, accounts), owner_id=frame["account_id"].map(owners))


def _with_reasons(frame: pd.DataFrame, reasons: pd.DataFrame, currency: str) -> pd.DataFrame:
    """Return the list with its reasons in words: the two weightiest of each account."""
    told = reasons[reasons["account_id"].isin(frame["account_id"]) & (reasons["reason_rank"] <= 2)]
    told = tell_reasons(told.sort_values(["account_id", "reason_rank"]), currency)
    joined = told.groupby("account_id")[["reason_de", "reason_en"]].agg("; ".join)
    return frame.merge(joined, left_on="account_id", right_index=True, how="left").reset_index(drop=True)
