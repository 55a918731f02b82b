"""When the segmentation is due for review, and whether the data say keep, relabel or refit."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from segkit.quarters import Quarter

if TYPE_CHECKING:
    import pandas as pd

    from segkit.settings.monitoring import Monitoring

SURE = 0.8


def plan_review(
    model: Mapping[str, Any],
    as_of: dt.date,
    first_month: int,
    decisions: pd.DataFrame,
    migration: pd.DataFrame,
    drift: pd.DataFrame,
    segments: pd.DataFrame,
    comparison: pd.DataFrame | None,
    settings: Monitoring,
    day: dt.date | None = None,
) -> pd.DataFrame:
    """Return the table `review` of one segmentation: when it is due, and what the data recommend.

    Parameters
    ----------
    model : mapping
        The accepted model: segmentation_id, fitted_quarter.
    as_of : date
        Of the run.
    first_month : int
        First month of the fiscal year.
    decisions : DataFrame
        decisions/refits.csv: segmentation_id, choice (keep, relabel, refit), date of the last review.
    migration, drift, segments : DataFrame
        The tables of this run.
    comparison : DataFrame or None
        `segment_comparison`; None where no challenger was fitted.
    settings : Monitoring
        review_months, model_old_months, better_by, doubtful_share.
    day : date, optional
        Of the review as project.yml sets it; it counts until a review on or after it is noted.

    Notes
    -----
    refit: the challenger explains clearly more of what accounts bought next; or the model is old and its assignments
    blur. relabel: it does not, but criteria have shifted since the year before: the segments hold, what they are called
    may no longer fit. keep: neither.
    """
    import pandas as pd

    segmentation_id = model["segmentation_id"]
    fitted = Quarter.parse(model["fitted_quarter"], first_month).end
    last, choice = _last_review(decisions, segmentation_id)
    due = (pd.Timestamp(last or fitted) + pd.DateOffset(months=settings.review_months)).date()
    due = day if day is not None and (last is None or last < day) else due
    evidence = _evidence(migration, drift, segments, comparison, segmentation_id)
    age = months_between(fitted, as_of)
    recommendation, reason = _recommend(evidence, age, settings)
    row = {
        "segmentation_id": segmentation_id,
        "fitted_quarter": model["fitted_quarter"],
        "age_months": age,
        "last_review": last,
        "review_due": due,
        "is_due": due <= as_of,
        "recommendation": recommendation,
        "reason": f"migration.review_{reason}",
        "choice": choice,
    }
    return pd.DataFrame([row | evidence])


def months_between(start: dt.date, end: dt.date) -> int:
    """Return whole months from one date to another, ends of months counting as whole; 0 where `end` is earlier."""
    months = (end.year - start.year) * 12 + end.month - start.month
    is_month_end = (end + dt.timedelta(days=1)).day == 1
    return max(months - (0 if is_month_end or end.day >= start.day else 1), 0)


def _last_review(decisions: pd.DataFrame, segmentation_id: str) -> tuple[dt.date | None, str | None]:
    """Return day and choice of the last review noted; a day that cannot be read counts as none."""
    import pandas as pd

    mine = decisions[decisions["segmentation_id"] == segmentation_id]
    if mine.empty:
        return None, None
    text = str(mine["date"].iloc[-1])
    day = pd.to_datetime(text, errors="coerce", dayfirst="." in text)
    return (None, None) if pd.isna(day) else (day.date(), str(mine["choice"].iloc[-1]) or None)


def _evidence(migration, drift, segments, comparison, segmentation_id: str) -> dict[str, Any]:
    """Return what speaks for or against the model: drift, doubt, moves by the model alone, the challenger."""
    yearly = drift[(drift["reference"] == "year_before") & (drift["status"] != "unknown")]
    mine = segments[segments["segmentation_id"] == segmentation_id]
    judged = mine["confidence"].dropna()
    known = migration[migration["from_segment_id"].notna() & migration["to_segment_id"].notna()]
    explained = {"accepted": np.nan, "challenger": np.nan}
    if comparison is not None and len(comparison):
        rows = comparison.set_index("method")["next_explained"].astype(float)
        explained = {method: float(rows.get(method, np.nan)) for method in explained}
    return {
        "n_shifted": int((yearly["status"] == "shifted").sum()) if len(yearly) else None,
        "share_doubtful": float((judged < SURE).mean()) if len(judged) else np.nan,
        "share_model_moved": float((known["cause"] == "segment").mean()) if len(known) else np.nan,
        **{f"{method}_explained": value for method, value in explained.items()},
    }


def _recommend(evidence: Mapping[str, Any], age: int, settings: Monitoring) -> tuple[str, str]:
    gain = evidence["challenger_explained"] - evidence["accepted_explained"]
    if gain >= settings.better_by:
        return "refit", "challenger"
    if age > settings.model_old_months and evidence["share_doubtful"] > settings.doubtful_share:
        return "refit", "old_and_doubtful"
    if evidence["n_shifted"]:
        return "relabel", "shifted"
    if age > settings.model_old_months:
        return "keep", "old"
    is_known = evidence["n_shifted"] is not None and gain == gain
    return "keep", "holds" if is_known else "not_comparable"
