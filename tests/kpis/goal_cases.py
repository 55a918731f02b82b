"""A company's KPIs over twelve quarters, made to measure, and goals on them."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pandas as pd

from segkit.kpis.goals import measure_goals
from segkit.quarters import Quarter
from segkit.settings.goals import Goal
from segkit.settings.kpis import KpiSettings

LAST = Quarter.parse("2026Q3")
REGISTER = pd.DataFrame(
    [["value", "S1", "Kernkunden", "Core"], ["value", "S2", "Gelegenheitskunden", "Occasional"]],
    columns=["segmentation_id", "segment_id", "name_de", "name_en"],
)


def series(
    values: list[float | None], kpi_id: str = "logo_churn", segment_id: str = "ALL", half: float = 0.005, **more
):
    """KPI rows, the last value in 2026Q3; the interval reaches `half` to both sides."""
    quarters = [str(LAST - i) for i in range(len(values))][::-1]
    rows = pd.DataFrame({"quarter": quarters, "value": pd.array(values, dtype="float64")})
    told: dict[str, Any] = {"segmentation_id": "value", "segment_id": segment_id, "kpi_id": kpi_id, "n": 500}
    told |= {"base": "opening", "is_small": False, "is_back_cast": False, "is_complete": True, "reason": None}
    return rows.assign(low=rows["value"] - half, high=rows["value"] + half, **{**told, **more})


def goal(**changes: Any) -> Goal:
    given = {"id": "keep", "kpi": "logo_churn", "target": 0.02, "deadline": dt.date(2026, 9, 30)}
    return Goal(**{**given, "owner": "Head of service", "why": "keeping is cheaper", **changes})


def period(quarter: Quarter = LAST) -> pd.DataFrame:
    return pd.DataFrame({"quarter": [quarter.label], "start": [pd.Timestamp(quarter.start)]})


def measured(kpis: pd.DataFrame, *goals: Goal, quarter: Quarter = LAST, previous: pd.DataFrame | None = None):
    """The rows of `goals`, by id."""
    known = kpis[kpis["quarter"] <= quarter.label]
    table = measure_goals(known, goals, period(quarter), REGISTER, previous, KpiSettings())
    return table.set_index("goal_id", drop=False)
