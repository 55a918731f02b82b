"""What becomes of each column in a pseudonymised copy: `copy_rules.yml`, and what holds for all other columns."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from pathlib import Path

from segkit.tables import TABLES, Column
from segkit.yaml_files import read_yaml

KINDS = frozenset(
    {
        *("keep", "code", "category", "prefix", "pseudonym", "name", "size", "rounded", "weeks", "month", "of", "drop"),
    }
)
BY_TYPE = {"bool": "keep", "int": "keep", "float": "rounded", "money": "rounded", "date": "month"}
"""Treatment of a column that no rule names; text and ids are left out."""


@dataclass(frozen=True)
class Treatment:
    """What becomes of a column: kind (see `copy_rules.yml`) and its argument: a domain, or a number of signs."""

    kind: str
    argument: str = ""

    def __str__(self) -> str:
        return f"{self.kind} {self.argument}".strip()


@functools.cache
def _rules() -> dict:
    return read_yaml(Path(__file__).with_name("copy_rules.yml"))


def left_out() -> dict[str, str]:
    """Return the tables that no copy holds, and why."""
    return dict(_rules()["left_out"])


def is_line_table(table: str) -> bool:
    """Say whether a table holds single dated acts (an invoice line, an answer): they go along only when asked for."""
    return TABLES[table].kind == "event"


def hidden_columns() -> frozenset[str]:
    """Return the columns of accounts and contacts whose values must not be told in another table either."""
    both = {**treatments("accounts"), **treatments("contacts")}
    return frozenset(name for name, treatment in both.items() if treatment.kind in ("drop", "pseudonym", "name"))


def treatments(table: str) -> dict[str, Treatment]:
    """Return column → what becomes of it, for each declared column of a table; others never go along."""
    return {column.name: _treatment(table, column) for column in TABLES[table].columns.values()}


def _treatment(table: str, column: Column) -> Treatment:
    rules = _rules()
    text = rules["tables"].get(table, {}).get(column.name) or rules["columns"].get(column.name)
    if text is None:
        text = BY_TYPE.get(column.type, "drop")
        text = "keep" if text in ("rounded", "month") and table in rules["exact"] else text
    kind, _, argument = text.partition(" ")
    return Treatment(kind, argument)
