"""Which id an account of several records bears, so that it stays the same from quarter to quarter."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

OWN_CLAIM = ("own", "match", "decision")
"""Links whose account is a record's own identity; a known key is read anew in every run."""


def choose_ids(records: pd.DataFrame, groups: pd.Series, claims: pd.DataFrame) -> pd.Series:
    """Return record_id → account_id.

    The account keeps the id that its records bore in the previous run. Where several ids would stay, it is the one of
    a record that was delivered, then the one with most money, with the oldest record, the smallest. Without a previous
    run the record with most money gives its id, then the oldest, then the smallest. No id is given twice: of two
    accounts that were one, the one that holds the record of this name keeps it.

    Parameters
    ----------
    records : DataFrame
        record_id, money, created_date.
    groups : Series
        record_id → what records of one customer share.
    claims : DataFrame
        record_id, account_id: what each record was in the previous run (`claims_of`).
    """
    import pandas as pd

    frame = records[["record_id", "money", "created_date"]].copy()
    frame["group"] = frame["record_id"].map(groups)
    frame["money"] = frame["money"].astype(float)
    frame["created"] = pd.to_datetime(frame["created_date"]).fillna(pd.Timestamp.max.floor("D"))
    claimed = claims.drop_duplicates().merge(frame, on="record_id")
    ids = claimed.groupby(["group", "account_id"], as_index=False).agg(
        money=("money", "sum"), created=("created", "min")
    )
    home = ids["account_id"].map(groups)
    ids["is_home"] = home == ids["group"]
    ids = ids[ids["is_home"] | home.isna()]
    ids["rank"] = 0
    own = frame.rename(columns={"record_id": "account_id"}).assign(is_home=True, rank=1)
    order = ["rank", "is_home", "money", "created", "account_id"]
    ways = pd.concat([ids, own[["group", "account_id", "money", "created", "is_home", "rank"]]])
    ways = ways.sort_values(order, ascending=[True, False, False, True, True])
    # of two groups that claim the id of a record that is gone, the one with more money has it
    ways = ways.drop_duplicates("account_id", keep="first").drop_duplicates("group", keep="first")
    chosen = ways.set_index("group")["account_id"]
    return frame.set_index("record_id")["group"].map(chosen)


def claims_of(account_links: pd.DataFrame, previous: pd.DataFrame | None) -> pd.DataFrame:
    """Return record_id, account_id: under which id each record of this run stood in the previous one.

    Parameters
    ----------
    account_links : DataFrame
        source, source_id, account_id of this run before anything was merged.
    previous : DataFrame or None
        The previous run's account_links: source, source_id, account_id, how.
    """
    import pandas as pd

    if previous is None or previous.empty:
        return pd.DataFrame({"record_id": [], "account_id": []}, dtype="str")
    earlier = previous[previous["how"].isin(OWN_CLAIM)][["source", "source_id", "account_id"]]
    now = account_links[["source", "source_id", "account_id"]].rename(columns={"account_id": "record_id"})
    return now.merge(earlier, on=["source", "source_id"])[["record_id", "account_id"]].drop_duplicates()
