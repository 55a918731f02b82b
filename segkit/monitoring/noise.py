"""Which movers stood in their new segment before, in draws of the previous run: movement told from noise by account."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    import pandas as pd

BY_BEHAVIOUR = ("customer", "lost", "dormant")
BASES = {"months": BY_BEHAVIOUR, "samples": ("segment",)}
"""What could have moved an account by chance: its own months, or the accounts on which the model was fitted."""


def add_noise(migration: pd.DataFrame, draws: pd.DataFrame | None) -> pd.DataFrame:
    """Return the table `migration` with noise_share.

    Parameters
    ----------
    migration : DataFrame
        segmentation_id, account_id, to_segment_id, cause.
    draws : DataFrame or None
        Table `membership_draws` of the previous run; None where it has none.

    Returns
    -------
    DataFrame
        noise_share: share of the previous run's draws in which the account stood in the segment that it is in now.
        For moves by own buying, draws of its months; for moves by the model, refits on other samples. Empty for all
        other causes, where there are no such draws, and where samples were drawn of the challenger's clusters only.
    """
    share = np.full(len(migration), np.nan)
    if draws is not None and len(draws):
        place = ["segmentation_id", "account_id", "segment_id"]
        wanted = migration.rename(columns={"to_segment_id": "segment_id"})[place]
        for basis, causes in BASES.items():
            of = draws[draws["basis"] == basis]
            if not of["segment_id"].isin(migration["from_segment_id"]).any():
                continue  # drawn were the challenger's groups, not the segments
            moved = np.flatnonzero(migration["cause"].isin(causes))
            mine = wanted.iloc[moved]
            of = of[of["account_id"].isin(mine["account_id"])]
            drawn = mine.merge(of[[*place, "share"]], on=place, how="left")["share"].fillna(0.0).to_numpy(float)
            share[moved] = np.where(mine["account_id"].isin(of["account_id"]), drawn, np.nan)
    return migration.assign(noise_share=share)


def describe_noise_shares(migration: pd.DataFrame, limit: float) -> list[tuple[str, dict[str, Any]]]:
    """Return how many movers were to be expected in their new segment by chance alone, and their revenue.

    Parameters
    ----------
    migration : DataFrame
        With noise_share; a run of an earlier version of the program has none.
    limit : float
        Share of draws from which a move lies within the noise.
    """
    told: list[tuple[str, dict[str, Any]]] = []
    behaved = migration[migration["cause"].isin(BY_BEHAVIOUR)]
    if "noise_share" not in migration or not behaved["noise_share"].notna().any():
        return [("adoption.no_draws", {})] if len(behaved) else []
    for causes, key in ((BY_BEHAVIOUR, "within_noise"), (("segment",), "refit_noise")):
        moved = migration[migration["cause"].isin(causes) & migration["noise_share"].notna()]
        within = moved[moved["noise_share"] >= limit]
        numbers = {"n": len(within), "n_moved": len(moved), "limit": limit}
        if len(within):
            told.append((f"adoption.{key}", numbers | {"revenue": float(within["revenue_before"].sum())}))
        elif len(moved) and key == "within_noise":
            told.append(("adoption.beyond_noise", numbers))
    return told
