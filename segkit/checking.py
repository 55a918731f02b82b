"""What `segkit check` tells: what was read, what was assumed, which stages each missing table or column costs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from segkit import texts
from segkit.batch import notebooks, runnable
from segkit.criteria.catalogue import criteria_catalogue
from segkit.default_quarter import default_quarter, money_range
from segkit.display import page_title
from segkit.engines import connect
from segkit.errors import UserError
from segkit.goals_before import find_wrong_goals, refuse_settings
from segkit.project import Project, SourceFile
from segkit.quarters import Quarter
from segkit.rules_before import count_before
from segkit.sources.plans import WRITTEN_BY_READER
from segkit.tables import INPUTS

if TYPE_CHECKING:
    import duckdb

    from segkit.sources.report import ReadReport

TELLING = {
    "invoices": ("margin", "product_id", "quantity", "invoice_id"),
    "accounts": ("name", "owner_id", "postal_code"),
    "products": ("product_name", "product_group"),
    "opportunities": ("account_id", "amount", "close_date"),
    "campaigns": ("cost",),
}
"""Columns whose lack has a sentence of its own; of all others those are told that criteria of notebook 03 rest on."""
FILLED_FROM = {
    ("accounts", "parent_id"): ("hierarchy", "parent_id"),
    ("accounts", "source_abc_class"): ("sales_areas", "source_abc_class"),
    ("accounts", "employees"): ("firmographics", "employees"),
    ("accounts", "account_revenue"): ("firmographics", "account_revenue"),
    ("accounts", "industry_code"): ("firmographics", "industry_code"),
    ("accounts", "industry"): ("firmographics", "industry"),
    ("accounts", "credit_rating"): ("firmographics", "credit_rating"),
}
"""Columns that cleansing fills from another table where their own file does not hold them."""
UNIT_NEEDS: dict[str, tuple[tuple[str, str], ...]] = {
    "group": (("accounts", "parent_id"), ("hierarchy", "parent_id")),
    "site": (("invoices", "ship_to_id"), ("installed_base", "site_id")),
    "department": (("contacts", "department"),),
    "person": (("contacts", "contact_id"), ("invoices", "contact_id")),
}
"""Unit of analysis → the columns that make units of it; without any of them every customer stays a company."""


_TOLD = (
    *("open_quote", "mixed_encoding", "join_unmatched", "footer", "other_table", "other_sheet", "header_lines"),
    *("header_again", "page_title", "subtotal", "merged_cells", "sign_from_document", "indirect_rate"),
)
"""Rules of reading that are worth a note: rows that were not taken as they stand."""


def check_project(project: Project) -> dict[str, Any]:
    """Read all exports once and return what is there, what is wrong, and what cannot be computed.

    A hand-made rule on a column that there is not, and a goal that cannot be measured, is a `UserError` before anything
    is read; a deadline that is over is one as soon as the quarter is known.

    Returns
    -------
    dict
        ``project``, ``tables`` (rows, left_out by reason, unreadable rows, files and formats, columns with a value),
        ``default_quarter``, ``runs`` and ``cannot_run`` (notebooks), ``notes`` (what reading assumed or mended),
        ``rules`` (whom hand-made rules would get, see `rules_before.count_before`), and
        ``missing``: a dict with table, column (None for the whole table) and sentence for each thing that is not there.
    """
    from segkit.sources.reading import read_sources

    refuse_settings(project, None)
    con, sources, files = connect(), project.settings.sources, project.source_files()
    report = read_sources(con, files, sources)
    tables = {table: _table_entry(con, table, report) for table in sources}
    first_last = money_range(project)
    runs, left_out = runnable(project)
    quarter = default_quarter(project, first_last) if first_last is not None or not project.has_money else None
    if quarter is not None and (wrong := find_wrong_goals(project, quarter)):
        raise UserError(wrong)
    present, unit = {table: set(entry["columns"]) for table, entry in tables.items()}, project.settings.unit
    return {
        "project": project.settings.name,
        "tables": tables,
        "first_date": str(first_last[0]) if first_last else None,
        "last_date": str(first_last[1]) if first_last else None,
        "default_quarter": str(quarter) if quarter else None,
        "runs": [path.stem for path in runs],
        "cannot_run": [path.stem for path in left_out],
        "rules": count_before(project, con, quarter),
        "notes": [*(_deliveries(files, project.source_files(quarter), quarter) if quarter else []), *_notes(report)],
        "missing": find_missing(present, n_lists=len(sources.get("accounts"))) + unit_without_effect(unit, present),
    }


def _table_entry(con: duckdb.DuckDBPyConnection, table: str, report: ReadReport) -> dict[str, Any]:
    names = [name for name in INPUTS[table].columns if name not in WRITTEN_BY_READER]
    counts = ", ".join(f"count({name}) FILTER (skip IS NULL)" for name in names)
    rows, *filled = con.execute(f"SELECT count(*), {counts} FROM raw_{table}").fetchall()[0]
    unreadable = con.execute(f"SELECT count(*) FROM unreadable_{table}").fetchall()[0][0]
    of_table = report.files[report.files["table"] == table]
    left_out = con.execute(f"SELECT skip, count(*) FROM raw_{table} WHERE skip IS NOT NULL GROUP BY 1 ORDER BY 1")
    return {
        "rows": rows,
        "left_out": dict(left_out.fetchall()),
        "unreadable_rows": unreadable,
        "files": of_table.drop(columns="table").astype(object).where(of_table.notna(), None).to_dict("records"),
        "columns": sorted(name for name, n in zip(names, filled, strict=True) if n),
    }


def _deliveries(files: list[SourceFile], used: list[SourceFile], quarter: Quarter) -> list[str]:
    """Say of each list that came in several deliveries which one the quarter rests on."""
    notes = []
    for table in dict.fromkeys(file.table for file in files):
        days = sorted({f.delivery for f in files if f.table == table and f.delivery})
        chosen = sorted({f.delivery for f in used if f.table == table and f.delivery})
        if days != chosen:
            notes.append(
                f"{table}: {len(days)} deliveries from {days[0]} to {days[-1]}; {quarter} rests on that of "
                f"{' and '.join(map(str, chosen))}."
            )
    return notes


def _notes(report: ReadReport) -> list[str]:
    """Return what reading had to assume or mend, one line per file, column and rule."""
    columns = report.columns
    notes = [
        f"{row.source}: {row.header} is read as {row.format}; no value tells comma from point, or day from month. "
        f"Say it under sources.{row.table}: decimal or date_format."
        for row in columns[columns["is_assumed"]].itertuples()
    ]
    log = report.log[report.log["rule"].isin(_TOLD)]
    for (source, reason), rows in log.groupby(["source", "reason"]):
        notes.append(f"{source}: {texts.say(reason, 'en', n_rows=rows['n_rows'].sum())}")
    return notes


def find_missing(present: Mapping[str, set[str]], language: str = "en", n_lists: int = 1) -> list[dict[str, Any]]:
    """Return each table and each important column that is not there, with a sentence: what it costs, what to deliver.

    Parameters
    ----------
    present : mapping
        Table → its columns that hold at least one value.
    language : str
        Of the sentences.
    n_lists : int
        From how many systems accounts come: two need a number by which their records are linked.
    """
    found = []
    if not {"invoices", "opportunities"} & set(present):
        found.append(_lack("check.no_money", None, None, language))
    for table in INPUTS:
        if table not in present:
            found.append(_lack(f"check.no_{table}", table, None, language))
            continue
        linking = ["external_id"] if table == "accounts" and n_lists > 1 else []
        for column in [*linking, *_important(table)]:
            other, filled = FILLED_FROM.get((table, column), (table, column))
            if column not in present[table] and filled not in present.get(other, set()):
                key = f"check.no_{table}_{column}"
                found.append(_lack(key if texts.has(key) else "check.no_column", table, column, language))
    return found


def unit_without_effect(unit: str, present: Mapping[str, set[str]], language: str = "en") -> list[dict[str, Any]]:
    """Return what a chosen unit of analysis lacks: all it rests on, or what would hand money to it.

    Parameters
    ----------
    unit : str
        group, company, site, department or person.
    present : mapping
        Table → its columns that hold at least one value.
    language : str
        Of the sentence.
    """
    needs = UNIT_NEEDS.get(unit, ())
    if needs and not any(column in present.get(table, set()) for table, column in needs):
        return [_lack(f"check.unit_{unit}", None, None, language)]
    by = {"site": "ship_to_id", "department": "contact_id", "person": "contact_id"}.get(unit)
    if by and by not in present.get("invoices", set()):
        return [_lack(f"check.unit_money_{unit}", "invoices", by, language)]
    return []


def _important(table: str) -> list[str]:
    """Return the columns of a table that are worth a sentence, in the order of the table."""
    needed = {need.partition(".")[2] for c in criteria_catalogue().values() for need in c.needs if _is_of(need, table)}
    return [name for name in INPUTS[table].columns if name in needed | set(TELLING.get(table, ()))]


def _is_of(need: str, table: str, column: str | None = None) -> bool:
    return need.partition(".")[0] == table and column in (None, need.partition(".")[2])


def _lack(key: str, table: str | None, column: str | None, language: str) -> dict[str, Any]:
    criteria = [
        getattr(criterion, f"name_{language}")
        for criterion in criteria_catalogue().values()
        if table and any(_is_of(need, table, column) for need in criterion.needs)
    ]
    stages = {f"nb{p.stem[:2]}": f"{p.stem[:2]} ({page_title(p.stem, language)})" for p in notebooks()}
    content = INPUTS[table].columns[column].text if table and column else ""
    shown: dict[str, Any] = {"table": table, "column": column, "content": content}
    shown |= {"n": len(criteria), "criteria": ", ".join(criteria), **stages}
    sentence = texts.say(key, language, **shown)
    return {"table": table, "column": column, "sentence": sentence}
