"""The Excel workbook of a quarter: segments, accounts, movers, evidence, and the definition of every column."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from segkit import display
from segkit.reports import workbook_evidence as evidence
from segkit.reports import workbook_further as further
from segkit.reports import workbook_sheets as lists
from segkit.reports import workbook_value as value
from segkit.reports.workbook_columns import fit_columns
from segkit.reports.workbook_overview import definitions_sheet, write_overview
from segkit.reports.workbook_styles import Styles
from segkit.reports.workbook_tables import RunTables
from segkit.reports.workbook_writing import Filled, Frontmatter, write_sheet
from segkit.store import written_whole

if TYPE_CHECKING:
    import pandas as pd

    from segkit.settings import Settings

BUILDERS: dict[str, Callable[[RunTables], pd.DataFrame | str]] = {
    "segments": lists.segments_sheet,
    "further": further.further_sheet,
    "accounts": lists.accounts_sheet,
    "diamonds": value.diamonds_sheet,
    "risk": value.risk_sheet,
    "leads": value.leads_sheet,
    "newcomers": value.newcomers_sheet,
    "movers": lists.movers_sheet,
    "matrix": lists.matrix_sheet,
    "flows": lists.flows_sheet,
    "profiles": evidence.profiles_sheet,
    "criteria": evidence.criteria_sheet,
    "kpis": evidence.kpis_sheet,
    "goals": further.goals_sheet,
    "drift": evidence.drift_sheet,
    "quality": evidence.quality_sheet,
    "balance": evidence.balance_sheet,
    "steps": evidence.steps_sheet,
    "totals": evidence.totals_sheet,
    "models": value.models_sheet,
    "restatements": lists.restatements_sheet,
    "rules": lists.rules_sheet,
}
MOST_ROWS = 1_000_000  # of a sheet; Excel holds 1,048,576
NO_SEGMENTS = {"ALL": "kpis.all", "NEW": "migration.name_NEW", "GONE": "migration.name_GONE"}


def write_workbook(run_folder: Path, path: Path, language: str, state: Mapping[str, Any], settings: Settings) -> None:
    """Write the tables of a finished run as one Excel workbook; the same run gives the same bytes.

    Parameters
    ----------
    run_folder : Path
        A finished run with its ``tables`` and ``models``.
    path : Path
        The workbook, written whole or not at all.
    language : str
        ``de`` or ``en``, for everything but names from the data.
    state : mapping
        What `segkit.publishing.page_state` returns: quarter, as-of, draft or released by whom and when.
    settings : Settings
        Of the project: the currency, and the limits that reasons name.
    """
    import xlsxwriter

    run = RunTables(run_folder, language, settings)
    front = describe_front(run, state)
    sheets, left_out = build_sheets(run, front)
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with written_whole(path) as temporary:
        book = xlsxwriter.Workbook(str(temporary), options)
        title = f"{front.project} · {front.quarter}"
        book.set_properties({"title": title, "created": dt.datetime.fromisoformat(str(state["as_of"])[:10])})
        book.set_size(2400, 1500)
        styles = Styles(book, language, settings.currency, bool(state.get("is_draft", True)))
        write_overview(book, styles, run, state, front, sheets, left_out)
        for filled in sheets:
            write_sheet(book, styles, filled, front)
        book.close()


def build_sheets(run: RunTables, front: Frontmatter) -> tuple[list[Filled], list[tuple[str, str]]]:
    """Sheets that have rows, and the names of the others with the reason why they are missing."""
    sheets, left_out = [], []
    for key, build in BUILDERS.items():
        rows, name = build(run), run.say(f"workbook.sheet_{key}")
        if isinstance(rows, str):
            left_out.append((name, run.say(rows)))
        else:
            sheets.append(_filled(key, name, rows, run, front))
    sheets.append(
        _filled("definitions", run.say("workbook.sheet_definitions"), definitions_sheet(run, sheets), run, front)
    )
    return sheets, left_out


def _filled(key: str, name: str, rows: pd.DataFrame, run: RunTables, front: Frontmatter) -> Filled:
    columns, empty = fit_columns(key, rows, {segment: words for segment, (words, _) in front.segments.items()})
    notes = []
    if empty:
        notes.append(
            run.say("workbook.empty_columns", columns=", ".join(column.head(run.language) for column in empty))
        )
    if len(rows) > MOST_ROWS:
        notes.append(run.say("workbook.cut", shown=MOST_ROWS, n=len(rows)))
    return Filled(key, name, rows.head(MOST_ROWS), columns, notes)


def describe_front(run: RunTables, state: Mapping[str, Any]) -> Frontmatter:
    """What stands at the top of every sheet and on every printed page."""
    is_draft = bool(state.get("is_draft", True))
    said = run.say("workbook.draft") if is_draft else run.say("badge.released", **_release(state))
    others = [words for css, words in display.badges(state, run.language) if css not in ("draft", "released")]
    known = {row.Index: (row.name, row.colour) for row in run.segments.itertuples()}
    outside = {name: (run.say(key), None) for name, key in NO_SEGMENTS.items()}
    return Frontmatter(
        project=str(state["project"]),
        quarter=display.quarter_name(state["quarter"]),
        state=said,
        band=" · ".join([said, *others]),
        overview=run.say("workbook.sheet_overview"),
        segments={"NEW": outside["NEW"], **known, "GONE": outside["GONE"], "ALL": outside["ALL"]},
    )


def _release(state: Mapping[str, Any]) -> dict[str, Any]:
    return {"released_by": state.get("released_by"), "released_on": state.get("released_on")}
