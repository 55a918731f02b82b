"""Merged cells of a worksheet: the value counts for every row that the cell covers."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

Range = tuple[tuple[int, int], tuple[int, int]]
"""First and last (row, column) of a merged cell, from 0."""
_KEY = re.compile(
    r"(nr|no|nummer|number|id|key|code|kunden?|konto|debitor|account|customer|jahr|year|monat|month|plz|zip|auftrag|beleg|"
    r"order|invoice|rechnung)\b\.?",
    re.IGNORECASE,
)


def fill_header(rows: list[list[Any]], merged: Sequence[Range], below: int) -> list[list[Any]]:
    """Return the first rows of a sheet in which names that cover several rows stand in each of them."""
    filled = [list(row) for row in rows[:below]]
    for (top, left), (bottom, _) in merged:
        if bottom < below and bottom > top and left < len(filled[top]) and isinstance(filled[top][left], str):
            for k in range(top + 1, bottom + 1):
                if left < len(filled[k]) and filled[k][left] == "":
                    filled[k][left] = filled[top][left]
    return filled


def fill_keys(rows: list[list[Any]], merged: Sequence[Range], names: Sequence[str], first: int) -> int:
    """Write the values of merged cells into the empty cells below them; return how many.

    A number is only repeated where it is a key (by the name of its column, or because it stands left of every column
    that has no merged cells): an amount for three rows is one amount, not three.

    Parameters
    ----------
    rows : list of list
        The sheet; changed in place.
    merged : sequence of Range
        Its merged cells.
    names : sequence of str
        Names of the columns.
    first : int
        First row below the header.
    """
    tall = [(top, left, bottom) for (top, left), (bottom, _) in merged if top >= first and bottom > top]
    columns = {left for _, left, _ in tall}
    n_leading = next((i for i in range(len(names)) if i not in columns), len(names))
    n_filled = 0
    for top, left, bottom in tall:
        value = rows[top][left] if top < len(rows) and left < len(rows[top]) else ""
        is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
        name = names[left] if left < len(names) else ""
        if value == "" or (is_number and left >= n_leading and not _KEY.search(name)):
            continue
        for k in range(top + 1, min(bottom + 1, len(rows))):
            if left < len(rows[k]) and rows[k][left] == "":
                rows[k][left] = value
                n_filled += 1
    return n_filled
