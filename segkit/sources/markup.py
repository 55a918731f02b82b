"""Workbooks that are HTML or XML text in truth, as SAP and BI tools name ``export.xls`` → grids."""

from __future__ import annotations

import re
from collections.abc import Sequence
from html.parser import HTMLParser
from typing import Any

from segkit.errors import UserError
from segkit.settings.sources import Source
from segkit.sources.encodings import decode
from segkit.sources.grids import DATE, NUMBER, Grid
from segkit.sources.merged import Range
from segkit.sources.placeholders import BLANKS
from segkit.sources.sheets import Sheet, read_sheets

_START = re.compile(
    rb"(\xef\xbb\xbf)?\s*(<!doctype html|<html|<table|<meta|<head|<body|<style|<\?mso|<(ss:)?workbook|mime-version:)",
    re.I,
)
_XML = re.compile(rb"(\xef\xbb\xbf)?\s*<\?xml")
_WIDE = (b"\xff\xfe<\x00", b"\xfe\xff\x00<")


def is_markup(data: bytes) -> bool:
    """Say whether a file is HTML, an XML spreadsheet or a web archive, by its first characters."""
    head = data[:4000]
    if head.startswith(_WIDE):
        head = head.decode("utf-16", errors="ignore").encode("utf-8")
    return bool(_START.match(head) or _XML.match(head))


def read_markup(data: bytes, name: str, source: Source | None = None, wanted: Sequence[str] = ()) -> list[Grid]:
    """Return the tables of an HTML page or an XML spreadsheet (Excel 2003), read as worksheets are.

    Raises
    ------
    UserError
        "export.xls is a web archive …" and "export.xls is XML, but no spreadsheet …"
    """
    encoding = source.encoding if source else None
    declared = re.search(rb"(?:charset|encoding)\s*=\s*[\"']?([\w-]+)", data[:4000])
    known = {"utf-8", "utf-16", "windows-1252", "iso-8859-1", "iso-8859-15", "cp1252", "us-ascii"}
    if encoding is None and declared and declared[1].decode().lower() in known - {"utf-8", "utf-16"}:
        encoding = "cp1252" if declared[1].lower() != b"iso-8859-15" else "iso-8859-15"
    text = decode(data, encoding).data.decode("utf-8")
    if text[:200].lstrip("\ufeff \r\n").lower().startswith("mime-version:"):
        raise UserError(
            f"{name} is a web archive (MHTML), not a workbook. Open it in Excel and save it as .xlsx, or export it "
            "as text with tabulators."
        )
    is_sheet = "urn:schemas-microsoft-com:office:spreadsheet" in text[:4000]
    if (
        text.lstrip("\ufeff \r\n").startswith("<?xml")
        and not is_sheet
        and not re.search(r"<(html|table)\b", text, re.I)
    ):
        raise UserError(
            f"{name} is XML, but no spreadsheet. Export it as CSV or Excel; of XML only Excel's own (2003) is read."
        )
    parser = _Spreadsheet() if is_sheet else _Page()
    parser.feed(text)
    parser.close()
    sheets = [s for s in parser.sheets if len(s.rows) > 1]
    if source is not None and source.sheet is not None:
        sheets = [s for s in sheets if s.name == source.sheet]
        if not sheets:
            names = ", ".join(s.name for s in parser.sheets)
            raise UserError(f"{name} has no sheet '{source.sheet}'; it has {names}.")
    for sheet in sheets:
        sheet.merged = tuple(parser.merged.get(id(sheet), ()))
        width = max(len(row) for row in sheet.rows)
        sheet.rows = [row + [""] * (width - len(row)) for row in sheet.rows]
    return read_sheets(sheets, name, list(wanted))


class _Tables(HTMLParser):
    """Rows of cells, put at their places among the merged cells above and beside them."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.sheets: list[Sheet] = []
        self.stack: list[Sheet] = []
        self.merged: dict[int, list[Range]] = {}
        self.covered: dict[int, dict[int, int]] = {}
        self.text: list[str] | None = None
        self.number: str | None = None

    def begin_table(self, name: str, is_hidden: bool = False) -> None:
        sheet = Sheet(name, [], (), is_hidden)
        self.sheets.append(sheet)
        self.stack.append(sheet)

    def begin_row(self, at: int | None = None) -> None:
        rows = self.stack[-1].rows
        while at is not None and len(rows) < at - 1:
            rows.append([])
        rows.append([])

    def put(self, value: Any, across: int, down: int, at: int | None = None) -> None:
        sheet = self.stack[-1]
        if not sheet.rows:
            sheet.rows.append([])
        k, row = len(sheet.rows) - 1, sheet.rows[-1]
        covered = self.covered.setdefault(id(sheet), {})
        while (at is not None and len(row) < at - 1) or (at is None and covered.get(len(row), -1) >= k):
            row.append("")
        left = len(row)
        row += [value] + [""] * across
        if across or down:
            self.merged.setdefault(id(sheet), []).append(((k, left), (k + down, left + across)))
            covered.update(dict.fromkeys(range(left, left + across + 1), k + down))


class _Page(_Tables):
    """Tables of an HTML page."""

    _cell: tuple[int, int] = (0, 0)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        known = {key: value or "" for key, value in attrs}
        if tag == "table":
            self._end_cell()
            self.begin_table(f"table {len(self.sheets) + 1}")
        elif tag == "tr" and self.stack:
            self._end_cell()
            self.begin_row()
        elif tag in ("td", "th") and self.stack:
            self._end_cell()
            self.text, self.number = [], known.get("x:num") or None
            self._cell = (_count(known.get("colspan")), _count(known.get("rowspan")))
        elif tag == "br" and self.text is not None:
            self.text.append("\n")

    def handle_endtag(self, tag: str) -> None:
        if tag in ("td", "th", "tr"):
            self._end_cell()
        elif tag == "table" and self.stack:
            self._end_cell()
            self.stack.pop()

    def handle_data(self, data: str) -> None:
        if self.text is not None:
            self.text.append(re.sub(r"\s+", " ", data))

    def _end_cell(self) -> None:
        if self.text is not None and self.stack:
            text = "".join(self.text).strip(BLANKS)
            self.put(NUMBER + self.number if self.number else text, *self._cell)
        self.text = None


class _Spreadsheet(_Tables):
    """Worksheets of Excel's XML of 2003."""

    _place: tuple[int, int, int | None] = (0, 0, None)
    _type = ""
    _name, _is_hidden = "", False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        tag, known = tag.removeprefix("ss:"), {key.removeprefix("ss:"): value or "" for key, value in attrs}
        at = int(known["index"]) if known.get("index", "").isdigit() else None
        if tag == "worksheet":
            self.begin_table(known.get("name", f"sheet {len(self.sheets) + 1}"))
        elif tag == "row" and self.stack:
            self.begin_row(at)
        elif tag == "cell" and self.stack:
            self._place, self._type, self.text = (_span(known, "across"), _span(known, "down"), at), "", []
        elif tag == "data" and self.stack:
            self._type = known.get("type", "")
        elif tag == "visible" and self.stack:
            self._is_hidden = True

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        tag = tag.removeprefix("ss:")
        if tag == "cell" and self.text is not None and self.stack:
            text = "".join(self.text)
            marks = {"Number": NUMBER, "DateTime": DATE}
            value = text[:10] if self._type == "DateTime" else text
            self.put(marks.get(self._type, "") + value if text else "", *self._place)
            self.text = None
        elif tag == "worksheet" and self.stack:
            self.stack.pop()

    def handle_data(self, data: str) -> None:
        if self.text is not None and self._type:
            self.text.append(data)


def _count(value: str | None) -> int:
    return int(value) - 1 if value and value.isdigit() and 1 < int(value) < 10_000 else 0


def _span(known: dict[str, str], direction: str) -> int:
    value = known.get(f"merge{direction}", "")
    return int(value) if value.isdigit() else 0
