"""Which criteria are chosen, with which weight, and why each is in or out: the table `criteria`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from segkit.criteria.catalogue import criteria_catalogue
from segkit.criteria.evidence import Evidence
from segkit.criteria.ratings import rate_criteria

if TYPE_CHECKING:
    import pandas as pd

    from segkit.settings.account_segmentation import AccountSegmentation
    from segkit.settings.criteria import CriteriaSettings
    from segkit.settings.goals import Goal
    from segkit.settings.segmentations import Segmentations

DIGITS = 12
HIGHEST = 5
GRID_USES = ("revenue_12m", "revenue_change", "days_since_last", "tenure_days")  # stages share no code: so here too


def find_used(segmentation: AccountSegmentation) -> tuple[str, ...] | None:
    """Return the criteria that the accepted segmentation is made of; None: whatever is chosen here."""
    if segmentation.method == "grid":
        return GRID_USES
    return None if segmentation.criteria == "chosen" else tuple(segmentation.criteria)


def list_asked(segmentations: Segmentations, models: Iterable[Mapping[str, Any] | None]) -> list[str]:
    """Return the criteria that segmentations of accounts and their rules name in the settings, and those in force."""
    asked: list[str] = []
    for entry in segmentations.by_id.values():
        criteria = getattr(entry, "criteria", "chosen")
        asked += [] if criteria == "chosen" else list(criteria)
        asked += [column for rule in getattr(entry, "rules", []) for column in rule.columns]
    return [*dict.fromkeys([*asked, *(name for model in models if model for name in model.get("criteria", {}))])]


def select_criteria(
    evidence: Evidence,
    settings: CriteriaSettings,
    goals: list[Goal],
    decisions: pd.DataFrame,
    used: tuple[str, ...] | None,
) -> pd.DataFrame:
    """Return the table `criteria`: ratings, evidence, weights, the choice and its reason, in the catalogue's order.

    Parameters
    ----------
    evidence : Evidence
        What the data say (`measure_evidence`).
    settings : CriteriaSettings
        What a criterion needs to be chosen, and what its weight is made of.
    goals : list of Goal
        The project's goals; without any every criterion serves them alike.
    decisions : DataFrame
        decisions/criteria.csv.
    used : tuple of str or None
        Criteria that the accepted segmentation is made of (`find_used`).
    """
    import pandas as pd

    catalogue = criteria_catalogue()
    fields = ("name_de", "name_en", "family", "nest", "level", "is_sensitive")
    described = pd.DataFrame(
        [[getattr(criterion, field) for field in fields] for criterion in catalogue.values()],
        index=pd.Index(list(catalogue), name="criterion_id"),
        columns=list(fields),
    )
    table = described.assign(number=range(1, len(described) + 1), is_used=described.index.isin(used or ()))
    table = table.join(rate_criteria(decisions)).join(evidence.table.set_index("criterion_id"))
    table = table.assign(goal_weight=weigh_goals(goals))
    table = table.assign(score=_scores(table, settings, bool(goals)))
    reasons, rivals, strengths = _choose(table, evidence.association, settings)
    is_selected = np.array([reason in ("criteria.chosen", "criteria.chosen_by_hand") for reason in reasons])
    weight = np.where(is_selected, table["score"].fillna(0), 0.0)
    shares = weight / weight.sum() if weight.sum() > 0 else is_selected / max(is_selected.sum(), 1)
    chosen = {"reason": reasons, "rival": rivals, "rival_association": strengths, "is_selected": is_selected}
    table = table.assign(weight=shares.round(DIGITS), **chosen)
    return (table.assign(is_used=is_selected) if used is None else table).reset_index()


def weigh_goals(goals: list[Goal]) -> list[float]:
    """Return for each criterion of the catalogue the share of the goals whose KPI it serves; 1 without goals."""
    if not goals:
        return [1.0] * len(criteria_catalogue())
    return [
        round(sum(goal.kpi in criterion.serves for goal in goals) / len(goals), DIGITS)
        for criterion in criteria_catalogue().values()
    ]


def _scores(table: pd.DataFrame, settings: CriteriaSettings, has_goals: bool) -> np.ndarray:
    """Return the weight before the choice, 0 to 1: the weighted mean of relevance, goals and power.

    A part that says nothing for any criterion (no goals, no history) is left out; a criterion alone without power has
    none.
    """
    parts = [(settings.parts.relevance, (table["relevance"] - 1) / (HIGHEST - 1))]
    if has_goals:
        parts.append((settings.parts.goals, table["goal_weight"]))
    if table["power_low"].notna().any():
        parts.append((settings.parts.power, table["power_low"].fillna(0.0).clip(0, 1)))
    total = sum(weight for weight, _ in parts)
    if not total:
        return np.full(len(table), 1.0)
    return sum(weight * part for weight, part in parts).to_numpy(float).round(DIGITS) / total


def _choose(
    table: pd.DataFrame, association: pd.DataFrame, settings: CriteriaSettings
) -> tuple[list[str], list[str | None], list[float]]:
    """Return reason, rival (the chosen criterion that says the same) and the association with it, row by row.

    Greedy: those that people want first, then by weight, the easier one first among equals.
    """
    reasons = dict(zip(table.index, _exclusions(table, settings), strict=True))
    rivals: dict[str, tuple[str, float]] = {}
    by_hand = [name for name in table.index if reasons[name] == "criteria.chosen_by_hand"]
    chosen = list(by_hand)
    order = table.sort_values(["score", "ease", "number"], ascending=[False, False, True]).index
    for name in order:
        if reasons[name]:
            continue
        strengths = association.loc[name, chosen].dropna()
        if len(strengths) and strengths.max() > settings.max_redundancy:
            reasons[name], rivals[name] = "criteria.redundant", (str(strengths.idxmax()), float(strengths.max()))
        elif len(chosen) >= settings.n_selected:
            reasons[name] = "criteria.enough"
        else:
            reasons[name] = "criteria.chosen"
            chosen.append(name)
    nothing: tuple[None, float] = (None, np.nan)
    found = [rivals.get(name, nothing) for name in table.index]
    return [reasons[name] for name in table.index], [rival for rival, _ in found], [strength for _, strength in found]


def _exclusions(table: pd.DataFrame, settings: CriteriaSettings) -> np.ndarray:
    """Return why a criterion is in or out whatever its weight; empty text where its weight decides."""
    tests = {
        "criteria.missing": ~table["is_available"],
        "criteria.chosen_by_hand": table["choice"] == "in",
        "criteria.out_by_hand": table["choice"] == "out",
        "criteria.sensitive": table["is_sensitive"],
        "criteria.proxy": table["proxy_for"].notna(),
        "criteria.gaps": table["coverage"] < settings.min_coverage,
        "criteria.old": table["age_days"] > settings.max_age_days,
        "criteria.one_group": table["spread"] < settings.min_spread,
        "criteria.unstable": table["stability"] < settings.min_stability,
    }
    return np.select(list(tests.values()), list(tests), default="")
