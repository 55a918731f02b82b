"""How a text file is written: delimiter, quotes, escapes, borders, header rows."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from segkit.sources.bordered import blank_lines, is_bordered, is_ruler
from segkit.sources.headers import Header, column_kinds, find_header, present, read_header
from segkit.sources.quotes import mend_quotes
from segkit.sources.styles import DELIMITERS, Style, announced_delimiter, best_style, read_records
from segkit.sources.tables_in_file import find_sections, is_repetition

SAMPLE_CHARACTERS = 400_000
_LINE = re.compile(r"[^\r\n]*(?:\r\n|\n|\r)|[^\r\n]+\Z")
_TRIMMED_SHARE = 0.2
"""From this share of rows on, rows that end early are how the file is written, not damage."""


@dataclass(frozen=True)
class Dialect:
    """How a text file is written.

    `header_row` counts records from 1 and is the last row of the header; `body` is the character at which the records
    below it begin; `n_fields` the usual number of fields there; `header` the names. `header_rows` holds the rows of the
    header as they stand, by which its repetitions are known; `short` the numbers of fields of rows whose empty fields
    at the end were left out; `kinds` what the columns hold; `is_filled` whether the last column always
    does; `preamble` the rows above the header.
    """

    delimiter: str
    quote: str
    header_row: int
    header: tuple[str, ...]
    body: int
    n_fields: int
    escape: str = ""
    is_bordered: bool = False
    header_rows: tuple[tuple[str, ...], ...] = ()
    short: frozenset[int] = frozenset()
    kinds: tuple[str, ...] = ()
    is_filled: bool = False
    preamble: tuple[str, ...] = ()

    @property
    def style(self) -> Style:
        """What splits a record into fields."""
        return Style(self.delimiter, self.quote, self.escape)


def detect_dialect(text: str, delimiter: str | None = None, wanted: Iterable[str] = ()) -> Dialect | None:
    """Return the dialect of a text file.

    Parameters
    ----------
    text : str
        The beginning of the file.
    delimiter : str, optional
        Given in project.yml; detected if left out.
    wanted : iterable of str
        Headers that project.yml names.

    Returns
    -------
    Dialect or None
        None where no row could be the header.
    """
    lines = _LINE.findall(text[:SAMPLE_CHARACTERS])
    if len(text) > SAMPLE_CHARACTERS and len(lines) > 1:
        lines.pop()
    wanted = list(wanted)
    has_borders = delimiter in (None, "|") and is_bordered(lines)
    if has_borders:
        best = Style("|", "")
        shown = blank_lines(lines)
    else:
        delimiter = delimiter or announced_delimiter(lines)
        best, shown = best_style(lines, [delimiter] if delimiter else list(DELIMITERS), wanted), lines
    rows, ends = read_records(shown, best)
    position = find_header(rows[:100], wanted)
    if position is None:
        return None
    header = read_header(rows, position)
    body = sum(len(line) for line in lines[: ends[header.last]])
    mended = _mended_rows(lines[ends[header.last] :], best, len(header.names))
    rows = rows if mended is None else [*rows[: header.last + 1], *mended]
    above = [line for line in lines[: ends[header.first - 1] if header.first else 0] if not is_ruler(line)]
    return _dialect(best, header, rows, body, tuple(text for line in above if (text := line.strip())), has_borders)


def _mended_rows(lines: list[str], style: Style, n_names: int) -> list[list[str]] | None:
    """Return the first rows below the header with open quotation marks mended, which would swallow the others."""
    if not style.quote or style.escape:
        return None
    body, n_mended = mend_quotes("".join(lines).encode("utf-8"), style.delimiter, style.quote, n_names)
    return read_records(_LINE.findall(body.decode("utf-8")), style)[0] if n_mended else None


def _dialect(
    style: Style, header: Header, rows: list[list[str]], body: int, preamble: tuple[str, ...], has_borders: bool
) -> Dialect:
    names = list(header.names)
    below = _of_first_table(rows, header.last + 1, len(names))
    while names and not names[-1].strip() and not has_borders:
        names.pop()
    below = [row for row in below if not is_repetition(row, rows[header.first : header.last + 1])]
    usual = [row for row in below if len(row) == len(names) + 1]
    if not has_borders and len(usual) > 0.5 * len(below) and _has_row_names(usual):
        names = ["", *names]
    n_fields, short = _widths(below, names)
    usual = [row for row in below if len(row) == n_fields]
    return Dialect(
        style.delimiter,
        style.quote,
        header.last + 1,
        tuple(names),
        body,
        n_fields,
        style.escape,
        has_borders,
        tuple(tuple(cell.strip() for cell in row) for row in rows[header.first : header.last + 1]),
        short,
        column_kinds(usual),
        bool(usual) and all(present(row[-1]) for row in usual),
        preamble,
    )


def _of_first_table(rows: list[list[str]], start: int, n_fields: int) -> list[list[str]]:
    """Return the filled rows below the header, up to where another table begins."""
    numbered = dict(enumerate(rows))
    for k in range(start + 1, len(rows)):
        if any(cell.strip() for cell in rows[k]) and not any(cell.strip() for cell in rows[k - 1]):
            kinds = column_kinds(rows[start:k])
            if find_sections(numbered, [k], kinds, n_fields, len(rows)):
                rows = rows[:k]
                break
    return [row for row in rows[start:] if any(cell.strip() for cell in row)]


def _widths(rows: Sequence[Sequence[str]], names: Sequence[str]) -> tuple[int, frozenset[int]]:
    """Return the usual number of fields, and the smaller ones of rows that only leave out empty fields at their end.

    Fields above the number of names count only where they are hardly ever filled: else nobody knows which names belong
    to which values.
    """
    counts, n_names = Counter(len(row) for row in rows), len(names)
    if not counts:
        return n_names, frozenset()
    usual = counts.most_common(1)[0][0]
    if usual > n_names:
        wide = [row for row in rows if len(row) == usual]
        filled = [sum(bool(present(row[i])) for row in wide) for i in range(usual)]
        if any(n > 0.5 * len(wide) for n in filled[n_names:]) and n_names > 1:
            return n_names, frozenset()
        last = max((i + 1 for i, n in enumerate(filled) if n), default=0)
        return usual, frozenset({max(last, n_names)} - {usual})
    full = [row for row in rows if len(row) == n_names]
    shorter = {width: n for width, n in counts.items() if 1 < width < n_names}
    is_usual = sum(shorter.values()) >= max(3, _TRIMMED_SHARE * len(rows)) or usual < n_names
    if not full and not _ends_early(counts, names):
        return n_names, frozenset()
    if not shorter or not is_usual or not all(present(row[-1]) for row in full):
        return n_names, frozenset()
    if not all(present(row[-1]) for row in rows if len(row) in shorter):
        return n_names, frozenset()
    return n_names, frozenset(shorter)


def _ends_early(counts: Counter[int], names: Sequence[str]) -> bool:
    """Say whether all rows lack the same last one or two fields, and no name was split (``Betrag (netto;EUR)``)."""
    are_whole = all(name.count("(") == name.count(")") and '"' not in name for name in names)
    several = {width: n for width, n in counts.items() if width > 1}
    width = max(several, key=lambda w: several[w], default=0)
    is_usual = several.get(width, 0) >= 0.9 * sum(several.values())
    return are_whole and is_usual and len(names) - 2 <= width < len(names) and width >= 0.6 * len(names)


def _has_row_names(rows: list[list[str]]) -> bool:
    """Say whether the rows begin with a running number over which no name stands."""
    numbers = [row[0].strip() for row in rows]
    if len(rows) < 2 or not all(row[-1].strip() for row in rows) or not all(n.isdigit() for n in numbers):
        return False
    return all(int(b) == int(a) + 1 for a, b in zip(numbers, numbers[1:], strict=False))
