"""How the workbook looks: formats of cells, widths of columns, print setup."""

from __future__ import annotations

import math
from functools import cached_property
from typing import TYPE_CHECKING, Any

from segkit import display, texts

if TYPE_CHECKING:
    import xlsxwriter

INK, MUTED, LINE, HEAD, BAND, LINK = "#1B2430", "#4A5868", "#D5DCE5", "#E8EDF4", "#F7F9FB", "#0B4F9C"
DRAFT, RELEASED = {"bg_color": "#FDE9C8", "font_color": "#7A3E00"}, {"bg_color": "#DDEFE4", "font_color": "#0F5132"}
ALARM, BAD, TO_FILL = {"bg_color": "#FDE9C8"}, {"font_color": "#B3261E"}, {"bg_color": "#FFF8E1"}
BAR = "#BFD3EA"
NUMBERS = {"count", "money", "percent", "decimal", "fraction", "mixed"}
WIDEST = {"id": 16, "text": 31, "words": 56, "sentence": 88, "segment": 24, "bool": 8}
LINE_HEIGHT = 13.5
CHARACTER = 0.93  # of our font; widths are counted in digits of the workbook's own, which is larger
PAGE_WIDTH = 265  # characters across A4 that can still be read
SIDES = {"bool": "center"}


def currency_symbol(currency: str, language: str) -> str:
    """€ for EUR; the ISO code where the language has no sign of its own."""
    from babel.numbers import get_currency_symbol

    return str(get_currency_symbol(currency, locale=display.LOCALES[language]))


def number_format(kind: str, currency: str, language: str) -> str:
    """Number format of a kind; Excel itself puts the reader's separators into it."""
    sign = currency_symbol(currency, language).replace('"', "")
    money = f'#,##0.00\u00a0"{sign}"' if language == "de" else f'"{sign}"#,##0.00'
    return {
        "count": "#,##0",
        "money": f"{money};-{money}",
        "percent": '0.0"\u00a0"%' if language == "de" else "0.0%",
        "decimal": "#,##0.00",
        "fraction": "0.000",
        "date": "dd.mm.yyyy" if language == "de" else "d mmm yyyy",
    }.get(kind, "@")


class Styles:
    """The formats of one workbook, each made when it is first asked for."""

    def __init__(self, book: xlsxwriter.Workbook, language: str, currency: str, is_draft: bool):
        self.book, self.language, self.currency = book, language, currency
        self.state = DRAFT if is_draft else RELEASED
        self._made: dict[tuple, Any] = {}

    def make(self, **properties: Any) -> Any:
        """A format with the workbook's font; equal ones are made once."""
        key = tuple(sorted(properties.items()))
        if key not in self._made:
            base = {"font_name": "Calibri", "font_size": 10, "font_color": INK, "valign": "top"}
            self._made[key] = self.book.add_format(base | properties)
        return self._made[key]

    def mark(self, look: dict[str, str]) -> Any:
        """Format that a condition lays over a cell."""
        key = ("mark", *sorted(look.items()))
        if key not in self._made:
            self._made[key] = self.book.add_format(look)
        return self._made[key]

    @cached_property
    def sign(self) -> str:
        """Sign of the currency."""
        return currency_symbol(self.currency, self.language)

    def number_format(self, kind: str) -> str:
        """Number format of a kind in the workbook's language and currency."""
        return number_format(kind, self.currency, self.language)

    def cell(self, kind: str, colour: str | None = None) -> Any:
        """Format of a cell by its kind; a segment's name stands in its colour behind a stripe of it."""
        if kind == "segment" and colour:
            return self.make(font_color=colour, num_format='"▌"@')
        if kind in ("words", "sentence"):
            return self.make(text_wrap=True, num_format="@")
        align = {"align": "right", "indent": 1} if kind in NUMBERS else {"align": SIDES.get(kind, "left")}
        return self.make(num_format=self.number_format(kind), **align)

    def head(self, kind: str) -> Any:
        """Format of a heading: numbers stand right, as below."""
        align = {"align": "right", "indent": 1} if kind in NUMBERS else {"align": SIDES.get(kind, "left")}
        return self.make(bold=True, bg_color=HEAD, bottom=1, bottom_color=MUTED, text_wrap=True, **align)

    def total(self, kind: str) -> Any:
        """Format of the total above a column."""
        return self.make(bold=True, num_format=self.number_format(kind), align="right", indent=1)

    @cached_property
    def band(self) -> Any:
        """The band at the top that says whether the numbers are released."""
        return self.make(bold=True, font_size=11, valign="vcenter", **self.state)

    @cached_property
    def title(self) -> Any:
        """Title of a sheet."""
        return self.make(bold=True, font_size=16, valign="vcenter")

    @cached_property
    def about(self) -> Any:
        """What the sheet shows."""
        return self.make(font_color=MUTED, text_wrap=True)

    @cached_property
    def link(self) -> Any:
        """A link to another sheet of the same workbook."""
        return self.make(font_color=LINK, underline=1)


def set_up_page(sheet: Any, state_words: str, project: str, quarter: str, language: str) -> None:
    """A4 landscape; project, quarter, state and page number on each page."""
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.set_margins(left=0.3, right=0.3, top=0.75, bottom=0.65)
    left, middle, right = (_for_header(text) for text in (project, state_words, quarter))
    sheet.set_header(f"&L{left}&C{middle}&R{right}")
    sheet.set_footer(f"&L&A&R{texts.say('workbook.page', language, page='&P', pages='&N')}")
    sheet.hide_gridlines(2)


def fit_to_paper(sheet: Any, widths: list[float], n_fixed: int) -> None:
    """As many pages side by side as it takes to stay readable; the fixed columns stand on each of them."""
    sheet.fit_to_pages(math.ceil(sum(widths) / PAGE_WIDTH), 0)
    if n_fixed and sum(widths) > PAGE_WIDTH:
        sheet.repeat_columns(0, n_fixed - 1)


def _for_header(text: str) -> str:
    """Text in a page header, where & begins a command and 255 characters are the most."""
    return text[:60].replace("&", "&&")


def width_of(kind: str, head: str, samples: list[str], total: str = "") -> float:
    """Width of a column in characters: longest word of the heading, nearly all cells and the total above fit."""
    words = max((len(word) for word in head.split()), default=0) * CHARACTER + 3  # the filter's button
    lengths = sorted(len(text) for text in samples)
    longest = lengths[min(int(len(lengths) * 0.98), len(lengths) - 1)] if lengths else 0
    room = 2.5 if kind == "segment" or kind in NUMBERS else 1.5
    cells = min(max(longest, len(total)) * CHARACTER + room, WIDEST.get(kind, 24))
    return max(cells, words, min(len(head) / 2 + 2, 15), 7)


def lines_of(text: str, width: float) -> int:
    """Lines that a wrapped text takes in a column."""
    return max(math.ceil(len(text) * 0.9 / width), 1)
