"""The value grid's rules as sentences: whether each holds for an account, with its own numbers."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from segkit.segments.grid import DORMANT, KEY, Cuts, assign_grid

if TYPE_CHECKING:
    import pandas as pd

Sentence = tuple[str, dict[str, Any]]  # key of the texts and its numbers; a number may be such a pair itself


def rule_facts(features: pd.DataFrame, rules: Mapping[str, Any], cuts: Cuts) -> dict[str, Any]:
    """Return the account's own numbers and the limits that they are compared with."""
    import pandas as pd

    row = features.iloc[0]
    grid = assign_grid(features, {"rules": rules}, cuts).iloc[0]
    opened = row["as_of"] + pd.Timedelta(days=1)
    before = float(row["revenue_prev_12m"])
    revenue = float(row["revenue_12m"])
    return dict(rules) | {
        "revenue": revenue,
        "before": before,
        "growth": revenue / before - 1 if before > 0 else math.nan,
        "days": int(row["days_since_last"]),
        "first_date": row["first_date"],
        "last_date": row["last_date"],
        "data_start": row["as_of"] - pd.Timedelta(days=int(row["history_days"])),
        "key": cuts.key,
        "a": cuts.a,
        "b": cuts.b,
        "dormant_since": opened - pd.DateOffset(months=rules["dormant_months"]),
        "lapsed_since": opened - pd.DateOffset(months=rules["lapsed_months"]),
        "new_since": opened - pd.DateOffset(months=rules["new_months"]),
        "is_listed": row["account_id"] in rules["key_accounts"],
        "trend": grid["trend"],
        "is_silent": bool(grid["is_silent"]),
        "growing": rules["growing_ratio"] - 1,
        "falling": 1 - rules["falling_ratio"],
    }


def _pick(facts: Mapping[str, Any], *names: str, **renamed: Any) -> dict[str, Any]:
    return {name: facts[name] for name in names} | renamed


def _trend(facts: Mapping[str, Any]) -> Sentence:
    """How revenue went against the twelve months before."""
    if math.isnan(facts["before"]):
        return "account.trend_unknown", {}
    if math.isnan(facts["growth"]):
        return "account.trend_from_nothing", {}
    if abs(facts["growth"]) < 0.0005:
        return "account.trend_same", {}
    key = "account.trend_up" if facts["growth"] > 0 else "account.trend_down"
    return key, {"growth": abs(facts["growth"])}


def _last(facts: Mapping[str, Any]) -> Sentence:
    return ("account.last" if facts["days"] else "account.last_today"), {"days": facts["days"]}


def _gone(name: str):
    def sentence(facts: Mapping[str, Any]) -> Sentence:
        since, months = facts[f"{name}_since"], facts[f"{name}_months"]
        key = "account.gone" if facts["last_date"] < since else "account.not_gone"
        return key, {"last_date": facts["last_date"], "since": since, "months": months}

    return sentence


def _is_key(facts: Mapping[str, Any]) -> Sentence:
    if facts["is_listed"]:
        return "account.is_listed", _pick(facts, "revenue")
    return "account.is_key", _pick(facts, "revenue", "key_share", limit=facts["key"])


def _not_key(facts: Mapping[str, Any]) -> Sentence:
    return "account.not_key", _pick(facts, "revenue", "key_share", limit=facts["key"])


def _is_new(facts: Mapping[str, Any]) -> Sentence:
    return "account.is_new", _pick(facts, "first_date", "data_start", since=facts["new_since"])


def _not_new(facts: Mapping[str, Any]) -> Sentence:
    if facts["first_date"] >= facts["new_since"]:
        return "account.new_unknown", _pick(facts, "first_date", "data_start")
    return "account.not_new", _pick(facts, "first_date", since=facts["new_since"])


def _is_champion(facts: Mapping[str, Any]) -> Sentence:
    own = {"limit": facts["a"], "trend": _trend(facts), "last": _last(facts)}
    return "account.is_a", _pick(facts, "revenue", "silent_days") | own


def _not_champion(facts: Mapping[str, Any]) -> Sentence:
    if facts["revenue"] < facts["a"]:
        return _below(facts, "a")
    if facts["trend"] == "falling":
        return "account.is_falling", _pick(facts, "revenue", "before", "falling", growth=abs(facts["growth"]))
    return "account.is_silent", _pick(facts, "days", "silent_days")


def _below(facts: Mapping[str, Any], limit: str) -> Sentence:
    if math.isinf(facts[limit]):
        return "account.no_limit", {}
    return f"account.below_{limit}", _pick(facts, "revenue", limit=facts[limit])


def _is_growing(facts: Mapping[str, Any]) -> Sentence:
    numbers = _pick(facts, "revenue", "before", "growing")
    if math.isnan(facts["growth"]):
        return "account.grows_from_nothing", numbers
    return "account.is_growing", numbers | {"growth": facts["growth"]}


def _not_growing(facts: Mapping[str, Any]) -> Sentence:
    if facts["revenue"] >= facts["a"]:
        return "account.too_large_to_grow", _pick(facts, "revenue", limit=facts["a"])
    if math.isnan(facts["before"]):
        return "account.no_year_before", _pick(facts, "data_start")
    if facts["revenue"] <= 0:
        return "account.no_revenue", _pick(facts, "revenue")
    return "account.not_growing", _pick(facts, "growing", trend=_trend(facts))


def _is_at_risk(facts: Mapping[str, Any]) -> Sentence:
    is_falling, key = facts["trend"] == "falling", "account.risk"
    own = {"limit": facts["b"], "trend": _trend(facts), "last": _last(facts)}
    numbers = _pick(facts, "revenue", "silent_days", "falling") | own
    if is_falling and facts["is_silent"]:
        return f"{key}_both", numbers
    return (f"{key}_falling" if is_falling else f"{key}_silent"), numbers


def _not_at_risk(facts: Mapping[str, Any]) -> Sentence:
    if facts["revenue"] < facts["b"]:
        return _below(facts, "b")
    return "account.not_at_risk", _pick(facts, "silent_days", "falling", trend=_trend(facts), last=_last(facts))


def _is_core(facts: Mapping[str, Any]) -> Sentence:
    return "account.is_b", _pick(facts, "revenue", b=facts["b"], a=facts["a"], trend=_trend(facts), last=_last(facts))


def _is_small(facts: Mapping[str, Any]) -> Sentence:
    if math.isinf(facts["b"]):
        return "account.is_c_alone", _pick(facts, "revenue", trend=_trend(facts))
    return "account.is_c", _pick(facts, "revenue", limit=facts["b"], trend=_trend(facts))


HOLDS = {
    KEY: _is_key,
    DORMANT: _gone("dormant"),
    "S6": _gone("lapsed"),
    "S5": _is_new,
    "S1": _is_champion,
    "S2": _is_growing,
    "S4": _is_at_risk,
    "S3": _is_core,
    "S7": _is_small,
}
FAILS = HOLDS | {
    KEY: _not_key,
    "S5": _not_new,
    "S1": _not_champion,
    "S2": _not_growing,
    "S4": _not_at_risk,
    "S3": lambda facts: _below(facts, "b"),
}
