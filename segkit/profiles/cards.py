"""What stands on the card of each active segment: names, size, money, and what changed since the previous run."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from segkit.profiles.profile import FEWEST_ACCOUNTS

if TYPE_CHECKING:
    import pandas as pd

SIZES = (
    "segmentation_id",
    "segment_id",
    "name_de",
    "name_en",
    "colour",
    "n_accounts",
    "share_accounts",
    "share_revenue",
)
DIGITS = 12


@dataclass(frozen=True)
class Earlier:
    """What the previous run left: its quarter, `segments`, `segment_sizes`, and `segment_cards` (None without them)."""

    quarter: str
    segments: Any
    sizes: Any
    cards: Any


def build_cards(
    sizes: pd.DataFrame,
    segments: pd.DataFrame,
    described: pd.DataFrame,
    names: pd.DataFrame,
    earlier: Earlier | None,
) -> pd.DataFrame:
    """Return the table `segment_cards` of one segmentation.

    Parameters
    ----------
    sizes, segments : DataFrame
        Tables `segment_sizes` and `segments` of one segmentation.
    described : DataFrame
        One row per account with margin_12m and revenue_12m (the slice of `account_features`).
    names : DataFrame
        Telling names (`name_segments`).
    earlier : Earlier or None
        The previous run; None in the first, and in an incomplete quarter, where changes would compare unequal periods.
    """
    member = described.assign(segment_id=described["account_id"].map(segments.set_index("account_id")["segment_id"]))
    cards = sizes[list(SIZES)].assign(
        revenue=sizes["revenue_12m"],
        margin=sizes["margin_12m"],
        is_small=sizes["n_accounts"] < FEWEST_ACCOUNTS,
    )
    medians = member.groupby("segment_id")["revenue_12m"].median()
    known = member[member["margin_12m"].notna()].groupby("segment_id")[["margin_12m", "revenue_12m"]].sum()
    rates = (known["margin_12m"].astype(float) / known["revenue_12m"].astype(float))[known["revenue_12m"] > 0]
    cards = cards.assign(
        median_revenue=cards["segment_id"].map(medians),
        margin_rate=cards["segment_id"].map(rates).astype(float).round(DIGITS),
    )
    return add_changes(cards.merge(names, on="segment_id"), segments, earlier)


def add_changes(cards: pd.DataFrame, segments: pd.DataFrame, earlier: Earlier | None) -> pd.DataFrame:
    """Return the cards with compared_with, change_…, n_joined and n_left; empty without `earlier`."""
    if earlier is None:
        changes = ("change_accounts", "change_revenue", "n_joined", "n_left")
        return cards.assign(compared_with=None, **dict.fromkeys(changes, np.nan))
    then = earlier.segments[earlier.segments["segmentation_id"].isin(cards["segmentation_id"])]
    both = segments[["account_id", "segment_id"]].merge(
        then[["account_id", "segment_id"]], on="account_id", how="outer", suffixes=("", "_then")
    )
    moved = both[both["segment_id"].fillna("") != both["segment_id_then"].fillna("")]
    joined, left = moved["segment_id"].value_counts(), moved["segment_id_then"].value_counts()
    sizes = earlier.sizes[earlier.sizes["segmentation_id"].isin(cards["segmentation_id"])].set_index("segment_id")
    n_then, revenue_then = (cards["segment_id"].map(sizes[name]) for name in ("n_accounts", "revenue_12m"))
    return cards.assign(
        compared_with=earlier.quarter,
        change_accounts=cards["n_accounts"] - n_then.fillna(0),
        change_revenue=cards["revenue"] - revenue_then.astype(float).fillna(0),
        n_joined=cards["segment_id"].map(joined).fillna(0),
        n_left=cards["segment_id"].map(left).fillna(0),
    )
