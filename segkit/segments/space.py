"""Criteria of any kind on comparable scales: logarithms or robust units for numbers, levels for categories.

Five accounts can be half of sales, and must not make the clusters alone; a category with many levels must not either.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from segkit.segments.fits import Sample

if TYPE_CHECKING:
    import pandas as pd

VALUE_CRITERIA = ("revenue_12m", "frequency_12m", "days_since_last", "tenure_days")
DIGITS = 12
LEAST_SPREAD = 0.25  # on logarithms; differences of a few per cent are not blown up to the weight of real ones
SKEWED = 8.0  # a number that is never negative and whose 99th percentile is so many medians goes on logarithms
MOST_LEVELS = 12  # the commonest levels of a category; the others together are one more
LEAST_LEVEL = 0.01  # share of accounts from which a level stands alone
SAME = 0.999  # rank correlation from which a number says the same as one before it
NEARLY_UNIQUE = 0.5  # levels per account from which a category is a name, not a class
MOST_AXES = 12


def fit_space(frame: pd.DataFrame, criteria: Mapping[str, float]) -> dict[str, Any]:
    """Return how criteria become comparable, as plain JSON.

    Parameters
    ----------
    frame : DataFrame
        One row per account: a column per criterion; numbers or anything else (a category). Gaps are allowed.
    criteria : mapping
        Column → weight (above 0; they are brought to a mean of 1).

    Returns
    -------
    dict
        ``numbers``: name, is_log, median, spread (interquartile range, or the standard deviation where half of the
        accounts are equal; on logarithms at least .25), weight. ``categories``: name, levels, weight. ``left_out``:
        name and reason (methods.constant, methods.all_missing, methods.duplicate with ``of``, methods.names,
        methods.unknown_column). ``axes``: mean and loadings of the indicators' axes; empty without categories.
    """
    space: dict[str, Any] = {"numbers": [], "categories": [], "left_out": [], "axes": {}}
    mean = float(np.mean(list(criteria.values()))) if criteria else 1.0
    for name, weight in criteria.items():
        reason, entry = _look_at(frame, name, space)
        if reason:
            space["left_out"].append({"name": name, **reason})
        else:
            kind = "numbers" if "median" in entry else "categories"
            space[kind].append({"name": name, "weight": round(weight / mean, DIGITS), **entry})
    if space["categories"]:
        space["axes"] = _fit_axes(*_columns(frame, space))
    return space


def apply_space(
    frame: pd.DataFrame,
    space: Mapping[str, Any],
    weights: np.ndarray | None = None,
    groups: np.ndarray | None = None,
) -> Sample:
    """Return the accounts of a frame on the scales of a space, in the frame's order; unknown levels are missing."""
    numbers, codes = read_numbers(frame, space), read_codes(frame, space)
    even = np.ones(len(frame)) if weights is None else weights / max(weights.mean(), 1e-300)
    return Sample(numbers, codes, _points(numbers, codes, space), even, groups)


def criteria_of(space: Mapping[str, Any]) -> list[str]:
    """Return the names of the criteria that count, numbers first."""
    return [entry["name"] for kind in ("numbers", "categories") for entry in space[kind]]


def _look_at(frame: pd.DataFrame, name: str, space: Mapping[str, Any]) -> tuple[dict[str, str], dict[str, Any]]:
    """Return why a criterion is left out, or its scale."""
    import pandas as pd

    if name not in frame.columns:
        return {"reason": "methods.unknown_column"}, {}
    values = frame[name]
    if not values.notna().any():
        return {"reason": "methods.all_missing"}, {}
    twin = _twin(frame, name, space)
    if pd.api.types.is_numeric_dtype(values) and not pd.api.types.is_bool_dtype(values):
        entry = _number_scale(values.to_numpy(float), name in VALUE_CRITERIA)
    else:
        entry = _levels(values)
    if entry is None:
        return {"reason": "methods.constant"}, {}
    if "levels" in entry and not entry["levels"]:
        return {"reason": "methods.names"}, {}
    return ({"reason": "methods.duplicate", "of": twin}, {}) if twin else ({}, entry)


def _number_scale(values: np.ndarray, is_value: bool) -> dict[str, Any] | None:
    known = values[np.isfinite(values)]
    if not len(known):
        return None
    is_log = is_value or bool(known.min() >= 0 and np.percentile(known, 99) > SKEWED * max(np.median(known), 1e-300))
    scaled = np.log1p(np.maximum(known, 0.0)) if is_log else known
    low, middle, high = np.percentile(scaled, [25, 50, 75])
    spread = high - low if high > low else scaled.std()
    if spread <= 1e-9 * max(1.0, abs(middle)):
        return None
    spread = max(spread, LEAST_SPREAD) if is_log else spread
    return {"is_log": is_log, "median": round(float(middle), DIGITS), "spread": round(float(spread), DIGITS)}


def _levels(values: pd.Series) -> dict[str, Any] | None:
    """Return the levels of a category that stand alone; none where nearly every account has its own."""
    counts = values.dropna().astype(str).value_counts()
    if len(counts) < 2:
        return None
    if len(counts) > NEARLY_UNIQUE * counts.sum() and len(counts) > MOST_LEVELS:
        return {"levels": []}
    counts = counts.sort_index().sort_values(ascending=False, kind="stable")
    common = counts[counts >= LEAST_LEVEL * counts.sum()].head(MOST_LEVELS)
    return {"levels": sorted(common.index), "has_other": len(common) < len(counts)}


def _twin(frame: pd.DataFrame, name: str, space: Mapping[str, Any]) -> str:
    """Return the criterion taken before that says the same; empty without one."""
    import pandas as pd

    for other in criteria_of(space):
        a, b = frame[name], frame[other]
        if not a.isna().equals(b.isna()):
            continue
        if pd.api.types.is_numeric_dtype(a) and pd.api.types.is_numeric_dtype(b):
            known = pd.DataFrame({"a": a, "b": b}).dropna().astype(float).rank()
            if known["a"].nunique() > 1 and known["b"].nunique() > 1 and abs(known["a"].corr(known["b"])) >= SAME:
                return other
        elif a.dropna().astype(str).equals(b.dropna().astype(str)):
            return other
    return ""


def read_numbers(frame: pd.DataFrame, space: Mapping[str, Any]) -> np.ndarray:
    """Return the number criteria on their scales; NaN where a value is missing."""
    columns = []
    for entry in space["numbers"]:
        values = frame[entry["name"]].to_numpy(float, na_value=np.nan)
        scaled = np.log1p(np.maximum(values, 0.0)) if entry["is_log"] else values
        columns.append((scaled - entry["median"]) / entry["spread"])
    return np.column_stack(columns) if columns else np.empty((len(frame), 0))


def read_codes(frame: pd.DataFrame, space: Mapping[str, Any]) -> np.ndarray:
    """Return the category criteria as positions of levels; the last position is "other", −1 is missing."""
    columns = []
    for entry in space["categories"]:
        place = {level: i for i, level in enumerate(entry["levels"])}
        values = frame[entry["name"]]
        other = len(place) if entry["has_other"] else -1
        codes = values.astype("str").map(place).fillna(other).to_numpy(float)
        columns.append(np.where(values.isna().to_numpy(), -1, codes).astype(np.int64))
    return np.column_stack(columns) if columns else np.empty((len(frame), 0), dtype=np.int64)


def n_levels(space: Mapping[str, Any]) -> list[int]:
    """Return how many positions each category has, "other" included."""
    return [len(entry["levels"]) + int(entry["has_other"]) for entry in space["categories"]]


def _columns(frame: pd.DataFrame, space: Mapping[str, Any]) -> tuple[np.ndarray, np.ndarray, Mapping[str, Any]]:
    return read_numbers(frame, space), read_codes(frame, space), space


def _points(numbers: np.ndarray, codes: np.ndarray, space: Mapping[str, Any]) -> np.ndarray:
    """Return complete coordinates: a missing number is at the median, a missing category at no level."""
    weights = np.sqrt([entry["weight"] for entry in space["numbers"]])
    filled = np.nan_to_num(numbers, nan=0.0) * weights
    if not space["categories"]:
        return filled
    axes = space["axes"]
    wide = np.hstack([filled, _indicators(codes, space, np.array(axes["shares"]))])
    return (wide - np.array(axes["mean"])) @ np.array(axes["loadings"]).T


def _indicators(codes: np.ndarray, space: Mapping[str, Any], shares: np.ndarray) -> np.ndarray:
    """Return one column per level, over the root of its share as in multiple correspondence analysis; 0 if missing."""
    blocks, first = [], 0
    for j, (entry, k) in enumerate(zip(space["categories"], n_levels(space), strict=True)):
        share = shares[first : first + k]
        is_level = (codes[:, [j]] == np.arange(k)).astype(float)
        is_level[codes[:, j] < 0] = share  # no level: at the mean
        blocks.append((is_level - share) / np.sqrt(np.maximum(share, 1e-12)) * np.sqrt(entry["weight"]))
        first += k
    return np.hstack(blocks)


def _fit_axes(numbers: np.ndarray, codes: np.ndarray, space: Mapping[str, Any]) -> dict[str, Any]:
    """Return the leading axes of numbers and weighted indicators (factor analysis of mixed data, Pagès 2004)."""
    shares = np.concatenate(
        [
            (codes[:, [j]] == np.arange(k)).sum(0) / max((codes[:, j] >= 0).sum(), 1)
            for j, k in enumerate(n_levels(space))
        ]
    )
    weights = np.sqrt([entry["weight"] for entry in space["numbers"]])
    wide = np.hstack([np.nan_to_num(numbers, nan=0.0) * weights, _indicators(codes, space, shares)])
    mean = wide.mean(axis=0)
    values, vectors = np.linalg.eigh(np.cov(wide - mean, rowvar=False).reshape(wide.shape[1], -1))
    values, loadings = values[::-1], vectors[:, ::-1].T
    keep = max(2, min(MOST_AXES, int((values > max(values.mean(), 1e-12)).sum())))
    loadings = loadings[:keep]
    signs = np.sign(loadings[np.arange(len(loadings)), np.abs(loadings).argmax(axis=1)])
    return {
        "shares": np.round(shares, DIGITS).tolist(),
        "mean": np.round(mean, DIGITS).tolist(),
        "loadings": np.round(loadings * signs[:, None], DIGITS).tolist(),
    }
