"""The challenger found, judged and chosen: every measure of how many segments and how sure, in tables."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from segkit.segments.assess.equal_value import describe_near_equal, summarise_near_equal
from segkit.segments.assess.flows import trace_flows
from segkit.segments.assess.near_equal import find_near_equal
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
    equals = {
        k: find_near_equal(challenger.sample, challenger.fit, fit, settings.near_equal, seed)
        for k, fit in challenger.fits.items()
    }
    search = search.merge(summarise_near_equal(equals), on="n_segments", how="left")
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
    tables = {
        "cluster_search": search,
        "segment_stability": tabulate_stability(challenger, {}),
        **describe_near_equal(equals, k, challenger.features, challenger.cluster_ids),
        "segment_flows": trace_flows(
            {number: fit.labels for number, fit in challenger.fits.items()}, add_churn(challenger.features, known.value)
        ),
    }
    tables = {name: frame.assign(segmentation_id=segmentation_id) for name, frame in tables.items()}
    return challenger, {name: in_order(frame, name) for name, frame in tables.items()}


def in_order(frame: pd.DataFrame, name: str) -> pd.DataFrame:
    """Return a frame with all columns of its table, those that it has beside them last."""
    own = list(TABLES[name].columns)
    wanted = [column for column in own if column != "is_contactable"]
    return frame.reindex(columns=[*wanted, *(column for column in frame if column not in own)])


def add_churn(features: pd.DataFrame, value: pd.DataFrame | None) -> pd.DataFrame:
    """Return the accounts' features with the churn probability of table `account_value`, where it is known."""
    if value is None or "churn_probability" not in value:
        return features
    churn = value.set_index("account_id")["churn_probability"]
    return features.assign(churn_probability=features["account_id"].map(churn).to_numpy())


def _descriptors(challenger: Challenger, settings: Any, known: Any) -> pd.DataFrame | None:
    """Return the known columns of the fitted accounts, in their order."""
    if known.accounts is None:
        return None
    columns = [name for name in settings.known_columns if name in known.accounts]
    rows = known.accounts.set_index("account_id")[columns]
    return rows.reindex(challenger.features["account_id"]).reset_index(drop=True)
