"""Equally good divisions: found where they are, none where there is one answer only; cores and swing accounts."""

import functools

import numpy as np
import pandas as pd
import pytest

from segkit.segments.assess.near_equal import MOST_KEPT, find_near_equal
from segkit.segments.fits import Fit, Sample
from segkit.segments.methods.assign import assign_labels
from segkit.segments.methods.kmeans import fit_kmeans
from segkit.segments.methods.kmedoids import fit_kmedoids
from segkit.segments.methods.mixture import fit_mixture
from segkit.segments.methods.ward import fit_ward
from segkit.statistics.clusterings import adjusted_rand

RECTANGLE = np.array([[0.0, 0.0], [1.0005, 0.0], [0.0, 1.0], [1.0005, 1.0]])


def sample_of(points: np.ndarray) -> Sample:
    return Sample(points, np.empty((len(points), 0), dtype=int), points, np.ones(len(points)))


def squares(n: int = 40, seed: int = 0, stretch: float = 1.0) -> np.ndarray:
    """Four clouds at the corners of a square: two ways to make two groups are equally good."""
    rng = np.random.default_rng(seed)
    corner = np.repeat(np.arange(4), n)
    centres = np.column_stack([corner % 2 * 6.0 * stretch, corner // 2 * 6.0])
    return centres + rng.normal(size=(4 * n, 2)) * 0.5


@pytest.fixture(scope="module")
def wholesale(real_data) -> Sample:
    spend = np.log(pd.read_csv(real_data / "wholesale_customers" / "Wholesale customers data.csv").iloc[:, 2:])
    return sample_of(((spend - spend.mean()) / spend.std(ddof=1)).to_numpy())


def test_two_divisions_of_a_rectangle_by_hand():
    # pairs one above the other: each point half a unit from its middle, 4 · .5² = 1
    # pairs side by side: 4 · .50025² = 1.00100025; no single point gains by leaving: .5 < 2/3 · 1.25
    sample = sample_of(RECTANGLE)
    best = fit_kmeans(sample, 2, np.random.default_rng(1))
    found = find_near_equal(sample, fit_kmeans, best, 0.005, seed=1, searches=60)
    assert best.objective == pytest.approx(1)
    assert found.n_all == 2 and [fit.objective for fit in found.fits] == pytest.approx([1, 1.00100025])
    assert found.excess == pytest.approx([0, 0.00100025])
    assert found.labels[0].tolist() == best.labels.tolist() and adjusted_rand(*found.labels) == pytest.approx(-0.5)
    assert found.lowest_agreement == pytest.approx(-0.5)
    assert found.is_core.sum() == 2, "paired as well as possible, two points swing"
    assert found.seen == 1 and found.n_found.sum() > 30
    assert find_near_equal(sample, fit_kmeans, best, 0.0005, seed=1, searches=60).n_all == 1


def test_the_chance_to_see_nothing_new_is_that_of_good_by_hand():
    # five searches as good: three end in one division, two in divisions of their own: 1 − 2/5
    divisions = [[0, 0, 0, 1, 1, 1], [0, 0, 1, 1, 1, 1], [0, 1, 1, 1, 1, 1]]
    script = iter([x for d in (0, 0, 0, 0, 1, 2) for x in (0, d)][1:])  # one to see that chance is used, then pairs

    def method(sample, k, rng, start=None, is_quick=False):
        rng.random()
        labels = np.array(divisions[next(script)])
        return Fit(labels[: len(sample)], {"kind": "centres", "segments": [[0.0], [1.0]]}, 10.0)

    best = Fit(np.array(divisions[0]), {"kind": "centres", "segments": [[0.0], [1.0]]}, 10.0)
    found = find_near_equal(sample_of(np.arange(6.0)[:, None]), method, best, 0.005, seed=1, searches=5)
    assert found.n_all == 3 and found.seen == pytest.approx(0.6) and found.n_found.tolist() == [4, 1, 1]


def test_clear_groups_have_one_answer_and_a_square_has_two():
    clear = sample_of(squares())
    best = fit_kmeans(clear, 4, np.random.default_rng(1))
    found = find_near_equal(clear, fit_kmeans, best, 0.005, seed=1)
    assert found.n_all == 1 and found.is_core.all() and found.lowest_agreement == 1
    best = fit_kmeans(clear, 2, np.random.default_rng(1))
    found = find_near_equal(clear, fit_kmeans, best, 0.05, seed=1)
    assert found.n_all == 2 and found.lowest_agreement < 0.01 and found.is_core.mean() == pytest.approx(0.5, abs=0.02)


def test_wholesale_customers_have_many_answers_at_four_and_one_at_two(wholesale):
    best = fit_kmeans(wholesale, 4, np.random.default_rng(1))
    found = find_near_equal(wholesale, fit_kmeans, best, 0.005, seed=1, searches=600)
    assert best.objective == pytest.approx(1388.59, abs=0.01)
    assert 12 <= found.n_all <= 20 and found.lowest_agreement < 0.72
    assert found.excess.min() == 0 and found.excess.max() <= 0.005 and (np.diff(found.excess) >= 0).all()
    assert 0.75 < found.is_core.mean() < 0.92
    for fit in found.fits:  # any of them can be used in place of the best
        assert np.array_equal(assign_labels(wholesale, fit.model), fit.labels)
    best = fit_kmeans(wholesale, 2, np.random.default_rng(1))
    assert find_near_equal(wholesale, fit_kmeans, best, 0.005, seed=1).n_all == 1


def test_noise_has_more_answers_than_a_search_shows_and_says_so():
    sample = sample_of(np.random.default_rng(3).normal(size=(600, 6)))
    best = fit_kmeans(sample, 6, np.random.default_rng(1), max_searches=2)
    found = find_near_equal(sample, fit_kmeans, best, 0.02, seed=1, searches=80)
    assert len(found.labels) <= MOST_KEPT and found.n_all > 20 and found.seen < 0.6
    assert found.is_core.mean() < 0.5


def test_same_seed_same_divisions(wholesale):
    best = fit_kmeans(wholesale, 5, np.random.default_rng(1))
    first, second = (find_near_equal(wholesale, fit_kmeans, best, 0.005, 7, searches=60) for _ in range(2))
    assert first.labels.tobytes() == second.labels.tobytes() and first.seen == second.seen


def test_equal_weights_and_options_change_nothing():
    sample = sample_of(squares())
    best = fit_kmeans(sample, 2, np.random.default_rng(1))
    plain = find_near_equal(sample, fit_kmeans, best, 0.05, 1)
    fit = functools.partial(fit_kmeans, hits=9, min_share=None, keep_groups=True)
    assert find_near_equal(sample, fit, best, 0.05, 1).labels.tobytes() == plain.labels.tobytes()
    limited = functools.partial(fit_kmeans, min_share=0.4)
    found = find_near_equal(sample, limited, limited(sample, 2, np.random.default_rng(1)), 0.05, 1)
    assert found.n_searches == 12 and found.n_all == 2, "limits of size are kept by the method's own fits"


@pytest.mark.parametrize("fit", [fit_kmedoids, fit_mixture])
def test_other_methods_are_searched_by_their_own_fits(fit):
    sample = sample_of(squares(25))
    best = fit(sample, 4, np.random.default_rng(1))
    found = find_near_equal(sample, fit, best, 0.005, seed=1, searches=8)
    assert found.n_searches == 8 and found.n_all == 1 and found.is_core.all()


def test_a_method_without_chance_has_nothing_to_search():
    sample = sample_of(squares(25))
    found = find_near_equal(sample, fit_ward, fit_ward(sample, 3, np.random.default_rng(1)), 0.005, seed=1)
    assert found.n_searches == 0 and found.n_all == 1 and np.isnan(found.seen)


def test_rows_in_no_group_stay_so():
    labels = np.array([-1, 0, 0, 1, 1, 2])
    best = Fit(labels, {"kind": "centres", "segments": [[0.0], [1.0], [2.0]]}, None)
    found = find_near_equal(sample_of(np.arange(6.0)[:, None]), fit_kmeans, best, 0.005, seed=1)
    assert found.labels.tolist() == [labels.tolist()] and found.n_searches == 0


@pytest.mark.parametrize(
    "points", [np.array([[0.0], [0.0], [0.0], [5.0]]), np.repeat([[0.0, 1.0], [4.0, 1.0]], 6, axis=0), RECTANGLE * 0]
)
def test_equal_points_are_survived(points):
    sample = sample_of(points)
    best = fit_kmeans(sample, 2, np.random.default_rng(1))
    assert find_near_equal(sample, fit_kmeans, best, 0.005, seed=1).n_all == 1
