"""What of project.yml no run could follow, told before anything is read or written: columns of rules, and goals."""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from typing import TYPE_CHECKING

from segkit.errors import UserError
from segkit.kpis.goals import find_problems
from segkit.records import previous_quarter
from segkit.rules_before import find_wrong_columns
from segkit.settings.account_segmentation import AccountSegmentation
from segkit.settings.goals import Goal, known_kpis
from segkit.store import read_frame
from segkit.tables import INPUTS

if TYPE_CHECKING:
    import pandas as pd

    from segkit.project import Project
    from segkit.quarters import Quarter

MONEY = "invoices"  # stands for money rows of any kind


def refuse_settings(project: Project, quarter: Quarter | None) -> None:
    """Refuse settings that no run could follow, all problems at once.

    Parameters
    ----------
    project : Project
        Its settings are valid by themselves.
    quarter : Quarter or None
        The one that is to be run; None where the data name none, and no deadline is judged.

    Raises
    ------
    UserError
        Rules and criteria on columns that nobody can deliver (`rules_before.find_wrong_columns`); goals on a
        segmentation or segment that there is not, on a KPI whose table nobody delivers, or with a deadline that was
        over before any run knew the goal: "project.yml: goals.0.kpi: nps needs the table surveys, which …".
    """
    problems = [*find_wrong_columns(project), *find_wrong_goals(project, quarter)]
    if problems:
        raise UserError(problems)


def find_wrong_goals(project: Project, quarter: Quarter | None) -> list[str]:
    """Return the problems of the section `goals`, as `refuse_settings` tells them."""
    goals, place = project.settings.goals, project.file_of("goals")
    if not goals:
        return []
    found = [problem for number, goal in enumerate(goals) for problem in _problems(project, number, goal)]
    if quarter is not None:
        segmented = [goal for goal in goals if _segmentation_problem(project, goal) is None]
        register = _known_segments(project)
        told = find_problems(segmented, register, _known_goals(project, quarter), quarter)
        numbers = {goal.id: str(number) for number, goal in enumerate(goals)}
        found += [_renumbered(problem, [numbers[goal.id] for goal in segmented]) for problem in told]
    return [f"{place}: {problem}" for problem in found]


def _renumbered(problem: str, numbers: list[str]) -> str:
    """Return a problem with the place of its goal in the whole list."""
    section, place, rest = problem.split(".", 2)
    return f"{section}.{numbers[int(place)]}.{rest}"


def _problems(project: Project, number: int, goal: Goal) -> Iterator[str]:
    wrong = _segmentation_problem(project, goal)
    if wrong:
        yield f"goals.{number}.segmentation: {wrong}"
    lacking = [table for table in known_kpis()[goal.kpi].get("tables", [MONEY]) if not _is_delivered(project, table)]
    if lacking:
        tables = f"table{'s' if len(lacking) > 1 else ''} {' and '.join(lacking)}"
        yield (
            f"goals.{number}.kpi: {goal.kpi} needs the {tables}, which no entry under sources delivers. Name its "
            "export there, or choose another KPI."
        )


def _is_delivered(project: Project, table: str) -> bool:
    if table == MONEY:
        return project.has_money
    return table not in INPUTS or table in project.settings.sources


def _segmentation_problem(project: Project, goal: Goal) -> str | None:
    held = project.settings.segmentations.by_id
    if goal.segmentation not in held:
        near = difflib.get_close_matches(goal.segmentation, held, n=1, cutoff=0.5)
        remedy = f"Did you mean {near[0]}?" if near else f"Segmentations: {', '.join(held)}."
        return f"there is no segmentation {goal.segmentation}. {remedy}"
    return None


def _known_segments(project: Project) -> pd.DataFrame:
    """Return the segments of the newest run and those of hand-made rules: segmentation_id, segment_id, names."""
    import pandas as pd

    columns = ["segmentation_id", "segment_id", "name_de", "name_en"]
    frames = [pd.DataFrame(columns=columns)]
    for quarter in reversed(project.quarters()):
        path = project.run_folder(quarter) / "tables" / "segment_register.parquet"
        if path.exists():
            frames.append(read_frame(path)[columns])
            break
    known = {name for frame in frames for name in frame["segmentation_id"]}
    for name, entry in project.settings.segmentations.by_id.items():
        if name in known and isinstance(entry, AccountSegmentation) and entry.method == "rules":
            frames.append(pd.DataFrame([[name, rule.id, rule.id, rule.id] for rule in entry.rules], columns=columns))
    every = pd.concat(frames, ignore_index=True)
    return every.drop_duplicates(["segmentation_id", "segment_id"], ignore_index=True)


def _known_goals(project: Project, quarter: Quarter) -> set[str]:
    """Return the ids of the goals of the run before."""
    before = previous_quarter(project, quarter)
    path = None if before is None else project.run_folder(before) / "tables" / "goals.parquet"
    return set(read_frame(path, ["goal_id"])["goal_id"]) if path is not None and path.exists() else set()
