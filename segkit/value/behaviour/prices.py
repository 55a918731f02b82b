"""Price behaviour: what an account pays beside others for the same, and how far below the list."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import pandas as pd

DIGITS = 12
MONEY_DIGITS = 4
MILLION = 1e6


def measure_prices(prices: pd.DataFrame) -> pd.DataFrame:
    """Return the price index and the discount of each account with a sale of a product in twelve months.

    Parameters
    ----------
    prices : DataFrame
        Result of the query `account_prices`: `account_id`, `compared` and `usual_millionths` (money paid for the
        products that can be compared, and the same quantities at their mean price), `listed` and `list_value` (money
        paid for products with a list price, and the same quantities at it).

    Returns
    -------
    DataFrame
        `account_id`, `price_index` (100 = the mean price of all accounts for the same products in the same quarters;
        empty where nothing can be compared), `price_gap_12m` (money: what it paid less what the same quantities cost
        at mean prices), `discount_12m` (share off the list value). Discounts are empty for everybody where the company
        as a whole sold above its list: a list that is older than the prices says nothing about discounts.

    Examples
    --------
    90 paid for what costs 100 at mean prices: index 90, gap −10. 80 paid for a list value of 100: discount .2.
    """
    usual = prices["usual_millionths"].astype("float64") / MILLION
    usual = usual.where(usual > 0)
    compared = prices["compared"].astype("float64")
    listed = prices["list_value"].astype("float64")
    listed = listed.where((listed > 0) & (not is_list_stale(prices)))
    return prices[["account_id"]].assign(
        price_index=(100 * compared / usual).round(DIGITS),
        price_gap_12m=(compared - usual).round(MONEY_DIGITS),
        discount_12m=(1 - prices["listed"].astype("float64") / listed).round(DIGITS),
    )


def is_list_stale(prices: pd.DataFrame) -> bool:
    """Say whether all accounts together paid more than the list prices of what they bought.

    Parameters
    ----------
    prices : DataFrame
        `listed` and `list_value` (money), as the query `account_prices` gives them.
    """
    return bool(0 < prices["list_value"].sum() < prices["listed"].sum())


def spread_of_prices(rows: pd.DataFrame) -> tuple[float, float] | None:
    """Return the price index below which one account in ten lies, and the one above which one in ten lies.

    Parameters
    ----------
    rows : DataFrame
        `price_index` (100 = all). None where no account has one.
    """
    known = rows["price_index"].dropna()
    if known.empty:
        return None
    low, high = np.quantile(known, [0.1, 0.9])
    return float(low), float(high)
