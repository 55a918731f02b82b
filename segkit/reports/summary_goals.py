"""The goals in the management summary: how many stand how, and a row for each that is shown."""

from __future__ import annotations

from typing import TYPE_CHECKING

from segkit.kpis.goal_words import describe_goals, each_goal, shape_goals
from segkit.reports.summary_facts import Evidence, Fact
from segkit.segments.several_findings import name_segmentations

if TYPE_CHECKING:
    import pandas as pd

PAGE = "08_kpi_tracking"
ASKED = ("missed", "off_track")


def goal_rows(evidence: Evidence) -> pd.DataFrame | None:
    """Goals in words (`shape_goals`), those that need a decision first; None where the run has none."""
    goals, register = evidence.tables.get("goals"), evidence.tables.get("segment_register")
    if goals is None or goals.empty or register is None:
        return None
    titles = name_segmentations(evidence.settings.segmentations)
    shaped = shape_goals(goals, register, titles, evidence.settings.currency)
    order = [goal_id for goal_id, _ in each_goal(shaped)]
    return shaped.set_index("goal_id", drop=False).loc[order].reset_index(drop=True)


def describe_goal_facts(evidence: Evidence) -> list[Fact]:
    """How many goals are reached, on track, open, off track, missed or undecidable; nothing without goals."""
    rows = goal_rows(evidence)
    if rows is None:
        return []
    key, numbers = describe_goals(rows)[0]
    return [Fact("goals", key, numbers)]


def ask_goals(evidence: Evidence) -> list[Fact]:
    """The question that a goal missed or off track puts: the first of them, and how many more there are."""
    rows = goal_rows(evidence)
    if rows is None:
        return []
    wrong = rows[rows["state"].isin(ASKED)]
    if wrong.empty:
        return []
    first = wrong.iloc[0]
    names = {f"{name}_{x}": first[f"{name}_{x}"] for name in ("kpi", "whom", "shown_target") for x in ("de", "en")}
    numbers = {**names, "deadline": first["deadline"].date(), "n_more": len(wrong) - 1}
    more = "_more" if len(wrong) > 1 else ""
    return [Fact("decisions", f"summary.decide_goal_{first['state']}{more}", numbers, PAGE)]
