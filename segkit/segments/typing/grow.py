"""A small decision tree whose leaves are conditions that a person can read and any system can apply."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from segkit.segments.typing.conditions import Condition, holds
from segkit.segments.typing.fields import Encoded

if TYPE_CHECKING:
    import pandas as pd

DIGITS = 6


@dataclass(frozen=True)
class Leaf:
    """One case of the rule: the condition, and how many training accounts of each segment fulfil it."""

    when: Condition
    counts: np.ndarray


def fit_tree(matrix: np.ndarray, codes: np.ndarray, most_leaves: int, least: int) -> Any:
    """Return a fitted scikit-learn tree (Gini, best leaf first); missing numbers take the side that tells more.

    Gini impurity: Breiman, Friedman, Olshen and Stone (1984).
    """
    from sklearn.tree import DecisionTreeClassifier

    tree = DecisionTreeClassifier(max_leaf_nodes=most_leaves, min_samples_leaf=least, random_state=0)
    return tree.fit(matrix, codes)


def leaf_shares(counts: np.ndarray, prior: np.ndarray, weight: float) -> np.ndarray:
    """Return the chances of the segments in a leaf: its counts, and `weight` accounts of the average mix beside them.

    Cestnik (1990): the m-estimate. A leaf was chosen because its accounts look pure; on new accounts it is less so.
    """
    return (counts + weight * prior) / (counts.sum(axis=-1, keepdims=True) + weight)


def out_of_fold(matrix: np.ndarray, codes: np.ndarray, folds: np.ndarray, size: tuple[int, int, int]) -> np.ndarray:
    """Return counts of the leaf that each account falls into, in trees that never saw it.

    Parameters
    ----------
    matrix, codes : array
        Fields as `encode` gives them; segments as numbers.
    folds : array
        Fold of each account.
    size : tuple
        most_leaves, least accounts in a leaf, number of segments.

    Returns
    -------
    array
        n × segments; a last column would be redundant: the row sums are the sizes of the leaves.
    """
    most_leaves, least, n_segments = size
    found = np.zeros((len(codes), n_segments))
    for fold in np.unique(folds):
        train, test = folds != fold, folds == fold
        tree = fit_tree(matrix[train], codes[train], most_leaves, least)
        values = np.zeros((tree.tree_.node_count, n_segments))
        values[:, tree.classes_] = tree.tree_.value[:, 0, :] * tree.tree_.n_node_samples[:, None]
        found[test] = values[tree.apply(matrix[test])]
    return found


def read_leaves(tree: Any, encoded: Encoded, columns: Sequence[int], known: pd.DataFrame, codes: np.ndarray,
                kinds: Mapping[str, str], n_segments: int) -> list[Leaf]:  # fmt: skip
    """Return the leaves of a tree as conditions, with limits as round as the accounts allow.

    Parameters
    ----------
    tree : DecisionTreeClassifier
        Fitted on ``encoded.matrix[:, columns]``.
    known : DataFrame
        The accounts it was fitted on, a column per field: every condition is counted on them anew.

    Notes
    -----
    A number that no account lacked is asked for: an account without it fulfils no leaf and stays unsure.
    """
    inner = tree.tree_
    leaves: list[Leaf] = []

    def descend(node: int, path: dict[str, Any]) -> None:
        if inner.children_left[node] < 0:
            when = {"all": [part for name, at in path.items() for part in _say(name, at)]}
            hit = holds(known, when, kinds)
            leaves.append(Leaf(when, np.bincount(codes[hit], minlength=n_segments)))
            return
        column = columns[inner.feature[node]]
        values, threshold = encoded.matrix[:, column], inner.threshold[node]
        asks, side = encoded.asks[column], bool(inner.missing_go_to_left[node])
        is_ever_missing = np.isnan(values).any()
        limit = _round_limit(values, threshold)
        for child, is_left in ((inner.children_left[node], True), (inner.children_right[node], False)):
            descend(child, _narrow(path, asks, limit, is_left, is_ever_missing and side == is_left))

    descend(0, {})
    return leaves


@dataclass(frozen=True)
class _Range:
    """Where a number must lie: low included, high not; whether a missing one is let through, and whether any other."""

    low: float = -math.inf
    high: float = math.inf
    lets_missing: bool = True


@dataclass(frozen=True)
class _Choice:
    """Which text is asked for: the one value, or all but some; the empty text stands for missing."""

    value: str | None = None
    but: tuple[str, ...] = ()


def _narrow(path: Mapping[str, Any], asks: tuple[str, str | None], limit: float, is_left: bool, lets_missing: bool):
    name, level = asks
    if level is None:
        at = path.get(name, _Range())
        cut = replace(at, high=min(at.high, limit)) if is_left else replace(at, low=max(at.low, limit))
        return {**path, name: replace(cut, lets_missing=at.lets_missing and lets_missing)}
    chosen = path.get(name, _Choice())
    new = replace(chosen, but=(*chosen.but, level)) if is_left else _Choice(level)  # left: the column is 0
    return {**path, name: new}


def _say(name: str, at: _Range | _Choice) -> list[Condition]:
    if isinstance(at, _Choice):
        if at.value is not None:
            return [_is_text(name, [at.value])]
        refused = [[value] for value in at.but if value == ""] + [[value for value in at.but if value]]
        return [{"not": _is_text(name, values)} for values in refused if values]
    missing = {"field": name, "is": "missing"}
    if at.low == math.inf:
        return [missing]
    bounds: list[Condition] = []
    if at.low > -math.inf:
        bounds.append({"field": name, "is": ">=", "value": at.low})
    if at.high < math.inf:
        bounds.append({"field": name, "is": "<", "value": at.high})
    if at.lets_missing:
        return [{"any": [{"all": bounds} if len(bounds) > 1 else bounds[0], missing]}] if bounds else []
    return bounds or [{"not": missing}]


def _is_text(name: str, values: list[str]) -> Condition:
    return {"field": name, "is": "missing"} if values == [""] else {"field": name, "is": "in", "values": values}


def _round_limit(values: np.ndarray, threshold: float) -> float:
    """Return the roundest limit between the two accounts that a threshold parts; infinite where it parts missing ones.

    Accounts below it are on the left. scikit-learn compares in single precision, so the neighbours are found in it.
    """
    single = values.astype(np.float32).astype(float)
    left, right = values[single <= threshold], values[single > threshold]
    if len(right) == 0 or not np.isfinite(threshold):
        return math.inf
    if len(left) == 0:
        return -math.inf
    limit = roundest(float(left.max()), float(right.min()))
    is_whole = bool(np.all(np.isnan(values) | (values == np.floor(values))))
    return float(math.ceil(limit)) if is_whole else limit


def roundest(low: float, high: float) -> float:
    """Return the number above `low`, at most `high`, with the fewest digits that are not 0; of those the middle one.

    Examples
    --------
    >>> roundest(48.0, 57.0), roundest(0.121, 0.129), roundest(9.0, 10.0)
    (50.0, 0.125, 10.0)
    """
    if not low < high:
        return high
    scale = math.ceil(math.log10(max(abs(low), abs(high))))
    for exponent in range(scale, scale - 16, -1):
        for step in (5, 2.5, 1):
            unit = step * 10.0**exponent
            nearest = round((low + high) / 2 / unit)
            for multiple in sorted({nearest - 1, nearest, nearest + 1}, key=lambda m: abs(m - nearest)):
                value = round(multiple * unit, max(0, 2 - exponent))
                if low < value <= high:
                    return float(value)
    return high
