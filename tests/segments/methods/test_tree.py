"""Tree segments: splits and figures by hand, rules in the criteria's own units, planted rules found again."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest

from segkit.segments.details import describe_tree_segments, list_tree
from segkit.segments.methods.assign import assign_labels
from segkit.segments.methods.tree import _shortest, fit_tree
from segkit.segments.methods.tree_rules import say_rules
from segkit.segments.space import apply_space, fit_space
from segkit.statistics.resampling import generator
from segkit.texts import say

from .point_samples import sample_of


def company(n: int = 800, seed: int = 0) -> tuple[pd.DataFrame, np.ndarray]:
    """Accounts whose target is high from 51 employees on, highest there in trade; a tenth of the fields is missing."""
    rng = np.random.default_rng(seed)
    employees = np.maximum(np.exp(rng.normal(3.8, 1.2, n)).round(), 1)
    industry = rng.choice(["Bau", "Handel", "Dienste", "Chemie"], n).astype(object)
    target = np.where(employees > 50, np.where(industry == "Handel", 9.0, 6.0), 2.0) + rng.normal(0, 0.3, n)
    frame = pd.DataFrame({"employees": employees, "industry": industry, "noise": rng.normal(size=n)})
    frame["industry"] = frame["industry"].mask(rng.random(n) < 0.1)
    return frame, target


def fit_on(frame: pd.DataFrame, target: np.ndarray, k: int, **more):
    space = fit_space(frame, dict.fromkeys(frame.columns, 1.0))
    sample = apply_space(frame, space)
    sample = type(sample)(sample.numbers, sample.codes, sample.points, sample.weights, None, target)
    return fit_tree(sample, k, generator(1), space=space, **more), sample, space


def test_split_and_figures_by_hand():
    # Targets 1, 1, 1, 1, 1 | 5, 5, 5, 5, 9: means 1 and 5.8. Whole mean 3.4; scatter 5·2.4² + 4·1.6² + 5.6² = 70.4;
    # within 4·.8² + 3.2² = 12.8. So 1 − 12.8 / 70.4 = 9/11 of the variance lies between.
    sample = sample_of([1, 2, 3, 4, 5, 10, 11, 12, 13, 14], target=np.array([1.0] * 5 + [5.0] * 4 + [9.0]))
    fit = fit_tree(sample, 2, generator(1))
    assert [segment["mean"] for segment in fit.model["segments"]] == [5.8, 1.0]
    assert fit.labels.tolist() == [1] * 5 + [0] * 5
    assert fit.objective == pytest.approx(12.8)
    assert fit.measures["explained"] == pytest.approx(9 / 11)
    assert fit.model["segments"][0]["rules"][0]["above"] == 5.0
    assert fit.model["segments"][1]["rules"][0]["at_most"] == 5.0


def test_planted_rules_are_found_in_their_own_units():
    frame, target = company()
    fit, sample, _ = fit_on(frame, target, 3)
    best, middle, small = (segment["rules"] for segment in fit.model["segments"])
    assert [segment["mean"] for segment in fit.model["segments"]] == pytest.approx([9, 6, 2], abs=0.4)
    assert best[0] == {"criterion": "employees", "above": 50.0, "at_most": None, "with_missing": False}
    assert best[1]["levels"] == ["Handel"]
    assert set(middle[1]["levels"]) == {"Bau", "Chemie", "Dienste"}
    assert small == [{"criterion": "employees", "above": None, "at_most": 50.0, "with_missing": True}]
    assert fit.measures["explained_elsewhere"] > 0.85
    assert np.array_equal(assign_labels(sample, json.loads(json.dumps(fit.model))), fit.labels)
    assert (fit.labels == 2).sum() == (frame["employees"] <= 50).sum()


def test_missing_values_go_where_they_fit():
    frame, target = company()
    gone = (target > 5) & (np.arange(len(frame)) % 3 == 0)  # among the high ones a third has no head count
    frame["employees"] = frame["employees"].mask(gone)
    fit, sample, _ = fit_on(frame, target, 2)
    assert fit.model["segments"][0]["rules"][0]["with_missing"]
    assert (fit.labels[gone] == 0).all()
    assert np.array_equal(assign_labels(sample, fit.model), fit.labels)


def test_noise_explains_nothing_in_rows_left_out():
    frame, _ = company()
    fit, _, _ = fit_on(frame, np.random.default_rng(9).normal(size=len(frame)), 5)
    assert fit.measures["explained"] > 0
    assert fit.measures["explained_elsewhere"] < 0.02
    key, numbers = describe_tree_segments(list_tree(fit), "revenue_12m")[0]
    assert key == ("methods.tree_says" if numbers["value"] > 0 else "methods.tree_silent")
    assert "5" in say(key, "de", **numbers)


def test_no_leaf_is_below_the_smallest_share():
    frame, target = company()
    fit, _, _ = fit_on(frame, target, 8, smallest_share=0.15)
    assert fit.n_segments < 8
    assert np.bincount(fit.labels).min() >= 0.15 * len(frame)


def test_no_target_or_a_constant_one_gives_one_segment():
    frame, target = company(100)
    assert fit_on(frame, np.full(100, 3.0), 4)[0].n_segments == 1
    assert fit_tree(sample_of(np.arange(50.0)), 4, generator(1)).n_segments == 1


@pytest.mark.parametrize(
    ("low", "high", "found"), [(49, 50, 49), (1234.5, 1310.2, 1300), (0.123, 0.1249, 0.123), (-3.2, 1, -3), (7, 7, 7)]
)
def test_limits_are_the_shortest_numbers(low, high, found):
    assert _shortest(low, high) == found


def test_rules_in_words():
    titles = {"employees": ("Mitarbeiter", "Employees")}
    rules = [
        {"criterion": "employees", "above": 50.0, "at_most": 250.0, "with_missing": True},
        {"criterion": "sector", "levels": ["Bau"], "has_other": True, "with_missing": False},
    ]
    said = say_rules(rules, titles)
    assert said["rule_de"] == "Mitarbeiter über 50 bis 250 (oder ohne Angabe); sector: Bau, andere"
    assert said["rule_en"] == "Employees above 50 to 250 (or missing); sector: Bau, other"
    assert say_rules([], {})["rule_en"] == "all accounts"
    only = {"criterion": "employees", "above": None, "at_most": None, "with_missing": True}
    assert say_rules([only], titles)["rule_en"] == "Employees missing"
