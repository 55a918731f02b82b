"""Agreement of two classifications: published values and limits that keep their promise."""

import math

import numpy as np
import pytest

from segkit.statistics.agreement import cohens_kappa


def test_kappa_is_that_of_the_textbook():
    """Fleiss (1981), Statistical Methods for Rates and Proportions, table 13.1: kappa .676."""
    found = cohens_kappa([[75, 1, 4], [5, 4, 1], [0, 0, 10]])
    assert (found.n, found.n_same, found.share) == (100, 89, 0.89)
    assert found.kappa == pytest.approx(0.6765, abs=1e-4)
    assert found.kappa_low < found.kappa < found.kappa_high


def test_classes_that_are_independent_agree_by_chance_only():
    assert cohens_kappa([[4, 8], [16, 32]]).kappa == pytest.approx(0)


def test_full_agreement_is_one_but_not_certain():
    found = cohens_kappa(np.diag([3, 5, 12]))
    assert (found.share, found.kappa) == (1, 1)
    assert found.kappa_low < 0.9


def test_one_class_alone_has_no_kappa():
    found = cohens_kappa([[7, 0], [0, 0]])
    assert found.share == 1
    assert math.isnan(found.kappa)


def test_nobody_to_compare_gives_nothing():
    assert cohens_kappa(np.zeros((3, 3))).n == 0


def test_the_interval_holds_the_truth_as_often_as_it_says():
    truth = np.array([[0.10, 0.01, 0.00], [0.01, 0.18, 0.01], [0.00, 0.01, 0.68]])
    kappa = cohens_kappa(np.rint(truth * 100_000)).kappa
    draws = np.random.default_rng(7).multinomial(60, truth.ravel(), size=600)
    found = [cohens_kappa(draw.reshape(3, 3)) for draw in draws]
    held = [one.kappa_low <= kappa <= one.kappa_high for one in found if not math.isnan(one.kappa)]
    assert np.mean(held) > 0.93
