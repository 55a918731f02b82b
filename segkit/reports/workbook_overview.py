"""First and last sheet of the workbook: what it rests on and what it holds, and what every column means."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from segkit import display, texts
from segkit.kpis.catalogue import kpi_catalogue
from segkit.reports.workbook_columns import sheet_columns
from segkit.reports.workbook_styles import LINE_HEIGHT, MUTED, Styles, fit_to_paper, lines_of
from segkit.reports.workbook_tables import RunTables
from segkit.reports.workbook_writing import ABOUT_ROW, Filled, Frontmatter, safe_text, start_sheet

if TYPE_CHECKING:
    import pandas as pd

Fact = tuple[str, Any, str, str]
"""Label, value, its kind, and a remark beside it."""
KEY_KPIS = ("revenue", "growth", "n_active_accounts", "retention", "revenue_churn")
WIDTHS = (32, 32, 92)


def describe_run(run: RunTables, state: Mapping[str, Any], front: Frontmatter) -> list[Fact]:
    """What the numbers rest on: quarter, as-of, completeness, state, money."""
    period = run.read("run_period")
    row = None if period is None else period.iloc[0]
    known = "incomplete" if not state.get("is_complete", True) else "complete"
    facts = [
        ("project", front.project, "text", ""),
        ("quarter", front.quarter, "text", "" if row is None else _span(run, row["start"], row["end"])),
        ("as_of", state["as_of"], "day", run.say(f"workbook.{known}")),
        ("state", front.state, "text", ""),
        ("money", run.say(f"workbook.money_{state.get('money_source') or 'invoices'}"), "text", ""),
        ("currency", run.currency, "text", ""),
        ("run", str(state.get("run_id") or texts.NOTHING), "text", _created(run, state)),
    ]
    if row is not None:
        facts.insert(6, ("data", _span(run, row["first_money_date"], row["last_money_date"]), "text", ""))
    return facts


def _span(run: RunTables, first: Any, last: Any) -> str:
    return run.say("workbook.span", first=first, last=last)


def _created(run: RunTables, state: Mapping[str, Any]) -> str:
    made = str(state.get("created") or "")
    return run.say("page.created", day=made, time=made[11:16]) if made else ""


def describe_figures(run: RunTables, quarter: str) -> list[Fact]:
    """Key figures: accounts and money of twelve months, KPIs of the quarter with their intervals, who moved, review."""
    facts: list[Fact] = []
    sizes, kpis, migration = run.read("segment_sizes"), run.read("kpis"), run.read("migration")
    if sizes is not None:
        facts.append(("accounts", int(sizes["n_accounts"].sum()), "count", ""))
        facts.append(("revenue_12m", float(sizes["revenue_12m"].sum()), "money", ""))
        margin = sizes["margin_12m"]
        has_margin = margin.notna().any()
        facts.append(("margin_12m", float(margin.sum()) if has_margin else None, "money",
                      "" if has_margin else run.say("kpis.reason_no_margin")))  # fmt: skip
    if kpis is not None:
        overall = kpis[(kpis["segment_id"] == "ALL") & (kpis["quarter"] == quarter)].set_index("kpi_id")
        facts += [_kpi_fact(run, overall.loc[name]) for name in KEY_KPIS if name in overall.index]
    if migration is not None:
        facts.append(_moved_fact(run, migration))
    return facts + _review_facts(run)


def _moved_fact(run: RunTables, migration: pd.DataFrame) -> Fact:
    """How many known accounts changed segment, with the new and the lost ones beside it."""
    is_new, is_gone = migration["from_segment_id"].isna(), migration["to_segment_id"].isna()
    moved = migration[~is_new & ~is_gone & (migration["from_segment_id"] != migration["to_segment_id"])]
    revenue = float(moved["revenue_12m"].sum())
    remark = run.say("workbook.moved", revenue=revenue, n_new=int(is_new.sum()), n_gone=int(is_gone.sum()))
    return "moved", len(moved), "count", remark


def _kpi_fact(run: RunTables, row: pd.Series) -> Fact:
    kpi = kpi_catalogue()[row.name]
    kind = "count" if kpi.unit == "number" else kpi.unit
    if row["value"] != row["value"]:
        return str(row.name), None, kind, run.say(str(row["reason"])) if texts.has(str(row["reason"])) else ""
    low, high = (display.show_cell(row[end], kind, run.language, run.currency) for end in ("low", "high"))
    has_interval = row["low"] == row["low"] and row["low"] != row["high"]
    return (
        str(row.name),
        float(row["value"]),
        kind,
        run.say("workbook.interval", low=low, high=high) if has_interval else "",
    )


def _review_facts(run: RunTables) -> list[Fact]:
    review = run.read("review")
    if review is None:
        return []
    row = review.iloc[0]
    due = run.say("workbook.review_due" if row["is_due"] else "workbook.review_not_due")
    advice = [run.say(f"migration.recommend_{row['recommendation']}"), run.say(row["reason"], **row.to_dict())]
    return [("review", row["review_due"], "day", due), ("advice", " ".join(advice), "text", "")]


def write_overview(
    book: Any, styles: Styles, run: RunTables, state: Mapping[str, Any], front: Frontmatter,
    sheets: list[Filled], left_out: list[tuple[str, str]],
) -> None:  # fmt: skip
    """Write the first sheet: facts, key figures, contents with links, and what is missing and why."""
    title = texts.say("workbook.title", styles.language, quarter=front.quarter)
    sheet = start_sheet(book, styles, front.overview, title, front, len(WIDTHS))
    for i, width in enumerate(WIDTHS):
        sheet.set_column(i, i, width)
    sheet.write_string(
        ABOUT_ROW, 0, texts.say("workbook.about_overview", styles.language), styles.make(font_color=MUTED)
    )
    row = _write_facts(sheet, styles, run, "run", describe_run(run, state, front), ABOUT_ROW + 2)
    row = _write_facts(sheet, styles, run, "figures", describe_figures(run, str(state["quarter"])), row + 1)
    heads = [texts.say(f"workbook.part_{part}", styles.language) for part in ("contents", "rows", "shows")]
    row = _write_heads(sheet, styles, heads, row + 1)
    for filled in sheets:
        sheet.write_url(row, 0, f"internal:'{filled.name}'!A1", styles.link, filled.name)
        sheet.write_number(row, 1, len(filled.frame), styles.make(num_format="#,##0", align="left"))
        notes = [texts.say(f"workbook.about_{filled.key}", styles.language), *filled.notes]
        row = _write_words(sheet, styles, row, " ".join(notes))
    if left_out:
        row = _write_heads(sheet, styles, [texts.say("workbook.part_left_out", styles.language), "", ""], row + 1)
        for name, reason in left_out:
            sheet.write_string(row, 0, name, styles.make())
            row = _write_words(sheet, styles, row, reason)
    sheet.print_area(0, 0, row - 1, len(WIDTHS) - 1)
    fit_to_paper(sheet, list(WIDTHS), 0)
    sheet.activate()


def _write_heads(sheet: Any, styles: Styles, heads: list[str], row: int) -> int:
    for i, head in enumerate(heads):
        sheet.write_string(row, i, head, styles.head("text"))
    return row + 1


def _write_words(sheet: Any, styles: Styles, row: int, text: str) -> int:
    """A long text in the last column, with the height it needs."""
    sheet.set_row(row, LINE_HEIGHT * lines_of(text, WIDTHS[2]) + 2)
    if text:
        sheet.write_string(row, 2, safe_text(text), styles.make(text_wrap=True))
    return row + 1


def _write_facts(sheet: Any, styles: Styles, run: RunTables, part: str, facts: list[Fact], row: int) -> int:
    row = _write_heads(sheet, styles, [texts.say(f"workbook.part_{part}", styles.language), "", ""], row)
    for key, value, kind, remark in facts:
        name = f"workbook.fact_{key}" if texts.has(f"workbook.fact_{key}") else f"kpis.name_{key}"
        text = _write_value(sheet, styles, row, value, kind, not remark)
        sheet.write_string(row, 0, texts.say(name, styles.language), styles.make())
        row = _write_words(sheet, styles, row, " ".join(filter(None, [text, remark])))
    return row


def _write_value(sheet: Any, styles: Styles, row: int, value: Any, kind: str, is_alone: bool) -> str:
    """Write the value of a fact; a text too long for its column is given back, to stand beside it."""
    look = {"align": "left", "bold": True}
    if value is None or kind == "text":
        text = texts.NOTHING if value is None else safe_text(value)
        if len(text) > WIDTHS[1] * (2 if is_alone else 1.2):
            return text
        sheet.write_string(row, 1, text, styles.make(num_format="@", **look))
    elif kind == "day":
        sheet.write_string(row, 1, texts.show(value, "date", display.LOCALES[styles.language]), styles.make(**look))
    else:
        sheet.write_number(row, 1, value, styles.make(num_format=styles.number_format(kind), **look))
    return ""


def definitions_sheet(run: RunTables, sheets: list[Filled]) -> pd.DataFrame:
    """One row per column of every sheet, with unit and definition, and one per KPI with its formula.

    Returns
    -------
    DataFrame
        sheet, column, unit, definition.
    """
    import pandas as pd

    language, rows = run.language, []
    for filled in sheets:
        for column in _without_repeats(filled):
            is_to = column.given_head and filled.key == "matrix"
            head = run.say("workbook.head_to") if is_to else column.head(language)
            rows.append((filled.name, head, column.unit_words(language, run.currency), column.definition(language)))
        if filled.key == "kpis":
            rows += [_kpi_row(run, filled.name, kpi_id) for kpi_id in kpi_catalogue()]
    name = run.say("workbook.sheet_definitions")
    for column in sheet_columns()["definitions"]:
        rows.append((name, column.head(language), "", column.definition(language)))
    return pd.DataFrame(rows, columns=["sheet", "column", "unit", "definition"])


def _without_repeats(filled: Filled) -> list[Any]:
    """Columns made from segments are explained once."""
    made = [column for column in filled.columns if column.given_head]
    if filled.key != "matrix":
        return filled.columns
    return [column for column in filled.columns if not column.given_head or column is made[0]]


def _kpi_row(run: RunTables, sheet: str, kpi_id: str) -> tuple[str, str, str, str]:
    kpi = kpi_catalogue()[kpi_id]
    unit = run.currency if kpi.unit == "money" else run.say(f"kpis.unit_{kpi.unit}")
    meaning = run.say(
        "workbook.kpi_means", formula=run.say(f"kpis.formula_{kpi_id}"), base=run.say(f"kpis.base_{kpi.base}")
    )
    return sheet, run.say(f"kpis.name_{kpi_id}"), unit, meaning
