"""The grid beside its challenger: do they agree, which separates value better, who would move; and sizes in money."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from segkit.segments.accepted import assign_segments
from segkit.segments.assess.separation import explained
from segkit.segments.challenger import Challenger
from segkit.segments.grid import BY_RULE, assign_grid
from segkit.segments.methods.assign import assign_labels
from segkit.segments.space import apply_space
from segkit.statistics.clusterings import adjusted_rand, match
from segkit.tables import TABLES

if TYPE_CHECKING:
    import pandas as pd

DIGITS = 12
SHARES = {"n_accounts": "share_accounts", "revenue_12m": "share_revenue", "margin_12m": "share_margin"}
KNOWN = 0.50  # adjusted Rand with a known division from which a solution says nothing new


def describe_sizes(segments: pd.DataFrame, features: pd.DataFrame, register: pd.DataFrame) -> pd.DataFrame:
    """Return the sizes of all active segments: table `segment_sizes`.

    Parameters
    ----------
    segments : DataFrame
        account_id, segment_id, confidence.
    features : DataFrame
        account_id, revenue_12m, margin_12m (money, may be empty).
    register : DataFrame
        Table `segment_register`.

    Returns
    -------
    DataFrame
        segment_id, name_de, name_en, colour, n_accounts, share_accounts, revenue_12m, share_revenue, margin_12m,
        share_margin (empty where margins are not known), confidence (mean), n_doubtful (confidence below 80 %).
    """
    joined = segments.merge(features[["account_id", "revenue_12m", "margin_12m"]], on="account_id")
    sums = joined.groupby("segment_id").agg(
        n_accounts=("account_id", "size"),
        revenue_12m=("revenue_12m", "sum"),
        margin_12m=("margin_12m", lambda margins: margins.sum(min_count=1)),
        confidence=("confidence", "mean"),
        n_doubtful=("confidence", lambda values: int((values < 0.8).sum())),
    )
    active = register[register["status"] == "active"][["segmentation_id", "segment_id", "name_de", "name_en", "colour"]]
    sizes = active.merge(sums, left_on="segment_id", right_index=True, how="left")
    counts = ["n_accounts", "n_doubtful"]
    sizes[counts] = sizes[counts].fillna(0).astype("int64")
    sizes["revenue_12m"] = sizes["revenue_12m"].fillna(0.0)
    for column, measured in SHARES.items():
        total = sizes[column].sum()
        sizes[measured] = (sizes[column] / total if total else sizes[column] * np.nan).round(DIGITS)
    return sizes.round({"revenue_12m": 4, "margin_12m": 4, "confidence": DIGITS})


def compare_clusters(
    features: pd.DataFrame, model: Mapping[str, Any], challenger: Challenger, segmentation_id: str = "value"
) -> pd.DataFrame:
    """Return each account's segment and cluster, and whether it would move: table `challenger`.

    A cluster's counterpart is the segment it overlaps most, one to one; an account would move if its segment is not the
    counterpart of its cluster.

    Returns
    -------
    DataFrame
        segmentation_id, account_id, segment_id, cluster_id, counterpart_id (empty: a segment of its own), would_move,
        revenue_12m.
    """
    assigned = assign_segments(features, model).assign(revenue_12m=features["revenue_12m"].to_numpy())
    both = assigned.merge(challenger.labels, on="account_id")
    counterpart = match(both["segment_id"].to_numpy(), both["cluster_id"].to_numpy())
    both["counterpart_id"] = both["cluster_id"].map(counterpart)
    return both.drop(columns="method").assign(
        segmentation_id=segmentation_id, would_move=(both["counterpart_id"] != both["segment_id"]).to_numpy()
    )


def compare_methods(
    features: pd.DataFrame, before: pd.DataFrame, model: Mapping[str, Any], challenger: Challenger
) -> pd.DataFrame:
    """Return how well each division of the same accounts separates value: table `segment_comparison`.

    Parameters
    ----------
    features, before : DataFrame
        Slices of `account_features` at this as_of and at the end of the quarter before (which may be empty).
    model : mapping
        The accepted model.
    challenger : Challenger
        Fitted on `features`.

    Returns
    -------
    DataFrame
        One row per method (accepted, challenger, value_class, life_cycle): n_segments, revenue_explained (share of the
        variance of log(1 + revenue_12m) between segments), next_explained (the same of this quarter's revenue, by the
        segments at the end of the quarter before), ari_accepted, ari_challenger. KEY and DORMANT are left out.
    """
    import pandas as pd

    open_to_all = features[~assign_grid(features, model)["segment_id"].isin(BY_RULE).to_numpy()]
    now = _divisions(open_to_all, model, challenger)
    revenue = _log(open_to_all["revenue_12m"])
    followed = before.merge(features[["account_id", "revenue_q"]], on="account_id", suffixes=("_before", ""))
    then = _divisions(followed, model, challenger) if len(followed) else {}
    rows = [
        {
            "segmentation_id": model["segmentation_id"],
            "method": method,
            "n_segments": len(np.unique(labels)),
            "revenue_explained": explained(revenue, labels),
            "next_explained": explained(_log(followed["revenue_q"]), then[method]) if then else np.nan,
            "ari_accepted": adjusted_rand(labels, now["accepted"]),
            "ari_challenger": adjusted_rand(labels, now["challenger"]) if "challenger" in now else np.nan,
        }
        for method, labels in now.items()
    ]
    return (
        pd.DataFrame(rows)
        .reindex(columns=list(TABLES["segment_comparison"].columns))
        .assign(kind="accepted", n_accounts=0)
        .round(DIGITS)
    )


def _log(money: pd.Series) -> np.ndarray:
    return np.log1p(np.maximum(money.to_numpy(float), 0.0))


def _divisions(features: pd.DataFrame, model: Mapping[str, Any], challenger: Challenger) -> dict[str, np.ndarray]:
    grid = assign_grid(features, model)
    divisions = {"accepted": assign_segments(features, model)["segment_id"].to_numpy().astype(str)}
    if challenger.why_not is None:
        divisions["challenger"] = assign_labels(apply_space(features, challenger.space), challenger.chosen.model)
    divisions["value_class"] = grid["value_class"].to_numpy().astype(str)
    life_cycle = grid["segment_id"].where(grid["value_class"] == "", "active")
    return divisions | {"life_cycle": life_cycle.to_numpy().astype(str)}


def find_known(comparison: pd.DataFrame) -> tuple[str, float]:
    """Return which known division (value_class, life_cycle) the challenger comes closest to, and the adjusted Rand.

    From `KNOWN` on it only reproduces what a column of the data says already.
    """
    known = comparison[comparison["method"].isin(["value_class", "life_cycle"])]
    closest = known.sort_values(["ari_challenger", "method"], ascending=[False, True]).iloc[0]
    return str(closest["method"]), float(closest["ari_challenger"])
