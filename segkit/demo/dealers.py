"""Who buys through a dealer: end customers that the firm knows by name, though the dealer writes their invoices."""

from __future__ import annotations

import numpy as np
import pandas as pd

from segkit.demo.groups import hierarchy
from segkit.demo.parameters import LAST_DAY, stream
from segkit.demo.sample import Sample

KIND = "Händler"
TRADE = "46.69"  # wholesale with machines
END_SHARE, DIRECT_SHARE = 0.75, 0.02  # of the companies that never bought here; of those that buy here as well
MOST_DEALERS = 14
ENDED = 0.08  # of the relations


def dealer_relations(sample: Sample) -> pd.DataFrame:
    """Return account_id (end customer), parent_id (its dealer), hierarchy_type, valid_from, valid_to.

    Dealers are wholesalers that buy here. Behind them stand companies that never bought here themselves, and a few that
    buy here, too. Whoever belongs to a corporate group is left out: a row of the hierarchy then has one meaning.
    """
    rng = stream(sample.seed, "dealers")
    accounts, tied = sample.accounts, hierarchy(sample)
    free = ~accounts["account_id"].isin({*tied["account_id"], *tied["parent_id"]}).to_numpy()
    never = (accounts["start"] == 99).to_numpy()
    is_trade = (accounts["industry_code"] == TRADE).to_numpy()
    dealers = np.flatnonzero(is_trade & ~never & (accounts["level"] < 2).to_numpy())[:MOST_DEALERS]
    share = np.where(never, END_SHARE, DIRECT_SHARE)
    ends = np.flatnonzero(free & ~is_trade & (rng.random(len(accounts)) < share))
    if not len(dealers) or not len(ends):
        dealers, ends = np.zeros(0, int), np.zeros(0, int)
    n, ids = len(ends), accounts["account_id"].to_numpy(object)
    popular = rng.gamma(1.5, 1.0, len(dealers)) + 0.2
    chosen = dealers[rng.choice(len(dealers), n, p=popular / popular.sum())] if n else ends
    entered = accounts["created_date"].to_numpy("datetime64[D]")[ends]
    since = np.minimum(entered + rng.integers(0, 120, n).astype("timedelta64[D]"), LAST_DAY - 95)
    until = np.where(rng.random(n) < ENDED, LAST_DAY - rng.integers(5, 90, n), np.datetime64("NaT"))
    frame = pd.DataFrame({"account_id": ids[ends], "parent_id": ids[chosen], "hierarchy_type": KIND})
    return frame.assign(
        valid_from=since.astype("datetime64[ns]"),
        valid_to=until.astype("datetime64[ns]"),
    ).sort_values(["account_id", "parent_id"], ignore_index=True)


def true_indirect(sample: Sample) -> pd.DataFrame:
    """Return account_id, dealer_id, is_direct (buys here as well) of every end customer on the last day."""
    rows = dealer_relations(sample)
    rows = rows[rows["valid_to"].isna() | (rows["valid_to"] >= pd.Timestamp(LAST_DAY))]
    bought = set(sample.accounts.loc[sample.accounts["start"] != 99, "account_id"])
    return rows.assign(is_direct=rows["account_id"].isin(bought)).rename(columns={"parent_id": "dealer_id"})[
        ["account_id", "dealer_id", "is_direct"]
    ]
