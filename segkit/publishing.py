"""From a finished run to its manifest and its report: pages, summary and workbook in one folder, and as one file."""

from __future__ import annotations

import datetime as dt
import importlib.metadata
import os
import platform
import re
import shutil
import tempfile
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from segkit import texts
from segkit.errors import StageError
from segkit.project import Project
from segkit.quarters import Quarter
from segkit.records import NO_MONEY, PACKAGES, read_records
from segkit.releases import KEY, kept_pages, release_of, restated_release, run_id_of
from segkit.store import read_frame, read_json, write_json

if TYPE_CHECKING:
    import pandas as pd

UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"})
FACTS = ("project", "quarter", "scenario", "created", "as_of", "is_complete", "money_source", "run_id", "stages")


def write_manifest(project: Project, quarter: Quarter, notebooks: list[str], restated: dict[str, Any]) -> None:
    """Write what the run is: id, period, notebooks with seconds and memory, tables, settings, versions.

    `restated` is what `segkit.releases.write_restatements` returned; it is no part of the run's id, so that a release
    in between does not make another run of the same results.
    """
    staging = project.staging_folder(quarter)
    records = read_records(staging)
    period = read_frame(staging / "tables" / "run_period.parquet").iloc[0]
    writes = {name: entry for record in records for name, entry in record.writes.items()}
    previous = {r.reads["previous"] for r in records if r.reads.get("previous") not in (None, "None")}
    manifest = {
        "run_id": run_id_of(staging),
        "project": project.settings.name,
        "quarter": str(quarter),
        "scenario": project.scenario,
        "created": dt.datetime.now().isoformat(timespec="seconds"),
        "as_of": str(period["as_of"].date()),
        "is_complete": bool(period["is_complete"]),
        "money_source": period["money_source"] if project.has_money else NO_MONEY,
        "money_off": money_off(read_frame(staging / "tables" / "control_totals.parquet")),
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
        "writes": writes | {KEY: restated["table"]},
        "compared": restated["compared"],
        "settings": project.settings_at(quarter).model_dump(mode="json"),
        "versions": {name: importlib.metadata.version(name) for name in PACKAGES}
        | {"python": platform.python_version()},
    }
    write_json(staging / "manifest.json", manifest)


def money_off(control_totals: pd.DataFrame) -> list[list[Any]]:
    """Return the covered fiscal years whose revenue is not controlling's, oldest first: [year, share of deviation]."""
    off = control_totals[control_totals["is_off"].astype(bool)].sort_values("fiscal_year")
    shares = off["deviation_pct"].astype(object).where(off["deviation_pct"].notna(), None)
    return [[int(year), share] for year, share in zip(off["fiscal_year"], shares, strict=True)]


def page_state(project: Project, quarter: Quarter) -> dict[str, Any]:
    """Return what every page says of its run: period, completeness, draft or released, and what it restates.

    Returns
    -------
    dict
        The run's `FACTS`; ``is_draft``, ``released_by``, ``released_on``, ``release_note``; ``restates`` (run_id,
        author and date of the release that this run replaces, or None); ``compared`` (the released quarters that it
        was compared with), ``n_restated`` (rows of the table ``restatements``) and ``money_off`` (`money_off`).
    """
    manifest = read_json(project.run_folder(quarter) / "manifest.json")
    release = release_of(project, quarter, manifest["run_id"])
    restates = restated_release(project, quarter, manifest["run_id"])
    return {name: manifest[name] for name in FACTS} | {
        "is_draft": release is None,
        "released_by": release.author if release else None,
        "released_on": release.date if release else None,
        "release_note": release.note if release else None,
        "restates": {"run_id": restates.run_id, "author": restates.author, "date": restates.date} if restates else None,
        "compared": manifest.get("compared", []),
        "money_off": manifest.get("money_off", []),
        "n_restated": manifest["writes"].get(KEY, {}).get("n_rows", 0),
    }


def publish(project: Project, quarter: Quarter) -> Path:
    """Write the report of a complete run into its folder, unless it is there already.

    Raises
    ------
    StageError
        When a program holds one of the files, as Excel does with a workbook.
    """
    from segkit.reports.rules import write_rules

    folder = project.report_folder(quarter)
    _clear(folder)
    state = page_state(project, quarter)
    mark = {name: state[name] for name in ("run_id", "created", "is_draft", "restates")}
    marker = folder / "run.json"
    if marker.exists() and read_json(marker) == mark:
        return folder
    folder.mkdir(parents=True, exist_ok=True)
    marker.unlink(missing_ok=True)  # until all files are replaced, nobody may believe that they belong to one run
    with tempfile.TemporaryDirectory(dir=folder, prefix=".pages") as temporary:
        _write_report(project, quarter, Path(temporary), state)
        _replace(Path(temporary), folder, str(quarter))
    write_rules(project.run_folder(quarter), folder / "rules", project.settings.language, str(quarter))
    write_json(marker, mark)
    return folder


def _write_report(project: Project, quarter: Quarter, folder: Path, state: dict[str, Any]) -> None:
    """Write summary, workbook, restatements, pages and index, and all of them as one file to attach to a mail.

    A run without a table of money has no segments to summarise: its report is the page of notebook 01.
    """
    from segkit.reports.abc_comparison import write_abc_comparison
    from segkit.reports.corrections import write_corrections
    from segkit.reports.model_cards import write_model_cards
    from segkit.reports.pages import write_index, write_page
    from segkit.reports.restatement import index_notice, write_restatement
    from segkit.reports.summary import write_summary
    from segkit.reports.workbook import write_workbook

    run, language, settings = project.run_folder(quarter), project.settings.language, project.settings
    name = f"{slug(settings.name)}_{quarter}"
    writers = {"summary": (write_summary, "summary.html"), "workbook": (write_workbook, f"{name}.xlsx")}
    if state["money_source"] == NO_MONEY:
        writers = {}
    if state["n_restated"]:
        writers = {"restatement": (write_restatement, "restatement.html"), **writers}
    if (run / "tables" / "abc_comparison.parquet").exists():
        writers["abc_comparison"] = (write_abc_comparison, "abc_comparison.html")
    if all((run / "tables" / f"{name}.parquet").exists() for name in ("model_cards", "calibration")):
        writers["model_cards"] = (write_model_cards, "model_cards.html")
    documents = [{"name": kind, "file": file} for kind, (_, file) in writers.items()]
    documents += write_corrections(run, folder, language, state, settings)
    state = state | {"language": language, "documents": documents}
    for write, file in writers.values():
        write(run, folder / file, language, state, settings)
    pages = sorted((run / "notebooks").glob("*.ipynb"))
    for notebook in pages:
        write_page(read_json(notebook), folder / f"{notebook.stem}.html", language, state)
    write_index(folder, [page.stem for page in pages], state, index_notice(run, state, settings.currency))
    _pack(folder, folder / f"{name}{_mark(state, language)}.zip", state["created"])


def _mark(state: dict[str, Any], language: str) -> str:
    """Return what the file's name says of a draft or scenario, so that nobody mails one by mistake."""
    if state["scenario"]:
        return f"_{texts.say('watermark.scenario', language).lower()}-{state['scenario']}"
    return f"_{texts.say('watermark.draft', language).lower()}" if state["is_draft"] else ""


def slug(name: str) -> str:
    """Return a project's name as part of a file's name: Zwölf & Co. KG is zwoelf-co-kg."""
    return re.sub(r"[^a-z0-9]+", "-", name.lower().translate(UMLAUTS)).strip("-") or "segkit"


def _pack(folder: Path, target: Path, created: str) -> None:
    """Pack a folder into one file, dated as the run is."""
    when = dt.datetime.fromisoformat(created).timetuple()[:6]
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for path in sorted(folder.iterdir()):
            if path != target:
                info = zipfile.ZipInfo(f"{target.stem}/{path.name}", when)
                archive.writestr(info, path.read_bytes(), zipfile.ZIP_DEFLATED, 9)


def _replace(source: Path, folder: Path, quarter: str) -> None:
    """Let the files of a new report take the place of the old ones; what the new one has no more goes."""
    new = {path.name for path in source.iterdir()}
    try:
        for name in sorted(new):
            os.replace(source / name, folder / name)
        lists = [*folder.glob(f"*_{quarter}*.xlsx"), *folder.glob("corrections_*.xlsx")]
        for path in [*folder.glob("*.html"), *lists, *folder.glob(f"*_{quarter}*.zip")]:
            if path.name not in new:
                path.unlink()
    except PermissionError as error:
        raise StageError(
            f"{error.filename2 or error.filename} is open in another program, such as Excel. Close it there and "
            "repeat the command: what was computed and signed is kept, only the report is not renewed yet."
        ) from None


def keep_released_pages(project: Project, quarter: Quarter) -> None:
    """Copy the report of a released run aside, before a run with another id takes its place."""
    manifest = project.run_folder(quarter) / "manifest.json"
    if not manifest.exists():
        return
    run_id = read_json(manifest)["run_id"]
    if release_of(project, quarter, run_id) is None or run_id == run_id_of(project.staging_folder(quarter)):
        return
    pages, kept = publish(project, quarter), kept_pages(project, quarter, run_id)
    _clear(kept.parent)
    temporary = kept.with_name(f".{kept.name}")
    shutil.copytree(pages, temporary)
    shutil.rmtree(kept, ignore_errors=True)
    temporary.rename(kept)


def _clear(folder: Path) -> None:
    """Remove what a killed run left behind among the pages."""
    for path in folder.glob(".*"):
        shutil.rmtree(path) if path.is_dir() else path.unlink()
