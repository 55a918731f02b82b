"""The accepted model: plain JSON, kept from quarter to quarter; a refit is the exception, and keeps identities."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from segkit.quarters import Quarter
from segkit.segments.challenger import Challenger
from segkit.segments.grid import BY_RULE, GRID_SEGMENTS, Cuts, assign_grid, grid_rules
from segkit.segments.scales import scale
from segkit.segments.search import assign_points
from segkit.statistics.clusterings import contingency, match

if TYPE_CHECKING:
    import pandas as pd

SAME_SEGMENT = 1 / 3  # Jaccard overlap from which a refitted cluster continues a segment
QUARTERS_PER_YEAR = 4


@dataclass(frozen=True)
class Accepted:
    """The model in force, `why` (first, kept, changed, yearly, always), and of which segment each new one came."""

    model: dict[str, Any]
    why: str
    came_from: dict[str, str] = field(default_factory=dict)


def accept_model(
    features: pd.DataFrame,
    kept: Mapping[str, Any] | None,
    challenger: Challenger,
    settings: Any,
    quarter: Quarter,
    known_ids: Iterable[str] = (),
) -> Accepted:
    """Return the model with which this quarter's accounts are assigned.

    Parameters
    ----------
    features : DataFrame
        This quarter's slice of `account_features`.
    kept : mapping or None
        The model of the previous run; None in the first run.
    challenger : Challenger
        This quarter's clusters; they become the model where method is kmeans and a (re)fit is due.
    settings : ValueSegmentation
        method, refit, n_segments and the thresholds: a threshold that a person changed holds at once.
    quarter : Quarter
        The quarter of the run.
    known_ids : iterable of str
        All segment ids of the register; none is ever given to another segment.
    """
    rules = grid_rules(settings)
    base: dict[str, Any] = {"segmentation_id": "value", "rules": rules, "fitted_quarter": str(quarter)}
    has_clusters = kept is not None and kept["method"] == "kmeans"
    if settings.method == "grid" or challenger.why_not and not has_clusters:
        return _accept_grid(base, kept)
    why = _why_refit(kept, settings, quarter)
    if kept is not None and (why is None or challenger.why_not):
        return Accepted(dict(kept) | {"rules": rules}, "kept" if kept["rules"] == rules else "changed")
    names, came_from = _identities(features, kept, challenger, known_ids)
    centres = {names[cluster]: centre for cluster, centre in challenger.centres.items()}
    model = base | {"method": "kmeans", "scales": challenger.scales, "centres": centres}
    return Accepted(model, why or "always", came_from)


def _accept_grid(base: dict[str, Any], kept: Mapping[str, Any] | None) -> Accepted:
    """Return the grid with the thresholds of the settings; they are its model, so only a person can change it."""
    grid = base | {"method": "grid"}
    if kept is None:
        return Accepted(grid, "first")
    if kept["method"] == "grid" and kept["rules"] == base["rules"]:
        return Accepted(grid | {"fitted_quarter": kept["fitted_quarter"]}, "kept")
    return Accepted(grid, "changed")


def _why_refit(kept: Mapping[str, Any] | None, settings: Any, quarter: Quarter) -> str | None:
    if kept is None:
        return "first"
    if kept["method"] != "kmeans" or settings.n_segments not in (None, len(kept["centres"])):
        return "changed"
    age = quarter - QUARTERS_PER_YEAR >= Quarter.parse(kept["fitted_quarter"], quarter.first_month)
    if settings.refit == "always" or settings.refit == "yearly" and age:
        return settings.refit
    return None


def _identities(features, kept, challenger: Challenger, known_ids: Iterable[str]):
    """Name each cluster: the id of the kept segment it continues, or an id that no segment ever had."""
    clusters = list(challenger.centres)
    continued: dict[str, str] = {}
    came_from: dict[str, str] = {}
    if kept is not None:
        members = features.set_index("account_id").loc[challenger.labels["account_id"]].reset_index()
        old = assign_segments(members, kept)["segment_id"].to_numpy()
        new = challenger.labels["cluster_id"].to_numpy()
        if kept["method"] == "kmeans":
            pairs = match(old, new, least=SAME_SEGMENT)
            continued = {cluster: old_id for cluster, old_id in pairs.items() if old_id not in BY_RULE}
        most = np.unique(old)[contingency(new, old).argmax(axis=1)]
        came_from = dict(zip(np.unique(new).tolist(), most.tolist(), strict=True))
    numbers = _free_numbers({*known_ids, *continued.values()})
    names = {cluster: continued.get(cluster) or f"C{next(numbers)}" for cluster in clusters}
    return names, {names[c]: came_from[c] for c in clusters if c not in continued and c in came_from}


def _free_numbers(ids: set[str]):
    used = [int(i[1:]) for i in ids if i[:1] == "C" and i[1:].isdigit()]
    number = max(used, default=0)
    while True:
        number += 1
        yield number


def assign_segments(features: pd.DataFrame, model: Mapping[str, Any], cuts: Cuts | None = None) -> pd.DataFrame:
    """Return the segment of each account by an accepted model.

    Parameters
    ----------
    features : DataFrame
        One slice of `account_features`, any as_of.
    model : mapping
        As `accept_model` returns it, or read back from JSON.
    cuts : Cuts, optional
        Limits in money for KEY, A and B; by default those of this slice, which must then be all accounts.

    Returns
    -------
    DataFrame
        account_id, segment_id, method: rule (KEY, DORMANT), grid or kmeans; rows as they came.
    """
    grid = assign_grid(features, model, cuts)
    segment, is_rule = grid["segment_id"].to_numpy(), grid["segment_id"].isin(BY_RULE).to_numpy()
    if model["method"] == "kmeans":
        ids = np.array(list(model["centres"]))
        nearest = assign_points(scale(features, model["scales"]), np.array(list(model["centres"].values())))
        segment = np.where(is_rule, segment, ids[nearest])
    return grid[["account_id"]].assign(segment_id=segment, method=np.where(is_rule, "rule", model["method"]))


def segment_ids(model: Mapping[str, Any]) -> list[str]:
    """Return the ids of all segments a model can give, in their order: KEY first, DORMANT last."""
    if model["method"] == "grid":
        return list(GRID_SEGMENTS)
    return [BY_RULE[0], *model["centres"], BY_RULE[1]]
