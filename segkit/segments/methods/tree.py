"""Segments that explain a target: the leaves of a regression tree, readable as rules in the criteria's own units."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from segkit.segments.fits import Fit, Sample
from segkit.segments.methods.assign import assign_labels
from segkit.segments.methods.tree_rules import read_rules

DIGITS = 12
SMALLEST_LEAF = 5  # rows
FOLDS = 5


def fit_tree(
    sample: Sample,
    n_segments: int,
    rng: np.random.Generator,
    start: Mapping[str, Any] | None = None,
    is_quick: bool = False,
    *,
    space: Mapping[str, Any] | None = None,
    smallest_share: float = 0.02,
) -> Fit:
    """Return segments that differ in `Sample.target` as much as a tree of so many leaves can make them.

    Parameters
    ----------
    sample, n_segments, rng, start, is_quick
        See `fits.FitFunction`. Fewer segments come back where no split is left that keeps `smallest_share`; one where
        there is no target.
    space : mapping
        The `space.fit_space` of the sample: names and units of the criteria.
    smallest_share : float
        Share of the rows that a segment must hold at least (and 5 rows).

    Returns
    -------
    Fit
        ``tree`` model: ``nodes`` (see `tree_rules.by_tree`), ``segments`` with ``mean`` of the target, ``n_rows`` and
        ``rules`` (see `tree_rules.read_rules`), the highest mean first. Measures explained and explained_elsewhere:
        share of the target's variance between the leaves, in the rows fitted and in rows left out (5 folds; below 0
        where the tree says less than the mean does). A quick fit does not measure the second.

    Notes
    -----
    Regression tree, the split with the largest gain first (Breiman, Friedman, Olshen and Stone 1984; R's rpart, method
    anova). Levels of a category are ordered by their mean of the target, shrunk to the whole by five rows; a missing
    value goes to the side that fits it better.
    """
    target = sample.target
    if target is None or not len(sample) or sample.numbers.shape[1] + sample.codes.shape[1] == 0:
        target, n_segments = np.zeros(len(sample)), 1
    space = _nameless(sample) if space is None else space
    nodes = _grow(sample, target, n_segments, smallest_share, space)
    model = _as_model(nodes)
    labels = assign_labels(sample, model)
    model["segments"] = [
        {"mean": _mean(target[labels == j]), "n_rows": int((labels == j).sum()), "rules": rules}
        for j, rules in enumerate(read_rules(nodes, space))
    ]
    means = np.array([segment["mean"] for segment in model["segments"]])
    objective = float(sample.weights @ (target - means[labels]) ** 2)
    measures = {"explained": _explained(target, means[labels], sample.weights)}
    if not is_quick:
        measures["explained_elsewhere"] = _explained_elsewhere(sample, target, n_segments, smallest_share, space, rng)
    return Fit(labels, model, objective, measures)


def _grow(sample: Sample, target, n_segments: int, smallest_share: float, space: Mapping[str, Any]) -> list[dict]:
    """Return the nodes of a tree, a parent before its children; leaves are numbered by their mean, highest first."""
    from sklearn.tree import DecisionTreeRegressor

    smallest = max(SMALLEST_LEAF, int(np.ceil(smallest_share * len(sample))))
    if n_segments < 2 or len(sample) < 2 * smallest:
        return [{"segment": 0}]
    ranks = [_rank_levels(sample.codes[:, j], target, sample.weights) for j in range(sample.codes.shape[1])]
    columns = [*sample.numbers.T, *(_ranked(sample.codes[:, j], rank) for j, rank in enumerate(ranks))]
    wide = np.column_stack(columns)
    grown = DecisionTreeRegressor(max_leaf_nodes=n_segments, min_samples_leaf=smallest, random_state=0)
    tree = grown.fit(wide, target, sample.weights).tree_
    n_numbers = sample.numbers.shape[1]
    members = grown.decision_path(wide).tocsc()
    nodes: list[dict[str, Any]] = []
    for number in range(tree.node_count):
        feature, limit = int(tree.feature[number]), float(tree.threshold[number])
        if tree.children_left[number] < 0:
            nodes.append({"mean": float(tree.value[number].ravel()[0])})
            continue
        rows = members.indices[members.indptr[number] : members.indptr[number + 1]]
        here = wide[rows, feature]
        goes_left = bool(tree.missing_go_to_left[number]) if np.isnan(here).any() else _more_go_left(here, limit)
        if feature < n_numbers:
            split = _number_split(feature, here, limit, space["numbers"][feature])
        else:
            split = _category_split(feature - n_numbers, ranks[feature - n_numbers], limit, space)
        sides = {"left": int(tree.children_left[number]), "right": int(tree.children_right[number])}
        nodes.append({**split, **sides, "missing_left": goes_left})
    leaves = [number for number, node in enumerate(nodes) if "mean" in node]
    for segment, number in enumerate(sorted(leaves, key=lambda leaf: (-nodes[leaf]["mean"], leaf))):
        nodes[number] = {"segment": segment}
    return nodes


def _as_model(nodes: list[dict[str, Any]]) -> dict[str, Any]:
    """Return a model that assigns already, its segments not yet described."""
    return {"kind": "tree", "nodes": nodes, "segments": [{} for node in nodes if "segment" in node]}


def _rank_levels(codes: np.ndarray, target: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Return the rank of each level by its mean of the target, shrunk by five rows of the whole's mean."""
    known = codes >= 0
    k = int(codes.max(initial=-1)) + 1
    whole = np.average(target, weights=weights)
    sizes = np.bincount(codes[known], weights[known], minlength=k)
    sums = np.bincount(codes[known], (weights * target)[known], minlength=k)
    order = np.argsort((sums + SMALLEST_LEAF * whole) / (sizes + SMALLEST_LEAF), kind="stable")
    ranks = np.empty(k)
    ranks[order] = np.arange(k)
    return ranks


def _ranked(codes: np.ndarray, ranks: np.ndarray) -> np.ndarray:
    return np.where(codes >= 0, np.append(ranks, np.nan)[codes], np.nan)


def _more_go_left(values: np.ndarray, limit: float) -> bool:
    return bool((values <= limit).mean() >= 0.5)


def _number_split(column: int, values: np.ndarray, limit: float, entry: Mapping[str, Any]) -> dict[str, Any]:
    """Return a split at the shortest number, in original units, that parts the same rows."""
    below, above = values[values <= limit].max(), values[values > limit].min()
    shortest = _shortest(_original(below, entry), _original(above, entry))
    scaled = (np.log1p(max(shortest, 0.0)) if entry["is_log"] else shortest) - entry["median"]
    at_most = min(max(scaled / entry["spread"] + 1e-9 * (above - below), below), below + 0.999 * (above - below))
    return {"number": column, "criterion": entry["name"], "at_most": float(at_most), "limit": shortest}


def _original(scaled: float, entry: Mapping[str, Any]) -> float:
    value = scaled * entry["spread"] + entry["median"]
    return float(f"{np.expm1(value) if entry['is_log'] else value:.9g}")


def _shortest(low: float, high: float) -> float:
    """Return the number with the fewest digits from `low` on and below `high`.

    Examples
    --------
    >>> _shortest(49.0, 50.0), _shortest(1234.5, 1310.2), _shortest(0.123, 0.1249)
    (49.0, 1300.0, 0.123)
    """
    if not low < high:
        return low
    digits = -int(np.floor(np.log10(max(abs(low), abs(high), 1e-300))))
    for places in range(digits, digits + 17):
        step = 10.0**-places
        number = round(float(np.ceil(low / step - 1e-9) * step), max(places, 0))
        if low <= number < high:
            return number
    return low


def _category_split(column: int, ranks: np.ndarray, limit: float, space: Mapping[str, Any]) -> dict[str, Any]:
    entry = space["categories"][column]
    return {"code": column, "criterion": entry["name"], "positions": np.flatnonzero(ranks <= limit).tolist()}


def _explained_elsewhere(sample: Sample, target, n_segments: int, smallest_share: float, space, rng) -> float:
    """Return the share of variance that trees explain in the rows they were not grown on."""
    if len(sample) < 2 * FOLDS:
        return float("nan")
    fold = rng.permutation(len(sample)) % FOLDS
    foreseen = np.empty(len(sample))
    for number in range(FOLDS):
        rows, left_out = np.flatnonzero(fold != number), np.flatnonzero(fold == number)
        nodes = _grow(sample.take(rows), target[rows], n_segments, smallest_share, space)
        model = _as_model(nodes)
        inside, outside = (assign_labels(sample.take(part), model) for part in (rows, left_out))
        sums = np.bincount(inside, sample.weights[rows] * target[rows], minlength=len(model["segments"]))
        counts = np.bincount(inside, sample.weights[rows], minlength=len(sums))
        foreseen[left_out] = (sums / np.maximum(counts, 1e-300))[outside]
    return _explained(target, foreseen, sample.weights)


def _explained(target: np.ndarray, foreseen: np.ndarray, weights: np.ndarray) -> float:
    whole = float(weights @ (target - np.average(target, weights=weights)) ** 2) if len(target) else 0.0
    return round(1 - float(weights @ (target - foreseen) ** 2) / whole, DIGITS) if whole > 0 else 0.0


def _mean(values: np.ndarray) -> float:
    return round(float(values.mean()), DIGITS) if len(values) else 0.0


def _nameless(sample: Sample) -> dict[str, Any]:
    """Return a space for criteria without names: their scales are their units."""
    plain = {"is_log": False, "median": 0.0, "spread": 1.0}
    levels = [range(int(column.max(initial=-1)) + 1) for column in sample.codes.T]
    return {
        "numbers": [{"name": f"number {j + 1}", **plain} for j in range(sample.numbers.shape[1])],
        "categories": [
            {"name": f"category {j + 1}", "levels": [str(i) for i in positions], "has_other": False}
            for j, positions in enumerate(levels)
        ],
    }
