"""Intervals keep what they promise, and are the same bytes every time."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats
from threadpoolctl import threadpool_limits

from segkit.statistics.comparisons import holm
from segkit.statistics.intervals import (
    FEWEST_ACCOUNTS,
    effective_number,
    exact_units,
    ratio_differences,
    ratio_intervals,
    wilson_interval,
)
from segkit.statistics.smoothing import is_size, smoothing_factors, smoothing_level

ONE_GROUP = np.array([False])


@pytest.mark.parametrize(("k", "n"), [(0, 10), (1, 29), (8, 10), (10, 10), (603, 955)])
@pytest.mark.parametrize("confidence", [0.9, 0.95])
def test_wilson_agrees_with_scipy(k, n, confidence):
    low, high = wilson_interval(k, n, confidence)
    expected = stats.binomtest(k, n).proportion_ci(confidence, method="wilson")
    assert (float(low), float(high)) == pytest.approx((expected.low, expected.high), abs=1e-12)


def test_wilson_of_nobody_is_unknown():
    low, high = wilson_interval([0, 3], [0, 4])
    assert np.isnan([low[0], high[0]]).all() and not np.isnan([low[1], high[1]]).any()


def skewed_money(rng: np.random.Generator, n: int, kind: str) -> tuple[np.ndarray, np.ndarray, float]:
    """Log-normal money of which a third is zero: numerator, denominator and the true ratio."""
    before = np.round(rng.lognormal(6, 1, n) * (rng.random(n) < 0.67), 2)
    if kind == "mean":
        return before, np.ones(n), 0.67 * np.exp(6.5)
    if kind == "churn":
        return before * (rng.random(n) < 0.35), before, 0.35
    now = np.round(before * rng.lognormal(0, 0.5, n) * (rng.random(n) < 0.8), 2)
    return now, before, 0.8 * np.exp(0.125)


@pytest.mark.parametrize("kind", ["mean", "churn", "growth"])
def test_intervals_hold_the_truth_in_95_of_100_cases(kind):
    """A tenth of benchmarks/kpi_intervals.md: 200 repeats know the share to 1.5 points."""
    rng, held, repeats = np.random.default_rng(2026), 0, 200
    for repeat in range(repeats):
        y, x, truth = skewed_money(rng, 60, kind)
        low, high = ratio_intervals(y[:, None], x[:, None], np.zeros(60, int), 0, ONE_GROUP, 400, repeat)
        held += low[0, 0] <= truth <= high[0, 0]
    assert held / repeats == pytest.approx(0.95, abs=0.04)


def test_nobody_lost_is_no_certainty():
    """Sales of 40 accounts of which nobody left: between nothing and Wilson's limit of none in 40."""
    x = np.full((40, 1), 50.0)
    low, high = ratio_intervals(np.zeros((40, 1)), x, np.zeros(40, int), 0, ONE_GROUP, 200)
    assert (low[0, 0], high[0, 0]) == pytest.approx((0, float(wilson_interval(0, 40)[1])), abs=1e-9)


def test_large_accounts_make_lost_sales_less_sure():
    lost, even = np.arange(60) % 4 == 0, np.full(60, 10.0)
    skewed = np.where(np.arange(60) % 10 == 0, 100.0, 10.0)
    widths = []
    for x in (even, skewed):
        low, high = ratio_intervals((x * lost)[:, None], x[:, None], np.zeros(60, int), 0, ONE_GROUP, 200)
        widths.append(high[0, 0] - low[0, 0])
    assert widths[1] > 1.3 * widths[0]


def test_deals_of_one_account_that_go_together_count_once():
    """Five deals per account, all won or all lost, are worth one answer per account; evenly spread ones are more."""
    x = np.full(80, 5.0) + np.arange(80) % 2
    together, mixed = x * (np.arange(80) % 2 == 0), np.floor(x / 2)
    assert effective_number(exact_units(together), exact_units(x), 0.5, 0.06)[0] == pytest.approx(80, rel=0.02)
    assert effective_number(exact_units(mixed), exact_units(x), 0.5, 0.02)[0] == pytest.approx(0.25 / 0.02**2)
    assert effective_number(exact_units(x / 3), exact_units(x), 0.5, 0.02) is None


def test_the_smoothing_grows_with_the_skew_and_ends_where_there_are_many():
    rng, ones = np.random.default_rng(1), np.ones(300)
    levels = [smoothing_level(rng.lognormal(0, sigma, 300), ones, False) for sigma in (0.1, 0.5, 1.0, 1.4, 4.0)]
    assert levels == [0, 1, 2, 3, 4]
    assert smoothing_level(rng.lognormal(0, 1, 6000), np.ones(6000), False) == 0
    assert not is_size(ones) and not is_size(np.array([0.0, 1.0])) and is_size(np.array([1.0, 2.0]))


def test_smoothed_draws_keep_their_mean():
    rng = np.random.default_rng(2)
    factors = dict(smoothing_factors((500, 400), {0, 1, 4}, rng))
    assert list(factors) == [1, 4]
    assert [table.mean() for table in factors.values()] == pytest.approx([1, 1], abs=0.02)
    assert np.log(factors[4]).std() == pytest.approx(1.0, abs=0.01)


def test_a_planted_difference_is_found_and_an_empty_group_is_not_tested():
    rng = np.random.default_rng(7)
    groups = np.repeat([0, 1, 2], (100, 150, 3))
    x = np.round(rng.lognormal(5, 0.8, 253), 2)
    y = x * rng.lognormal(0, 0.3, 253) * np.where(groups == 0, 1.4, 1.0)
    p = ratio_differences(y[:, None], x[:, None], groups, 3, 400, 1)[:, 0]
    assert p[0] < 0.02 and np.isnan(p[2])


@pytest.mark.parametrize("kind", ["mean", "churn", "growth"])
def test_groups_that_are_alike_are_called_different_in_5_of_100_cases(kind):
    """A tenth of benchmarks/kpi_differences.md; 80 repeats of 5 % are above 12 % in one of 200 draws."""
    rng, called, groups = np.random.default_rng(11), 0, np.repeat([0, 1, 2], (40, 80, 120))
    for repeat in range(80):
        y, x, _ = skewed_money(rng, 240, kind)
        p = ratio_differences(y[:, None], x[:, None], groups, 3, 400, repeat)[:, 0]
        called += bool((holm(p) < 0.05).any())
    assert called / 80 <= 0.12


def some_money(n: int = 300) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    rng = np.random.default_rng(1)
    groups = rng.integers(-1, 3, n)
    return np.round(rng.lognormal(5, 1, (n, 2)), 2), np.round(rng.lognormal(5, 1, (n, 2)), 2), groups


def test_same_seed_gives_the_same_bytes_on_one_thread_and_on_two():
    y, x, groups = some_money()
    results = []
    for threads in (1, 2):
        with threadpool_limits(threads):
            results.append(ratio_intervals(y, x, groups, 3, np.array([False, True]), 200, seed=5))
    for one, two in zip(*results, strict=True):
        assert one.tobytes() == two.tobytes()
    other = ratio_intervals(y, x, groups, 3, np.array([False, True]), 200, seed=6)
    assert not np.array_equal(other[0], results[0][0])


def test_groups_and_all_accounts_get_their_own_limits():
    y, x, groups = some_money()
    low, high = ratio_intervals(y, x, groups, 3, np.array([False, True]), 400, seed=5)
    assert low.shape == high.shape == (4, 2)
    for group in range(4):
        inside = groups == group if group < 3 else np.ones(len(groups), bool)
        within = y[inside, 0].sum() / x[inside, 0].sum()
        of_all = y[inside, 1].sum() / x[:, 1].sum()
        assert low[group, 0] < within < high[group, 0]
        assert low[group, 1] < of_all < high[group, 1]


def test_more_confidence_is_wider():
    y, x, groups = some_money()
    narrow = ratio_intervals(y, x, groups, 3, np.array([False, True]), 400, seed=5, confidence=0.8)
    wide = ratio_intervals(y, x, groups, 3, np.array([False, True]), 400, seed=5, confidence=0.95)
    assert (wide[0] < narrow[0]).all() and (wide[1] > narrow[1]).all()


def test_few_accounts_have_no_interval():
    n = FEWEST_ACCOUNTS - 1
    y, x = np.arange(1.0, n + 1)[:, None], np.full((n, 1), 2.0)
    assert np.isnan(ratio_intervals(y, x, np.zeros(n, int), 1, ONE_GROUP, 200)).all()


def test_accounts_without_money_do_not_make_a_figure():
    y, x = np.zeros((200, 1)), np.zeros((200, 1))
    y[:4], x[:4] = 1, 2
    assert np.isnan(ratio_intervals(y, x, np.zeros(200, int), 1, ONE_GROUP, 200)).all()


@pytest.mark.parametrize("of_all", [False, True])
def test_one_account_with_all_money_has_no_interval(of_all):
    y, x = np.full((50, 1), 0.01), np.full((50, 1), 0.02)
    y[0], x[0] = 9e6, 1e7
    assert np.isnan(ratio_intervals(y, x, np.zeros(50, int), 1, np.array([of_all]), 400)).all()


def test_the_same_ratio_everywhere_is_certain():
    x = np.arange(1.0, 41)[:, None]
    low, high = ratio_intervals(x / 4, x, np.zeros(40, int), 1, ONE_GROUP, 200)
    assert low[0, 0] == high[0, 0] == 0.25


def test_limits_stay_within_what_the_accounts_allow():
    rng = np.random.default_rng(3)
    x = np.round(rng.lognormal(6, 0.7, (20, 1)), 2)
    low, high = ratio_intervals(x * (np.arange(20) % 4 > 0)[:, None], x, np.zeros(20, int), 1, ONE_GROUP, 400)
    assert 0 <= low[0, 0] <= high[0, 0] <= 1


def test_nobody_at_all_gives_nothing():
    empty = np.zeros((0, 2))
    low, high = ratio_intervals(empty, empty, np.zeros(0, int), 2, np.array([False, True]), 50)
    assert low.shape == (3, 2) and np.isnan(low).all() and np.isnan(high).all()


def test_money_adds_up_exactly_in_any_order():
    money = np.round(np.random.default_rng(0).lognormal(8, 2, 5000), 4)
    units = exact_units(money)
    assert units.sum() == units[::-1].sum() == sum(round(m * 10_000) for m in money.tolist())
    assert exact_units([np.nan, 0.1]).tolist() == [0.0, 1000.0]
