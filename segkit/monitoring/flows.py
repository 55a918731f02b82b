"""The cells of the migration matrix with their revenue, and which hold more moves than irregular buying makes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from segkit.monitoring.migration import BY_BEHAVIOUR

if TYPE_CHECKING:
    import pandas as pd

NEW, GONE = "NEW", "GONE"
KEY = ["segmentation_id", "from_segment_id", "to_segment_id", "cause"]
CELL = ["from_segment_id", "to_segment_id"]
PRIOR = 0.5  # Jeffreys' prior for the mean of a Poisson count


def sum_flows(
    migration: pd.DataFrame, redraws: pd.DataFrame, confidence: float = 0.95, min_moves: int = 5
) -> pd.DataFrame:
    """Return the table `migration_flows`: accounts and revenue by cell and cause, beside the noise floor.

    Parameters
    ----------
    migration : DataFrame
        The table: segmentation_id, from_segment_id, to_segment_id, cause, revenue_12m, revenue_before.
    redraws : DataFrame
        `redraw_segments`: from_segment_id, to_segment_id, n_accounts, n_draws; empty where there is no floor
        (incomplete quarter).
    confidence : float
        Share of quarters in which chance alone raises no alarm anywhere in the matrix.
    min_moves : int
        Fewer accounts in a cell are no alarm: what draws make hardly ever, they do not tell exactly enough.

    Returns
    -------
    DataFrame
        segmentation_id, from_segment_id (NEW), to_segment_id (GONE), cause, n_accounts, revenue_12m, revenue_before,
        n_noise, noise_high, is_above_noise; the last three only for moves by the accounts' own behaviour.

    Notes
    -----
    With h moves in D draws the number by chance is negative binomial with h + 1/2 and D / (D + 1): a Poisson count
    whose mean is known from the draws only. noise_high is its 95 % quantile, for each cell alone. is_above_noise asks
    whether the count is beyond chance after Holm's correction for all cells off the diagonal that draws or accounts
    reach.
    """
    named = migration.assign(
        from_segment_id=migration["from_segment_id"].fillna(NEW), to_segment_id=migration["to_segment_id"].fillna(GONE)
    )
    totals = named.groupby(KEY)[["revenue_12m", "revenue_before"]].sum(min_count=1).round(4)
    flows = totals.assign(n_accounts=named.groupby(KEY).size()).reset_index()
    return add_noise(flows, redraws, confidence, min_moves)


def add_noise(flows: pd.DataFrame, redraws: pd.DataFrame, confidence: float = 0.95, min_moves: int = 5) -> pd.DataFrame:
    """Return the flows with n_noise, noise_high, is_above_noise; see `sum_flows`."""
    import pandas as pd
    from scipy.stats import nbinom

    unknown = pd.array([pd.NA] * len(flows), dtype="boolean")
    flows = flows.assign(n_noise=np.nan, noise_high=np.nan, is_above_noise=unknown)
    judged = flows["cause"].isin(BY_BEHAVIOUR) & (flows["to_segment_id"] != GONE)
    if redraws.empty or not judged.any():
        return flows
    n_draws = int(redraws["n_draws"].iloc[0])
    expected = redraws.set_index(CELL)["n_accounts"]
    cells = pd.MultiIndex.from_frame(flows.loc[judged, CELL])
    noise = expected.reindex(cells).fillna(0.0).to_numpy()
    shape, chance = np.round(noise * n_draws) + PRIOR, n_draws / (n_draws + 1)
    observed = flows.loc[judged, "n_accounts"].to_numpy(float)
    p = nbinom.sf(observed - 1, shape, chance)
    moving = expected.index[expected.index.get_level_values(0) != expected.index.get_level_values(1)]
    n_cells = len(moving.union(cells))
    flows.loc[judged, "n_noise"] = noise
    flows.loc[judged, "noise_high"] = nbinom.ppf(confidence, shape, chance)
    flows.loc[judged, "is_above_noise"] = (holm(p, n_cells) <= 1 - confidence) & (observed >= min_moves)
    return flows


def holm(p: np.ndarray, n_tests: int) -> np.ndarray:
    """Return p values corrected for `n_tests` comparisons (Holm 1979), of which only these may be small."""
    order = np.argsort(p, kind="stable")
    steps = np.maximum.accumulate(p[order] * (n_tests - np.arange(len(p))))
    corrected = np.empty_like(steps)
    corrected[order] = np.minimum(steps, 1.0)
    return corrected


def sum_causes(migration: pd.DataFrame) -> pd.DataFrame:
    """Return accounts and revenue moved by cause: cause, n_accounts, revenue_12m, revenue_before; most revenue first.

    Parameters
    ----------
    migration : DataFrame
        The table; accounts that stayed are left out.
    """
    moved = migration[migration["cause"] != "stayed"]
    totals = moved.groupby("cause")[["revenue_12m", "revenue_before"]].sum()
    totals = totals.assign(n_accounts=moved.groupby("cause").size()).reset_index()
    carried = totals[["revenue_12m", "revenue_before"]].max(axis=1)
    return totals.assign(carried=carried).sort_values(["carried", "cause"], ascending=[False, True], ignore_index=True)
