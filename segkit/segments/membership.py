"""Who is in which segment: this quarter, when the quarter opened, since when, and moved by whom."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from segkit.quarters import Quarter
from segkit.segments.accepted import assign_segments, segment_ids
from segkit.tables import no_rows

if TYPE_CHECKING:
    import pandas as pd


def take_slice(panel: pd.DataFrame, as_of: Any) -> pd.DataFrame:
    """Return the rows of `account_features` at one as_of, by account_id; empty where the panel has none."""
    import pandas as pd

    rows = panel[panel["as_of"] == pd.Timestamp(as_of)]
    return rows.sort_values("account_id", ignore_index=True)


def apply_moves(
    assigned: pd.DataFrame, moves: pd.DataFrame, segmentation_id: str, known_segments: set[str]
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the assignment after people's decisions, and the decisions that could not be obeyed.

    Parameters
    ----------
    assigned : DataFrame
        account_id, segment_id, method.
    moves : DataFrame
        decisions/moves.csv: segmentation_id, account_id, segment_id, quarter, author, date, reason; of several rows of
        an account the last one holds, an empty segment_id gives it back to the model.
    segmentation_id : str
        Rows of other segmentations are left alone.
    known_segments : set of str
        Active segments.

    Returns
    -------
    DataFrame
        `assigned` with is_manual and model_segment_id (before decisions); moved accounts have method manual.
    DataFrame
        Table `move_warnings`: segmentation_id, account_id, segment_id, quarter, author, reason (text key:
        segments.move_unknown_account, segments.move_unknown_segment). Nothing is lost: the rows stay in the file.
    """
    mine = moves[moves["segmentation_id"] == segmentation_id].drop_duplicates("account_id", keep="last")
    mine = mine[mine["segment_id"].fillna("") != ""]
    is_account = mine["account_id"].isin(assigned["account_id"])
    is_segment = mine["segment_id"].isin(known_segments)
    unknown = np.where(~is_account, "segments.move_unknown_account", "segments.move_unknown_segment")
    columns = ["segmentation_id", "account_id", "segment_id", "quarter", "author"]
    warnings = mine[columns].assign(reason=unknown)[~(is_account & is_segment)]
    targets = mine[is_account & is_segment].set_index("account_id")["segment_id"]
    target = assigned["account_id"].map(targets)
    is_manual = target.notna()
    moved = assigned.assign(
        segment_id=target.where(is_manual, assigned["segment_id"]),
        method=assigned["method"].where(~is_manual, "manual"),
        is_manual=is_manual,
        model_segment_id=assigned["segment_id"],
    )
    return moved, warnings.reset_index(drop=True)


def build_segments(
    features: pd.DataFrame,
    model: Mapping[str, Any],
    register: pd.DataFrame,
    moves: pd.DataFrame,
    confidence: np.ndarray,
    quarter: Quarter,
    language: str,
    kept: Mapping[str, Any] | None = None,
    previous: pd.DataFrame | None = None,
    since: Mapping[str, str] | None = None,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the table `segments` and the decisions that could not be obeyed.

    Parameters
    ----------
    features : DataFrame
        This quarter's slice of `account_features`.
    model, kept : mapping
        The model in force, and the one of the previous run (None in the first run): kept_segment_id is by that one.
    register : DataFrame
        Table `segment_register` of this quarter; gives names in `language`.
    moves : DataFrame
        decisions/moves.csv.
    confidence : array
        `Draws.confidence`; empty for accounts moved by hand, where a person answers for it.
    previous : DataFrame or None
        Table `segments` of the previous run.
    since : mapping, optional
        account_id → quarter since when it is in its segment, for a first run; see `segments_since`.
    """
    segmentation_id = model["segmentation_id"]
    active = set(register.loc[register["status"] == "active", "segment_id"])
    assigned, warnings = apply_moves(assign_segments(features, model), moves, segmentation_id, active)
    names = register.set_index("segment_id")[f"name_{language}"]
    frame = assigned.assign(
        segmentation_id=segmentation_id,
        unit_id=assigned["account_id"],
        segment_name=assigned["segment_id"].map(names),
        confidence=np.where(assigned["is_manual"], np.nan, confidence),
        kept_segment_id=assign_segments(features, kept)["segment_id"] if kept else None,
        previous_segment_id=None,
        since_quarter=str(quarter),
    )
    if previous is not None:
        before = previous[previous["segmentation_id"] == segmentation_id].set_index("account_id")
        frame["previous_segment_id"] = frame["account_id"].map(before["segment_id"])
        stays = frame["previous_segment_id"] == frame["segment_id"]
        frame["since_quarter"] = frame["account_id"].map(before["since_quarter"]).where(stays, str(quarter))
    elif since is not None:
        frame["since_quarter"] = frame["account_id"].map(since).fillna(str(quarter))
        frame.loc[frame["is_manual"], "since_quarter"] = str(quarter)
    return frame, warnings


def segments_since(panel: pd.DataFrame, model: Mapping[str, Any], quarter: Quarter) -> dict[str, str]:
    """Return for each account the quarter since when the model gives it the segment of today, from the panel.

    Parameters
    ----------
    panel : DataFrame
        `account_features`: the slices at the ends of earlier quarters and at this as_of, the newest.
    """
    import pandas as pd

    dates = sorted(panel["as_of"].unique(), reverse=True)
    today = assign_segments(take_slice(panel, dates[0]), model).set_index("account_id")["segment_id"]
    since = pd.Series(str(quarter), index=today.index)
    unbroken = pd.Series(True, index=today.index)
    for date in dates[1:]:
        then = assign_segments(take_slice(panel, date), model).set_index("account_id")["segment_id"]
        unbroken &= then.reindex(today.index) == today
        since[unbroken] = str(Quarter.of(pd.Timestamp(date).date(), quarter.first_month))
    return since.to_dict()


def open_segments(
    panel: pd.DataFrame,
    model: Mapping[str, Any],
    moves: pd.DataFrame,
    quarter: Quarter,
    previous: pd.DataFrame | None = None,
    previous_quarter: Quarter | None = None,
) -> pd.DataFrame:
    """Return the segment with which each account opened the quarter: table `opening_segments`.

    The segments of the previous run where it is of the quarter before; else the accepted model on the panel at the end
    of the quarter before, with the moves that held then. Empty in the first quarter of the data.
    """
    segmentation_id = model["segmentation_id"]
    if previous is not None and previous_quarter == quarter - 1:
        opened = previous[previous["segmentation_id"] == segmentation_id][["account_id", "segment_id"]]
        return opened.assign(segmentation_id=segmentation_id)
    features = take_slice(panel, (quarter - 1).end)
    starts = moves["quarter"].fillna("")
    is_held = np.array([not q or Quarter.parse(q, quarter.first_month) < quarter for q in starts], dtype=bool)
    assigned = assign_segments(features, model)
    opened, _ = apply_moves(assigned, moves[is_held], segmentation_id, set(segment_ids(model)))
    return opened[["account_id", "segment_id"]].assign(segmentation_id=segmentation_id)


def assign_past(panel: pd.DataFrame, model: Mapping[str, Any], quarter: Quarter) -> pd.DataFrame:
    """Return the segment of each account at the end of every earlier quarter: table `past_segments`.

    The model in force today assigns all of them, without the moves of people: quarters can be compared, and the first
    run has a past. It is no record of what the segments were then; attributes without history are as known today.

    Parameters
    ----------
    panel : DataFrame
        `account_features` (as_of) with the columns that the model asks for.
    model : mapping
        The accepted model.
    quarter : Quarter
        Of the run; it is not part of its own past.
    """
    import pandas as pd

    past = sorted(day for day in panel["as_of"].unique() if pd.Timestamp(day).date() < quarter.start)
    assigned = [
        assign_segments(take_slice(panel, day), model)[["account_id", "segment_id"]].assign(
            quarter=Quarter.of(pd.Timestamp(day).date(), quarter.first_month).label
        )
        for day in past
    ]
    if not assigned:
        return no_rows("past_segments")
    return pd.concat(assigned, ignore_index=True).assign(segmentation_id=model["segmentation_id"])
