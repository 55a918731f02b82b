"""Segments that last: the kept model, and ids, names and colours over a forced refit."""

import json

import numpy as np
import pandas as pd
import pytest

from segkit.quarters import Quarter
from segkit.segments.accepted import accept_model, assign_segments
from segkit.segments.assessment import assess_challenger
from segkit.segments.challenger import Challenger
from segkit.segments.grid import grid_cuts, grid_rules
from segkit.segments.quarterly import Known
from segkit.segments.register import update_register
from segkit.settings.account_segmentation import AccountSegmentation

from .conftest import PALETTE, crowd

Q2, Q3 = Quarter.parse("2026Q2"), Quarter.parse("2026Q3")
KMEANS = {"method": "kmeans", "bootstrap_pairs": 3, "k_max": 4, "key_share": 1.0}
FOUR = ((9.5, 40, 5), (7.5, 25, 20), (5.5, 8, 60), (3.0, 1, 300))


def accept(features, kept=None, quarter=Q2, known=(), **changes):
    settings = AccountSegmentation(**KMEANS | changes)
    challenger, _ = assess_challenger(features, settings, 1, Known())
    return accept_model(features, kept, challenger, settings, quarter, known)


@pytest.fixture(scope="module")
def first():
    return accept(crowd(240, seed=1)[0])


def test_first_run_fits_and_later_runs_keep(first):
    assert first.why == "first" and first.model["segments"] == ["C1", "C2", "C3"]
    later = accept(crowd(240, seed=9)[0], json.loads(json.dumps(first.model)), Q3)
    assert later.why == "kept" and later.model["fit"] == first.model["fit"]
    assert later.model["fitted_quarter"] == "2026Q2"


def test_new_accounts_are_assigned_by_the_kept_model_alone(first):
    other, group = crowd(60, seed=5)
    segments = assign_segments(other, first.model)
    cuts = grid_cuts(other, first.model)
    alone = [assign_segments(other.iloc[[i]], first.model, cuts)["segment_id"].iloc[0] for i in range(6)]
    assert alone == segments["segment_id"].tolist()[:6]
    assert pd.crosstab(segments["segment_id"], group).gt(0).sum().tolist() == [1, 1, 1]


def test_forced_refit_keeps_ids_of_segments_that_remain(first):
    features, _ = crowd(240, seed=12)
    refit = accept(features, first.model, Q3, known=first.model["segments"], refit="always")
    assert refit.why == "always" and refit.came_from == {} and refit.model["fitted_quarter"] == "2026Q3"
    assert refit.model["fit"] != first.model["fit"]
    before, after = (assign_segments(features, model)["segment_id"] for model in (first.model, refit.model))
    assert (before == after).mean() > 0.97


def test_births_get_ids_that_nobody_ever_had(first):
    features, _ = crowd(240, seed=2, groups=FOUR)
    known = [*first.model["segments"], "C4", "C5"]  # C4 and C5 ended long ago
    refit = accept(features, first.model, Q3, known=known, refit="always", n_segments=4)
    born = set(refit.model["segments"]) - set(first.model["segments"])
    assert born and born.isdisjoint(known) and min(born) == "C6"
    assert set(refit.came_from) == born and set(refit.came_from.values()) <= set(first.model["segments"])


def test_yearly_refit_waits_for_a_year(first):
    features, _ = crowd(120, seed=3)
    assert accept(features, first.model, Quarter.parse("2027Q1"), refit="yearly").why == "kept"
    assert accept(features, first.model, Quarter.parse("2027Q2"), refit="yearly").why == "yearly"


def test_grid_moves_nobody_unless_a_person_changes_its_thresholds():
    features, _ = crowd(60, seed=3)
    none = Challenger(why_not="segments.why_not_asked")
    grid = accept_model(features, None, none, AccountSegmentation(), Q2)
    kept = accept_model(features, json.loads(json.dumps(grid.model)), none, AccountSegmentation(refit="always"), Q3)
    assert (grid.why, kept.why) == ("first", "kept") and kept.model == grid.model
    changed = accept_model(features, grid.model, none, AccountSegmentation(silent_days=90), Q3)
    assert changed.why == "changed" and changed.model["fitted_quarter"] == "2026Q3"


def test_clusters_that_cannot_be_fitted_leave_the_rules_in_force():
    features, _ = crowd(9, seed=3)
    few = accept(features)
    assert few.model["method"] == "grid" and few.why == "first"


def registers(first, n_segments=4):
    features, _ = crowd(240, seed=1)
    register = update_register(None, first.model, features, Q2, PALETTE)
    other, _ = crowd(240, seed=2, groups=FOUR)
    refit = accept(other, first.model, Q3, register["segment_id"], refit="always", n_segments=n_segments)
    return register, update_register(register, refit.model, other, Q3, PALETTE, refit.came_from)


def test_names_and_colours_persist_over_a_refit(first):
    old, new = (frame.set_index("segment_id") for frame in registers(first))
    same = ["name_de", "name_en", "colour", "first_quarter"]
    assert new.loc[old.index, same].equals(old[same])
    born = new.index.difference(old.index)
    assert len(born) and (new.loc[born, "first_quarter"] == "2026Q3").all() and (new.loc[born, "came_from"] != "").all()
    assert new["colour"].is_unique and new["name_de"].is_unique and new["name_en"].is_unique


def test_segments_that_are_gone_are_ended_not_deleted(first):
    old, new = (frame.set_index("segment_id") for frame in registers(first, n_segments=2))
    ended = new[new["status"] == "ended"]
    assert len(ended) and set(ended["last_quarter"]) == {"2026Q2"} and set(ended.index) <= set(old.index)
    assert set(new.loc[new["status"] == "active", "last_quarter"]) == {"2026Q3"}


def test_a_rule_that_comes_back_is_the_same_segment(first):
    features, _ = crowd(60, seed=1)
    grid = {"segmentation_id": "value", "method": "grid", "rules": grid_rules(AccountSegmentation())}
    start = update_register(None, grid, features, Q2, PALETTE * 2).set_index("segment_id")
    middle = update_register(start.reset_index(), first.model, features, Q3, PALETTE * 2)
    again = update_register(middle, grid, features, Q3 + 1, PALETTE * 2).set_index("segment_id")
    assert middle.set_index("segment_id").loc["S1", "status"] == "ended"
    assert again.loc["S1", "status"] == "active" and again.loc["S1", "colour"] == start.loc["S1", "colour"]
    assert set(again[again["status"] == "ended"].index) == {"C1", "C2", "C3"}
    assert start.loc["S4", ["name_de", "name_en"]].tolist() == ["Gefährdete Kunden", "At risk"]


def test_more_segments_than_colours_still_have_one(first):
    features, _ = crowd(60, seed=1)
    grid = {"segmentation_id": "value", "method": "grid", "rules": grid_rules(AccountSegmentation())}
    register = update_register(None, grid, features, Q2, PALETTE[:3])
    assert np.isin(register["colour"], PALETTE[:3]).all()
