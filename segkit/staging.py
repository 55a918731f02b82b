"""Folders that change as a whole: a run is built aside and takes its place by renames, one run at a time."""

from __future__ import annotations

import contextlib
import os
import shutil
import time
import uuid
from collections.abc import Iterator
from pathlib import Path

import filelock

from segkit.adopted import finish_adoption
from segkit.errors import UserError
from segkit.project import Project, displaced
from segkit.quarters import Quarter
from segkit.records import Record, read_record, read_records
from segkit.releases import place_to_keep, run_id_of
from segkit.store import sha256_of, written_whole


@contextlib.contextmanager
def locked(project: Project) -> Iterator[None]:
    """Hold the project for one run; a second one is told who holds it.

    Raises
    ------
    UserError
        "Another run of this project is going on (process 4711). …"
    """
    project.runs.mkdir(parents=True, exist_ok=True)
    path = project.runs / ".lock"
    lock = filelock.FileLock(path, timeout=0)
    holder = project.runs / ".lock.holder"
    try:
        lock.acquire()
    except filelock.Timeout:
        who = f" (process {holder.read_text()})" if holder.exists() else ""
        raise UserError(
            f"Another run of this project is going on{who}. Wait until it ends; nothing was written."
        ) from None
    try:
        holder.write_text(str(os.getpid()))
        yield
    finally:
        holder.unlink(missing_ok=True)
        lock.release()


def recover(project: Project) -> Project:
    """Put back what a killed run had moved aside, keep what was released, and remove what else it left behind.

    Returns
    -------
    Project
        The same one; read anew where an adoption that was cut off has been finished, which changes its settings.
    """
    for old in project.runs.glob(".*.old"):
        final = old.with_name(old.name.removeprefix(".").removesuffix(".old"))
        if final.exists():
            _put_away(project, old, final)
        else:
            old.rename(final)
    return Project(project.folder, project.scenario) if finish_adoption(project) else project


def new_attempt(staging: Path) -> str:
    """Mark the staging folder as this attempt's, so that a kernel left over from a killed one stops writing."""
    token = uuid.uuid4().hex
    with written_whole(staging / "attempt") as temporary:
        temporary.write_text(token)
    return token


def take_place(project: Project, quarter: Quarter) -> None:
    """Let the staging folder become the run; a kill at any moment leaves the old or the new one.

    A released run that gives way to another one is never deleted: its third place is ``runs/.released/``. All three
    renames are of whole folders, and `recover` finishes what a kill between two of them left.
    """
    staging, final = project.staging_folder(quarter), project.runs / str(quarter)
    (staging / "attempt").unlink(missing_ok=True)
    old = displaced(final)
    if final.exists():
        _rename(final, old)
    _rename(staging, final)
    if old.exists():
        _put_away(project, old, final)


def _put_away(project: Project, old: Path, final: Path) -> None:
    """Keep a released run that gave way to one with another id; remove a draft."""
    kept = place_to_keep(project, old)
    if kept is None or kept.exists() or run_id_of(old) == run_id_of(final):
        shutil.rmtree(old, ignore_errors=True)
        return
    kept.parent.mkdir(parents=True, exist_ok=True)
    _rename(old, kept)


def _rename(source: Path, target: Path) -> None:
    """Rename a folder; on Windows a page may hold a file of it for a moment."""
    for _ in range(40):
        try:
            source.rename(target)
            return
        except PermissionError:
            time.sleep(0.25)
    source.rename(target)


def files_of(record: Record) -> list[str]:
    """Return the files that a notebook's record names, relative to the run's folder; the record itself is the last."""
    files = [f"notebooks/{record.notebook}.ipynb"]
    for name in record.writes:
        kind, _, rest = name.partition(":")
        if kind == "chart":
            files += [f"charts/{rest.removeprefix('charts/')}.{language}.json" for language in ("de", "en")]
        else:
            files.append(f"tables/{rest}.parquet" if kind == "table" else f"{rest}.json")
    return [*files, f"records/{record.notebook}.json"]


def is_whole(folder: Path, record: Record) -> bool:
    """Say whether everything that a record names is there, with the bytes it names."""
    if not all((folder / name).exists() for name in files_of(record)):
        return False
    tables = {f"tables/{n.partition(':')[2]}.parquet": w for n, w in record.writes.items() if n.startswith("table:")}
    return all(sha256_of(folder / name) == entry["sha256"] for name, entry in tables.items())


def carry(source: Path, staging: Path, record: Record) -> None:
    """Take over a notebook's unchanged results, as links where the file system has them.

    What an earlier attempt left in their place goes first, and the record comes last: it is believed once it is there.
    """
    if source == staging:
        return
    remove_results(staging, read_record(staging, record.notebook))
    for name in files_of(record):
        target = staging / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.unlink(missing_ok=True)
        try:
            os.link(source / name, target)
        except OSError:
            shutil.copy2(source / name, target)


def remove_results(staging: Path, record: Record | None) -> None:
    """Remove what an earlier attempt of a notebook left, before it is executed again."""
    for name in reversed(files_of(record)) if record else []:
        (staging / name).unlink(missing_ok=True)


def prune(staging: Path) -> None:
    """Remove files that no record names, such as those of a stage that was executed again."""
    known = {staging / name for record in read_records(staging) for name in files_of(record)}
    for folder in ("tables", "charts", "models", "records", "notebooks"):
        for path in (staging / folder).rglob("*"):
            if path.is_file() and path not in known:
                path.unlink()
