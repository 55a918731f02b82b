"""The quarters that tell about a goal: which one it is measured in, what came before, and how far a KPI ever moved."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from segkit.kpis.figures import ALL
from segkit.quarters import Quarter

if TYPE_CHECKING:
    import datetime as dt

    import pandas as pd

USUAL_SHARE = 0.25  # a change that a quarter of all spans brought is usual
LEAST_SPANS = 4
AHEAD = ["expected", "expected_low", "expected_high"]
SERIES = ["quarter", "value", "low", "high", "n", "is_small", "is_back_cast", "is_complete", "reason"]


def number_of(quarter: str) -> int:
    """Return a quarter as a number; neighbours differ by one."""
    parsed = Quarter.parse(quarter)
    return parsed.year * 4 + parsed.number - 1


def deadline_quarter(deadline: dt.date, first_month: int) -> Quarter:
    """Return the quarter whose value counts at a deadline: the last one that ends on that day or before it."""
    quarter = Quarter.of(deadline, first_month)
    return quarter if quarter.end <= deadline else quarter - 1


def series_of(kpis: pd.DataFrame, kpi_id: str, segmentation_id: str, segment_id: str, last: str) -> pd.DataFrame:
    """Return the quarters of one KPI and segment up to `last`, oldest first.

    Parameters
    ----------
    kpis : DataFrame
        The table `kpis`: segmentation_id, segment_id, kpi_id, quarter, value, low, high, n, is_small, is_complete,
        reason.
    kpi_id, segmentation_id, segment_id, last : str
        Of all accounts every segmentation tells the same; where that of the goal is not told, another one is taken.

    Returns
    -------
    DataFrame
        `SERIES`, one row per quarter.
    """
    rows = kpis[(kpis["kpi_id"] == kpi_id) & (kpis["segment_id"] == segment_id) & (kpis["quarter"] <= last)]
    own = rows[rows["segmentation_id"] == segmentation_id]
    chosen = rows if own.empty and segment_id == ALL else own
    ordered = chosen.sort_values(["quarter", "segmentation_id"], kind="stable")
    return ordered.drop_duplicates("quarter")[SERIES].reset_index(drop=True)


def usable(series: pd.DataFrame) -> pd.DataFrame:
    """Return the quarters that may be compared: complete ones with a value."""
    return series[series["is_complete"].astype(bool) & series["value"].notna()].reset_index(drop=True)


def attainability(
    series: pd.DataFrame, start: str, deadline: str, wanted: float, better: str, is_seasonal: bool
) -> tuple[str, float | None]:
    """Return how a wanted change compares with those the KPI made over equally long times, and the best of them.

    Parameters
    ----------
    series : DataFrame
        Usable quarters up to the start: quarter, value.
    start, deadline : str
        Quarters between which the change is wanted.
    wanted : float
        Target less baseline, in the KPI's unit.
    better : str
        ``up`` or ``down``.
    is_seasonal : bool
        Only times that begin in the same quarter of the year are compared, unless the time is whole years.

    Returns
    -------
    (str, float or None)
        ``usual`` (at least a quarter of the times brought as much), ``ambitious`` (some did), ``unheard_of`` (none
        did) or ``unknown`` (fewer than four times), and the change of the best time with its sign.
    """
    span = number_of(deadline) - number_of(start)
    if span < 1:
        return "unknown", None
    values = {number_of(quarter): value for quarter, value in zip(series["quarter"], series["value"], strict=True)}
    fits = [q for q in values if q + span in values]
    if is_seasonal and span % 4:
        fits = [q for q in fits if (q - number_of(start)) % 4 == 0]
    sign = 1.0 if better == "up" else -1.0
    changes = np.array([sign * (values[q + span] - values[q]) for q in fits])
    if len(changes) < LEAST_SPANS:
        return "unknown", None
    best, needed = float(changes.max()), sign * wanted
    share = float((changes >= needed - 1e-12).mean())
    told = "usual" if share >= USUAL_SHARE else "ambitious" if share > 0 else "unheard_of"
    return told, round(sign * best, 12)


def goal_series(goals: pd.DataFrame, kpis: pd.DataFrame) -> pd.DataFrame:
    """Return what charts of goals are drawn from: each goal's quarters, and the quarter of its deadline.

    Parameters
    ----------
    goals, kpis : DataFrame
        The tables; of `kpis` the newest quarter is the run's.

    Returns
    -------
    DataFrame
        goal_id, quarter, value, low, high (empty in an incomplete quarter), is_back_cast, and expected, expected_low,
        expected_high in the quarter that counts at the deadline.
    """
    import pandas as pd

    parts = []
    for row in goals.to_dict("records"):
        newest = str(kpis["quarter"].max())
        told = usable(series_of(kpis, row["kpi_id"], row["segmentation_id"], row["segment_id"], newest))
        first, end = [*told["quarter"], row["quarter"]][0], row["deadline_quarter"]
        last = max([end, *told["quarter"]])
        every = [str(quarter) for quarter in Quarter.between(Quarter.parse(first), Quarter.parse(last))]
        frame = told.set_index("quarter")[["value", "low", "high", "is_back_cast"]].reindex(every)
        ahead = {name: pd.Series({end: row[name]}).reindex(every) for name in AHEAD}
        frame = frame.assign(**ahead)
        frame["is_back_cast"] = frame["is_back_cast"].astype("boolean").fillna(False).astype(bool)
        parts.append(frame.rename_axis("quarter").reset_index().assign(goal_id=row["goal_id"]))
    columns = ["goal_id", "quarter", "value", "low", "high", "is_back_cast", *AHEAD]
    return pd.concat(parts, ignore_index=True)[columns] if parts else pd.DataFrame(columns=columns)


def plain(number: Any) -> float | None:
    """Return a figure as a plain number; None where there is none."""
    return None if number is None or number != number else float(number)
