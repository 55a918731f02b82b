"""The certified search finds what is there, does not stop before, and says how sure it is."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from segkit.segments.optimise import inertia, lloyd, means, seed_centres, transfer
from segkit.segments.search import assign_points, chance_missed, search_clusters
from segkit.statistics.clusterings import adjusted_rand

BEST = {2: 1843.78, 3: 1554.495, 4: 1388.59, 5: 1268.348, 6: 1174.0}
SIZES = {
    2: [252, 188],
    3: [212, 147, 81],
    4: [130, 130, 119, 61],
    5: [101, 100, 97, 88, 54],
    6: [114, 104, 101, 55, 45, 21],
}


def blobs(k: int = 4, n: int = 60, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    group = np.repeat(np.arange(k), n)
    return rng.normal(size=(k * n, 2)) * 0.4 + 6 * np.column_stack([group % 2, group // 2]), group


@pytest.fixture(scope="module")
def wholesale(real_data) -> np.ndarray:
    spend = np.log(pd.read_csv(real_data / "wholesale_customers" / "Wholesale customers data.csv").iloc[:, 2:])
    return ((spend - spend.mean()) / spend.std(ddof=1)).to_numpy()


def test_planted_groups_are_found():
    points, group = blobs()
    found = search_clusters(points, 4, seed=1)
    assert adjusted_rand(found.labels, group) == 1
    assert found.n_found == 5 and found.inertia == pytest.approx(inertia(points, found.labels, found.centres))
    assert np.array_equal(assign_points(points, found.centres), found.labels)


@pytest.mark.parametrize("k", BEST)
@pytest.mark.parametrize("seed", [0, 7])
def test_best_known_solution_of_the_wholesale_customers(wholesale, k, seed):
    found = search_clusters(wholesale, k, seed)
    assert found.inertia <= (BEST[k] + 0.05 if k < 6 else 1174.02)
    assert sorted(np.bincount(found.labels), reverse=True) == SIZES[k]


def test_same_seed_same_solution(wholesale):
    first, second = (search_clusters(wholesale, 4, 3) for _ in range(2))
    assert first.centres.tobytes() == second.centres.tobytes()
    assert (first.n_searches, first.n_found) == (second.n_searches, second.n_found)


def test_search_ends_after_its_limit_and_says_so():
    noise = np.random.default_rng(2).normal(size=(300, 5))
    found = search_clusters(noise, 8, seed=1, hits=50, max_searches=6, patience=0)
    assert found.n_searches == 6 and found.n_found < 6
    assert found.chance_missed > search_clusters(blobs()[0], 4, seed=1).chance_missed


def test_chance_of_having_missed_a_better_one():
    assert chance_missed(1, 1) == pytest.approx(1 / 3)  # integral of (1 - p) 2p
    assert chance_missed(5, 5) == pytest.approx(0.002165, abs=1e-6)
    assert chance_missed(50, 5) > chance_missed(20, 5) > chance_missed(10, 5)
    assert 0 < chance_missed(200, 200) < 1e-9


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10_000), st.integers(2, 5), st.integers(6, 25))
def test_no_single_move_improves_what_transfer_returns(seed, k, n):
    rng = np.random.default_rng(seed)
    points = rng.normal(size=(n, 2))
    before = lloyd(points, seed_centres(points, k, rng))
    labels, centres = transfer(points, *before)
    value = inertia(points, labels, centres)
    assert value <= inertia(points, *before) + 1e-9
    assert np.bincount(labels, minlength=k).all()
    for i in range(n):
        for target in range(k):
            moved = labels.copy()
            moved[i] = target
            if np.bincount(moved, minlength=k).all():
                assert inertia(points, moved, means(points, moved, k)) >= value - 1e-7


def test_equal_points_leave_no_cluster_empty():
    points = np.array([[0.0, 0.0]] * 8 + [[1.0, 0.0]] * 2 + [[0.0, 1.0]])
    found = search_clusters(points, 3, seed=1)
    assert sorted(np.bincount(found.labels)) == [1, 2, 8] and found.inertia == pytest.approx(0)
    assert np.bincount(search_clusters(points, 5, seed=1).labels, minlength=5).all()


def test_weighted_centre_by_hand():
    # 0 and 4 with weights 3 and 1 have their centre at 1 and the inertia 3·1 + 1·9 = 12; the pair at 20 is apart
    points, weights = np.array([[0.0], [4.0], [20.0], [20.0]]), np.array([3.0, 1.0, 2.0, 2.0])
    found = search_clusters(points, 2, seed=1, weights=weights)
    assert sorted(found.centres[:, 0]) == pytest.approx([1, 20]) and found.inertia == pytest.approx(12)


@pytest.mark.parametrize(("seed", "k"), [(0, 2), (1, 3), (2, 4)])
def test_a_point_of_weight_two_counts_as_two_points(seed, k):
    rng = np.random.default_rng(seed)
    points, counts = rng.normal(size=(30, 2)), rng.integers(1, 4, 30)
    weighted = search_clusters(points, k, seed=1, hits=20, weights=counts.astype(float))
    repeated = search_clusters(np.repeat(points, counts, axis=0), k, seed=1, hits=20)
    assert weighted.inertia == pytest.approx(repeated.inertia, rel=1e-6)
    assert adjusted_rand(np.repeat(weighted.labels, counts), repeated.labels) == pytest.approx(1)


def test_even_weights_change_nothing_and_none_at_all_are_survived():
    points, group = blobs()
    plain = search_clusters(points, 4, seed=1)
    assert search_clusters(points, 4, seed=1, weights=np.ones(240)).centres.tobytes() == plain.centres.tobytes()
    half = np.where(group < 2, 0.0, 1.0)
    assert np.bincount(search_clusters(points, 5, seed=1, weights=half).labels, minlength=5).all()
