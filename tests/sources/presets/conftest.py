"""Reads the same records as different exports of a system, and says what a file is taken for."""

import csv
import datetime as dt
import io
from collections.abc import Callable, Sequence

import pytest

from segkit.sources.detection import detect

Row = dict[str, object]
_ABOUT_THE_FILE = ("source", "delivery", "row_number", "skip")


@pytest.fixture
def read_as(read: Callable) -> Callable[..., list[Row]]:
    """Return a function that reads exports with a preset: read_as("zoho", "accounts", {"a.csv": "…"}) → filled cells.

    With `skip` the rows come back that are left out for this reason; a row in quarantine is never right here.
    """

    def run(
        system: str, table: str, files: dict[str, bytes | str], skip: str | None = None, **settings: object
    ) -> list[Row]:
        names = list(files)
        origin: dict[str, object] = {"files": names} if len(names) == 1 else {"from": names}
        found = read(files, {table: {"preset": system, **origin, **settings}})
        assert found.unreadable(table) == []
        rows = found.rows(table)
        chosen = rows[rows["skip"].isna() if skip is None else rows["skip"] == skip]
        columns = [column for column in chosen.columns if column not in _ABOUT_THE_FILE]
        return [_filled(row) for row in chosen[columns].astype(object).to_dict("records")]

    return run


def _filled(row: dict) -> Row:
    present = {column: value for column, value in row.items() if value is not None and value == value}
    return {c: v.date() if isinstance(v, dt.datetime) else v for c, v in present.items()}


@pytest.fixture
def taken_for() -> Callable[..., tuple[str, str] | None]:
    """Return a function that says which system and shape headers are taken for; None where two are as sure."""

    def run(headers: Sequence[str], first_column: Sequence[str] = ()) -> tuple[str, str] | None:
        best, *others = detect(headers, first_column)
        rivals = [match for match in others if match.system != best.system and match.confidence >= best.confidence]
        return None if rivals else (best.system, best.shape)

    return run


@pytest.fixture
def workbook() -> Callable[..., bytes]:
    """Return a function that writes rows as a worksheet; the first `n_hidden` columns are hidden, dates stay dates."""

    def write(rows: Sequence[Sequence[object]], n_hidden: int = 0) -> bytes:
        import xlsxwriter

        content = io.BytesIO()
        with xlsxwriter.Workbook(content, {"default_date_format": "dd.mm.yyyy", "in_memory": True}) as book:
            sheet = book.add_worksheet("Export")
            for i, row in enumerate(rows):
                sheet.write_row(i, 0, row)
            if n_hidden:
                sheet.set_column(0, n_hidden - 1, None, None, {"hidden": True})
        return content.getvalue()

    return write


@pytest.fixture
def headers_in() -> Callable[[str], list[str]]:
    """Return a function that gives the headers of a text file."""

    def split(content: str) -> list[str]:
        first = content.split("\n", 1)[0]
        return next(csv.reader([first], delimiter=";" if first.count(";") > first.count(",") else ","))

    return split
