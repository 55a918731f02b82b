"""What each notebook of a run read and wrote, so that unchanged work is skipped and stale runs are known."""

from __future__ import annotations

import csv
import datetime as dt
import functools
import importlib.metadata
import platform
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from segkit.adopted import ABSENT, adopted_sha
from segkit.project import Project, SourceFile
from segkit.quarters import Quarter
from segkit.store import read_json, sha256_of, sha256_of_value, write_json
from segkit.tables import INPUTS

NO_MONEY = "none"
"""`money_source` of a run without a table of money: it has notebook 01 only, and is nobody's previous run."""
PACKAGES = ("duckdb", "numpy", "pandas", "pyarrow", "scipy", "altair", "pandera", "papermill")


@dataclass
class Record:
    """One notebook of one run.

    `reads` maps what was read ("table:invoices", "settings:value", "sources", "decisions:moves", "previous",
    "previous:segments") to its SHA-256; `writes` maps what was written to SHA-256 and rows.
    """

    notebook: str
    reads: dict[str, str | None] = field(default_factory=dict)
    writes: dict[str, dict[str, Any]] = field(default_factory=dict)
    says: list[list[Any]] = field(default_factory=list)
    seconds: float = 0.0
    peak_memory_mb: float = 0.0
    made_by: str = ""
    is_finished: bool = False


def record_path(folder: Path, notebook: str) -> Path:
    """Return where a run keeps the record of a notebook."""
    return folder / "records" / f"{notebook}.json"


def read_record(folder: Path, notebook: str) -> Record | None:
    """Return the record of a notebook, or None where it never ran."""
    path = record_path(folder, notebook)
    return Record(**read_json(path)) if path.exists() else None


def read_records(folder: Path) -> list[Record]:
    """Return all records of a run in the order of the notebooks."""
    return [Record(**read_json(path)) for path in sorted((folder / "records").glob("*.json"))]


def write_record(folder: Path, record: Record) -> None:
    """Write the record of a notebook."""
    write_json(record_path(folder, record.notebook), asdict(record))


def written(folder: Path) -> dict[str, str]:
    """Return what a run holds ("table:invoices") with its SHA-256."""
    return {name: entry["sha256"] for record in read_records(folder) for name, entry in record.writes.items()}


@functools.cache
def made_by(notebook: Path) -> str:
    """Return one SHA-256 over the notebook, the code and the versions that make its results."""
    package = Path(__file__).parent
    code = {
        str(p.relative_to(package)): sha256_of(p) for p in package.rglob("*") if p.suffix in (".py", ".yml", ".sql")
    }
    versions = {name: importlib.metadata.version(name) for name in PACKAGES}
    return sha256_of_value([sha256_of(notebook), code, versions, platform.python_version()])


def sources_sha(files: list[SourceFile]) -> str | None:
    """Return one SHA-256 over all files of a quarter; None where a database is among them, which may have changed."""
    if any(file.path is None for file in files):
        return None
    return sha256_of_value(
        [[f.table, f.entry, f.alias, f.name, f.first_seen, sha256_of(f.path)] for f in files if f.path]
    )


def note_deliveries(project: Project) -> None:
    """Note in ``ledgers/deliveries.csv`` when each snapshot that lies in no dated folder was first seen, by content."""
    ledger = project.deliveries_ledger
    known = set()
    if ledger.exists():
        with ledger.open(encoding="utf-8", newline="") as stream:
            known = {(row["file"], row["sha256"]) for row in csv.DictReader(stream)}
    files = [f for f in project.source_files() if f.path and f.delivery is None and INPUTS[f.table].kind == "snapshot"]
    met = {(f.name, sha256_of(f.path)) for f in files if f.path} - known
    if not met:
        return
    ledger.parent.mkdir(parents=True, exist_ok=True)
    is_new = not ledger.exists()
    with ledger.open("a", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerows([("file", "sha256", "first_seen")] if is_new else [])
        writer.writerows((name, sha, dt.date.today().isoformat()) for name, sha in sorted(met))


def settings_sha(project: Project, section: str, quarter: Quarter) -> str:
    """Return the SHA-256 of one section of project.yml as it holds in a quarter, defaults included."""
    value = getattr(project.settings_at(quarter), section)
    return sha256_of_value(value.model_dump(mode="json") if hasattr(value, "model_dump") else value)


def decisions_sha(project: Project, name: str, quarter: Quarter) -> str:
    """Return the SHA-256 of a decisions file; of adopted models, that of the one that holds in the quarter."""
    if name.startswith("models/"):
        return adopted_sha(project, name, quarter)
    path = project.decisions / f"{name}.csv"
    return sha256_of(path) if path.exists() else ABSENT


def previous_quarter(project: Project, quarter: Quarter) -> Quarter | None:
    """Return the nearest earlier quarter with a complete official run over complete data and money.

    A run of another unit of analysis is passed over: its accounts are others, whatever their ids.
    """
    official = Project(project.folder) if project.scenario else project
    earlier = [q for q in official.quarters() if q < quarter]
    for candidate in reversed(earlier):
        manifest = read_json(official.run_folder(candidate) / "manifest.json")
        has_money = manifest["is_complete"] and manifest["money_source"] != NO_MONEY
        if has_money and unit_of(manifest) == project.settings.unit:
            return candidate
    return None


def unit_of(manifest: dict[str, Any]) -> str:
    """Return the unit of analysis of a run; before there was a choice it was the company."""
    return str(manifest.get("settings", {}).get("unit", "company"))


def changes(project: Project, quarter: Quarter, record: Record, notebook: Path, tables: dict[str, str]) -> list[str]:
    """Return what has changed since a record was made; an empty list means that its results still hold.

    Parameters
    ----------
    tables : dict
        What the run holds now ("table:invoices" → SHA-256), from the notebooks before this one.

    Returns
    -------
    list of str
        Such as ["settings:value", "previous:segments"]; "code" stands for notebook, program or versions.
    """
    changed = [] if record.made_by == made_by(notebook) else ["code"]
    previous = previous_quarter(project, quarter)
    for name, sha in record.reads.items():
        now = _current(project, quarter, previous, name, tables)
        if sha is None or sha != (ABSENT if now is None else now):
            changed.append(name)
    return changed


def _current(
    project: Project, quarter: Quarter, previous: Quarter | None, name: str, tables: dict[str, str]
) -> str | None:
    kind, _, rest = name.partition(":")
    if kind == "sources":
        return _cached_sources(project, quarter)
    if kind == "settings":
        return settings_sha(project, rest, quarter)
    if kind == "decisions":
        return decisions_sha(project, rest, quarter)
    if kind == "previous" and not rest:
        return str(previous)
    if kind == "previous":
        folder = Project(project.folder).run_folder(str(previous))
        return written(folder).get(rest)
    return tables.get(name)


_SOURCES: dict[tuple, str | None] = {}


def _cached_sources(project: Project, quarter: Quarter) -> str | None:
    """Hash the exports once per command, although several notebooks and quarters ask."""
    files = project.source_files(quarter)
    stamp = tuple((f.name, f.path.stat().st_mtime_ns, f.path.stat().st_size) for f in files if f.path)
    key = (project.folder, project.scenario, str(quarter), stamp)
    if key not in _SOURCES:
        _SOURCES[key] = sources_sha(files)
    return _SOURCES[key]
