"""What segments are described by: numbers and categories of each account, in original units."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from segkit.features.countries import country_codes

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Variable:
    """A variable: its unit (money, days, count, number, percent, category) and what it is about.

    Of several variables of one theme only the strongest becomes a trait.
    """

    name: str
    unit: str
    theme: str


NUMBERS = (
    Variable("interval_days", "days", "rhythm"),
    Variable("frequency_12m", "count", "rhythm"),
    Variable("avg_order_value_12m", "money", "order"),
    Variable("n_products_12m", "count", "range"),
    Variable("regularity", "number", "demand"),
    Variable("margin_rate", "percent", "margin"),
    Variable("employees", "count", "size"),
    Variable("account_revenue", "money", "size"),
    Variable("revenue_12m", "money", "revenue"),
    Variable("growth", "percent", "growth"),
    Variable("days_since_last", "days", "recency"),
    Variable("tenure_days", "days", "tenure"),
)
FLAGS = (Variable("has_returns", "percent", "returns"),)
CATEGORIES = (
    Variable("main_product_group", "category", "products"),
    Variable("industry", "category", "industry"),
    Variable("country", "category", "place"),
    Variable("region", "category", "place"),
    Variable("legal_form", "category", "form"),
    Variable("team", "category", "team"),
)
VARIABLES = {variable.name: variable for variable in (*NUMBERS, *FLAGS, *CATEGORIES)}
# Of accounts that bought within twelve months: the zeros of those that are gone would make all others look busy.
OF_BUYERS = ("frequency_12m", "n_products_12m", "has_returns", "revenue_12m")
GRID_INPUTS = frozenset({"revenue_12m", "growth", "days_since_last", "tenure_days"})


def inputs_of(model: Mapping[str, Any]) -> frozenset[str]:
    """Return the variables that the accepted model makes segments from: on these a difference proves nothing."""
    if model.get("unit") == "person":  # made from answers: what accounts bought proves something
        return frozenset()
    return GRID_INPUTS if model["method"] == "grid" else GRID_INPUTS | set(model.get("criteria", ()))


def describe_accounts(
    features: pd.DataFrame, value: pd.DataFrame, accounts: pd.DataFrame, product_groups: pd.DataFrame | None = None
) -> pd.DataFrame:
    """Return one row per account with the variables of `VARIABLES`; those that the data lack are empty.

    Parameters
    ----------
    features : DataFrame
        The slice of `account_features` at as-of.
    value : DataFrame
        `account_value`: account_id, growth.
    accounts : DataFrame
        `accounts`: account_id and firmographics.
    product_groups : DataFrame, optional
        account_id, product_group, revenue of twelve months (query `account_product_groups`).

    Returns
    -------
    DataFrame
        account_id, name (the id where there is none), revenue_total, and each variable: margin_rate is margin over
        revenue of twelve months, has_returns 1 or 0, main_product_group the group with the most revenue.
    """
    described = features.merge(value[["account_id", "growth"]], on="account_id", how="left")
    firmographics = ["name", *(v.name for v in CATEGORIES[1:]), "employees", "account_revenue"]
    known = [name for name in firmographics if name in accounts]
    described = described.merge(accounts[["account_id", *known]], on="account_id", how="left")
    for name in set(firmographics) - set(known):
        described[name] = None
    revenue, has_bought = described["revenue_12m"].astype(float), described["frequency_12m"] > 0
    described = described.assign(
        name=described["name"].fillna(described["account_id"]).astype(str),
        country=country_codes(described["country"]),
        margin_rate=(described["margin_12m"].astype(float) / revenue).where(revenue > 0),
        has_returns=(described["return_share_12m"] > 0).astype(float),
        main_product_group=_main_groups(described, product_groups),
    )
    for variable in (*NUMBERS, *FLAGS):
        numbers = described[variable.name].astype(float)
        described[variable.name] = numbers.where(has_bought) if variable.name in OF_BUYERS else numbers
    return described.sort_values("account_id", ignore_index=True)


def _main_groups(described: pd.DataFrame, product_groups: pd.DataFrame | None) -> pd.Series | None:
    """Return the product group with the most revenue of each account, the first by name among equals."""
    if product_groups is None or product_groups.empty:
        return None
    bought = product_groups[product_groups["revenue"] > 0]
    ordered = bought.sort_values(["account_id", "revenue", "product_group"], ascending=[True, False, True])
    main = ordered.drop_duplicates("account_id").set_index("account_id")["product_group"]
    return described["account_id"].map(main)


def is_varied(values: np.ndarray) -> bool:
    """Say whether at least two accounts differ; what all share describes nobody."""
    known = values[~np.isnan(values)]
    return len(known) > 1 and bool(known.min() < known.max())
