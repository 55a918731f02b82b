"""From a finished run to its manifest and its pages in the reports folder."""

from __future__ import annotations

import datetime as dt
import importlib.metadata
import os
import platform
import shutil
import tempfile
from pathlib import Path
from typing import Any

from segkit.decisions import read_decisions
from segkit.project import Project
from segkit.quarters import Quarter
from segkit.records import PACKAGES, read_records
from segkit.store import read_frame, read_json, sha256_of_value, write_json


def write_manifest(project: Project, quarter: Quarter, notebooks: list[str]) -> None:
    """Write what the run is: id, period, notebooks with seconds and memory, tables, settings, versions."""
    staging = project.staging_folder(quarter)
    records = read_records(staging)
    period = read_frame(staging / "tables" / "run_period.parquet").iloc[0]
    writes = {name: entry for record in records for name, entry in record.writes.items()}
    previous = {r.reads["previous"] for r in records if r.reads.get("previous") not in (None, "None")}
    manifest = {
        "run_id": sha256_of_value({name: entry["sha256"] for name, entry in writes.items()})[:12],
        "project": project.settings.name,
        "quarter": str(quarter),
        "scenario": project.scenario,
        "created": dt.datetime.now().isoformat(timespec="seconds"),
        "as_of": str(period["as_of"].date()),
        "is_complete": bool(period["is_complete"]),
        "money_source": period["money_source"],
        "previous": next(iter(previous), None),
        "stages": [
            {
                "notebook": name,
                "seconds": record.seconds,
                "peak_memory_mb": round(record.peak_memory_mb),
                "warnings": [said for said in record.says if said[0].split(".")[-1].startswith("warn")],
            }
            for name in notebooks
            for record in records
            if record.notebook == name
        ],
        "writes": writes,
        "settings": project.settings.model_dump(mode="json"),
        "versions": {name: importlib.metadata.version(name) for name in PACKAGES}
        | {"python": platform.python_version()},
    }
    write_json(staging / "manifest.json", manifest)


def release_of(project: Project, quarter: Quarter, run_id: str) -> dict[str, str] | None:
    """Return who released this very run and when, or None for a draft."""
    rows = read_decisions(project.decisions / "releases.csv", "releases")
    rows = rows[(rows["quarter"] == str(quarter)) & (rows["run_id"] == run_id)]
    return None if rows.empty or project.scenario else rows.iloc[-1].to_dict()


def page_state(project: Project, quarter: Quarter) -> dict[str, Any]:
    """Return what every page says of its run: period, completeness, draft or released."""
    manifest = read_json(project.run_folder(quarter) / "manifest.json")
    release = release_of(project, quarter, manifest["run_id"])
    state = {
        k: manifest[k] for k in ("project", "quarter", "scenario", "created", "as_of", "is_complete", "money_source")
    }
    return state | {
        "run_id": manifest["run_id"],
        "stages": manifest["stages"],
        "is_draft": release is None,
        "released_by": release["author"] if release else None,
        "released_on": release["date"] if release else None,
    }


def publish(project: Project, quarter: Quarter, is_forced: bool = False) -> Path:
    """Write the pages of a complete run into the reports folder, unless they are there already."""
    from segkit.reports.pages import write_index, write_page

    folder = project.report_folder(quarter)
    _clear(folder)
    state = page_state(project, quarter)
    mark = {"run_id": state["run_id"], "is_draft": state["is_draft"]}
    marker = folder / "run.json"
    if not is_forced and marker.exists() and read_json(marker) == mark:
        return folder
    folder.mkdir(parents=True, exist_ok=True)
    marker.unlink(missing_ok=True)  # until all pages are replaced, nobody may believe that they belong to one run
    with tempfile.TemporaryDirectory(dir=folder, prefix=".pages") as temporary:
        pages = []
        for notebook in sorted((project.run_folder(quarter) / "notebooks").glob("*.ipynb")):
            pages.append(Path(temporary) / f"{notebook.stem}.html")
            write_page(read_json(notebook), pages[-1], project.settings.language, state)
        write_index(temporary, pages, state | {"language": project.settings.language})
        for page in Path(temporary).glob("*.html"):
            os.replace(page, folder / page.name)
    write_json(marker, mark)
    return folder


def _clear(folder: Path) -> None:
    """Remove what a killed run left behind among the pages."""
    for path in folder.glob(".*"):
        shutil.rmtree(path) if path.is_dir() else path.unlink()
