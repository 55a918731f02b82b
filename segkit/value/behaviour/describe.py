"""How each account buys, beside what it is worth: trend, breadth, prices, returns, cost of care."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from segkit.value.behaviour import findings
from segkit.value.behaviour.breadth import measure_breadth
from segkit.value.behaviour.contribution import measure_contribution
from segkit.value.behaviour.prices import measure_prices
from segkit.value.behaviour.season import month_grid, season_indices
from segkit.value.behaviour.trend import fit_trends

if TYPE_CHECKING:
    import pandas as pd

TREND = ["trend", "trend_low", "trend_high", "trend_change", "trend_direction"]
FROM_PANEL = ["n_products_12m", "return_share_12m"]


def describe_behaviour(
    now: pd.DataFrame,
    months: pd.DataFrame,
    prices: pd.DataFrame,
    groups: pd.DataFrame,
    products: pd.DataFrame,
    care: pd.DataFrame,
    as_of: dt.date,
) -> tuple[pd.DataFrame, dict[str, Any]]:
    """Return how each account buys, and what that says.

    Parameters
    ----------
    now : DataFrame
        Rows of the panel `account_features` at as-of.
    months : DataFrame
        Result of the query `account_month_revenue` over the 36 months up to as-of.
    prices, groups : DataFrame
        Results of the queries `account_prices` and `account_product_groups`.
    products, care : DataFrame
        Tables `products` and `care_costs`, possibly without rows.
    as_of : date
        The last day that counts.

    Returns
    -------
    tuple
        One row per account of `now` with `account_id` and the columns of `account_value` from `trend` to
        `contribution_12m`; what the data do not allow is empty. And a dict: `season` (twelve indices from January on,
        mean 1; None where not known), `findings` (trend, breadth, prices, returns, contribution → list).
    """
    now = now.sort_values("account_id").reset_index(drop=True)
    grid, days = month_grid(now, months, as_of)
    season = season_indices(grid, days)
    rows = now[["account_id", *FROM_PANEL]]
    if season is not None:
        rows = rows.merge(fit_trends(now, grid, days, season), on="account_id", how="left")
    for part in (measure_breadth(groups), measure_prices(prices), measure_contribution(now, care, as_of)):
        rows = rows.merge(part, on="account_id", how="left", validate="one_to_one")
    rows = _complete(rows)
    said = {
        "trend": findings.describe_trends(rows, season, len(days)),
        "breadth": findings.describe_breadth(now, rows, products),
        "prices": findings.describe_prices(rows, prices, products),
        "returns": findings.describe_returns(now),
        "contribution": findings.describe_care(now, rows, care, as_of),
    }
    return rows, {"season": None if season is None else season.tolist(), "findings": said}


def _complete(rows: pd.DataFrame) -> pd.DataFrame:
    """Return the frame with every column of the trend, empty where the season is not known."""
    missing = [column for column in TREND if column not in rows]
    texts = {"trend_direction": "str"} if missing else {}
    return rows.reindex(columns=[*rows.columns, *missing]).astype(texts)
