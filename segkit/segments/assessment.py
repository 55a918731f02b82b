"""The challenger found, judged and chosen: every measure of how many segments and how sure, in tables."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import numpy as np

from segkit.segments.assess.choice import USUAL, choose_number
from segkit.segments.assess.equal_value import describe_near_equal, summarise_near_equal
from segkit.segments.assess.flows import trace_flows
from segkit.segments.assess.indices import measure_indices
from segkit.segments.assess.known import find_known
from segkit.segments.assess.near_equal import NearEqual, find_near_equal
from segkit.segments.assess.parts import split_instability
from segkit.segments.assess.tendency import measure_tendency
from segkit.segments.assess.verdict import judge, temper_verdicts
from segkit.segments.challenger import Challenger, fit_challenger, place_accounts
from segkit.segments.criteria_values import resolve_criteria
from segkit.segments.grid import assign_grid, grid_rules
from segkit.segments.search_table import tabulate_search, tabulate_stability
from segkit.segments.space import criteria_of
from segkit.tables import TABLES

if TYPE_CHECKING:
    import pandas as pd

FEWEST_PAIRS = 5


def assess_challenger(
    features: pd.DataFrame, settings: Any, seed: int, known: Any, segmentation_id: str = "value"
) -> tuple[Challenger, dict[str, pd.DataFrame]]:
    """Return the challenger with its number chosen, and the tables that say how sure it is.

    Parameters
    ----------
    features : DataFrame
        One slice of `account_features`, with the criteria joined.
    settings : AccountSegmentation
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
    search = tabulate_search(challenger, read_known(settings, known, challenger.features["account_id"]))
    indices = measure_indices(challenger.sample, challenger.fits, seed)
    equals = _find_equals(challenger, settings, seed)
    search = search.merge(indices, on="n_segments", how="left")
    search = search.merge(summarise_near_equal(equals), on="n_segments", how="left")
    k, reason = choose_number(search, settings)
    challenger = place_accounts(challenger, features, rules, k)
    search = search.assign(
        is_chosen=search["n_segments"] == k,
        reason=np.where(search["n_segments"] == k, reason, ""),
        verdict=[judge(challenger.sample, fit, challenger.stability[n], seed) for n, fit in challenger.fits.items()],
    )
    search["verdict"] = temper_verdicts(search)
    tables = {
        "cluster_search": search,
        "tendency": measure_tendency(challenger.sample, seed, indices),
        **_tables_of_fits(challenger, settings, seed, known, assign_grid(features, {"rules": rules})),
        **describe_near_equal(equals, k, challenger.features, challenger.cluster_ids, segmentation_id),
    }
    tables = {name: frame.assign(segmentation_id=segmentation_id) for name, frame in tables.items()}
    return challenger, {name: in_order(frame, name) for name, frame in tables.items()}


def _find_equals(challenger: Challenger, settings: Any, seed: int) -> dict[int, NearEqual]:
    """Return the equally good divisions: of k-means at every number, of slower methods at those that may be chosen."""
    numbers = list(challenger.fits)
    if challenger.method != "kmeans":
        numbers = [k for k in numbers if USUAL[0] <= k <= USUAL[1] or k == settings.n_segments] or numbers
    fits = challenger.fits
    return {k: find_near_equal(challenger.sample, challenger.fit, fits[k], settings.near_equal, seed) for k in numbers}


def _tables_of_fits(
    challenger: Challenger, settings: Any, seed: int, known: Any, grid: pd.DataFrame
) -> dict[str, pd.DataFrame]:
    """Return what all numbers of segments say together: stability, flows, known columns."""
    features, k = challenger.features, challenger.n_segments
    labels_by_k = {number: fit.labels for number, fit in challenger.fits.items()}
    pairs, size = max(FEWEST_PAIRS, settings.bootstrap_pairs // 2), settings.bootstrap_accounts
    parts = {k: split_instability(challenger.sample, challenger.fit, challenger.chosen, pairs, seed, size)}
    columns = _of_grid(grid, features["account_id"])
    others = read_known(settings, known, features["account_id"])
    columns = columns if others is None else columns.join(others)
    criteria = features[[name for name in criteria_of(challenger.space) if name in features]]
    return {
        "segment_stability": tabulate_stability(challenger, parts),
        "segment_flows": trace_flows(labels_by_k, add_churn(features, known.value)),
        "known_columns": find_known(labels_by_k, columns, criteria),
    }


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


def _of_grid(grid: pd.DataFrame, account_ids: Iterable[str]) -> pd.DataFrame:
    """Return the ABC class and the stage of life by the rules, for these accounts in their order."""
    rows = grid.set_index("account_id").loc[list(account_ids)].reset_index(drop=True)
    has_class = rows["value_class"] != ""
    life_cycle = rows["segment_id"].where(~has_class, "active")
    return rows[[]].assign(value_class=rows["value_class"].where(has_class), life_cycle=life_cycle)


def read_known(settings: Any, known: Any, account_ids: Iterable[str]) -> pd.DataFrame | None:
    """Return the columns that everybody knows, for these accounts in their order; None without a table of accounts."""
    if known.accounts is None:
        return None
    columns = [name for name in settings.known_columns if name in known.accounts]
    return known.accounts.set_index("account_id")[columns].reindex(account_ids).reset_index(drop=True)
