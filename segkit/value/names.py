"""Names of accounts on lists."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd


def account_names(frame: pd.DataFrame, accounts: pd.DataFrame) -> pd.Series:
    """Return the name of the account in each row of a frame with `account_id`; one without a name goes by its id."""
    names = accounts.drop_duplicates("account_id").set_index("account_id")["name"]
    return frame["account_id"].map(names).fillna(frame["account_id"])
