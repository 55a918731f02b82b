"""Columns that several headers may fill: what counts for each file of an entry."""

from __future__ import annotations

import functools
from collections.abc import Callable, Collection
from dataclasses import replace

from segkit.errors import Problems
from segkit.settings.header_texts import alternatives
from segkit.settings.sources import Source
from segkit.sources.formulas import headers_in
from segkit.sources.grids import Grid, fold

Has = Callable[[str], bool]
Part = tuple[Source, dict[str, list[Grid]]]


def settle(
    source: Source,
    given: Source,
    place: str,
    grids: dict[str, list[Grid]],
    problems: Problems,
    required: Collection[str] = (),
) -> list[Part]:
    """Return an entry split by what its files hold: every column is filled by one text, or not at all.

    Parameters
    ----------
    source : Source
        The entry, a preset merged in; of several texts the first counts whose headers are all there, and of none that
        fits the first stays, so that its header is missed; after "" the column is left out.
    given : Source
        The same as it stands in project.yml: its rules count in any case, those of a preset only where their headers
        are there.
    place : str
        Where it stands, such as ``sources.invoices``.
    grids : dict
        Alias → files. Files that are not joined and hold different headers become parts of their own.
    problems : Problems
        Collects headers of a join that only some files of a name hold, where that would give a column two meanings.
    required : collection of str
        Columns that must not be empty.
    """
    if len(grids) > 1:
        return [_joined(source, given, place, grids, problems, required)]
    alias, of_alias = next(iter(grids.items()))
    parts: dict[str, tuple[Source, list[Grid]]] = {}
    for grid in of_alias:
        chosen = _settled(source, given, functools.partial(holds, grid, alias))
        parts.setdefault(repr(chosen), (chosen, []))[1].append(grid)
    return [(chosen, {alias: of}) for chosen, of in parts.values()]


def holds(grid: Grid, alias: str, header: str) -> bool:
    """Say whether a file has a header, written ``header`` or ``alias.header``, if only as an empty one."""
    plain = header.removeprefix(f"{alias}.")
    is_there = grid.field_of(header) is not None or grid.field_of(plain) is not None
    return is_there or fold(plain) in grid.absent


def _joined(
    source: Source,
    given: Source,
    place: str,
    grids: dict[str, list[Grid]],
    problems: Problems,
    required: Collection[str],
) -> Part:
    """Return a join: a column of several texts that only some files of a name hold is empty in the others.

    That is refused where the others would fill it by another text (a rate that half of the files lack), or not at all
    although it is required.
    """

    def all_have(header: str) -> bool:
        return any(all(holds(grid, alias, header) for grid in of) for alias, of in grids.items())

    def some_have(header: str) -> bool:
        return any(holds(grid, alias, header) for alias, of in grids.items() for grid in of)

    settled, partly = _settled(source, given, all_have), _settled(source, given, some_have)
    for column, text in partly.columns.items():
        if text != settled.columns.get(column) and (column in settled.columns or column in required):
            lacking = [h for h in headers_in(str(text), some_have) if not all_have(h)]
            problems.add(_mixed(lacking[0], place, grids))
    texts = [str(text) for column, text in partly.columns.items() if len(alternatives(source.columns[column])) > 1]
    lenient = {header for text in texts for header in headers_in(text, some_have)}
    lenient |= {field for reason, fields in partly.skip.items() if reason not in given.skip for field in fields}
    lenient |= {field for field in partly.negative if field not in given.negative}
    return partly, {alias: [_with_absent(grid, alias, of, lenient) for grid in of] for alias, of in grids.items()}


def _with_absent(grid: Grid, alias: str, others: list[Grid], headers: Collection[str]) -> Grid:
    """Return a file in which those of the headers that others of its name have count as empty."""
    missing = {h for h in headers if not holds(grid, alias, h) and _knows(others, alias, h)}
    return replace(grid, absent=frozenset(fold(h.removeprefix(f"{alias}.")) for h in missing)) if missing else grid


def _mixed(header: str, place: str, grids: dict[str, list[Grid]]) -> str:
    held = {
        grid.name: holds(grid, alias, header) for alias, of in grids.items() for grid in of if _knows(of, alias, header)
    }
    having, lacking = (next(name for name, is_held in held.items() if is_held is wanted) for wanted in (True, False))
    return (
        f"{lacking}: there is no column '{header}', which {having} has. Export both alike, or make two entries of "
        f"{place} of them."
    )


def _knows(grids: list[Grid], alias: str, header: str) -> bool:
    return any(holds(grid, alias, header) for grid in grids)


def _settled(source: Source, given: Source, has: Has) -> Source:
    columns = {column: _chosen(alternatives(header), has) for column, header in source.columns.items()}
    skip = {
        reason: {field: texts for field, texts in fields.items() if reason in given.skip or has(field)}
        for reason, fields in source.skip.items()
    }
    negative = {field: texts for field, texts in source.negative.items() if field in given.negative or has(field)}
    update = {
        "columns": {column: text for column, text in columns.items() if text},
        "skip": {reason: fields for reason, fields in skip.items() if fields},
        "negative": {field: texts for field, texts in negative.items() if texts},
    }
    return source.model_copy(update=update)


def _chosen(texts: tuple[str, ...], has: Has) -> str:
    if len(texts) == 1:
        return texts[0]
    fitting = [text for text in texts if not text or all(has(header) for header in headers_in(text, has))]
    return fitting[0] if fitting else texts[0]
