"""The accepted model: plain JSON, kept from quarter to quarter; a refit is the exception, and keeps identities."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from segkit.quarters import Quarter
from segkit.segments.challenger import Challenger
from segkit.segments.criteria_values import read_groups
from segkit.segments.grid import BY_RULE, GRID_SEGMENTS, Cuts, assign_grid, grid_rules
from segkit.segments.hand_rules import OTHER, apply_rules, name_columns
from segkit.segments.identity import name_clusters
from segkit.segments.methods.assign import assign_labels
from segkit.segments.space import apply_space

if TYPE_CHECKING:
    import pandas as pd

RULED = ("grid", "rules")
QUARTERS_PER_YEAR = 4


@dataclass(frozen=True)
class Accepted:
    """The model in force, `why` (first, kept, changed, adopted, yearly, always), and where new segments came from."""

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
    adopted: Mapping[str, Any] | None = None,
    segmentation_id: str = "value",
) -> Accepted:
    """Return the model with which this quarter's accounts are assigned.

    Parameters
    ----------
    features : DataFrame
        This quarter's slice of `account_features`, with the criteria joined.
    kept : mapping or None
        The model of the previous run; None in the first run.
    challenger : Challenger
        This quarter's clusters; they become the model where the method is a fitted one and a (re)fit is due.
    settings : AccountSegmentation
        method, refit, n_segments and the thresholds: a threshold that a person changed holds at once.
    quarter : Quarter
        The quarter of the run.
    known_ids : iterable of str
        All segment ids of the register; none is ever given to another segment.
    adopted : mapping, optional
        What somebody took over by `segkit adopt` (decisions/models): adoption_id, quarter, source, by, date, note,
        model. It holds once, from the run that first sees it, and is then the kept model.
    segmentation_id : str
        Whose model it is.
    """
    rules = grid_rules(settings)
    adoption_id = adopted["adoption_id"] if adopted else None
    base: dict[str, Any] = {
        "segmentation_id": segmentation_id,
        "rules": rules,
        "fitted_quarter": str(quarter),
        "adoption_id": adoption_id,
    }
    if settings.method not in RULED:
        base["asked"] = _asked(settings)
    if adopted and _is_due(adopted, kept, settings):
        return _adopt(features, kept, adopted, base, known_ids)
    is_fitted = kept is not None and "fit" in kept
    if settings.method in RULED or challenger.why_not and not is_fitted:
        return _accept_rules(base, kept, settings)
    why = _why_refit(kept, settings, quarter)
    if kept is not None and (why is None or challenger.why_not):
        held = dict(kept) | {"rules": rules, "adoption_id": adoption_id, "segmentation_id": segmentation_id}
        return Accepted(held, "kept" if kept["rules"] == rules else "changed")
    names, came_from = _identities(features, kept, challenger.labels, challenger.cluster_ids, known_ids)
    return Accepted(base | challenger.as_model(names), why or "always", came_from)


def _accept_rules(base: dict[str, Any], kept: Mapping[str, Any] | None, settings: Any) -> Accepted:
    """Return the grid or the hand-made rules of the settings; they are the model, so only a person can change it."""
    model = base | {"method": "grid"}
    if settings.method == "rules":
        rules = [rule.model_dump() for rule in settings.rules]
        columns = dict.fromkeys((name for rule in rules for name in name_columns(rule["when"])), 1.0)
        ids = [*(rule["id"] for rule in rules), OTHER]
        model |= {"method": "rules", "hand_rules": rules, "segments": ids, "criteria": columns}
    if kept is None:
        return Accepted(model, "first")
    if all(kept.get(name) == model.get(name) for name in ("method", "rules", "hand_rules")):
        return Accepted(model | {"fitted_quarter": kept["fitted_quarter"]}, "kept")
    return Accepted(model, "changed")


def _asked(settings: Any) -> dict[str, Any]:
    """Return the settings a change of which asks for another fit: what tells accounts apart, and limits."""
    given = settings.criteria
    criteria = dict.fromkeys(given, 1.0) if isinstance(given, list) else given
    return {"criteria": criteria} | {name: getattr(settings, name) for name in ("weigh_by", "min_share", "max_share")}


def _why_refit(kept: Mapping[str, Any] | None, settings: Any, quarter: Quarter) -> str | None:
    """Return why a model is to be fitted; None where the kept one holds."""
    if kept is None:
        return "first"
    if kept["method"] != settings.method or settings.n_segments not in (None, len(kept["segments"])):
        return "changed"
    if kept.get("asked", _asked(settings)) != _asked(settings):  # a model of an earlier version does not say
        return "changed"
    age = quarter - QUARTERS_PER_YEAR >= Quarter.parse(kept["fitted_quarter"], quarter.first_month)
    if settings.refit == "always" or settings.refit == "yearly" and age:
        return settings.refit
    return None


def _is_due(adopted: Mapping[str, Any], kept: Mapping[str, Any] | None, settings: Any) -> bool:
    """Return whether an adoption is to be taken over now: not taken yet, and project.yml still asks for its method."""
    model = adopted["model"]
    if (kept or {}).get("adoption_id") == adopted["adoption_id"] or model["method"] != settings.method:
        return False
    return "fit" not in model or settings.n_segments in (None, len(model["segments"]))


def _adopt(features: pd.DataFrame, kept, adopted: Mapping[str, Any], base: dict[str, Any], known_ids) -> Accepted:
    """Return the adopted model, its segments named after those that they continue."""
    import pandas as pd

    told = {name: adopted[name] for name in ("quarter", "source", "by", "date", "note")}
    model = adopted["model"]
    if "fit" not in model:
        return Accepted(dict(model) | base | {"adopted": told}, "adopted")
    clusters = list(model["segments"])
    placed = assign_segments(features, base | dict(model))
    open_to_all = placed[~placed["segment_id"].isin(BY_RULE)]
    labels = pd.DataFrame({"account_id": open_to_all["account_id"], "cluster_id": open_to_all["segment_id"]})
    names, came_from = _identities(features, kept, labels, clusters, known_ids)
    typical = {name: model["typical"][cluster] for name, cluster in zip(names, clusters, strict=True)}
    fitted = {"fitted_quarter": model["fitted_quarter"], "segments": names, "typical": typical, "adopted": told}
    return Accepted(dict(model) | base | fitted, "adopted", came_from)


def _identities(
    features: pd.DataFrame,
    kept: Mapping[str, Any] | None,
    labels: pd.DataFrame,
    clusters: list[str],
    known_ids: Iterable[str],
) -> tuple[list[str], dict[str, str]]:
    """Name each cluster: the id of the fitted segment it continues, or an id that no segment ever had."""
    if kept is None or not len(labels):
        return name_clusters(None, labels["cluster_id"].to_numpy(), clusters, known_ids)
    members = features.set_index("account_id").loc[labels["account_id"]].reset_index()
    old = assign_segments(members, kept)["segment_id"].to_numpy()
    return name_clusters(old, labels["cluster_id"].to_numpy(), clusters, known_ids, "fit" in kept)


def assign_segments(features: pd.DataFrame, model: Mapping[str, Any], cuts: Cuts | None = None) -> pd.DataFrame:
    """Return the segment of each account by an accepted model.

    Parameters
    ----------
    features : DataFrame
        One slice of `account_features`, any as_of, with the model's criteria joined (`criteria_values`).
    model : mapping
        As `accept_model` returns it, or read back from JSON.
    cuts : Cuts, optional
        Limits in money for KEY, A and B; by default those of this slice, which must then be all accounts.

    Returns
    -------
    DataFrame
        account_id, segment_id, method: rule (KEY, DORMANT), grid, rules or the fitted method; rows as they came.
    """
    grid = assign_grid(features, model, cuts)
    segment, is_rule = grid["segment_id"].to_numpy(), grid["segment_id"].isin(BY_RULE).to_numpy()
    if model["method"] == "rules":
        segment = np.where(is_rule, segment, apply_rules(features, model["hand_rules"]))
    elif "fit" in model:
        ids = np.array(model["segments"])
        labels = assign_labels(apply_space(features, model["space"], groups=read_groups(features)), model["fit"])
        segment = np.where(is_rule, segment, ids[labels])
    return grid[["account_id"]].assign(segment_id=segment, method=np.where(is_rule, "rule", model["method"]))


def segment_ids(model: Mapping[str, Any]) -> list[str]:
    """Return the ids of all segments a model can give, in their order: KEY first, DORMANT last."""
    if model["method"] == "grid":
        return list(GRID_SEGMENTS)
    return [BY_RULE[0], *model["segments"], BY_RULE[1]]
