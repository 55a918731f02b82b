"""Columns that several headers may fill: what counts for each file of an entry."""

from __future__ import annotations

import functools
from collections.abc import Callable

from segkit.errors import Problems
from segkit.settings.sources import Source, alternatives
from segkit.sources.formulas import headers_in
from segkit.sources.grids import Grid

Has = Callable[[str], bool]


def settle(
    source: Source, given: Source, place: str, grids: dict[str, list[Grid]], problems: Problems
) -> list[tuple[Source, dict[str, list[Grid]]]]:
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
        Collects headers of a join that only some files of a name hold.
    """
    if len(grids) > 1:
        return [(_settled(source, given, _joined_has(source, place, grids, problems)), grids)]
    alias, of_alias = next(iter(grids.items()))
    parts: dict[str, tuple[Source, list[Grid]]] = {}
    for grid in of_alias:
        chosen = _settled(source, given, functools.partial(holds, grid, alias))
        parts.setdefault(repr(chosen), (chosen, []))[1].append(grid)
    return [(chosen, {alias: of}) for chosen, of in parts.values()]


def holds(grid: Grid, alias: str, header: str) -> bool:
    """Say whether a file has a header, written ``header`` or ``alias.header``."""
    return grid.field_of(header) is not None or grid.field_of(header.removeprefix(f"{alias}.")) is not None


def _joined_has(source: Source, place: str, grids: dict[str, list[Grid]], problems: Problems) -> Has:
    def has(header: str) -> bool:
        for alias, of_alias in grids.items():
            held = [holds(grid, alias, header) for grid in of_alias]
            if all(held):
                return True
            if any(held) and source.preset:
                having, lacking = (of_alias[held.index(is_held)].name for is_held in (True, False))
                problems.add(
                    f"{lacking}: there is no column '{header}', which {having} has. Export both alike, or make two "
                    f"entries of {place} of them."
                )
        return False

    return has


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
