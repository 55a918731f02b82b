"""One file as a grid of cells, before anything is known about types."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import pyarrow as pa

NUMBER = "\x02"
"""First character of a cell that the file holds as a number, not as text."""
DATE = "\x03"
"""First character of a cell that the file holds as a date; an ISO date follows."""


@dataclass(frozen=True)
class Unreadable:
    """A row that could not be split into fields."""

    row_number: int
    reason: str
    raw: str


@dataclass(frozen=True)
class Change:
    """Something the reader did to a file, for the cleaning log."""

    rule: str
    n_rows: int = 1
    row_number: int | None = None
    column: str | None = None
    old_value: str | None = None
    new_value: str | None = None


@dataclass(frozen=True)
class Section:
    """Another table in the file: its first and last row, and its header."""

    first: int
    last: int
    header: tuple[str, ...]

    @property
    def size(self) -> int:
        """Cells it may hold."""
        return (self.last - self.first) * len(self.header)


@dataclass
class Grid:
    """Cells of one file below its header.

    `cells` has the columns row_number (as a spreadsheet shows it, from 1) and c0, c1, … in the order of `headers`;
    text cells may begin with `NUMBER` or `DATE`. `n_records` counts everything below the header: rows, unreadable rows,
    what was left out and told in `changes`, and `n_blank` blank ones. `is_closed` says that another table begins below;
    `sections` tells which.
    """

    name: str
    headers: list[str]
    cells: pa.Table
    encoding: str = ""
    delimiter: str = ""
    header_row: int = 1
    sheet: str = ""
    unreadable: list[Unreadable] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)
    repeated: dict[str, list[int]] = field(default_factory=dict)
    is_broken: bool = False
    former: dict[str, int] = field(default_factory=dict)
    """Folded header → position, of headers that a preset has renamed."""
    written: list[str] = field(default_factory=list)
    """Headers as the file has them, where a preset has renamed some."""
    absent: frozenset[str] = frozenset()
    """Folded headers that other files of the same kind have: empty in this one."""
    n_records: int = 0
    n_blank: int = 0
    is_closed: bool = False
    sections: tuple[Section, ...] = ()

    def field_of(self, header: str) -> int | None:
        """Position of a header; blanks around it and the case of letters do not matter."""
        if header in self.headers:
            return self.headers.index(header)
        folded = [fold(h) for h in self.headers]
        return folded.index(fold(header)) if folded.count(fold(header)) == 1 else self.former.get(fold(header))

    def written_as(self, header: str) -> str:
        """Return a header as the file has it."""
        position = self.field_of(header)
        return header if position is None or not self.written else self.written[position]

    def raw_rows(self, row_numbers: pa.ChunkedArray) -> pa.Array:
        """Return rows as the file holds them: cells joined by its delimiter, without marks."""
        import pyarrow as pa
        import pyarrow.compute as pc

        positions = pc.index_in(row_numbers, self.cells.column("row_number").combine_chunks())
        rows = self.cells.take(positions)
        cells = [pc.utf8_ltrim(pc.cast(c, pa.string()), NUMBER + DATE) for c in rows.columns[1:]]
        joined = pc.binary_join_element_wise(*cells, self.delimiter or ";", null_handling="replace")
        return joined.combine_chunks() if isinstance(joined, pa.ChunkedArray) else joined


def texts_of(grid: Grid, headers: Sequence[str]) -> dict[str, list[str]]:
    """Return header → its trimmed texts; a header that is not there has empty ones."""
    found: dict[str, list[str]] = {}
    for header in headers:
        position = grid.field_of(header)
        cells = [] if position is None else grid.cells.column(f"c{position}").to_pylist()
        found[header] = [(cell or "").strip() for cell in cells] or [""] * grid.cells.num_rows
    return found


def with_columns(grid: Grid, names: Sequence[str], rows: Sequence[tuple]) -> Grid:
    """Return a grid with further columns, given row by row."""
    import pyarrow as pa

    columns = list(zip(*rows, strict=True)) or [()] * len(names)
    cells, first = grid.cells, len(grid.headers)
    for i, column in enumerate(columns):
        cells = cells.append_column(f"c{first + i}", pa.array(column, pa.string()))
    return replace(grid, headers=[*grid.headers, *names], cells=cells)


def fold(header: str) -> str:
    """Return a header without differences in case and white space."""
    return " ".join(header.split()).casefold()


def name_headers(cells: list[str], n_fields: int) -> tuple[list[str], dict[str, list[int]]]:
    """Return unique names for the columns of a file.

    Parameters
    ----------
    cells : list of str
        The header row.
    n_fields : int
        Columns of the rows below; missing names become ``column 5``.

    Returns
    -------
    list of str, dict
        Names, the second ``Name`` being ``Name (2)``; positions of the headers that stand there more than once.
    """
    wide = [" ".join(cell.split()) for cell in cells] + [""] * n_fields
    names = [cell or f"column {i + 1}" for i, cell in enumerate(wide[:n_fields])]
    total, seen = Counter(names), Counter[str]()
    unique = []
    for name in names:
        seen[name] += 1
        unique.append(name if seen[name] == 1 else f"{name} ({seen[name]})")
    repeated = {n: [i for i, other in enumerate(names) if other == n] for n, count in total.items() if count > 1}
    return unique, repeated


def number_rows(n_kept: int, left_out: list[int], first: int) -> np.ndarray:
    """Return the row numbers of kept rows when the rows `left_out` (from 1) are missing between them."""
    numbers = np.arange(1, n_kept + len(left_out) + 1)
    return np.delete(numbers, np.asarray(left_out, dtype=int) - 1) + (first - 1)
