"""Which hand-made conditions can never hold, and which hold only where another one does: by logic, without any data."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

import numpy as np

MOST_BRANCHES = 256  # conditions that unfold into more ways to hold are judged by counts alone


@dataclass(frozen=True)
class Literal:
    """One comparison of a column: from … below a number, or one of some values; `is_wanted` False: not so."""

    column: str
    low: float = -np.inf
    high: float = np.inf
    values: frozenset[str] | None = None
    is_wanted: bool = True

    @property
    def numbers(self) -> list[float] | None:
        """The values as numbers; None where one of them is no number, or where it is no list of values."""
        found = [_number(value) for value in self.values or ()]
        return None if self.values is None or None in found else [number for number in found if number is not None]


def _number(value: Any) -> float | None:
    try:
        return float(value)
    except (TypeError, ValueError):
        return None


def unfold(when: Mapping[str, Any], is_wanted: bool = True) -> list[tuple[Literal, ...]] | None:
    """Return the ways in which a condition can hold: one of them does, and then all its literals hold.

    Parameters
    ----------
    when : mapping
        As `hand_rules.holds` reads it.
    is_wanted : bool
        False: the ways in which it does not hold.

    Returns
    -------
    list of tuple of Literal, or None
        None where there are more than 256.

    Examples
    --------
    >>> [len(branch) for branch in unfold({"a": 1, "any": [{"b": 2}, {"c": 3, "d": 4}]})]
    [2, 3]
    """
    parts = [_entry(name, wanted, is_wanted) for name, wanted in when.items()]
    known = [part for part in parts if part is not None]
    return None if len(known) < len(parts) else _join(known, every=is_wanted)


def _entry(name: str, wanted: Any, is_wanted: bool) -> list[tuple[Literal, ...]] | None:
    if name == "not":
        return unfold(wanted, not is_wanted)
    if name in ("all", "any"):
        parts = [unfold(part, is_wanted) for part in wanted]
        known = [part for part in parts if part is not None]
        return None if len(known) < len(parts) else _join(known, every=(name == "all") == is_wanted)
    if isinstance(wanted, Mapping):
        low, high = (float(wanted.get(word, default)) for word, default in (("from", -np.inf), ("below", np.inf)))
        return [(Literal(name, low, high, is_wanted=is_wanted),)]
    options = wanted if isinstance(wanted, list | tuple) else [wanted]
    return [(Literal(name, values=frozenset(str(option) for option in options), is_wanted=is_wanted),)]


def _join(parts: Sequence[list[tuple[Literal, ...]]], every: bool) -> list[tuple[Literal, ...]] | None:
    """Return the ways in which all parts hold, or any of them."""
    if not every:
        found = [branch for part in parts for branch in part]
        return found if len(found) <= MOST_BRANCHES else None
    if np.prod([len(part) for part in parts], dtype=float) > MOST_BRANCHES:
        return None
    return [tuple(literal for branch in combined for literal in branch) for combined in product(*parts)]


def find_conflict(branch: Iterable[Literal]) -> str | None:
    """Return the column on which the literals of one way exclude each other; None where they can hold together."""
    literals = list(branch)
    for column in dict.fromkeys(literal.column for literal in literals):
        if _excludes([literal for literal in literals if literal.column == column]):
            return column
    return None


def _excludes(literals: list[Literal]) -> bool:
    wanted = [literal for literal in literals if literal.is_wanted]
    low, high = (max((p.low for p in wanted), default=-np.inf), min((p.high for p in wanted), default=np.inf))
    has_range = any(literal.values is None for literal in wanted)
    if low >= high:
        return True
    lists = [{_canonical(value) for value in literal.values} for literal in wanted if literal.values is not None]
    shared = set.intersection(*lists) if lists else None
    if shared is not None and has_range:
        shared = {value for value in shared if isinstance(value, float) and low <= value < high}
    if shared is not None and not shared:
        return True
    return any(_follows(wanted, Literal(p.column, p.low, p.high, p.values)) for p in literals if not p.is_wanted)


def _canonical(value: str) -> float | str:
    """Return a value so that 20, 20.0 and "20" are the same: what may be equal is no contradiction."""
    number = _number(value)
    return value if number is None else number


def _follows(literals: Sequence[Literal], wanted: Literal) -> bool:
    """Return whether a literal of one column holds wherever these of the same column do."""
    if any(literal == wanted for literal in literals):
        return True
    held = [literal for literal in literals if literal.is_wanted]
    if not held or not wanted.is_wanted:
        return False
    if wanted.values is not None:
        return any(literal.values is not None and literal.values <= wanted.values for literal in held)
    ranges = [literal for literal in held if literal.values is None]
    low, high = max((p.low for p in ranges), default=-np.inf), min((p.high for p in ranges), default=np.inf)
    if ranges and low >= wanted.low and high <= wanted.high:
        return True
    lists = [literal.numbers for literal in held if literal.values is not None]
    return any(all(wanted.low <= n < wanted.high for n in numbers) for numbers in lists if numbers)


def is_within(inner: Mapping[str, Any], outer: Mapping[str, Any]) -> bool:
    """Return whether a condition holds only where another one holds, by logic; False where that is not certain.

    Examples
    --------
    >>> is_within({"revenue_12m": {"from": 90000}, "region": "Nord"}, {"revenue_12m": {"from": 50000}})
    True
    """
    ours, theirs = unfold(inner), unfold(outer)
    if ours is None or theirs is None:
        return False
    possible = [branch for branch in ours if find_conflict(branch) is None]
    return bool(possible) and all(any(_entails(branch, other) for other in theirs) for branch in possible)


def _entails(branch: Sequence[Literal], other: Sequence[Literal]) -> bool:
    return all(_follows([literal for literal in branch if literal.column == wanted.column], wanted) for wanted in other)


def find_contradictions(when: Mapping[str, Any]) -> tuple[list[str], bool]:
    """Return the columns on which a condition contradicts itself, and whether it can never hold at all.

    Examples
    --------
    >>> find_contradictions({"revenue_12m": {"from": 900, "below": 500}})
    (['revenue_12m'], True)
    >>> find_contradictions({"any": [{"region": "Nord"}, {"all": [{"region": "Nord"}, {"region": "Süd"}]}]})
    (['region'], False)
    """
    branches = unfold(when)
    if branches is None:
        return [], False
    found = [find_conflict(branch) for branch in branches]
    columns = list(dict.fromkeys(column for column in found if column is not None))
    return columns, bool(branches) and all(column is not None for column in found)
