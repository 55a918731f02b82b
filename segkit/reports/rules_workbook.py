"""A rule as a workbook: type or paste accounts on the left, read their segment on the right."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from segkit import texts
from segkit.segments.typing.as_excel import case_formula, condition_formula, long_lists, text
from segkit.segments.typing.as_sql import number, shown
from segkit.segments.typing.conditions import DATE, NUMBER, TEXT

if TYPE_CHECKING:
    import pandas as pd

EMPTY_ROWS = 200
HEAD_ROW = 0
CREATED = dt.datetime(2000, 1, 1)  # the same bytes for the same rule


def write_rule_workbook(
    path: Path, rule: Mapping[str, Any], names: Mapping[str, str], language: str, comments: tuple[str, ...],
    rows: pd.DataFrame | None = None,
) -> None:  # fmt: skip
    """Write a workbook whose first sheet applies the rule to what is typed in, row by row.

    Parameters
    ----------
    path : Path
        Where it goes.
    rule, names, comments
        As for `segkit.reports.rules.write_rule`.
    rows : DataFrame, optional
        account_id and a column per field, filled in beforehand; empty rows without.

    Notes
    -----
    A rule too long for one cell (`as_excel.LONGEST`) stands in helper columns to the right, one per case.
    """
    from xlsxwriter import Workbook

    book = Workbook(path, {"in_memory": True, "nan_inf_to_errors": False})
    book.set_properties({"created": CREATED})
    styles = {
        "head": book.add_format({"bold": True, "bg_color": "#E6EEF7", "bottom": 1}),
        "told": book.add_format({"bold": True, "bg_color": "#E9F5EE", "bottom": 1}),
        TEXT: book.add_format({"num_format": "@"}),
        DATE: book.add_format({"num_format": "yyyy-mm-dd"}),
        NUMBER: book.add_format({"num_format": "General"}),
        "share": book.add_format({"num_format": "0%"}),
    }
    sheet = book.add_worksheet(texts.say("typing.sheet_rule", language))
    fields = list(dict.fromkeys(["account_id", *rule["fields"]]))
    _write_rows(sheet, fields, rule, styles, rows)
    sheet.freeze_panes(1, 1)
    _write_about(book, rule, names, language, comments, styles)
    lists = _write_lists(book, rule)
    _write_formulas(sheet, fields, rule, styles, EMPTY_ROWS if rows is None else len(rows), lists)
    book.close()


def _write_rows(sheet: Any, fields: list[str], rule: Mapping[str, Any], styles: Mapping[str, Any], rows: Any) -> None:
    import pandas as pd

    kinds = {"account_id": TEXT, **rule["fields"]}
    for column, name in enumerate(fields):
        style = styles.get(kinds[name], styles[NUMBER])
        sheet.write_string(HEAD_ROW, column, name, styles["head"])
        sheet.set_column(column, column, max(12, len(name) + 2), style)
        for row, value in enumerate([] if rows is None else rows[name], start=1):
            if pd.isna(value) or value == "":
                continue
            if kinds[name] == TEXT:
                sheet.write_string(row, column, str(value), style)
            elif kinds[name] == DATE:
                sheet.write_datetime(row, column, pd.Timestamp(value).to_pydatetime(), style)
            elif kinds[name] == NUMBER:
                sheet.write_number(row, column, float(value), style)
            else:
                sheet.write_boolean(row, column, bool(value), style)


def _write_formulas(
    sheet: Any, fields: list[str], rule: Mapping[str, Any], styles: Mapping[str, Any], n: int, lists
) -> None:
    from xlsxwriter.utility import xl_col_to_name

    letters = [xl_col_to_name(i) for i in range(len(fields))]
    told = [(entry["when"], text(shown(entry, rule))) for entry in rule["rules"]]
    columns = [("segment_id", told, text(rule["otherwise"]))]
    if "threshold" in rule:
        likely = [(entry["when"], text(entry["segment_id"])) for entry in rule["rules"]]
        chance = [(entry["when"], number(entry["confidence"])) for entry in rule["rules"]]
        columns.append(("likely_segment_id", likely, text(rule["likely"])))
        columns.append(("confidence", chance, number(rule["likely_confidence"])))
    for i, (head, cases, otherwise) in enumerate(columns):
        column = len(fields) + i
        style = styles["share"] if head == "confidence" else styles[NUMBER]
        sheet.write_string(HEAD_ROW, column, head, styles["told"])
        sheet.set_column(column, column, max(14, len(head) + 2), style)
        for row in range(1, n + 1):
            cells = {name: f"${letter}{row + 1}" for name, letter in zip(fields, letters, strict=True)}
            first = len(fields) + len(columns) + 1 + i * (len(cases) + 1)
            found = case_formula(cases, otherwise, rule["fields"], cells, lists)
            found = found or _by_helpers(sheet, cases, otherwise, (rule["fields"], cells, lists), (row, first))
            blank = f"COUNTA($A{row + 1}:${letters[-1]}{row + 1})=0"
            sheet.write_formula(row, column, f'=IF({blank},"",{found[1:]})', style, "")


def _by_helpers(sheet: Any, cases, otherwise: str, told: tuple, place: tuple[int, int]) -> str:
    """Write one helper cell per case, true or false; return the formula that reads them."""
    from xlsxwriter.utility import xl_range, xl_range_abs

    row, first = place
    if row == 1:
        for i, (_, value) in enumerate(cases):
            sheet.write_formula(HEAD_ROW, first + i, f"={value}", None, "")
    for i, (when, _) in enumerate(cases):
        sheet.write_formula(row, first + i, f"={condition_formula(when, *told)}", None, "")
    span, heads = xl_range(row, first, row, first + len(cases) - 1), xl_range_abs(0, first, 0, first + len(cases) - 1)
    return f"=IF(COUNTIF({span},TRUE)=0,{otherwise},INDEX({heads},1,MATCH(TRUE,{span},0)))"


def _write_lists(book: Any, rule: Mapping[str, Any]) -> dict[tuple[str, ...], str]:
    """Write the values of long comparisons, such as many account ids, to a sheet of their own: one column each."""
    from xlsxwriter.utility import xl_range_abs

    found = dict.fromkeys(values for entry in rule["rules"] for values in long_lists(entry["when"]))
    if not found:
        return {}
    sheet, places = book.add_worksheet("lists"), {}
    for column, values in enumerate(found):
        for row, value in enumerate(values):
            sheet.write_string(row, column, value)
        places[values] = f"lists!{xl_range_abs(0, column, len(values) - 1, column)}"
    return places


def _write_about(book: Any, rule, names, language: str, comments: tuple[str, ...], styles) -> None:
    sheet = book.add_worksheet(texts.say("typing.sheet_about", language))
    sheet.set_column(0, 0, 28)
    sheet.set_column(1, 1, 60)
    lines: list[tuple[str, str]] = [("", comment) for comment in comments]
    lines += [("", "")] + [(segment, str(name)) for segment, name in names.items()]
    lines += [("", "")] + [(name, texts.say(f"typing.kind_{kind}", language)) for name, kind in rule["fields"].items()]
    for row, (left, right) in enumerate(lines):
        sheet.write_string(row, 0, left, styles["head"] if left else None)
        sheet.write_string(row, 1, right)
