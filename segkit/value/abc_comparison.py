"""The ABC class that the source system holds beside the one of this run: table `abc_comparison`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from segkit.statistics.agreement import Agreement, cohens_kappa
from segkit.value.abc import abc_classes

if TYPE_CHECKING:
    import pandas as pd

    from segkit.settings.value import Value

NEW_CLASSES = ("A", "B", "C")
CHANGES = ("same", "up", "down", "unrated")
COLUMNS = ["account_id", "source_abc_class", "abc_class", "revenue_12m", "change"]


def compare_classes(value: pd.DataFrame, accounts: pd.DataFrame) -> pd.DataFrame:
    """Return table `abc_comparison`; no rows where no account has a class in its source system.

    Parameters
    ----------
    value : DataFrame
        Table `account_value`: `account_id`, `abc_class`, `revenue_12m`.
    accounts : DataFrame
        Table `accounts`: `account_id`, `source_abc_class`.

    Returns
    -------
    DataFrame
        `account_id`, `source_abc_class` (upper case), `abc_class`, `revenue_12m`, `change`: same, up or down (A above B
        above C, and so on), unrated where one of the classes is missing or the old one is no single letter. One
        row for each account with a line up to as-of or a class in the source; without a line it has no new class and a
        revenue of 0.

    Examples
    --------
    K1 of old class B and new class A went up, K2 of C and C is the same, K3 of X9 is unrated.
    """
    old = accounts[["account_id", "source_abc_class"]].dropna()
    old = old.assign(source_abc_class=old["source_abc_class"].str.strip().str.upper())
    old = old[old["source_abc_class"] != ""]
    both = value[["account_id", "abc_class", "revenue_12m"]].merge(old, on="account_id", how="outer")
    both = both.assign(revenue_12m=both["revenue_12m"].fillna(0))
    if old.empty:
        both = both.iloc[:0]
    letter = both["source_abc_class"].str.fullmatch("[A-Z]").fillna(False) & both["abc_class"].notna()
    before, now = both["source_abc_class"].fillna(""), both["abc_class"].fillna("")
    change = np.select([~letter, now < before, now > before], ["unrated", "up", "down"], "same")
    return both.assign(change=change)[COLUMNS].sort_values("account_id", ignore_index=True)


def cross_classes(comparison: pd.DataFrame) -> pd.DataFrame:
    """Return the matrix as rows: old class × new class with its accounts and money.

    Parameters
    ----------
    comparison : DataFrame
        Table `abc_comparison`.

    Returns
    -------
    DataFrame
        `source_abc_class` and `abc_class` ("" for none), `change`, `n_accounts`, `revenue` (of twelve months),
        `revenue_share` (of all accounts). Every pair of a class that occurs and of A, B, C is there, also with 0; pairs
        with "" only where they occur.
    """
    import pandas as pd

    named = comparison.fillna({"source_abc_class": "", "abc_class": ""})
    found = named.groupby(["source_abc_class", "abc_class"], as_index=False).agg(
        n_accounts=("account_id", "size"), revenue=("revenue_12m", "sum")
    )
    old = sorted(set(named["source_abc_class"]) - {""})
    every = pd.MultiIndex.from_product([old, NEW_CLASSES], names=["source_abc_class", "abc_class"]).to_frame(
        index=False
    )
    cells = every.merge(found, how="outer").fillna({"n_accounts": 0, "revenue": 0}).astype({"n_accounts": int})
    total = comparison["revenue_12m"].sum() or float("nan")
    before, now = cells["source_abc_class"], cells["abc_class"]
    is_rated = before.str.fullmatch("[A-Z]") & (now != "")
    change = np.select([~is_rated, now < before, now > before], ["unrated", "up", "down"], "same")
    cells = cells.assign(change=change, revenue_share=cells["revenue"] / total)
    last = {"": "~"}  # none comes last
    order = cells.assign(a=before.replace(last), b=now.replace(last)).sort_values(["a", "b"]).index
    return cells.loc[order, [*found.columns[:2], "change", "n_accounts", "revenue", "revenue_share"]].reset_index(
        drop=True
    )


def measure_agreement(comparison: pd.DataFrame) -> Agreement:
    """Return how far the classes agree, over the accounts that have both."""
    rated = comparison[comparison["change"] != "unrated"]
    classes = sorted({*rated["source_abc_class"], *rated["abc_class"]})
    places = {letter: place for place, letter in enumerate(classes)}
    counts = np.zeros((len(classes), len(classes)))
    np.add.at(counts, (rated["source_abc_class"].map(places), rated["abc_class"].map(places)), 1)
    return cohens_kappa(counts)


def list_changes(comparison: pd.DataFrame, value: pd.DataFrame, settings: Value) -> pd.DataFrame:
    """Return the accounts that went up or down, the most money first, each with its reason in numbers.

    Parameters
    ----------
    comparison : DataFrame
        Table `abc_comparison`.
    value : DataFrame
        Table `account_value`: `account_id`, `revenue_12m`, `revenue_prev_12m`.
    settings : Value
        Limits of the classes.

    Returns
    -------
    DataFrame
        `account_id`, `change`, `source_abc_class`, `abc_class`, `revenue_12m`, `revenue_prev_12m`,
        `revenue_rank` (1 for the largest account), `class_before` (what this run's rule gives the year before) and
        `reason`: silent (nothing, or net returns, in twelve months), before (the year before gives the new class
        already: the old one is out of date), revenue (the money of this year changed the class), unknown (no year
        before).
    """
    ranked = value.assign(
        revenue_rank=value["revenue_12m"].rank(ascending=False, method="min").astype(int),
        class_before=abc_classes(value["revenue_prev_12m"], settings.abc_a, settings.abc_b),
    )
    moved = comparison[comparison["change"].isin(["up", "down"])]
    of_value = ["account_id", "revenue_prev_12m", "revenue_rank", "class_before"]
    moved = moved.merge(ranked[of_value], on="account_id", how="left")
    reason = np.select(
        [moved["revenue_12m"] <= 0, moved["class_before"].isna(), moved["class_before"] == moved["abc_class"]],
        ["silent", "unknown", "before"],
        "revenue",
    )
    larger = moved[["revenue_12m", "revenue_prev_12m"]].max(axis=1)
    moved = moved.assign(reason=reason, larger=larger)
    return moved.sort_values(["larger", "account_id"], ascending=[False, True], ignore_index=True).drop(
        columns="larger"
    )
