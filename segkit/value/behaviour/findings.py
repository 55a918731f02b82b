"""What the behaviour of accounts says: each finding is a key of the texts with its numbers."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import numpy as np

from segkit.quarters import GRACE_DAYS
from segkit.value.behaviour.contribution import care_of_year
from segkit.value.behaviour.prices import is_list_stale, spread_of_prices
from segkit.value.behaviour.season import FEWEST_MONTHS
from segkit.value.behaviour.trend import CONFIDENCE, FALSE_DISCOVERIES, FEWEST_ACTIVE

if TYPE_CHECKING:
    import pandas as pd

Finding = dict[str, Any]
HALF = 0.5


def describe_trends(rows: pd.DataFrame, season: np.ndarray | None, n_months: int) -> list[Finding]:
    """Return what was taken out as season, and how many accounts really rise or fall.

    Parameters
    ----------
    rows : DataFrame
        `trend` (ratio a year), `trend_change` (money a year), `trend_direction`.
    season : array or None
        Twelve indices from January on, mean 1.
    n_months : int
        Whole months of data.
    """
    if season is None:
        if n_months >= FEWEST_MONTHS:
            return [{"key": "behaviour.no_revenue_for_trend"}]
        return [{"key": "behaviour.no_season", "n_months": n_months, "n_needed": FEWEST_MONTHS}]
    best, worst = int(season.argmax()), int(season.argmin())
    said: list[Finding] = [
        {
            "key": "behaviour.season", "best_month": best + 1, "best": float(season[best] - 1),
            "worst_month": worst + 1, "worst": float(1 - season[worst]),
        }
    ]  # fmt: skip
    known = rows[rows["trend"].notna()]
    if known.empty:
        return [*said, {"key": "behaviour.no_trend", "n_active": FEWEST_ACTIVE}]
    rises, falls = (known[known["trend_direction"] == direction] for direction in ("rises", "falls"))
    numbers = {"n": len(known), "n_short": len(rows) - len(known), "confidence": CONFIDENCE, "rate": FALSE_DISCOVERIES}
    if rises.empty and falls.empty:
        return [*said, {"key": "behaviour.trend_open", **numbers}]
    change = {"rise": float(rises["trend_change"].sum()), "fall": -float(falls["trend_change"].sum())}
    return [*said, {"key": "behaviour.trend", "n_rises": len(rises), "n_falls": len(falls), **change, **numbers}]


def describe_breadth(now: pd.DataFrame, rows: pd.DataFrame, products: pd.DataFrame) -> list[Finding]:
    """Return from how many groups accounts buy, and how much revenue hangs on one of them.

    Parameters
    ----------
    now, rows : DataFrame
        Panel rows at as-of and the rows made from them, in the same order.
    products : DataFrame
        Table `products`.
    """
    buying = (rows["n_products_12m"] > 0).to_numpy()
    if not buying.any():
        return [{"key": "behaviour.no_products_bought"}]
    n_products = rows.loc[buying, "n_products_12m"]
    if n_products.max() == 1:
        return [{"key": "behaviour.one_product", "n": int(buying.sum())}]
    grouped = rows[rows["n_product_groups_12m"].notna()]
    if grouped.empty:
        return [{"key": "behaviour.no_groups", "n": int(buying.sum()), "median": float(n_products.median())}]
    if grouped["main_product_group"].nunique() == 1 and grouped["n_product_groups_12m"].max() == 1:
        return [{"key": "behaviour.one_group", "median": float(n_products.median())}]
    one = (rows["n_product_groups_12m"] == 1).to_numpy()
    return [
        {
            "key": "behaviour.breadth",
            "n_groups": int(products["product_group"].nunique()),
            "median": float(grouped["n_product_groups_12m"].median()),
            "main_share": float(grouped["main_group_share"].median()),
            "n_one": int(one.sum()),
            "revenue_one": float(now.loc[one, "revenue_12m"].sum()),
        }
    ]


def describe_prices(rows: pd.DataFrame, prices: pd.DataFrame, products: pd.DataFrame) -> list[Finding]:
    """Return how far prices for the same products lie apart, and what was let off the list.

    Parameters
    ----------
    rows : DataFrame
        `price_index`, `price_gap_12m`, `discount_12m`.
    prices : DataFrame
        Result of the query `account_prices`.
    products : DataFrame
        Table `products`.
    """
    if prices.empty:
        return [{"key": "behaviour.no_prices"}]
    spread = spread_of_prices(rows)
    said: list[Finding] = []
    if spread is None:
        constant = prices["n_one_price"].sum() >= prices["n_one_buyer"].sum()
        said.append({"key": "behaviour.constant_prices" if constant else "behaviour.no_shared_products"})
    else:
        gap = rows["price_gap_12m"]
        said.append(
            {
                "key": "behaviour.prices", "low": spread[0], "high": spread[1],
                "n_below": int((gap < 0).sum()), "below": -float(gap[gap < 0].sum()),
                "share": float(prices["compared"].sum() / prices["revenue"].sum()),
            }
        )  # fmt: skip
    listed, value = float(prices["listed"].sum()), float(prices["list_value"].sum())
    if not products["list_price"].notna().any() or value <= 0:
        return [*said, {"key": "behaviour.no_list_price"}]
    if is_list_stale(prices):
        return [*said, {"key": "behaviour.warn_list_stale", "above": listed / value - 1}]
    if (rows["discount_12m"].dropna().abs() < 1e-4).all():
        return [*said, {"key": "behaviour.no_discounts"}]
    return [*said, {"key": "behaviour.discounts", "discount": 1 - listed / value, "money": value - listed,
                    "share": listed / float(prices["revenue"].sum())}]  # fmt: skip


def describe_returns(now: pd.DataFrame) -> list[Finding]:
    """Return what came back, who sends most of it, and who returned more than it bought.

    Parameters
    ----------
    now : DataFrame
        Panel rows at as-of: `return_share_12m`, `avg_order_value_12m` × `frequency_12m` (sales before returns),
        `revenue_12m`. An account without any sale in twelve months returned what its revenue lies below zero.
    """
    sales = (now["avg_order_value_12m"] * now["frequency_12m"]).fillna(0.0)
    only_returns = (-now["revenue_12m"]).clip(lower=0).where(sales <= 0, 0.0)
    returned = (now["return_share_12m"] * sales).fillna(0.0) + only_returns
    total, sold = float(returned.sum()), float(sales.sum())
    if total <= 0:
        return [{"key": "behaviour.no_returns"}]
    ranked = returned[returned > 0].sort_values(ascending=False)
    n_half = int((ranked.cumsum() < HALF * total).sum()) + 1
    said: list[Finding] = [
        {"key": "behaviour.returns", "returned": total, "share": total / sold if sold > 0 else None,
         "n": len(ranked), "n_half": n_half}
    ]  # fmt: skip
    over = now["revenue_12m"][returned > sales]
    if len(over):
        said.append({"key": "behaviour.more_returned", "n": len(over), "money": -float(over.sum())})
    return said


def describe_care(now: pd.DataFrame, rows: pd.DataFrame, care: pd.DataFrame, as_of: dt.date) -> list[Finding]:
    """Return what looking after accounts costs, what is left, and who costs more than it brings.

    Parameters
    ----------
    now, rows : DataFrame
        Panel rows at as-of and the rows made from them, in the same order.
    care : DataFrame
        Table `care_costs`.
    as_of : date
        The last day that counts.
    """
    import pandas as pd

    year = care_of_year(care, as_of)
    if year.empty:
        return [{"key": "behaviour.no_care" if care.empty else "behaviour.no_care_in_year"}]
    said: list[Finding] = []
    total, cost, left = float(year["cost"].sum()), rows["care_cost_12m"], rows["contribution_12m"]
    if left.isna().all():
        said.append({"key": "behaviour.no_margin_for_contribution", "care": total})
    else:
        known = left.notna()
        margin = float(now.loc[known, "margin_12m"].sum())
        said.append({"key": "behaviour.care", "care": float(cost[known].sum()), "margin": margin,
                     "share": float(cost[known].sum()) / margin if margin > 0 else None,
                     "contribution": float(left.sum())})  # fmt: skip
        loss = left < 0
        if loss.any():
            n_margin = int((loss & (now["margin_12m"] < 0)).sum())
            said.append({"key": "behaviour.losing_margin" if n_margin else "behaviour.losing", "n": int(loss.sum()),
                         "loss": -float(left[loss].sum()), "n_margin": n_margin})  # fmt: skip
        else:
            said.append({"key": "behaviour.none_losing"})
    elsewhere = year[~year["account_id"].isin(rows["account_id"])]
    if len(elsewhere):
        said.append({"key": "behaviour.care_without_revenue", "n": elsewhere["account_id"].nunique(),
                     "care": float(elsewhere["cost"].sum())})  # fmt: skip
    dates = pd.to_datetime(year["cost_date"])
    first, last = dates.min(), dates.max()
    start = pd.Timestamp(as_of) + pd.Timedelta(days=1) - pd.DateOffset(months=12)
    quarter = pd.Timedelta(days=92 + GRACE_DAYS)  # costs may be written once a quarter, on its last day
    if first > start + quarter or last < pd.Timestamp(as_of) - quarter:
        said.append({"key": "behaviour.warn_care_short", "first": f"{first:%Y-%m-%d}", "last": f"{last:%Y-%m-%d}"})
    undated = pd.to_datetime(care["cost_date"]).isna()
    if undated.any():
        said.append({"key": "behaviour.warn_care_undated", "n": int(undated.sum()),
                     "care": float(care.loc[undated, "cost"].astype("float64").sum())})  # fmt: skip
    return said


def describe_small(classes: pd.DataFrame) -> list[Finding]:
    """Return what small customers cost: the C accounts beside the A accounts.

    Parameters
    ----------
    classes : DataFrame
        As `describe_contribution` gives them. Nothing is said without accounts of class C.
    """
    small = classes[classes["abc_class"] == "C"].set_index("part")
    if small.empty:
        return []
    care = classes[(classes["abc_class"] == "C") & (classes["part"] == "care")]
    n = int(small["n_accounts"].iloc[0])
    spent, margin = -float(care["amount"].sum()), float(small.loc["margin", "amount"])
    left = float(small.loc["contribution", "amount"])
    numbers: Finding = {"n": n, "care": spent, "each": spent / n, "margin": margin, "contribution": left, "loss": -left}
    if care.empty or spent <= 0:
        return [{"key": "behaviour.small_cost_nothing", **numbers}]
    dearest = care.loc[care["amount"].idxmin()]
    key = "behaviour.small_pay" if left >= 0 else "behaviour.small_lose"
    return [{"key": key, **numbers, "share": spent / margin if margin > 0 else None,
             "dearest": str(dearest["cost_type"]), "dearest_share": -float(dearest["amount"]) / spent}]  # fmt: skip
