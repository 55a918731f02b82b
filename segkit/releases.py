"""Who released which run of a quarter, where released runs stay, and what a later run changes in their figures."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from segkit.decisions import read_decisions
from segkit.monitoring.restatement import all_restatements, quarter_figures, restate_quarter
from segkit.project import Project
from segkit.quarters import Quarter
from segkit.records import NO_MONEY, read_records, unit_of
from segkit.store import read_frame, read_json, sha256_of, sha256_of_value, write_frame

if TYPE_CHECKING:
    import pandas as pd

TABLE = "tables/restatements.parquet"
KEY = "table:restatements"
FEATURES = "tables/account_features.parquet"


@dataclass(frozen=True)
class Release:
    """One line of ``decisions/releases.csv``; `date` is empty where it cannot be read as one."""

    quarter: str
    run_id: str
    author: str
    date: str | None
    note: str


def releases(project: Project, quarter: Quarter | str) -> list[Release]:
    """Return the releases of a quarter, the one in force last; a scenario has none."""
    if project.scenario:
        return []
    rows = read_decisions(project.decisions / "releases.csv", "releases")
    rows = rows[rows["quarter"] == str(quarter)]
    columns = (rows[name] for name in ("quarter", "run_id", "author", "date", "note"))
    return [
        Release(q, run_id, author, _day(date), note) for q, run_id, author, date, note in zip(*columns, strict=True)
    ]


def release_of(project: Project, quarter: Quarter | str, run_id: str) -> Release | None:
    """Return the release in force if it is that of this very run, or None for a draft."""
    found = releases(project, quarter)
    return found[-1] if found and found[-1].run_id == run_id else None


def restated_release(project: Project, quarter: Quarter | str, run_id: str) -> Release | None:
    """Return the release of another run that this run replaces, or would replace once it is released."""
    others = [release for release in releases(project, quarter) if release.run_id != run_id]
    return others[-1] if others else None


def kept_run(project: Project, quarter: Quarter | str, run_id: str) -> Path:
    """Return where a released run stays whole when another one takes its place."""
    return project.runs / ".released" / f"{quarter}-{run_id}"


def kept_pages(project: Project, quarter: Quarter | str, run_id: str) -> Path:
    """Return where the pages of a released run stay when those of another one take their place."""
    return project.report_folder(quarter).parent / "released" / f"{quarter}-{run_id}"


def released_run(project: Project, release: Release) -> Path | None:
    """Return the folder of a released run, or None where nobody has it any more."""
    for folder in (project.run_folder(release.quarter), kept_run(project, release.quarter, release.run_id)):
        if (folder / "manifest.json").exists() and read_json(folder / "manifest.json")["run_id"] == release.run_id:
            return folder
    return None


def place_to_keep(project: Project, folder: Path) -> Path | None:
    """Return where a run that gives way must be kept, or None for a draft."""
    if not (folder / "manifest.json").exists():
        return None
    manifest = read_json(folder / "manifest.json")
    known = {release.run_id for release in releases(project, manifest["quarter"])}
    if manifest["run_id"] not in known:
        return None
    return kept_run(project, manifest["quarter"], manifest["run_id"])


def run_id_of(folder: Path) -> str:
    """Return the id of a run: the SHA-256 of what its notebooks wrote, so that equal results have one id."""
    writes = {name: entry["sha256"] for record in read_records(folder) for name, entry in record.writes.items()}
    return sha256_of_value(writes)[:12]


def write_restatements(project: Project, quarter: Quarter) -> dict[str, Any]:
    """Compare a run in the making with all released figures, and write its table ``restatements``.

    A run that equals the released one of its quarter keeps the table it was released with.

    Returns
    -------
    dict
        For the manifest: ``table`` (SHA-256 and rows) and ``compared``, one entry per released quarter: quarter,
        run_id, author, date, as_of, is_complete, and is_found (False where the released run is gone).
    """
    staging = project.staging_folder(quarter)
    own = release_of(project, quarter, run_id_of(staging))
    equal = released_run(project, own) if own else None
    if equal is not None and (equal / TABLE).exists():
        frame, compared = read_frame(equal / TABLE), read_json(equal / "manifest.json")["compared"]
    else:
        frame, compared = _compare(project, quarter, staging)
    n_rows = write_frame(staging / TABLE, frame, "restatements")
    return {"table": {"sha256": sha256_of(staging / TABLE), "n_rows": n_rows}, "compared": compared}


def _compare(project: Project, quarter: Quarter, staging: Path) -> tuple[pd.DataFrame, list[dict[str, Any]]]:
    """Return restatements and what was compared: the run's own quarter and all released ones before it."""
    parts, compared = [], []
    for earlier in _released_quarters(project, quarter):
        release, is_own = releases(project, earlier)[-1], earlier == quarter
        folder = released_run(project, release)
        manifest = read_json(folder / "manifest.json") if folder else {}
        if manifest.get("money_source") == NO_MONEY or not (staging / FEATURES).exists():
            continue  # one of the two has no revenue and no segments
        if manifest and unit_of(manifest) != project.settings.unit:
            continue  # its accounts are other ones
        entry = {"quarter": str(earlier), "run_id": release.run_id, "author": release.author, "date": release.date}
        entry |= {"as_of": manifest.get("as_of"), "is_complete": manifest.get("is_complete")}
        compared.append(entry | {"is_found": folder is not None})
        if folder is not None:
            before, now = _figures(folder, earlier, True), _figures(staging, earlier, is_own)
            parts.append(restate_quarter(before, now, str(earlier), release.date, release.author, is_own))
    return all_restatements(parts), compared


def _released_quarters(project: Project, last: Quarter) -> list[Quarter]:
    if project.scenario:
        return []
    rows = read_decisions(project.decisions / "releases.csv", "releases")
    return sorted(q for q in map(project.quarter, rows["quarter"].unique()) if q <= last)


def _figures(folder: Path, quarter: Quarter, with_segments: bool) -> pd.DataFrame:
    columns = ["account_id", "as_of", "quarter", "revenue_q"]
    features = read_frame(folder / FEATURES, columns)
    segments = None
    if with_segments:
        segments = read_frame(folder / "tables" / "segments.parquet", ["segmentation_id", "account_id", "segment_id"])
    return quarter_figures(features, str(quarter), segments)


def _day(text: str) -> str | None:
    """Return the day as ISO text, also as spreadsheets rewrite it."""
    for pattern in ("%Y-%m-%d", "%d.%m.%Y", "%d/%m/%Y"):
        try:
            return dt.datetime.strptime(text, pattern).date().isoformat()
        except ValueError:
            continue
    return None
