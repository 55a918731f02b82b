"""Moves by hand of accounts that were merged since: they hold for the account that took them in."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd


def follow_merges(moves: pd.DataFrame, account_links: pd.DataFrame) -> pd.DataFrame:
    """Return moves by hand with the id that each account bears now.

    Parameters
    ----------
    moves : DataFrame
        decisions/moves.csv: account_id and more. Of several rows of one account the last one holds.
    account_links : DataFrame
        source_id, unit_id. An id that is an account's today stands for it, any other for the one account that holds
        a record with this number; ids that nobody has stay as they are.
    """
    records = account_links[~account_links["source_id"].isin(account_links["unit_id"])]
    owners = records.groupby("source_id")["unit_id"].agg(["nunique", "first"])
    now = owners.loc[owners["nunique"] == 1, "first"].to_dict()
    return moves.assign(account_id=[now.get(account, account) for account in moves["account_id"]])
