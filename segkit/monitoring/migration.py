"""From which segment to which: every account of the previous run and of this one, with exactly one cause."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from segkit.monitoring.noise import BY_BEHAVIOUR, add_noise
from segkit.monitoring.reasons import add_reasons

if TYPE_CHECKING:
    import pandas as pd

LAPSED, DORMANT = "S6", "DORMANT"
SURE = 0.8
CAUSES = ("stayed", "customer", "lost", "dormant", "new", "merged", "segment", "manual")
MOVED = tuple(cause for cause in CAUSES if cause != "stayed")


@dataclass(frozen=True)
class Moment:
    """The accounts at one as-of: `segments`, their slice of `account_features`, and where the grid's axes put them."""

    segments: Any
    features: Any
    axes: Any


def build_migration(
    segmentation_id: str,
    before: Moment,
    now: Moment,
    merged: pd.DataFrame,
    is_first: bool = False,
    draws: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Return the table `migration`: one row per account that the previous run or this one knows.

    Parameters
    ----------
    segmentation_id : str
        Rows of other segmentations are left alone.
    before, now : Moment
        The previous run (or the segments at the quarter's opening, which need only segmentation_id, account_id,
        segment_id), and this one. `features`: account_id, revenue_12m, revenue_prev_12m, days_since_last, first_date;
        `axes`: account_id, value_class, trend, is_silent.
    merged : DataFrame
        account_id, merged_into, of `segkit.monitoring.merges.find_merged`.
    is_first : bool
        There was no previous run; then the model in force stands for the one before.
    draws : DataFrame, optional
        Table `membership_draws` of the previous run; see `add_noise`.

    Returns
    -------
    DataFrame
        The columns of `migration`. Causes, the first that holds: merged (its records or invoices now stand under
        another account), lost (gone from the data), new, stayed, manual (a decision moved it, or one that held before
        was withdrawn), segment (by the model of the previous run it would be elsewhere), then what its own buying did:
        dormant, lost (twelve months without a line), customer.
    """
    import pandas as pd

    then = _of(before.segments, segmentation_id, ["segment_id", "is_manual"])
    today = _of(now.segments, segmentation_id, ["segment_id", "is_manual", "kept_segment_id", "confidence"])
    both = then.add_suffix("_then").join(today, how="outer").rename_axis("account_id").reset_index()
    frame = pd.DataFrame(
        {
            "segmentation_id": segmentation_id,
            "account_id": both["account_id"],
            "from_segment_id": both["segment_id_then"],
            "kept_segment_id": both["segment_id" if is_first else "kept_segment_id"],
            "to_segment_id": both["segment_id"],
            "merged_into": both["account_id"].map(merged.set_index("account_id")["merged_into"]),
            "confidence": both["confidence"].astype(float),
            "is_manual": _true(both["is_manual"]),
            "was_manual": _true(both["is_manual_then"]),
        }
    )
    frame = frame.assign(cause=name_causes(frame))
    frame["is_doubtful"] = frame["cause"].isin(BY_BEHAVIOUR) & (frame["confidence"] < SURE)
    return add_reasons(_add_figures(add_noise(frame, draws), before, now)).drop(columns=["is_manual", "was_manual"])


def name_causes(frame: pd.DataFrame) -> np.ndarray:
    """Return one cause per row; see `build_migration` for what each means and which goes first."""
    origin, target, kept = (frame[f"{name}_segment_id"].fillna("") for name in ("from", "to", "kept"))
    conditions = {
        "merged": (target == "") & frame["merged_into"].notna(),
        "lost": target == "",
        "new": origin == "",
        "stayed": origin == target,
        "manual": frame["is_manual"] | frame["was_manual"],
        "segment": (kept != "") & (kept != target),
        "dormant": target == DORMANT,
        LAPSED: target == LAPSED,
    }
    named = np.select(list(conditions.values()), list(conditions), "customer")
    return np.where(named == LAPSED, "lost", named)


def select_vanished(before: pd.DataFrame, now: pd.DataFrame) -> pd.DataFrame:
    """Return account_id of the accounts that the previous run's `segments` knows and this one's does not."""
    gone = before.loc[~before["account_id"].isin(now["account_id"]), ["account_id"]]
    return gone.drop_duplicates().sort_values("account_id", ignore_index=True)


def _of(segments: pd.DataFrame, segmentation_id: str, columns: list[str]) -> pd.DataFrame:
    rows = segments[segments["segmentation_id"] == segmentation_id].set_index("account_id")
    return rows.reindex(columns=columns)


def _true(column: pd.Series) -> np.ndarray:
    return column.astype("boolean").fillna(False).to_numpy(bool)


def _add_figures(frame: pd.DataFrame, before: Moment, now: Moment) -> pd.DataFrame:
    """Add what the accounts bought then and now; nothing (0) now for those that are gone from the data."""
    was, is_ = (moment.features.set_index("account_id") for moment in (before, now))
    axis_then, axis = (moment.axes.set_index("account_id") for moment in (before, now))
    account = frame["account_id"]

    def get(source: pd.DataFrame, name: str):
        return account.map(source[name])

    return frame.assign(
        revenue_12m=get(is_, "revenue_12m").astype(float).fillna(0.0),
        revenue_before=get(was, "revenue_12m").astype(float),
        growth=_growth(get(is_, "revenue_12m"), get(is_, "revenue_prev_12m")),
        growth_before=_growth(get(was, "revenue_12m"), get(was, "revenue_prev_12m")),
        days_since_last=get(is_, "days_since_last").astype("Int64"),
        days_before=get(was, "days_since_last").astype("Int64"),
        first_date=get(is_, "first_date"),
        value_class=get(axis, "value_class").replace("", None),
        class_before=get(axis_then, "value_class").replace("", None),
        trend=get(axis, "trend").fillna(""),
        trend_before=get(axis_then, "trend").fillna(""),
        is_silent=_true(get(axis, "is_silent")),
        was_silent=_true(get(axis_then, "is_silent")),
        before_as_of=before.features["as_of"].max() if len(before.features) else None,
    )


def _growth(revenue: pd.Series, earlier: pd.Series) -> pd.Series:
    now, then = revenue.astype(float), earlier.astype(float)
    return now / then.where(then > 0) - 1
