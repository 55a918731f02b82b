"""Who may be contacted, carried from the accounts to every later table that somebody could make a list of."""

from __future__ import annotations

from typing import TYPE_CHECKING

from segkit.tables import TABLES

if TYPE_CHECKING:
    import pandas as pd

NOT_CARRIED = {
    "account_features": "past quarter ends; nobody's list, and yesterday's permission is not today's",
    "opening_segments": "the state at the quarter's opening",
    "past_segments": "past quarter ends by today's model",
    "account_links": "ids of records",
    "unit_members": "which account belongs to which unit; the unit's own row in accounts has the flag",
    "corrections": "goes to the owners of the source systems, to nobody's customers",
    "account_lineage": "where values come from",
    "freshness": "age of values",
    "criterion_values": "what segments are made from; no list of accounts to call",
    "membership_draws": "chances, to tell movement from noise; no list of accounts to call",
    "move_warnings": "decisions about accounts that may be gone",
    "manual_moves": "decisions and their authors; the account's own row in segments has the flag",
    "kpi_accounts": "what figures are made of, for controlling; the account's own row in segments has the flag",
    "restatements": "changes of released quarters, for controlling",
}
"""Tables with accounts that do without the flag, and why."""


def add_contactable(frame: pd.DataFrame, accounts: pd.DataFrame, table: str | None = None) -> pd.DataFrame:
    """Return the frame with ``is_contactable`` of each of its accounts.

    Parameters
    ----------
    frame : DataFrame
        account_id, and perhaps merged_into: an account merged into another one has that one's flag.
    accounts : DataFrame
        Table `accounts`: account_id, is_contactable.
    table : str, optional
        Name of the table that the frame becomes; one without the flag in `tables.yml` comes back as it is.

    Returns
    -------
    DataFrame
        One more column, boolean: false where somebody forbade it; empty where ``accounts`` no longer has the account,
        so that nobody knows. A list for contacting takes the rows in which it is true.
    """
    if table is not None and "is_contactable" not in TABLES[table].columns:
        return frame
    known = accounts.drop_duplicates("account_id").set_index("account_id")["is_contactable"].astype("boolean")
    account = frame["account_id"]
    if "merged_into" in frame:
        account = frame["merged_into"].where(frame["merged_into"].notna(), account)
    return frame.assign(is_contactable=account.map(known).astype("boolean"))
