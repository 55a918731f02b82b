"""Rules that people write in project.yml: who is in which segment, in words of columns."""

import math
import re
from collections.abc import Iterator
from typing import Any, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

RESERVED = ("KEY", "DORMANT", "OTHER", "MIXED", "UNKNOWN")


class HandRule(BaseModel):
    """One hand-made rule: who is in the segment."""

    model_config = ConfigDict(extra="forbid")

    id: str = Field(pattern=r"^[A-Za-z0-9_]{1,20}$", description="short and lasting; the name may change, the id not")
    name: str = Field(min_length=1, description="what the segment is called")
    when: dict[str, Any] = Field(
        default_factory=dict,
        description="conditions that all hold: column: value, column: [values], column: {from: x, below: y}, "
        "any: [conditions], all: [conditions], not: condition; empty: everybody",
    )

    @model_validator(mode="after")
    def _readable(self) -> Self:
        """Refuse ids of other segments and conditions that nobody can read."""
        if self.id in RESERVED or re.fullmatch(r"[SC]\d+", self.id):
            raise ValueError(f"rule {self.id}: KEY, DORMANT, OTHER and S1, C1 … are ids of other segments")
        _check_condition(self.when, self.id)
        return self

    @property
    def columns(self) -> list[str]:
        """Columns that the rule names, each once."""
        return list(dict.fromkeys(_name_columns(self.when)))


def _name_columns(when: dict[str, Any]) -> Iterator[str]:
    for name, wanted in when.items():
        if name == "not":
            yield from _name_columns(wanted)
        elif name in ("any", "all"):
            for part in wanted:
                yield from _name_columns(part)
        else:
            yield name


def _check_condition(when: Any, rule: str) -> None:
    """Raise where a condition is none."""
    if not isinstance(when, dict):
        raise ValueError(f"rule {rule}: a condition is a mapping such as region: Nord, not {when!r}")
    for name, wanted in when.items():
        if name in ("any", "all"):
            if not isinstance(wanted, list) or not wanted:
                raise ValueError(f"rule {rule}: {name} needs a list of conditions")
            for part in wanted:
                _check_condition(part, rule)
        elif name == "not":
            _check_condition(wanted, rule)
        elif isinstance(wanted, dict) and (not wanted or set(wanted) - {"from", "below"}):
            raise ValueError(f"rule {rule}: {name} takes from and below, not {', '.join(map(str, wanted))}")
        elif isinstance(wanted, dict):
            _check_numbers(name, wanted, rule)
        elif wanted is None or isinstance(wanted, list) and (not wanted or None in wanted):
            raise ValueError(f"rule {rule}: {name} needs a value or a list of values")


def _check_numbers(name: str, wanted: dict[str, Any], rule: str) -> None:
    """Raise where a limit is no number: 50.000 in German would be 50, and a date compares with nothing."""
    for word, limit in wanted.items():
        if isinstance(limit, bool) or not isinstance(limit, int | float) or not math.isfinite(limit):
            raise ValueError(f"rule {rule}: {name}: {word} needs a number such as 50000, not {limit!r}")
