"""First sheet of a correction list: how many errors, which kinds, whose, and how much money they concern."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from segkit import texts
from segkit.display import LOCALES
from segkit.reports.workbook_styles import LINE_HEIGHT, Styles, fit_to_paper, lines_of
from segkit.reports.workbook_tables import RunTables
from segkit.reports.workbook_writing import ABOUT_ROW, Filled, Frontmatter, safe_text, start_sheet

if TYPE_CHECKING:
    import pandas as pd

WIDTHS = (64, 26, 12, 14, 20)
KINDS = ("count", "count", "money")


def write_overview(
    book: Any, styles: Styles, run: RunTables, system: str, rows: pd.DataFrame, front: Frontmatter, sheets: list[Filled]
) -> None:
    """Write what the list is for, its numbers, the errors by kind and by owner, and links to the other sheets."""
    title = run.say("corrections.title", project=front.project, quarter=front.quarter)
    sheet = start_sheet(book, styles, front.overview, title, front, len(WIDTHS))
    for i, width in enumerate(WIDTHS):
        sheet.set_column(i, i, width)
    lead = run.say("corrections.lead", system=system)
    sheet.set_row(ABOUT_ROW, LINE_HEIGHT * lines_of(lead, sum(WIDTHS)) + 4)
    sheet.merge_range(ABOUT_ROW, 0, ABOUT_ROW, len(WIDTHS) - 1, safe_text(lead), styles.about)
    row = ABOUT_ROW + 2
    for sentence in describe_list(run, rows, front.quarter):
        sheet.merge_range(row, 0, row, len(WIDTHS) - 1, safe_text(sentence), styles.make(text_wrap=True))
        row += 1
    for filled in sheets:
        n_rows = texts.show(len(filled.frame), "count", LOCALES[run.language])
        sheet.write_url(row, 0, f"internal:'{filled.name}'!A1", styles.link, f"→ {filled.name} ({n_rows})")
        row += 1
    is_open = rows[rows["status"] == "open"]
    row = _write_table(sheet, styles, run, "kinds", summarise(is_open, ["kind", "field"]), row + 1)
    row = _write_table(sheet, styles, run, "owners", summarise(is_open, ["owner"]).assign(nothing=None), row + 1)
    sheet.print_area(0, 0, max(row - 1, 0), len(WIDTHS) - 1)
    fit_to_paper(sheet, list(WIDTHS), 0)
    sheet.activate()


def describe_list(run: RunTables, rows: pd.DataFrame, quarter: str) -> list[str]:
    """Say how many errors are open, how many of them are new and how many have a proposal, and what was mended."""
    is_open = rows[rows["status"] == "open"]
    numbers = {
        "n": len(is_open),
        "n_new": int((is_open["since"] == quarter).sum()),
        "n_proposed": int(is_open["proposed_value"].notna().sum()),
        "revenue": concerned(is_open),
        "quarter": quarter,
    }
    said = [run.say("corrections.open" if len(is_open) else "corrections.nothing_open", **numbers)]
    for status in ("mended", "gone"):
        n = int((rows["status"] == status).sum())
        if n:
            said.append(run.say(f"corrections.n_{status}", n=n))
    return said


def concerned(rows: pd.DataFrame) -> float:
    """Return the money behind errors, that of each account once."""
    money = rows.assign(money=rows["revenue_12m"].astype(float).abs().fillna(0))
    of_account = money[money["account_id"].notna()].groupby("account_id")["money"].max().sum()
    return float(of_account + money[money["account_id"].isna()]["money"].sum())


def summarise(rows: pd.DataFrame, by: list[str]) -> pd.DataFrame:
    """Return one row per kind of error or owner: `by`, n, n_proposed, revenue_12m, the most money first."""
    import pandas as pd

    found = [
        (*key, len(part), int(part["proposed_value"].notna().sum()), concerned(part))
        for key, part in rows.groupby(by, dropna=False)
    ]
    frame = pd.DataFrame(found, columns=[*by, "n", "n_proposed", "revenue_12m"])
    return frame.sort_values(["revenue_12m", "n"], ascending=False, kind="stable", ignore_index=True)


def _write_table(sheet: Any, styles: Styles, run: RunTables, key: str, frame: pd.DataFrame, row: int) -> int:
    """Write a small table with its heads; the first two columns are text."""
    if frame.empty:
        return row
    names = [name for name in frame.columns if name not in ("n", "n_proposed", "revenue_12m")][:2]
    for i, name in enumerate([*names, "n", "n_proposed", "revenue_12m"]):
        head = "" if name == "nothing" else run.say(f"corrections.head_{key if i == 0 else name}")
        sheet.write_string(row, i, head, styles.head("text" if i < 2 else KINDS[i - 2]))
    for record in frame.to_dict("records"):
        row += 1
        sheet.set_row(row, LINE_HEIGHT * lines_of(str(record[names[0]]), WIDTHS[0]) + 2)
        for i, name in enumerate(names):
            if record[name] is not None and record[name] == record[name]:
                sheet.write_string(row, i, safe_text(record[name]), styles.make(text_wrap=True, num_format="@"))
        for i, (name, kind) in enumerate(zip(("n", "n_proposed", "revenue_12m"), KINDS, strict=True), 2):
            sheet.write_number(row, i, float(record[name]), styles.cell(kind))
    return row + 2
