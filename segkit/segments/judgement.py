"""What people put into a segmentation, for page 04: rules, moves, and which two segmentations they combine."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from segkit.quarters import Quarter
from segkit.segments.combination_findings import describe_cells_in_words, describe_combination
from segkit.segments.grid import BY_RULE, assign_grid
from segkit.segments.manual_moves import describe_experience, list_moves
from segkit.segments.rule_checks import check_rules, count_rules, describe_counts
from segkit.tables import no_rows

if TYPE_CHECKING:
    import pandas as pd

Sentences = list[tuple[str, dict[str, Any]]]


def check_hand_rules(found: Mapping[str, Any], features: pd.DataFrame) -> tuple[pd.DataFrame, dict[str, Sentences]]:
    """Return table `rule_counts` of all segmentations by hand-made rules, and what is wrong with their rules by id.

    Parameters
    ----------
    found : mapping
        segmentation_id → `Segmented` or its like; those whose model has ``hand_rules`` count.
    features : DataFrame
        This quarter's slice of `account_features`, with the columns that the rules name.
    """
    import pandas as pd

    frames, told = [], {}
    for name, one in found.items():
        rules = one.model.get("hand_rules")
        if rules:
            apart = assign_grid(features, one.model)["segment_id"].isin(BY_RULE).to_numpy()
            frames.append(count_rules(rules, features, name, apart))
            told[name] = check_rules(rules, features, frames[-1])
    return (pd.concat(frames, ignore_index=True) if frames else no_rows("rule_counts")), told


def judge(
    found: Mapping[str, Any], segments: pd.DataFrame, moves: pd.DataFrame, quarter: Quarter, before: Any, features: Any
) -> dict[str, pd.DataFrame]:
    """Return the tables `manual_moves`, `rule_counts` and, where nothing is combined, an empty `combination_gains`.

    Parameters
    ----------
    found : mapping
        segmentation_id → `Segmented` or its like.
    segments : DataFrame
        Table `segments` of all of them.
    moves : DataFrame
        decisions/moves.csv, with merged accounts followed.
    quarter : Quarter
        Of the run.
    before : DataFrame or None
        Table `manual_moves` of the previous run.
    features : DataFrame
        As for `check_hand_rules`.
    """
    counts, _ = check_hand_rules(found, features)
    tables = {"manual_moves": list_moves(moves, segments, quarter, before), "rule_counts": counts}
    is_combined = any("combination_gains" in one.tables for one in found.values())
    return tables if is_combined else tables | {"combination_gains": no_rows("combination_gains")}


def describe_judgement(name: str, model: Mapping[str, Any], tables: Mapping[str, pd.DataFrame]) -> Sentences:
    """Return what page 04 says of one segmentation: its rules, its combinations, and whom people moved.

    Parameters
    ----------
    name : str
        segmentation_id.
    model : mapping
        Its model; ``rule_warnings``: what `check_hand_rules` told.
    tables : mapping
        segments, segment_register, segment_sizes, typing_rules, rule_counts, combination_gains, manual_moves, with the
        rows of all segmentations.
    """
    own = {key: frame[frame["segmentation_id"] == name] for key, frame in tables.items()}
    told: Sentences = []
    if len(own["rule_counts"]):
        told += describe_counts(own["rule_counts"])
        told += [(key, numbers) for key, numbers in model.get("rule_warnings", [])]
    if "cells" in model:
        register = tables["segment_register"]
        outer = register[register["segmentation_id"] == model["of"][0]]
        told += describe_combination(model, own["combination_gains"], own["segment_sizes"], outer)
        told += describe_cells_in_words(own["typing_rules"], own["segment_sizes"], model)
    return told + describe_experience(own["manual_moves"], own["segments"], own["segment_register"]).get(name, [])
