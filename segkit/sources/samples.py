"""What the values of a column look like, from a sample of its file."""

from __future__ import annotations

import re
from dataclasses import dataclass

from segkit.sources.grids import DATE, NUMBER, Grid
from segkit.sources.placeholders import marked_texts, present_texts, unmarked
from segkit.sources.spool import Spool, one_chunk, plain

SAMPLE_ROWS = 3000
_DATE_SHAPE = re.compile(
    r"\x03.*|\d{4}[-/.]\d{1,2}[-/.]\d{1,2}([ T].*)?|\d{1,2}[-/.]\d{1,2}[-/.](\d{4}|\d{2})([ T].*)?"
    r"|(19|20)\d{2}[01]\d[0-3]\d|\d{1,2}[. -]+[A-Za-zä]{3,9}[. -]+\d{2,4}"
)
_NUMBER_SHAPE = re.compile(r"\x02.*|[-+(]?\s?[€$£]?\s?[\d.,'\u00a0 ]*\d[\d.,'\u00a0 ]*\s?([€$£%)-]|[A-Z]{3})?")


@dataclass(frozen=True)
class ColumnSample:
    """One column of a file: shares of its filled cells, 0–1, and examples."""

    header: str
    n_filled: int
    dates: float
    numbers: float
    decimals: float
    letters: float
    emails: float
    unique: float
    n_distinct: int
    largest: float
    has_percent: bool
    examples: tuple[str, ...]


@dataclass(frozen=True)
class FileSample:
    """The columns of one file."""

    name: str
    grid: Grid
    columns: tuple[ColumnSample, ...]

    @property
    def headers(self) -> list[str]:
        """Headers in the order of the file."""
        return [column.header for column in self.columns]

    def column(self, header: str) -> ColumnSample:
        """Return the sample of a header."""
        return self.columns[self.headers.index(header)]

    def values(self, header: str) -> set[str]:
        """Return the distinct texts of a whole column."""
        name, cells = f"c{self.headers.index(header)}", self.grid.cells
        in_pieces = isinstance(cells, Spool)
        pieces = (cells.get(p, name) for p in range(cells.n_pieces)) if in_pieces else [cells.column(name)]
        found: set[str] = set()
        for piece in pieces:
            distinct = plain(one_chunk(piece).unique())
            texts = unmarked(present_texts(marked_texts(distinct))[1]).to_pylist()
            found |= {re.sub(r"\.0$", "", text) for text in texts if text}
        return found


def take_sample(name: str, grid: Grid) -> FileSample:
    """Return what the first rows of a file look like."""
    rows = grid.cells.slice(0, SAMPLE_ROWS)
    columns = []
    for i, header in enumerate(grid.headers):
        cells = rows.column(f"c{i}").combine_chunks()
        texts = [text for text in present_texts(marked_texts(cells))[1].to_pylist() if text]
        columns.append(_describe(header, texts))
    return FileSample(name, grid, tuple(columns))


def _describe(header: str, texts: list[str]) -> ColumnSample:
    n = max(len(texts), 1)
    plain = [text.lstrip(NUMBER + DATE) for text in texts]
    is_date = [bool(_DATE_SHAPE.fullmatch(text)) for text in texts]
    is_number = [bool(_NUMBER_SHAPE.fullmatch(text)) and not text.startswith(DATE) for text in texts]
    shapes = zip(is_number, is_date, texts, strict=True)
    distinct = dict.fromkeys(plain)
    return ColumnSample(
        header,
        len(texts),
        sum(is_date) / n,
        sum(number and (not date or len(text) == 8) for number, date, text in shapes) / n,
        sum(bool(re.search(r"[.,]\d{1,2}\D*$", text)) for text in texts) / n,
        sum(any(c.isalpha() for c in text) for text in plain) / n,
        sum("@" in text for text in plain) / n,
        len(distinct) / n,
        len(distinct),
        max((_size(text) for text, number in zip(plain, is_number, strict=True) if number), default=0.0),
        any(text.endswith("%") for text in plain[:100]),
        tuple(text[:40] for text in list(distinct)[:3]),
    )


def _size(text: str) -> float:
    """Return roughly how large a number is; only used to tell 0.05 from 5."""
    digits = re.sub(r"[^\d.,]", "", text).replace(",", ".")
    whole, _, fraction = digits.rpartition(".")
    try:
        return float(f"{whole.replace('.', '')}.{fraction}" if whole else digits)
    except ValueError:
        return 0.0
