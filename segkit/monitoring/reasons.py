"""Why an account moved, in words: which axis of the grid changed, as a key of the texts with its numbers in the row."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import pandas as pd

AXES = ["trend", "trend_before", "is_silent", "was_silent", "before_as_of"]
BY_TREND = ("S2", "S4")  # the segments that the change of revenue or silence makes
SAME_MONEY = 0.01  # revenue that changed by less than this did not cross a limit: the limit moved


def add_reasons(frame: pd.DataFrame) -> pd.DataFrame:
    """Return the rows of `migration` with reason, a key of the texts, and without the axes it is read from.

    Parameters
    ----------
    frame : DataFrame
        from_segment_id, to_segment_id, kept_segment_id, cause, revenue_12m, revenue_before, days_before, first_date,
        value_class, class_before, is_manual, trend, trend_before (growing, steady, falling), is_silent, was_silent,
        before_as_of.

    Returns
    -------
    DataFrame
        ``migration.reason_…``: of several, the first that holds: the cause where it is none of the account's own, then
        the way in or out of a segment set apart, then silence, trend, class of revenue.
    """
    cause = frame["cause"]
    by_cause = {
        "merged": cause == "merged",
        "gone": (cause == "lost") & frame["to_segment_id"].isna(),
        "first_invoice": (cause == "new") & (frame["first_date"] > frame["before_as_of"]),
        "appeared": cause == "new",
        "stayed": cause == "stayed",
        "manual": (cause == "manual") & frame["is_manual"],
        "manual_withdrawn": cause == "manual",
        "model": (cause == "segment") & (frame["kept_segment_id"] == frame["from_segment_id"]),
        "model_and_customer": cause == "segment",
    }
    conditions = by_cause | _apart(frame) | _axes(frame)
    found = np.select([np.asarray(c, bool) for c in conditions.values()], list(conditions), "profile")
    return frame.assign(reason=np.char.add("migration.reason_", found.astype(str))).drop(columns=AXES)


def _apart(frame: pd.DataFrame) -> dict[str, pd.Series]:
    """Return the ways into and out of the segments that stand apart from classes of revenue."""
    origin, target = frame["from_segment_id"], frame["to_segment_id"]
    return {
        "dormant": target == "DORMANT",
        "lapsed": target == "S6",
        "back": origin.isin(["S6", "DORMANT"]),
        "key": target == "KEY",
        "no_key": origin == "KEY",
        "no_longer_new": origin == "S5",
    }


def _axes(frame: pd.DataFrame) -> dict[str, pd.Series]:
    """Return which axis of the grid changed: silence, trend, class, or only the limit of a class."""
    trend, before = frame["trend"], frame["trend_before"]
    by_trend = frame["from_segment_id"].isin(BY_TREND) | frame["to_segment_id"].isin(BY_TREND)
    ends = frame["to_segment_id"].isin(BY_TREND) | ~frame["from_segment_id"].isin(BY_TREND)
    rank, rank_before = (frame[name].map({"A": 3, "B": 2, "C": 1}) for name in ("value_class", "class_before"))
    up, down = rank > rank_before, rank < rank_before
    change = frame["revenue_12m"] / frame["revenue_before"].where(frame["revenue_before"] > 0) - 1
    reasons = {
        "silent": frame["is_silent"] & ~frame["was_silent"] & (trend != "falling"),
        "buys_again": frame["was_silent"] & ~frame["is_silent"] & (frame["from_segment_id"] == "S4"),
    }
    for now in ("growing", "falling"):
        reasons[f"turned_{now}"] = by_trend & ends & (trend == now) & (before != now)
    for then in ("growing", "falling"):
        reasons[f"no_longer_{then}"] = by_trend & (before == then) & (trend != then)
    return reasons | {
        "limit_fell": up & (change < SAME_MONEY),
        "limit_rose": down & (change > -SAME_MONEY),
        "class_up": up,
        "class_down": down,
    }
