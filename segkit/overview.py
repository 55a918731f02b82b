"""What the commands `status` and `diff` tell of a project."""

from __future__ import annotations

from typing import Any

from segkit.batch import notebooks
from segkit.errors import UserError
from segkit.open_questions import open_questions
from segkit.project import Project
from segkit.publishing import page_state
from segkit.quarters import Quarter
from segkit.records import NO_MONEY, changes, read_records
from segkit.releases import released_run, releases
from segkit.store import read_frame, read_json


def status(project: Project) -> list[dict[str, Any]]:
    """Return one entry per complete run: quarter, as-of, draft or released, stale and why, seconds, warnings.

    ``restates`` is the release (run_id, author, date) that the run replaces, or would replace; ``n_restated`` counts
    the accounts and quarters whose released figures it changes; ``open`` says what people have to decide.
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
                "open": open_questions(project, quarter),
                "seconds": round(sum(stage["seconds"] for stage in state["stages"]), 1),
                "pages": str(project.report_folder(quarter) / "index.html"),
                **{name: state[name] for name in (*shown, "release_note", "restates", "n_restated")},
            }
        )
    return entries


def describe_release(entry: dict[str, Any]) -> list[str]:
    """Say who released a run, which release it replaces, and whether it changes released figures."""
    lines = []
    if entry["state"] == "released":
        lines.append(f"released on {entry['released_on']} by {entry['released_by']}: {entry['release_note']}")
    if entry["restates"]:
        verb = "restates" if entry["state"] == "released" else "would restate"
        lines.append(f"{verb} the release of {entry['restates']['date']} by {entry['restates']['author']}")
    if entry["n_restated"]:
        lines.append(f"{entry['n_restated']:,} released figure(s) have changed: see restatement.html in its pages")
    return lines


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
        each segment, and how many accounts changed), ``kpis`` (overall values before and after), ``no_segments`` (the
        runs that have none, because their project had no table of money).
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
        "no_segments": [n for n, m in zip((first, second), manifests, strict=True) if m["money_source"] == NO_MONEY],
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
    """Return accounts and revenue per segment in both runs, and how many accounts left and joined it.

    Without segments in one of the runs there is nothing to compare: an empty list.
    """
    frames = []
    if not all((folder / "tables" / "segments.parquet").exists() for folder in (first, second)):
        return []
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
    if not all((folder / "tables" / "kpis.parquet").exists() for folder in (first, second)):
        return {}
    for i, folder in enumerate((first, second)):
        kpis = read_frame(folder / "tables" / "kpis.parquet")
        quarter = read_json(folder / "manifest.json")["quarter"]
        overall = kpis[(kpis["segment_id"] == "ALL") & (kpis["quarter"] == quarter)]
        for kpi, value in zip(overall["kpi_id"], overall["value"], strict=True):
            values.setdefault(kpi, [None, None])[i] = None if value != value else float(value)
    return values
