"""The value grid: readable rules, first match wins. The rule itself is the model, so no refit can move an account."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    import pandas as pd

KEY, DORMANT = "KEY", "DORMANT"
BY_RULE = (KEY, DORMANT)
GRID_SEGMENTS = (KEY, "S1", "S2", "S3", "S4", "S5", "S6", "S7", DORMANT)
THRESHOLDS = (
    "key_accounts",
    "key_share",
    "dormant_months",
    "lapsed_months",
    "new_months",
    "class_a_share",
    "class_b_share",
    "silent_days",
    "growing_ratio",
    "falling_ratio",
)
NEW_HISTORY_MONTHS = 12  # the data must reach so far before the first line, or every account would be new


@dataclass(frozen=True)
class Cuts:
    """Revenue of 12 months from which an account is a key account, class A, class B (in money of the project)."""

    key: float
    a: float
    b: float


def grid_rules(settings: Any) -> dict[str, Any]:
    """Return the grid's thresholds as plain values, from settings.segmentations.value."""
    rules = {name: getattr(settings, name) for name in THRESHOLDS}
    return rules | {"key_accounts": sorted({str(account) for account in settings.key_accounts})}


def assign_grid(features: pd.DataFrame, model: Mapping[str, Any], cuts: Cuts | None = None) -> pd.DataFrame:
    """Return the segment of each account by the grid's rules.

    Parameters
    ----------
    features : DataFrame
        One slice (one as_of) of `account_features`: account_id, as_of, first_date, last_date, tenure_days,
        days_since_last, history_days, revenue_12m, revenue_prev_12m (money).
    model : mapping
        The accepted model; its ``rules`` hold the thresholds.
    cuts : Cuts, optional
        Limits in money; by default those of this slice, see `grid_cuts`.

    Returns
    -------
    DataFrame
        account_id, segment_id (KEY, S1 … S7, DORMANT), value_class (A, B, C; empty for accounts set apart before),
        trend (growing, steady, falling), is_silent; rows as they came.

    Notes
    -----
    KEY: listed, or at least key_share of all revenue · DORMANT: no line for dormant_months · S6 lapsed: none for
    lapsed_months · S5 new: first line within new_months, with 12 months of data before it · then class A, B, C by
    cumulative revenue of the rest: S1 champions: A, neither falling nor silent · S2 growth: B or C, growing ·
    S4 at risk: A or B, falling or silent · S3 core: B · S7 small: C.
    """
    import pandas as pd

    rules = model["rules"]
    cuts = cuts or grid_cuts(features, model)
    states = _states(features, rules, cuts.key)
    revenue = features["revenue_12m"].to_numpy(float)
    is_apart = states["is_key"] | states["is_dormant"] | states["is_lapsed"] | states["is_new"]
    value_class = np.select([is_apart, revenue >= cuts.a, revenue >= cuts.b], ["", "A", "B"], "C")
    trend = add_trend(features, rules)
    is_silent = features["days_since_last"].to_numpy() > rules["silent_days"]
    is_failing = (trend == "falling") | is_silent
    conditions = {
        KEY: states["is_key"],
        DORMANT: states["is_dormant"],
        "S6": states["is_lapsed"],
        "S5": states["is_new"],
        "S1": (value_class == "A") & ~is_failing,
        "S2": np.isin(value_class, ("B", "C")) & (trend == "growing"),
        "S4": np.isin(value_class, ("A", "B")) & is_failing,
        "S3": value_class == "B",
    }
    return pd.DataFrame(
        {
            "account_id": features["account_id"].to_numpy(),
            "segment_id": np.select(list(conditions.values()), list(conditions), "S7"),
            "value_class": value_class,
            "trend": trend,
            "is_silent": is_silent,
        }
    )


def grid_cuts(features: pd.DataFrame, model: Mapping[str, Any]) -> Cuts:
    """Return from which revenue of 12 months on an account is KEY, A and B, among the accounts of this slice.

    Class A are the largest accounts that together reach class_a_share of the revenue of all accounts that are neither
    KEY, DORMANT, lapsed nor new; B go on to class_b_share. Without revenue the cuts are infinite: all are class C.
    """
    rules = model["rules"]
    revenue = features["revenue_12m"].to_numpy(float)
    total = revenue[revenue > 0].sum()
    key = rules["key_share"] * total if total > 0 else np.inf
    states = _states(features, rules, key)
    ranked = -np.sort(-revenue[~(states["is_key"] | states["is_dormant"] | states["is_lapsed"] | states["is_new"])])
    ranked = ranked[ranked > 0]
    before = np.concatenate(([0.0], np.cumsum(ranked)[:-1])) / ranked.sum() if len(ranked) else np.empty(0)
    a, b = (
        float(ranked[before < rules[share] - 1e-12][-1]) if len(ranked) else np.inf
        for share in ("class_a_share", "class_b_share")
    )
    return Cuts(float(key), a, b)


def _states(features: pd.DataFrame, rules: Mapping[str, Any], key_cut: float) -> dict[str, np.ndarray]:
    """Return which accounts the rules before the value classes set apart."""
    opened = _months_before(features["as_of"] + _days(1))  # first day of the window of so many months up to as_of
    last, first = features["last_date"], features["first_date"]
    data_start = features["as_of"] - _days(features["history_days"])
    is_listed = features["account_id"].isin(rules["key_accounts"]).to_numpy()
    revenue = features["revenue_12m"].to_numpy(float)
    reaches_back = (data_start <= _months_before(first)(NEW_HISTORY_MONTHS)).to_numpy()
    return {
        "is_key": is_listed | ((revenue >= key_cut) & (revenue > 0)),
        "is_dormant": (last < opened(rules["dormant_months"])).to_numpy(),
        "is_lapsed": (last < opened(rules["lapsed_months"])).to_numpy(),
        "is_new": (first >= opened(rules["new_months"])).to_numpy() & reaches_back,
    }


def _months_before(dates: pd.Series):
    import pandas as pd

    return lambda months: dates - pd.DateOffset(months=months)


def _days(numbers: pd.Series | int):
    import pandas as pd

    return pd.to_timedelta(numbers, unit="D")


def add_trend(features: pd.DataFrame, rules: Mapping[str, Any]) -> np.ndarray:
    """Return growing, steady or falling: revenue of 12 months against the 12 before; steady where these are unknown."""
    now = features["revenue_12m"].to_numpy(float)
    before = features["revenue_prev_12m"].to_numpy(float)
    is_growing = (now > 0) & (now >= rules["growing_ratio"] * before)
    is_falling = (before > 0) & (now <= rules["falling_ratio"] * before)
    return np.select([np.isnan(before), is_growing, is_falling], ["steady", "growing", "falling"], "steady")
