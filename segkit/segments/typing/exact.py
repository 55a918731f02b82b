"""The accepted grid and hand-made rules as conditions: exported exactly, not learned."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import numpy as np

from segkit.segments.grid import BY_RULE, DORMANT, KEY, NEW_HISTORY_MONTHS, grid_cuts
from segkit.segments.hand_rules import JOINS, OTHER
from segkit.segments.typing.conditions import DATE, TEXT, Condition, fields_in
from segkit.segments.typing.fields import kind_of

if TYPE_CHECKING:
    import pandas as pd

NEVER: Condition = {"any": []}


def exact_rule(features: pd.DataFrame, model: Mapping[str, Any]) -> dict[str, Any] | None:
    """Return the accepted rules as an ordered list of conditions, or None where the model is not made of rules.

    Parameters
    ----------
    features : DataFrame
        This quarter's slice of `account_features`, with the columns that hand-made rules name.
    model : mapping
        The accepted model: method grid or rules.

    Returns
    -------
    dict or None
        fields (field → kind), rules (segment_id and when, the first that holds counts), otherwise. Limits in money and
        dates are those of this quarter: the file holds until the next run.
    """
    if model.get("method") not in ("grid", "rules") or features.empty:
        return None
    rules = _grid(features, model)
    if model["method"] == "rules":
        rules = [rule for rule in rules if rule["segment_id"] in BY_RULE]
        hand = [{"segment_id": r["id"], "when": to_condition(r["when"], features)} for r in model["hand_rules"]]
        rules, otherwise = [*rules, *hand], OTHER
    else:
        otherwise = "S7"
    named = dict.fromkeys(name for rule in rules for name in fields_in(rule["when"]))
    kinds = {name: kind_of(features[name]) if name in features else TEXT for name in named}
    dates = {"first_date": DATE, "last_date": DATE}
    return {"fields": kinds | {n: k for n, k in dates.items() if n in kinds}, "rules": rules, "otherwise": otherwise}


def to_condition(when: Mapping[str, Any], features: pd.DataFrame) -> Condition:
    """Return a condition of project.yml in the form that is exported; a column that nobody delivers holds nowhere."""
    parts: list[Condition] = []
    for name, wanted in when.items():
        if name in JOINS:
            parts.append({name: [to_condition(part, features) for part in wanted]})
        elif name == "not":
            parts.append({"not": to_condition(wanted, features)})
        else:
            parts.append(_compare(name, wanted, features))
    return parts[0] if len(parts) == 1 else {"all": parts}


def _compare(name: str, wanted: Any, features: pd.DataFrame) -> Condition:
    if name not in features:
        return NEVER
    if isinstance(wanted, Mapping):
        signs = {"from": ">=", "below": "<"}
        bounds = [{"field": name, "is": signs[word], "value": wanted[word]} for word in signs if word in wanted]
        return bounds[0] if len(bounds) == 1 else {"all": bounds}
    options = list(wanted) if isinstance(wanted, list | tuple) else [wanted]
    if kind_of(features[name]) == TEXT:
        return {"field": name, "is": "in", "values": [str(option) for option in options]}
    numbers = [number for number in map(_number, options) if number is not None]
    return {"any": [{"field": name, "is": "=", "value": number} for number in numbers]}


def _number(option: Any) -> float | None:
    words = {"true": 1.0, "false": 0.0}
    try:
        return words.get(str(option).casefold(), None) if isinstance(option, bool) else float(option)
    except (TypeError, ValueError):
        return words.get(str(option).casefold())


def _grid(features: pd.DataFrame, model: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the rules of `grid.assign_grid`, with the limits of this slice."""
    rules, cuts = model["rules"], asdict(grid_cuts(features, model))
    as_of = np.datetime64(features["as_of"].iloc[0], "D")

    def more(limit: str) -> Condition:
        return {"field": "revenue_12m", "is": ">=", "value": cuts[limit]} if np.isfinite(cuts[limit]) else NEVER

    growing = {"all": [{"field": "revenue_12m", "is": ">", "value": 0}, _times(">=", rules["growing_ratio"])]}
    falling = {"all": [{"field": "revenue_prev_12m", "is": ">", "value": 0}, _times("<=", rules["falling_ratio"])]}
    silent = {"field": "days_since_last", "is": ">", "value": rules["silent_days"]}
    failing = {"any": [falling, silent]}
    listed = (
        [{"field": "account_id", "is": "in", "values": list(rules["key_accounts"])}] if rules["key_accounts"] else []
    )
    large = {"all": [more("key"), {"field": "revenue_12m", "is": ">", "value": 0}]}
    found = {
        KEY: {"any": [*listed, large]},
        DORMANT: _before("last_date", as_of, rules["dormant_months"]),
        "S6": _before("last_date", as_of, rules["lapsed_months"]),
        "S5": _is_new(features, as_of, rules["new_months"]),
        "S1": {"all": [more("a"), {"not": failing}]},
        "S2": {"all": [{"not": more("a")}, growing]},
        "S4": {"all": [more("b"), failing]},
        "S3": more("b"),
    }
    return [{"segment_id": segment, "when": when} for segment, when in found.items()]


def _times(sign: str, ratio: float) -> Condition:
    return {"field": "revenue_12m", "is": sign, "times": ratio, "other": "revenue_prev_12m"}


def _before(name: str, as_of: np.datetime64, months: int) -> Condition:
    return {"field": name, "is": "<", "value": _months_before(as_of + 1, months)}


def _months_before(day: np.datetime64, months: int) -> str:
    import pandas as pd

    return str((pd.Timestamp(day) - pd.DateOffset(months=months)).date())


def _is_new(features: pd.DataFrame, as_of: np.datetime64, months: int) -> Condition:
    """Return the condition of a new account: first line late enough, and the data reach back before it."""
    import pandas as pd

    start = pd.Timestamp(as_of) - pd.to_timedelta(int(features["history_days"].max()), unit="D")
    late = start + pd.DateOffset(months=NEW_HISTORY_MONTHS)
    while late - pd.DateOffset(days=1) - pd.DateOffset(months=NEW_HISTORY_MONTHS) >= start:
        late -= pd.DateOffset(days=1)  # 29 February: several days lie twelve months after one
    while late - pd.DateOffset(months=NEW_HISTORY_MONTHS) < start:
        late += pd.DateOffset(days=1)
    limit = max(pd.Timestamp(_months_before(as_of + 1, months)), late)
    return {"field": "first_date", "is": ">=", "value": str(limit.date())}
