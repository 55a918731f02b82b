"""The challenger found, judged and chosen: every measure of how many segments and how sure, in tables."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from segkit.segments.challenger import Challenger, fit_challenger, place_accounts
from segkit.segments.choice import choose_number, judge
from segkit.segments.criteria_values import resolve_criteria
from segkit.segments.grid import grid_rules
from segkit.segments.optimise import means
from segkit.segments.search_table import tabulate_search, tabulate_stability
from segkit.tables import TABLES

if TYPE_CHECKING:
    import pandas as pd


def assess_challenger(
    features: pd.DataFrame, settings: Any, seed: int, known: Any, segmentation_id: str = "value"
) -> tuple[Challenger, dict[str, pd.DataFrame]]:
    """Return the challenger with its number chosen, and the tables that say how sure it is.

    Parameters
    ----------
    features : DataFrame
        One slice of `account_features`, with the criteria joined.
    settings : ValueSegmentation
        settings.segmentations.value.
    seed : int
        The project's seed.
    known : Known
        accounts, criteria, value.
    """
    criteria = resolve_criteria(settings, known.criteria)
    rules = grid_rules(settings)
    challenger = fit_challenger(features, rules, settings, seed, criteria)
    if challenger.why_not:
        return challenger, {}
    search = tabulate_search(challenger, _descriptors(challenger, settings, known))
    k, reason = choose_number(search, settings.smallest_share, settings.n_segments)
    challenger = place_accounts(challenger, features, rules, k)
    points, labels = challenger.sample.points, challenger.chosen.labels
    is_in = labels >= 0
    centres = means(points[is_in], labels[is_in], k)
    ari = float(search.loc[search["n_segments"] == k, "ari_mean"].iloc[0])
    verdict = judge(points[is_in], labels[is_in], centres, ari, seed)
    is_chosen = search["n_segments"] == k
    search = search.assign(is_chosen=is_chosen)
    search["reason"], search["verdict"] = np.where(is_chosen, reason, ""), np.where(is_chosen, verdict, "")
    tables = {"cluster_search": search, "segment_stability": tabulate_stability(challenger, {})}
    tables = {name: frame.assign(segmentation_id=segmentation_id) for name, frame in tables.items()}
    return challenger, {name: frame.reindex(columns=TABLES[name].columns) for name, frame in tables.items()}


def _descriptors(challenger: Challenger, settings: Any, known: Any) -> pd.DataFrame | None:
    """Return the known columns of the fitted accounts, in their order."""
    if known.accounts is None:
        return None
    columns = [name for name in settings.known_columns if name in known.accounts]
    rows = known.accounts.set_index("account_id")[columns]
    return rows.reindex(challenger.features["account_id"]).reset_index(drop=True)
