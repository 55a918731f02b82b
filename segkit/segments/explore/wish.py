"""What somebody wants to try: method, number of segments, criteria, weights, thresholds; or what is wrong with it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import ValidationError

from segkit.settings.account_segmentation import AccountSegmentation

RULED = ("grid", "rules")
METHODS = ("grid", "rules", "kmeans", "kmedoids", "ward", "gaussian", "mixture", "density", "tree")
THRESHOLDS = {
    "key_share": (0.001, 1.0),
    "dormant_months": (2, 120),
    "lapsed_months": (1, 119),
    "new_months": (1, 60),
    "class_a_share": (0.01, 0.99),
    "class_b_share": (0.02, 1.0),
    "silent_days": (1, 3650),
    "growing_ratio": (1.01, 10.0),
    "falling_ratio": (0.01, 0.99),
}
"""Thresholds that can be moved, each with its smallest and its largest value."""
OF_ALL = ("key_share", "dormant_months")
"""Those that hold for fitted methods too: they set KEY and DORMANT apart."""
WHOLE = ("dormant_months", "lapsed_months", "new_months", "silent_days")
FEWEST, MOST = 2, 12
ACCOUNTS_PER_SEGMENT = 10
HEAVIEST = 10.0
Problem = tuple[str, dict[str, Any]]


def read_wish(
    asked: Any, settings: AccountSegmentation, offered: Sequence[str], n_accounts: int
) -> tuple[AccountSegmentation | None, Problem | None]:
    """Return the settings that a wish means, or the sentence that says what is wrong with it.

    Parameters
    ----------
    asked : mapping
        As a browser sent it: method, n_segments, criteria (column → weight), thresholds (name → number), weigh_by.
        What is missing stays as in the settings.
    settings : AccountSegmentation
        From which the wish starts.
    offered : sequence of str
        Criteria that there are.
    n_accounts : int
        Accounts that no rule sets apart; at least ten of them make a segment.

    Returns
    -------
    AccountSegmentation, Problem
        One of the two is None. A problem is the key of a sentence and its numbers.
    """
    if not isinstance(asked, Mapping):
        return None, ("explore.warn_not_understood", {})
    method = asked.get("method", settings.method)
    if method not in METHODS or method == "rules" and not settings.rules:
        return None, ("explore.warn_no_rules" if method == "rules" else "explore.warn_not_understood", {})
    thresholds, problem = _thresholds(asked.get("thresholds", {}))
    if problem is None and method not in RULED:
        criteria, problem = _criteria(asked.get("criteria"), offered)
        thresholds["criteria"] = criteria
        if problem is None:
            k, problem = _number(asked.get("n_segments"), method, n_accounts)
            k_min, k_max = min(settings.k_min, k or FEWEST), max(settings.k_max, k or FEWEST)
            thresholds |= {"n_segments": k, "k_min": k_min, "k_max": k_max}
    if problem is not None:
        return None, problem
    if asked.get("weigh_by") in ("accounts", "revenue"):
        thresholds["weigh_by"] = asked["weigh_by"]
    try:
        return AccountSegmentation.model_validate(settings.model_dump() | thresholds | {"method": method}), None
    except ValidationError as error:
        return None, _in_words(error, thresholds)


def _criteria(asked: Any, offered: Sequence[str]) -> tuple[dict[str, float], Problem | None]:
    """Return the criteria with a weight, in the order offered."""
    if not isinstance(asked, Mapping):
        return {}, ("explore.warn_no_criteria", {})
    weights = {str(name): as_number(weight) for name, weight in asked.items() if weight not in (0, None, "")}
    unknown = [name for name in weights if name not in offered]
    if unknown:
        return {}, ("explore.warn_unknown_criterion", {"name": unknown[0]})
    if any(weight is None or not 0 < weight <= HEAVIEST for weight in weights.values()):
        return {}, ("explore.warn_weight", {"most": HEAVIEST})
    kept = {name: round(float(weights[name] or 0.0), 3) for name in offered if name in weights}
    return kept, None if kept else ("explore.warn_no_criteria", {})


def _number(asked: Any, method: str, n_accounts: int) -> tuple[int | None, Problem | None]:
    """Return the number of segments; dense groups are as many as there are."""
    if method == "density":
        return None, None
    number = as_number(asked)
    most = min(MOST, n_accounts // ACCOUNTS_PER_SEGMENT)
    if most < FEWEST:
        return None, ("explore.warn_few_accounts", {"n": n_accounts})
    if number is None or number != int(number) or number < FEWEST:
        return None, ("explore.warn_k_small", {"most": most})
    if number > MOST:
        return None, ("explore.warn_k_most", {"k": int(number)})
    if number > most:
        return None, ("explore.warn_k_large", {"k": int(number), "most": most, "n": n_accounts})
    return int(number), None


def _thresholds(asked: Any) -> tuple[dict[str, Any], Problem | None]:
    found: dict[str, Any] = {}
    for name, value in asked.items() if isinstance(asked, Mapping) else ():
        if name not in THRESHOLDS:
            return {}, ("explore.warn_not_understood", {})
        number, (low, high) = as_number(value), THRESHOLDS[name]
        if number is None or not low <= number <= high or name in WHOLE and number != int(number):
            return {}, ("explore.warn_threshold", {"threshold": name, "low": low, "high": high})
        found[name] = int(number) if name in WHOLE else number
    return found, None


def as_number(value: Any) -> float | None:
    """Return a finite number that a person typed, with a decimal comma or point; None where it is none."""
    if isinstance(value, bool):
        return None
    try:
        number = float(str(value).strip().replace(",", "."))
    except ValueError:
        return None
    return number if abs(number) < float("inf") else None


def _in_words(error: ValidationError, given: Mapping[str, Any]) -> Problem:
    """Return the sentence for thresholds that contradict each other, the usual mistake; else what the check says."""
    first = error.errors()[0]["msg"].removeprefix("Value error, ")
    for low, high in (("class_a_share", "class_b_share"), ("lapsed_months", "dormant_months")):
        if first.startswith(f"{low} ("):
            return "explore.warn_order", {"threshold": low, "other": high}
    return "explore.warn_refused", {"reason": first}
