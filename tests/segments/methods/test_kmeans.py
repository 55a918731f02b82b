"""k-means on samples: weights, limits of size, groups kept together; what it does when the rows do not allow it."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from scipy.optimize import linprog

from segkit.segments.methods.assign import assign_labels, group_means, memberships, reorder
from segkit.segments.methods.kmeans import fit_kmeans
from segkit.segments.methods.limits import Limits, describe_limits, find_offsets, place_within, search_limited
from segkit.statistics.clusterings import adjusted_rand
from segkit.statistics.resampling import generator

from .point_samples import planted, sample_of

LINE = sample_of([0.0, 1.0, 2.0, 10.0])


def test_planted_groups_are_found():
    sample, groups = planted()
    fit = fit_kmeans(sample, 3, generator(1))
    assert adjusted_rand(fit.labels, groups) > 0.97
    assert fit.measures["n_found"] == 5
    assert fit.measures["missed_probability"] < 0.01
    assert np.array_equal(assign_labels(sample, fit.model), fit.labels)


def test_weights_pull_centres():
    # 0, 1, 2 | 10: with weights 1, 1, 6, … the centre of the first three is (0 + 1 + 12) / 8 = 1.625.
    fit = fit_kmeans(dataclasses.replace(LINE, weights=np.array([1.0, 1.0, 6.0, 1.0])), 2, generator(1))
    assert sorted(np.ravel(fit.model["segments"])) == [1.625, 10.0]
    # 1·1.625² + 1·.625² + 6·.375² = 2.640625 + .390625 + .84375
    assert fit.objective == pytest.approx(3.875)


def test_limits_of_size_by_hand():
    # At least two rows each: 0, 1 | 2, 10 (scatter .5 + 32 = 32.5) beats 0, 2 | 1, 10 and 1, 2 | 0, 10.
    # Without limits 0, 1, 2 | 10 has 2. So the limits cost 32.5 / 2 − 1 = 15.25 times the scatter.
    fit = fit_kmeans(LINE, 2, generator(1), min_share=0.5)
    assert fit.labels[0] == fit.labels[1] != fit.labels[2] == fit.labels[3]
    assert sorted(np.ravel(fit.model["segments"])) == [0.5, 6.0]
    assert fit.objective == pytest.approx(32.5)
    assert fit.measures["price_of_limits"] == pytest.approx(15.25)
    assert describe_limits(fit) == [("methods.price_of_limits", {"value": fit.measures["price_of_limits"]})]
    # The rule for later accounts: 1 belongs left (.25 against 25), 2 right though 2.25 < 16; the border lies between.
    assert fit.labels.tolist() == assign_labels(LINE, fit.model).tolist()


def test_transport_and_its_prices_by_hand():
    # Costs of three rows in two clusters; at least one row and at most two in each. All three are nearest to the first;
    # to send row 0 away costs 4 − 1 = 3, row 1 costs 1, row 2 costs 5: row 1 goes. The offset that keeps rows 0 and 2
    # and sends row 1 is above 1 and below 3.
    costs = np.array([[1.0, 4.0], [2.0, 3.0], [0.0, 5.0]])
    labels, prices = place_within(costs, 1, 2)
    assert labels.tolist() == [0, 1, 0]
    offsets = find_offsets(costs, labels)
    assert (costs - offsets).argmin(axis=1).tolist() == labels.tolist()
    assert 1 < offsets[1] - offsets[0] < 3
    assert 1 <= prices[1] - prices[0] <= 3
    assert find_offsets(costs, costs.argmin(axis=1)).tolist() == [0.0, 0.0]


@pytest.mark.parametrize(("seed", "least", "most"), [(0, 5, 30), (1, 18, 22), (2, 0, 20), (3, 15, 100), (4, 20, 20)])
def test_transport_costs_what_a_linear_program_pays(seed, least, most):
    rng = np.random.default_rng(seed)
    costs = rng.random((100, 5)) * [1, 2, 3, 1, 5]
    labels, prices = place_within(costs, least, most, rng.random(5) if seed % 2 else None)
    sizes = np.bincount(labels, minlength=5)
    assert sizes.min() >= least
    assert sizes.max() <= most
    each_row, each_cluster = np.kron(np.eye(100), np.ones(5)), np.kron(np.ones(100), np.eye(5))
    limits = np.r_[np.full(5, most), np.full(5, -least)]
    solved = linprog(costs.ravel(), np.vstack([each_cluster, -each_cluster]), limits, each_row, np.ones(100))
    assert costs[np.arange(100), labels].sum() == pytest.approx(solved.fun)
    reduced = costs - prices
    assert (reduced[np.arange(100), labels] <= reduced.min(axis=1) + 1e-9).all()


@pytest.mark.parametrize(("least", "most"), [(0.3, None), (None, 0.36), (0.28, 0.4)])
def test_limits_hold_for_planted_groups_of_uneven_size(least, most):
    sample, groups = planted(900)
    few = sample.take(np.flatnonzero((groups != 2) | (np.arange(900) < 300)))
    fit = fit_kmeans(few, 3, generator(1), min_share=least, max_share=most)
    shares = np.bincount(fit.labels, minlength=3) / len(few)
    assert shares.min() >= (least or 0) - 1e-9
    assert shares.max() <= (most or 1) + 1e-9
    assert fit.measures["price_of_limits"] > 0
    assert np.array_equal(assign_labels(few, fit.model), fit.labels)
    quick = fit_kmeans(few.take(np.arange(0, len(few), 2)), 3, generator(2), fit.model, True, min_share=least)
    assert quick.n_segments == 3


def test_limits_that_do_not_bind_change_nothing():
    sample, _ = planted()
    free = fit_kmeans(sample, 3, generator(1))
    kept = fit_kmeans(sample, 3, generator(1), min_share=0.2, max_share=0.5)
    assert kept.model == free.model
    assert "offsets" not in kept.model
    assert describe_limits(kept) == []


def test_limits_without_room_give_fewer_segments():
    sample, _ = planted()
    assert Limits(0.4, None).room_for(5) == 2
    assert Limits(None, 0.2).room_for(4) == 0
    assert fit_kmeans(sample, 5, generator(1), min_share=0.4).n_segments == 2
    assert fit_kmeans(sample, 4, generator(1), max_share=0.2).n_segments == 1


def test_centres_within_limits_are_found_on_a_part_of_many_rows(monkeypatch):
    monkeypatch.setattr("segkit.segments.methods.limits.MOST_ROWS", 200)
    sample, groups = planted(1200)
    starts = [sample.points[[0, 1, 2]]]
    labels, _, _, value = search_limited(sample.points, sample.weights, starts, Limits(0.33, None), generator(1))
    assert adjusted_rand(labels, groups) > 0.97
    assert value == pytest.approx(fit_kmeans(sample, 3, generator(1)).objective, rel=0.01)


def test_rows_of_a_group_stay_together():
    # Means of groups a, b, c: 1, 9, 11. So a | b, c, although the row at 8 of group a is nearer to the second centre.
    sample = sample_of([-6.0, 8.0, 8.0, 10.0, 11.0], groups=np.array(["a", "a", "b", "b", "c"]))
    points, weights, place = group_means(sample)
    assert np.ravel(points).tolist() == [1.0, 9.0, 11.0]
    assert weights.tolist() == [2.0, 2.0, 1.0]
    assert place.tolist() == [0, 0, 1, 1, 2]
    fit = fit_kmeans(sample, 2, generator(1), keep_groups=True)
    assert fit.labels[0] == fit.labels[1] != fit.labels[2] == fit.labels[3] == fit.labels[4]
    assert np.array_equal(assign_labels(sample, fit.model), fit.labels)
    alone = assign_labels(dataclasses.replace(sample, groups=None), fit.model)
    assert alone[1] != alone[0]


def test_fewer_different_points_than_segments():
    fit = fit_kmeans(sample_of([1.0] * 5 + [2.0] * 5), 4, generator(1))
    assert fit.n_segments == 2
    assert fit_kmeans(sample_of([1.0] * 5), 4, generator(1)).n_segments == 1


def test_a_start_with_another_number_of_segments_is_no_start():
    sample, _ = planted()
    model = fit_kmeans(sample, 2, generator(1)).model
    assert fit_kmeans(sample, 3, generator(1), model, True).n_segments == 3


def test_memberships_follow_the_order_of_a_model():
    sample, _ = planted()
    fit = fit_kmeans(sample, 3, generator(1))
    again = reorder(fit, [2, 0, 1])
    assert np.array_equal(assign_labels(sample, again.model), again.labels)
    assert np.array_equal(memberships(sample, again.model)[:, 1], memberships(sample, fit.model)[:, 0])
