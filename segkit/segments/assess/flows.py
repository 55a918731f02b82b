"""Where the accounts, the revenue, the margin and the risk of each segment go when there is one segment more."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    import pandas as pd

COLUMNS = [
    "segmentation_id",
    "n_segments",
    "cluster_id",
    "next_cluster_id",
    "n_accounts",
    "revenue_12m",
    "margin_12m",
    "churn_probability",
]
DIGITS = 6
WHOLE = 0.95  # share of a segment that goes one way: kept whole


def cluster_id(position: int) -> str:
    """Return the id of a cluster: its number, from 1."""
    return f"cluster {position + 1}"


def trace_flows(
    labels_by_k: Mapping[int, np.ndarray], money: pd.DataFrame, segmentation_id: str = "value"
) -> pd.DataFrame:
    """Return the accounts that go from each segment to each segment of the next larger number: table `segment_flows`.

    Parameters
    ----------
    labels_by_k : mapping
        Number of segments → array (n,), numbered so that a segment keeps its number over k; −1 is in no segment and is
        left out.
    money : DataFrame
        One row per account in the same order: revenue_12m; margin_12m (money) and churn_probability, if known.

    Returns
    -------
    DataFrame
        segmentation_id, n_segments (on the left), cluster_id, next_cluster_id, n_accounts, revenue_12m, margin_12m
        (sum of the margins known; empty without any), churn_probability (mean of those known).

    Notes
    -----
    The flow plot of segment solutions over k: Dolnicar and Leisch 2017, slsaplot of R's flexclust, there without money.
    """
    import pandas as pd

    known = {name: money[name].to_numpy(float, na_value=np.nan) if name in money else np.nan for name in COLUMNS[5:]}
    values = pd.DataFrame({name: np.broadcast_to(column, len(money)) for name, column in known.items()})
    frames = []
    ks = sorted(labels_by_k)
    for k, following in zip(ks[:-1], ks[1:], strict=True):
        step = values.assign(left=labels_by_k[k], right=labels_by_k[following])
        step = step[(step["left"] >= 0) & (step["right"] >= 0)]
        sums = step.groupby(["left", "right"], as_index=False).agg(
            n_accounts=("left", "size"),
            revenue_12m=("revenue_12m", "sum"),
            margin_12m=("margin_12m", lambda margins: margins.sum(min_count=1)),
            churn_probability=("churn_probability", "mean"),
        )
        frames.append(sums.assign(n_segments=k))
    if not frames:
        return pd.DataFrame(columns=COLUMNS)
    table = pd.concat(frames, ignore_index=True)
    for side, name in (("left", "cluster_id"), ("right", "next_cluster_id")):
        table[name] = [cluster_id(j) for j in table[side]]
    table = table.assign(segmentation_id=segmentation_id).sort_values(["n_segments", "left", "right"])
    return table[COLUMNS].round({"revenue_12m": 4, "margin_12m": 4, "churn_probability": DIGITS}).reset_index(drop=True)


def describe_flows(flows: pd.DataFrame, n_segments: int) -> list[tuple[str, dict[str, Any]]]:
    """Return what one segment more would change at the number chosen: sentences with their numbers.

    Which segments stay whole, which one gives most of its accounts to a new one, and how much revenue, margin and risk
    the new one has. Where the number chosen is the largest tried, the step before it is read.
    """
    ks = sorted(flows["n_segments"].unique().tolist())
    if not ks:
        return []
    k = n_segments if n_segments in ks else ks[-1]
    step = flows[flows["n_segments"] == k]
    share = step["n_accounts"] / step.groupby("cluster_id")["n_accounts"].transform("sum")
    n_whole = int((share >= WHOLE).sum())
    kept = set(step["cluster_id"])
    fresh = step[~step["next_cluster_id"].isin(kept)]
    numbers: dict[str, Any] = {"k": k, "following": k + 1}
    if fresh.empty:
        return [("near_equal.flow_none", numbers)]
    source = fresh.sort_values(["n_accounts", "cluster_id"], ascending=[False, True]).iloc[0]
    all_of = step[step["cluster_id"] == source["cluster_id"]]
    numbers |= {
        "source": _number(source["cluster_id"]),
        "new": _number(source["next_cluster_id"]),
        "n": int(fresh["n_accounts"].sum()),
        "share_source": int(source["n_accounts"]) / int(all_of["n_accounts"].sum()),
        "from_source": int(source["n_accounts"]) / int(fresh["n_accounts"].sum()),
    }
    sentences = [("near_equal.flow", numbers)]
    if n_whole:
        sentences.append(("near_equal.flow_whole", {"n": n_whole}))
    for column, key in (("revenue_12m", "revenue"), ("margin_12m", "margin")):
        total = step[column].sum(min_count=1)
        if total > 0:
            money = float(fresh[column].sum())
            shares = {"share": money / float(total), "share_accounts": numbers["n"] / int(step["n_accounts"].sum())}
            sentences.append((f"near_equal.flow_{key}", {"new": numbers["new"], key: money} | shares))
    if fresh["churn_probability"].notna().any():
        risks = {"new": numbers["new"], "risk": _mean_risk(fresh), "rest": _mean_risk(step.drop(fresh.index))}
        sentences.append(("near_equal.flow_churn", risks))
    return sentences


def _mean_risk(rows: pd.DataFrame) -> float | None:
    known = rows[rows["churn_probability"].notna()]
    return float(np.average(known["churn_probability"], weights=known["n_accounts"])) if len(known) else None


def _number(identity: str) -> str:
    return identity.rsplit(" ", 1)[-1]
