"""Latent classes and Gaussian mixtures: planted classes are found again, odd data give fewer classes, not errors."""

from __future__ import annotations

import numpy as np
import pytest
from stepmix.stepmix import StepMix
from threadpoolctl import threadpool_limits

from segkit.segments.methods.gaussian import fit_gaussian
from segkit.segments.methods.mixture import fit_mixture
from segkit.segments.methods.posterior import by_mixture, joint_densities
from segkit.segments.methods.starts import n_empty, pick_different
from segkit.statistics.clusterings import adjusted_rand

from .planted_mixtures import planted, planted_with_model, sample_of

BOTH = pytest.mark.parametrize("fit_function", [fit_mixture, fit_gaussian])


def rng(seed: int = 0) -> np.random.Generator:
    return np.random.default_rng(seed)


def test_planted_classes_with_gaps_are_found_as_well_as_by_who_knows_them():
    for seed in range(3):
        sample, classes, truth = planted_with_model(1000, seed)
        fit = fit_mixture(sample, 3, rng())
        known = by_mixture(sample, truth).argmax(axis=1)
        assert adjusted_rand(fit.labels, classes) > adjusted_rand(known, classes) - 0.05
        assert fit.measures["bic"] < fit.measures["bic_one"]
    others = [fit_mixture(sample, k, rng()).measures["bic"] for k in (2, 4)]
    assert fit.measures["bic"] < min(others)


def test_as_good_as_stepmix():
    everybody, classes = planted(4000, 5)
    sample, others = everybody.take(np.arange(400)), everybody.take(np.arange(400, 4000))
    data, unseen = (np.hstack([s.numbers, np.where(s.codes < 0, np.nan, s.codes)]) for s in (sample, others))
    measurement = {
        "numbers": {"model": "gaussian_diag_nan", "n_columns": 3},
        "codes": {"model": "categorical_nan", "n_columns": 2},
    }
    theirs = StepMix(3, measurement=measurement, n_init=3, abs_tol=1e-6, progress_bar=0, random_state=0).fit(data)
    ours = fit_mixture(sample, 3, rng())
    assert adjusted_rand(ours.labels, classes[:400]) >= adjusted_rand(theirs.predict(data), classes[:400]) - 0.01
    # What classes have in common is not fitted class by class: each number saved costs half a unit here on average …
    assert ours.measures["loglik"] > theirs.score(data) * 400 - ours.measures["n_parameters"] / 2
    # … and pays on accounts that neither has seen.
    assert np.logaddexp.reduce(joint_densities(others, ours.model), axis=1).mean() > theirs.score(unseen)


def test_categories_alone_are_enough():
    # Classic latent classes: five yes-no questions, one class says yes to nearly all, the other to nearly none.
    generator = rng(5)
    classes = np.arange(500) % 2
    codes = (generator.random((500, 5)) < np.where(classes, 0.85, 0.15)[:, None]).astype(int)
    fit = fit_mixture(sample_of(np.empty((500, 0)), codes), 2, rng())
    assert adjusted_rand(fit.labels, classes) > 0.85
    assert fit.measures["n_parameters"] == 1 + 2 * 5
    assert fit.measures["n_found"] > 1


def test_long_thin_clouds_need_the_full_shape():
    generator = rng(6)
    long = generator.normal(size=(200, 2)) @ np.array([[3.0, 2.9], [0.0, 0.3]])
    points = np.vstack([long, long[::-1] + [1.5, -1.5]])
    fit = fit_gaussian(sample_of(points), 2, rng())
    assert fit.model["shape"] in ("tied", "full")
    assert adjusted_rand(fit.labels, np.repeat([0, 1], 200)) > 0.9
    assert fit.measures["bic"] == min(fit.measures[f"bic_{shape}"] for shape in ("spherical", "diag", "tied", "full"))


@BOTH
def test_one_class_describes_noise(fit_function):
    noise = sample_of(rng(7).normal(size=(300, 3)))
    fit = fit_function(noise, 3, rng())
    assert fit.measures["bic"] > fit.measures["bic_one"]


@BOTH
def test_quick_refit_from_the_model_stays(fit_function):
    sample, _ = planted(500, 8)
    fit = fit_function(sample, 3, rng())
    again = fit_function(sample, 3, rng(1), start=fit.model, is_quick=True)
    assert adjusted_rand(fit.labels, again.labels) > 0.98


@BOTH
def test_order_and_bytes_do_not_depend_on_threads(fit_function):
    sample, _ = planted(200, 9)
    first = fit_function(sample, 3, rng())
    with threadpool_limits(limits=2):
        second = fit_function(sample, 3, rng())
    assert first.model == second.model
    shares = [segment["share"] for segment in first.model["segments"]]
    assert shares == sorted(shares, reverse=True)


def test_weight_two_counts_like_twice_the_row():
    sample, _ = planted(120, 10)
    twice = np.concatenate([np.arange(120), np.arange(60)])
    weights = np.where(np.arange(120) < 60, 2.0, 1.0)
    weighted = sample_of(sample.numbers, sample.codes, weights)
    start = fit_mixture(sample, 2, rng()).model
    a = fit_mixture(weighted, 2, rng(), start=start)
    b = fit_mixture(sample.take(twice), 2, rng(), start=start)
    assert a.measures["loglik"] == pytest.approx(b.measures["loglik"], abs=0.01)
    np.testing.assert_allclose(a.model["segments"][0]["means"], b.model["segments"][0]["means"], atol=0.01)


def test_gaussian_clouds_follow_weights():
    # Two clouds of 200; those on the right count three times: their share is 3/4.
    points = np.vstack([rng(1).normal(-4, 1, (200, 2)), rng(2).normal(4, 1, (200, 2))])
    weights = np.repeat([0.5, 1.5], 200)
    fit = fit_gaussian(sample_of(points, weights=weights), 2, rng())
    assert fit.model["segments"][0]["share"] == pytest.approx(0.75, abs=0.01)
    assert np.array_equal(fit.labels, np.repeat([1, 0], 200))


@BOTH
@pytest.mark.parametrize(
    ("numbers", "most"),
    [
        (np.array([[1.0, 2.0]]), 1),
        (np.array([[1.0, 2.0], [3.0, 1.0], [2.0, 2.0]]), 3),
        (np.ones((200, 2)), 1),
        (np.empty((50, 0)), 1),
        (np.full((50, 2), np.nan), 1),
        (np.vstack([rng(3).normal(size=(120, 2)), [[1e9, 1e9]]]), 5),
        (np.repeat(rng(4).normal(size=(4, 2)), 30, axis=0), 4),
    ],
    ids=["one", "three", "identical", "no criteria", "all missing", "one giant", "four kinds"],
)
def test_odd_samples_give_as_many_classes_as_they_hold(fit_function, numbers, most):
    sample = sample_of(numbers)
    fit = fit_function(sample, 5, rng())
    assert 1 <= fit.n_segments <= most
    assert n_empty(fit.labels, fit.n_segments) == 0
    assert np.isfinite(fit.objective)
    quick = fit_function(sample, 5, rng(1), start=fit.model, is_quick=True)
    assert 1 <= quick.n_segments <= most


def test_bootstrap_without_the_last_level_keeps_it():
    sample, _ = planted(300, 11)
    model = fit_mixture(sample, 3, rng()).model
    rare = sample.codes[:, 1].max()
    without = sample.take(np.flatnonzero(sample.codes[:, 1] != rare))
    refit = fit_mixture(without, 3, rng(), start=model, is_quick=True)
    assert len(refit.model["segments"][0]["levels"][1]) == rare + 1


def test_searches_that_agree_do_not_both_go_on():
    # The second search divides as the first does, with other numbers; the third is different.
    labels = [np.array([0, 0, 1, 1]), np.array([1, 1, 0, 0]), np.array([0, 1, 0, 1])]
    assert pick_different([3.0, 2.0, 1.0], labels, 2) == ([0, 2], [2, 1])
    assert pick_different([3.0, 2.0, 1.0], labels, 1) == ([0], [2])
