"""What classes have in common, learned from them: worked out on paper, and on planted classes."""

from __future__ import annotations

import numpy as np
import pytest

from segkit.segments.methods.em import climb, lay_out, plain_prior, prior_of
from segkit.segments.methods.prior import FLAT_ROWS, MOST_ROWS, flat_prior, learn_prior
from segkit.statistics.clusterings import adjusted_rand

from .planted_mixtures import planted


def learn(rows, means, variances, counts=((1.0,), (1.0,)), sizes=(1,), overall=(1.0,)):
    rows, means, variances = (np.array(x, dtype=float).reshape(-1, 1) for x in (rows, means, variances))
    second = rows * (variances + means**2)
    return learn_prior(rows, rows * means, second, np.array(counts), sizes, np.array(overall), 0.01)


def test_rows_of_means_on_paper():
    # Means 0 and 2, variance 1, 50 rows each: tau² = 2 / 1 − 1/50 = 1.98; rows 1 / 1.98. The centre is 1.
    found = learn([50, 50], [0, 2], [1, 1])
    assert found.centre_rows[0] == pytest.approx(1 / 1.98)
    assert found.centres[0] == pytest.approx(1.0)
    assert found.variances[0] == pytest.approx(1.0)
    assert found.variance_rows[0] == MOST_ROWS  # equal variances


def test_means_that_differ_by_chance_are_one():
    # Standard error 1 / sqrt(50) = .14: a difference of .1 is none.
    assert learn([50, 50], [0.0, 0.1], [1, 1]).centre_rows[0] == MOST_ROWS


def test_rows_of_variances():
    # d0 rows make log variances spread by trigamma(d0 / 2); 4,000 classes of 10,000 rows drawn with d0 = 12.
    rng = np.random.default_rng(0)
    found = learn(np.full(4000, 1e4), rng.normal(size=4000), 12 / rng.chisquare(12, 4000), np.ones((4000, 1)))
    assert found.variance_rows[0] == pytest.approx(12, rel=0.1)
    assert learn([1000, 1000], [0, 1], [0.02, 50.0]).variance_rows[0] == FLAT_ROWS


def test_rows_of_levels():
    # Shares drawn from a Dirichlet of 8 rows around (.5, .3, .2), seen exactly but for 1 in 10,000 rows.
    rng = np.random.default_rng(0)
    whole = np.array([0.5, 0.3, 0.2])
    counts = rng.dirichlet(8 * whole, 4000) * 1e4
    found = learn(np.ones(4000), rng.normal(size=4000), np.ones(4000), counts, (3,), whole)
    np.testing.assert_allclose(found.level_rows, 8, rtol=0.05)
    same = learn([1, 1], [0, 1], [1, 1], ((50.0, 30.0, 20.0), (49.0, 31.0, 20.0)), (3,), whole)
    np.testing.assert_array_equal(same.level_rows, MOST_ROWS)


def test_one_class_keeps_the_flat_prior():
    found = learn([50], [0], [1], ((1.0,),))
    assert vars(found).keys() == vars(flat_prior(1, np.ones(1))).keys()
    assert found.centre_rows[0] == 0


def test_the_second_climb_never_falls_and_noise_is_drawn_together():
    rng = np.random.default_rng(3)
    gains = []
    for seed in range(6):
        sample, truth = planted(250, seed)
        numbers = np.column_stack([sample.numbers, rng.normal(size=(len(sample), 3))])
        data = lay_out(numbers, sample.codes, [int(c.max()) + 1 for c in sample.codes.T], np.ones(len(numbers)))
        k = len(np.unique(truth))
        start = np.eye(k)[truth]
        _, plain, _ = climb(data, start, plain_prior(data), 300, 1e-6)
        prior = prior_of(data, plain)
        assert (prior.centre_rows[-3:] > prior.centre_rows[: sample.numbers.shape[1]].min()).all()
        values = [climb(data, plain, prior, steps, 0.0)[2] for steps in (1, 2, 4, 8, 16)]
        assert np.diff(values).min() > -1e-6
        _, learned, _ = climb(data, plain, prior, 300, 1e-6)
        gains.append(adjusted_rand(learned.argmax(1), truth) - adjusted_rand(plain.argmax(1), truth))
    assert np.mean(gains) > -0.002
