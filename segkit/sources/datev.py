"""DATEV's exports (EXTF, DTVF): what their first line says, as further columns of the rows.

The first line names the kind of file, the fiscal year, the length of accounts and the currency; the second line the
columns. Postings (21) become lines of revenue, personal accounts (16) customers, labels of accounts (20) products.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from segkit.sources.datev_meta import LABELS, PERSONAL_ACCOUNTS, POSTINGS, Meta, is_datev, read_meta
from segkit.sources.datev_postings import ADDED, complete_postings
from segkit.sources.datev_tax import charts, is_revenue
from segkit.sources.grids import Grid, fold, texts_of, with_columns

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["complete_export", "is_datev"]

COLUMNS = {
    POSTINGS: ADDED,
    PERSONAL_ACCOUNTS: ("Debitor", "Debitorenname", "Auslassen"),
    LABELS: ("Erlöskonto", "Auslassen"),
}
"""Kind of file → columns that are added. Auslassen says why a row is no revenue, no customer, no product."""
_NAMES = ("Name (Adressatentyp Unternehmen)", "Name (Adressatentyp keine Angabe)")
_PERSON = ("Vorname (Adressatentyp natürl. Person)", "Name (Adressatentyp natürl. Person)")


def complete_export(grid: Grid, data: bytes, wanted: Iterable[str] = ()) -> Grid:
    """Return a grid of DATEV's with the columns that its first line and its accounts explain.

    Parameters
    ----------
    grid : Grid
        Rows below the second line.
    data : bytes
        The file as UTF-8.
    wanted : iterable of str
        Headers that stay though they are empty; of the other columns only those that hold something do.

    Returns
    -------
    Grid
        With `COLUMNS`; postings of revenue whose rate of tax is not known are unreadable (tax_unknown). Other kinds of
        files, and those whose columns are not DATEV's, come back as they are.
    """
    meta = read_meta(data)
    if meta is None:
        return grid
    if meta.kind == POSTINGS:
        completed = complete_postings(grid, meta)
    elif meta.kind == PERSONAL_ACCOUNTS and grid.field_of("Konto") is not None:
        completed = _complete_debtors(grid, meta)
    elif meta.kind == LABELS and grid.field_of("Konto") is not None:
        completed = _complete_labels(grid, meta)
    else:
        return grid
    return _without_empty(completed, [*wanted, *grid.headers[:16], *COLUMNS[meta.kind]])


def _complete_debtors(grid: Grid, meta: Meta) -> Grid:
    texts = texts_of(grid, ("Konto", *_NAMES, *_PERSON))
    rows = []
    for account, *names in zip(*texts.values(), strict=True):
        company, other, first, last = names
        name = company or f"{first} {last}".strip() or other
        rows.append((account, name, None) if meta.is_debtor(account) else (None, name, "creditor"))
    return with_columns(grid, COLUMNS[PERSONAL_ACCOUNTS], rows)


def _complete_labels(grid: Grid, meta: Meta) -> Grid:
    rows: list[tuple[str | None, str | None]] = []
    for account in texts_of(grid, ("Konto",))["Konto"]:
        number = meta.in_four(account)
        known = any(is_revenue(number, chart) for chart in ([meta.chart] if meta.chart else charts()))
        rows.append((account.zfill(meta.n_digits), None if known else "no_revenue_account"))
    return with_columns(grid, COLUMNS[LABELS], rows)


def _without_empty(grid: Grid, kept: Sequence[str]) -> Grid:
    """Return a grid without the columns that hold nothing: DATEV writes up to 250, most of them empty."""
    names = {fold(name) for name in kept}
    places = [i for i, h in enumerate(grid.headers) if fold(h) in names or _holds_something(grid.cells[f"c{i}"])]
    cells = grid.cells.select(["row_number", *(f"c{i}" for i in places)])
    repeated = {name: [places.index(i) for i in of if i in places] for name, of in grid.repeated.items()}
    return replace(
        grid,
        headers=[grid.headers[i] for i in places],
        cells=cells.rename_columns(["row_number", *(f"c{i}" for i in range(len(places)))]),
        repeated={name: of for name, of in repeated.items() if len(of) > 1},
    )


def _holds_something(column: pa.ChunkedArray) -> bool:
    import pyarrow.compute as pc

    return bool(pc.any(pc.not_equal(pc.utf8_trim_whitespace(column), "")).as_py())
