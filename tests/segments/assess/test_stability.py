"""Stability of any method: agreement of pairs, segments found again, rows' shares, segments kept across k."""

import numpy as np
import pytest

from segkit.segments.assess.stability import (
    continued,
    draw_rows,
    kept_across,
    measure_stability,
    overlaps_of,
    with_others,
)
from segkit.segments.fits import Fit, Sample
from segkit.segments.methods.assign import assign_labels
from segkit.segments.methods.kmeans import fit_kmeans


def sample_of(points: np.ndarray, groups: np.ndarray | None = None) -> Sample:
    n = len(points)
    return Sample(points, np.empty((n, 0), dtype=int), points, np.ones(n), groups)


def blobs(k: int = 4, n: int = 60, seed: int = 0) -> np.ndarray:
    rng = np.random.default_rng(seed)
    group = np.repeat(np.arange(k), n)
    return rng.normal(size=(k * n, 2)) * 0.4 + 6 * np.column_stack([group % 2, group // 2])


def scripted(*centres: list[list[float]]):
    """A method that returns one model after the other, whatever it sees."""
    models = iter([{"kind": "centres", "segments": found} for found in centres])
    return lambda sample, k, rng, start=None, is_quick=False: Fit(np.zeros(len(sample), dtype=int), next(models))


def test_pairs_segments_and_shares_by_hand():
    sample = sample_of(np.arange(6.0)[:, None])
    full = Fit(np.array([0, 0, 0, 1, 1, 1]), {"kind": "centres", "segments": [[1.0], [4.0]]})
    # refit 1: the same division, numbered the other way; refit 2: 0 1 | 2 3 4 5
    found = measure_stability(sample, scripted([[4.0], [1.0]], [[0.0], [3.0]]), {2: full}, pairs=1, seed=1, size=6)[2]
    # 3 + 1 pairs together in both; 6 in one, 7 in the other, 15 in all: (4 − 42/15) / (13/2 − 42/15)
    assert found.pairs == pytest.approx([1.2 / 3.7])
    assert found.segments == pytest.approx([(1 + 2 / 3) / 2, (1 + 3 / 4) / 2])
    assert found.shares.tolist() == [[1, 0], [1, 0], [0.5, 0.5], [0, 1], [0, 1], [0, 1]]


def test_rows_in_no_segment_count_in_the_union_only():
    # segment 0 = rows 1 2, segment 1 = row 3, row 0 in none; group 0 = rows 0 1 2, group 1 = row 3
    overlap = overlaps_of(np.array([-1, 0, 0, 1]), np.array([0, 0, 0, 1]), 2)
    assert overlap == pytest.approx(np.array([[2 / 3, 0], [0, 1]]))


def test_one_group_more_than_segments_goes_to_the_segment_it_overlaps_most():
    # the pairing takes .5 + .6; group 2 is left over and lies in segment 1
    assert continued(np.array([[0.5, 0.0, 0.1], [0.2, 0.6, 0.3]])).tolist() == [0, 1, 1]


def test_segment_kept_across_numbers_by_hand():
    before = np.array([0, 0, 0, 0, 1, 1, 1, 1, -1])
    after = np.array([0, 0, 2, 2, 2, 2, 1, 1, 1])
    # two segments are cut from one each, the third is taken from both alike: entropy log 2 over log 2
    assert kept_across(before, after) == pytest.approx([1, 1, 0])
    assert kept_across(np.zeros(4, dtype=int), np.array([0, 0, 1, 1])) == pytest.approx([1, 1])


def test_true_number_of_groups_is_stable_and_too_many_are_not():
    sample = sample_of(blobs())
    fits = {k: fit_kmeans(sample, k, np.random.default_rng(1)) for k in (4, 6)}
    found = measure_stability(sample, fit_kmeans, fits, pairs=8, seed=1, size=240)
    assert found[4].pairs.mean() == pytest.approx(1) and found[4].segments == pytest.approx([1] * 4)
    assert found[4].shares.max(axis=1).min() == 1
    assert found[6].pairs.mean() < 0.95 and found[6].shares.max(axis=1).min() < 0.9
    assert found[6].shares.sum(axis=1) == pytest.approx(np.ones(240), abs=1e-5)


def test_one_good_segment_in_a_bad_solution_is_seen():
    rng = np.random.default_rng(3)
    sample = sample_of(np.vstack([rng.normal(size=(300, 2)), rng.normal(size=(60, 2)) * 0.2 + 12]))
    full = fit_kmeans(sample, 4, np.random.default_rng(1))
    segments = measure_stability(sample, fit_kmeans, {4: full}, pairs=10, seed=1, size=360)[4].segments
    island = full.labels[-1]
    assert segments[island] > 0.99 and np.delete(segments, island).max() < 0.9


def test_groups_are_drawn_whole_and_about_as_many_rows():
    groups = np.array(["a", "b", "b", "b", "c", "c"] * 20) + np.repeat(np.arange(20), 6).astype(str).astype(object)
    for rows in draw_rows(sample_of(np.zeros((120, 1)), groups), 5, seed=1, size=60):
        times = np.bincount(rows, minlength=120)
        assert all(len(set(times[groups == g])) == 1 for g in set(groups))
        assert 30 <= len(rows) <= 90


def test_copies_of_an_account_do_not_make_a_division_stable():
    accounts = np.random.default_rng(5).normal(size=(60, 4))
    points, groups = np.repeat(accounts, 8, axis=0), np.repeat(np.arange(60), 8)
    agreement = []
    for sample in (sample_of(points), sample_of(points, groups)):
        full = fit_kmeans(sample, 3, np.random.default_rng(1))
        agreement.append(measure_stability(sample, fit_kmeans, {3: full}, 10, 1, 480)[3].pairs.mean())
    assert agreement[0] > agreement[1] + 0.3


def test_refits_of_k_means_know_other_good_divisions_and_find_them():
    # a square of four even clouds: cut upright or across, k = 2 is as good; samples decide for one or the other
    sample = sample_of(blobs(n=40))
    full = fit_kmeans(sample, 2, np.random.default_rng(1))
    start = with_others(sample, fit_kmeans, full, seed=1, size=160)
    cuts = {tuple(assign_labels(sample, {"kind": "centres", "segments": one})) for one in start["others"]}
    assert len({min(cut, tuple(1 - np.array(cut))) for cut in cuts}) >= 2
    found = measure_stability(sample, fit_kmeans, {2: full}, pairs=15, seed=1, size=160)[2]
    assert 0.2 < found.pairs.mean() < 0.8 and set(found.pairs.round(1)) <= {0.0, 1.0}


def test_same_inputs_same_bytes():
    sample = sample_of(np.random.default_rng(2).normal(size=(100, 3)))
    full = {3: fit_kmeans(sample, 3, np.random.default_rng(1))}
    first, second = (measure_stability(sample, fit_kmeans, full, 3, 5, 80)[3] for _ in range(2))
    assert first.pairs.tobytes() == second.pairs.tobytes() and first.shares.tobytes() == second.shares.tobytes()
