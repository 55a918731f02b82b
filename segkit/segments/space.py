"""Criteria of any kind on comparable scales: numbers in standard deviations without extremes, categories by levels.

Five accounts can be half of sales, and must not make the clusters alone; a category with many levels must not either.
"""

from __future__ import annotations

import datetime as dt
import numbers
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from segkit.segments.axes import fit_axes, place_points
from segkit.segments.fits import Sample

if TYPE_CHECKING:
    import pandas as pd

VALUE_CRITERIA = ("revenue_12m", "frequency_12m", "days_since_last", "tenure_days")
DIGITS = 12
LEAST_SPREAD = 0.25  # on logarithms; differences of a few per cent are not blown up to the weight of real ones
SKEWED = 8.0  # a number that is never negative and whose 99th percentile is so many medians goes on logarithms …
SMALL = 2.0  # … unless that percentile is below this: shares and ratios keep their units
NORMAL_QUARTILES = 1.349  # their distance in standard deviations of a normal distribution
FAR = 3.0  # standard deviations, estimated from the quartiles, beyond which values are drawn in
FARTHEST = 6.0  # standard deviations from the median at which a number ends: one account alone does not make a segment
MOST_LEVELS = 12  # the commonest levels of a category; the others together are one more
LEAST_LEVEL = 0.01  # share of accounts from which a level stands alone
SAME = 0.999  # rank correlation from which a number says the same as one before it
NEARLY_UNIQUE = 0.5  # levels per account from which a category is a name, not a class
LOOKED_AT = 20_000  # rows from which twins and axes are found


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
        ``numbers``: name, is_log, median, spread (standard deviation, the extremes drawn in; on logarithms at least
        .25), weight. ``categories``: name, levels, weight. ``left_out``:
        name and reason (methods.constant, methods.all_missing, methods.duplicate with ``of``, methods.names,
        methods.many_levels, methods.date, methods.unknown_column). ``axes``: see `axes.fit_axes`; empty without
        categories.
    """
    space: dict[str, Any] = {"numbers": [], "categories": [], "left_out": [], "axes": {}}
    mean = float(np.mean(list(criteria.values()))) if criteria else 1.0
    part = frame.iloc[:: -(-len(frame) // LOOKED_AT)] if len(frame) else frame
    for name, weight in criteria.items():
        reason, entry = _look_at(frame, part, name, space)
        if reason:
            space["left_out"].append({"name": name, **reason})
        else:
            kind = "numbers" if "median" in entry else "categories"
            space[kind].append({"name": name, "weight": round(weight / mean, DIGITS), **entry})
    if space["categories"]:
        space["axes"] = fit_axes(read_numbers(part, space), read_codes(part, space), space)
    return space


def apply_space(
    frame: pd.DataFrame,
    space: Mapping[str, Any],
    weights: np.ndarray | None = None,
    groups: np.ndarray | None = None,
) -> Sample:
    """Return the accounts of a frame on the scales of a space, in the frame's order; unknown levels are missing."""
    values, codes = read_numbers(frame, space), read_codes(frame, space)
    even = np.ones(len(frame)) if weights is None else weights / max(weights.mean(), 1e-300)
    return Sample(values, codes, place_points(values, codes, space), even, groups)


def criteria_of(space: Mapping[str, Any]) -> list[str]:
    """Return the names of the criteria that count, numbers first."""
    return [entry["name"] for kind in ("numbers", "categories") for entry in space[kind]]


def _look_at(
    frame: pd.DataFrame, part: pd.DataFrame, name: str, space: Mapping[str, Any]
) -> tuple[dict[str, str], dict[str, Any]]:
    """Return why a criterion is left out, or its scale."""
    import pandas as pd

    if name not in frame.columns:
        return {"reason": "methods.unknown_column"}, {}
    values = frame[name]
    if not values.notna().any():
        return {"reason": "methods.all_missing"}, {}
    if is_number(values):
        entry = _number_scale(as_numbers(values), name in VALUE_CRITERIA)
    elif pd.api.types.is_datetime64_any_dtype(values) or _holds_days(values):
        return {"reason": "methods.date"}, {}
    else:
        entry = _levels(values)
    if entry is None:
        return {"reason": "methods.constant"}, {}
    if "reason" in entry:
        return entry, {}
    twin = _twin(part, name, space)
    return ({"reason": "methods.duplicate", "of": twin}, {}) if twin else ({}, entry)


def is_number(values: pd.Series) -> bool:
    """Say whether a criterion is a number; yes and no are a category, exact decimals are numbers."""
    import pandas as pd

    if values.dtype != object:
        return pd.api.types.is_numeric_dtype(values) and not pd.api.types.is_bool_dtype(values)
    first = next(iter(values.dropna()), None)
    return isinstance(first, numbers.Number) and not isinstance(first, bool)


def as_numbers(values: pd.Series) -> np.ndarray:
    """Return a number criterion as floats, in its own units; missing and infinite values are NaN."""
    import pandas as pd

    found = pd.to_numeric(values, errors="coerce").to_numpy(float, na_value=np.nan)
    return np.where(np.isfinite(found), found, np.nan)


def _holds_days(values: pd.Series) -> bool:
    return values.dtype == object and isinstance(next(iter(values.dropna()), None), dt.date)


def _number_scale(values: np.ndarray, is_value: bool) -> dict[str, Any] | None:
    known = values[np.isfinite(values)]
    if not len(known):
        return None
    high = np.percentile(known, 99)
    is_log = is_value or bool(known.min() >= 0 and high > max(SMALL, SKEWED * np.median(known)))
    scaled = np.log1p(np.maximum(known, 0.0)) if is_log else known
    spread, middle = _spread(scaled), float(np.median(scaled))
    if spread <= 1e-9 * max(1.0, abs(middle)):
        return None
    spread = max(spread, LEAST_SPREAD) if is_log else spread
    return {"is_log": is_log, "median": round(middle, DIGITS), "spread": round(spread, DIGITS)}


def _spread(values: np.ndarray) -> float:
    """Return the standard deviation of values, those beyond the 1st and 99th percentile or 3 of it drawn in.

    The quartile distance itself would make a number with two clear groups small beside one without any.
    """
    lowest, low, middle, high, highest = np.percentile(values, [1, 25, 50, 75, 99])
    reach = FAR * (high - low) / NORMAL_QUARTILES if high > low else np.inf
    drawn_in = np.clip(values, max(lowest, middle - reach), min(highest, middle + reach))
    return float(drawn_in.std() or values.std())


def _levels(values: pd.Series) -> dict[str, Any] | None:
    """Return the levels of a category that stand alone, or the reason why it cannot tell accounts apart."""
    counts = values.dropna().astype(str).value_counts()
    if len(counts) < 2:
        return None
    if len(counts) > NEARLY_UNIQUE * counts.sum() and len(counts) > MOST_LEVELS:
        return {"reason": "methods.names"}
    counts = counts.sort_index().sort_values(ascending=False, kind="stable")
    common = counts[counts >= LEAST_LEVEL * counts.sum()].head(MOST_LEVELS)
    if not len(common):
        return {"reason": "methods.many_levels"}
    return {"levels": sorted(common.index), "has_other": len(common) < len(counts)}


def _twin(frame: pd.DataFrame, name: str, space: Mapping[str, Any]) -> str:
    """Return the criterion taken before that says the same; empty without one."""
    import pandas as pd

    column = frame[name]
    for other in criteria_of(space):
        before = frame[other]
        if is_number(column) != is_number(before) or not column.isna().equals(before.isna()):
            continue
        if is_number(column):
            known = pd.DataFrame({"a": as_numbers(column), "b": as_numbers(before)}).dropna().rank()
            if min(known.nunique(), default=0) > 1 and abs(known["a"].corr(known["b"])) >= SAME:
                return other
        else:
            pairs = pd.DataFrame({"a": column.dropna().astype(str), "b": before.dropna().astype(str)})
            if len(pairs.drop_duplicates()) == pairs["a"].nunique() == pairs["b"].nunique():
                return other  # the same classes, under other words perhaps
    return ""


def read_numbers(frame: pd.DataFrame, space: Mapping[str, Any]) -> np.ndarray:
    """Return the number criteria on their scales, from −6 to 6; NaN where a value is missing."""
    columns = []
    for entry in space["numbers"]:
        values = as_numbers(frame[entry["name"]])
        scaled = np.log1p(np.maximum(values, 0.0)) if entry["is_log"] else values
        columns.append(np.clip((scaled - entry["median"]) / entry["spread"], -FARTHEST, FARTHEST))
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
