"""The catalogue of segmentation criteria: definition, family, level, ratings, and how each is computed."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from segkit.yaml_files import read_yaml

FAMILIES = (
    *("firmographic", "operative", "purchasing", "situational", "behavioural"),
    *("needs", "class", "services", "partner"),
)
RATINGS = ("ease", "relevance", "usage")
ALWAYS = {"account_features", "account_value", "accounts"}  # every run has them, if only with empty columns


@dataclass(frozen=True)
class Criterion:
    """One criterion; the head of `catalogue.yml` explains the fields."""

    criterion_id: str
    name_de: str
    name_en: str
    definition_de: str
    definition_en: str
    family: str
    nest: int
    level: str
    way: str
    needs: tuple[str, ...]
    dated: bool
    ease: int
    relevance: int
    usage: int
    serves: tuple[str, ...]
    column: str | None = None
    absent: Any = None
    is_sensitive: bool = False

    @property
    def table(self) -> str:
        """The table that the criterion rests on first."""
        return self.needs[0].partition(".")[0]


@functools.cache
def criteria_catalogue() -> dict[str, Criterion]:
    """Return all criteria by id, in the order in which they are shown: their number on charts."""
    entries = read_yaml(Path(__file__).with_name("catalogue.yml"))
    return {criterion_id: _criterion(criterion_id, entry) for criterion_id, entry in entries.items()}


def _criterion(criterion_id: str, entry: dict[str, Any]) -> Criterion:
    lists = {key: tuple(entry[key]) for key in ("needs", "serves")}
    return Criterion(criterion_id=criterion_id, **{**entry, **lists})


def tables_needed(delivered: set[str]) -> list[str]:
    """Return which tables of a run the criteria are computed from, in alphabetical order.

    Parameters
    ----------
    delivered : set of str
        Tables for which there were files (column `table` of `reconciliation`); the tables that every run has need none.
    """
    needed = {need.partition(".")[0] for criterion in criteria_catalogue().values() for need in criterion.needs}
    return sorted(needed & (delivered | ALWAYS))
