"""Effect sizes, tests and intervals against numbers worked out by hand and against an independent library."""

import math

import numpy as np
import pytest
from scipy import stats

from segkit.statistics.comparisons import (
    benjamini_hochberg,
    compare_numbers,
    compare_shares,
    fisher_test,
    holm,
    median_interval,
)

TWO = np.array([0, 0, 0, 1, 1, 1, 1])


def test_cliffs_delta_counts_pairs():
    # Pairs of (1, 2, 5) and (2, 3, 4, 9): above 2 (5 over 3, 4) + 1 (5 over 2), below 8, equal 1 of 12.
    found = compare_numbers([1, 2, 5, 2, 3, 4, 9], TWO, 2)
    assert found.effect.tolist() == pytest.approx([(3 - 8) / 12, (8 - 3) / 12])
    assert found.n.tolist() == [3, 4]


def test_complete_separation_is_one_and_equality_is_nothing():
    assert compare_numbers([1, 1, 1, 2, 2, 2, 2], TWO, 2).effect.tolist() == [-1, 1]
    alike = compare_numbers([5] * 7, TWO, 2)
    assert alike.effect.tolist() == [0, 0] and alike.p.tolist() == [1, 1]


def test_missing_values_and_empty_groups_are_left_out():
    found = compare_numbers([1, np.nan, 5, 2, 3, 4, np.nan], TWO, 3)
    assert found.n.tolist() == [2, 3, 0] and math.isnan(found.effect[2]) and math.isnan(found.p[2])


@pytest.mark.parametrize("seed", range(4))
def test_mann_whitney_with_ties_as_scipy(seed):
    rng = np.random.default_rng(seed)
    values, groups = rng.integers(0, 8, 80).astype(float), rng.integers(0, 3, 80)
    found = compare_numbers(values, groups, 3)
    for group in range(3):
        inside, outside = values[groups == group], values[groups != group]
        expected = stats.mannwhitneyu(inside, outside, method="asymptotic")
        assert found.p[group] == pytest.approx(expected.pvalue)
        assert found.effect[group] == pytest.approx(2 * expected.statistic / (len(inside) * len(outside)) - 1)


def test_shares_by_chi_squared_and_by_fisher_where_few_are_expected():
    groups = np.repeat([0, 1], [40, 60])
    has = np.r_[np.ones(25), np.zeros(15), np.ones(20), np.zeros(40)]
    found = compare_shares(has, groups, 2)
    assert found.effect[0] == pytest.approx(2 * math.asin(math.sqrt(25 / 40)) - 2 * math.asin(math.sqrt(20 / 60)))
    assert found.p[0] == pytest.approx(stats.chi2_contingency([[25, 15], [20, 40]], correction=False)[1])
    few = compare_shares(np.r_[1, 1, 1, np.zeros(37), np.zeros(60)], groups, 2)
    assert few.p[0] == pytest.approx(stats.fisher_exact([[3, 37], [0, 60]])[1])


def test_fisher_as_published_and_as_scipy():
    assert fisher_test(3, 4, 4, 8) == pytest.approx(0.4857, abs=1e-4)  # Fisher's tea
    for a, m, n_hits, n in ((0, 5, 9, 40), (5, 12, 6, 30), (2, 2, 2, 50)):
        table = [[a, m - a], [n_hits - a, n - m - n_hits + a]]
        assert fisher_test(a, m, n_hits, n) == pytest.approx(stats.fisher_exact(table)[1])


def test_holm_by_hand():
    # .01·4, .02·3, .03·2 = .06, .04·1 raised to the .06 before it
    assert holm([0.01, 0.04, 0.03, 0.02]).tolist() == pytest.approx([0.04, 0.06, 0.06, 0.06])
    corrected = holm([0.01, np.nan, 0.6])
    assert corrected[0] == pytest.approx(0.02) and math.isnan(corrected[1]) and corrected[2] == 0.6
    assert holm([]).tolist() == []


def test_interval_of_the_median_by_order_statistics():
    assert median_interval(range(1, 11)) == (2, 9)  # P(Bin(10, ½) ≤ 1) = .011, ≤ 2 = .055
    assert median_interval(range(1, 7)) == (1, 6)  # 2/64 = .031
    assert all(math.isnan(limit) for limit in median_interval(range(5)))
    assert all(math.isnan(limit) for limit in median_interval([]))


def test_interval_holds_the_median_as_often_as_it_says():
    rng = np.random.default_rng(1)
    held = [low <= 1 <= high for low, high in (median_interval(rng.lognormal(0, 1, 40)) for _ in range(1500))]
    assert np.mean(held) > 0.94


def test_false_discoveries_are_what_scipy_says():
    p = np.random.default_rng(1).uniform(size=50) ** 3
    assert np.allclose(benjamini_hochberg(p), stats.false_discovery_control(p))
    some = benjamini_hochberg([0.01, np.nan, 0.03])
    assert np.allclose(some[[0, 2]], [0.02, 0.03])
    assert np.isnan(some[1])
    assert len(benjamini_hochberg([])) == 0
