"""What accounts need: the need most of their persons have, mixed needs, or nothing known."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from segkit.quarters import Quarter
from segkit.segments.membership import apply_moves
from segkit.segments.needs.persons import NONE, UNKNOWN, chances_of
from segkit.statistics.resampling import generator

if TYPE_CHECKING:
    import pandas as pd

MIXED = "MIXED"
METHOD = "needs"
DRAWS = 200
DIGITS = 6


def account_needs(
    placed: pd.DataFrame, account_ids: np.ndarray, segments: list[str], mixed_share: float, seed: int
) -> pd.DataFrame:
    """Return the need of each account.

    Parameters
    ----------
    placed : DataFrame
        Of `persons.place_persons`, with is_counted.
    account_ids : array
        All accounts of the run, sorted.
    segments : list of str
        The needs.
    mixed_share : float
        Share of an account's placed persons that the commonest need must reach.
    seed : int
        The project's seed.

    Returns
    -------
    DataFrame
        account_id, segment_id (a need, MIXED, or UNKNOWN where none of its persons is placed and counted), confidence
        (share of 200 draws of its persons' needs, each by its chances, in which the account gets the same; empty of
        UNKNOWN), n_persons (counted and placed), method.
    """
    import pandas as pd

    frame = pd.DataFrame({"account_id": account_ids.astype(str)})
    rows = placed[placed["is_counted"] & (placed["basis"] != NONE) & placed["account_id"].isin(frame["account_id"])]
    at = np.searchsorted(account_ids.astype(str), rows["account_id"].to_numpy(str))
    position = {segment: j for j, segment in enumerate(segments)}
    labels = rows["segment_id"].map(position).to_numpy(int)
    shape = len(frame), len(segments)
    n_persons = np.bincount(at, minlength=len(frame))
    told = _dominant(at, labels, shape, mixed_share)
    ids = np.array([*segments, MIXED, UNKNOWN], dtype=object)
    ends = np.cumsum(chances_of(rows), axis=1)
    rng = generator(seed, "needs accounts")
    same = np.zeros(len(frame))
    for _ in range(DRAWS if len(rows) else 0):
        drawn = (rng.random((len(rows), 1)) > ends[:, :-1]).sum(axis=1)
        same += _dominant(at, drawn, shape, mixed_share) == told
    is_unknown = n_persons == 0
    confidence = np.where(is_unknown, np.nan, np.round(same / DRAWS, DIGITS))
    return frame.assign(segment_id=ids[told].astype(str), confidence=confidence, n_persons=n_persons, method=METHOD)


def _dominant(at: np.ndarray, labels: np.ndarray, shape: tuple[int, int], mixed_share: float) -> np.ndarray:
    """Return the position of each account's need; k: mixed, k + 1: nobody."""
    n, k = shape
    counts = np.bincount(at * k + labels, minlength=n * k).reshape(n, k) if k else np.zeros((n, 1))
    total = counts.sum(axis=1)
    reaches = counts.max(axis=1) >= mixed_share * np.maximum(total, 1) - 1e-9
    return np.where(total == 0, k + 1, np.where(reaches, counts.argmax(axis=1), k))


def build_accounts(
    needs: pd.DataFrame,
    register: pd.DataFrame,
    moves: pd.DataFrame,
    quarter: Quarter,
    language: str,
    segmentation_id: str,
    kept: pd.DataFrame | None = None,
    previous: pd.DataFrame | None = None,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the tables `segments` (without is_contactable) and `move_warnings`.

    Parameters
    ----------
    needs : DataFrame
        Of `account_needs`.
    kept : DataFrame or None
        The same by the model of the previous run.
    previous : DataFrame or None
        Table `segments` of the previous run.
    """
    active = set(register.loc[register["status"] == "active", "segment_id"])
    assigned, warnings = apply_moves(needs.drop(columns="n_persons"), moves, segmentation_id, active)
    names = register.set_index("segment_id")[f"name_{language}"]
    frame = assigned.assign(
        segmentation_id=segmentation_id,
        unit_id=assigned["account_id"],
        segment_name=assigned["segment_id"].map(names),
        confidence=assigned["confidence"].where(~assigned["is_manual"]),
        kept_segment_id=None if kept is None else kept["segment_id"].to_numpy(),
        previous_segment_id=None,
        since_quarter=str(quarter),
    )
    if previous is not None and len(previous):
        before = previous[previous["segmentation_id"] == segmentation_id].set_index("account_id")
        frame["previous_segment_id"] = frame["account_id"].map(before["segment_id"])
        stays = frame["previous_segment_id"] == frame["segment_id"]
        frame["since_quarter"] = frame["account_id"].map(before["since_quarter"]).where(stays, str(quarter))
    return frame, warnings


def describe_account_rules(needs: pd.DataFrame, model: Mapping[str, Any]) -> pd.DataFrame:
    """Return by which rule an account gets its need: table `typing_rules`, the need, mixed, unknown."""
    import pandas as pd

    share = f"{model['mixed_share']:g}"
    rows = [("UNKNOWN", "nobody placed and counted", "needs.rule_UNKNOWN")]
    rows += [(s, f"share of placed persons with {s} >= {share}", "needs.rule_need") for s in model["segments"]]
    rows += [(MIXED, "all others", "needs.rule_MIXED")]
    frame = pd.DataFrame(rows, columns=["segment_id", "rule", "reason"])
    sizes = needs["segment_id"].value_counts()
    return frame.assign(
        segmentation_id=model["segmentation_id"],
        step=np.arange(1, len(frame) + 1),
        revenue_from=np.nan,
        n_accounts=frame["segment_id"].map(sizes).fillna(0).astype("int64"),
        fidelity=1.0,
    )
