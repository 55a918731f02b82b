"""The second sheet of mapping.xlsx: what no export says, controlling's revenue and the accounts to leave out."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import TYPE_CHECKING, Any

from segkit.errors import Problems
from segkit.settings.cleansing import ScopeReason

if TYPE_CHECKING:
    import xlsxwriter

SHEET = "company"
HEADERS = ("fiscal year", "net revenue by controlling", "", "account", "reason")
REASONS: tuple[str, ...] = ScopeReason.__args__  # type: ignore[attr-defined]
FIRST_ROW = 3
_ROWS = 20
_WIDTHS = (12, 28, 4, 34, 16)
_TITLE = "What no export says"
_HELP = (
    "Left: net revenue by fiscal year as controlling states it; notebook 01 compares every year with it. Right: "
    "accounts to leave out of the segments, by number or name (* = any letters), and why. Then: segkit init DIR "
    "mapping.xlsx. Rows add to project.yml, or replace what it says of the same year or account; empty rows change "
    "nothing."
)


@dataclass(frozen=True)
class CompanyFacts:
    """What the sheet says: fiscal year → net revenue, account → reason."""

    totals: dict[int, Decimal] = field(default_factory=dict)
    excluded: dict[str, str] = field(default_factory=dict)

    def sections(self, present: dict[str, Any]) -> dict[str, Any]:
        """Return the sections of project.yml that change: control_totals, scope.

        Parameters
        ----------
        present : dict
            project.yml as it is.
        """
        totals = present.get("control_totals") or {}
        scope = present.get("scope") or {}
        listed = [entry if isinstance(entry, dict) else {"account": str(entry)} for entry in
                  scope.get("excluded_accounts") or []]  # fmt: skip
        accounts = [entry for entry in listed if str(entry.get("account")) not in self.excluded]
        accounts += [{"account": account, "reason": reason} for account, reason in self.excluded.items()]
        known = {int(year): Decimal(str(total)) for year, total in totals.items()}
        stated = known | self.totals
        changed: dict[str, Any] = {}
        if stated != known:
            changed["control_totals"] = {year: float(total) for year, total in sorted(stated.items())}
        if self.excluded and accounts != listed:
            changed["scope"] = scope | {"excluded_accounts": accounts}
        return changed


def write_company(book: xlsxwriter.Workbook, formats: dict[str, Any]) -> None:
    """Add the sheet with empty yellow rows; `formats` are those of the mapping."""
    sheet = book.add_worksheet(SHEET)
    border = {"bg_color": "#FFF8DC", "border": 1, "border_color": "#BFBFBF"}
    money, text = book.add_format({"num_format": "#,##0.00", **border}), book.add_format({"num_format": "@", **border})
    sheet.write(0, 0, _TITLE, formats["title"])
    sheet.write(1, 0, _HELP, formats["help"])
    for column, (header, width) in enumerate(zip(HEADERS, _WIDTHS, strict=True)):
        sheet.set_column(column, column, width)
        if header:
            sheet.write(FIRST_ROW - 1, column, header, formats["head"])
    for row in range(FIRST_ROW, FIRST_ROW + _ROWS):
        for column, look in ((0, formats["fill"]), (1, money), (3, text), (4, formats["fill"])):
            sheet.write_blank(row, column, None, look)
    choice = {"validate": "list", "source": list(REASONS)}
    sheet.data_validation(FIRST_ROW, 4, FIRST_ROW + _ROWS - 1, 4, choice)
    sheet.freeze_panes(FIRST_ROW, 0)


def read_company(path: Path | str) -> CompanyFacts:
    """Return what people wrote into the sheet; nothing, where a workbook has none.

    Raises
    ------
    UserError
        "mapping.xlsx, sheet company, row 4: 2.3 Mio is no amount; …", all rows at once.
    """
    from python_calamine import CalamineWorkbook

    book = CalamineWorkbook.from_path(str(path))
    if SHEET not in book.sheet_names:
        return CompanyFacts()
    rows = book.get_sheet_by_name(SHEET).to_python(skip_empty_area=False)
    facts, problems = CompanyFacts(), Problems()
    for number, cells in enumerate(rows[FIRST_ROW:], start=FIRST_ROW + 1):
        year, total, _, account, reason = (_plain(cell) for cell in [*cells, *[""] * len(HEADERS)][: len(HEADERS)])
        place = f"mapping.xlsx, sheet {SHEET}, row {number}"
        if year or total:
            amount = _amount(total)
            if not (year.isdigit() and len(year) == 4):
                problems.add(f"{place}: {year or 'an empty cell'} is no fiscal year; write four digits, such as 2025.")
            elif amount is None:
                problems.add(f"{place}: {total or 'an empty cell'} is no amount; write a number, such as 2323556.70.")
            else:
                facts.totals[int(year)] = amount
        if account and (reason or "other") not in REASONS:
            problems.add(f"{place}: there is no reason {reason}; known are {', '.join(REASONS)}.")
        elif account:
            facts.excluded[account] = reason or "other"
    problems.raise_if_any()
    return facts


def _plain(cell: Any) -> str:
    """Return a cell as text; a spreadsheet gives the year 2025 as 2025.0."""
    return str(int(cell) if isinstance(cell, float) and cell.is_integer() else cell).strip()


def _amount(text: str) -> Decimal | None:
    """Return an amount in cents, None for what is none or could be two: 2.323 may be two thousand, or two."""
    if re.fullmatch(r"\d{1,3}[.,]\d{3}", text):
        return None
    plain = text.replace(".", "").replace(",", ".") if "," in text and text.rfind(",") > text.rfind(".") else text
    try:
        return Decimal(plain.replace(" ", "")).quantize(Decimal("0.01"))
    except InvalidOperation:
        return None
