"""Why a KPI has no value: keys of the texts."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from segkit.kpis.catalogue import Kpi, kpi_catalogue
from segkit.kpis.figures import ALL
from segkit.quarters import Quarter

if TYPE_CHECKING:
    import pandas as pd

MARGIN_COVERAGE = 0.95  # share of revenue for which the margin must be known


def add_reasons(
    figures: pd.DataFrame,
    measures: pd.DataFrame,
    segments: pd.Series,
    quarter: Quarter,
    quarters: set[str],
    complete: set[str],
) -> pd.DataFrame:
    """Return the figures of one base with `reason`, and without value and limits where there is one.

    Parameters
    ----------
    figures : DataFrame
        segment_id, kpi_id, value, low, high, n_accounts (`score_figures`).
    measures : DataFrame
        One row per account (`account_measures`).
    segments : Series
        segment_id by account_id; empty: not known.
    quarter : Quarter
        The quarter told about.
    quarters, complete : set of str
        Quarters of which there are data, and those that the data cover.
    """
    coverage = _margin_coverage(measures, segments)
    of_run = {
        kpi.kpi_id: _reason_of_run(kpi, measures, quarter, quarters, complete) for kpi in kpi_catalogue().values()
    }
    needs_margin = figures["kpi_id"].map({kpi.kpi_id: kpi.needs_margin for kpi in kpi_catalogue().values()})
    in_segment = figures["segment_id"] != ALL
    doubts = {
        "kpis.reason_no_opening": in_segment & segments.empty,
        "kpis.reason_no_accounts": figures["n_accounts"] == 0,
        "kpis.reason_margin_gaps": needs_margin & (figures["segment_id"].map(coverage) < MARGIN_COVERAGE),
        "kpis.reason_zero": figures["value"].isna(),
    }
    of_segment = np.select(list(doubts.values()), list(doubts), default="")
    known = figures["kpi_id"].map(of_run)
    reason = np.where(known != "", known, of_segment)
    out = figures.assign(reason=[text or None for text in reason])
    out.loc[reason != "", ["value", "low", "high"]] = np.nan
    return out


def _reason_of_run(kpi: Kpi, measures: pd.DataFrame, quarter: Quarter, quarters: set[str], complete: set[str]) -> str:
    """Return why nobody has a value of this KPI in the quarter; empty text where somebody may."""
    if kpi.needs_margin and measures["margin"].isna().all():
        return "kpis.reason_no_margin"
    if kpi.compares == "none":
        return ""
    if quarter.label not in complete:
        return "kpis.reason_incomplete"
    if kpi.compares == "years":
        return "" if measures["revenue_prev_12m"].notna().any() else "kpis.reason_short_history"
    base = quarter - {"previous": 1, "year_ago": 4}[kpi.compares]
    if base.label not in quarters:
        return "kpis.reason_no_base_quarter"
    return "" if base.label in complete else "kpis.reason_base_incomplete"


def _margin_coverage(measures: pd.DataFrame, segments: pd.Series) -> dict[str, float]:
    """Return the share of (absolute) revenue for which the margin is known, by segment and overall."""
    size = measures["revenue"].abs()
    known = size.where(measures["margin"].notna(), 0.0)
    by_segment = segments.reindex(measures.index)
    shares = (known.groupby(by_segment).sum() / size.groupby(by_segment).sum()).fillna(1.0).to_dict()
    return {
        **{str(segment_id): share for segment_id, share in shares.items()},
        ALL: float(known.sum() / size.sum()) if size.sum() else 1.0,
    }
