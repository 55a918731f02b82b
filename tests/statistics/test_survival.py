"""Medians of durations: equal to lifelines, worked out by hand, and limits that hold with accounts as clusters."""

from __future__ import annotations

import math
import warnings

import numpy as np
import pytest

from segkit.statistics.survival import log_rank_test, survival_curve, survival_median


def spells(rng: np.random.Generator, n: int, alike: float = 0.0, has_entry: bool = True) -> tuple[np.ndarray, ...]:
    """Entry, days, ends and account; the true median is 80 days whatever the account."""
    account = rng.integers(0, max(n // 3, 1), 3 * n)
    level = rng.normal(0, 0.8 * np.sqrt(alike), account.max() + 1)[account]
    total = np.ceil(np.exp(np.log(80) + level + rng.normal(0, 0.8 * np.sqrt(1 - alike), 3 * n)))
    opened = np.floor(rng.uniform(-365 if has_entry else 0, 365, 3 * n))
    entry, last = np.maximum(0.0, -opened), 365 - opened
    seen = np.flatnonzero(total > entry)[:n]
    days = np.minimum(total, last)
    return entry[seen], days[seen], (total <= last)[seen], account[seen]


@pytest.mark.parametrize("has_entry", [False, True])
def test_medians_and_limits_are_those_of_lifelines(has_entry):
    from lifelines import KaplanMeierFitter
    from lifelines.utils import median_survival_times

    rng = np.random.default_rng(4)
    for _ in range(12):
        entry, days, ended, _ = spells(rng, 61, has_entry=has_entry)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            fit = KaplanMeierFitter().fit(days, ended, entry=entry)
        limits = median_survival_times(fit.confidence_interval_).iloc[0].tolist()
        assert survival_median(entry, days, ended) == pytest.approx((fit.median_survival_time_, *limits), abs=1e-9)
        curve = survival_curve(entry, days, ended)
        expected = fit.survival_function_.iloc[:, 0].reindex(curve.times).to_numpy()
        assert curve.survival == pytest.approx(expected, abs=1e-9)


def test_a_curve_worked_out_by_hand():
    """3 ends at 2 (4 left of 5), censored at 3, ends at 5 (2 of 3): 4/5 · 2/3 = 8/15, then 1/2 of it."""
    curve = survival_curve([0] * 5, [2, 3, 5, 7, 9], [True, False, True, True, False])
    assert curve.survival == pytest.approx([4 / 5, 8 / 15, 4 / 15])
    assert survival_median([0] * 5, [2, 3, 5, 7, 9], [True, False, True, True, False])[0] == 7


def test_who_enters_late_is_at_risk_only_then():
    curve = survival_curve([0, 0, 0, 4], [3, 6, 8, 9], [True, True, True, False])
    assert curve.at_risk.tolist() == [3, 3, 2]


def test_exactly_one_half_is_the_median():
    assert survival_median([0] * 4, [1, 2, 3, 4], [True] * 4)[0] == 2


def test_more_than_half_still_open_has_no_median():
    median, _, high = survival_median([0] * 10, [3, 4, *[30] * 8], [True, True, *[False] * 8])
    assert median == high == math.inf


def test_nothing_ended_or_nothing_there_is_unknown():
    assert all(math.isnan(v) for v in survival_median([0, 0], [3, 4], [False, False]))
    assert all(math.isnan(v) for v in survival_median([], [], []))


def test_a_duration_that_ends_before_it_is_seen_is_refused():
    with pytest.raises(ValueError, match="before it begins"):
        survival_median([5], [4], [True])


def test_every_unit_its_own_cluster_is_greenwoods_variance():
    entry, days, ended, _ = spells(np.random.default_rng(1), 80)
    plain, own = (survival_curve(entry, days, ended, of) for of in (None, np.arange(80)))
    is_early = plain.survival > 0.5
    assert own.log_variance[is_early] * 79 / 80 == pytest.approx(plain.log_variance[is_early], rel=0.1)


def test_deals_of_one_account_in_step_widen_the_limits():
    entry, days, ended, _ = spells(np.random.default_rng(1), 60)
    four = [np.tile(column, 4) for column in (entry, days, ended)]
    once, copied = survival_median(entry, days, ended), survival_median(*four, clusters=np.tile(np.arange(60), 4))
    assert copied[0] == once[0]
    assert copied[2] - copied[1] >= 0.8 * (once[2] - once[1])
    naive = survival_median(*four)
    assert naive[2] - naive[1] < 0.7 * (once[2] - once[1])


def test_limits_hold_the_truth_in_95_of_100_cases():
    """A tenth of benchmarks/kpi_intervals.md (60 deals, three per account, levels alike): 95 ± 3."""
    rng, held = np.random.default_rng(2026), []
    for _ in range(300):
        entry, days, ended, account = spells(rng, 60, alike=0.3)
        _, low, high = survival_median(entry, days, ended, clusters=account)
        held.append(low <= 80 <= high)
    assert 0.92 <= np.mean(held) <= 0.985


def test_log_rank_is_near_that_of_lifelines_where_every_deal_stands_for_itself():
    from lifelines.statistics import logrank_test

    rng = np.random.default_rng(3)
    for shift in (1.0, 0.6, 0.4):
        entry, days, ended, _ = spells(rng, 200, has_entry=False)
        group = rng.random(200) < 0.4
        days = np.where(group, np.ceil(days * shift), days)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            expected = logrank_test(days[group], days[~group], ended[group], ended[~group]).p_value
        assert log_rank_test(entry, days, ended, group, np.arange(200)) == pytest.approx(expected, abs=0.05)


def test_log_rank_needs_two_accounts_with_an_end_on_either_side():
    group = np.array([True, True, False, False])
    assert math.isnan(log_rank_test([0] * 4, [1, 2, 3, 4], [True] * 4, group, [0, 0, 1, 2]))


def test_log_rank_calls_alike_groups_different_in_five_of_a_hundred_cases():
    rng, called = np.random.default_rng(5), []
    for _ in range(300):
        entry, days, ended, account = spells(rng, 120, alike=0.3)
        called.append(log_rank_test(entry, days, ended, account % 3 == 0, account) < 0.05)
    assert np.mean(called) < 0.085
