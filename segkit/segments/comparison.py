"""The grid beside its challenger: do they agree, which separates value better, who would move; and sizes in money."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from segkit.segments.accepted import assign_segments
from segkit.segments.challenger import Challenger
from segkit.statistics.clusterings import match
from segkit.texts import LANGUAGES, say

if TYPE_CHECKING:
    import pandas as pd

DIGITS = 12
SHARES = {"n_accounts": "share_accounts", "revenue_12m": "share_revenue", "margin_12m": "share_margin"}


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


def call_clusters(frame: pd.DataFrame, columns: tuple[str, ...] = ("cluster_id", "other_id")) -> pd.DataFrame:
    """Return a frame with what its clusters are called, in German and English: ``<column>_de``, ``<column>_en``."""
    named = frame
    for column in columns:
        number = frame[column].str.extract(r"(\d+)$")[0].fillna("")
        for language in LANGUAGES:
            called = [say("segments.cluster_label", language, number=n) for n in number]
            named = named.assign(**{f"{column}_{language}": called})
    return named
