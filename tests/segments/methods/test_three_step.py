"""Description of classes by outside variables, without the bias of sorting."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from stepmix.stepmix import StepMix

from segkit.segments.methods.mixture import fit_mixture
from segkit.segments.methods.posterior import by_mixture
from segkit.segments.methods.three_step import compare_classes, describe_by_class, fit_by_class, misplaced

from .planted_mixtures import planted, sample_of

FOUR = np.array([[0.8, 0.2], [0.8, 0.2], [0.2, 0.8], [0.2, 0.8]])


def test_correction_on_paper():
    # Each class sums to 2; 1.6 of it is sorted rightly: D = [[.8, .2], [.2, .8]], inverse [[4, −1], [−1, 4]] / 3.
    # Values 3, 5 | 5, 7: naive 4 and 6. Class 0: (4/3 · 8 − 1/3 · 12) / 2 = 10/3; class 1: (−8/3 + 16) / 2 = 20/3.
    np.testing.assert_allclose(misplaced(FOUR), [[0.8, 0.2], [0.2, 0.8]])
    found = describe_by_class(FOUR, np.array([3.0, 5.0, 5.0, 7.0]))
    np.testing.assert_allclose(found["estimate"], [10 / 3, 20 / 3])
    np.testing.assert_allclose(found["naive"], [4, 6])
    # Residuals of class 0: −1/3, 5/3 with weight 4/3 and 5/3, 11/3 with −1/3, over 2: −2/9, 10/9, −5/18, −11/18.
    assert found["standard_error"][0] == pytest.approx(np.sqrt((16 + 400 + 25 + 121) / 324))
    assert found["n_rows"].tolist() == [2, 2]


def test_shares_of_levels_on_paper():
    # Level a: both rows of class 0, one of class 1: naive 1 and .5; class 0: (8/3 − 1/3) / 2 = 7/6, not above 1;
    # class 1: (−2/3 + 4/3) / 2 = 1/3.
    found = describe_by_class(FOUR, pd.Series(["a", "a", "a", "b"]))
    assert found.loc[found["level"] == "a", "estimate"].tolist() == pytest.approx([1, 1 / 3])
    assert found.loc[found["level"] == "a", "naive"].tolist() == [1, 0.5]


def test_planted_difference_comes_back_through_overlapping_classes():
    # Classes two standard deviations apart, one account in six in the wrong one; the outside variable is 10 and 20.
    rng = np.random.default_rng(3)
    classes = np.arange(4000) % 2
    sample = sample_of(np.where(classes, 1.0, -1.0)[:, None] + rng.normal(size=(4000, 1)))
    outside = np.where(classes, 20.0, 10.0) + rng.normal(size=4000)
    outside[::7] = np.nan
    fit = fit_mixture(sample, 2, rng)
    found = describe_by_class(by_mixture(sample, fit.model), outside).sort_values("estimate")
    assert (found["estimate"] - [10, 20]).abs().max() < 1
    assert (found["naive"] - [10, 20]).abs().min() > 1
    assert compare_classes(by_mixture(sample, fit.model), outside)[2] < 1e-6


def test_no_difference_is_rarely_called_one():
    sample, _ = planted(400, 2)
    posteriors = by_mixture(sample, fit_mixture(sample, 3, np.random.default_rng(0)).model)
    found = [compare_classes(posteriors, np.random.default_rng(s).normal(size=400))[2] < 0.05 for s in range(100)]
    assert sum(found) <= 12


def test_means_equal_stepmix():
    sample, classes = planted(400, 5, gaps=0.0)
    outside = classes + np.random.default_rng(0).normal(size=400)
    theirs = StepMix(
        3,
        n_steps=3,
        correction="BCH",
        assignment="modal",
        measurement="gaussian_diag",
        structural="gaussian_unit",
        progress_bar=0,
        random_state=0,
    ).fit(sample.numbers, outside)
    found = describe_by_class(theirs.predict_proba(sample.numbers), outside)
    expected = theirs.get_parameters()["structural"]["means"][:, 0]
    np.testing.assert_allclose(found["estimate"], expected, rtol=1e-6)


def test_likeliest_shares_on_paper():
    # Sorted into class 0: b, b; into class 1: a, b. D has .8 and .2. If class 0 never says a and class 1 says it with
    # q, the rows sorted into 1 have share .8 q of a and those sorted into 0 .2 q: likelihood of one a there and one b
    # there, two b here: .8 q · (1 − .8 q) · (1 − .2 q)², highest where 1/q = .8/(1 − .8 q) + .4/(1 − .2 q): q = .5391.
    found = fit_by_class(FOUR, pd.Series(["b", "b", "a", "b"]))
    assert found["level"].tolist() == ["a", "a", "b", "b"]
    np.testing.assert_allclose(found["estimate"][:2], [0, 0.539088], atol=1e-3)
    np.testing.assert_allclose(found["estimate"][:2] + found["estimate"][2:].to_numpy(), 1)


def test_likeliest_means_equal_stepmix():
    sample, classes = planted(400, 6, gaps=0.0)
    outside = 5 * classes + np.random.default_rng(0).normal(size=400)
    kind = {"measurement": "gaussian_diag", "structural": "gaussian_diag", "random_state": 0, "progress_bar": 0}
    theirs = StepMix(3, n_steps=3, correction="ML", **kind).fit(sample.numbers, outside)
    # stepmix's own predictions after the third step use the outside variable only when it is given
    found = fit_by_class(theirs.predict_proba(sample.numbers), outside)
    expected = theirs.get_parameters()["structural"]["means"][:, 0]
    np.testing.assert_allclose(found["estimate"], expected, rtol=1e-3)


@pytest.mark.parametrize("variable", [np.full(4, np.nan), pd.Series([None] * 4, dtype="object")])
def test_nothing_known(variable):
    assert describe_by_class(FOUR, variable)["estimate"].isna().all()
    assert fit_by_class(FOUR, variable)["estimate"].isna().all()


def test_classes_that_cannot_be_told_apart_have_no_corrected_mean():
    found = describe_by_class(np.full((4, 2), 0.5), np.arange(4.0))
    assert found["estimate"].isna().all()
    assert np.isnan(compare_classes(np.full((4, 2), 0.5), np.arange(4.0))[2])
