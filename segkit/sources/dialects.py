"""How a text file is written: delimiter, quotes, header row."""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from segkit.sources.headers import find_header

SAMPLE_CHARACTERS = 400_000
SAMPLE_ROWS = 300
_DELIMITERS = ";,\t|"
_LINE = re.compile(r"[^\r\n]*(?:\r\n|\n|\r)|[^\r\n]+\Z")


@dataclass(frozen=True)
class Dialect:
    """How a text file is written.

    `header_row` counts records from 1; `body` is the character at which the records below the header begin;
    `n_fields` the usual number of fields there.
    """

    delimiter: str
    quote: str
    header_row: int
    header: tuple[str, ...]
    body: int
    n_fields: int


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
    csv.field_size_limit(2**24)
    lines = _LINE.findall(text[:SAMPLE_CHARACTERS])
    if len(text) > SAMPLE_CHARACTERS and len(lines) > 1:
        lines.pop()
    wanted = list(wanted)
    first = _announced(lines)
    if first and delimiter is None:
        delimiter = first
    candidates = [delimiter] if delimiter else list(_DELIMITERS)
    quote = _quote(lines)
    best = max(candidates, key=lambda d: _consistency(lines, d, quote, wanted))
    rows, ends = read_records(lines, best, quote)
    position = find_header(rows[:100], wanted)
    if position is None:
        return None
    n_fields = _usual_count(rows[position + 1 :]) or len(rows[position])
    body = sum(len(line) for line in lines[: ends[position]])
    return Dialect(best, quote, position + 1, tuple(rows[position]), body, n_fields)


def read_records(lines: list[str], delimiter: str, quote: str) -> tuple[list[list[str]], list[int]]:
    """Return the first records, and the number of lines read after each."""
    reader = csv.reader(lines, delimiter=delimiter, quotechar=quote)
    rows, ends = [], []
    for row in reader:
        rows.append(row)
        ends.append(reader.line_num)
        if len(rows) >= SAMPLE_ROWS:
            break
    return rows, ends


def _announced(lines: list[str]) -> str | None:
    """Return the delimiter of a first line such as ``sep=;``, which Excel understands."""
    match = re.fullmatch(r'"?sep=(.)"?', lines[0].strip("\r\n")) if lines else None
    return match[1] if match else None


def _quote(lines: list[str]) -> str:
    single = sum(len(re.findall(r"(?:^|[;,\t|])'[^']*'(?=[;,\t|\r\n])", line)) for line in lines[:SAMPLE_ROWS])
    double = sum(line.count('"') for line in lines[:SAMPLE_ROWS])
    return "'" if single > 3 and double == 0 else '"'


def _consistency(lines: list[str], delimiter: str, quote: str, wanted: list[str]) -> float:
    """Return how well a delimiter splits the file: many fields, the same number in most rows, wanted headers found."""
    rows = [row for row in read_records(lines, delimiter, quote)[0] if row]
    counts = Counter(len(row) for row in rows)
    if not counts:
        return 0.0
    score = max((width - 1) * (count / len(rows)) ** 2 for width, count in counts.items())
    if wanted:
        names = set(wanted)
        score += 1000 * max(len(names & {cell.strip() for cell in row}) for row in rows[:100])
    return score


def _usual_count(rows: list[list[str]]) -> int:
    counts = Counter(len(row) for row in rows if any(cell.strip() for cell in row))
    return counts.most_common(1)[0][0] if counts else 0
