"""The challenger: k-means on robust log scales, fitted beside the accepted model in every run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from segkit.segments.choice import choose_number, judge
from segkit.segments.grid import BY_RULE, assign_grid
from segkit.segments.scales import CRITERIA, fit_scales, scale
from segkit.segments.search import Solution, assign_points, search_clusters
from segkit.segments.stability import Stability, explained, kept_across, measure_stability, separation
from segkit.statistics.clusterings import relabel
from segkit.statistics.resampling import generator

if TYPE_CHECKING:
    import pandas as pd

ACCOUNTS_PER_CLUSTER = 10
DIGITS = 12


@dataclass(frozen=True)
class Challenger:
    """What k-means found, or `why_not`: the key of the sentence that says why nothing was fitted.

    `search`: table cluster_search, one row per number of clusters; `pairs`: n_segments, pair, ari; `stability`: rows of
    table segment_stability; `labels`: account_id, cluster_id; `scales` and `centres` (cluster_id → scaled centre).
    """

    why_not: str | None = None
    n_accounts: int = 0
    n_segments: int = 0
    search: Any = None
    pairs: Any = None
    stability: Any = None
    labels: Any = None
    scales: dict[str, Any] = field(default_factory=dict)
    centres: dict[str, list[float]] = field(default_factory=dict)


def fit_challenger(
    features: pd.DataFrame, rules: Mapping[str, Any], settings: Any, seed: int, segmentation_id: str = "value"
) -> Challenger:
    """Return clusters of the accounts that no rule sets apart.

    Parameters
    ----------
    features : DataFrame
        One slice of `account_features`.
    rules : mapping
        Thresholds of the grid; KEY and DORMANT are left out by them.
    settings : ValueSegmentation
        k_min, k_max, n_segments, hits, max_searches, bootstrap_pairs, bootstrap_accounts, fit_accounts, smallest_share.
    seed : int
        The project's seed.
    """
    apart = assign_grid(features, {"rules": rules})["segment_id"].isin(BY_RULE).to_numpy()
    open_to_all = features[~apart].sort_values("account_id")
    scales = fit_scales(open_to_all)
    why_not, numbers = _numbers_to_try(open_to_all, scales, settings)
    if why_not:
        return Challenger(why_not, n_accounts=len(open_to_all))
    everyone = scale(open_to_all, scales)
    points = everyone[_fit_rows(len(everyone), settings.fit_accounts, seed)]
    solutions = _solutions(points, numbers, settings, seed)
    stability = measure_stability(points, solutions, settings.bootstrap_pairs, seed, settings.bootstrap_accounts)
    search = _search_frame(points, solutions, stability, scales).assign(segmentation_id=segmentation_id)
    k, reason = choose_number(search, settings.smallest_share, settings.n_segments)
    search = search.assign(is_chosen=search["n_segments"] == k)
    chosen = search[search["is_chosen"]].iloc[0]
    verdict = judge(points, solutions[k].labels, solutions[k].centres, chosen["ari_mean"], seed)
    search["reason"] = np.where(search["is_chosen"], reason, "")
    search["verdict"] = np.where(search["is_chosen"], verdict, "")
    centres = np.round(solutions[k].centres, DIGITS)
    return Challenger(
        n_accounts=len(open_to_all),
        n_segments=k,
        search=search,
        pairs=_pairs_frame(stability),
        stability=_stability_frame(solutions, stability).assign(segmentation_id=segmentation_id, method="kmeans"),
        labels=_labels_frame(open_to_all, everyone, centres),
        scales=scales,
        centres={_cluster_id(j): centre.tolist() for j, centre in enumerate(centres)},
    )


def _numbers_to_try(features: pd.DataFrame, scales: Mapping[str, Any], settings: Any) -> tuple[str | None, list[int]]:
    if not settings.challenger and settings.method == "grid":
        return "segments.why_not_asked", []
    most = min(settings.k_max, len(features) // ACCOUNTS_PER_CLUSTER)
    if most < settings.k_min:
        return "segments.why_not_few", []
    different = len(np.unique(scale(features, scales), axis=0)) if scales["criteria"] else 1
    most = min(most, different // 2)
    if most < settings.k_min:
        return "segments.why_not_alike", []
    return None, list(range(settings.k_min, most + 1))


def _fit_rows(n: int, most: int, seed: int) -> np.ndarray:
    if n <= most:
        return np.arange(n)
    return np.sort(generator(seed, "sample").choice(n, most, replace=False))


def _solutions(points: np.ndarray, numbers: list[int], settings: Any, seed: int) -> dict[int, Solution]:
    """Search each number of clusters; the fewest are numbered by revenue, the others like those before."""
    solutions: dict[int, Solution] = {}
    for k in numbers:
        found = search_clusters(points, k, seed, settings.hits, settings.max_searches)
        if solutions:
            labels = relabel(found.labels, solutions[k - 1].labels)
        else:
            labels = np.argsort(np.argsort(-found.centres[:, 0], kind="stable"))[found.labels]
        order = [int(found.labels[np.flatnonzero(labels == j)[0]]) for j in range(k)]
        solutions[k] = Solution(
            labels, found.centres[order], found.inertia, found.n_searches, found.n_found, found.chance_missed
        )
    return solutions


def _search_frame(
    points: np.ndarray, solutions: Mapping[int, Solution], stability: Mapping[int, Stability], scales: Mapping[str, Any]
) -> pd.DataFrame:
    import pandas as pd

    total = ((points - points.mean(axis=0)) ** 2).sum()
    revenue = points[:, scales["criteria"].index(CRITERIA[0])] if CRITERIA[0] in scales["criteria"] else None
    rows = []
    for k, found in solutions.items():
        sizes, agreement = np.bincount(found.labels), stability[k].pairs
        rows.append(
            {
                "n_segments": k,
                "inertia": found.inertia,
                "explained": 1 - found.inertia / total,
                "separation": separation(points, found.labels, found.centres),
                "revenue_explained": 0.0 if revenue is None else explained(revenue, found.labels),
                "n_searches": found.n_searches,
                "n_found": found.n_found,
                "missed_probability": round(found.chance_missed, 6),
                "ari_mean": agreement.mean(),
                "ari_median": np.median(agreement),
                "ari_low": agreement.min(),
                "smallest_n": int(sizes.min()),
                "smallest_share": sizes.min() / sizes.sum(),
            }
        )
    return pd.DataFrame(rows).round(DIGITS)


def _pairs_frame(stability: Mapping[int, Stability]) -> pd.DataFrame:
    import pandas as pd

    frames = [
        pd.DataFrame({"n_segments": k, "pair": np.arange(len(found.pairs)), "ari": found.pairs})
        for k, found in stability.items()
    ]
    return pd.concat(frames, ignore_index=True).round(DIGITS)


def _stability_frame(solutions: Mapping[int, Solution], stability: Mapping[int, Stability]) -> pd.DataFrame:
    import pandas as pd

    rows = []
    for k, found in solutions.items():
        before = solutions.get(k - 1)
        across = kept_across(before.labels, found.labels) if before else np.full(k, np.nan)
        sizes = np.bincount(found.labels)
        mean = stability[k].pairs.mean()
        rows.append((k, "ALL", mean, np.average(stability[k].segments, weights=sizes), np.nan, sizes.sum()))
        rows += [(k, _cluster_id(j), mean, stability[k].segments[j], across[j], sizes[j]) for j in range(k)]
    columns = ["n_segments", "segment_id", "global_ari", "slsw", "slsa", "n_accounts"]
    return pd.DataFrame(rows, columns=columns).round(DIGITS)


def _labels_frame(features: pd.DataFrame, points: np.ndarray, centres: np.ndarray) -> pd.DataFrame:
    import pandas as pd

    clusters = np.array([_cluster_id(j) for j in range(len(centres))])[assign_points(points, centres)]
    return pd.DataFrame({"account_id": features["account_id"].to_numpy(), "cluster_id": clusters})


def _cluster_id(position: int) -> str:
    return f"cluster {position + 1}"
