"""Groups, their spread and their agreement, by hand."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from segkit.criteria.groups import cut_groups, score_agreement, score_spread, score_stability


def test_numbers_are_cut_at_their_quantiles_and_missing_ones_stay_out():
    values = pd.Series([5.0, 1.0, 3.0, None, 2.0, 4.0])
    assert cut_groups(values, 5, 10).tolist() == [4, 0, 2, -1, 1, 3]


def test_equal_values_are_in_one_group_however_many_zeros_there_are():
    codes = cut_groups(pd.Series([0.0] * 70 + list(range(1, 31))), 5, 10)
    assert set(codes[:70]) == {0} and len(set(codes[70:])) == 2
    assert set(cut_groups(pd.Series([3.0] * 9), 5, 10)) == {0}


def test_rare_categories_stand_together():
    values = pd.Series(["a"] * 12 + ["b"] * 11 + ["c", "d", None])
    assert cut_groups(values, 5, 10).tolist() == [0] * 12 + [1] * 11 + [2, 2, -1]


def test_spread_is_one_for_equal_groups_and_zero_for_one():
    assert score_spread(np.repeat([0, 1, 2, 3, 4], 4), 5) == pytest.approx(1)
    assert score_spread(np.array([0, 0, 1, 1])) == pytest.approx(1)
    assert score_spread(np.zeros(9, int), 5) == score_spread(np.array([-1, -1]), 5) == 0
    assert score_spread(np.array([0] * 9 + [1])) == pytest.approx(-(0.9 * np.log(0.9) + 0.1 * np.log(0.1)) / np.log(2))


def test_agreement_is_cohens_kappa_and_weighs_steps_of_ordered_groups():
    before, after = np.array([0, 0, 1, 1, 2, 2]), np.array([0, 1, 1, 1, 2, 2])
    # not ordered: 5 of 6 agree, by chance 2·1 + 2·3 + 2·2 = 12 of 36: 1 - (1/6) / (2/3) = .75
    assert score_agreement(before, after, is_ordered=False) == pytest.approx(0.75)
    # one step of one: 1/6; by chance (2·3 + 2·2·2 + 2·1 + 2·2 + 2·1·2 + 2·3) / 36 = 30/36
    assert score_agreement(before, after, is_ordered=True) == pytest.approx(1 - (1 / 6) / (30 / 36))


def test_agreement_is_zero_by_chance_and_empty_where_nobody_can_differ():
    rng = np.random.default_rng(1)
    a, b = rng.integers(5, size=(2, 20_000))
    assert abs(score_agreement(a, b, is_ordered=True)) < 0.02
    assert np.isnan(score_agreement(np.zeros(4, int), np.zeros(4, int), is_ordered=True))


def test_stability_compares_neighbouring_quarters_by_accounts_in_both():
    ids = [f"K{k}" for k in range(20)]
    first = pd.DataFrame({"x": np.arange(20.0), "t": ["p", "q"] * 10}, index=ids)
    second = pd.DataFrame({"x": np.arange(20.0) * 7, "t": ["p", "q"] * 10}, index=ids)
    third = second.iloc[:5].assign(x=0.0)
    assert score_stability([first, second, third], "x", 5, 10) == pytest.approx(1)
    assert score_stability([first, second], "t", 5, 10) == pytest.approx(1)
    assert np.isnan(score_stability([first, third], "x", 5, 10))
    assert np.isnan(score_stability([first, second[["t"]]], "x", 5, 10))
