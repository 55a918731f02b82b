"""`segkit adopt`: a scenario's or the challenger's settings and model become the accepted ones."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from contextlib import ExitStack
from typing import Any

from segkit import texts
from segkit.adopted import adopted_model, write_adoption
from segkit.adoption_preview import REFIT, Candidate, show_changes
from segkit.errors import StageError, UserError
from segkit.overview import changed_since
from segkit.project import Project
from segkit.quarters import Quarter
from segkit.records import NO_MONEY
from segkit.segments.several_findings import challenger_of
from segkit.settings import read_patch
from segkit.settings.combined_segmentation import CombinedSegmentation
from segkit.settings.person_segmentation import PersonSegmentation
from segkit.staging import locked, recover
from segkit.store import read_json, sha256_of_value

FITTED = ("method", "criteria", "space", "fit", "segments", "typical")
OF_A_RUN = ("segmentation_id", "rules", "why", "adoption_id", "adopted")


def adopt(
    project: Project,
    source: str,
    by: str,
    note: str,
    quarter: str = "",
    is_preview: bool = False,
    tell: Callable[[str], None] = lambda line: None,
) -> None:
    """Show who would move with how much revenue, then make a scenario or the challenger the accepted model.

    Parameters
    ----------
    source : str
        Name of a scenario; "refit": the challenger of an official run. ``scenario:id`` and ``refit:id`` name the
        segmentation; without an id it is the one that the scenario changes, or the primary one.
    by, note : str
        Who decides, and why: a line of decisions/refits.csv.
    quarter : str
        From which quarter it holds, and of which run it is; empty: the newest.
    is_preview : bool
        Only show.
    tell : callable
        Takes a line to read.

    Raises
    ------
    UserError
        An unknown scenario or quarter; no run, no challenger, a stale run; an adoption that is neither signed nor
        explained, or that is in force already. Nothing was written.
    StageError
        A program holds one of the files; the next run finishes what is noted.
    """
    if not by.strip() or not note.strip():
        raise UserError("--by and --note must not be empty: an adoption is signed and explained.")
    source, _, wanted = source.partition(":")
    candidate = _find(project, source, quarter, wanted)
    if is_preview:
        show_changes(project, candidate, tell)
        tell("Nothing was written: leave --preview out to adopt it.")
        return
    with ExitStack() as held:
        for folder in [project] if source == REFIT else [project, candidate.project]:
            held.enter_context(locked(folder))
        project = recover(project)
        candidate = _find(project, source, quarter, wanted)
        adoption = _adoption(project, candidate, by.strip(), note.strip())
        show_changes(project, candidate, tell)
        row = {
            "segmentation_id": candidate.segmentation_id,
            "choice": REFIT,
            "quarter": str(candidate.quarter),
            "author": by.strip(),
            "date": adoption["date"],
            "reason": note.strip() if source == REFIT else f"{note.strip()} (scenario {source})",
        }
        try:
            write_adoption(project, candidate.segmentation_id, adoption, candidate.patch, row)
        except OSError as error:
            raise StageError(
                f"{error.filename2 or error.filename} cannot be written: {error.strerror}. Close it in other programs, "
                "such as Excel. What is to be written is noted; the next `segkit run` finishes the adoption."
            ) from None
    for line in _told(project, candidate, adoption):
        tell(line)


def _find(project: Project, source: str, quarter: str, wanted: str = "") -> Candidate:
    """Return what is to be adopted, or refuse."""
    official = [q for q in project.quarters() if _has_money(project, q)]
    if not official:
        raise UserError(f"There is no run with segments yet. Make one with `segkit run {project.folder}`.")
    origin = project if source == REFIT else _scenario(project, source)
    runs = [q for q in origin.quarters() if _has_money(origin, q)]
    chosen = project.quarter(quarter) if quarter else (runs or official)[-1]
    of = "" if source == REFIT else f" of scenario {source}"
    if chosen not in runs:
        done = ", ".join(map(str, runs)) or "none"
        more = "" if source == REFIT else f" --scenario {source}"
        raise UserError(
            f"There is no run{of} of {chosen} to adopt. Runs: {done}. Make it with "
            f"`segkit run {project.folder} --quarter {chosen}{more}`."
        )
    if chosen not in official:
        raise UserError(
            f"There is no official run of {chosen} to compare with. Make it with "
            f"`segkit run {project.folder} --quarter {chosen}`."
        )
    for run, what in ((project, "official run"), (origin, f"run{of}")):
        changed = [name for name in changed_since(run, chosen) if name != "code"]
        if changed:
            more = f" --scenario {run.scenario}" if run.scenario else ""
            raise UserError(
                f"The {what} of {chosen} is stale, because this has changed since: {', '.join(changed)}. Renew it with "
                f"`segkit run {project.folder} --quarter {chosen}{more}`, look at it, and adopt then."
            )
    name = _segmentation(project, origin, source, wanted)
    return _challenger(project, chosen, name) if source == REFIT else _of_scenario(origin, chosen, name)


def _segmentation(project: Project, origin: Project, source: str, wanted: str) -> str:
    """Return which segmentation is to be adopted, or refuse where that is not clear."""
    held = origin.settings.segmentations
    patch = {} if source == REFIT else read_patch(project.folder / "scenarios" / source / "project.yml")
    given = patch.get("segmentations")
    changed = [name for name in given if name != "primary"] if isinstance(given, dict) else []
    if len(changed) > 1:
        raise UserError(
            f"Scenario {source} changes {len(changed)} segmentations ({', '.join(changed)}); to adopt one would "
            "bring the settings of the others. Make a scenario for each."
        )
    name = wanted or (changed[0] if changed else held.primary)
    if name not in held.by_id:
        raise UserError(f"There is no segmentation {name}. Segmentations: {', '.join(held.by_id)}.")
    entry = held.by_id[name]
    if isinstance(entry, CombinedSegmentation):
        raise UserError(
            f"{name} is made of {' and '.join(entry.of)} anew in every run: adopt one of these, or write its settings "
            "into project.yml yourself."
        )
    return name


def _has_money(project: Project, quarter: Quarter) -> bool:
    return read_json(project.run_folder(quarter) / "manifest.json")["money_source"] != NO_MONEY


def _scenario(project: Project, name: str) -> Project:
    known = sorted(path.name for path in (project.folder / "scenarios").glob("*") if path.is_dir())
    if name not in known:
        raise UserError(
            f"There is no scenario {name}. Scenarios: {', '.join(known) or 'none'}; refit means the challenger of the "
            "official run."
        )
    scenario = Project(project.folder, name)
    if scenario.settings.unit != project.settings.unit:
        raise UserError(
            f"Scenario {name} is about another unit (unit: {scenario.settings.unit}): its accounts are not those of "
            "the official run, so nobody can be said to move. Change unit in project.yml yourself."
        )
    return scenario


def _of_scenario(scenario: Project, quarter: Quarter, name: str) -> Candidate:
    model = read_json(scenario.run_folder(quarter) / "models" / f"{name}.json")
    wanted = FITTED if "fit" in model and model.get("unit") != "person" else ("method",)
    _refuse_old(model, wanted, quarter, f" --scenario {scenario.scenario}")
    patch = read_patch(scenario.folder / "scenarios" / scenario.scenario / "project.yml")
    model = {name: value for name, value in model.items() if name not in OF_A_RUN}
    return Candidate(scenario.scenario, scenario, quarter, model, patch, name)


def _challenger(project: Project, quarter: Quarter, name: str) -> Candidate:
    """Return the challenger of a run as a candidate; it brings its method, where the settings name another one."""
    entry = project.settings.segmentations.by_id[name]
    path = project.run_folder(quarter) / f"{challenger_of(name)}.json"
    if not path.exists():
        raise UserError(f"The run of {quarter} has no challenger of {name}. Renew it with `segkit run DIR`.")
    model = read_json(path)
    if model["why_not"]:
        key, numbers = model["why_not"], {"n": model.get("n_accounts", 0)}
        key, numbers = key if isinstance(key, list) else (key, numbers)
        raise UserError(f"The run of {quarter} has no challenger to adopt: {texts.say(key, 'en', **numbers)}")
    if isinstance(entry, PersonSegmentation):
        return Candidate(REFIT, project, quarter, model, {}, name)
    _refuse_old(model, FITTED, quarter, "")
    patch = {"segmentations": {name: {"method": model["method"]}}} if model["method"] != entry.method else {}
    model = {field: model[field] for field in FITTED} | {"fitted_quarter": str(quarter)}
    return Candidate(REFIT, project, quarter, model, patch, name)


def _refuse_old(model: dict[str, Any], wanted: tuple[str, ...], quarter: Quarter, option: str) -> None:
    if missing := [name for name in wanted if name not in model]:
        raise UserError(
            f"The run of {quarter} was made by an earlier version of the program (its model has no "
            f"{', '.join(missing)}). Renew it with `segkit run DIR --quarter {quarter}{option}`."
        )


def _adoption(project: Project, candidate: Candidate, by: str, note: str) -> dict[str, Any]:
    """Return the adoption as it is written; refuse one that is in force already."""
    quarter = str(candidate.quarter)
    known = sha256_of_value([quarter, candidate.source, candidate.model])[:12]
    before = adopted_model(project, f"models/{candidate.segmentation_id}", candidate.quarter)
    if before is not None and before["adoption_id"] == known:
        raise UserError(
            f"This model is adopted already, from {before['quarter']} on, by {before['by']} on {before['date']}: "
            f"{before['note']}"
        )
    today = dt.date.today().isoformat()
    about = {"adoption_id": known, "quarter": quarter, "source": candidate.source, "by": by, "date": today}
    return about | {"note": note, "model": candidate.model}


def _told(project: Project, candidate: Candidate, adoption: dict[str, Any]) -> list[str]:
    quarter = candidate.quarter
    lines = [
        f"Adopted by {adoption['by']} from {quarter} on: {adoption['note']}",
        f"Written: decisions/models/{candidate.segmentation_id}.json, decisions/refits.csv"
        f"{', project.yml' if candidate.patch else ''}. "
        f"Next: segkit run {project.folder} --from-quarter {quarter}",
    ]
    name = candidate.segmentation_id
    refit = getattr(candidate.project.settings.segmentations.by_id[name], "refit", "accepted")
    if refit != "accepted" and "fit" in candidate.model:
        lines.append(f"segmentations.{name}.refit is {refit}: later runs will fit anew in spite of this adoption.")
    later = [str(q) for q in project.quarters() if q > quarter]
    if later:
        lines.append(f"It holds in {', '.join(later)} as well once these are renewed.")
    return lines
