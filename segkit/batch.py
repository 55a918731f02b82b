"""The quarterly run: executes the notebooks in order, skips what is unchanged, and publishes complete runs only."""

from __future__ import annotations

import errno
import os
import shutil
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from segkit.errors import StageError, UserError
from segkit.project import Project
from segkit.publishing import publish, write_manifest
from segkit.quarters import Quarter
from segkit.records import Record, changes, made_by, read_record, write_record, written
from segkit.run import ATTEMPT, LIFE, NOTEBOOK
from segkit.staging import carry, is_whole, locked, new_attempt, prune, recover, remove_results, take_place

PARAMETERS = {"project", "quarter", "scenario"}
Tell = Callable[[str], None]


@dataclass
class Outcome:
    """What a run did: seconds by executed notebook; the others were unchanged."""

    quarter: Quarter
    executed: dict[str, float] = field(default_factory=dict)
    skipped: list[str] = field(default_factory=list)

    @property
    def is_unchanged(self) -> bool:
        """Nothing had to be executed."""
        return not self.executed


def notebooks() -> list[Path]:
    """Return the notebooks of a run in their order."""
    folder = Path(__file__).parent.parent / "notebooks"
    return sorted(folder.glob("0[1-9]_*.ipynb"))


def check_parameters(paths: list[Path]) -> None:
    """Refuse notebooks whose parameters are not project, quarter and scenario, before the first one starts.

    Raises
    ------
    UserError
        "04_clustering.ipynb: parameter quater is unknown. Parameters are project, quarter, scenario."
    """
    import papermill

    problems = []
    for path in paths:
        found = set(papermill.inspect_notebook(str(path)))
        wrong = [f"parameter {name} is unknown" for name in sorted(found - PARAMETERS)]
        wrong += [f"parameter {name} is missing" for name in sorted(PARAMETERS - found)]
        problems += [f"{path.name}: {text}. Parameters are project, quarter, scenario." for text in wrong]
    if problems:
        raise UserError(problems)


def run_quarter(project: Project, quarter: Quarter, tell: Tell = lambda text: None) -> Outcome:
    """Run all notebooks of a quarter; what is unchanged is taken over.

    Parameters
    ----------
    tell : callable
        Takes a line of progress.

    Raises
    ------
    UserError
        Wrong input or a second run at the same time; nothing was written.
    StageError
        A notebook failed, or the disk is full; the last good run is untouched, and the next run goes on from there.
    """
    paths = notebooks()
    outcome = Outcome(quarter)
    staging = project.staging_folder(quarter)
    try:
        with locked(project):
            recover(project)
            if not staging.exists() and _is_unchanged(project, quarter, paths):
                publish(project, quarter)
                outcome.skipped = [path.stem for path in paths]
                return outcome
            try:
                check_parameters(paths)
                attempt = new_attempt(staging)
                for path in paths:
                    _run_notebook(project, quarter, path, attempt, outcome, tell)
            except UserError:
                shutil.rmtree(staging, ignore_errors=True)
                raise
            prune(staging)
            write_manifest(project, quarter, [path.stem for path in paths])
            take_place(staging, project.runs / str(quarter))
            publish(project, quarter)
    except OSError as error:
        raise StageError(_disk_message(error)) from error
    return outcome


def _is_unchanged(project: Project, quarter: Quarter, paths: list[Path]) -> bool:
    folder = project.run_folder(quarter)
    if not (folder / "manifest.json").exists():
        return False
    return all(_holds(project, quarter, folder, path, written(folder)) for path in paths)


def _holds(project: Project, quarter: Quarter, folder: Path, path: Path, tables: dict[str, str]) -> Record | None:
    """Return the record of a notebook in a folder if its results still hold."""
    record = read_record(folder, path.stem)
    if record is None or not record.is_finished or changes(project, quarter, record, path, tables):
        return None
    return record if is_whole(folder, record) else None


def _run_notebook(project: Project, quarter: Quarter, path: Path, attempt: str, outcome: Outcome, tell: Tell) -> None:
    staging = project.staging_folder(quarter)
    for folder in (staging, project.run_folder(quarter)):
        record = _holds(project, quarter, folder, path, written(staging))
        if record is not None:
            carry(folder, staging, record)
            outcome.skipped.append(path.stem)
            tell(f"{quarter}  {path.stem:<24} unchanged")
            return
    remove_results(staging, read_record(staging, path.stem))
    started = time.perf_counter()
    _execute(project, quarter, path, attempt)
    seconds = round(time.perf_counter() - started, 1)
    finished = read_record(staging, path.stem) or Record(path.stem)
    finished.seconds, finished.made_by, finished.is_finished = seconds, made_by(path), True
    write_record(staging, finished)
    outcome.executed[path.stem] = seconds
    tell(f"{quarter}  {path.stem:<24} {seconds:5.1f} s  {finished.peak_memory_mb:5.0f} MB")


def _execute(project: Project, quarter: Quarter, path: Path, attempt: str) -> None:
    import nbformat
    import papermill
    from nbclient.exceptions import DeadKernelError
    from papermill.exceptions import PapermillExecutionError

    staging = project.staging_folder(quarter)
    output = staging / "notebooks" / path.name
    output.parent.mkdir(parents=True, exist_ok=True)
    output.unlink(missing_ok=True)  # it may be a link to the last good run's, which papermill would write over
    notebook = nbformat.read(path, as_version=4)
    notebook.cells = [cell for cell in notebook.cells if "explore" not in cell.metadata.get("tags", [])]
    source = output.with_name(f".{path.stem}.input.ipynb")
    nbformat.write(notebook, source)
    os.environ.update({LIFE: "batch", NOTEBOOK: path.stem, ATTEMPT: attempt, "PYDEVD_DISABLE_FILE_VALIDATION": "1"})
    parameters = {"project": str(project.folder), "quarter": str(quarter), "scenario": project.scenario}
    try:
        papermill.execute_notebook(
            str(source),
            str(output),
            parameters,
            kernel_name="python3",
            progress_bar=False,
            cwd=str(path.parent),
            extra_arguments=["--IPKernelApp.log_level=50"],
        )
    except PapermillExecutionError as error:
        raise _explained(error, path, output) from None
    except DeadKernelError:
        raise StageError(
            f"{path.name}: its kernel was killed, most likely because memory ran out. "
            "The last good run is untouched; the next run goes on with this notebook."
        ) from None
    finally:
        source.unlink(missing_ok=True)


def _explained(error: Any, path: Path, output: Path) -> Exception:
    """Turn a failed cell into what the user reads: their own mistake, a full disk, or a defect with its place."""
    if error.ename == "UserError":
        return UserError(str(error.evalue).split("\n"))
    if error.ename == "OSError" and f"[Errno {errno.ENOSPC}]" in str(error.evalue):
        return StageError(f"{path.name}: {_disk_message(OSError(errno.ENOSPC, ''))}")
    return StageError(
        f"{path.name}, cell {error.cell_index}: {error.ename}: {error.evalue}\n"
        f"The last good run is untouched. The notebook with the failed cell: {output}"
    )


def _disk_message(error: OSError) -> str:
    if error.errno == errno.ENOSPC:
        return (
            "The disk is full. The last good run is untouched; make room, then run again: it goes on where it stopped."
        )
    return f"{error}. The last good run is untouched."
