"""The quarterly run: executes the notebooks in order, skips what is unchanged, and publishes complete runs only."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from segkit.engines import chosen_engine
from segkit.errors import StageError, UserError
from segkit.execution import Executor, disk_message
from segkit.goals_before import refuse_settings
from segkit.project import Project
from segkit.publishing import keep_released_pages, publish, write_manifest
from segkit.quarters import Quarter
from segkit.records import Record, changes, made_by, note_deliveries, read_record, write_record, written
from segkit.releases import write_restatements
from segkit.staging import carry, is_whole, locked, new_attempt, prune, recover, remove_results, take_place

PARAMETERS = {"project", "quarter", "scenario"}
Tell = Callable[[str], None]


@dataclass
class Outcome:
    """What a run did: seconds by executed notebook; `skipped` were unchanged, `left_out` need a table of money."""

    quarter: Quarter
    executed: dict[str, float] = field(default_factory=dict)
    skipped: list[str] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)

    @property
    def is_unchanged(self) -> bool:
        """Nothing had to be executed."""
        return not self.executed


def notebooks() -> list[Path]:
    """Return the notebooks of a run in their order."""
    folder = Path(__file__).parent.parent / "notebooks"
    return sorted(folder.glob("0[1-9]_*.ipynb"))


def runnable(project: Project) -> tuple[list[Path], list[Path]]:
    """Return the notebooks that a project's tables allow, and those that they do not: without money, 01 alone."""
    paths = notebooks()
    return (paths, []) if project.has_money else (paths[:1], paths[1:])


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
    """Run all notebooks of a quarter that its tables allow; what is unchanged is taken over.

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
    chosen_engine(project.settings.engine)  # before anything is written
    refuse_settings(project, quarter)
    paths, left_out = runnable(project)
    outcome = Outcome(quarter, left_out=[path.stem for path in left_out])
    staging = project.staging_folder(quarter)
    try:
        with locked(project):
            project = recover(project)
            note_deliveries(project)
            if not staging.exists() and _is_unchanged(project, quarter, paths):
                publish(project, quarter)
                outcome.skipped = [path.stem for path in paths]
                return outcome
            try:
                _run_notebooks(project, quarter, paths, outcome, tell)
            except UserError:
                shutil.rmtree(staging, ignore_errors=True)
                raise
            prune(staging)
            restated = write_restatements(project, quarter)
            write_manifest(project, quarter, [path.stem for path in paths], restated)
            keep_released_pages(project, quarter)
            take_place(project, quarter)
            publish(project, quarter)
    except OSError as error:
        raise StageError(disk_message(error)) from error
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


def _run_notebooks(project: Project, quarter: Quarter, paths: list[Path], outcome: Outcome, tell: Tell) -> None:
    executor = Executor(project, quarter, new_attempt(project.staging_folder(quarter)))
    try:
        executor.prepare(paths[0])  # it starts while the notebooks are checked; nothing is written before that
        check_parameters(paths)
        for path, following in zip(paths, [*paths[1:], None], strict=True):
            if not _take_over(project, quarter, path, outcome, tell):
                _execute(executor, path, following, outcome, tell)
    finally:
        executor.close()


def _take_over(project: Project, quarter: Quarter, path: Path, outcome: Outcome, tell: Tell) -> bool:
    """Carry a notebook's unchanged results from the interrupted or the last run, where there are any."""
    staging = project.staging_folder(quarter)
    for folder in (staging, project.run_folder(quarter)):
        record = _holds(project, quarter, folder, path, written(staging))
        if record is not None:
            carry(folder, staging, record)
            outcome.skipped.append(path.stem)
            tell(f"{quarter}  {path.stem:<24} unchanged")
            return True
    remove_results(staging, read_record(staging, path.stem))
    return False


def _execute(executor: Executor, path: Path, following: Path | None, outcome: Outcome, tell: Tell) -> None:
    staging = executor.project.staging_folder(executor.quarter)
    started = time.perf_counter()
    executor.execute(path, following)
    seconds = round(time.perf_counter() - started, 1)
    finished = read_record(staging, path.stem) or Record(path.stem)
    finished.seconds, finished.made_by, finished.is_finished = seconds, made_by(path), True
    write_record(staging, finished)
    outcome.executed[path.stem] = seconds
    tell(f"{executor.quarter}  {path.stem:<24} {seconds:5.1f} s  {finished.peak_memory_mb:5.0f} MB")
