"""Why a KPI has no value: keys of the texts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from segkit.kpis.catalogue import Kpi, kpi_catalogue
from segkit.kpis.figures import ALL
from segkit.kpis.units import days

if TYPE_CHECKING:
    import pandas as pd

    from segkit.kpis.inputs import KpiInputs
    from segkit.kpis.units import Frame
    from segkit.kpis.windows import Window

COVERAGE = 0.95  # share of revenue of which the margin must be known, and of won deals of which the amount must be
NO_TABLE = {
    "opportunities": "kpis.reason_no_opportunities",
    "leads": "kpis.reason_no_leads",
    "campaigns": "kpis.reason_no_campaigns",
    "engagements": "kpis.reason_no_engagements",
    "tickets": "kpis.reason_no_tickets",
    "surveys": "kpis.reason_no_surveys",
    "care_costs": "kpis.reason_no_care_costs",
    "account_value": "kpis.reason_no_account_value",
    "lead_scores": "kpis.reason_no_lead_scores",
    "pilots": "kpis.reason_not_measured",
}
ONLY_NOW = {"account_value", "lead_scores"}
DAYS = {
    "opportunities": "created_date",
    "leads": "created_date",
    "engagements": "engagement_date",
    "tickets": "created_date",
    "surveys": "survey_date",
    "care_costs": "cost_date",
}
NO_SEGMENTS = {
    "closing": "kpis.reason_no_closing",
    "opening": "kpis.reason_no_opening",
    "year_ago": "kpis.reason_no_year_ago",
    "before": "kpis.reason_no_before",
}
NOTHING = {
    "decided_deals": "kpis.reason_no_decision",
    "won_with_amount": "kpis.reason_no_won_deal",
    "due_leads": "kpis.reason_no_due_lead",
    "rank_cases": "kpis.reason_no_scored_lead",
    "rated_leads": "kpis.reason_no_rated_lead",
    "costed_leads": "kpis.reason_no_costed_lead",
    "won_with_cost": "kpis.reason_no_acquisition",
    "mails": "kpis.reason_no_mails",
    "visits": "kpis.reason_no_visits",
    "nps_answers": "kpis.reason_no_answers",
    "csat_answers": "kpis.reason_no_answers",
    "orders": "kpis.reason_no_orders",
}
"""Denominator → what is said where it is zero."""


@dataclass(frozen=True)
class Facts:
    """What decides in a quarter whether a KPI can be told.

    Attributes
    ----------
    inputs, window : KpiInputs, Window
        The tables, and the time.
    frames : dict of Frame
        What was measured (`measure_frames`).
    quarters, complete : frozenset of str
        Quarters of which there are data, and those that the data cover.
    is_own : bool
        Whether it is the run's own quarter.
    """

    inputs: KpiInputs
    window: Window
    frames: dict[str, Frame]
    quarters: frozenset[str]
    complete: frozenset[str]
    is_own: bool


def add_reasons(figures: pd.DataFrame, members: dict[str, pd.Series], facts: Facts) -> pd.DataFrame:
    """Return the figures with `reason`, and without value, limits and median where there is one.

    Parameters
    ----------
    figures : DataFrame
        segment_id, kpi_id, base, value, low, high, median, n, n_accounts (`score_figures`).
    members : dict of Series
        By base: segment_id by account_id; empty: not known.
    facts : Facts
        Of the quarter.
    """
    parts = []
    for kpi_id, mine in figures.groupby("kpi_id", sort=False):
        kpi = kpi_catalogue()[str(kpi_id)]
        segments = members[kpi.base]
        of_run = _reason_of_run(kpi, facts)
        reason = (
            np.full(len(mine), of_run, dtype=object) if of_run else _reasons_of_segments(kpi, mine, segments, facts)
        )
        parts.append(mine.assign(reason=[text or None for text in reason]))
    import pandas as pd

    out = pd.concat(parts).sort_index()
    out.loc[out["reason"].notna(), ["value", "low", "high", "median"]] = np.nan
    return out


def _reasons_of_segments(kpi: Kpi, mine: pd.DataFrame, segments: pd.Series, facts: Facts) -> np.ndarray:
    """Return by segment why it has no value; empty text where it has one."""
    in_segment = (mine["segment_id"] != ALL).to_numpy()
    n_accounts = mine["n_accounts"].to_numpy()
    if kpi.frame != "accounts":
        sizes = segments.value_counts()
        n_accounts = np.where(in_segment, mine["segment_id"].map(sizes).fillna(0).to_numpy(int), 1)
    value = mine["value"].to_numpy(float)
    is_empty = np.isnan(value)
    some_open = _share(kpi, mine, segments, facts, "open_deals") > 0 if kpi.frame == "deals" else is_empty & False
    doubts = {
        NO_SEGMENTS[kpi.base]: in_segment & segments.empty,
        "kpis.reason_no_accounts": n_accounts == 0,
        "kpis.reason_margin_gaps": _margin_gaps(kpi, mine, segments, facts),
        "kpis.reason_amount_gaps": _amount_gaps(kpi, mine, segments, facts),
        "kpis.reason_not_reached": np.isinf(value),
        "kpis.reason_all_open": is_empty & some_open & (kpi.kpi_id != "avg_deal_value"),
        NOTHING.get(kpi.denominator or "decided_deals", "kpis.reason_zero"): is_empty,
    }
    return np.select(list(doubts.values()), list(doubts), default="")


def _reason_of_run(kpi: Kpi, facts: Facts) -> str:
    """Return why nobody has a value of this KPI in the quarter; empty text where somebody may."""
    for table in kpi.tables:
        if table in ONLY_NOW and not facts.is_own:
            return "kpis.reason_only_now"
        if table in NO_TABLE and (table == "pilots" or not facts.inputs.given(table)):
            return NO_TABLE[table]
        if table in DAYS and _first_day(facts, table) > (
            facts.window.cohort_end if kpi.window == "cohort" else facts.window.end
        ):
            return "kpis.reason_starts_later"
    if "accounts" not in facts.frames:
        return "kpis.reason_no_accounts"
    if kpi.needs_margin and facts.frames["accounts"].sums["margin"].isna().all():
        return "kpis.reason_no_margin"
    return _reason_of_time(kpi, facts)


def _reason_of_time(kpi: Kpi, facts: Facts) -> str:
    """Return why the quarters to compare do not allow it."""
    quarter = facts.window.quarter
    if kpi.compares == "none":
        return ""
    if quarter.label not in facts.complete:
        return "kpis.reason_incomplete"
    if kpi.compares == "years":
        if not facts.frames["accounts"].sums["revenue_prev_12m"].notna().any():
            return "kpis.reason_short_history"
        known = {(quarter - back).label for back in range(8)} & facts.quarters
        return "" if known <= facts.complete else "kpis.reason_gap"
    base = quarter - {"previous": 1, "year_ago": 4}[kpi.compares]
    if base.label not in facts.quarters:
        return "kpis.reason_no_base_quarter"
    return "" if base.label in facts.complete else "kpis.reason_base_incomplete"


def _first_day(facts: Facts, table: str) -> pd.Timestamp:
    """Return the first day in a table; far away where it names none."""
    import pandas as pd

    first = days(getattr(facts.inputs, table)[DAYS[table]]).min()
    return pd.Timestamp.max if pd.isna(first) else first


def _share(kpi: Kpi, mine: pd.DataFrame, segments: pd.Series, facts: Facts, column: str) -> np.ndarray:
    """Return the sum of a column of the KPI's frame in each row's segment."""
    frame = facts.frames.get(kpi.frame)
    if frame is None:
        return np.zeros(len(mine))
    return np.asarray(mine["segment_id"].map(_sums(frame.sums[column], segments)).fillna(0.0), dtype=float)


def _margin_gaps(kpi: Kpi, mine: pd.DataFrame, segments: pd.Series, facts: Facts) -> np.ndarray:
    """Say where the margin is known for too little of (absolute) revenue."""
    if not kpi.needs_margin or kpi.frame not in facts.frames:
        return np.zeros(len(mine), dtype=bool)
    measures = facts.frames[kpi.frame].sums
    size = measures["revenue"].abs()
    known, whole = _sums(size.where(measures["margin"].notna(), 0.0), segments), _sums(size, segments)
    share = {segment_id: known[segment_id] / total if total else 1.0 for segment_id, total in whole.items()}
    return np.asarray(mine["segment_id"].map(share).fillna(1.0) < COVERAGE)


def _amount_gaps(kpi: Kpi, mine: pd.DataFrame, segments: pd.Series, facts: Facts) -> np.ndarray:
    """Say where too many won deals have no amount: none was written, or its currency has no rate."""
    if kpi.denominator != "won_with_amount":
        return np.zeros(len(mine), dtype=bool)
    without, known = (_share(kpi, mine, segments, facts, name) for name in ("won_no_amount", "won_with_amount"))
    return without > (1 - COVERAGE) * (without + known)


def _sums(column: pd.Series, segments: pd.Series) -> dict[str, float]:
    by_segment = column.groupby(segments.reindex(column.index)).sum().to_dict() if len(segments) else {}
    return {**{str(segment_id): float(total) for segment_id, total in by_segment.items()}, ALL: float(column.sum())}
