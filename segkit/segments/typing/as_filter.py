"""A rule as filters for people who type them into a CRM: numbered conditions and the logic that joins them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from segkit import texts
from segkit.segments.typing.as_sql import number, shown
from segkit.segments.typing.conditions import FLAG, Condition

WORDS = {">=": "from", ">": "above", "<": "below", "<=": "up_to", "=": "equals", "in": "one_of", "missing": "empty"}


def rule_filters(
    rule: Mapping[str, Any], names: Mapping[str, str], language: str, comments: tuple[str, ...] = ()
) -> str:
    """Return the filters of a rule as text, one after the other in the order in which they are to be tried.

    Parameters
    ----------
    rule : mapping
        See `as_sql.rule_sql`.
    names : mapping
        segment_id → name in `language`.
    language : str
        de or en.
    comments : tuple of str
        Lines before the filters.

    Returns
    -------
    str
        Per filter its segment, numbered conditions (``1. employees >= 50 …`` in words) and ``Logic: 1 AND (2 OR 3)``:
        the form of Salesforce, HubSpot and Dynamics. Cases of a kit that place nobody are left out; where
        none places anybody, all are there with the likeliest segment, and it is said.
    """
    is_nobody = rule.get("threshold", 0) > 1
    parts = [*comments, "", texts.say("typing.filter_order", language), ""]
    parts += [texts.say("typing.filter_nobody", language), ""] if is_nobody else []
    position = 0
    for entry in rule["rules"]:
        segment = entry["segment_id"] if is_nobody else shown(entry, rule)
        if segment == rule["otherwise"] and "threshold" in rule:
            continue
        position += 1
        conditions: list[str] = []
        logic = _logic(entry["when"], rule["fields"], conditions, language)
        title = texts.say("typing.filter_title", language, n=position, segment_id=segment, name=names.get(segment, ""))
        parts += [title, *(f"  {i}. {one}" for i, one in enumerate(conditions, start=1))]
        parts += [f"  {texts.say('typing.filter_logic', language)} {logic}", ""]
    rest = texts.say(
        "typing.filter_rest", language, segment_id=rule["otherwise"], name=names.get(rule["otherwise"], "")
    )
    return "\n".join([*parts, rest]) + "\n"


def _logic(condition: Condition, kinds: Mapping[str, str], conditions: list[str], language: str) -> str:
    """Return the logic of a condition by numbers; what they stand for is added to `conditions`."""
    for key, word in (("all", " AND "), ("any", " OR ")):
        if key in condition:
            inner = [_logic(part, kinds, conditions, language) for part in condition[key]]
            if not inner:
                return "TRUE" if key == "all" else "FALSE"
            return inner[0] if len(inner) == 1 else f"({word.join(inner)})"
    if "not" in condition:
        return f"NOT ({_logic(condition['not'], kinds, conditions, language)})"
    told = _say(condition, kinds[condition["field"]], language)
    if told not in conditions:
        conditions.append(told)
    return str(conditions.index(told) + 1)


def _say(condition: Condition, kind: str, language: str) -> str:
    word = texts.say(f"typing.filter_{WORDS[condition['is']]}", language)
    if condition["is"] == "missing":
        value = ""
    elif condition["is"] == "in":
        value = "; ".join('"' + str(v).replace('"', '""') + '"' for v in condition["values"])
    elif "other" in condition:
        value = f"{number(condition['times'])} × {condition['other']}"
    elif kind == FLAG:
        value = "true" if condition["value"] else "false"
    else:
        value = number(condition["value"]) if isinstance(condition["value"], int | float) else str(condition["value"])
    return f"{condition['field']} {word} {value}".rstrip()
