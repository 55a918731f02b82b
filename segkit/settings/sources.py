"""Where the data come from: the section `sources` of project.yml.

Each table names one source or a list of them. A source is a pattern of files, a join of files, or a database:

    sources:
      invoices:
        files: "raw/*/invoices*.csv.gz"
        columns: {account_id: CustomerID, invoice_date: InvoiceDate, revenue: "Quantity * UnitPrice"}
      accounts:
        - files: [crm/accounts.xlsx]
          sheet: Konten
          columns: {account_id: "Kunden-Nr.", name: "Name 1 & Name 2", city: [Ort, Stadt]}
        - preset: salesforce
          files: "raw/*/account*.csv"
          columns: {external_id: SAP_No__c}

A preset (`segkit/sources/presets/`) knows the headers of a system; what stands beside it adds to it or overrules it.
"""

from __future__ import annotations

import codecs
import difflib
import re
from collections.abc import Iterator
from pathlib import PurePath
from typing import Any, Literal

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    RootModel,
    SerializerFunctionWrapHandler,
    field_validator,
    model_serializer,
    model_validator,
)

from segkit.settings.databases import Database
from segkit.settings.header_texts import refuse_empty, text_of, texts_of

INPUT_TABLES = (
    "accounts",
    "contacts",
    "invoices",
    "products",
    "opportunities",
    "leads",
    "campaigns",
    "engagements",
    "tickets",
    "contracts",
    "surveys",
    "care_costs",
    "installed_base",
    "sectors",
    "competitors",
    "orders",
    "sales_areas",
    "partners",
    "hierarchy",
    "exchange_rates",
    "firmographics",
)
"""Tables that a source may fill."""

SUFFIXES = (".csv", ".tsv", ".txt", ".xlsx", ".xlsm", ".xls", ".xlsb", ".ods", ".parquet", ".zip", ".gz")
"""File name endings that can be read; they may be stacked (`.csv.gz`)."""

DELIMITERS = {"tab": "\t", "\\t": "\t", "semicolon": ";", "comma": ",", "pipe": "|"}


IdForm = Literal["salesforce", "guid", "zoho", "first"]
"""Ids that a system writes in several ways: `segkit.sources.id_forms` has what becomes of them."""

_LATER = ("preset", "skip", "negative", "values", "pad", "rates", "ids")
"""Settings that are written down only where they are given: earlier runs and releases know nothing of them."""


class Source(BaseModel):
    """One source of one table: which files, and which of their headers fills which column.

    ``columns`` maps a column to a header, a formula of headers, texts joined by `` & ``, or a list of such, of which
    the first counts whose headers are all in the file ("" leaves the column empty). ``values`` says what the texts of
    a header mean, ``pad`` how long its numbers are with leading zeros, ``rates`` which headers are exchange rates in
    which "-" or "/" stands for one divided by the rest, ``ids`` which headers hold ids that a system writes in several
    ways; all four come before ``skip`` (reason → header → texts: rows that are left out, "*" any text, "" none) and
    ``negative`` (header → texts: rows whose money counts as negative). In a join a header may be written
    ``file.header``.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)

    preset: str | None = None
    files: tuple[str, ...] = ()
    joined: tuple[str, ...] = Field(default=(), alias="from")
    on: tuple[str, ...] = ()
    database: Database | None = None
    sheet: str | None = None
    encoding: str | None = None
    delimiter: str | None = None
    decimal: str | None = None
    date_format: str | None = None
    columns: dict[str, str | tuple[str, ...]] = Field(default_factory=dict)
    skip: dict[str, dict[str, tuple[str, ...]]] = Field(default_factory=dict)
    negative: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    values: dict[str, dict[str, str]] = Field(default_factory=dict)
    pad: dict[str, int] = Field(default_factory=dict)
    rates: tuple[str, ...] = ()
    ids: dict[str, IdForm] = Field(default_factory=dict)

    @field_validator("files", "joined", "on", "rates", mode="before")
    @classmethod
    def _as_tuple(cls, value: Any) -> Any:
        return (value,) if isinstance(value, str) else value

    @field_validator("skip", mode="before")
    @classmethod
    def _skip_as_texts(cls, value: Any) -> Any:
        return {reason: texts_of(fields) for reason, fields in value.items()} if isinstance(value, dict) else value

    @field_validator("skip")
    @classmethod
    def _reasons_are_names(cls, value: dict) -> dict:
        strange = [reason for reason in value if not re.fullmatch(r"[a-z][a-z0-9_]*", reason)]
        if strange:
            raise ValueError(f"a reason under skip is one lower-case word such as cancelled, not '{strange[0]}'")
        return value

    @field_validator("negative", mode="before")
    @classmethod
    def _negative_as_texts(cls, value: Any) -> Any:
        return texts_of(value)

    @field_validator("values", mode="before")
    @classmethod
    def _values_as_text(cls, value: Any) -> Any:
        if not isinstance(value, dict):
            return value
        return {
            header: {text_of(text): text_of(meant) for text, meant in meanings.items()}
            if isinstance(meanings, dict)
            else meanings
            for header, meanings in value.items()
        }

    @field_validator("sheet", mode="before")
    @classmethod
    def _sheet_as_text(cls, value: Any) -> Any:
        return str(value) if isinstance(value, int) else value

    @field_validator("columns", mode="before")
    @classmethod
    def _columns_as_text(cls, value: Any) -> Any:
        if not isinstance(value, dict):
            return value
        return {
            str(column): tuple(text_of(h) for h in header) if isinstance(header, (list, tuple)) else str(header)
            for column, header in value.items()
            if header is not None
        }

    @field_validator("values")
    @classmethod
    def _no_empty_text(cls, value: dict[str, dict[str, str]]) -> dict[str, dict[str, str]]:
        return refuse_empty(value)

    @field_validator("delimiter")
    @classmethod
    def _one_character(cls, value: str | None) -> str | None:
        if value is None:
            return None
        value = DELIMITERS.get(value.lower(), value)
        if len(value) != 1:
            raise ValueError(f"delimiter must be one character or one of {', '.join(DELIMITERS)}, not '{value}'")
        return value

    @field_validator("decimal")
    @classmethod
    def _comma_or_point(cls, value: str | None) -> str | None:
        if value not in (None, ",", "."):
            raise ValueError(f'decimal must be "," or ".", not "{value}"')
        return value

    @field_validator("encoding")
    @classmethod
    def _known_encoding(cls, value: str | None) -> str | None:
        if value is None:
            return None
        try:
            return codecs.lookup(value).name
        except LookupError:
            raise ValueError(f"unknown encoding '{value}'; usual ones are utf-8, cp1252, utf-16") from None

    @model_validator(mode="after")
    def _one_origin(self) -> Source:
        origins = [name for name, given in self._origins().items() if given]
        if len(origins) != 1:
            found = " and ".join(origins) or "none of them"
            raise ValueError(f"a source needs exactly one of files, from, database; found {found}")
        if self.joined and (len(self.joined) < 2 or not (self.on or self.preset)):
            raise ValueError("a join needs at least two names under from, and the common column under on")
        if self.on and not self.joined:
            raise ValueError("on belongs to a join: name the files under from instead of files")
        aliases = [alias for alias, _ in self.patterns]
        if self.joined and len(set(aliases)) < len(aliases):
            raise ValueError(f"the joined files need different names, found {', '.join(aliases)}")
        return self

    def _origins(self) -> dict[str, bool]:
        return {"files": bool(self.files), "from": bool(self.joined), "database": self.database is not None}

    @model_serializer(mode="wrap")
    def _without_unused(self, handler: SerializerFunctionWrapHandler) -> dict[str, Any]:
        return {key: value for key, value in handler(self).items() if key not in _LATER or value}

    @property
    def patterns(self) -> list[tuple[str, str]]:
        """(alias, pattern) of each file pattern, in order; bare names of a join stay bare."""
        return [(alias_of(pattern), pattern) for pattern in (self.files or self.joined)]


class Sources(RootModel[dict[str, tuple[Source, ...]]]):
    """Table name → its sources, always a sequence."""

    model_config = ConfigDict(frozen=True)

    @model_validator(mode="before")
    @classmethod
    def _known_tables(cls, value: Any) -> Any:
        if not isinstance(value, dict):
            raise ValueError("sources must name tables, such as invoices: {files: …, columns: …}")
        unknown = [_unknown_table(str(name)) for name in value if name not in INPUT_TABLES]
        if unknown:
            raise ValueError("; ".join(unknown))
        return {name: entry if isinstance(entry, (list, tuple)) else [entry] for name, entry in value.items()}

    @model_validator(mode="after")
    def _not_empty(self) -> Sources:
        empty = [name for name, entries in self.root.items() if not entries]
        if empty:
            raise ValueError(f"no source is given for {', '.join(empty)}; leave the table out instead")
        return self

    def __iter__(self) -> Iterator[str]:  # type: ignore[override]
        return iter(self.root)

    def __getitem__(self, table: str) -> tuple[Source, ...]:
        return self.root[table]

    def __contains__(self, table: object) -> bool:
        return table in self.root

    def __len__(self) -> int:
        return len(self.root)

    def get(self, table: str) -> tuple[Source, ...]:
        """Sources of a table, an empty tuple where it has none."""
        return self.root.get(table, ())

    def items(self) -> Iterator[tuple[str, tuple[Source, ...]]]:
        """(table, sources) pairs in the order of project.yml."""
        return iter(self.root.items())


def alias_of(pattern: str) -> str:
    """Short name of a file or pattern: `raw/*/orders_*.csv.gz` → `orders`.

    Parameters
    ----------
    pattern : str
        Path or glob pattern; both kinds of slashes are fine.

    Returns
    -------
    str
        File name without endings, wildcards and the separators around them.
    """
    name = PurePath(pattern.replace("\\", "/")).name
    while name.lower().endswith(SUFFIXES):
        name = name[: name.rindex(".")]
    return re.sub(r"(\[[^]]*\]|[*?])", "", name).strip("_-. ") or name


def _unknown_table(name: str) -> str:
    near = difflib.get_close_matches(name.lower(), INPUT_TABLES, n=1, cutoff=0.5)
    hint = f"did you mean '{near[0]}'?" if near else f"known are {', '.join(INPUT_TABLES)}"
    return f"unknown table '{name}' under sources; {hint}"
