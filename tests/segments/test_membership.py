"""Who is where: decisions obeyed, opening segments, since when, and how sure."""

import numpy as np
import pandas as pd
import pytest

from segkit.quarters import Quarter
from segkit.segments.confidence import grid_stability
from segkit.segments.draws import count_draws
from segkit.segments.grid import assign_grid, grid_rules
from segkit.segments.membership import apply_moves, assign_past, build_segments, open_segments, segments_since
from segkit.segments.register import update_register
from segkit.settings.account_segmentation import AccountSegmentation

from .conftest import AS_OF, PALETTE, crowd, features_of, moves_of

Q3 = Quarter.parse("2026Q3")
GRID = {"segmentation_id": "value", "method": "grid", "rules": grid_rules(AccountSegmentation(key_share=1.0))}
OLD = "2021-01-01"


def slice_at(as_of: str, revenue: dict[str, float], last: dict[str, str] | None = None) -> pd.DataFrame:
    rows = [(a, OLD, (last or {}).get(a, as_of), r, r) for a, r in revenue.items()]
    return features_of(rows, pd.Timestamp(as_of))


def panel() -> pd.DataFrame:
    """a is a champion throughout, b falls from A to C in the last quarter, c has been small for two quarters."""
    return pd.concat(
        [
            slice_at("2026-03-31", {"a": 500, "b": 400, "c": 300}),
            slice_at("2026-06-30", {"a": 500, "b": 400, "c": 5}),
            slice_at("2026-09-30", {"a": 900, "b": 20, "c": 2}),
        ]
    )


def build(features, moves, **others):
    register = update_register(None, GRID, features, Q3, PALETTE)
    confidence = np.full(len(features), 0.9)
    table, warnings = build_segments(features, GRID, register, moves, confidence, Q3, "de", **others)
    return table.set_index("account_id"), warnings


def test_decisions_are_obeyed_and_the_last_row_wins(no_moves):
    features = panel()[panel()["as_of"] == AS_OF]
    moves = moves_of(("b", "S3", "2026Q3"), ("b", "S1", "2026Q3"), ("c", "S3", "2026Q3"), ("c", "", "2026Q3"))
    table, warnings = build(features, moves)
    assert table.loc["b", ["segment_id", "segment_name", "method"]].tolist() == ["S1", "Spitzenkunden", "manual"]
    assert table["is_manual"].tolist() == [False, True, False]
    assert np.isnan(table.loc["b", "confidence"]) and table.loc["a", "confidence"] == 0.9
    assert table.loc["c", "segment_id"] == build(features, no_moves)[0].loc["c", "segment_id"]
    assert warnings.empty


def test_decisions_that_cannot_be_obeyed_are_told(no_moves):
    features = panel()[panel()["as_of"] == AS_OF]
    moves = moves_of(("gone", "S1", "2026Q1"), ("a", "S99", ""))
    table, warnings = build(features, moves)
    assert not table["is_manual"].any()
    told = warnings.set_index("account_id")["reason"].to_dict()
    assert told == {"gone": "segments.move_unknown_account", "a": "segments.move_unknown_segment"}


def test_moves_of_other_segmentations_are_left_alone():
    assigned = pd.DataFrame({"account_id": ["a"], "segment_id": ["S1"], "method": ["grid"]})
    other = moves_of(("a", "S3", "")).assign(segmentation_id="service")
    moved, warnings = apply_moves(assigned, other, "value", {"S3"})
    assert moved["segment_id"].tolist() == ["S1"] and warnings.empty


def test_previous_segment_and_since_when(no_moves):
    features = panel()[panel()["as_of"] == AS_OF]
    first, _ = build(features, no_moves)
    before = first.reset_index().assign(since_quarter="2025Q1")
    before.loc[before["account_id"] == "b", "segment_id"] = "S1"
    before = before[before["account_id"] != "c"]
    later, _ = build(features, no_moves, kept=GRID, previous=before)
    assert later["since_quarter"].tolist() == ["2025Q1", "2026Q3", "2026Q3"]
    assert later["previous_segment_id"].fillna("none").tolist() == ["S1", "S1", "none"]
    assert (later["kept_segment_id"] == later["segment_id"]).all()


def test_since_when_is_known_in_the_first_run():
    assert segments_since(panel(), GRID, Q3) == {"a": "2026Q1", "b": "2026Q3", "c": "2026Q2"}


def test_opening_segments_come_from_the_run_before_or_from_the_panel(no_moves):
    run = pd.DataFrame({"segmentation_id": "value", "account_id": ["a", "x"], "segment_id": ["S3", "S7"]})
    opened = open_segments(panel(), GRID, no_moves, Q3, run, Quarter.parse("2026Q2"))
    assert opened.set_index("account_id")["segment_id"].to_dict() == {"a": "S3", "x": "S7"}
    for previous, quarter in ((None, None), (run, Quarter.parse("2026Q1"))):
        opened = open_segments(panel(), GRID, no_moves, Q3, previous, quarter)
        assert opened.set_index("account_id")["segment_id"].to_dict() == {"a": "S1", "b": "S1", "c": "S7"}
    held = open_segments(panel(), GRID, moves_of(("c", "S3", "2026Q2"), ("b", "S3", "2026Q3")), Q3)
    assert held.set_index("account_id")["segment_id"].to_dict() == {"a": "S1", "b": "S1", "c": "S3"}
    assert open_segments(panel(), GRID, no_moves, Quarter.parse("2025Q4")).empty


def test_the_past_is_told_by_the_model_of_today():
    past = assign_past(panel(), GRID, Q3)
    assert sorted(past["quarter"].unique()) == ["2026Q1", "2026Q2"] and set(past["segmentation_id"]) == {"value"}
    of_c = past[past["account_id"] == "c"].set_index("quarter")["segment_id"]
    assert of_c["2026Q1"] != of_c["2026Q2"] == "S7"
    opened = open_segments(panel(), GRID, moves_of(), Q3).sort_values("account_id")
    latest = past[past["quarter"] == "2026Q2"].sort_values("account_id")
    assert latest["segment_id"].tolist() == opened["segment_id"].tolist()
    assert assign_past(panel(), GRID, Quarter.parse("2025Q4")).empty


def test_confidence_falls_near_a_limit_and_with_irregular_months():
    features = features_of([(f"{i:03d}", OLD, "2026-09-20", 100, before) for i, before in enumerate([100, 131] * 40)])
    features["regularity"] = np.repeat([0.1, 1.5], 40)
    sure = pd.Series(count_draws(features, GRID, 100, seed=1).confidence).groupby(
        [features["regularity"], features["revenue_prev_12m"]]
    )
    regular, regular_near, irregular, irregular_near = sure.mean()
    assert regular > 0.9 and regular > irregular and regular > regular_near
    assert min(irregular, irregular_near) < 0.8


def test_dates_alone_are_certain_and_same_seed_same_confidence():
    features = features_of(
        [("a", OLD, "2023-01-01", 0, 0), ("b", OLD, "2025-08-01", 0, 0)] + [("c", OLD, "2026-09-01", 9, 9)]
    )
    one, two = (count_draws(features, GRID, 30, seed=1).confidence for _ in range(2))
    assert one.tolist() == two.tolist() and one[:2].tolist() == [1, 1]


def test_grid_is_measured_like_the_clusters():
    features, _ = crowd(150, seed=1)
    found = grid_stability(features, GRID, pairs=5, seed=1)
    segments = assign_grid(features, GRID)["segment_id"].nunique()
    assert len(found.pairs) == 5 and len(found.segments) == segments
    assert found.pairs.max() <= 1 and found.segments == pytest.approx(found.segments.clip(0, 1))
