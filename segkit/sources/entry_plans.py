"""What an entry of `sources` comes to: which header of which file fills which column, and which rows count."""

from __future__ import annotations

from dataclasses import dataclass, field

from segkit.settings.sources import Source
from segkit.sources.formulas import Term, Texts
from segkit.sources.grids import Grid
from segkit.tables import Column, Table


@dataclass(frozen=True)
class Reference:
    """A header of one of the files that are joined, and the type to read it as."""

    alias: str
    header: str
    kind: str


@dataclass(frozen=True)
class Condition:
    """Rows in which a header has one of some texts: "*" is any text, "" none."""

    reference: Reference
    texts: tuple[str, ...]


@dataclass(frozen=True)
class ColumnPlan:
    """How a column is filled: one header, a formula over several, or their texts put together."""

    column: Column
    references: dict[str, Reference]
    term: Term | Texts
    is_required: bool

    @property
    def name(self) -> str:
        """The column's name."""
        return self.column.name


@dataclass(frozen=True)
class EntryPlan:
    """One entry of `sources.<table>` with its files opened.

    `skip` maps a reason to conditions of which one is enough to leave a row out; a row that meets a condition of
    `negative` counts with the negative sign.
    """

    table: Table
    source: Source
    place: str
    grids: dict[str, list[Grid]]
    columns: list[ColumnPlan] = field(default_factory=list)
    keys: list[str] = field(default_factory=list)
    skip: dict[str, list[Condition]] = field(default_factory=dict)
    negative: list[Condition] = field(default_factory=list)

    def references(self, alias: str) -> list[Reference]:
        """References into the files of an alias, each once."""
        found = [r for plan in self.columns for r in plan.references.values()]
        found += [condition.reference for conditions in self.skip.values() for condition in conditions]
        found += [condition.reference for condition in self.negative]
        return [r for r in dict.fromkeys(found) if r.alias == alias]

    def names_of(self, reference: Reference) -> str:
        """Columns that a reference fills, and whether it decides about rows."""
        names = [c.name for c in self.columns if reference in c.references.values()]
        names += ["skip"] if any(c.reference == reference for cs in self.skip.values() for c in cs) else []
        names += ["negative"] if any(c.reference == reference for c in self.negative) else []
        return ", ".join(names)
