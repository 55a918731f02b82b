"""Correction lists: for each source system one Excel workbook of the errors to mend there, and of what was mended."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from segkit import texts
from segkit.display import label_of
from segkit.publishing import slug
from segkit.reports.corrections_overview import write_overview
from segkit.reports.workbook import describe_front
from segkit.reports.workbook_columns import Column
from segkit.reports.workbook_styles import Styles
from segkit.reports.workbook_tables import RunTables
from segkit.reports.workbook_writing import FIRST_ROW, Filled, write_sheet
from segkit.store import written_whole

if TYPE_CHECKING:
    import pandas as pd

    from segkit.settings import Settings

OPEN = {
    "owner": ("text", "-", "fixed"),
    "record_id": ("id", "-", "fixed"),
    "part": ("text", "-"),
    "name": ("text", "-"),
    "field": ("text", "-"),
    "old_value": ("words", "-"),
    "proposed_value": ("text", "-"),
    "why": ("words", "-"),
    "n_rows": ("count", "rows"),
    "revenue_12m": ("money", "currency", "bar"),
    "since": ("text", "-"),
    "place": ("words", "-"),
    "answer": ("text", "-", "fill"),
    "mended_by": ("text", "-", "fill"),
    "mended_on": ("text", "-", "fill"),
}
DONE = {
    "became": ("text", "-", "fixed"),
    "record_id": ("id", "-", "fixed"),
    "owner": ("text", "-"),
    "part": ("text", "-"),
    "name": ("text", "-"),
    "field": ("text", "-"),
    "old_value": ("words", "-"),
    "current_value": ("words", "-"),
    "why": ("words", "-"),
    "revenue_12m": ("money", "currency", "bar"),
    "since": ("text", "-"),
}
"""Column of a sheet → kind, unit and marks, as `workbook.yml` explains them."""
TO_FILL = ("answer", "mended_by", "mended_on")
FILL_WIDTHS = (20, 16, 14)


def write_corrections(
    run_folder: Path, folder: Path, language: str, state: Mapping[str, Any], settings: Settings
) -> list[dict[str, str]]:
    """Write ``corrections_<system>.xlsx`` for each system with something open or mended, and return the documents.

    Parameters
    ----------
    run_folder, folder : Path
        The complete run, and where the workbooks go.
    language : str
        ``de`` or ``en``, for everything but names from the data.
    state : mapping
        `segkit.publishing.page_state` of the run.
    settings : Settings
        Of the project.

    Returns
    -------
    list of dict
        name, file and title of each workbook, for the index; empty where a run has no table ``corrections``.
    """
    run = RunTables(run_folder, language, settings)
    corrections = run.read("corrections")
    if corrections is None:
        return []
    shown = in_words(run, corrections)
    documents: list[dict[str, str]] = []
    for system, rows in shown.groupby("system", sort=True):
        name = f"corrections_{slug(str(system))}"
        file = next(f for f in _names(name) if f not in {document["file"] for document in documents})
        write_workbook(run, folder / file, str(system), rows, state)
        documents.append({"name": "corrections", "file": file, "title": str(system)})
    return documents


def _names(name: str) -> list[str]:
    """File names for a system; SAP and sap get one each."""
    return [f"{name}.xlsx", *(f"{name}-{i}.xlsx" for i in range(2, 100))]


def in_words(run: RunTables, corrections: pd.DataFrame) -> pd.DataFrame:
    """Return corrections as people read them, the most money first.

    Returns
    -------
    DataFrame
        The same rows; new columns owner, part (the table in words), name (of the account), field (as the source calls
        it), kind (what is wrong, in a sentence), why (the same with the number of rows), since, place (file and row),
        became (what became of it), and empty ones to fill.
    """
    money = corrections["revenue_12m"].astype(float).abs().fillna(0)
    rows = corrections.assign(money=money).sort_values(
        ["money", "table", "column", "record_id"], ascending=[False, True, True, True], kind="stable"
    )
    nobody = run.say("corrections.no_owner")
    fields = [
        header if isinstance(header, str) and header else label_of(str(column), run.language) if column else None
        for header, column in zip(rows["header"], rows["column"].where(rows["column"].notna(), ""), strict=True)
    ]
    return rows.assign(
        owner=rows["owner_id"].where(rows["owner_id"].notna() & rows["owner_id"].ne(""), nobody),
        part=run.in_words(rows["table"], "workbook.table_"),
        name=rows["account_id"].map(run.known["name"]),
        field=fields,
        kind=[explain(run, row) for row in rows.to_dict("records")],
        why=[" ".join(filter(None, (explain(run, row), _how_many(run, row)))) for row in rows.to_dict("records")],
        since=rows["first_quarter"].str.replace(r"^(\d{4})Q(\d)$", r"Q\2 \1", regex=True),
        place=[_place(row) for row in rows.to_dict("records")],
        became=run.in_words(rows["status"], "corrections.status_"),
        **dict.fromkeys(TO_FILL, None),
    ).drop(columns="money")


def explain(run: RunTables, row: Mapping[Any, Any]) -> str:
    """Say in a sentence what is wrong."""
    return run.say(row["reason"] if texts.has(row["reason"]) else "corrections.why_other", rule=row["rule"])


def _how_many(run: RunTables, row: Mapping[Any, Any]) -> str:
    """Say in how many rows, with the first of them, where it is more than one."""
    if row["n_rows"] < 2 or not isinstance(row["examples"], str):
        return ""
    return run.say("corrections.in_rows", n=row["n_rows"], examples=row["examples"].replace("; ", ", "))


def _place(row: Mapping[Any, Any]) -> str:
    number = row["row_number"]
    return f"{row['source']}:{number}" if number == number and number is not None else str(row["source"])


def write_workbook(run: RunTables, path: Path, system: str, rows: pd.DataFrame, state: Mapping[str, Any]) -> None:
    """Write the list of one system: overview, what is open, what is done; the same run gives the same bytes."""
    import xlsxwriter

    plain, language = describe_front(run, state), run.language
    front = dataclasses.replace(plain, project=f"{system} · {plain.project}")
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    sheets = [
        Filled(f"corrections_{key}", run.say(f"workbook.sheet_corrections_{key}"), part, _columns(key, columns, part))
        for key, columns, part in (
            ("open", OPEN, rows[rows["status"] == "open"]),
            ("done", DONE, rows[rows["status"] != "open"]),
        )
        if len(part)
    ]
    with written_whole(path) as temporary:
        book = xlsxwriter.Workbook(str(temporary), options)
        created = dt.datetime.fromisoformat(str(state["as_of"])[:10])
        book.set_properties({"title": f"{front.project} · {front.quarter} · {system}", "created": created})
        book.set_size(2400, 1500)
        styles = Styles(book, language, run.currency, bool(state.get("is_draft", True)))
        write_overview(book, styles, run, system, rows, front, sheets)
        for filled in sheets:
            write_sheet(book, styles, filled, front)
            if filled.key == "corrections_open":
                _prepare_answers(book.get_worksheet_by_name(filled.name), styles, filled)
        book.close()


def _columns(sheet: str, columns: Mapping[str, tuple[str, ...]], rows: pd.DataFrame) -> list[Column]:
    """Columns of a sheet that have a value, and those to fill."""
    return [
        Column(f"corrections_{sheet}", name, kind, unit, tuple(marks))
        for name, (kind, unit, *marks) in columns.items()
        if name in TO_FILL or rows[name].notna().any()
    ]


def _prepare_answers(sheet: Any, styles: Styles, filled: Filled) -> None:
    """Give the columns to fill their width, and the answer its choices."""
    first = len(filled.columns) - len(TO_FILL)
    for i, width in enumerate(FILL_WIDTHS):
        sheet.set_column(first + i, first + i, width, styles.make(num_format="@", text_wrap=True))
    choices = [texts.say(f"corrections.answer_{name}", styles.language) for name in ("mended", "right", "later")]
    last = FIRST_ROW + len(filled.frame) - 1
    sheet.data_validation(FIRST_ROW, first, last, first, {"validate": "list", "source": choices, "ignore_blank": True})
