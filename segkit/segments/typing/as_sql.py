"""A rule as SQL: CASE expressions that every database understands, with missing values said outright."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from segkit.segments.typing.conditions import DATE, FLAG, TEXT, Condition


def rule_sql(rule: Mapping[str, Any], table: str = "accounts", comments: tuple[str, ...] = ()) -> str:
    """Return a query that gives every row of a table its segment.

    Parameters
    ----------
    rule : mapping
        fields, rules (segment_id, when; of a kit confidence too), otherwise; threshold where it is a kit.
    table : str
        The table with a column per field; names are quoted, so capitals matter in some databases.
    comments : tuple of str
        Lines before the query.

    Returns
    -------
    str
        The columns of the table and segment_id; of a kit also likely_segment_id and confidence.
    """
    lines = [f"-- {' '.join(comment.split())}" for comment in comments]
    told = [(entry["when"], quote(shown(entry, rule))) for entry in rule["rules"]]
    columns = [_case(told, quote(rule["otherwise"]), rule, "segment_id")]
    if "threshold" in rule:
        likely = [(entry["when"], quote(entry["segment_id"])) for entry in rule["rules"]]
        chance = [(entry["when"], number(entry["confidence"])) for entry in rule["rules"]]
        columns.append(_case(likely, quote(rule["likely"]), rule, "likely_segment_id"))
        columns.append(_case(chance, number(rule["likely_confidence"]), rule, "confidence"))
    body = ",\n".join(columns)
    return "\n".join([*lines, f"SELECT {name(table)}.*,", body, f"FROM {name(table)}"]) + "\n"


def shown(entry: Mapping[str, Any], rule: Mapping[str, Any]) -> str:
    """Return the segment that an entry of a rule tells: of a kit only from the chance on that it places accounts."""
    is_sure = "threshold" not in rule or entry["confidence"] >= rule["threshold"]
    return entry["segment_id"] if is_sure else rule["otherwise"]


def _case(told: list[tuple[Condition, str]], otherwise: str, rule: Mapping[str, Any], column: str) -> str:
    if not told:
        return f"  {otherwise} AS {column}"
    lines = [f"    WHEN {condition_sql(when, rule['fields'])} THEN {value}" for when, value in told]
    return "\n".join(["  CASE", *lines, f"    ELSE {otherwise}", f"  END AS {column}"])


def condition_sql(condition: Condition, kinds: Mapping[str, str]) -> str:
    """Return a condition in SQL that is never NULL.

    Examples
    --------
    >>> condition_sql({"field": "employees", "is": ">=", "value": 50}, {"employees": "number"})
    '("employees" IS NOT NULL AND "employees" >= 50)'
    """
    for key, word in (("all", " AND "), ("any", " OR ")):
        if key in condition:
            parts = [condition_sql(part, kinds) for part in condition[key]]
            if len(parts) == 1:
                return parts[0]
            return f"({word.join(parts)})" if parts else ("(1 = 1)" if key == "all" else "(1 = 0)")
    if "not" in condition:
        return f"(NOT {condition_sql(condition['not'], kinds)})"
    column, kind = name(condition["field"]), kinds[condition["field"]]
    if condition["is"] == "missing":
        return f"({column} IS NULL OR {column} = '')" if kind == TEXT else f"({column} IS NULL)"
    if condition["is"] == "in":
        options = ", ".join(quote(value) for value in condition["values"])
        return f"({column} IS NOT NULL AND {column} IN ({options}))" if options else "(1 = 0)"
    if "other" in condition:
        other = name(condition["other"])
        told = f"{column} {condition['is']} {number(condition['times'])} * {other}"
        return f"({column} IS NOT NULL AND {other} IS NOT NULL AND {told})"
    return f"({column} IS NOT NULL AND {column} {condition['is']} {_literal(condition['value'], kind)})"


def _literal(value: Any, kind: str) -> str:
    if kind == DATE:
        return f"DATE '{value}'"
    if kind == FLAG:
        return "TRUE" if value else "FALSE"
    return number(value)


def number(value: float) -> str:
    """Return a number without an exponent: 1200000, 0.125."""
    text = format(Decimal(repr(float(value))), "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def quote(text: str) -> str:
    """Return text as a literal of SQL."""
    return "'" + str(text).replace("'", "''") + "'"


def name(text: str) -> str:
    """Return the name of a column or table, quoted."""
    return '"' + str(text).replace('"', '""') + '"'
