"""Which rows of a file name its columns, and where its rows end: for text files and worksheets alike."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from segkit.sources.grids import fold
from segkit.sources.placeholders import BLANKS, PLACEHOLDERS

_NUMBER = r"[\x02].*|[-+(]?[€$£]?\s?[\d.,'\s]*\d[\d.,'\s]*[-%)€$£]?(\s?(EUR|USD|CHF|GBP|€|%))?"
_DATE = r"[\x03].*|\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}([ T]\d{1,2}:\d{2}.*)?"
_VALUE = re.compile(rf"{_NUMBER}|{_DATE}|\S+@\S+\.\w+|(true|false|null|nan)", re.IGNORECASE)
_KINDS = {"number": re.compile(_NUMBER), "date": re.compile(_DATE)}
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
_UNIT = re.compile(
    r"[\[(]?(in )?(t?eur|euro|usd|chf|gbp|[tk]?[€$£]|%|‰|st(k|ck|ück)?\.?|kg|t|g|l|m|mm|cm|km|m²|m³|h|std\.?|min|kw|"
    r"kwh|mwh|tage?|days?|monate?|jahre?|[dtmyj]{1,4}([.\-/ ]?[dtmyj]{1,4}){1,2}|text|zahl|datum|pcs|pc)[\])]?",
    re.IGNORECASE,
)
_YEAR = re.compile(r"[\x02]?(19|20)\d\d")
_SAMPLE = 50
_LEAST = 3


@dataclass(frozen=True)
class Header:
    """The rows that name the columns: positions from 0 of the first and last of them, and the names they make."""

    first: int
    last: int
    names: tuple[str, ...]


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


def read_header(rows: list[list[str]], position: int) -> Header:
    """Return the names of the columns, from one row or from several.

    A row of units (EUR, kg, dd.mm.yyyy) below the names belongs to them and adds nothing; a second row of names goes on
    with the first (``Kunden-`` above ``nummer``: Kundennummer; ``Umsatz`` above ``Menge``, ``Betrag``:
    ``Umsatz | Menge``, ``Umsatz | Betrag``). Groups in the row above (``1. Ladepunkt``) tell names apart that stand
    there more than once.
    """
    names = [_one_line(cell) for cell in rows[position]]
    last = position
    for below in rows[position + 1 : position + 3]:
        sample = [row for row in rows[last + 2 : last + 2 + _SAMPLE] if any(cell.strip(BLANKS) for cell in row)]
        are_units, is_broken = _are_units(below), _is_broken(names, below)
        if not is_broken and not _goes_on(below, column_kinds(sample)):
            break
        if len(sample) < _LEAST and not are_units and not is_broken:
            break
        names = names if are_units else _joined(names, [_one_line(cell) for cell in below])
        last += 1
    first = position
    if position > 0 and _is_group(rows[position - 1], names):
        names, first = _grouped(names, rows[position - 1]), position - 1
    return Header(first, last, tuple(names))


def column_kinds(rows: Sequence[Sequence[str]]) -> tuple[str, ...]:
    """Return what the cells of each column are: number, date, code (texts with digits), text, or nothing at all."""
    width = max((len(row) for row in rows), default=0)
    return tuple(_kind([cell for row in rows if i < len(row) and (cell := present(row[i]))]) for i in range(width))


def fits(cell: str, kind: str) -> bool:
    """Say whether a cell may stand in a column of a kind."""
    cell = present(cell)
    return not cell or kind not in _KINDS or bool(_KINDS[kind].fullmatch(cell))


def present(cell: str) -> str:
    """Return a cell without blanks around it, empty where it stands for nothing."""
    cell = cell.strip(BLANKS)
    return "" if cell.lower() in PLACEHOLDERS else cell


def is_header_like(cells: Sequence[str]) -> bool:
    """Say whether a row could name columns: several different texts, none of them a number or date."""
    filled = [cell.strip(BLANKS) for cell in cells if cell.strip(BLANKS)]
    return (
        len(filled) > 1
        and len(filled) >= 0.6 * len(cells)
        and not any(_VALUE.fullmatch(cell) for cell in filled)
        and len({fold(cell) for cell in filled}) == len(filled)
    )


def _kind(cells: list[str]) -> str:
    if not cells:
        return ""
    for kind, pattern in (
        ("date", _KINDS["date"]),
        ("number", _KINDS["number"]),
        ("code", re.compile(r".*\d.*", re.S)),
    ):
        if sum(bool(pattern.fullmatch(cell)) for cell in cells) >= 0.8 * len(cells):
            return kind
    return "text"


def _goes_on(row: list[str], kinds: tuple[str, ...]) -> bool:
    """Say whether a row below the header is a part of it: texts without digits where all below are numbers or dates."""
    pairs = [(c, kinds[i] if i < len(kinds) else "") for i, cell in enumerate(row) if (c := cell.strip(BLANKS))]
    valued = [cell for cell, kind in pairs if kind in ("number", "date")]
    if not valued or any(cell.lower() in PLACEHOLDERS for cell, _ in pairs):
        return False
    if any(_VALUE.fullmatch(cell) for cell, _ in pairs):
        return False
    return not any(any(c.isdigit() for c in cell) for cell, kind in pairs if kind in ("number", "date", "code"))


def _is_broken(names: list[str], below: list[str]) -> bool:
    """Say whether most names end with a hyphen, and go on in small letters in the row below."""
    pairs = [(name, cell.strip(BLANKS)) for name, cell in zip(names, below, strict=False) if name]
    halves = [name.endswith("-") and cell[:1].islower() for name, cell in pairs]
    return len(halves) > 1 and sum(halves) >= 0.5 * len(halves)


def _are_units(row: list[str]) -> bool:
    filled = [cell.strip(BLANKS) for cell in row if cell.strip(BLANKS)]
    return all(_UNIT.fullmatch(cell) for cell in filled)


def _joined(above: list[str], below: list[str]) -> list[str]:
    """Return names from two rows; a text above several names below stands for all of them."""
    width = max(len(above), len(below))
    above, below = above + [""] * (width - len(above)), below + [""] * (width - len(below))
    names, group = [], ""
    for i, (upper, lower) in enumerate(zip(above, below, strict=True)):
        spans = bool(upper and lower) and i + 1 < width and not above[i + 1] and bool(below[i + 1])
        group = upper if spans else ("" if upper else group)
        if group and lower:
            names.append(f"{group} | {lower}")
        else:
            names.append(_hyphened(upper, lower))
    return names


def _hyphened(upper: str, lower: str) -> str:
    if upper == lower:
        return upper
    if upper.endswith("-") and lower[:1].islower():
        return upper[:-1] + lower
    return f"{upper} {lower}".strip()


def _one_line(cell: str) -> str:
    """Return a name that is broken over lines as one line."""
    cell = re.sub(r"(?<=\w)-[ \t]*\r?\n\s*(?=[a-zäöüß])", "", cell.strip(BLANKS))
    return " ".join(cell.split())


def _is_group(row: list[str], names: list[str]) -> bool:
    """Say whether the row above holds groups of names of which some stand there more than once."""
    filled = [cell.strip(BLANKS) for cell in row if cell.strip(BLANKS)]
    has_repeats = max(Counter(fold(name) for name in names if name).values(), default=0) > 1
    are_texts = not any(_VALUE.fullmatch(cell) and not _YEAR.fullmatch(cell) for cell in filled)
    return has_repeats and 1 < len(filled) <= 0.7 * len(names) and len(row) <= len(names) + 1 and are_texts


def _grouped(names: list[str], groups: list[str]) -> list[str]:
    counts = Counter(fold(name) for name in names)
    told, group = [], ""
    for i, name in enumerate(names):
        group = (_one_line(groups[i]).lstrip("\x02\x03") if i < len(groups) else "") or group
        told.append(f"{group} | {name}" if name and group and counts[fold(name)] > 1 else name)
    return told


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
