"""The files of every entry of `sources`, opened and held against project.yml."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from segkit.errors import Problems, UserError
from segkit.settings.sources import Source, Sources
from segkit.sources.alternatives import settle
from segkit.sources.applying import apply_preset
from segkit.sources.files import read_file
from segkit.sources.grids import Grid
from segkit.sources.plans import EntryPlan, plan_entry, wanted_headers
from segkit.sources.typed_files import read_database
from segkit.tables import INPUTS

if TYPE_CHECKING:
    from pathlib import Path

    from segkit.sources.dictionaries import CellView


class SourceFile(Protocol):
    """One file of one entry, as the project lists them."""

    @property
    def table(self) -> str: ...  # noqa: D102
    @property
    def entry(self) -> int: ...  # noqa: D102
    @property
    def alias(self) -> str: ...  # noqa: D102
    @property
    def path(self) -> Path | None: ...  # noqa: D102
    @property
    def delivery(self) -> dt.date | None: ...  # noqa: D102
    @property
    def name(self) -> str: ...  # noqa: D102


@dataclass
class Opened:
    """An entry with its files opened and, once typed, its rows."""

    plan: EntryPlan
    deliveries: dict[str, dt.date | None]
    name: str
    views: dict[str, list[CellView]] = field(default_factory=dict)
    base: str = ""


def open_all(
    files: Sequence[SourceFile], sources: Sources, problems: Problems, only: str | None = None
) -> list[Opened]:
    """Return every entry with its plan; whatever keeps a file from being read goes to `problems`.

    Parameters
    ----------
    files : sequence of SourceFile
        The files behind each entry.
    sources : Sources
        The section `sources` of project.yml.
    problems : Problems
        Collects what is wrong, for all files at once.
    only : str, optional
        A table, if the others are not wanted.
    """
    opened = []
    for table, entries in sources.items():
        if only not in (None, table):
            continue
        for position, source in enumerate(entries):
            place = f"sources.{table}" if len(entries) == 1 else f"sources.{table}[{position}]"
            mine = [f for f in files if f.table == table and f.entry == position]
            grids, deliveries = _open_files(table, source, mine, problems)
            if grids:
                plans = _plans(table, source, place, grids, problems)
                names = [f"entry_{table}_{position}" + (f"_{part}" if part else "") for part in range(len(plans))]
                opened += [Opened(plan, deliveries, name) for plan, name in zip(plans, names, strict=True)]
    return opened


def _plans(table: str, source: Source, place: str, grids: dict[str, list[Grid]], problems: Problems) -> list[EntryPlan]:
    """Return the plans of an entry: one, or one for each kind of file in it."""
    return [
        plan_entry(INPUTS[table], settled, place, files, problems, merged)
        for merged, given, of_shape in apply_preset(table, source, place, grids, problems)
        for settled, files in settle(merged, given, place, of_shape, problems, INPUTS[table].required)
    ]


def _open_files(
    table: str, source: Source, files: Sequence[SourceFile], problems: Problems
) -> tuple[dict[str, list[Grid]], dict[str, dt.date | None]]:
    """Return the grids per alias, and the delivery of each; files that cannot be read go to `problems`."""
    grids: dict[str, list[Grid]] = {}
    deliveries: dict[str, dt.date | None] = {}
    wanted, seen, is_complete = wanted_headers(table, source), set(), True
    for file in files:
        alias = file.alias if source.joined else table
        if file.path is not None and (file.path, alias) in seen:
            continue
        seen.add((file.path, alias))
        try:
            found = _grids_of(file, source, wanted)
        except UserError as error:
            is_complete = False
            for text in error.problems:
                problems.add(text)
            continue
        grids.setdefault(alias, []).extend(found)
        deliveries.update({grid.name: file.delivery for grid in found})
    return (grids if is_complete else {}), deliveries


def _grids_of(file: SourceFile, source: Source, wanted: list[str]) -> list[Grid]:
    if source.database is not None:
        return [read_database(source.database, file.name)]
    if file.path is None:
        return []
    return read_file(file.path, file.name, source, wanted)
