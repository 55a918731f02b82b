"""In which segments an account stands when its months, or the accounts that are fitted, turn out otherwise."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from segkit.segments.accepted import assign_segments, segment_ids
from segkit.statistics.resampling import generator

if TYPE_CHECKING:
    import pandas as pd

COLUMNS = ["segmentation_id", "account_id", "basis", "segment_id", "share", "n_draws"]
DIGITS = 6
FEWEST_DRAWS = 20
ROW_DRAWS = 2_000_000  # accounts × draws that a run can afford
MONTHS = 12
MOST_PARTS = 1e6
REDRAWN = {"revenue_12m", "revenue_prev_12m", "frequency_12m"}


@dataclass(frozen=True)
class Draws:
    """How often each account stood in each segment.

    Attributes
    ----------
    accounts : array (n,) of str
    segments : array (s,) of str
        Sorted ids of all segments that the model can give.
    counts : array (n, s) of int
        Draws in which the account stood in the segment; rows add up to `n_draws`.
    assigned : array (n,) of int
        Position of the segment in which the account stands without any drawing.
    """

    accounts: np.ndarray
    segments: np.ndarray
    counts: np.ndarray
    assigned: np.ndarray
    n_draws: int

    @property
    def confidence(self) -> np.ndarray:
        """Return the share of draws in which each account keeps its segment (0 … 1)."""
        return np.round(self.counts[np.arange(len(self.counts)), self.assigned] / self.n_draws, DIGITS)


def count_draws(features: pd.DataFrame, model: Mapping[str, Any], draws: int, seed: int) -> Draws:
    """Return in which segments the model puts each account when its months are drawn anew.

    Parameters
    ----------
    features : DataFrame
        One slice of `account_features`: revenue_12m, revenue_prev_12m (money), frequency_12m (invoices), regularity
        (coefficient of variation of monthly revenue) and what the model needs.
    model : mapping
        The accepted model.
    draws : int
        At most; fewer, but at least 20, above 20,000 accounts.

    Notes
    -----
    A draw weights the months of an account at random (Bayesian bootstrap, Rubin 1981): its revenue of twelve months is
    multiplied by Gamma(n) / n with n = 12 / regularity², which has the spread of a mean of twelve such months; where
    regularity is not known, n is the number of invoices. The twelve months before likewise. An irregular buyer near a
    limit is doubtful, a regular one far from it is sure. Dates are not redrawn.
    """
    import pandas as pd

    rng = generator(seed, "confidence")
    n = len(features)
    place = pd.Index(sorted(segment_ids(model)))
    counts = np.zeros((n, len(place)), dtype=np.int32)
    draws = max(FEWEST_DRAWS, min(draws, ROW_DRAWS // max(n, 1)))
    rows = np.arange(n)
    for redrawn in redraw_months(features, draws, rng):
        counts[rows, place.get_indexer(assign_segments(redrawn, model)["segment_id"])] += 1
    assigned = place.get_indexer(assign_segments(features, model)["segment_id"])
    return Draws(features["account_id"].to_numpy(str), place.to_numpy(str), counts, assigned, draws)


def depends_on_months(model: Mapping[str, Any]) -> bool:
    """Return whether drawing months anew can move an account: else every account would seem wholly sure."""
    return "criteria" not in model or bool(REDRAWN & set(model["criteria"]))


def redraw_months(features: pd.DataFrame, draws: int, rng: np.random.Generator) -> Iterator[pd.DataFrame]:
    """Yield the accounts with their months drawn anew (revenue and frequency); see `count_draws`."""
    shape = _shape(features)
    for _ in range(draws):
        weight, weight_before = rng.gamma(shape) / shape, rng.gamma(shape) / shape
        yield features.assign(
            revenue_12m=features["revenue_12m"] * weight,
            revenue_prev_12m=features["revenue_prev_12m"] * weight_before,
            frequency_12m=features["frequency_12m"] * weight,
        )


def _shape(features: pd.DataFrame) -> np.ndarray:
    """Return how many equal parts the revenue of twelve months is worth: 1 / squared coefficient of variation."""
    invoices = features["frequency_12m"].to_numpy(float)
    regularity = features["regularity"].to_numpy(float)
    months = MONTHS / np.where(regularity > 0, regularity, np.nan) ** 2
    return np.clip(np.where(np.isnan(months), invoices, months), 1.0, MOST_PARTS)


def store_draws(
    draws: Draws,
    sample_ids: np.ndarray | None = None,
    sample_shares: np.ndarray | None = None,
    segment_ids: Sequence[str] = (),
    n_refits: int = 0,
    segmentation_id: str = "value",
) -> pd.DataFrame:
    """Return where accounts stood in draws of their months and in refits on samples: table `membership_draws`.

    Parameters
    ----------
    draws : Draws
        Of `count_draws`: basis months.
    sample_ids : array (m,), optional
        account_id of the accounts that were fitted; without it, there is no basis samples.
    sample_shares : array (m, k), optional
        `Stability.shares` at the number of segments that holds: share of refits on bootstrap samples in which each
        account stood in each segment.
    segment_ids : sequence of str
        Ids of the k columns: segments where the fitted model is in force, clusters where it is the challenger.
    n_refits : int
        On how many samples the method was fitted.

    Returns
    -------
    DataFrame
        segmentation_id, account_id, basis, segment_id, share (above 0, 6 digits), n_draws.
    """
    import pandas as pd

    parts = [_long(draws.accounts, draws.segments, draws.counts / draws.n_draws, "months", draws.n_draws)]
    if sample_ids is not None and sample_shares is not None:
        parts.append(_long(np.asarray(sample_ids), np.asarray(segment_ids), sample_shares, "samples", n_refits))
    return pd.concat(parts, ignore_index=True).assign(segmentation_id=segmentation_id)[COLUMNS]


def _long(accounts: np.ndarray, segments: np.ndarray, shares: np.ndarray, basis: str, n_draws: int) -> pd.DataFrame:
    import pandas as pd

    rounded = np.round(shares, DIGITS)
    rows, columns = np.nonzero(rounded > 0)
    return pd.DataFrame(
        {
            "account_id": accounts[rows].astype(object),
            "basis": basis,
            "segment_id": segments[columns].astype(object),
            "share": rounded[rows, columns],
            "n_draws": n_draws,
        }
    )
