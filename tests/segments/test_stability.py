"""Stability of divisions, and what may be said about them."""

import numpy as np
import pandas as pd
import pytest

from segkit.segments.choice import choose_number, judge
from segkit.segments.search import search_clusters
from segkit.segments.stability import explained, gaps, kept_across, measure_stability, separation

from .test_search import blobs


def test_true_number_of_groups_is_stable_and_too_many_are_not():
    points, _ = blobs(k=4)
    solutions = {k: search_clusters(points, k, 1) for k in (4, 6)}
    found = measure_stability(points, solutions, pairs=8, seed=1, size=240)
    assert found[4].pairs.mean() == pytest.approx(1) and found[4].segments == pytest.approx([1] * 4)
    assert found[6].pairs.mean() < 0.95
    assert len(found[6].pairs) == 8 and len(found[6].segments) == 6


def test_one_good_segment_in_a_bad_solution_is_seen():
    rng = np.random.default_rng(3)
    points = np.vstack([rng.normal(size=(300, 2)), rng.normal(size=(60, 2)) * 0.2 + 12])
    solution = search_clusters(points, 4, 1)
    segments = measure_stability(points, {4: solution}, pairs=10, seed=1, size=360)[4].segments
    island = solution.labels[-1]
    assert segments[island] > 0.99 and np.delete(segments, island).max() < 0.9


def test_segment_kept_across_numbers_by_hand():
    before = np.array([0, 0, 0, 0, 1, 1, 1, 1])
    after = np.array([0, 0, 2, 2, 2, 2, 1, 1])
    assert kept_across(before, after) == pytest.approx([1, 1, 0])


def test_separation_and_explained_share_by_hand():
    points, labels = np.array([[0.0], [2.0], [10.0], [12.0]]), np.array([0, 0, 1, 1])
    centres = np.array([[1.0], [11.0]])
    assert separation(points, labels, centres) == pytest.approx(np.mean([10 / 11, 8 / 9, 8 / 9, 10 / 11]))
    assert explained(points[:, 0], labels) == pytest.approx(100 / 104)
    assert explained(np.ones(4), labels) == 0


def sweep(**changes) -> pd.DataFrame:
    rows = {2: (0.99, 0.6), 3: (0.80, 0.5), 4: (0.92, 0.4), 5: (0.91, 0.5), 6: (0.7, 0.4)} | changes.get("rows", {})
    frame = pd.DataFrame([(k, *v) for k, v in rows.items()], columns=["n_segments", "ari_mean", "separation"])
    return frame.assign(smallest_share=changes.get("smallest", [0.1] * len(frame)))


def test_three_to_five_are_preferred_unless_another_number_is_clearly_more_stable():
    assert choose_number(sweep(), 0.02) == (5, "segments.choice_stable")  # as stable as four, better separated
    assert choose_number(sweep(rows={4: (0.85, 0.4), 5: (0.85, 0.3)}), 0.02) == (2, "segments.choice_outside")
    assert choose_number(sweep(smallest=[0.1, 0.1, 0.1, 0.01, 0.1]), 0.02) == (4, "segments.choice_stable")
    assert choose_number(sweep().head(1), 0.02) == (2, "segments.choice_none_usual")
    assert choose_number(sweep(), 0.02, fixed=6) == (6, "segments.choice_set")
    assert choose_number(sweep(smallest=[0.001] * 5), 0.02) == (5, "segments.choice_stable")


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("kind", ["normal", "long", "uniform", "skewed"])
def test_noise_is_never_called_more_than_constructive(kind, seed):
    rng = np.random.default_rng(seed)
    draw = {"uniform": rng.uniform, "skewed": rng.exponential}.get(kind, rng.normal)
    noise = draw(size=(400, 3)) * ([6, 1, 1] if kind == "long" else 1)
    for k in (2, 3, 4):
        solution = search_clusters(noise, k, 1)
        assert judge(noise, solution.labels, solution.centres, ari=0.99, seed=seed) == "constructive"


def test_planted_groups_are_called_natural_if_they_come_back():
    points, _ = blobs()
    solution = search_clusters(points, 4, 1)
    found = (solution.labels, solution.centres)
    assert judge(points, *found, ari=0.95, seed=1) == "natural"
    assert judge(points, *found, ari=0.60, seed=1) == "constructive"


def test_an_island_beside_a_crowd_is_reproducible():
    rng = np.random.default_rng(5)
    points = np.vstack([rng.uniform(size=(300, 2)) * [9, 1], rng.normal(size=(80, 2)) * 0.2 + [4, 12]])
    solution = search_clusters(points, 3, 1)
    assert judge(points, solution.labels, solution.centres, ari=0.95, seed=1) == "reproducible"


def test_gap_is_the_filling_of_the_middle_by_hand():
    points = np.array([[x] for x in (0.0, 0.0, 0.0, 5.0, 10.0, 10.0, 10.0)])
    labels = np.array([0, 0, 0, 0, 1, 1, 1])
    assert gaps(points, labels, np.array([[0.0], [10.0]])) == pytest.approx([2 / 4, 2 / 4])
