"""Accounts that are gone because another one took them in: a merge is no churn."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

SAME_INVOICES = 0.5  # share of a vanished account's invoices that must stand under one other account


def find_merged(
    invoices: pd.DataFrame,
    owners: pd.DataFrame,
    links_then: pd.DataFrame | None = None,
    links_now: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Return into which account each vanished one was merged: where most of its records stand now, else its invoices.

    Parameters
    ----------
    invoices : DataFrame
        account_id, invoice_id of the vanished accounts in the previous run.
    owners : DataFrame
        invoice_id, account_id under which these invoices stand now.
    links_then, links_now : DataFrame, optional
        account_links of the previous run and of this one: source, source_id, unit_id. They also tell what became of
        accounts whose invoices have no number.

    Returns
    -------
    DataFrame
        account_id, merged_into; accounts without links of whose invoices less than half stand under one account are
        left out.
    """
    import pandas as pd

    found = invoices.merge(owners, on="invoice_id", suffixes=("", "_now"))
    best = _most(found)
    all_of_it = best["account_id"].map(invoices.groupby("account_id").size()).astype(float)
    by_invoices = best[best["n"] >= SAME_INVOICES * all_of_it]
    by_records = _by_records(links_then, links_now)
    both = pd.concat([by_records, by_invoices]).drop_duplicates("account_id").sort_values("account_id")
    return both.rename(columns={"account_id_now": "merged_into"})[["account_id", "merged_into"]].reset_index(drop=True)


def _by_records(then: pd.DataFrame | None, now: pd.DataFrame | None) -> pd.DataFrame:
    """Return the account under which most records of each account that is gone stand now."""
    import pandas as pd

    if then is None or now is None:
        return pd.DataFrame({"account_id": pd.Series(dtype="str"), "account_id_now": pd.Series(dtype="str")})
    key = ["source", "source_id"]
    both = then[[*key, "unit_id"]].merge(now[[*key, "unit_id"]], on=key, suffixes=("", "_now"))
    both = both.rename(columns={"unit_id": "account_id", "unit_id_now": "account_id_now"})
    return _most(both[~both["account_id"].isin(now["unit_id"])])


def _most(found: pd.DataFrame) -> pd.DataFrame:
    """Return the most frequent account_id_now of each account_id with its number n; of equals the smallest."""
    counts = found.groupby(["account_id", "account_id_now"]).size().rename("n").reset_index()
    counts = counts.sort_values(["account_id", "n", "account_id_now"], ascending=[True, False, True])
    return counts.drop_duplicates("account_id")
