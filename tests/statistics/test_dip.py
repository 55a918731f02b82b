"""The dip against values worked out on paper, and the test against what is planted."""

import numpy as np
import pytest

from segkit.statistics.dip import SIZES, TABLE, dip, dip_p_value, nearest_unimodal, simulate_dips, spread_ties


def test_dip_by_hand():
    # Evenly spread: the line from (1, 0) to (5, 1) never is farther than 1/10 from a step of 1/5: half a step.
    assert dip([1, 2, 3, 4, 5]) == pytest.approx(1 / 10)
    # Two heaps: F is ½ between 0 and 1. A convex-concave function may jump in one heap only; at best it misses by ¼.
    assert dip([0, 0, 1, 1]) == pytest.approx(1 / 4)
    # Three of four values in one heap may be its mode's jump; the fourth is a step of 1/4, missed by half: 1/8.
    assert dip([0, 0, 0, 1]) == pytest.approx(1 / 8)
    # Thirty values about 0, thirty about 10, one between: the line from one heap to the other misses 26.9 of 61.
    heaps = np.r_[np.linspace(-0.5, 0.5, 30), 5, np.linspace(9.5, 10.5, 30)]
    assert dip(heaps) == pytest.approx(26.9 / 122) and dip(heaps * 10) == pytest.approx(26.9 / 122)
    assert np.isnan(dip([])) and dip([3.0]) == 0.5 and dip([7, 7, 7]) == pytest.approx(1 / 6)


def test_dip_does_not_depend_on_order_place_or_scale():
    values = np.random.default_rng(1).normal(size=80)
    assert dip(values * 3 - 5) == pytest.approx(dip(values[::-1]))


def test_table_is_what_simulation_gives():
    rng = np.random.default_rng(5)
    drawn = np.sort(simulate_dips(50, 800, rng))
    at = SIZES.index(50)
    assert np.quantile(drawn, [0.5, 0.95]) == pytest.approx([TABLE[at][2], TABLE[at][5]], rel=0.05)
    # Published in the table of Hartigan and Hartigan 1985 for n = 50: 5 % of uniform samples exceed .0702.
    assert TABLE[at][5] / 50**0.5 == pytest.approx(0.0702, abs=0.001)


def test_one_mode_is_let_be_and_two_are_seen():
    rng = np.random.default_rng(2)
    one = [dip_p_value(dip(rng.normal(size=300)), 300) for _ in range(20)]
    assert min(one) > 0.05
    two = np.r_[rng.normal(size=150), rng.normal(5, 1, size=150)]
    assert dip_p_value(dip(two), 300) == pytest.approx(0.001)
    assert np.isnan(dip_p_value(float("nan"), 0))


def test_equal_values_are_spread_to_the_middle_between_neighbours_by_hand():
    assert spread_ties(np.array([1.0, 1.0, 3.0, 4.0])).tolist() == [0.5, 1.5, 3.0, 4.0]  # 1 owns 0 … 2
    counts = np.sort(np.random.default_rng(3).poisson(4, 400)).astype(float)
    assert dip_p_value(dip(counts), 400) < 0.01 < dip_p_value(dip(spread_ties(counts)), 400)


def test_nearest_unimodal_distribution_has_one_mode_and_the_distance_of_the_dip():
    rng = np.random.default_rng(4)
    values = np.sort(np.r_[rng.normal(size=100), rng.normal(6, 1, size=60)])
    places, shares = nearest_unimodal(values)
    slopes = np.diff(shares) / np.diff(places)
    top = slopes.argmax()
    assert (np.diff(slopes[: top + 1]) > -1e-9).all() and (np.diff(slopes[top:]) < 1e-9).all()
    assert shares[0] == 0 and shares[-1] == 1
    assert np.abs(shares - np.arange(1, 161) / 160).max() <= 2 * dip(values) + 1 / 160
