"""What `segkit init` proposes: entries of `sources`, with a confidence per column."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from segkit.settings.header_texts import alternatives

if TYPE_CHECKING:
    from segkit.sources.mapping_company import CompanyFacts
    from segkit.sources.mapping_read import Mapped

SEPARATOR = " | "
"""Between the alternatives of a column, where they stand in one line."""
NOTHING = "(empty)"
"""The alternative "leave the column empty"."""


@dataclass(frozen=True)
class Column:
    """A column and what fills it: a header or a formula, or several of which the first counts that a file has.

    `confidence` is 0–1, `examples` is what stands there. Of a preset's column `text` is what the preset says, and
    `header` what the file calls it; `is_own` marks a column of such an entry that the preset does not fill.
    """

    name: str
    text: str | tuple[str, ...]
    confidence: float
    examples: tuple[str, ...] = ()
    header: str = ""
    is_own: bool = False

    @property
    def shown(self) -> str:
        """What fills the column, in one line."""
        return self.header or one_line(self.text)


@dataclass(frozen=True)
class Entry:
    """One entry of a table: `files` are patterns, or with `on` the files of a join.

    With a `preset` the columns are those that it fills; `remark` says what the files are, `unknown` names the headers
    that the preset does not know, `rows` the rows that it leaves out or turns round.
    """

    table: str
    files: list[str]
    columns: list[Column]
    headers: list[str]
    on: str = ""
    preset: str = ""
    confidence: float = 1.0
    remark: str = ""
    unknown: tuple[str, ...] = ()
    rows: tuple[str, ...] = ()

    def as_source(self) -> dict:
        """Return the entry as it stands in project.yml."""
        many = {"from": list(self.files)} | ({"on": self.on} if self.on else {})
        one = {"files": self.files[0] if len(self.files) == 1 else list(self.files)}
        mine = [c for c in self.columns if c.is_own or not self.preset]
        columns = {c.name: c.text if isinstance(c.text, str) else list(c.text) for c in mine}
        if self.preset:
            many = {"from": list(self.files)}
        preset = {"preset": self.preset} if self.preset else {}
        return {**preset, **(many if self.is_joined else one), **({"columns": columns} if columns else {})}

    @property
    def is_joined(self) -> bool:
        """The files belong together row by row."""
        return bool(self.on)


@dataclass(frozen=True)
class Proposal:
    """Entries for `sources`, files that were not used with the reason, or `mapping` and `facts` read from mapping.xlsx.

    `account_groups` proposes scope.account_groups: account group → what it is.
    """

    name: str
    entries: list[Entry]
    unused: list[tuple[str, str]] = field(default_factory=list)
    mapping: list[Mapped] | None = None
    facts: CompanyFacts | None = None
    account_groups: dict[str, str] = field(default_factory=dict)

    def sources(self) -> dict[str, list[dict]]:
        """Return the section `sources`: table → its entries."""
        found: dict[str, list[dict]] = {}
        for entry in self.entries:
            found.setdefault(entry.table, []).append(entry.as_source())
        return found

    @property
    def has_money(self) -> bool:
        """A table of money is among the entries."""
        return any(entry.table in ("invoices", "opportunities") for entry in self.entries)


def one_line(text: str | tuple[str, ...] | list[str]) -> str:
    """Return what fills a column as one line: alternatives with `SEPARATOR` between them."""
    return SEPARATOR.join(part or NOTHING for part in alternatives(text if isinstance(text, str) else tuple(text)))
