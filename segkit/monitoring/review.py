"""When the segmentation is due for review, and whether the data say keep, relabel or refit."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from segkit.quarters import Quarter

if TYPE_CHECKING:
    import pandas as pd

    from segkit.settings.monitoring import Monitoring

SURE = 0.8
BY_RULE = ("grid", "rules", "needs")


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
    stability: pd.DataFrame | None = None,
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
        review_months, model_old_months, better_by, doubtful_share, stable_from.
    day : date, optional
        Of the review as project.yml sets it; it counts until a review on or after it is noted.
    stability : DataFrame, optional
        `segment_stability`: which segment of the model in force comes back least.

    Notes
    -----
    refit: the challenger explains clearly more of what accounts bought next, chance excluded; or the model in force is
    not found again in today's data though a refit is; or it is old and its assignments blur. relabel: none of these,
    but criteria have shifted since the year before: the segments hold, what they are called may no longer fit. keep:
    neither.
    """
    import pandas as pd

    segmentation_id = model["segmentation_id"]
    fitted = Quarter.parse(model["fitted_quarter"], first_month).end
    last, choice = _last_review(decisions, segmentation_id)
    due = (pd.Timestamp(last or fitted) + pd.DateOffset(months=settings.review_months)).date()
    due = day if day is not None and (last is None or last < day) else due
    evidence = _evidence(migration, drift, segments, comparison, segmentation_id)
    age = months_between(fitted, as_of)
    evidence |= _stability(model, comparison, age) | _weakest(model, stability, segments)
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
    found = _compared(comparison)
    return {
        "n_shifted": int((yearly["status"] == "shifted").sum()) if len(yearly) else None,
        "share_doubtful": float((judged < SURE).mean()) if len(judged) else np.nan,
        "share_model_moved": float((known["cause"] == "segment").mean()) if len(known) else np.nan,
        "accepted_explained": found("accepted", "next_explained"),
        "challenger_explained": found("challenger", "next_explained"),
        "challenger_gain": found("challenger", "gain"),
        "gain_low": found("challenger", "gain_low"),
        "gain_high": found("challenger", "gain_high"),
    }


def _compared(comparison: pd.DataFrame | None) -> Callable[[str, str], float]:
    """Return how to read a figure of `segment_comparison` by method and column: NaN where there is none."""
    if comparison is None or comparison.empty:
        return lambda method, column: np.nan
    rows = comparison.drop_duplicates("method").set_index("method")

    def figure(method: str, column: str) -> float:
        known = method in rows.index and column in rows and rows[column].notna()[method]
        return float(rows.loc[method, column]) if known else np.nan

    return figure


def _stability(model: Mapping[str, Any], comparison: pd.DataFrame | None, age: int) -> dict[str, Any]:
    """Return whether the model in force is found again in today's data, and whether a refit would be.

    A fitted model is compared with the challenger, which is the same method fitted on today's accounts (in the quarter
    of its own fit it is the challenger); the limits of a grid are drawn anew on samples of them, because a fit by
    another method would say nothing about its rules.
    """
    figure = _compared(comparison)
    refit = figure("challenger", "global_ari")
    value, basis = figure("accepted", "global_ari"), "samples"
    if model.get("method") not in BY_RULE:
        value, basis = (figure("accepted", "ari_challenger"), "refit") if age else (refit, "samples")
    return {"stability": value, "stability_basis": None if np.isnan(value) else basis, "refit_stability": refit}


def _weakest(model: Mapping[str, Any], stability: pd.DataFrame | None, segments: pd.DataFrame) -> dict[str, Any]:
    """Return the segment of the model in force that comes back least in samples; empty where none was told."""
    if stability is None:
        return {"weakest_segment_id": None, "weakest_overlap": np.nan}
    held = set(segments.loc[segments["segmentation_id"] == model["segmentation_id"], "segment_id"])
    mine = stability[(stability["segmentation_id"] == model["segmentation_id"]) & stability["slsw"].notna()]
    mine = mine[(mine["method"] == model.get("method")) & mine["segment_id"].isin(held)]
    if mine.empty:
        return {"weakest_segment_id": None, "weakest_overlap": np.nan}
    row = mine.sort_values(["slsw", "segment_id"]).iloc[0]
    return {"weakest_segment_id": row["segment_id"], "weakest_overlap": float(row["slsw"])}


def _recommend(evidence: Mapping[str, Any], age: int, settings: Monitoring) -> tuple[str, str]:
    gain, low = evidence["challenger_gain"], evidence["gain_low"]
    is_old = age > settings.model_old_months
    if gain >= settings.better_by and low > 0:
        return "refit", "challenger"
    if evidence["stability"] < settings.stable_from:
        is_found_again = evidence["refit_stability"] >= settings.stable_from
        return ("refit", "unstable") if is_found_again else ("keep", "unstable_anyhow")
    if is_old and evidence["share_doubtful"] > settings.doubtful_share:
        return "refit", "old_and_doubtful"
    if evidence["n_shifted"]:
        return "relabel", "shifted"
    if gain >= settings.better_by:
        return "keep", "not_sure"
    if is_old:
        return "keep", "old"
    is_known = evidence["n_shifted"] is not None and gain == gain
    return "keep", "holds" if is_known else "not_comparable"
