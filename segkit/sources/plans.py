"""Which header or formula fills which column: project.yml against the headers that the files have."""

from __future__ import annotations

from collections.abc import Mapping

from segkit.errors import Problems, UserError
from segkit.settings.header_texts import alternatives
from segkit.settings.sources import Source
from segkit.sources.alternatives import holds
from segkit.sources.detection import preset_headers
from segkit.sources.entry_plans import ColumnPlan, Condition, EntryPlan, Reference
from segkit.sources.formulas import Header, Term, Texts, headers_in, headers_of, parse_formula, parse_texts
from segkit.sources.grids import Grid, fold
from segkit.sources.missing import missing_header, needed_column, unknown_column
from segkit.tables import INPUTS, NOT_FILLED, Column, Table

__all__ = ["WRITTEN_BY_READER", "ColumnPlan", "Condition", "EntryPlan", "Reference", "plan_entry", "wanted_headers"]

WRITTEN_BY_READER = NOT_FILLED
"""Columns of input tables that no file fills."""


def wanted_headers(table: str, source: Source) -> list[str]:
    """Return the headers that project.yml and its preset name for a source, with and without their file."""
    found = list(source.on)
    for text in (text for header in source.columns.values() for text in alternatives(header) if text):
        found += [text, *headers_in(text, lambda _: False)]
    found += [header for fields in (*source.skip.values(), source.negative) for header in fields]
    if source.preset:
        found += preset_headers(source.preset, table)
    elif not source.columns:
        found += list(INPUTS[table].columns)
    return [*found, *(name.partition(".")[2] for name in found if "." in name)]


def plan_entry(
    table: Table,
    source: Source,
    place: str,
    grids: dict[str, list[Grid]],
    problems: Problems,
    offered: Source | None = None,
) -> EntryPlan:
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
    offered : Source, optional
        The entry before `alternatives.settle`: where a missing column would come from.
    """
    same = {} if source.columns or source.preset else _same_names(table, grids)
    chosen = {name: alternatives(header)[0] for name, header in (source.columns or same).items()}
    plans = []
    for name, text in chosen.items():
        if name not in table.columns or name in WRITTEN_BY_READER:
            problems.add(unknown_column(table, place, name))
            continue
        plan = _plan_column(table, name, text, place, grids, source.on, problems)
        if plan is not None:
            plans.append(plan)
    for name in table.required:
        if name not in chosen:
            problems.add(needed_column(table.name, name, place, grids, offered))
    for name in source.on:
        for alias in grids:
            _find(name, alias, f"{place}.on", grids, problems)
    skip = {
        reason: _conditions(fields, f"{place}.skip.{reason}", grids, source.on, problems)
        for reason, fields in source.skip.items()
    }
    negative = _conditions(source.negative, f"{place}.negative", grids, source.on, problems)
    return EntryPlan(table, source, place, grids, plans, list(source.on), skip, negative)


def _conditions(
    fields: Mapping[str, tuple[str, ...]],
    where: str,
    grids: dict[str, list[Grid]],
    on: tuple[str, ...],
    problems: Problems,
) -> list[Condition]:
    found = []
    for header, texts in fields.items():
        reference = _reference(header, "text", f"{where}.{header}", grids, on, problems)
        found += [Condition(reference, texts)] if reference is not None and texts else []
    return found


def _reference(
    header: str,
    kind: str,
    where: str,
    grids: dict[str, list[Grid]],
    on: tuple[str, ...],
    problems: Problems,
) -> Reference | None:
    alias = next(iter(grids)) if header in on else _alias_of(header, where, grids, problems)
    return None if alias is None else Reference(alias, header.removeprefix(f"{alias}."), kind)


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
        reference = _reference(header, kind, where, grids, on, problems)
        if reference is not None:
            references[header] = reference
    if len(references) < len(headers_of(term)):
        return None
    return ColumnPlan(column, references, term, name in table.required)


def _term(
    text: str, column: Column, where: str, grids: dict[str, list[Grid]], problems: Problems
) -> Term | Texts | None:
    """Return the header that the text names, else the texts to put together, else the formula that it is."""
    if any(holds(grid, alias, text) for alias, of_alias in grids.items() for grid in of_alias):
        return Header(text)
    texts = parse_texts(text)
    if texts is not None:
        if column.type in ("text", "id", "bool"):
            return texts
        problems.add(f"{where}: '{text}' puts texts together, but {column.name} holds {column.type}.")
        return None
    try:
        term = parse_formula(text)
    except UserError:
        return Header(text)
    known = [any(holds(g, a, h) for a, gs in grids.items() for g in gs) for h in headers_of(term)]
    if isinstance(term, Header) or not any(known):
        return term if isinstance(term, Header) else Header(text)
    if column.type in ("money", "float", "int"):
        return term
    if all(known):
        problems.add(f"{where}: '{text}' is a formula, but {column.name} holds {column.type}, not numbers.")
        return None
    return Header(text)


def _alias_of(header: str, where: str, grids: dict[str, list[Grid]], problems: Problems) -> str | None:
    """Return the alias whose files hold a header."""
    holders = [alias for alias, of_alias in grids.items() if any(holds(g, alias, header) for g in of_alias)]
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
        if not holds(grid, alias, header):
            problems.add(missing_header(plain, where, grid, [g for gs in grids.values() for g in gs]))
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
