"""The table `goals`: how far each goal has come, whether it will be reached, and the verdict at its deadline."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from segkit.errors import UserError
from segkit.kpis.catalogue import kpi_catalogue
from segkit.kpis.figures import ALL
from segkit.kpis.goal_forecast import Forecast, predict
from segkit.kpis.goal_history import attainability, deadline_quarter, number_of, plain, series_of, usable
from segkit.kpis.tracking import quarter_of
from segkit.quarters import Quarter
from segkit.settings.goals import bounds_of

if TYPE_CHECKING:
    import pandas as pd

    from segkit.settings.goals import Goal
    from segkit.settings.kpis import KpiSettings

COLUMNS = "goal_id kpi_id segmentation_id segment_id base owner why baseline baseline_quarter first_quarter".split()
COLUMNS += "target deadline deadline_quarter quarter value low high n is_small progress trend n_quarters".split()
COLUMNS += "expected expected_low expected_high attainability best_change status is_final reason".split()
SAME = ["kpi_id", "segmentation_id", "segment_id", "target", "deadline"]  # what makes a goal the one of the run before
NUMBERS = "baseline value low high progress trend expected expected_low expected_high best_change".split()


def measure_goals(
    kpis: pd.DataFrame,
    goals: Sequence[Goal],
    period: pd.DataFrame,
    register: pd.DataFrame,
    previous: pd.DataFrame | None,
    settings: KpiSettings,
) -> pd.DataFrame:
    """Return the table `goals`, in the order of the settings.

    At the deadline a goal is reached or missed only when the interval of its value is clear of the target, else
    undecidable; that verdict stays. Before, it is on track or off track only when the prediction interval at the
    deadline is. Incomplete quarters are never used.

    Parameters
    ----------
    kpis : DataFrame
        The table `kpis` of all segmentations and quarters.
    goals : sequence of Goal
        The section `goals` of project.yml.
    period : DataFrame
        `run_period`: quarter, start.
    register : DataFrame
        `segment_register` of all segmentations: segmentation_id, segment_id, name_de, name_en.
    previous : DataFrame, optional
        The table `goals` of the previous run: baselines that it measured, and verdicts.
    settings : KpiSettings
        Confidence of the intervals.

    Raises
    ------
    UserError
        A segment that no run knows, a deadline that was over before any run knew the goal; all at once.
    """
    import pandas as pd

    quarter = quarter_of(period)
    before = {} if previous is None else {row["goal_id"]: row for row in previous.to_dict("records")}
    problems = find_problems(goals, register, set(before), quarter)
    if problems:
        raise UserError([f"project.yml: {problem}" for problem in problems])
    known = set(zip(register["segmentation_id"], register["segment_id"], strict=True))
    rows = [_measure(goal, kpis, quarter, known, before.get(goal.id), settings) for goal in goals]
    table = pd.DataFrame(rows, columns=COLUMNS)
    types = {"deadline": "datetime64[us]", "n": "int64", "n_quarters": "int64", "is_small": bool, "is_final": bool}
    return table.astype({**dict.fromkeys([*NUMBERS, "target"], "float64"), **types})


def find_problems(goals: Sequence[Goal], register: pd.DataFrame, known_goals: set[str], quarter: Quarter) -> list[str]:
    """Return why goals cannot be measured: a segment nobody knows, a deadline that is over.

    Parameters
    ----------
    goals : sequence of Goal
        Their segmentations exist.
    register : DataFrame
        segmentation_id, segment_id, name_de, name_en; a segmentation without rows is not known yet, and not judged.
    known_goals : set of str
        Ids of the goals of earlier runs; their segments and deadlines have been judged.
    quarter : Quarter
        The run's quarter.
    """
    problems = []
    for place, goal in enumerate(goals):
        if goal.id in known_goals:
            continue
        if goal.deadline < quarter.start:
            problems.append(
                f"goals.{place}.deadline: {goal.deadline} is over before {quarter} begins, and no earlier run knows "
                f"the goal {goal.id}. Give it a later deadline, or take it out."
            )
        segments = register[register["segmentation_id"] == goal.segmentation]
        if goal.segment and len(segments) and goal.segment not in {ALL, *segments["segment_id"]}:
            problems.append(f"goals.{place}.segment: {_unknown_segment(goal, segments)}")
    return problems


def _unknown_segment(goal: Goal, segments: pd.DataFrame) -> str:
    names: dict[str, str] = {}
    for row in segments.sort_values("segment_id").itertuples():
        names |= {str(name).casefold(): str(row.segment_id) for name in (row.segment_id, row.name_de, row.name_en)}
    nearest = difflib.get_close_matches(str(goal.segment).casefold(), names, n=1, cutoff=0.5)
    called = segments.set_index("segment_id")["name_de"]
    meant = f"Did you mean {names[nearest[0]]} ({called[names[nearest[0]]]})?" if nearest else ""
    known = ", ".join(f"{segment_id} ({name})" for segment_id, name in sorted(called.items()))
    return f"{goal.segmentation} has no segment {goal.segment}. {meant or f'Segments: {known}.'}"


def _measure(
    goal: Goal, kpis: pd.DataFrame, quarter: Quarter, known: set[tuple[str, str]], before: dict[str, Any] | None,
    settings: KpiSettings,
) -> dict[str, Any]:  # fmt: skip
    """Return one row of the table."""
    import pandas as pd

    segment_id = goal.segment or ALL
    end = deadline_quarter(goal.deadline, quarter.first_month)
    row: dict[str, Any] = {
        **dict.fromkeys(COLUMNS),
        **{"goal_id": goal.id, "kpi_id": goal.kpi, "segmentation_id": goal.segmentation, "segment_id": segment_id},
        **{"base": kpi_catalogue()[goal.kpi].base, "owner": goal.owner, "why": goal.why, "target": goal.target},
        **{"deadline": pd.Timestamp(goal.deadline), "deadline_quarter": end.label, "is_final": False},
        **{"first_quarter": quarter.label},
    }
    if before is not None and all(row[name] == before[name] for name in SAME):
        if before["is_final"]:
            return {**before, "owner": goal.owner, "why": goal.why}
        row["first_quarter"] = before["first_quarter"]
    else:
        before = None
    is_due = end.label <= quarter.label
    series = series_of(kpis, goal.kpi, goal.segmentation, segment_id, min(end.label, quarter.label))
    history = usable(series)
    row |= _start(goal, history, before)
    told = series.iloc[-1] if is_due and len(series) else history.iloc[-1] if len(history) else None
    is_end = told is not None and told["quarter"] == end.label
    if told is None or (is_due and not (is_end and bool(told["is_complete"]))) or told["value"] != told["value"]:
        gone = segment_id != ALL and (goal.segmentation, segment_id) not in known
        return row | _no_value(series, quarter, end, "goals.segment_gone" if gone else None)
    row |= {"quarter": told["quarter"], "n": int(told["n"]), "is_small": bool(told["is_small"])}
    row |= {name: plain(told[name]) for name in ("value", "low", "high")}
    row |= {"n_quarters": len(history), "progress": _progress(row)}
    ahead = number_of(end.label) - number_of(row["quarter"])
    numbers, values = np.array([number_of(q) for q in history["quarter"]]), history["value"].to_numpy(float)
    forecast = predict(numbers, values, max(ahead, 1), settings.confidence)
    row |= _attain(goal, row, history, end, forecast)
    row["trend"] = forecast.trend if forecast else None
    return row | (_final(goal, row) if ahead == 0 else _open(goal, row, forecast))


def _start(goal: Goal, history: pd.DataFrame, before: dict[str, Any] | None) -> dict[str, Any]:
    """Return the baseline: of project.yml, else as the first run measured it."""
    if goal.baseline is not None:
        return {"baseline": goal.baseline, "baseline_quarter": None}
    if before is not None and isinstance(before["baseline_quarter"], str):
        return {"baseline": before["baseline"], "baseline_quarter": before["baseline_quarter"]}
    if history.empty:
        return {"baseline": None, "baseline_quarter": None}
    return {"baseline": float(history["value"].iloc[-1]), "baseline_quarter": history["quarter"].iloc[-1]}


def _no_value(series: pd.DataFrame, quarter: Quarter, end: Quarter, reason: str | None) -> dict[str, Any]:
    """Return a goal that cannot be measured, with the reason of the newest quarter."""
    newest = series.iloc[-1] if len(series) else None
    if reason is None and newest is not None:
        reason = newest["reason"] if isinstance(newest["reason"], str) else "kpis.reason_incomplete"
    place = min(end.label, quarter.label) if newest is None else str(newest["quarter"])
    why = {"status": "not_measured", "reason": reason or "goals.never_measured"}
    return {"quarter": place, "n": 0, "is_small": True, "n_quarters": 0, **why}


def _progress(row: dict[str, Any]) -> float | None:
    """Return the share of the way; None where the start is as good as the target: then the goal is to hold it."""
    if row["baseline"] is None:
        return None
    way, better = row["target"] - row["baseline"], kpi_catalogue()[row["kpi_id"]].better
    if (way <= 0) if better == "up" else (way >= 0):
        return None
    return round((row["value"] - row["baseline"]) / way, 12) + 0.0


def _attain(
    goal: Goal, row: dict[str, Any], history: pd.DataFrame, end: Quarter, forecast: Forecast | None
) -> dict[str, Any]:
    start = row["baseline_quarter"] or row["first_quarter"]
    if row["progress"] is None:
        return {"attainability": "unknown", "best_change": None}
    past, better = history[history["quarter"] <= start], kpi_catalogue()[goal.kpi].better
    is_seasonal = forecast.is_seasonal if forecast else False
    told, best = attainability(past, start, end.label, goal.target - row["baseline"], better, is_seasonal)
    return {"attainability": told, "best_change": best}


def _final(goal: Goal, row: dict[str, Any]) -> dict[str, Any]:
    """Return the verdict at the deadline."""
    if row["low"] is None or row["high"] is None:
        return {"status": "undecidable", "is_final": True, "reason": "goals.no_interval"}
    status = {1: "reached", 0: "undecidable", -1: "missed"}[_side(goal, row["low"], row["high"])]
    return {"status": status, "is_final": True, "reason": f"goals.{status}"}


def _open(goal: Goal, row: dict[str, Any], forecast: Forecast | None) -> dict[str, Any]:
    """Return what is to be expected at the deadline."""
    if forecast is None:
        return {"status": "undecidable", "reason": "goals.short_history"}
    if forecast.low == forecast.high:  # a KPI that never changed tells nothing about how much it may
        return {"status": "undecidable", "reason": "goals.never_changed"}
    lowest, highest = bounds_of(goal.kpi)
    expected, low, high = (min(max(x, lowest), highest) for x in (forecast.expected, forecast.low, forecast.high))
    status = {1: "on_track", 0: "undecidable", -1: "off_track"}[_side(goal, low, high)]
    reason = f"goals.{status}" if status != "undecidable" else "goals.open"
    return {"expected": expected, "expected_low": low, "expected_high": high, "status": status, "reason": reason}


def _side(goal: Goal, low: float, high: float) -> int:
    """Return 1 where a whole interval meets the target, -1 where none of it does, else 0."""
    if kpi_catalogue()[goal.kpi].better == "up":
        return 1 if low >= goal.target else -1 if high < goal.target else 0
    return 1 if high <= goal.target else -1 if low > goal.target else 0
