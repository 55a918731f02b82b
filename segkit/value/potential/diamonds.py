"""Diamonds: small accounts that could be large ones, the largest gap worth going for first."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from segkit.tables import TABLES
from segkit.value.potential.classes import class_limits

if TYPE_CHECKING:
    import pandas as pd

MOSTLY = 0.5  # share of an account's demand from which a competitor is the reason
SHOWN = 15  # diamonds in the chart


def buys_still(value: pd.DataFrame, silent_days: int | None) -> pd.Series:
    """Return which accounts bought something in twelve months and are not lost already.

    Parameters
    ----------
    value : DataFrame
        `revenue_12m` and, for a limit, `days_since_last`.
    silent_days : int, optional
        Longer silence than this means that an account is lost; without it revenue alone counts.
    """
    bought = value["revenue_12m"] > 0
    return bought if silent_days is None else bought & (value["days_since_last"] <= silent_days)


def select_diamonds(value: pd.DataFrame, accounts: pd.DataFrame, silent_days: int | None = None) -> pd.DataFrame:
    """Return table `diamonds` without is_contactable: accounts of class B or C whose potential is one of class A.

    On the list is who still buys (`buys_still`; who buys nothing any more is won back, not developed), whose
    size or industry is known, and whom its owner does not take for smaller: an estimate below the smallest revenue of
    class A takes it off. Rank 1 has the largest gap between the *lower* end of the limit and its revenue, so that a
    large but uncertain potential does not lead the list.

    Parameters
    ----------
    value : DataFrame
        Table `account_value` with the columns of `score_potential`.
    accounts : DataFrame
        Table `accounts`: account_id, owner_id.
    silent_days : int, optional
        An account silent for longer is lost and not on the list.

    Returns
    -------
    DataFrame
        Columns of `diamonds`. reason says with whom it was compared: potential.diamond_peers_large (customers of its
        industry and of its size, here large), potential.diamond_size_large, potential.diamond_industry or
        potential.diamond_all; reason_value is its revenue, reason_usual what the best of those customers buy. Where
        competitors hold half of its demand or more and that alone makes it one of class A, the reason is
        potential.diamond_competitor: reason_value is their share, reason_usual the demand that follows from it.
    """
    import pandas as pd

    limit, _ = class_limits(value)
    is_known = value["potential_basis"].eq("model") | value[["peer_size", "peer_industry"]].notna().any(axis=1)
    could = value["abc_class"].isin(["B", "C"]) & value["potential_class"].eq("A") & buys_still(value, silent_days)
    is_smaller = value["potential_estimate"].astype("float64") < limit
    frame = value[(could & is_known & ~is_smaller).astype(bool)]
    own = frame["revenue_12m"].astype("float64")
    frame = frame.assign(gap=(frame["potential"] - own).round(4), gap_low=frame["potential_low"] - own)
    frame = frame.sort_values(["gap_low", "gap", "account_id"], ascending=[False, False, True], ignore_index=True)
    has_industry, has_size = frame["peer_industry"].notna(), frame["peer_size"].notna()
    of_size = frame["peer_size"].astype("str")
    compared = np.select(
        [has_industry & has_size, has_size, has_industry], ["peers_" + of_size, "size_" + of_size, "industry"], "all"
    )
    demand, share = (frame[name].astype("float64") for name in ("potential_known", "competitor_share"))
    is_held = (share >= MOSTLY) & (demand >= limit)
    owner = accounts.drop_duplicates("account_id").set_index("account_id")["owner_id"]
    frame = frame.assign(
        diamond_rank=np.arange(1, len(frame) + 1),
        reason="potential.diamond_" + pd.Series(compared, frame.index, dtype="object").mask(is_held, "competitor"),
        reason_value=frame["revenue_12m"].astype("float64").mask(is_held, share),
        reason_usual=frame["peer_revenue"].astype("float64").mask(is_held, demand),
        owner_id=frame["account_id"].map(owner),
    )
    return frame[[c for c in TABLES["diamonds"].columns if c != "is_contactable"]]


def top_diamonds(diamonds: pd.DataFrame, value: pd.DataFrame, accounts: pd.DataFrame, n: int = SHOWN) -> pd.DataFrame:
    """Return the first diamonds with their names, for the chart.

    Parameters
    ----------
    diamonds : DataFrame
        Table `diamonds`, in any order.
    value, accounts : DataFrame
        Table `account_value`, whose smallest A account is the limit; table `accounts`: account_id, name.
    n : int
        So many at most.

    Returns
    -------
    DataFrame
        name (with the account's number where two have the same), diamond_rank, revenue, potential, low, high, limit
        (money a year; revenue not below 1, for a logarithmic axis).
    """
    top = diamonds.sort_values("diamond_rank").head(n)
    name = top["account_id"].map(accounts.drop_duplicates("account_id").set_index("account_id")["name"])
    name = name.where(name.notna(), top["account_id"]).astype("object")
    name = name.where(~name.duplicated(keep=False), name + " (" + top["account_id"] + ")")
    return top[["diamond_rank"]].assign(
        name=name,
        revenue=top["revenue_12m"].clip(lower=1.0),
        potential=top["potential"],
        low=top["potential_low"].clip(lower=1.0),
        high=top["potential_high"],
        limit=class_limits(value)[0],
    )
