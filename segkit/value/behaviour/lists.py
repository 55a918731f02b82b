"""Lists for a conversation: who costs more than it brings, who pays less than others, who really rises or falls."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from segkit.value.names import account_names
from segkit.value.reasons import tell_reasons

if TYPE_CHECKING:
    import pandas as pd

HALF = 0.5  # of margin I: more than that for care alone leaves too little for everything else
LOSS = "behaviour.reason_loss"
CHEAP_SHARE = 0.25  # the lowest quarter of the price indices of class A is what size alone earns
CLEARLY = 0.98  # a difference of less than two in a hundred is no reason for a talk
LEAST_SHARE = 1e-5  # nor is one of less than a hundred-thousandth of the company's revenue


def select_costly(value: pd.DataFrame, accounts: pd.DataFrame, n: int, currency: str) -> pd.DataFrame:
    """Return the accounts whose care costs more than they bring, or more than half of it, and why.

    Parameters
    ----------
    value, accounts : DataFrame
        Tables `account_value` and `accounts`.
    n : int
        At most so many.
    currency : str
        Of the money in the reasons.

    Returns
    -------
    DataFrame
        `account_id`, `name`, `revenue_12m`, `margin_12m`, `care_cost_12m`, `contribution_12m` (money), `reason_de`,
        `reason_en`; largest losses first, then the dearest care that takes more than half of margin I.
    """
    margin, care, left = value["margin_12m"], value["care_cost_12m"], value["contribution_12m"]
    found = value[(left < 0) | (care > HALF * margin)]
    found = found.assign(
        loss=found["contribution_12m"].clip(upper=0), share=found["care_cost_12m"] / found["margin_12m"]
    )
    found = found.sort_values(["loss", "care_cost_12m", "account_id"], ascending=[True, False, True]).head(n)
    margin, left = found["margin_12m"], found["contribution_12m"]
    reason = np.select(
        [margin < 0, (margin > 0) & (left < 0), margin > 0],
        [f"{LOSS}_margin", f"{LOSS}_care", f"{LOSS}_half"],
        f"{LOSS}_idle",
    )
    columns = ["account_id", "name", "revenue_12m", "margin_12m", "care_cost_12m", "contribution_12m", "share"]
    listed = found.assign(name=account_names(found, accounts))[columns].reset_index(drop=True)
    return tell_reasons(listed.assign(reason=reason), currency).drop(columns="share")


def select_cheap(value: pd.DataFrame, accounts: pd.DataFrame, n: int, currency: str) -> pd.DataFrame:
    """Return accounts of class B or C that pay clearly less for the same than most A accounts do, most money first.

    Parameters
    ----------
    value, accounts : DataFrame
        Tables `account_value` and `accounts`.
    n : int
        At most so many.
    currency : str
        Of the money in the reasons.

    Returns
    -------
    DataFrame
        `account_id`, `name`, `abc_class`, `revenue_12m`, `price_index` (100 = all), `price_gap_12m` (money, what it
        paid less than others for the same), `usual` (the index below which a quarter of the A accounts lies),
        `reason_de`, `reason_en`. Empty where the prices of A accounts are not known.
    """
    found, usual = _cheap(value)
    found = found.sort_values(["price_gap_12m", "account_id"]).head(n).assign(usual=usual)
    columns = ["account_id", "name", "abc_class", "revenue_12m", "price_index", "price_gap_12m", "usual"]
    rows = found.assign(name=account_names(found, accounts))[columns].assign(less=-found["price_gap_12m"])
    shown = tell_reasons(rows.assign(reason="behaviour.reason_cheap").reset_index(drop=True), currency)
    return shown.drop(columns="less")


def describe_cheap(value: pd.DataFrame) -> dict[str, Any]:
    """Return how many small accounts pay clearly less than large ones, and what that comes to.

    Parameters
    ----------
    value : DataFrame
        Table `account_value`.
    """
    found, _ = _cheap(value)
    if found.empty:
        return {"key": "behaviour.none_cheap"}
    return {"key": "behaviour.cheap", "n": len(found), "less": -float(found["price_gap_12m"].sum())}


def _cheap(value: pd.DataFrame) -> tuple[pd.DataFrame, float]:
    """Return the small accounts that pay clearly less, and the index of the A accounts they are held against."""
    known = value[value["price_index"].notna()]
    large = known.loc[known["abc_class"] == "A", "price_index"]
    usual = min(float(large.quantile(CHEAP_SHARE)), 100.0) if len(large) else float("nan")
    least = LEAST_SHARE * value["revenue_12m"].clip(lower=0).sum()
    is_cheap = (known["price_index"] < CLEARLY * usual) & (-known["price_gap_12m"] >= least)
    return known[is_cheap & (known["abc_class"] != "A")], usual


def select_trends(
    value: pd.DataFrame, accounts: pd.DataFrame, n: int, currency: str, *, falls: bool = False
) -> pd.DataFrame:
    """Return the accounts that still buy and really rise (or fall), most money a year first.

    Parameters
    ----------
    value, accounts : DataFrame
        Tables `account_value` and `accounts`.
    n : int
        At most so many.
    currency : str
        Of the money in the reasons.
    falls : bool
        The falls instead of the rises.

    Returns
    -------
    DataFrame
        `account_id`, `name`, `revenue_12m` (money), `trend`, `trend_low`, `trend_high` (ratio a year, 95 % interval),
        `trend_change` (money a year), `growth`, `reason_de`, `reason_en`. An account without revenue in twelve months
        is lost, not falling, and stands in the list of losses.
    """
    direction = "falls" if falls else "rises"
    found = value[(value["trend_direction"] == direction) & (value["revenue_12m"] > 0)]
    found = found.sort_values(["trend_change", "account_id"], ascending=[falls, True]).head(n)
    columns = ["account_id", "name", "revenue_12m", "trend", "trend_low", "trend_high", "trend_change", "growth"]
    is_known = found["growth"].notna()
    reason = np.where(is_known, "behaviour.reason_trend_both", "behaviour.reason_trend")
    return tell_reasons(
        found.assign(name=account_names(found, accounts))[columns].assign(reason=reason).reset_index(drop=True),
        currency,
    )


def select_trend_points(value: pd.DataFrame, accounts: pd.DataFrame, n: int) -> pd.DataFrame:
    """Return the dots of the trend chart: the falls and then the rises with the most money.

    Parameters
    ----------
    value, accounts : DataFrame
        Tables `account_value` and `accounts`.
    n : int
        At most so many of either.

    Returns
    -------
    DataFrame
        `place` (from 1, down the page), `name`, `trend`, `trend_low`, `trend_high` (ratio a year), `trend_change`
        (money a year), `trend_direction`: falls by money, largest first, then rises, largest last. Without accounts
        whose revenue of twelve months is not above zero.
    """
    import pandas as pd

    sure = value[value["trend_direction"].isin(["rises", "falls"]) & (value["revenue_12m"] > 0)]
    sure = sure.assign(name=account_names(sure, accounts)).sort_values(["trend_change", "account_id"])
    falls, rises = sure[sure["trend_direction"] == "falls"].head(n), sure[sure["trend_direction"] == "rises"].tail(n)
    shown = pd.concat([falls, rises], ignore_index=True)
    columns = ["place", "name", "trend", "trend_low", "trend_high", "trend_change", "trend_direction"]
    return shown.assign(place=np.arange(1, len(shown) + 1))[columns]
