"""Models that people adopted: which one holds in a quarter, and writing one so that a kill harms nothing."""

from __future__ import annotations

from typing import Any

import yaml

from segkit.decisions import append_decision, read_decisions
from segkit.project import Project
from segkit.quarters import Quarter
from segkit.settings import ProjectLoader
from segkit.settings.editing import edit_settings, list_changes
from segkit.store import read_json, sha256_of_value, write_json, written_whole

ABSENT = "absent"
BOM = "\ufeff"


def adopted_model(project: Project, name: str, quarter: Quarter) -> dict[str, Any] | None:
    """Return the adoption that holds in a quarter, or None.

    Parameters
    ----------
    project : Project
    name : str
        Such as models/value: the place of the file below ``decisions/``, without its ending.
    quarter : Quarter
        Adoptions from a later quarter on do not hold yet; of several the one of the latest quarter does, and of those
        of one quarter the last.

    Returns
    -------
    dict
        adoption_id, quarter (from which it holds), source (refit, or the scenario), by, date, note, model, settings
        (what it changed in project.yml, which earlier quarters undo: `Project.settings_at`).
    """
    path = project.decisions / f"{name}.json"
    if not path.exists():
        return None
    first_month = project.settings.fiscal_year_start
    quarters = [(Quarter.parse(entry["quarter"], first_month), entry) for entry in read_json(path)["adoptions"]]
    holding = sorted((pair for pair in quarters if pair[0] <= quarter), key=lambda pair: pair[0])
    return holding[-1][1] if holding else None


def adopted_sha(project: Project, name: str, quarter: Quarter) -> str:
    """Return what says that another adoption holds in a quarter; adoptions of later quarters change nothing."""
    found = adopted_model(project, name, quarter)
    return sha256_of_value(found) if found else ABSENT


def write_adoption(
    project: Project, segmentation_id: str, adoption: dict[str, Any], patch: dict[str, Any], row: dict[str, str]
) -> None:
    """Write an adoption: its model, the settings it brings, and the line that says who decided it.

    The three files change as one: what is to be written is noted first, and `finish_adoption` goes on from the note
    after a kill. Call it while `staging.locked` holds the project.

    Parameters
    ----------
    adoption : dict
        As `adopted_model` returns it.
    patch : dict
        Settings for project.yml; empty where none change.
    row : dict
        Of decisions/refits.csv.
    """
    text = _settings_text(project)
    edit_settings(text, patch)  # refuses before anything is written
    before = yaml.load(text, ProjectLoader)  # noqa: S506 - a SafeLoader
    adoption = adoption | {"settings": list_changes(before, patch)}
    note = {"segmentation_id": segmentation_id, "adoption": adoption, "patch": patch, "row": row}
    write_json(project.runs / ".adopting.json", note)
    finish_adoption(project)


def finish_adoption(project: Project) -> bool:
    """Write what a noted adoption still lacks, and say whether there was one; every step may be done twice."""
    path = project.runs / ".adopting.json"
    if not path.exists():
        return False
    note = read_json(path)
    adoption, models = note["adoption"], project.decisions / "models" / f"{note['segmentation_id']}.json"
    before = read_json(models)["adoptions"] if models.exists() else []
    if before[-1:] != [adoption]:
        write_json(models, {"adoptions": [*before, adoption]})
    _write_settings(project, note["patch"])
    refits = project.decisions / "refits.csv"
    noted = read_decisions(refits, "refits")
    if note["row"] not in noted.to_dict("records"):
        append_decision(refits, "refits", note["row"])
    path.unlink()
    return True


def _settings_text(project: Project) -> str:
    return (project.folder / "project.yml").read_bytes().decode("utf-8").removeprefix(BOM)


def _write_settings(project: Project, patch: dict[str, Any]) -> None:
    path, text = project.folder / "project.yml", _settings_text(project)
    edited = edit_settings(text, patch)
    if edited == text:
        return
    has_bom = path.read_bytes().startswith(BOM.encode())
    with written_whole(path) as temporary:
        temporary.write_bytes(((BOM if has_bom else "") + edited).encode("utf-8"))
