"""Frames behind the charts and lists of lifetime value."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from segkit.value.lifetime.relation import RELATIONS

if TYPE_CHECKING:
    import pandas as pd

CLASSES = list("ABC")
RISER_COLUMNS = ["account_id", "name", "relation", "abc_class", "abc_lifetime_class", "revenue_12m",
                 "expected_revenue_12m", "lifetime_value", "lifetime_low", "lifetime_high"]  # fmt: skip


def sum_worth(value: pd.DataFrame) -> pd.DataFrame:
    """Return accounts and lifetime value by class and by how accounts buy.

    Parameters
    ----------
    value : DataFrame
        Table `account_value`: abc_class, relation, lifetime_value (currency).

    Returns
    -------
    DataFrame
        abc_class, relation, n_accounts, lifetime_value; fields without accounts are left out.
    """
    known = value[value["relation"].notna() & value["lifetime_value"].notna()]
    sums = known.groupby(["abc_class", "relation"]).agg(
        n_accounts=("account_id", "size"), lifetime_value=("lifetime_value", "sum")
    )
    order = [(a, r) for a in CLASSES for r in RELATIONS if (a, r) in sums.index]
    return sums.loc[order].round(4).reset_index()


def select_risers(value: pd.DataFrame, accounts: pd.DataFrame, n: int) -> pd.DataFrame:
    """Return the largest lifetime values whose class by revenue is lower than that by lifetime value.

    Parameters
    ----------
    value : DataFrame
        Table `account_value` with abc_lifetime_class.
    accounts : DataFrame
        account_id, name.
    n : int
        At most so many.

    Returns
    -------
    DataFrame
        account_id, name (the id where it is not known), relation, both classes, revenue of twelve months, revenue
        expected for the next, lifetime value with its limits (currency); the largest first.
    """
    rises = value[value["abc_lifetime_class"].notna() & (value["abc_lifetime_class"] < value["abc_class"])]
    names = accounts.set_index("account_id")["name"]
    rises = rises.assign(name=rises["account_id"].map(names).fillna(rises["account_id"]))
    rises = rises.sort_values(["lifetime_value", "account_id"], ascending=[False, True])
    return rises.head(n)[RISER_COLUMNS].reset_index(drop=True)


def describe_risers(value: pd.DataFrame, accounts: pd.DataFrame) -> dict[str, Any]:
    """Return the finding beside the list: how many accounts rise, and the one worth most."""
    rises = select_risers(value, accounts, len(value))
    if rises.empty:
        return {"key": "lifetime.no_risers"}
    first = rises.iloc[0]
    return {
        "key": "lifetime.risers",
        "n": len(rises),
        "total": float(rises["lifetime_value"].sum()),
        "name": str(first["name"]),
        "revenue": float(first["revenue_12m"]),
        "value": float(first["lifetime_value"]),
        "low": float(first["lifetime_low"]),
        "high": float(first["lifetime_high"]),
    }


def tenths(calibration: pd.DataFrame) -> pd.DataFrame:
    """Return the groups of the back-test: bin, n, predicted, observed, low, high (mean currency an account)."""
    rows = calibration[calibration["model"] == "lifetime"].sort_values("bin")
    return rows[["bin", "n", "predicted", "observed", "low", "high"]].reset_index(drop=True)
