"""What a file of `presets/` may hold, checked while it is read; `presets` describes the grammar."""

from __future__ import annotations

import difflib
import functools
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from segkit.settings.header_texts import alternatives, refuse_empty, texts_of
from segkit.settings.sources import IdForm
from segkit.sources.formulas import headers_in
from segkit.sources.grids import fold
from segkit.tables import INPUTS, NOT_FILLED

PATTERNS = {"guid": r"\{?[0-9A-Fa-f]{8}-([0-9A-Fa-f]{4}-){3}[0-9A-Fa-f]{12}\}?"}
"""Looks of values that `positions` may name; other patterns are regular expressions."""


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


class Position(_Model):
    """Where a field stands whose header is in the user's language: column from 1 (any, if left out), and pattern."""

    column: int | None = Field(None, ge=1)
    pattern: str

    @property
    def expression(self) -> str:
        """The pattern as a regular expression."""
        return PATTERNS.get(self.pattern, self.pattern)


class Shape(_Model):
    """One kind of file of a system; `fields` maps the technical name to the other headers that mean it."""

    text: str
    key: tuple[str, ...] = Field(min_length=1)
    fields: dict[str, tuple[str, ...]]
    positions: dict[str, Position] = Field(default_factory=dict)
    pad: dict[str, int] = Field(default_factory=dict)
    values: dict[str, dict[str, str]] = Field(default_factory=dict)
    rates: tuple[str, ...] = ()
    ids: dict[str, IdForm] = Field(default_factory=dict)
    copies: dict[str, str] = Field(default_factory=dict)

    @field_validator("fields", mode="before")
    @classmethod
    def _labels_as_tuples(cls, value: Any) -> Any:
        if not isinstance(value, dict):
            return value
        return {name: tuple(filter(None, [v] if isinstance(v, str) else v)) for name, v in value.items()}

    @field_validator("values")
    @classmethod
    def _no_empty_text(cls, value: dict[str, dict[str, str]]) -> dict[str, dict[str, str]]:
        return refuse_empty(value)

    @model_validator(mode="after")
    def _is_consistent(self) -> Shape:
        named = {"key": self.key, "positions": self.positions, "pad": self.pad, "values": self.values}
        named |= {"ids": self.ids, "copies": (*self.copies, *self.copies.values())}
        for setting, names in {**named, "rates": self.rates}.items():
            unknown = [name for name in names if name not in self.fields]
            if unknown:
                raise ValueError(f"{setting} names {', '.join(unknown)}, which is not under fields")
        meaning: dict[str, str] = {}
        for name, labels in self.fields.items():
            for header in (name, *labels):
                other = meaning.setdefault(fold(header), name)
                if other != name:
                    raise ValueError(f"'{header}' means both {other} and {name}; a header may mean one field only")
        return self

    @functools.cached_property
    def headers(self) -> dict[str, tuple[str, int]]:
        """Folded header → (field, rank): 0 is the technical name, 1 its first label."""
        return {
            fold(header): (name, rank)
            for name, labels in self.fields.items()
            for rank, header in reversed(list(enumerate((name, *labels))))
        }


class TableItem(_Model):
    """How shapes fill a table of the workbench."""

    table: str
    shapes: tuple[str, ...] = Field(alias="from", min_length=1)
    on: tuple[str, ...] = ()
    skip: dict[str, dict[str, tuple[str, ...]]] = Field(default_factory=dict)
    negative: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    columns: dict[str, str | tuple[str, ...]]

    @field_validator("shapes", "on", mode="before")
    @classmethod
    def _as_tuple(cls, value: Any) -> Any:
        return (value,) if isinstance(value, str) else value

    @field_validator("skip", mode="before")
    @classmethod
    def _skip_as_texts(cls, value: Any) -> Any:
        return {reason: texts_of(fields) for reason, fields in value.items()} if isinstance(value, dict) else value

    @field_validator("negative", mode="before")
    @classmethod
    def _negative_as_texts(cls, value: Any) -> Any:
        return texts_of(value)

    @field_validator("table")
    @classmethod
    def _is_input(cls, value: str) -> str:
        if value not in INPUTS:
            raise ValueError(f"there is no table {value}{nearest(value, INPUTS)}")
        return value

    @model_validator(mode="after")
    def _is_consistent(self) -> TableItem:
        table = INPUTS[self.table]
        unknown = [name for name in self.columns if name not in table.columns or name in NOT_FILLED]
        if unknown:
            raise ValueError(f"{self.table} has no column {unknown[0]}{nearest(unknown[0], table.columns)}")
        missing = [name for name in table.required if name not in self.columns]
        if missing:
            raise ValueError(f"{self.table} needs {', '.join(missing)}")
        if len(self.shapes) > 1 and not self.on:
            raise ValueError(f"{' and '.join(self.shapes)} need the field under on that joins them")
        return self

    @property
    def needed(self) -> tuple[str, ...]:
        """Shapes without which the item cannot be had."""
        return tuple(name for name in self.shapes if not name.endswith("?"))

    @property
    def known(self) -> tuple[str, ...]:
        """All its shapes, needed or not."""
        return tuple(name.removesuffix("?") for name in self.shapes)


class Preset(_Model):
    """A system: its shapes of files, and the tables that they fill."""

    system: str
    name: str
    files: dict[str, Shape]
    tables: tuple[TableItem, ...] = ()

    @model_validator(mode="after")
    def _items_name_fields(self) -> Preset:
        for item in self.tables:
            unknown = [name for name in item.known if name not in self.files]
            if unknown:
                raise ValueError(f"{item.table}: no shape {unknown[0]} under files{nearest(unknown[0], self.files)}")
            for field in self._fields(item):
                self._check_field(item, field)
        return self

    def _fields(self, item: TableItem) -> list[str]:
        """Return the fields that an item is made of, as they are written there."""
        texts = [text for header in item.columns.values() for text in alternatives(header)]
        found = [field for text in texts for field in headers_in(text, lambda f: bool(self._holders(item, f)))]
        found += [field for fields in item.skip.values() for field in fields]
        return list(dict.fromkeys([*item.on, *found, *item.negative]))

    def _holders(self, item: TableItem, field: str) -> list[str]:
        shape, _, name = field.partition(".")
        if shape in item.known and name in self.files[shape].fields:
            return [shape]
        return [s for s in item.known if field in self.files[s].fields]

    def _check_field(self, item: TableItem, field: str) -> None:
        holders = self._holders(item, field)
        if not holders:
            known = [f for s in item.known for f in self.files[s].fields]
            raise ValueError(f"{item.table}: no field {field} in {', '.join(item.known)}{nearest(field, known)}")
        if field in item.on and len(holders) < len(item.known):
            raise ValueError(f"{item.table}: on names {field}, which not all of {', '.join(item.known)} have")
        if field not in item.on and len(holders) > 1:
            raise ValueError(f"{item.table}: {field} stands in {' and '.join(holders)}; write {holders[0]}.{field}")


def nearest(name: str, known: Any) -> str:
    """Return "; did you mean sap?", or what is known where nothing is near."""
    near = difflib.get_close_matches(name, list(known), n=1, cutoff=0.5)
    return f"; did you mean {near[0]}?" if near else f"; known are {', '.join(known)}"
