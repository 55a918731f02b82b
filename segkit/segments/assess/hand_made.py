"""Divisions of accounts in one shape: fitted ones, the grid's parts, columns such as the sales team's ABC.

A rule whose limits come from the data (class A: the largest up to 80 % of revenue) is as unsure as a fitted model, and
is drawn anew in the same way. A column that stands in the data without a rule has nothing that could be drawn anew.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from segkit.segments.assess.known import CUT_TELLS, REPRODUCES, Cuts, best_cuts
from segkit.segments.grid import BY_RULE, assign_grid, grid_cuts
from segkit.segments.methods.assign import assign_labels
from segkit.segments.space import apply_space, criteria_of
from segkit.statistics.clusterings import adjusted_rand
from segkit.statistics.resampling import bootstrap_indices, generator
from segkit.tables import TABLES

if TYPE_CHECKING:
    import pandas as pd

ACTIVE = "active"
MOST_LEVELS = 50  # of a column that is tried as a segmentation
FEWEST = 5  # accounts with a level, below which it goes with the other rare ones
RARE, UNKNOWN = "rare", ""
MONEY_COLUMNS = ("revenue_12m", "revenue_prev_12m", "revenue_total", "frequency_12m")  # what limits are drawn through


@dataclass(frozen=True)
class Division:
    """One way to divide accounts, whoever made it.

    Attributes
    ----------
    method, kind : str
        Its name; accepted, challenger, fitted or hand_made.
    assign : function or None
        From a slice of `account_features` (all its accounts) to a label per row, by the same rule as today; None where
        there is no rule, only today's value.
    today : array or None
        Label per row of today's slice, where that is not what `assign` gives.
    pairs : array or None
        Adjusted Rand of pairs of samples on which it was fitted, or its limits were drawn, anew; None: nothing to draw.
    verdict, note : str or None
        natural, reproducible or constructive; key of the sentence that says why figures are empty.
    """

    method: str
    kind: str
    assign: Callable[[pd.DataFrame], np.ndarray] | None = None
    today: np.ndarray | None = None
    pairs: np.ndarray | None = None
    verdict: str | None = None
    note: str | None = None


def divide_by_fit(
    method: str,
    kind: str,
    space: Mapping[str, Any],
    model: Mapping[str, Any],
    features: pd.DataFrame,
    pairs: np.ndarray | None = None,
    verdict: str | None = None,
) -> Division:
    """Return the division of a fitted model.

    Parameters
    ----------
    method, kind, pairs, verdict
        See `Division`.
    space, model : mapping
        As `space.fit_space` and `Fit.model` have it.
    features : DataFrame
        Today's slice with all criteria joined. Where a criterion is no column of `account_features`, only today's value
        is known: no division of an earlier quarter may be made from it.
    """

    def assign(slice_: pd.DataFrame) -> np.ndarray:
        return assign_labels(apply_space(slice_, space), model)

    if set(criteria_of(space)) <= set(TABLES["account_features"].columns):
        return Division(method, kind, assign, None, pairs, verdict)
    return Division(method, kind, None, assign(features), pairs, verdict, "contest.note_undated")


def divide_by_grid(features: pd.DataFrame, model: Mapping[str, Any], pairs: int, seed: int) -> list[Division]:
    """Return the parts of the grid, class A, B, C and life cycle (new, active, lapsed), and a plain baseline.

    The baseline ranks the accounts by revenue of twelve months and cuts them into as many classes of equal size as the
    accepted model has segments: what anybody could do without a method.

    Parameters
    ----------
    features : DataFrame
        One slice of `account_features`, all accounts.
    model : mapping
        The accepted model with the grid's ``rules``.
    pairs, seed : int
        Pairs of samples on which the limits of the classes are drawn anew; the project's seed. The limits of the life
        cycle are set by people, so no sample moves them.
    """
    rng = generator(seed, "contest", "value_class")
    drawn = [
        _by_class(features, model, grid_cuts(features.iloc[rows], model))
        for rows in bootstrap_indices(len(features), 2 * pairs, rng)
    ]
    return [
        Division("value_class", "hand_made", lambda slice_: _by_class(slice_, model), pairs=_agreement(drawn)),
        Division("life_cycle", "hand_made", lambda slice_: _by_life(slice_, model), note="contest.note_set"),
        *_by_rank(features, model, pairs, seed),
    ]


def _by_rank(features: pd.DataFrame, model: Mapping[str, Any], pairs: int, seed: int) -> list[Division]:
    """Return classes of equal size by revenue; nothing where revenue has too few different values."""
    segments = assign_grid(features, model)["segment_id"].to_numpy(str)
    is_open = ~np.isin(segments, BY_RULE)
    revenue = np.nan_to_num(features["revenue_12m"].to_numpy(float, na_value=np.nan))
    looked = revenue[is_open]
    n_classes = len(model.get("segments", ())) or len(np.unique(segments[is_open]))
    if n_classes < 2 or len(np.unique(looked)) < n_classes:
        return []
    places = np.arange(1, n_classes) / n_classes
    limits = np.unique(np.quantile(looked, places))
    rng = generator(seed, "contest", "revenue_classes")
    drawn = [
        np.searchsorted(np.unique(np.quantile(looked[rows], places)), looked, side="right")
        for rows in bootstrap_indices(len(looked), 2 * pairs, rng)
    ]

    def assign(slice_: pd.DataFrame) -> np.ndarray:
        values = np.nan_to_num(slice_["revenue_12m"].to_numpy(float, na_value=np.nan))
        return np.searchsorted(limits, values, side="right")

    return [Division("revenue_classes", "hand_made", assign, pairs=_agreement(drawn))]


def _by_class(features: pd.DataFrame, model: Mapping[str, Any], cuts: Any = None) -> np.ndarray:
    return assign_grid(features, model, cuts)["value_class"].to_numpy(str)


def _by_life(features: pd.DataFrame, model: Mapping[str, Any]) -> np.ndarray:
    grid = assign_grid(features, model)
    return grid["segment_id"].where(grid["value_class"] == "", ACTIVE).to_numpy(str)


def divide_by_columns(features: pd.DataFrame, known: pd.DataFrame, pairs: int, seed: int) -> list[Division]:
    """Return each known column as a division of its own.

    Parameters
    ----------
    features : DataFrame
        One slice of `account_features`.
    known : DataFrame
        Columns of `accounts` in the order of `features`, of any type. Accounts without a value are a group of their
        own, levels of fewer than five accounts another one. Columns with one level, or with more than 50 that are not
        rare, are left out.
    pairs, seed : int
        As for `divide_by_grid`.

    Notes
    -----
    Where limits of one number (revenue of twelve months, of the twelve before, of all time, or invoices) put 90 % of
    the accounts into the class that the column has, the column is taken for such a rule: its limits are drawn anew on
    samples, and it can be laid over the quarter before. That is the case of most ABC classes.
    """
    divisions = []
    for name in known.columns:
        labels = pool_levels(known[name])
        if not 2 <= len(np.unique(labels)) <= MOST_LEVELS:
            continue
        found = _as_rule(features, labels)
        if found is None:
            divisions.append(Division(name, "hand_made", None, labels, None, None, "contest.note_column"))
            continue
        number, cuts, levels = found
        drawn = _draw_limits(features[number].to_numpy(float, na_value=np.nan), labels, len(levels), pairs, seed, name)
        rule = _rule(number, cuts, levels)
        divisions.append(Division(name, "hand_made", rule, labels, drawn, None, f"contest.note_cut_{number}"))
    return divisions


def pool_levels(column: pd.Series) -> np.ndarray:
    """Return levels as text; rare ones together, and the empty text where there is no value."""
    text = column.astype(object).where(column.notna(), UNKNOWN).astype(str)
    counts = text.map(text.value_counts())
    return text.where((counts >= FEWEST) | (text == UNKNOWN), RARE).to_numpy(str)


def _as_rule(features: pd.DataFrame, labels: np.ndarray) -> tuple[str, Cuts, np.ndarray] | None:
    """Return the number, limits and levels that give a column back; None without any."""
    is_in = labels != UNKNOWN
    levels, codes = np.unique(labels[is_in], return_inverse=True)
    if len(levels) < 2:
        return None
    without = np.bincount(codes).max() / len(codes)
    best: tuple[float, str, Cuts] | None = None
    for number in MONEY_COLUMNS:
        values = np.nan_to_num(features[number].to_numpy(float, na_value=np.nan)[is_in]) if number in features else None
        if values is None or np.ptp(values) == 0:
            continue
        cuts = best_cuts(values, codes, len(levels))
        told = float((cuts.assign(values) == codes).mean())
        if best is None or told > best[0]:
            best = (told, number, cuts)
    if best is None or best[0] < CUT_TELLS or best[0] - without < REPRODUCES * (1 - without):
        return None
    return best[1], best[2], levels


def _rule(number: str, cuts: Cuts, levels: np.ndarray) -> Callable[[pd.DataFrame], np.ndarray]:
    return lambda slice_: levels[cuts.assign(np.nan_to_num(slice_[number].to_numpy(float, na_value=np.nan)))]


def _draw_limits(values: np.ndarray, labels: np.ndarray, most: int, pairs: int, seed: int, name: str) -> np.ndarray:
    """Return the adjusted Rand of pairs of rules whose limits were drawn from samples of the accounts with a value."""
    values = np.nan_to_num(values)
    is_in = np.flatnonzero(labels != UNKNOWN)
    codes = np.unique(labels[is_in], return_inverse=True)[1]
    rng = generator(seed, "contest", name)
    drawn = [
        best_cuts(values[is_in[rows]], codes[rows], most).assign(values)
        for rows in bootstrap_indices(len(is_in), 2 * pairs, rng)
    ]
    return _agreement(drawn)


def _agreement(drawn: list[np.ndarray]) -> np.ndarray:
    return np.array([adjusted_rand(a, b) for a, b in zip(drawn[::2], drawn[1::2], strict=True)])
