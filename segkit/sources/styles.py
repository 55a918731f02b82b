"""What splits the records of a text file into fields: delimiter, quotation marks, escapes."""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from segkit.sources.headers import find_header

SAMPLE_ROWS = 300
DELIMITERS = ";,\t|^~"
_LITERAL_MARKS = 20


@dataclass(frozen=True)
class Style:
    """What splits a record into fields; an empty `quote` or `escape` means that there is none."""

    delimiter: str
    quote: str = '"'
    escape: str = ""

    def reader(self, lines: Iterable[str]):
        """Return the fields of each record."""
        csv.field_size_limit(2**24)
        if not self.quote:
            return csv.reader(lines, delimiter=self.delimiter, quoting=csv.QUOTE_NONE)
        return csv.reader(lines, delimiter=self.delimiter, quotechar=self.quote)


def read_records(lines: list[str], style: Style) -> tuple[list[list[str]], list[int]]:
    """Return the first records, and the number of lines read after each."""
    marked = [mark_escapes(line, style) for line in lines] if style.escape else lines
    reader = style.reader(marked)
    rows, ends = [], []
    for row in reader:
        rows.append([unmark_escapes(cell, style) for cell in row] if style.escape else row)
        ends.append(reader.line_num)
        if len(rows) >= SAMPLE_ROWS:
            break
    return rows, ends


ESCAPED = ("\uf8f3", "\uf8f2", "\uf8f1", "\uf8f4")
"""Stand for an escaped backslash, quotation mark, delimiter and line end while a file is split."""


def mark_escapes(text: str, style: Style) -> str:
    r"""Return a text in which ``\\``, ``\"``, ``\;`` are one character each, that splits nothing."""
    for plain, mark in zip(("\\", style.quote, style.delimiter, "\n"), ESCAPED, strict=True):
        text = text.replace("\\" + plain, mark) if plain else text
    return text


def unmark_escapes(text: str, style: Style) -> str:
    """Return a text with the characters that were escaped."""
    for plain, mark in zip(("\\", style.quote, style.delimiter, "\n"), ESCAPED, strict=True):
        text = text.replace(mark, plain)
    return text


def announced_delimiter(lines: list[str]) -> str | None:
    """Return the delimiter of a first line such as ``sep=;``, which Excel understands."""
    match = re.fullmatch(r'"?sep=(.)"?', lines[0].strip("\r\n")) if lines else None
    return match[1] if match else None


def best_style(lines: list[str], delimiters: list[str], wanted: list[str]) -> Style:
    """Return the style that splits the first lines of a file best."""
    text = "".join(lines)
    styles = [style for d in delimiters if d in text or len(delimiters) == 1 for style in _styles(text, d, len(lines))]
    if not styles:
        return Style(delimiters[0])
    return max(styles, key=lambda style: _consistency(lines, style, wanted))


def _styles(text: str, delimiter: str, n_lines: int) -> list[Style]:
    """Return the ways in which a text with a delimiter may quote and escape, the likeliest first."""
    d = re.escape(delimiter)
    wrapped = {
        mark: re.findall(
            rf"(?:^|{d}) *{mark}((?:[^{mark}\\\r\n]|{mark}{mark}|\\.)*){mark} *(?=[{d}\r\n]|\Z)", text, re.M
        )
        for mark in "\"'"
        if mark in text
    }
    if wrapped.get('"'):
        quotes = ['"']
    elif wrapped.get("'"):
        is_usual = len(wrapped["'"]) >= max(2, 0.3 * n_lines) or any(
            "''" in value or "\\'" in value for value in wrapped["'"]
        )
        quotes = ["'"] if is_usual else ['"', "'"]
    elif re.search(rf"(?:^|{d})'[^'{d}]*\n[^'{d}]*'(?=[{d}\r\n]|\Z)", text, re.M):
        quotes = ['"', "'"]
    else:
        quotes = ["" if text.count('"') >= _LITERAL_MARKS else '"']
    escapes = [""]
    for quote in quotes:
        if re.search(rf"\\{d}", text):
            escapes = ["", "\\"]
        inside = len(re.findall(rf"[^{d}\r\n\\]\\{quote}(?![{d}\r\n]|\Z)", text)) if quote else 0
        if inside:
            escapes = ["\\"] if inside > 1 else ["\\", ""]
    return [Style(delimiter, quote, escape) for quote in quotes for escape in escapes]


def _consistency(lines: list[str], style: Style, wanted: list[str]) -> float:
    """Return how well a style splits the file: many fields, the same number in most rows, wanted headers found."""
    rows = [row for row in read_records(lines, style)[0] if any(cell.strip() for cell in row)]
    counts = Counter(len(row) for row in rows)
    if not counts:
        return 0.0
    width, count = max(counts.items(), key=lambda pair: (pair[0] - 1) * (pair[1] / len(rows)) ** 2)
    score = (width - 1) * (count / len(rows)) ** 2
    position = find_header(rows[:100])
    if position is None or len(rows[position]) < 0.6 * width:
        score /= 2
    elif sum(bool(cell.strip()) for cell in rows[position]) < width:
        score *= 0.6
    if wanted:
        names = set(wanted)
        score += 1000 * max(len(names & {cell.strip() for cell in row}) for row in rows[:100])
    return score
