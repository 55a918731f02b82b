"""k-medoids, Ward, dense groups: by hand on few rows, on planted groups, and on what they must not fail on."""

from __future__ import annotations

import json
from typing import get_args

import numpy as np
import pytest

from segkit.segments.methods.assign import assign_labels, memberships
from segkit.segments.methods.density import fit_density
from segkit.segments.methods.kmedoids import _changes, fit_kmedoids
from segkit.segments.methods.registry import METHODS
from segkit.segments.methods.ward import fit_ward
from segkit.settings.account_segmentation import Fitted
from segkit.statistics.clusterings import adjusted_rand
from segkit.statistics.resampling import generator

from .point_samples import planted, sample_of

FITTED = get_args(Fitted)


def test_every_method_of_the_settings_is_there():
    assert set(METHODS) == set(FITTED)


@pytest.mark.parametrize("name", ["kmeans", "kmedoids", "ward", "density"])
def test_planted_groups_are_found_and_models_are_plain_json(name):
    sample, groups = planted(450)
    fit = METHODS[name].fit(sample, 3, generator(1))
    dense = fit.labels >= 0
    assert dense.mean() > 0.9
    assert adjusted_rand(fit.labels[dense], groups[dense]) > 0.97
    model = json.loads(json.dumps(fit.model))
    assert np.array_equal(assign_labels(sample, model)[dense], fit.labels[dense])
    assert np.allclose(memberships(sample, model).sum(axis=1), 1)
    quick = METHODS[name].fit(sample.take(np.arange(0, 450, 2)), 3, generator(2), fit.model, True)
    assert adjusted_rand(assign_labels(sample, quick.model)[dense], fit.labels[dense]) > 0.95


@pytest.mark.parametrize("name", FITTED)
def test_the_same_seed_gives_the_same_model(name):
    sample, _ = planted(150)
    first, second = (METHODS[name].fit(sample, 3, generator(4)) for _ in range(2))
    assert json.dumps(first.model) == json.dumps(second.model)


@pytest.mark.parametrize("name", FITTED)
@pytest.mark.parametrize("points", [[[1.0, 2.0]] * 30, [[0.0, 0.0], [1.0, 1.0], [5.0, 5.0]], [[1.0, 1.0]]])
def test_too_few_different_rows_give_fewer_segments_not_an_error(name, points):
    sample = sample_of(points, target=np.zeros(len(points)))
    fit = METHODS[name].fit(sample, 6, generator(1))
    assert fit.n_segments <= len({tuple(point) for point in points})
    assert len(fit.labels) == len(points)


def test_medoids_by_hand():
    # 0, 1, 3 | 10, 11, 30: medoids 1 and 11 give 1 + 0 + 2 + 1 + 0 + 19 = 23. Far 30 does not pull a centre away:
    # 30 as a medoid of its own beside 3 gives 3 + 2 + 0 + 7 + 8 + 0 = 20: cheaper, so it is taken.
    sample = sample_of([0.0, 1.0, 3.0, 10.0, 11.0, 30.0])
    fit = fit_kmedoids(sample, 2, generator(1))
    assert sorted(np.ravel(fit.model["segments"])) == [3.0, 30.0]
    assert fit.objective == pytest.approx(20.0)
    three = fit_kmedoids(sample, 3, generator(1))  # 1 + 0 + 2 | 0 + 1 | 0
    assert three.objective == pytest.approx(4.0)


def test_weights_choose_the_medoid():
    fit = fit_kmedoids(sample_of([0.0, 1.0, 2.0], weights=np.array([5.0, 1.0, 1.0])), 1, generator(1))
    assert fit.model["segments"] == [[0.0]]
    assert fit.objective == pytest.approx(3.0)


def test_swaps_of_medoids_cost_what_counting_anew_costs():
    rng = np.random.default_rng(3)
    points, weights, medoids = rng.normal(size=(40, 2)), rng.random(40), np.array([3, 17, 30])
    away = np.linalg.norm(points[:, None] - points[None, medoids], axis=2)
    candidates = np.arange(40)
    changes = _changes(np.linalg.norm(points[:, None] - points[None, candidates], axis=2), away, weights)
    for place in range(3):
        for candidate in (0, 8, 25):
            kept = np.delete(away, place, axis=1)
            anew = np.column_stack([kept, np.linalg.norm(points - points[candidate], axis=1)])
            counted = anew.min(axis=1) @ weights - away.min(axis=1) @ weights
            assert changes[place, candidate] == pytest.approx(counted)


def test_ward_by_hand():
    # 0, 1 | 3, 4 are joined first (each for .5), then 8 with 3, 4: (8 − 3.5)² · 2/3 = 13.5, against (3.5 − .5)² = 9
    # for both pairs. So with two clusters 0, 1, 3, 4 | 8: means 2 and 8, scatter 4 + 1 + 1 + 4 = 10.
    fit = fit_ward(sample_of([0.0, 1.0, 3.0, 4.0, 8.0]), 2, generator(1))
    assert sorted(np.ravel(fit.model["segments"])) == [2.0, 8.0]
    assert fit.objective == pytest.approx(10.0)
    assert fit.measures["placed_elsewhere"] == 0.0


def test_ward_counts_rows_that_its_hierarchy_places_elsewhere():
    # Ten zeros, four twelves, 4 and 8. The last two are joined first (8, against 14.5 and 12.8), then both with the
    # twelves (2·4/6·36 = 48, against 60 with the zeros): mean 10. 4 is nearer to 0 (16) than to 10 (36): 1 row of 16.
    fit = fit_ward(sample_of([0.0] * 10 + [12.0] * 4 + [4.0, 8.0]), 2, generator(1))
    assert sorted(np.ravel(fit.model["segments"])) == [0.0, 10.0]
    assert fit.measures["placed_elsewhere"] == 0.0625
    assert fit.labels[14] == fit.labels[0]


def test_ward_of_many_rows_is_made_of_a_part(monkeypatch):
    monkeypatch.setattr("segkit.segments.methods.ward.MOST_ROWS", 120)
    sample, groups = planted()
    assert adjusted_rand(fit_ward(sample, 3, generator(1)).labels, groups) > 0.97


def test_dense_groups_of_any_shape_and_rows_in_none():
    # A ring around a disc, and 20 rows far from both: k-means would cut the ring.
    rng = np.random.default_rng(0)
    turn, far = rng.random(300) * 2 * np.pi, rng.uniform(-1, 1, (20, 2)) * 3 + [14, 14]
    ring = np.column_stack([np.cos(turn), np.sin(turn)]) * 6 + rng.normal(0, 0.2, (300, 2))
    points = np.vstack([ring, rng.normal(0, 0.7, (150, 2)), far * [1, 3]])
    fit = fit_density(sample_of(points), 2, generator(1), smallest_share=0.1)
    assert fit.n_segments == 2
    assert len(set(fit.labels[:300])) == 1
    assert (fit.labels[450:] == -1).all()
    assert fit.measures["noise_share"] == pytest.approx((fit.labels == -1).mean())
    assert fit.measures["placed_elsewhere"] < 0.02
    assert set(assign_labels(sample_of(points[450:]), fit.model)) <= {0, 1}


def test_noise_has_no_dense_groups():
    noise = sample_of(np.random.default_rng(1).normal(size=(400, 4)))
    fit = fit_density(noise, 4, generator(1))
    assert fit.n_segments < 2 or fit.measures["noise_share"] > 0.5


def test_fewer_rows_than_two_groups_hold_give_no_group():
    fit = fit_density(sample_of([0.0, 1.0, 9.0]), 2, generator(1))
    assert (fit.n_segments, fit.measures["noise_share"]) == (0, 1.0)
    assert fit.labels.tolist() == [-1, -1, -1]
