"""Two segmentations made one: crossed, or the second nested into the segments of the first where it adds something."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from segkit.segments.combination_cells import REST, Cell, eligible_cells, keep_few, place_in_cells
from segkit.segments.combination_gains import ALL, rate_nests
from segkit.segments.combination_register import describe_cell_rules, keep_cell_ids, register_cells
from segkit.segments.comparison import describe_sizes
from segkit.segments.membership import apply_moves
from segkit.segments.place import Place
from segkit.tables import TABLES

if TYPE_CHECKING:
    import pandas as pd

NEEDS = "needs"  # method of account rows that rest on needs of persons
DIGITS = 6  # of chances


@dataclass(frozen=True)
class CombinationInputs:
    """One slice of `account_features` (account_id, revenue_12m, margin_12m, revenue_q), and `segments` rows of needs.

    `needs`: account_id, segment_id of a segmentation of persons that is none of the two parts; may be missing.
    """

    features: Any
    needs: Any = None


@dataclass(frozen=True)
class Combined:
    """The model in force, the one that this quarter alone would give, and the tables of notebook 04 by name."""

    model: dict[str, Any]
    challenger_model: dict[str, Any]
    tables: dict[str, Any]


def combine_segments(
    settings: Any, outer: Mapping[str, Any], inner: Mapping[str, Any], inputs: CombinationInputs, place: Place
) -> Combined:
    """Return the combination of two segmentations for a quarter.

    Parameters
    ----------
    settings : CombinedSegmentation
        method, of (outer and inner id), most_segments, least_accounts.
    outer, inner : mapping
        Tables of the two by name: segments, opening_segments, segment_register.
    inputs : CombinationInputs
        What is known of the accounts beside.
    place : Place
        Segmentation, quarter, seed, language, colours, decisions and what the previous run left.

    Returns
    -------
    Combined
        Tables segments, opening_segments, segment_register, segment_sizes, typing_rules, move_warnings and
        combination_gains.

    Notes
    -----
    Which combinations stand alone is decided once and then kept, so that people are not moved because an interval
    passed a limit: anew only where the settings change, or a part lost or won a segment. The gains are told anew in
    every quarter, and the challenger is the division that they would give today.
    """
    pairs = _pair(outer["segments"], inner["segments"], inputs)
    opened = _open_pairs(outer["opening_segments"], inner["opening_segments"], pairs, inputs.features)
    is_need = bool((inner["segments"]["method"] == NEEDS).any())
    gains = rate_nests(pairs, opened, settings.least_accounts, place.seed, is_need)
    fresh = _divide(settings, pairs, gains, place)
    model, came_from = _accept(fresh, pairs, settings, place)
    names = {"outer": outer["segment_register"], "inner": inner["segment_register"]}
    register = register_cells(model, names, place, came_from)
    segments, warnings = _segments(pairs, model, register, place)
    rules = describe_cell_rules(model, pairs)
    columns = list(TABLES["combination_gains"].columns)
    tables = {
        "segments": segments,
        "opening_segments": _opening(opened, segments, model, place),
        "segment_register": register,
        "segment_sizes": describe_sizes(segments, inputs.features, register),
        "typing_rules": rules,
        "move_warnings": warnings,
        "combination_gains": gains.assign(segmentation_id=place.segmentation_id)[columns],
    }
    return Combined(model, fresh, tables)


def _pair(outer: pd.DataFrame, inner: pd.DataFrame, inputs: CombinationInputs) -> pd.DataFrame:
    """Return account_id, outer, inner (empty: the inner one does not know it), both confidences, kept ids, needs."""
    wanted = ["account_id", "segment_id", "confidence", "kept_segment_id"]
    both = outer[wanted].merge(inner[wanted], on="account_id", how="left", suffixes=("", "_inner"))
    both = both.sort_values("account_id", ignore_index=True)
    needs = None
    if inputs.needs is not None:
        needs = both["account_id"].map(inputs.needs.set_index("account_id")["segment_id"])
    sure = both["confidence"].astype(float)
    return both[["account_id"]].assign(
        outer=both["segment_id"],
        inner=both["segment_id_inner"].fillna(REST),
        outer_confidence=sure,
        confidence=both["confidence_inner"].astype(float),
        kept_outer=both["kept_segment_id"].fillna(""),
        kept_inner=both["kept_segment_id_inner"].fillna(REST),
        needs=needs,
    )


def _open_pairs(outer: pd.DataFrame, inner: pd.DataFrame, pairs: pd.DataFrame, features: pd.DataFrame) -> pd.DataFrame:
    """Return account_id, outer, inner at the opening of the quarter, what the account bought in it, and inner now."""
    wanted = ["account_id", "segment_id"]
    both = outer[wanted].merge(inner[wanted], on="account_id", how="left", suffixes=("", "_inner"))
    both = both.sort_values("account_id", ignore_index=True)
    bought = features.set_index("account_id")["revenue_q"] if "revenue_q" in features else {}
    return both[["account_id"]].assign(
        outer=both["segment_id"],
        inner=both["segment_id_inner"].fillna(REST),
        revenue_q=both["account_id"].map(bought).astype(float),
        now=both["account_id"].map(pairs.set_index("account_id")["inner"]),
    )


def _divide(settings: Any, pairs: pd.DataFrame, gains: pd.DataFrame, place: Place) -> dict[str, Any]:
    """Return the model that this quarter gives, its cells numbered in their order."""
    rated = gains[gains["outer_segment_id"] != ALL]
    adding = rated.loc[rated["adds"].astype(bool), "outer_segment_id"].tolist()
    nests = adding if settings.method == "nested" else None
    wanted = eligible_cells(pairs, settings.least_accounts, nests)
    cells = keep_few(wanted, pairs, settings.most_segments)
    outer_ids = sorted(set(pairs["outer"]))
    return {
        "segmentation_id": place.segmentation_id,
        "unit": "account",
        "method": settings.method,
        "rules": {},
        "of": list(settings.of),
        "most_segments": settings.most_segments,
        "least_accounts": settings.least_accounts,
        "fitted_quarter": str(place.quarter),
        "adoption_id": None,
        "why_not": None,
        "adding": adding,
        "n_wanted": len(wanted),
        "outer_ids": outer_ids,
        "cells": _numbered([*cells, *((segment, REST) for segment in outer_ids)]),
    }


def _numbered(cells: list[Cell]) -> list[dict[str, str]]:
    ordered = sorted(cells, key=lambda cell: (cell[0], cell[1] == REST, cell[1]))
    return [{"segment_id": f"X{i + 1}", "outer": a, "inner": b} for i, (a, b) in enumerate(ordered)]


def _accept(fresh: dict[str, Any], pairs: pd.DataFrame, settings: Any, place: Place):
    """Return the model in force (``why``: first, kept, changed) and where new combinations came from."""
    before = place.before
    kept = before.model if before is not None and "cells" in before.model else None
    known = before.register["segment_id"].tolist() if before is not None else []
    held = ("method", "of", "most_segments", "least_accounts")
    if kept is not None and all(kept[name] == fresh[name] for name in held):
        inner = {cell["inner"] for cell in kept["cells"]} - {REST}
        if set(fresh["outer_ids"]) <= set(kept["outer_ids"]) and inner <= set(pairs["inner"]):
            return dict(kept) | {"why": "kept"}, {}
    cells, came_from = keep_cell_ids(fresh, kept, pairs, known)
    return fresh | {"cells": cells, "why": "first" if kept is None else "changed"}, came_from


def label_cells(pairs: pd.DataFrame, model: Mapping[str, Any]) -> np.ndarray:
    """Return the combination of each account by a model; empty where the model does not know its outer segment.

    Parameters
    ----------
    pairs : DataFrame
        outer, inner.
    model : mapping
        Its ``cells``: segment_id, outer, inner (empty: the rest of the outer segment).
    """
    ids = {(cell["outer"], cell["inner"]): cell["segment_id"] for cell in model["cells"]}
    outer, inner = place_in_cells(pairs, list(ids))
    return np.array([ids.get(cell, "") for cell in zip(outer.tolist(), inner.tolist(), strict=True)], dtype=str)


def _segments(pairs: pd.DataFrame, model: Mapping[str, Any], register: pd.DataFrame, place: Place):
    """Return the tables `segments` (without is_contactable) and `move_warnings`."""
    divided = {cell["outer"] for cell in model["cells"] if cell["inner"] != REST}
    both = pairs["outer_confidence"] * pairs["confidence"]
    confidence = np.where(pairs["outer"].isin(divided) & pairs["confidence"].notna(), both, pairs["outer_confidence"])
    frame = pairs[["account_id"]].assign(segment_id=label_cells(pairs, model), method=model["method"])
    active = set(register.loc[register["status"] == "active", "segment_id"])
    moved, warnings = apply_moves(frame, place.moves, place.segmentation_id, active)
    before = place.before
    kept = before.model if before is not None and "cells" in before.model else None
    then = pairs[["kept_outer", "kept_inner"]].set_axis(["outer", "inner"], axis=1)
    names = register.set_index("segment_id")[f"name_{place.language}"]
    segments = moved.assign(
        segmentation_id=place.segmentation_id,
        unit_id=moved["account_id"],
        segment_name=moved["segment_id"].map(names),
        confidence=np.where(moved["is_manual"], np.nan, np.round(confidence, DIGITS)),
        kept_segment_id=None if kept is None else label_cells(then, kept),
        previous_segment_id=None,
        since_quarter=str(place.quarter),
    )
    if kept is not None:
        segments["kept_segment_id"] = segments["kept_segment_id"].replace("", None)
    if before is not None and len(before.segments):
        rows = before.segments
        rows = rows[rows["segmentation_id"] == place.segmentation_id].set_index("account_id")
        segments["previous_segment_id"] = segments["account_id"].map(rows["segment_id"])
        stays = segments["previous_segment_id"] == segments["segment_id"]
        since = segments["account_id"].map(rows["since_quarter"])
        segments["since_quarter"] = since.where(stays, str(place.quarter))
    return segments, warnings


def _opening(opened: pd.DataFrame, segments: pd.DataFrame, model: Mapping[str, Any], place: Place) -> pd.DataFrame:
    """Return table `opening_segments`: the previous run's, else the model on both parts at the opening."""
    columns = ["segmentation_id", "account_id", "segment_id"]
    before = place.before
    if before is not None and before.quarter == place.quarter - 1:
        return before.segments.loc[before.segments["segmentation_id"] == place.segmentation_id, columns]
    labels = label_cells(opened, model)
    frame = opened[["account_id"]].assign(segmentation_id=place.segmentation_id, segment_id=labels)
    moved = segments[segments["is_manual"]].set_index("account_id")["segment_id"]
    is_moved = frame["account_id"].isin(moved.index)
    frame.loc[is_moved, "segment_id"] = frame.loc[is_moved, "account_id"].map(moved)
    return frame.loc[frame["segment_id"] != "", columns].reset_index(drop=True)
