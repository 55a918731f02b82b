"""Sheets of the workbook about goals, and about the segmentations beside the one that it shows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from segkit.kpis.goal_words import each_goal, shape_goals
from segkit.reports.workbook_columns import FURTHER
from segkit.reports.workbook_tables import RunTables, kind_of_kpi
from segkit.segments.several_findings import name_segmentations
from segkit.texts import LANGUAGES

if TYPE_CHECKING:
    import pandas as pd


def goals_sheet(run: RunTables) -> pd.DataFrame | str:
    """One row per goal of project.yml: value, target, outlook and verdict; what needs a decision first."""
    goals, register = run.read_all("goals"), run.read_all("segment_register")
    if goals is None or register is None:
        return run.why_none("goals", "workbook.empty_goals")
    shaped = shape_goals(goals, register, name_segmentations(run.settings.segmentations), run.currency)
    order = [goal_id for goal_id, _ in each_goal(shaped)]
    words = ("kpi", "whom", "verdict", "sentence", "reach")
    told = shaped.assign(
        **{name: shaped[f"{name}_{run.language}"] for name in words}, row_kind=shaped["kpi_id"].map(kind_of_kpi)
    )
    return told.set_index("goal_id", drop=False).loc[order].reset_index(drop=True)


def further_titles(run: RunTables) -> dict[str, str]:
    """Names of the segmentations beside the one that the workbook shows, by id; of those with segments in the run."""
    register = run.read_all("segment_register")
    held = set() if register is None else set(register["segmentation_id"])
    called = name_segmentations(run.settings.segmentations)
    place = LANGUAGES.index(run.language)
    return {name: words[place] for name, words in called.items() if name in held and name != run.segmentation_id}


def further_sheet(run: RunTables) -> pd.DataFrame | str:
    """One row per segment of each further segmentation: size, money and how sure."""
    sizes, titles = run.read_all("segment_sizes"), further_titles(run)
    if sizes is None or not titles:
        return "workbook.empty_further"
    rows = sizes[sizes["segmentation_id"].isin(titles)]
    if rows.empty:
        return "workbook.empty_further"
    rows = rows.assign(
        order=rows["segmentation_id"].map({name: i for i, name in enumerate(titles)}),
        segmentation=rows["segmentation_id"].map(titles),
        segment=rows[f"name_{run.language}"],
    )
    return rows.sort_values(["order", "revenue_12m", "segment_id"], ascending=[True, False, True], kind="stable")


def further_segments(run: RunTables) -> pd.DataFrame:
    """The segment's name of each account in every further segmentation, a column each, by account_id."""
    import pandas as pd

    segments, register = run.read_all("segments"), run.read_all("segment_register")
    columns = {}
    for name, title in further_titles(run).items():
        if segments is None or register is None:
            continue
        own = segments[segments["segmentation_id"] == name].drop_duplicates("account_id").set_index("account_id")
        named = register[register["segmentation_id"] == name].set_index("segment_id")[f"name_{run.language}"]
        columns[f"{FURTHER}{title}"] = own["segment_id"].map(named).fillna(own["segment_id"])
    return pd.DataFrame(columns)
