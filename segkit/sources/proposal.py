"""What `segkit init` proposes: entries of `sources`, with a confidence per column."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Column:
    """A column and what fills it: a header or a formula, how sure (0–1), and what stands there."""

    name: str
    text: str
    confidence: float
    examples: tuple[str, ...] = ()


@dataclass(frozen=True)
class Entry:
    """One entry of a table: `files` are patterns, or with `on` the files of a join."""

    table: str
    files: list[str]
    columns: list[Column]
    headers: list[str]
    on: str = ""

    def as_source(self) -> dict:
        """Return the entry as it stands in project.yml."""
        if self.on:
            origin: dict = {"from": list(self.files), "on": self.on}
        else:
            origin = {"files": self.files[0] if len(self.files) == 1 else list(self.files)}
        return {**origin, "columns": {column.name: column.text for column in self.columns}}


@dataclass(frozen=True)
class Proposal:
    """Entries for `sources`, files that were not used with the reason, or `mapping` read back from mapping.xlsx."""

    name: str
    entries: list[Entry]
    unused: list[tuple[str, str]] = field(default_factory=list)
    mapping: dict[str, list[dict]] | None = None

    def sources(self) -> dict[str, list[dict]]:
        """Return the section `sources`: table → its entries."""
        if self.mapping is not None:
            return self.mapping
        found: dict[str, list[dict]] = {}
        for entry in self.entries:
            found.setdefault(entry.table, []).append(entry.as_source())
        return found
