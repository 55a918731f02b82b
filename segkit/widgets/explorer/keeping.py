"""What people keep from the explorer: scenarios, moves, names and notes; all is checked before it is written."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml
from pydantic import ValidationError

from segkit.decisions import append_decision, read_decisions
from segkit.project import Project
from segkit.segments.explore.scenario import check_name
from segkit.settings import Settings, patched, read_patch
from segkit.store import written_whole

if TYPE_CHECKING:
    from segkit.quarters import Quarter

LONGEST = 300
Problem = tuple[str, dict[str, Any]]


def one_line(value: object) -> str:
    """Return typed text as one line."""
    return re.sub(r"[\x00-\x1f\x7f\s]+", " ", str(value or ""))[:LONGEST].strip()


def scenarios_of(folder: Path) -> list[str]:
    """Return the scenarios with settings of their own, by name."""
    return sorted(path.parent.name for path in (folder / "scenarios").glob("*/project.yml"))


def keep_scenario(folder: Path, name: str, patch: dict[str, Any], may_replace: bool = False) -> Problem | None:
    """Write scenarios/<name>/project.yml, checked like project.yml; return what is wrong, and then nothing is written.

    Parameters
    ----------
    folder : Path
        Of the project.
    patch : dict
        Settings that the scenario replaces.
    may_replace : bool
        A scenario of this name may be written over.
    """
    existing = scenarios_of(folder)
    problem = check_name(name, [] if may_replace else existing)
    if problem is None and not patch:
        problem = "explore.warn_nothing_changed", {}
    if problem is not None:
        return problem
    try:
        Settings.model_validate(patched(read_patch(folder / "project.yml"), patch))
    except ValidationError as error:
        return "explore.warn_refused", {"reason": error.errors()[0]["msg"].removeprefix("Value error, ")}
    path = folder / "scenarios" / name.strip() / "project.yml"
    path.parent.mkdir(parents=True, exist_ok=True)
    with written_whole(path) as temporary:
        temporary.write_text(yaml.safe_dump(patch, allow_unicode=True, sort_keys=False), encoding="utf-8")
    Project(folder, name.strip())
    return None


class Decisions:
    """Moves, names and notes on one segmentation from one quarter on, in decisions/."""

    def __init__(self, folder: Path, segmentation_id: str, quarter: Quarter):
        self._folder, self._segmentation, self._quarter = folder, segmentation_id, quarter

    def move(self, accounts: list[str], segment: str, author: str, reason: str) -> Problem | None:
        """Move accounts into a segment; an empty segment gives them back to the rules."""
        problem = self._unsigned(author, reason)
        if problem is None and not accounts:
            problem = "explore.warn_no_accounts", {}
        if problem is not None:
            return problem
        for account in accounts:
            self._append("moves", {"account_id": account, "segment_id": segment}, author, reason)
        return None

    def name(self, segment: str, german: str, english: str, author: str, reason: str) -> Problem | None:
        """Name a segment; two empty names give it its given one back."""
        problem = self._unsigned(author, reason)
        if problem is None:
            names = {"name_de": german or english, "name_en": english or german}
            self._append("names", {"segment_id": segment, **names}, author, reason)
        return problem

    def note(self, segment: str, note: str, author: str) -> Problem | None:
        """Keep what somebody noted on a segment; the last note per segment is shown."""
        problem = self._unsigned(author, note or "-")
        if problem is None:
            self._append("notes", {"segment_id": segment, "note": note}, author, "")
        return problem

    def notes(self) -> dict[str, dict[str, str]]:
        """Return the note that holds for each segment, with author and date."""
        rows = read_decisions(self._folder / "notes.csv", "notes", self._quarter)
        rows = rows[(rows["segmentation_id"] == self._segmentation) & rows["note"].ne("")]
        return {row["segment_id"]: row for row in rows[["segment_id", "note", "author", "date"]].to_dict("records")}

    def names(self) -> dict[str, tuple[str, str]]:
        """Return the names that people gave and the run in force may not know yet."""
        rows = read_decisions(self._folder / "names.csv", "names", self._quarter)
        rows = rows[(rows["segmentation_id"] == self._segmentation) & rows["name_de"].ne("")]
        return {row["segment_id"]: (row["name_de"], row["name_en"]) for row in rows.to_dict("records")}

    def _unsigned(self, author: str, reason: str) -> Problem | None:
        if not author:
            return "explore.warn_author", {}
        return None if reason else ("explore.warn_reason", {})

    def _append(self, name: str, row: dict[str, str], author: str, reason: str) -> None:
        signed = {"author": author, "date": dt.date.today().isoformat(), "reason": reason}
        held = {"segmentation_id": self._segmentation, **row, "quarter": self._quarter.label, **signed}
        append_decision(self._folder / f"{name}.csv", name, held)
