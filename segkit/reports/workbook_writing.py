"""One sheet of the workbook: band, title, totals, headings with notes, rows, filter, marks."""

from __future__ import annotations

import math
import re
import textwrap
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from segkit import texts
from segkit.reports.workbook_columns import Column
from segkit.reports.workbook_styles import (
    ALARM,
    BAD,
    BAND,
    BAR,
    LINE_HEIGHT,
    NUMBERS,
    TO_FILL,
    Styles,
    fit_to_paper,
    lines_of,
    set_up_page,
    width_of,
)

if TYPE_CHECKING:
    import pandas as pd

BAND_ROW, TITLE_ROW, ABOUT_ROW, LINK_ROW, TOTAL_ROW, HEAD_ROW = range(6)
FIRST_ROW = HEAD_ROW + 1
LONGEST = 32_000  # characters of a cell; Excel's limit is 32,767 UTF-16 units
SAMPLE = 2_000
SURE = 0.8  # a lower confidence is called doubtful everywhere
NOT_XML = re.compile("[\ufffe\uffff]")


@dataclass
class Filled:
    """A sheet with its rows, ready to be written; `notes` are sentences on what was left out."""

    key: str
    name: str
    frame: pd.DataFrame
    columns: list[Column]
    notes: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Frontmatter:
    """What every sheet says at its top and on paper; segments give id → (name, colour)."""

    project: str
    quarter: str
    state: str
    band: str
    overview: str
    segments: Mapping[str, tuple[str, str | None]]


def safe_text(text: object) -> str:
    """Text from data as Excel can hold it: never markup of the writer's own, no forbidden characters, not too long."""
    plain = NOT_XML.sub("\ufffd", str(text))[:LONGEST]
    return f"{plain} " if plain.startswith("<r>") and plain.endswith("</r>") else plain


def start_sheet(book: Any, styles: Styles, name: str, title: str, front: Frontmatter, n_columns: int) -> Any:
    """A new sheet with its band, its title and its print setup."""
    sheet = book.add_worksheet(name)
    set_up_page(sheet, front.state, front.project, front.quarter, styles.language)
    for column in range(n_columns):
        sheet.write_blank(BAND_ROW, column, None, styles.band)
    sheet.write_string(BAND_ROW, 0, safe_text(front.band), styles.band)
    sheet.set_row(BAND_ROW, 21)
    sheet.write_string(TITLE_ROW, 0, safe_text(title), styles.title)
    sheet.set_row(TITLE_ROW, 27)
    return sheet


def write_sheet(book: Any, styles: Styles, filled: Filled, front: Frontmatter) -> None:
    """Write one sheet, row by row: the writer holds one row at a time."""
    language, columns = styles.language, filled.columns
    heads = [column.head(language) for column in columns]
    cells = [_cells(column, filled.frame, styles, front) for column in columns]
    totals = _totals(columns, cells)
    widths = [
        _width(column, head, values, totals.get(column.name), styles)
        for column, head, (values, _) in zip(columns, heads, cells, strict=True)
    ]
    title = f"{filled.name} · {front.project} · {front.quarter}"
    sheet = start_sheet(book, styles, filled.name, title, front, len(columns))
    for i, width in enumerate(widths):
        sheet.set_column(i, i, width)
    about = " ".join([texts.say(f"workbook.about_{filled.key}", language), *filled.notes])
    _write_about(sheet, about, widths, styles)
    last = FIRST_ROW + len(filled.frame) - 1
    sheet.write_url(LINK_ROW, 0, f"internal:'{front.overview}'!A1", styles.link, f"← {front.overview}")
    _write_totals(sheet, columns, totals, last, styles)
    for i, (column, head) in enumerate(zip(columns, heads, strict=True)):
        sheet.write_string(HEAD_ROW, i, safe_text(head), styles.head(column.kind))
        sheet.write_comment(HEAD_ROW, i, column.definition(language), {"author": "", "width": 230, "height": 96})
    lines = max(len(textwrap.wrap(head, int(width))) for head, width in zip(heads, widths, strict=True))
    sheet.set_row(HEAD_ROW, LINE_HEIGHT * min(lines, 4) + 5)
    _write_rows(sheet, columns, cells, widths, len(filled.frame))
    _add_marks(sheet, columns, last, styles)
    sheet.autofilter(HEAD_ROW, 0, last, len(columns) - 1)
    n_fixed = sum("fixed" in column.marks for column in columns)
    sheet.freeze_panes(FIRST_ROW, n_fixed)
    fit_to_paper(sheet, widths, n_fixed)
    sheet.repeat_rows(HEAD_ROW)
    sheet.print_area(0, 0, last, len(columns) - 1)


def _write_about(sheet: Any, text: str, widths: list[float], styles: Styles) -> None:
    """The sentence below the title, wrapped over the first columns of the sheet."""
    span, total = 0, 0.0
    while span < len(widths) and total < 110:
        total += widths[span]
        span += 1
    sheet.set_row(ABOUT_ROW, LINE_HEIGHT * lines_of(text, total) + 2)
    if span > 1:
        sheet.merge_range(ABOUT_ROW, 0, ABOUT_ROW, span - 1, text, styles.about)
    else:
        sheet.write_string(ABOUT_ROW, 0, text, styles.about)


def _cells(column: Column, frame: pd.DataFrame, styles: Styles, front: Frontmatter) -> tuple[list[Any], list[Any]]:
    """Values of a column as Excel holds them, and the format of each."""
    series, kind = frame[column.name], column.kind
    if kind in NUMBERS:
        values: list[Any] = [v if math.isfinite(v) else None for v in series.astype("float64").tolist()]
        kinds = frame["row_kind"].tolist() if kind == "mixed" else None
        return values, [styles.cell(k) for k in kinds] if kinds else [styles.cell(kind)] * len(values)
    known = series.notna().tolist()
    if kind == "date":
        days = [(day.date().toordinal() - 693_594) if k else None for day, k in zip(series, known, strict=True)]
        return days, [styles.cell(kind)] * len(days)
    if kind == "bool":
        yes, no = texts.say("display.yes", styles.language), texts.say("display.no", styles.language)
        said = [(yes if value else no) if k else None for value, k in zip(series, known, strict=True)]
        return said, [styles.cell(kind)] * len(said)
    raw = [safe_text(value) if k else None for value, k in zip(series.tolist(), known, strict=True)]
    if kind != "segment":
        return raw, [styles.cell(kind)] * len(raw)
    named = [front.segments.get(str(value), (value, None)) for value in raw]
    formats = {colour: styles.cell(kind, colour) for _, colour in named}
    return [name for name, _ in named], [formats[colour] for _, colour in named]


def _width(column: Column, head: str, values: list[Any], total: float | None, styles: Styles) -> float:
    some = _shown(column, values[:: max(len(values) // SAMPLE, 1)], styles)
    return width_of(column.kind, head, some, "".join(_shown(column, [total], styles)) if total is not None else "")


def _shown(column: Column, values: list[Any], styles: Styles) -> list[str]:
    """Values, each about as long as it is shown."""
    if column.kind == "date":
        return ["00.00.0000"]
    shapes = {"money": "{:,.2f} " + styles.sign, "mixed": "{:,.2f} " + styles.sign, "percent": "{:,.4f} %",
              "count": "{:,.0f}", "decimal": "{:,.2f}", "fraction": "{:,.3f}"}  # fmt: skip
    shape = shapes.get(column.kind, "{}")
    return [shape.format(value) for value in values if value is not None]


def _totals(columns: list[Column], cells: list[tuple[list[Any], list[Any]]]) -> dict[str, float]:
    """Totals of the columns that have one, by name."""
    summed = [
        (column.name, values) for column, (values, _) in zip(columns, cells, strict=True) if "sum" in column.marks
    ]
    return {name: math.fsum(value for value in values if value is not None) for name, values in summed}


def _write_rows(
    sheet: Any, columns: list[Column], cells: list[tuple[list[Any], list[Any]]], widths: list[float], n: int
) -> None:
    writers = [sheet.write_number if c.kind in NUMBERS or c.kind == "date" else sheet.write_string for c in columns]
    written = [(write, *pair) for write, pair in zip(writers, cells, strict=True)]
    wrapped = [(cells[i][0], widths[i]) for i, column in enumerate(columns) if column.kind in ("words", "sentence")]
    for row in range(n):
        lines = max((lines_of(values[row] or "", width) for values, width in wrapped), default=1)
        if lines > 1:  # the height must be known before the row is written; no spreadsheet works it out on opening
            sheet.set_row(FIRST_ROW + row, LINE_HEIGHT * lines + 1)
        for i, (write, values, formats) in enumerate(written):
            if values[row] is not None:
                write(FIRST_ROW + row, i, values[row], formats[row])


def _write_totals(sheet: Any, columns: list[Column], totals: dict[str, float], last: int, styles: Styles) -> None:
    """Totals above the headings; they count the rows that the filter leaves."""
    from xlsxwriter.utility import xl_range

    if not totals:
        sheet.set_row(TOTAL_ROW, 6)
        return
    sheet.write_string(TOTAL_ROW, 0, texts.say("workbook.total", styles.language), styles.make(bold=True))
    for i, column in enumerate(columns):
        if column.name in totals:
            formula = f"=SUBTOTAL(109,{xl_range(FIRST_ROW, i, last, i)})"
            sheet.write_formula(TOTAL_ROW, i, formula, styles.total(column.kind), round(totals[column.name], 6))


def _add_marks(sheet: Any, columns: list[Column], last: int, styles: Styles) -> None:
    """Few colours, each with a meaning: red below zero or below 80 %, amber where to look, bars for size."""
    yes = texts.say("display.yes", styles.language)
    bar = {
        "type": "data_bar",
        "bar_color": BAR,
        "bar_solid": True,
        "data_bar_2010": True,
        "bar_border_color": BAR,
        "bar_axis_position": "none",
        "min_type": "num",
        "min_value": 0,
    }
    for i, column in enumerate(columns):
        alarm = ("==", f'"{yes}"') if column.kind == "bool" else ("!=", 0)
        limits = {"negative": ("<", 0, BAD), "low": ("<", SURE, BAD), "alarm": (*alarm, ALARM)}
        for mark in column.marks:
            if mark == "bar":
                sheet.conditional_format(FIRST_ROW, i, last, i, bar)
            elif mark == "fill":
                sheet.conditional_format(FIRST_ROW, i, last, i, {"type": "no_errors", "format": styles.mark(TO_FILL)})
            elif mark in limits:
                criteria, value, look = limits[mark]
                rule = {"type": "cell", "criteria": criteria, "value": value, "format": styles.mark(look)}
                sheet.conditional_format(FIRST_ROW, i, last, i, rule)
    zebra = {"type": "formula", "criteria": "=MOD(ROW(),2)=0", "format": styles.mark({"bg_color": BAND})}
    sheet.conditional_format(FIRST_ROW, 0, last, len(columns) - 1, zebra)
