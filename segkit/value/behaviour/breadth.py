"""Breadth and mix: how many product groups an account buys, and how much hangs on one of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

DIGITS = 12


def measure_breadth(groups: pd.DataFrame) -> pd.DataFrame:
    """Return the product groups of each account that bought any of them for more than it gave back.

    Parameters
    ----------
    groups : DataFrame
        Result of the query `account_product_groups`: `account_id`, `product_group`, `revenue` (net, twelve months).

    Returns
    -------
    DataFrame
        `account_id`, `n_product_groups_12m` (groups with net revenue above zero), `main_product_group` (most revenue;
        of equal ones the first in the alphabet), `main_group_share` (its share of the revenue of these groups).

    Examples
    --------
    Seals for 60, belts for 20 and tools for −5: two groups, the main group is seals with a share of .75.
    """
    bought = groups[groups["revenue"] > 0].astype({"product_group": "str", "revenue": "float64"})
    ranked = bought.sort_values(["account_id", "revenue", "product_group"], ascending=[True, False, True])
    by_account = ranked.groupby("account_id")
    sums = by_account["revenue"].agg(["size", "sum"])
    main = ranked.drop_duplicates("account_id").set_index("account_id")
    return (
        main.assign(
            n_product_groups_12m=sums["size"],
            main_product_group=main["product_group"],
            main_group_share=(main["revenue"] / sums["sum"]).round(DIGITS),
        )
        .drop(columns=["product_group", "revenue"])
        .reset_index()
    )
