"""A rule as a formula of Excel and LibreOffice: text compared letter by letter, empty cells said outright."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from segkit.segments.typing.as_sql import number
from segkit.segments.typing.conditions import DATE, FLAG, TEXT, Condition

LONGEST, DEEPEST = 8000, 60
"""Characters of a formula and functions inside one another; Excel takes 8,192 and 64."""
MOST_OPTIONS = 12
"""Values compared inside a formula; more stand in a list of the workbook."""
Lists = Mapping[tuple[str, ...], str]


def case_formula(cases: Sequence[tuple[Condition, str]], otherwise: str, fields: Mapping[str, str],
                 cells: Mapping[str, str], lists: Lists | None = None) -> str | None:  # fmt: skip
    """Return one formula that gives the value of the first condition that holds, None where it would be too long.

    Parameters
    ----------
    cases : sequence of (condition, value)
        Values as they stand in a formula: ``text("S1")`` or a number.
    otherwise : str
        Value where none holds.
    fields : mapping
        Field → kind.
    cells : mapping
        Field → cell, such as B2.
    lists : mapping, optional
        Values → the range in which they stand, for those of `long_lists`.

    Examples
    --------
    >>> when = {"field": "employees", "is": ">=", "value": 50}
    >>> case_formula([(when, '"S1"')], '"UNSURE"', {"employees": "number"}, {"employees": "B2"})
    '=IF(AND(ISNUMBER(B2),B2>=50),"S1","UNSURE")'
    """
    if len(cases) > DEEPEST:
        return None
    found = otherwise
    for when, value in reversed(cases):
        found = f"IF({condition_formula(when, fields, cells, lists)},{value},{found})"
    return f"={found}" if len(found) < LONGEST else None


def long_lists(condition: Condition) -> Iterator[tuple[str, ...]]:
    """Yield the values of every comparison that is too long to stand in a formula."""
    for part in [*condition.get("all", []), *condition.get("any", []), *filter(None, [condition.get("not")])]:
        yield from long_lists(part)
    if len(condition.get("values", ())) > MOST_OPTIONS:
        yield tuple(condition["values"])


def condition_formula(
    condition: Condition, kinds: Mapping[str, str], cells: Mapping[str, str], lists: Lists | None = None
) -> str:
    """Return a condition as a formula that is TRUE or FALSE and no error, whatever stands in the cells."""
    for key, word, empty in (("all", "AND", "TRUE()"), ("any", "OR", "FALSE()")):
        if key in condition:
            return _joined(word, [condition_formula(part, kinds, cells, lists) for part in condition[key]], empty)
    if "not" in condition:
        return f"NOT({condition_formula(condition['not'], kinds, cells, lists)})"
    cell, kind = cells[condition["field"]], kinds[condition["field"]]
    if condition["is"] == "missing":
        return f"LEN({cell})=0" if kind == TEXT else f"NOT({'ISLOGICAL' if kind == FLAG else 'ISNUMBER'}({cell}))"
    if condition["is"] == "in":
        place = (lists or {}).get(tuple(condition["values"]))
        if place:
            return f'SUMPRODUCT(--EXACT({cell}&"",{place}))>0'
        return _joined("OR", [f'EXACT({cell}&"",{text(value)})' for value in condition["values"]], "FALSE()")
    if kind == FLAG:
        return f"AND(ISLOGICAL({cell}),{cell}={'TRUE()' if condition['value'] else 'FALSE()'})"
    if "other" in condition:
        other = cells[condition["other"]]
        wanted = f"{number(condition['times'])}*N({other})"
        return f"AND(ISNUMBER({cell}),ISNUMBER({other}),{cell}{condition['is']}{wanted})"
    return f"AND(ISNUMBER({cell}),{cell}{condition['is']}{_literal(condition['value'], kind)})"


def _joined(word: str, parts: list[str], empty: str) -> str:
    return empty if not parts else parts[0] if len(parts) == 1 else f"{word}({','.join(parts)})"


def _literal(value: Any, kind: str) -> str:
    if kind == DATE:
        year, month, day = str(value).split("-")
        return f"DATE({int(year)},{int(month)},{int(day)})"
    return number(value)


def text(value: str) -> str:
    """Return text as a literal of a formula."""
    return '"' + str(value).replace('"', '""') + '"'
