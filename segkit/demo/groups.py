"""Corporate groups: who belongs to whom, as the ERP's customer hierarchy holds it."""

from __future__ import annotations

import numpy as np
import pandas as pd

from segkit.demo.parameters import stream
from segkit.demo.sample import Sample

MEMBER_SHARE = 0.11
"""Share of the companies that belong to a group without leading it."""
UNKNOWN_HEADS = ("88001", "88002", "88003", "88004", "88005")
"""Parents that no file of the firm knows: they are nobody's customer."""
HOLDING = "88100"
"""A holding that is no customer either, but whose own parent the hierarchy knows."""
KIND = "A"


def hierarchy(sample: Sample) -> pd.DataFrame:
    """Return account_id, parent_id, hierarchy_type, valid_from, valid_to: the customer hierarchy.

    Groups of two to fifteen companies, led by a customer, by a company that never bought, or by one that no file knows;
    some have a level between. One company was sold from one group to another, one joined in August 2026, one left for
    good, and two companies name each other as parent.
    """
    rng = stream(sample.seed, "groups")
    ids = sample.accounts["account_id"].to_numpy()
    order = rng.permutation(len(ids))
    n_members = round(MEMBER_SHARE * len(ids))
    members, heads = ids[order[:n_members]], _heads(sample, order[n_members:], n_members, rng)
    if len(members) < 12 or len(heads) < 4:
        return _frame(members[:1], heads[:1], pd.Series(["2015-01-01"] * min(1, len(members))))
    at = np.sort(rng.choice(len(heads), n_members, p=_popularity(len(heads), rng)))
    parents = np.array(heads, dtype=object)[at]
    below = (pd.Series(at).duplicated() & (rng.random(n_members) < 0.25)).to_numpy()
    first = pd.Series(members).groupby(at).transform("first").to_numpy()
    parents = np.where(below, first, parents)
    since = pd.Series(pd.Timestamp("2021-06-01") - pd.to_timedelta(rng.integers(0, 5000, n_members), unit="D"))
    frame = _frame(members, parents, since.dt.strftime("%Y-%m-%d"))
    return _with_events(frame, heads)


def true_groups(sample: Sample) -> pd.DataFrame:
    """Return account_id, group_id on 30 September 2026; of a cycle the smallest number leads."""
    frame = hierarchy(sample)
    day = pd.Timestamp("2026-09-30")
    frame = frame[(frame["valid_from"] <= day) & (frame["valid_to"].isna() | (frame["valid_to"] >= day))]
    parent = dict(zip(frame["account_id"], frame["parent_id"], strict=True))
    tops = {}
    for account in sample.accounts["account_id"]:
        path = [account]
        while path[-1] in parent and parent[path[-1]] not in path:
            path.append(parent[path[-1]])
        ends_in_cycle = path[-1] in parent
        tops[account] = min(path[path.index(parent[path[-1]]) :]) if ends_in_cycle else path[-1]
    return pd.DataFrame({"account_id": list(tops), "group_id": list(tops.values())})


def _heads(sample: Sample, rest: np.ndarray, n_members: int, rng) -> list[str]:
    """Return who leads the groups: mostly customers, some that never bought, some that no file knows."""
    ids, start = sample.accounts["account_id"].to_numpy()[rest], sample.accounts["start"].to_numpy()[rest]
    n = max(1, n_members // 4)
    buying, prospects = ids[start != 99][: n - n // 5], ids[start == 99][: n // 5]
    return [*buying, *prospects, *UNKNOWN_HEADS[: n // 6]]


def _popularity(n: int, rng) -> np.ndarray:
    weight = rng.gamma(1.2, 1.0, n) + 0.3
    return weight / weight.sum()


def _with_events(frame: pd.DataFrame, heads: list[str]) -> pd.DataFrame:
    """Return the hierarchy with a sale, an entry, an exit, a holding between, and two that name each other."""
    sold, joined, left, one, other = frame["account_id"].iloc[[2, 5, 8, -2, -1]]
    taken = {sold, left, one, other}
    frame = frame[~frame["account_id"].isin({*taken, joined}) & ~frame["parent_id"].isin(taken)]
    events = pd.DataFrame(
        [
            (sold, heads[0], "2012-03-01", "2025-03-31"),
            (sold, heads[1], "2025-04-01", None),
            (joined, HOLDING, "2026-08-01", None),
            (HOLDING, heads[2], "2019-01-01", None),
            (left, heads[0], "2010-01-01", "2024-12-31"),
            (one, other, "2018-07-01", None),
            (other, one, "2020-02-01", None),
        ],
        columns=["account_id", "parent_id", "valid_from", "valid_to"],
    )
    events = _frame(events["account_id"], events["parent_id"], events["valid_from"], events["valid_to"])
    return pd.concat([frame, events]).sort_values(["account_id", "valid_from"], ignore_index=True)


def _frame(accounts, parents, since, until=None) -> pd.DataFrame:
    frame = pd.DataFrame({"account_id": np.asarray(accounts, object), "parent_id": np.asarray(parents, object)})
    return frame.assign(
        hierarchy_type=KIND,
        valid_from=pd.to_datetime(pd.Series(np.asarray(since, object), frame.index)),
        valid_to=pd.to_datetime(pd.Series(None if until is None else np.asarray(until, object), frame.index)),
    )
