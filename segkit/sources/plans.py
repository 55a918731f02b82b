"""Which header or formula fills which column: project.yml against the headers that the files have."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from dataclasses import dataclass, field

from segkit.errors import Problems, UserError
from segkit.settings.sources import Source, alternatives
from segkit.sources.formulas import Header, Term, headers_of, parse_formula
from segkit.sources.grids import Grid, fold
from segkit.tables import INPUTS, Column, Table

WRITTEN_BY_READER = ("source", "row_number", "line_type", "is_repeated")
"""Columns of input tables that no file fills."""


@dataclass(frozen=True)
class Reference:
    """A header of one of the files that are joined, and the type to read it as."""

    alias: str
    header: str
    kind: str


@dataclass(frozen=True)
class ColumnPlan:
    """How a column is filled: one header, or a formula over several."""

    column: Column
    references: dict[str, Reference]
    term: Term
    is_required: bool

    @property
    def name(self) -> str:
        """The column's name."""
        return self.column.name


@dataclass(frozen=True)
class EntryPlan:
    """One entry of `sources.<table>` with its files opened."""

    table: Table
    source: Source
    place: str
    grids: dict[str, list[Grid]]
    columns: list[ColumnPlan] = field(default_factory=list)
    keys: list[str] = field(default_factory=list)

    def references(self, alias: str) -> list[Reference]:
        """References into the files of an alias, each once."""
        found = {r: None for plan in self.columns for r in plan.references.values() if r.alias == alias}
        return list(found)

    def names_of(self, reference: Reference) -> str:
        """Columns that a reference fills."""
        return ", ".join(c.name for c in self.columns if reference in c.references.values())


def wanted_headers(table: str, source: Source) -> list[str]:
    """Return the headers that project.yml names for a source, with and without their file."""
    found: list[str] = list(source.on)
    for text in (text for header in source.columns.values() for text in alternatives(header)):
        found.append(text)
        try:
            found += headers_of(parse_formula(text))
        except UserError:
            continue
    if not source.columns:
        found += list(INPUTS[table].columns)
    return [*found, *(name.partition(".")[2] for name in found if "." in name)]


def plan_entry(table: Table, source: Source, place: str, grids: dict[str, list[Grid]], problems: Problems) -> EntryPlan:
    """Return the plan of one entry; whatever does not fit goes to `problems`.

    Parameters
    ----------
    table : Table
        The table to fill.
    source : Source
        Its entry in project.yml; without `columns`, every header that is a column's name fills it.
    place : str
        Where the entry stands, such as ``sources.invoices``.
    grids : dict
        Alias → opened files.
    problems : Problems
        Collects unknown columns, missing headers (with the nearest one), headers that stand there twice.
    """
    chosen = source.columns or _same_names(table, grids)
    plans = []
    for name, text in chosen.items():
        if name not in table.columns or name in WRITTEN_BY_READER:
            problems.add(_unknown_column(table, place, name))
            continue
        plan = _plan_column(table, name, text, place, grids, source.on, problems)
        if plan is not None:
            plans.append(plan)
    for name in table.required:
        if name not in chosen:
            problems.add(
                f"{place}: {table.name} needs the column {name}, which no header fills. Name it in project.yml under "
                f"{place}.columns.{name}; the headers are {_some(grids)}."
            )
    for name in source.on:
        for alias in grids:
            _find(name, alias, f"{place}.on", grids, problems)
    return EntryPlan(table, source, place, grids, plans, list(source.on))


def _same_names(table: Table, grids: dict[str, list[Grid]]) -> dict[str, str]:
    headers = {fold(h) for of_alias in grids.values() for grid in of_alias for h in grid.headers}
    return {name: name for name in table.columns if fold(name) in headers and name not in WRITTEN_BY_READER}


def _plan_column(
    table: Table,
    name: str,
    text: str,
    place: str,
    grids: dict[str, list[Grid]],
    on: tuple[str, ...],
    problems: Problems,
) -> ColumnPlan | None:
    column, where = table.columns[name], f"{place}.columns.{name}"
    term = _term(text, column, where, grids, problems)
    if term is None:
        return None
    kind = {"money": "number", "float": "number", "int": "number"}.get(column.type, column.type)
    references = {}
    for header in headers_of(term):
        alias = next(iter(grids)) if header in on else _alias_of(header, where, grids, problems)
        if alias is not None:
            references[header] = Reference(alias, header.removeprefix(f"{alias}."), kind)
    if len(references) < len(headers_of(term)):
        return None
    return ColumnPlan(column, references, term, name in table.required)


def _term(text: str, column: Column, where: str, grids: dict[str, list[Grid]], problems: Problems) -> Term | None:
    """Return the header that the text names, else the formula that it is."""
    if any(_has(text, alias, grid) for alias, of_alias in grids.items() for grid in of_alias):
        return Header(text)
    try:
        term = parse_formula(text)
    except UserError:
        return Header(text)
    known = [any(_has(h, a, g) for a, gs in grids.items() for g in gs) for h in headers_of(term)]
    if isinstance(term, Header) or not any(known):
        return term if isinstance(term, Header) else Header(text)
    if column.type in ("money", "float", "int"):
        return term
    if all(known):
        problems.add(f"{where}: '{text}' is a formula, but {column.name} holds {column.type}, not numbers.")
        return None
    return Header(text)


def _has(header: str, alias: str, grid: Grid) -> bool:
    plain = header.removeprefix(f"{alias}.")
    return grid.field_of(header) is not None or grid.field_of(plain) is not None


def _alias_of(header: str, where: str, grids: dict[str, list[Grid]], problems: Problems) -> str | None:
    """Return the alias whose files hold a header."""
    holders = [alias for alias, of_alias in grids.items() if any(_has(header, alias, g) for g in of_alias)]
    if len(holders) > 1:
        problems.add(
            f"{where}: '{header}' stands in {' and '.join(holders)}; write {holders[0]}.{header} for the one you mean."
        )
        return None
    alias = holders[0] if holders else next(iter(grids))
    return alias if _find(header, alias, where, grids, problems) else None


def _find(header: str, alias: str, where: str, grids: dict[str, list[Grid]], problems: Problems) -> bool:
    """Say whether every file of an alias holds a header, once; else note what is wrong."""
    plain, is_good = header.removeprefix(f"{alias}."), True
    for grid in grids[alias]:
        if not _has(header, alias, grid):
            problems.add(_missing_header(plain, where, grid, [g for gs in grids.values() for g in gs]))
            is_good = False
            continue
        for name, positions in grid.repeated.items():
            if fold(name) == fold(plain) and not _all_equal(grid, positions):
                places = " and ".join(str(p + 1) for p in positions)
                problems.add(
                    f"{grid.name} has the header '{name}' {len(positions)} times (columns {places}), with different "
                    f"values. Write '{name} (2)' for the second in project.yml under {where}, or rename one there."
                )
                is_good = False
    return is_good


def _all_equal(grid: Grid, positions: list[int]) -> bool:
    first, *others = [grid.cells.column(f"c{position}") for position in positions]
    return all(first.equals(other) for other in others)


def _missing_header(header: str, where: str, grid: Grid, all_grids: Sequence[Grid]) -> str:
    elsewhere = [h for g in all_grids for h in g.headers] if len({g.name for g in all_grids}) > 1 else []
    folded = {fold(h): h for h in [*elsewhere, *grid.headers]}
    near = difflib.get_close_matches(fold(header), list(folded), n=1, cutoff=0.4)
    hint = f"The nearest is '{folded[near[0]]}'." if near else f"Its columns are {', '.join(grid.headers[:12])}."
    if len(grid.headers) == 1 and any(d in grid.headers[0] for d in ";,\t|"):
        hint = (
            f"Its header is a single column: it was split by {grid.delimiter!r}, but the file seems to use another "
            f"delimiter. Take the setting {where.split('.columns')[0]}.delimiter out, or mend it."
        )
    return f"{grid.name}: there is no column '{header}'. {hint} Change project.yml under {where}."


def _unknown_column(table: Table, place: str, name: str) -> str:
    known = [c for c in table.columns if c not in WRITTEN_BY_READER]
    near = difflib.get_close_matches(name, known, n=1, cutoff=0.5)
    hint = f"did you mean {near[0]}?" if near else f"it has {', '.join(known)}."
    return f"project.yml: {place}.columns.{name}: {table.name} has no such column; {hint}"


def _some(grids: dict[str, list[Grid]]) -> str:
    headers = [h for of_alias in grids.values() for grid in of_alias[:1] for h in grid.headers]
    return ", ".join(headers[:12]) + (" …" if len(headers) > 12 else "")
