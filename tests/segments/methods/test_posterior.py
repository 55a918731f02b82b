"""Memberships from plain JSON: worked out on paper, and equal to those of the libraries."""

from __future__ import annotations

import json

import numpy as np
import pytest
from sklearn.mixture import GaussianMixture
from stepmix.stepmix import StepMix

from segkit.segments.fits import Sample
from segkit.segments.methods.em import lay_out, plain_prior, update
from segkit.segments.methods.gaussian import fit_gaussian
from segkit.segments.methods.mixture import fit_mixture
from segkit.segments.methods.posterior import by_mixture, joint_densities, measure_fit

from .planted_mixtures import planted, sample_of

NAN = np.nan


def test_bayes_rule_on_paper():
    # Two classes of share 1/2, number with means 0 and 2 and variance 1, levels with shares .8/.2 and .2/.8.
    model = {
        "kind": "mixture",
        "segments": [
            {"share": 0.5, "means": [0.0], "variances": [1.0], "levels": [[0.8, 0.2]]},
            {"share": 0.5, "means": [2.0], "variances": [1.0], "levels": [[0.2, 0.8]]},
        ],
    }
    numbers = np.array([[1.0], [0.0], [NAN], [NAN], [NAN]])
    codes = np.array([[0], [-1], [1], [-1], [7]])
    found = by_mixture(sample_of(numbers, codes), model)[:, 0]
    # At 1 both densities are alike: .8. At 0 without a category: 1 / (1 + e^-2) = .8808. Only the level: .2. Nothing
    # known, or a level that the model does not know: the share, .5.
    np.testing.assert_allclose(found, [0.8, 0.880797, 0.2, 0.5, 0.5], atol=1e-6)


def test_one_step_on_paper():
    # Class 0 holds the numbers 0 and 2: mean 1, scatter 2, with one imagined row of variance 1: (2 + 1) / 3 = 1.
    # Class 1 holds 5 and a gap: mean 5, scatter 0, one row known: 1 / 2 = .5.
    # Levels 0, 0 | 0, 1: as a whole .75 and .25, so class 0 has (2.75, .25) / 3 and class 1 (1.75, 1.25) / 3.
    data = lay_out(np.array([[0.0], [2.0], [5.0], [NAN]]), np.array([[0], [0], [0], [1]]), [2], np.ones(4))
    found = update(data, np.eye(2)[[0, 0, 1, 1]], plain_prior(data))
    np.testing.assert_allclose(found.shares, [0.5, 0.5])
    np.testing.assert_allclose(found.means[:, 0], [1.0, 5.0])
    np.testing.assert_allclose(found.variances[:, 0], [1.0, 0.5])
    np.testing.assert_allclose(found.levels, [[2.75 / 3, 0.25 / 3], [1.75 / 3, 1.25 / 3]])


def test_measures_on_paper():
    # Densities .4 and .2: log .08 = −2.525729. BIC 5.051457 + 3 log 2 = 7.130899. Highest posteriors .75 and .5:
    # ICL 7.130899 − 2 log .375 = 9.092558. Entropies .562335 and .693147 of 2 log 2: 1 − .905639 = .094361.
    found = measure_fit(np.log([[0.3, 0.1], [0.1, 0.1]]), np.ones(2), 3)
    expected = {"loglik": -2.525729, "bic": 7.130899, "icl": 9.092558, "entropy": 0.094361, "n_parameters": 3}
    assert found == pytest.approx(expected, abs=2e-6)


def test_posteriors_equal_stepmix():
    sample, _ = planted(300, 1)
    fit = fit_mixture(sample, 3, np.random.default_rng(0))
    segments = json.loads(json.dumps(fit.model))["segments"]
    theirs = StepMix(
        3,
        measurement={
            "numbers": {"model": "gaussian_diag_nan", "n_columns": 3},
            "codes": {"model": "categorical_nan", "n_columns": 2},
        },
        progress_bar=0,
        max_iter=1,
        random_state=0,
    )
    data = np.hstack([sample.numbers, np.where(sample.codes < 0, NAN, sample.codes)])
    with pytest.warns(UserWarning, match="converge"):
        theirs.fit(data)
    levels = np.zeros((3, 2, 5))  # stepmix gives every category as many columns as the largest has levels
    for c, segment in enumerate(segments):
        for j, shares in enumerate(segment["levels"]):
            levels[c, j, : len(shares)] = shares
    parameters = theirs.get_parameters()
    parameters["weights"] = np.array([segment["share"] for segment in segments])
    parameters["measurement"]["numbers"]["means"] = np.array([segment["means"] for segment in segments])
    parameters["measurement"]["numbers"]["covariances"] = np.array([segment["variances"] for segment in segments])
    parameters["measurement"]["codes"]["pis"] = levels.reshape(3, 10)
    theirs.set_parameters(parameters)
    np.testing.assert_allclose(by_mixture(sample, fit.model), theirs.predict_proba(data), atol=1e-9)
    assert fit.measures["loglik"] == pytest.approx(theirs.score(data) * 300, abs=1e-4)
    assert fit.measures["n_parameters"] == theirs.n_parameters
    assert fit.measures["bic"] == pytest.approx(theirs.bic(data), abs=1e-3)
    assert fit.measures["entropy"] == pytest.approx(theirs.relative_entropy(data), abs=1e-5)


@pytest.mark.parametrize("shape", ["spherical", "diag", "tied", "full"])
def test_posteriors_equal_scikit_learn(shape):
    rng = np.random.default_rng(2)
    points = np.vstack([rng.normal(0, 1, (80, 2)), rng.normal(0, 0.5, (60, 2)) + 3])
    theirs = GaussianMixture(2, covariance_type=shape, random_state=0).fit(points)
    wide = {
        "spherical": lambda c: c[:, None, None] * np.eye(2),
        "diag": lambda c: c[:, :, None] * np.eye(2),
        "tied": lambda c: np.stack([c, c]),
        "full": lambda c: c,
    }[shape](theirs.covariances_)
    segments = [
        {"share": share, "means": means.tolist(), "covariance": covariance.tolist()}
        for share, means, covariance in zip(theirs.weights_, theirs.means_, wide, strict=True)
    ]
    model = {"kind": "mixture", "segments": segments}
    np.testing.assert_allclose(by_mixture(sample_of(points), model), theirs.predict_proba(points), atol=1e-9)
    found = measure_fit(joint_densities(sample_of(points), model), np.ones(140), theirs._n_parameters())
    assert found["bic"] == pytest.approx(theirs.bic(points), abs=1e-5)


@pytest.mark.parametrize("fit_function", [fit_mixture, fit_gaussian])
def test_model_alone_gives_the_labels(fit_function):
    sample, _ = planted(400, 3)
    fit = fit_function(sample, 4, np.random.default_rng(0))
    model = json.loads(json.dumps(fit.model))
    assert np.array_equal(by_mixture(sample, model).argmax(axis=1), fit.labels)
    np.testing.assert_allclose(by_mixture(sample, model).sum(axis=1), 1)
    few = sample.take(np.array([5, 9, 9]))
    assert np.array_equal(by_mixture(few, model).argmax(axis=1), fit.labels[[5, 9, 9]])


def test_blocks_of_rows_change_nothing(monkeypatch):
    sample, _ = planted(100, 4)
    fit = fit_mixture(sample, 2, np.random.default_rng(0))
    whole = by_mixture(sample, fit.model)
    monkeypatch.setattr("segkit.segments.methods.posterior.BLOCK", 33)
    np.testing.assert_allclose(by_mixture(sample, fit.model), whole, rtol=1e-12)


def test_no_rows():
    sample, _ = planted(60, 4)
    fit = fit_mixture(sample, 2, np.random.default_rng(0))
    nobody = Sample(np.empty((0, 3)), np.empty((0, 2), dtype=int), np.empty((0, 3)), np.empty(0))
    assert by_mixture(nobody, fit.model).shape == (0, 2)
