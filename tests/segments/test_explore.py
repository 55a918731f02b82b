"""A wish becomes a division, or one sentence; a division keeps its colours; two of them are compared in money."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from segkit.segments.explore import trial as trial_module
from segkit.segments.explore.beside import compare
from segkit.segments.explore.dress import Dressed, dress_force, dress_trial, in_order
from segkit.segments.explore.duration import Clock
from segkit.segments.explore.figures import describe_profile, measure_sizes
from segkit.segments.explore.history import History
from segkit.segments.explore.picture import Axis, find_axes, find_inside, make_axis, points_drawn
from segkit.segments.explore.scenario import check_name, make_patch, suggest_name
from segkit.segments.explore.trial import Trial, try_out
from segkit.segments.explore.wish import THRESHOLDS, as_number, read_wish
from segkit.settings.account_segmentation import AccountSegmentation
from segkit.statistics.clusterings import adjusted_rand
from segkit.texts import LANGUAGES, has, say

from .conftest import PALETTE, crowd

SETTINGS = AccountSegmentation(criteria={"revenue_12m": 1.0, "frequency_12m": 1.0, "days_since_last": 1.0})
OFFERED = ["revenue_12m", "frequency_12m", "days_since_last", "region"]
KMEANS = {"method": "kmeans", "n_segments": 3, "criteria": dict.fromkeys(OFFERED[:3], 1)}


@pytest.fixture(scope="module")
def accounts() -> tuple[pd.DataFrame, np.ndarray]:
    frame, group = crowd(240, 7)
    return frame.assign(region=np.array(["Nord", "Süd", "West"])[group]), group


def wished(**changes) -> AccountSegmentation:
    found, problem = read_wish(KMEANS | changes, SETTINGS, OFFERED, 240)
    assert problem is None and found is not None
    return found


def end_of(steps):
    """What a generator of steps returns."""
    try:
        while True:
            next(steps)
    except StopIteration as end:
        return end.value


@pytest.mark.parametrize(("asked", "key"), [
    ({"criteria": {}}, "no_criteria"), ({"criteria": None}, "no_criteria"),
    ({"criteria": {"age": 1}}, "unknown_criterion"),
    ({"criteria": {"region": "?"}}, "weight"), ({"criteria": {"region": -1}}, "weight"),
    ({"criteria": {"region": 11}}, "weight"),
    ({"n_segments": 400}, "k_most"), ({"n_segments": 1}, "k_small"), ({"n_segments": 2.5}, "k_small"),
    ({"n_segments": None}, "k_small"), ({"method": "magic"}, "not_understood"), ({"method": "rules"}, "no_rules"),
    ({"method": ["grid"]}, "not_understood"), ({"thresholds": {"key_share": 7}}, "threshold"),
    ({"thresholds": {"silent_days": "x"}}, "threshold"), ({"thresholds": {"seed": 1}}, "not_understood"),
    ({"thresholds": {"lapsed_months": 30}}, "order"), ({"thresholds": {"class_a_share": 0.97}}, "order"),
])  # fmt: skip
def test_every_mistake_is_one_sentence_in_both_languages(asked, key):
    found, problem = read_wish(KMEANS | asked, SETTINGS, OFFERED, 240)
    assert found is None and problem is not None and problem[0] == f"explore.warn_{key}"
    for language in LANGUAGES:
        sentence = say(problem[0], language, **problem[1])
        assert sentence.endswith((".", "!")) and "{" not in sentence


def test_too_many_segments_for_the_accounts():
    assert read_wish(KMEANS | {"n_segments": 9}, SETTINGS, OFFERED, 80)[1][0] == "explore.warn_k_large"
    assert read_wish(KMEANS, SETTINGS, OFFERED, 12)[1][0] == "explore.warn_few_accounts"
    assert read_wish("x", SETTINGS, OFFERED, 240)[1][0] == "explore.warn_not_understood"


def test_a_typed_number_may_have_a_comma():
    assert (
        as_number(" 1,5 ") == 1.5
        and as_number("nan") is None
        and as_number(True) is None
        and as_number("1e999") is None
    )
    assert wished(criteria={"revenue_12m": "2,5"}).criteria == {"revenue_12m": 2.5}


def test_it_finds_the_groups_that_are_there(accounts):
    frame, group = accounts
    steps = list(try_out(frame, wished(), 1))
    shown = [step.trial for step in steps if step.trial is not None]
    trial = end_of(try_out(frame, wished(), 1))
    assert steps[-1].done == steps[-1].of and len(shown) == 1 and np.isnan(shown[0].agreement)
    placed = pd.crosstab(group, trial.segments)
    assert (placed.max(axis=1) / placed.sum(axis=1)).min() > 0.9 and trial.agreement > 0.9
    again = end_of(try_out(frame, wished(), 1))
    assert (again.segments == trial.segments).all() and again.agreement == trial.agreement


@pytest.mark.parametrize("method", ["kmeans", "kmedoids", "ward", "gaussian", "mixture", "tree", "density"])
def test_a_first_answer_is_near_the_full_one_which_it_does_not_change(accounts, method, monkeypatch):
    monkeypatch.setattr(trial_module, "FIRST_ROWS", 120)
    frame, settings = accounts[0], wished(method=method)
    steps = [step.trial for step in try_out(frame, settings, 1, "before") if step.trial is not None]
    only = end_of(try_out(frame, settings, 1, "only"))
    assert [trial.is_first for trial in steps] == [True, False] and steps[0].n_fitted == 120
    assert only.is_first and (only.segments == steps[0].segments).all() and len(only.segments) == 240
    assert (steps[1].segments == end_of(try_out(frame, settings, 1)).segments).all()
    if method not in ("tree", "density"):
        assert adjusted_rand(steps[0].segments, steps[1].segments) > 0.8


@pytest.mark.parametrize("method", ["grid", "kmedoids", "ward", "gaussian", "mixture", "tree", "density"])
def test_every_method_can_be_tried(accounts, method):
    trial = end_of(try_out(accounts[0], wished(method=method), 1))
    assert isinstance(trial, Trial) and len(trial.segments) == 240


def test_what_cannot_be_tried_says_why(accounts):
    frame = accounts[0].assign(region="Nord")
    assert end_of(try_out(frame, wished(criteria={"region": 1}), 1))[0] == "explore.warn_nothing_left"
    few = accounts[0].assign(region=np.where(np.arange(240) < 120, "Nord", "Süd"))
    assert end_of(try_out(few, wished(criteria={"region": 1}), 1))[0] == "explore.warn_alike"


def register_of(*segments: str) -> pd.DataFrame:
    names = [f"Name {s}" for s in segments]
    return pd.DataFrame(
        {"segment_id": segments, "name_de": names, "name_en": names, "colour": PALETTE[: len(segments)]}
    )


@pytest.fixture(scope="module")
def force(accounts) -> Dressed:
    held = np.array(["S1", "S2", "S3"])[accounts[1]]
    return dress_force(Trial(SETTINGS, {"method": "grid", "rules": {}}, held), register_of("S3", "S2", "S1"))


def test_a_group_keeps_its_number_and_its_colour(accounts, force):
    frame = accounts[0]
    first = dress_trial(end_of(try_out(frame, wished(), 1)), frame, force, None, PALETTE, 1)
    more = dress_trial(end_of(try_out(frame, wished(n_segments=4), 1)), frame, force, first, PALETTE, 2)
    less = dress_trial(end_of(try_out(frame, wished(n_segments=2), 1)), frame, force, more, PALETTE, 3)
    assert set(first.ids) < set(more.ids) and set(less.ids) < set(more.ids)
    assert all(more.colours[s] == first.colours[s] for s in first.ids)
    assert set(first.colours.values()) == set(force.colours.values())  # the same groups wear the colours in force
    for dressed in (first, more, less):
        assert len(set(dressed.colours.values())) == len(dressed.ids) == len(set(dressed.names.values()))
        assert set(dressed.trial.segments) == set(dressed.ids) == set(dressed.trial.stability)


def test_groups_by_other_criteria_than_revenue_bear_the_criteria_s_names(accounts, force):
    trial = end_of(try_out(accounts[0], wished(criteria={"frequency_12m": 1}), 1))
    titles = {"frequency_12m": ("Kaufhäufigkeit", "Orders")}
    dressed = dress_trial(trial, accounts[0], force, None, PALETTE, 1, titles)
    assert {german.split()[0] for german, _ in dressed.names.values()} == {"Kaufhäufigkeit"}


def test_accounts_without_a_segment_are_shown_as_such():
    dressed = dress_force(Trial(SETTINGS, {"method": "grid"}, np.array(["S1", "S9", "?"])), register_of("S1"))
    assert dressed.ids == ["S1", "?"] and dressed.trial.segments.tolist() == ["S1", "?", "?"]


def test_ids_stand_in_the_order_of_people():
    assert in_order(["DORMANT", "G10", "G2", "KEY", "S1"]) == ["KEY", "G2", "G10", "S1", "DORMANT"]


def test_sizes_and_profile_by_hand():
    money = {"revenue_12m": [10.0, 30.0, 0.0, 60.0], "margin_12m": [1.0, None, None, 6.0]}
    frame = pd.DataFrame({"account_id": list("abcd"), **money, "region": ["N", "N", "S", None]})
    dressed = Dressed(Trial(SETTINGS, {}, np.array(["A", "A", "B", "B"])), ["A", "B"], {}, {})
    sizes = measure_sizes(dressed, frame).set_index("segment_id")
    assert sizes["n_accounts"].tolist() == [2, 2] and sizes["share_revenue"].tolist() == [0.4, 0.6]
    assert sizes["margin_12m"].tolist() == [1.0, 6.0] and sizes["stability"].isna().all()
    rows = describe_profile(dressed, frame, ["revenue_12m", "region", "nowhere"])
    money = rows[rows["column"] == "revenue_12m"].set_index("segment_id")
    assert money["typical"].tolist() == [20.0, 30.0] and money["place"].tolist() == [0.0, 0.25]
    region = rows[rows["column"] == "region"].set_index("segment_id")
    assert region["level"].tolist() == ["N", "S"] and region["place"].round(4).tolist() == [0.3333, 0.6667]


def test_who_moves_with_how_much_money():
    frame = pd.DataFrame({"account_id": list("abcde"), "revenue_12m": [1.0, 2.0, 3.0, 4.0, 5.0]})
    left = Dressed(Trial(SETTINGS, {}, np.array(["S1", "S1", "S2", "S2", "KEY"])), ["KEY", "S1", "S2"], {}, {})
    right = Dressed(Trial(SETTINGS, {}, np.array(["G1", "G1", "G1", "G2", "KEY"])), ["KEY", "G1", "G2"], {}, {}, 1)
    found = compare(left, right, frame)
    assert found.movers[["account_id", "revenue_12m"]].values.tolist() == [["c", 3.0]]
    assert found.revenue_12m == 15.0 and 0 < found.agreement < 1
    assert compare(left, left, frame).movers.empty and compare(left, left, frame).agreement == 1.0


def test_a_line_around_points():
    x, y = (Axis(name, np.array(values), []) for name, values in (("x", [0.5, 0.9, np.nan]), ("y", [0.5, 0.5, 0.5])))
    square = [[0.4, 0.4], [0.6, 0.4], [0.6, 0.6], [0.4, 0.6]]
    assert find_inside(x, y, square).tolist() == [True, False, False]
    for line in ([[0, 0], [1, 1]], None, "x", [[1]], [[0, "a"]], [[np.inf, 0]] * 4, [[0, 0]] * 5000):
        assert not find_inside(x, y, line).any()


def test_axes_are_numbers_with_more_than_one_value(accounts):
    frame = accounts[0].assign(one=1.0)
    assert find_axes(frame, ["revenue_12m", "region", "one", "nowhere"]) == ["revenue_12m"]
    axis = make_axis(frame, "revenue_12m")
    assert axis.values.min() == 0 and axis.values.max() == 1 and all(0 <= place <= 1 for place, _ in axis.marks)
    assert len(points_drawn(50_000, 1)) == 20_000 and points_drawn(5, 1).tolist() == [0, 1, 2, 3, 4]


@pytest.mark.parametrize(("name", "key"), [
    ("", "missing"), ("  ", "missing"), ("Größer", "letters"), ("a b", "letters"), ("../x", "letters"),
    ("a/b", "letters"), ("x" * 41, "letters"),
    ("???", "nothing"), ("lab", "taken"), ("Refit", "taken"), ("CON", "taken"),
    ("lpt1", "taken"), ("OLD", "exists"), ("-x", "letters"),
])  # fmt: skip
def test_names_of_scenarios_are_safe_on_every_system(name, key):
    problem = check_name(name, ["old"])
    assert problem is not None and problem[0] == f"explore.warn_name_{key}" and has(problem[0])


@pytest.mark.parametrize("text", ["Weniger Gruppen, größere!", "../../etc", "çà et là", "a" * 90])
def test_a_suggested_name_is_allowed(text):
    assert check_name(suggest_name(text), []) is None


def test_a_patch_holds_only_what_differs():
    assert make_patch("value", SETTINGS, SETTINGS) == {}
    patch = make_patch("value", SETTINGS, wished(n_segments=9, thresholds={"key_share": 0.1}))
    assert patch == {"segmentations": {"value": {"method": "kmeans", "n_segments": 9, "k_max": 9, "key_share": 0.1}}}
    grid, _ = read_wish({"method": "grid", "thresholds": {"silent_days": 90}}, SETTINGS, OFFERED, 240)
    assert make_patch("value", SETTINGS, grid) == {"segmentations": {"value": {"silent_days": 90}}}
    plain = SETTINGS.model_copy(update={"criteria": list(SETTINGS.criteria)})
    assert "criteria" not in make_patch("value", plain, wished())["segmentations"]["value"]


def test_undo_and_redo():
    history, trials = History(), [Dressed(Trial(SETTINGS, {}, np.array([])), [], {}, {}, n) for n in (1, 2, 3)]
    assert not history.can_undo and history.undo() is None
    history.add(trials[0])
    history.add(trials[1])
    assert history.undo() is trials[0] and history.redo() is trials[1] and not history.can_redo
    history.undo()
    history.add(trials[2])
    assert [held.number for held in history.trials] == [1, 3] and history.count == 3 and history.find(2) is None
    history.undo()
    assert history.undo() is None and history.can_redo and not history.can_undo


def test_a_slow_machine_is_learnt():
    clock, large, small = Clock(), ("kmeans", 200_000, 20_000, 5, 4), ("kmeans", 5000, 5000, 5, 4)
    taken = 3 * clock.estimate(*large)
    assert clock.estimate(*large) > 2 * clock.estimate(*small)
    for _ in range(8):
        clock.learn(clock.estimate(*large), taken)
    assert clock.estimate(*large) == pytest.approx(taken, rel=0.1)


def test_every_threshold_has_a_name():
    assert all(has(f"explore.{name}") for name in THRESHOLDS)
