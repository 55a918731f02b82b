"""Which row of a file names its columns, and where its rows end: for text files and worksheets alike."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable

from segkit.sources.grids import fold

_VALUE = re.compile(
    r"[\x02\x03].*|[-+(]?[€$£]?\s?[\d.,'\s]*\d[\d.,'\s]*[-%)€$£]?"  # numbers
    r"|\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}([ T]\d{1,2}:\d{2}.*)?|\S+@\S+\.\w+|(true|false|null|nan)",
    re.IGNORECASE,
)
_REMARK = re.compile(
    r".*\b(copyright|confidential\w*|vertraulich\w*|generated|erstellt|stand|as of|report|bericht\w*|anzahl|records|"
    r"rows|datensätze|zeilen|quelle|source|export\w*|seite|page|ende|end of|filter\w*)\b.*",
    re.IGNORECASE,
)
_TOTAL = re.compile(
    r"((end|zwischen|gesamt)?summen?|gesamt(betrag|umsatz|ergebnis)?|(grand |sub)?totals?|sum)\b"
    r" ?(eur|€|netto|brutto)?:?",
    re.IGNORECASE,
)


def find_header(rows: list[list[str]], wanted: Iterable[str] = ()) -> int | None:
    """Return the position of the row that names the columns.

    Parameters
    ----------
    rows : list of list of str
        The first rows of a file, preamble included.
    wanted : iterable of str
        Headers that project.yml names: the row with most of them is the header row.

    Returns
    -------
    int or None
        Position from 0. Without `wanted` it is the first row that is filled as far as the usual row below, with
        different texts and without numbers and dates; None where no row is like that.
    """
    names = {fold(name) for name in wanted}
    if names:
        hits = [len(names & {fold(cell) for cell in row}) for row in rows]
        if hits and max(hits) > 0:
            return hits.index(max(hits))
    usual = _usual_width(rows)
    for i, row in enumerate(rows):
        if _is_header(row, usual):
            return i
    return None


def _usual_width(rows: list[list[str]]) -> int:
    counts = Counter(n for row in rows if (n := _n_filled(row)) > 1)
    if not counts:
        return 1
    most = max(counts.values())
    return max(width for width, count in counts.items() if count == most)


def _n_filled(row: list[str]) -> int:
    return sum(bool(cell.strip()) for cell in row)


def _is_header(row: list[str], usual: int) -> bool:
    filled = [cell.strip() for cell in row if cell.strip()]
    if not filled or len(filled) < 0.6 * usual:
        return False
    values = sum(bool(_VALUE.fullmatch(cell)) for cell in filled)
    return values <= 0.2 * len(filled) and len({fold(cell) for cell in filled}) >= 0.6 * len(filled)


def is_footer(cells: list[str]) -> bool:
    """Say whether one of the last rows is a total or a remark below the table, not a row of it.

    A total begins with a cell such as Summe or Total and leaves others empty; a remark fills only the first of several
    cells, with a word such as Stand, Bericht, exported or Copyright.
    """
    filled = [cell.strip() for cell in cells if cell.strip()]
    if not filled or len(cells) < 2:
        return False
    is_total = bool(_TOTAL.fullmatch(filled[0])) and len(filled) < len(cells)
    is_remark = len(filled) == 1 and len(cells) > 2 and bool(cells[0].strip()) and bool(_REMARK.fullmatch(filled[0]))
    return is_total or is_remark
