"""What the commands `check`, `status` and `diff` tell of a project."""

from __future__ import annotations

from typing import Any

from segkit import texts
from segkit.batch import notebooks
from segkit.engines import connect
from segkit.errors import UserError
from segkit.project import Project
from segkit.publishing import page_state
from segkit.quarters import Quarter, last_complete
from segkit.records import changes, read_records
from segkit.releases import released_run, releases
from segkit.store import read_frame, read_json
from segkit.tables import INPUTS

MONEY = ("invoices", "opportunities")
# What a missing table or column costs, as keys of the texts: the sentence names what cannot be computed.
COSTS = {
    "invoices": "check.no_invoices",
    "accounts": "check.no_accounts",
    "products": "check.no_products",
    "opportunities": "check.no_opportunities",
}


def default_quarter(project: Project) -> Quarter:
    """Return the last complete quarter of the money, or the last one where none is complete.

    Raises
    ------
    UserError
        When no money row has a date.
    """
    from segkit.sources.reading import read_sources

    first_last = money_range(project)
    if first_last is None:
        read_sources(connect(), project.source_files(), project.settings.sources)  # says what is wrong with the files
        raise UserError(
            "No row of money with a date was found. Map invoice_date and revenue in project.yml under sources.invoices."
        )
    first, last = first_last
    month = project.settings.fiscal_year_start
    return last_complete(first, last, month) or Quarter.of(last, month)


def money_range(project: Project) -> tuple | None:
    """Return the first and last date of invoices, or of won opportunities where there are no invoices."""
    from segkit.sources.reading import money_range as read_money_range

    sources = project.settings.sources
    if not any(table in sources for table in MONEY):
        raise UserError(
            "project.yml: sources names neither invoices nor opportunities. One table of money is needed: "
            "map your invoice export under sources.invoices."
        )
    return read_money_range(connect(), project.source_files(), sources)


def check_project(project: Project) -> dict[str, Any]:
    """Read all exports once and return what is there, what is wrong, and what cannot be computed.

    Returns
    -------
    dict
        ``project``, ``tables`` (rows, unreadable rows, files and formats per table), ``default_quarter``,
        ``notes`` (what reading assumed or mended), ``missing`` (sentences).
    """
    from segkit.sources.reading import read_sources

    con, sources = connect(), project.settings.sources
    files = project.source_files()
    report = read_sources(con, files, sources)
    tables = {}
    for table in sources:
        read = con.execute(f"SELECT count(*) FROM raw_{table}").fetchall()[0][0]
        unreadable = con.execute(f"SELECT count(*) FROM unreadable_{table}").fetchall()[0][0]
        of_table = report.files[report.files["table"] == table]
        columns = [c for source in sources[table] for c in source.columns]
        tables[table] = {
            "rows": read,
            "unreadable_rows": unreadable,
            "files": of_table.drop(columns="table").astype(object).where(of_table.notna(), None).to_dict("records"),
            "columns": sorted(set(columns)),
        }
    first_last = money_range(project)
    return {
        "project": project.settings.name,
        "tables": tables,
        "first_date": str(first_last[0]) if first_last else None,
        "last_date": str(first_last[1]) if first_last else None,
        "default_quarter": str(default_quarter(project)) if first_last else None,
        "notes": _notes(report),
        "missing": _missing(set(tables), {c for t in tables for c in tables[t]["columns"] if t == "invoices"}),
    }


def _notes(report: Any) -> list[str]:
    """Return what reading had to assume or mend, one line per file, column and rule."""
    columns = report.columns
    notes = [
        f"{row.source}: {row.header} is read as {row.format}; no value tells comma from point, or day from month. "
        f"Say it under sources.{row.table}: decimal or date_format."
        for row in columns[columns["is_assumed"]].itertuples()
    ]
    log = report.log[report.log["rule"].isin(["open_quote", "mixed_encoding", "join_unmatched", "footer"])]
    for (source, reason), rows in log.groupby(["source", "reason"]):
        notes.append(f"{source}: {texts.say(reason, 'en', n_rows=rows['n_rows'].sum())}")
    return notes


def _missing(tables: set[str], invoice_columns: set[str]) -> list[str]:
    keys = [key for table, key in COSTS.items() if table not in tables]
    if "invoices" in tables:
        keys += [
            f"check.no_{c}" for c in ("margin", "product_id", "quantity", "invoice_id") if c not in invoice_columns
        ]
    others = sorted(set(INPUTS) - tables - set(COSTS))
    sentences = [texts.say(key, "en") for key in keys]
    return sentences + ([texts.say("check.not_given", "en", tables=", ".join(others))] if others else [])


def status(project: Project) -> list[dict[str, Any]]:
    """Return one entry per complete run: quarter, as-of, draft or released, stale and why, seconds, warnings.

    ``restates`` is the release (run_id, author, date) that the run replaces, or would replace; ``n_restated`` counts
    the accounts and quarters whose released figures it changes.
    """
    entries = []
    for quarter in project.quarters():
        state, changed = page_state(project, quarter), changed_since(project, quarter)
        shown = ("as_of", "is_complete", "money_source", "run_id", "created", "released_by", "released_on", "stages")
        entries.append(
            {
                "quarter": str(quarter),
                "state": "draft" if state["is_draft"] else "released",
                "is_stale": bool(changed),
                "changed": changed,
                "seconds": round(sum(stage["seconds"] for stage in state["stages"]), 1),
                "pages": str(project.report_folder(quarter) / "index.html"),
                **{name: state[name] for name in (*shown, "release_note", "restates", "n_restated")},
            }
        )
    return entries


def changed_since(project: Project, quarter: Quarter) -> list[str]:
    """Return what has changed since a run was made, such as ["settings:value", "sources"]; "code" is the program."""
    paths, folder = {path.stem: path for path in notebooks()}, project.run_folder(quarter)
    tables = {name: entry["sha256"] for name, entry in read_json(folder / "manifest.json")["writes"].items()}
    changed: set[str] = set()
    for record in read_records(folder):
        path = paths.get(record.notebook)
        changed |= set(changes(project, quarter, record, path, tables)) if path else {"code"}
    return sorted(changed)


def difference(project: Project, first: str, second: str) -> dict[str, Any]:
    """Return what differs between two runs, each named ``2026Q3``, ``2026Q3@scenario`` or ``2026Q3@released``.

    Returns
    -------
    dict
        ``settings`` (key → [before, after]), ``tables`` (rows before and after), ``segments`` (accounts and revenue of
        each segment, and how many accounts changed), ``kpis`` (overall values before and after).
    """
    folders = [_folder_of(project, name) for name in (first, second)]
    manifests = [read_json(folder / "manifest.json") for folder in folders]
    flat = [_flat(manifest["settings"]) for manifest in manifests]
    keys = sorted(set(flat[0]) | set(flat[1]))
    names = sorted({n for m in manifests for n in m["writes"] if n.startswith("table:")})
    rows = {n: [m["writes"].get(n, {}).get("n_rows") for m in manifests] for n in names}
    shas = {n: [m["writes"].get(n, {}).get("sha256") for m in manifests] for n in names}
    return {
        "runs": [first, second],
        "settings": {k: [flat[0].get(k), flat[1].get(k)] for k in keys if flat[0].get(k) != flat[1].get(k)},
        "tables": {n.partition(":")[2]: rows[n] for n in names if shas[n][0] != shas[n][1]},
        "segments": _segment_changes(*folders),
        "kpis": _kpi_changes(*folders),
    }


def _folder_of(project: Project, name: str):
    quarter, _, scenario = name.partition("@")
    if scenario == "released":
        return _released_folder(project, project.quarter(quarter))
    chosen = Project(project.folder, scenario) if scenario else project
    folder = chosen.run_folder(chosen.quarter(quarter))
    if not (folder / "manifest.json").exists():
        done = ", ".join(str(q) for q in chosen.quarters()) or "none"
        raise UserError(f"There is no run of {name}. Runs: {done}.")
    return folder


def _released_folder(project: Project, quarter: Quarter):
    found = releases(project, quarter)
    folder = released_run(project, found[-1]) if found else None
    if folder is None:
        raise UserError(f"There is no released run of {quarter}. Release one with `segkit release`.")
    return folder


def _flat(settings: dict[str, Any], prefix: str = "") -> dict[str, Any]:
    flat: dict[str, Any] = {}
    for key, value in settings.items():
        flat |= _flat(value, f"{prefix}{key}.") if isinstance(value, dict) else {f"{prefix}{key}": value}
    return flat


def _segment_changes(first, second) -> list[dict[str, Any]]:
    """Return accounts and revenue per segment in both runs, and how many accounts left and joined it."""
    frames = []
    for folder in (first, second):
        segments = read_frame(folder / "tables" / "segments.parquet", ["segmentation_id", "account_id", "segment_id"])
        value = read_frame(folder / "tables" / "account_value.parquet", ["account_id", "revenue_12m"])
        frames.append(segments.merge(value, on="account_id"))
    both = frames[0].merge(frames[1], on=["segmentation_id", "account_id"], how="outer", suffixes=("_before", "_after"))
    rows = []
    pairs = {(r, s) for f in frames for r, s in zip(f["segmentation_id"], f["segment_id"], strict=True)}
    for segmentation, segment in sorted(pairs):
        of = both[both["segmentation_id"] == segmentation]
        before, after = of["segment_id_before"].eq(segment), of["segment_id_after"].eq(segment)
        rows.append(
            {
                "segmentation_id": segmentation,
                "segment_id": segment,
                "accounts": [int(before.sum()), int(after.sum())],
                "revenue_12m": [
                    round(float(of.loc[before, "revenue_12m_before"].sum()), 2),
                    round(float(of.loc[after, "revenue_12m_after"].sum()), 2),
                ],
                "left": int((before & ~after).sum()),
                "joined": int((after & ~before).sum()),
            }
        )
    return rows


def _kpi_changes(first, second) -> dict[str, list[float | None]]:
    values: dict[str, list[float | None]] = {}
    for i, folder in enumerate((first, second)):
        kpis = read_frame(folder / "tables" / "kpis.parquet")
        quarter = read_json(folder / "manifest.json")["quarter"]
        overall = kpis[(kpis["segment_id"] == "ALL") & (kpis["quarter"] == quarter)]
        for kpi, value in zip(overall["kpi_id"], overall["value"], strict=True):
            values.setdefault(kpi, [None, None])[i] = None if value != value else float(value)
    return values
