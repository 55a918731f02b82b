"""Conditions over fields that are true or false and never unknown: the form that every exported rule is made from.

A condition is plain JSON:

``{"all": [conditions]}``, ``{"any": [conditions]}``, ``{"not": condition}``,
``{"field": f, "is": ">=", "value": 50}`` (also ``<``, ``<=``, ``>``, ``=``; number or date ``2026-09-30``),
``{"field": f, "is": ">=", "times": 1.25, "other": g}`` (against a multiple of another field),
``{"field": f, "is": "in", "values": ["a", "b"]}`` (text, every letter counts) and ``{"field": f, "is": "missing"}``.

A missing value fulfils no comparison. Text is missing where it is empty. So NULL in SQL, an empty cell in Excel and NaN
here mean the same, and every writer of rules (`as_sql`, `as_excel`, `as_filter`) says so explicitly.
"""

from __future__ import annotations

import operator
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    import pandas as pd

Condition = Mapping[str, Any]
SIGNS = {">=": operator.ge, "<": operator.lt, "<=": operator.le, ">": operator.gt, "=": operator.eq}
NUMBER, TEXT, DATE, FLAG = "number", "text", "date", "flag"


def holds(frame: pd.DataFrame, condition: Condition, kinds: Mapping[str, str]) -> np.ndarray:
    """Return for which rows a condition holds.

    Parameters
    ----------
    frame : DataFrame
        A column for every field of the condition.
    condition : mapping
        See the module.
    kinds : mapping
        Field → number, text, date or flag.

    Examples
    --------
    >>> import pandas as pd
    >>> frame = pd.DataFrame({"employees": [50, 49, None]})
    >>> holds(frame, {"not": {"field": "employees", "is": ">=", "value": 50}}, {"employees": "number"}).tolist()
    [False, True, True]
    """
    if "all" in condition:
        return np.logical_and.reduce(
            [np.ones(len(frame), bool), *(holds(frame, part, kinds) for part in condition["all"])]
        )
    if "any" in condition:
        return np.logical_or.reduce(
            [np.zeros(len(frame), bool), *(holds(frame, part, kinds) for part in condition["any"])]
        )
    if "not" in condition:
        return ~holds(frame, condition["not"], kinds)
    name, sign = condition["field"], condition["is"]
    if kinds[name] == TEXT:
        values = texts_of(frame[name])
        return values == "" if sign == "missing" else np.isin(values, [str(v) for v in condition["values"]])
    values = numbers_of(frame[name], kinds[name])
    if sign == "missing":
        return np.isnan(values)
    if "other" in condition:
        wanted = condition["times"] * numbers_of(frame[condition["other"]], kinds[condition["other"]])
    else:
        wanted = value_of(condition["value"], kinds[name])
    with np.errstate(invalid="ignore"):
        return SIGNS[sign](values, wanted)


def texts_of(column: pd.Series) -> np.ndarray:
    """Return text, empty where nothing is known."""
    return column.astype("object").where(column.notna(), "").to_numpy().astype(str)


def numbers_of(column: pd.Series, kind: str = NUMBER) -> np.ndarray:
    """Return numbers, NaN where nothing is known; dates as days since 1970, true as 1."""
    import pandas as pd

    if kind == DATE:
        days = pd.to_datetime(column, errors="coerce")
        return ((days - pd.Timestamp("1970-01-01")) / pd.Timedelta(days=1)).to_numpy(float, na_value=np.nan)
    if kind == FLAG:
        return column.astype("boolean").astype("Float64").to_numpy(float, na_value=np.nan)
    found = pd.to_numeric(column, errors="coerce").astype("Float64").to_numpy(float, na_value=np.nan)
    return np.where(np.isfinite(found), found, np.nan)


def value_of(value: Any, kind: str) -> float:
    """Return a value of a condition as `numbers_of` gives the column."""
    if kind == DATE:
        return float((np.datetime64(value, "D") - np.datetime64("1970-01-01", "D")) / np.timedelta64(1, "D"))
    return float(value)


def fields_in(condition: Condition) -> Iterator[str]:
    """Yield the fields that a condition names, in their order, again and again."""
    for part in [*condition.get("all", []), *condition.get("any", []), *filter(None, [condition.get("not")])]:
        yield from fields_in(part)
    yield from (condition[key] for key in ("field", "other") if key in condition)


def first_that_holds(frame: pd.DataFrame, rule: Mapping[str, Any]) -> np.ndarray:
    """Return for each row the position of the first rule that holds, the number of rules where none does.

    Parameters
    ----------
    rule : mapping
        ``fields`` (field → kind) and ``rules`` (each with ``when``, a condition).
    """
    found = np.full(len(frame), len(rule["rules"]))
    for position in reversed(range(len(rule["rules"]))):
        found[holds(frame, rule["rules"][position]["when"], rule["fields"])] = position
    return found


def apply_rule(frame: pd.DataFrame, rule: Mapping[str, Any]) -> np.ndarray:
    """Return the segment that a rule tells for each row: ``segment_id`` of the first that holds, else ``otherwise``."""
    told = np.array([*(entry["segment_id"] for entry in rule["rules"]), rule["otherwise"]])
    return told[first_that_holds(frame, rule)]
