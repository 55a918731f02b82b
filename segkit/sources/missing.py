"""What is wrong with a map, in the words of project.yml: headers and columns that are not there."""

from __future__ import annotations

import difflib
from collections.abc import Sequence

from segkit.settings.header_texts import alternatives
from segkit.settings.sources import Source
from segkit.sources.grids import Grid, fold
from segkit.tables import NOT_FILLED, Table


def missing_header(header: str, where: str, grid: Grid, all_grids: Sequence[Grid]) -> str:
    """Return "sales.csv: there is no column 'Kundennr'. The nearest is 'Kunden-Nr.'. Change project.yml under …"."""
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


def unknown_column(table: Table, place: str, name: str) -> str:
    """Return "project.yml: sources.invoices.columns.acount_id: invoices has no such column; did you mean …"."""
    known = [c for c in table.columns if c not in NOT_FILLED]
    near = difflib.get_close_matches(name, known, n=1, cutoff=0.5)
    hint = f"did you mean {near[0]}?" if near else f"it has {', '.join(known)}."
    return f"project.yml: {place}.columns.{name}: {table.name} has no such column; {hint}"


def needed_column(table: str, name: str, place: str, grids: dict[str, list[Grid]], offered: Source | None) -> str:
    """Return "sources.invoices: invoices needs the column revenue, which no header fills. Name it in …".

    `offered` is the entry with its preset, which says where the column would come from.
    """
    texts = [text for text in alternatives(offered.columns.get(name, "")) if text] if offered and offered.preset else []
    told = f" The preset takes it from {' or '.join(texts)}." if texts else ""
    return (
        f"{place}: {table} needs the column {name}, which no header fills.{told} Name it in project.yml under "
        f"{place}.columns.{name}; the headers are {_some(grids)}."
    )


def _some(grids: dict[str, list[Grid]]) -> str:
    headers = [h for of_alias in grids.values() for grid in of_alias[:1] for h in grid.headers]
    return ", ".join(headers[:12]) + (" …" if len(headers) > 12 else "")
