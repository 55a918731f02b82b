"""Cost of care and contribution: what is left of an account's margin once it has been looked after."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

MONEY_DIGITS = 4
OTHER = "-"  # cost without a type
MOST_TYPES = 5


def care_of_year(care: pd.DataFrame, as_of: dt.date) -> pd.DataFrame:
    """Return the rows of the twelve months up to as-of, with `cost` as float and `cost_type` never empty.

    Parameters
    ----------
    care : DataFrame
        Table `care_costs`: `account_id`, `cost_date`, `cost_type`, `cost` (money). Rows without a date belong to no
        year and are left out.
    as_of : date
        The last day that counts.
    """
    import pandas as pd

    dates = pd.to_datetime(care["cost_date"])
    year = care[(dates >= _year_start(as_of)) & (dates <= pd.Timestamp(as_of))]
    return year.assign(cost=year["cost"].astype("float64"), cost_type=year["cost_type"].astype("str").fillna(OTHER))


def _year_start(as_of: dt.date) -> pd.Timestamp:
    import pandas as pd

    return pd.Timestamp(as_of) + pd.Timedelta(days=1) - pd.DateOffset(months=12)


def measure_contribution(now: pd.DataFrame, care: pd.DataFrame, as_of: dt.date) -> pd.DataFrame:
    """Return cost of care and contribution margin II of twelve months.

    Parameters
    ----------
    now : DataFrame
        Panel rows at as-of: `account_id`, `margin_12m` (money, contribution margin I; may be empty), `last_date`. An
        account without any line in the twelve months has a margin of 0 if margins are known of others.
    care : DataFrame
        Table `care_costs`.
    as_of : date
        The last day that counts.

    Returns
    -------
    DataFrame
        `account_id`, `care_cost_12m` (0 for an account that cost nothing; empty for all where no cost of these twelve
        months is known), `contribution_12m` (margin I less cost of care; empty without either).
    """
    year = care_of_year(care, as_of)
    spent = year.groupby("account_id")["cost"].sum()
    cost = now["account_id"].map(spent).astype("float64")
    cost = (cost.fillna(0.0) if len(year) else cost).round(MONEY_DIGITS)
    margin = now["margin_12m"].astype("float64")
    if margin.notna().any():
        margin = margin.mask(now["last_date"] < _year_start(as_of), 0.0)
    return now[["account_id"]].assign(care_cost_12m=cost, contribution_12m=(margin - cost).round(MONEY_DIGITS))


def describe_contribution(value: pd.DataFrame, care: pd.DataFrame, as_of: dt.date) -> pd.DataFrame:
    """Return what each ABC class brings, what looking after it costs by type, and what is left.

    Parameters
    ----------
    value : DataFrame
        Table `account_value`: `account_id`, `abc_class`, `margin_12m`, `care_cost_12m`, `contribution_12m` (money).
    care : DataFrame
        Table `care_costs`.
    as_of : date
        The last day that counts.

    Returns
    -------
    DataFrame
        `abc_class`, `part` (margin, care, contribution), `cost_type` (of care; empty for the others; beyond the five
        dearest types "-"), `n_accounts` (of the class), `amount` (money; cost of care is negative), `low` and `high`
        (where the bar starts and ends: costs hang below the margin like steps, what is left starts at zero), `step`
        (order in the class, from 1), `share` (of the margin of the class; empty unless that is above zero). Classes
        without accounts have no row; nothing without margins or cost of care.
    """
    import pandas as pd

    columns = ["abc_class", "part", "cost_type", "n_accounts", "amount", "low", "high", "step", "share"]
    known = value[value["contribution_12m"].notna()]
    if known.empty:
        return pd.DataFrame(columns=columns)
    classes = known.set_index("account_id")["abc_class"]
    year = care_of_year(care, as_of)
    year = year.assign(abc_class=year["account_id"].map(classes)).dropna(subset="abc_class")
    dearest = year.groupby("cost_type")["cost"].sum().sort_values(ascending=False, kind="stable").index[:MOST_TYPES]
    year["cost_type"] = year["cost_type"].where(year["cost_type"].isin(dearest), OTHER)
    order = [*[each for each in dearest if each != OTHER], OTHER]
    spent = -year.groupby(["abc_class", "cost_type"])["cost"].sum()
    sums = known.groupby("abc_class").agg(n_accounts=("account_id", "size"), margin=("margin_12m", "sum"))
    margin = sums["margin"].astype("float64")
    parts = [
        margin.rename("amount").reset_index().assign(part="margin", cost_type="", step=1),
        spent.rename("amount").reset_index().assign(part="care"),
        known.groupby("abc_class")["contribution_12m"].sum().rename("amount").reset_index()
        .assign(part="contribution", cost_type="", step=len(order) + 2),
    ]  # fmt: skip
    parts[1]["step"] = parts[1]["cost_type"].map({each: place + 2 for place, each in enumerate(order)})
    frame = pd.concat(parts, ignore_index=True).sort_values(["abc_class", "step"], ignore_index=True)
    is_flow = frame["part"] != "contribution"
    reached = frame["amount"].where(is_flow, 0.0).groupby(frame["abc_class"]).cumsum()
    start = (reached - frame["amount"]).where(is_flow, 0.0)
    end = reached.where(is_flow, frame["amount"])
    both = pd.concat([start, end], axis=1)
    of_class = frame["abc_class"].map(margin)
    return frame.assign(
        n_accounts=frame["abc_class"].map(sums["n_accounts"]),
        amount=frame["amount"].round(MONEY_DIGITS),
        low=both.min(axis=1).round(MONEY_DIGITS),
        high=both.max(axis=1).round(MONEY_DIGITS),
        share=(frame["amount"] / of_class.where(of_class > 0)).round(12),
    )[columns]
