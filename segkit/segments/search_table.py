"""What was found at each number of segments, in one table: the search, its stability, what it separates, its sizes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from segkit.segments.assess.flows import cluster_id
from segkit.segments.assess.separation import explained, separation
from segkit.segments.assess.stability import kept_across
from segkit.segments.challenger import Challenger
from segkit.segments.optimise import means
from segkit.statistics.association import cramers_v

if TYPE_CHECKING:
    import pandas as pd

DIGITS = 12
FEWEST_LEVELS, MOST_LEVELS = 2, 30


def tabulate_search(challenger: Challenger, descriptors: pd.DataFrame | None = None) -> pd.DataFrame:
    """Return one row per number of segments: the columns of table `cluster_search` that need no choice.

    Parameters
    ----------
    challenger : Challenger
        Its fits and their stability.
    descriptors : DataFrame, optional
        Categories that the segments were not made from, one row per fitted account in the sample's order.
    """
    import pandas as pd

    sample, features = challenger.sample, challenger.features
    total = ((sample.points - sample.points.mean(axis=0)) ** 2).sum()
    money = {name: log_money(features[name]) for name in ("revenue_12m", "margin_12m")}
    codes = _descriptor_codes(descriptors, challenger.space)
    rows = []
    for k, fit in challenger.fits.items():
        is_in = fit.labels >= 0
        labels, points = fit.labels[is_in], sample.points[is_in]
        centres = means(points, labels, k)
        sizes, agreement = np.bincount(labels, minlength=k), challenger.stability[k].pairs
        within = ((points - centres[labels]) ** 2).sum()
        rows.append(
            {
                "n_segments": k,
                "inertia": fit.objective,
                "explained": max(0.0, 1 - within / total) if total > 0 else 0.0,
                "separation": separation(points, labels, centres),
                "revenue_explained": explained(money["revenue_12m"][is_in], labels),
                "margin_explained": _explained_known(money["margin_12m"][is_in], labels),
                "needs_explained": max((cramers_v(code[is_in], labels) for code in codes), default=np.nan),
                "n_searches": fit.measures.get("n_searches", np.nan),
                "n_found": fit.measures.get("n_found", np.nan),
                "missed_probability": fit.measures.get("missed_probability", np.nan),
                "ari_mean": agreement.mean(),
                "ari_median": np.median(agreement),
                "ari_low": agreement.min(),
                "smallest_n": int(sizes.min()),
                "smallest_share": sizes.min() / max(sizes.sum(), 1),
            }
        )
    return pd.DataFrame(rows).round(DIGITS)


def list_pairs(challenger: Challenger) -> pd.DataFrame:
    """Return n_segments, pair, ari: the agreement of every pair of bootstrap samples."""
    import pandas as pd

    frames = [
        pd.DataFrame({"n_segments": k, "pair": np.arange(len(found.pairs)), "ari": found.pairs})
        for k, found in challenger.stability.items()
    ]
    return pd.concat(frames, ignore_index=True).round(DIGITS)


def tabulate_stability(challenger: Challenger, parts: Mapping[int, pd.DataFrame]) -> pd.DataFrame:
    """Return the rows of table `segment_stability` for the clusters at every number.

    Parameters
    ----------
    challenger : Challenger
        Its fits and their stability.
    parts : mapping
        Number of segments → frame of `assess.parts.split_instability`, one row per segment; where it was worked out.
    """
    import pandas as pd

    frames = []
    for k, fit in challenger.fits.items():
        before = challenger.fits.get(k - 1)
        across = kept_across(before.labels, fit.labels) if before else np.full(k, np.nan)
        sizes, found = np.bincount(fit.labels[fit.labels >= 0], minlength=k), challenger.stability[k]
        whole = np.average(found.segments, weights=sizes)
        frame = pd.DataFrame(
            {
                "n_segments": k,
                "segment_id": ["ALL", *(cluster_id(j) for j in range(k))],
                "n_accounts": [sizes.sum(), *sizes],
                "global_ari": found.pairs.mean(),
                "slsw": [whole, *found.segments],
                "slsa": [np.nan, *across],
            }
        )
        if k in parts:
            split = parts[k].drop(columns="segment_id", errors="ignore").reset_index(drop=True)
            frame = frame.join(split.set_index(np.arange(1, k + 1)))
        frames.append(frame)
    return pd.concat(frames, ignore_index=True).assign(method=challenger.method).round(DIGITS)


def log_money(money: pd.Series) -> np.ndarray:
    """Return log(1 + x) of money; net returns count as nothing, unknown money stays unknown."""
    return np.log1p(np.maximum(money.to_numpy(float, na_value=np.nan), 0.0))


def _explained_known(values: np.ndarray, labels: np.ndarray) -> float:
    known = np.isfinite(values)
    return explained(values[known], labels[known]) if known.sum() > labels.max() + 1 else np.nan


def _descriptor_codes(descriptors: pd.DataFrame | None, space: Mapping[str, Any]) -> list[np.ndarray]:
    """Return categories that are no criteria as codes; those with one level or more than thirty say nothing here."""
    import pandas as pd

    if descriptors is None:
        return []
    inside = {entry["name"] for entry in space["categories"]}
    found = [pd.factorize(descriptors[name], sort=True) for name in descriptors if name not in inside]
    return [codes for codes, levels in found if FEWEST_LEVELS <= len(levels) <= MOST_LEVELS]
