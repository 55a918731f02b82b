"""Instability split into what the search adds and what the sample is too small for, and the rows that would help."""

import functools

import numpy as np
import pytest

from segkit.segments.assess.parts import fall_with_size, fit_plainly, rows_needed, split_instability
from segkit.segments.fits import Fit, Sample
from segkit.segments.methods.kmeans import fit_kmeans

PARTS = ["instability", "algorithm_part", "algorithm_low", "algorithm_high", "sampling_part"]


def sample_of(points: np.ndarray) -> Sample:
    n = len(points)
    return Sample(points, np.empty((n, 0), dtype=int), points, np.ones(n))


def overlapping(n: int, seed: int) -> Sample:
    rng = np.random.default_rng(seed)
    centres = np.array([[0, 0, 0, 0], [1.8, 1.8, 0, 0], [3.6, 0, 0, 0]])
    return sample_of(rng.normal(size=(n, 4)) + centres[np.arange(n) % 3])


def survey(n: int, seed: int) -> np.ndarray:
    rng = np.random.default_rng(seed)
    likely = rng.beta(0.8, 0.8, size=(5, 11))
    return (rng.random((n, 11)) < likely[rng.choice(5, n, p=[0.3, 0.25, 0.2, 0.15, 0.1])]).astype(float)


def test_parts_by_hand():
    # points 0 … 5, segments 0 1 2 | 3 4 5. The plain fit always says 0 1 | 2 3 4 5 (overlaps 2/3 and 3/4), the fit that
    # knows the full solution always that solution, with the better objective: nothing is left for the sample.
    sample = sample_of(np.arange(6.0)[:, None])
    full = Fit(np.array([0, 0, 0, 1, 1, 1]), {"kind": "centres", "segments": [[1.0], [4.0]]}, 4.0)

    def fit(sample, k, rng, start=None, is_quick=False):
        return full if start else Fit(full.labels, {"kind": "centres", "segments": [[0.0], [3.0]]}, 5.0)

    found = split_instability(sample, fit, full, pairs=2, seed=1, size=6)
    assert found["instability"].tolist() == pytest.approx([1 / 3, 1 / 4])
    assert found["algorithm_part"].tolist() == pytest.approx([1 / 3, 1 / 4])
    assert found["algorithm_low"].tolist() == pytest.approx([1 / 3, 1 / 4])
    assert found["sampling_part"].tolist() == pytest.approx([0, 0])
    assert found["n_needed"].tolist() == [2, 2]  # the smallest samples tried, a quarter of six rows


def test_power_and_rows_needed_by_hand():
    # .1, .2, .4 at n, n/2, n/4: halving the rows doubles it; .3 everywhere does not fall
    halves = [np.array([[x, 0.3]] * 4) for x in (0.1, 0.2, 0.4)]
    power, slowest = fall_with_size(halves, np.random.default_rng(1))
    assert power == pytest.approx([1, 0]) and slowest == pytest.approx([1, 0])
    # from .3 to .1 with power 1/2: nine times the rows; with power .2: 3 ** 5 = 243 times, too far to foretell
    needed = rows_needed(
        np.array([0.3, 0.3, 0.3, 0.05]), np.array([0.5, 0.2, 0.5, 0.5]), np.array([0.4, 0.2, 0.1, 0]), 100
    )
    assert needed[0] == pytest.approx(900, abs=1) and np.isnan(needed[1:3]).all() and needed[3] == 25


def test_plain_search_that_stops_early_is_told_from_the_sample():
    sample = sample_of(survey(1450, 7))
    full = fit_kmeans(sample, 8, np.random.default_rng(0), max_searches=15)
    found = split_instability(sample, fit_kmeans, full, pairs=3, seed=1, size=1450)
    assert (found["instability"] - found["algorithm_part"] - found["sampling_part"]).abs().max() < 1e-9
    assert found["algorithm_part"].mean() > 0.1 and (found["algorithm_low"] > 0).sum() >= 2
    few = split_instability(sample, fit_kmeans, fit_kmeans(sample, 2, np.random.default_rng(0)), 3, 1, 1450)
    assert few["algorithm_part"].abs().max() < 0.05


def test_rows_needed_are_foretold_from_a_quarter_of_them():
    """Two planted samples of 150 rows foretell the sampling part of samples of 600."""
    foretold, measured = [], []
    for seed in (1, 2):
        parts = {}
        for n in (150, 600):
            sample = overlapping(n, seed + n)
            full = fit_kmeans(sample, 3, np.random.default_rng(0))
            parts[n] = split_instability(sample, fit_kmeans, full, pairs=6, seed=1, size=n)
        foretold.append(parts[150]["sampling_part"].mean() * 4**-0.5)
        measured.append(parts[600]["sampling_part"].mean())
        small = parts[150]["n_needed"]
        assert (parts[600]["sampling_part"][small.notna() & (small < 600)] < 0.12).all()
    assert np.mean(measured) == pytest.approx(np.mean(foretold), rel=0.4)


def test_more_rows_do_not_help_where_divisions_are_equally_good():
    # a square of four even clouds: cut upright or across, two segments are as good
    rng, corner = np.random.default_rng(2), np.arange(240) % 4
    sample = sample_of(rng.normal(size=(240, 2)) * 0.4 + 6 * np.column_stack([corner % 2, corner // 2]))
    full = fit_kmeans(sample, 2, np.random.default_rng(0))
    found = split_instability(sample, fit_kmeans, full, pairs=10, seed=1, size=240)
    assert found["sampling_part"].min() > 0.1 and found["n_needed"].isna().all()


def test_plain_search_keeps_the_best_of_its_starts():
    sample = sample_of(np.array([[0.0], [0.1], [5.0], [5.1], [9.0], [9.1]]))
    found = fit_plainly(sample, 3, np.random.default_rng(1), starts=30)
    assert found.objective == pytest.approx(3 * 0.005)  # three pairs, each 2 · .05²


def test_limits_of_size_hold_for_the_plain_search_too():
    sample = overlapping(120, 3)
    fit = functools.partial(fit_kmeans, min_share=0.3)
    full = fit(sample, 3, np.random.default_rng(0))
    found = split_instability(sample, fit, full, pairs=2, seed=1, size=120)
    assert np.isfinite(found[PARTS].to_numpy(float)).all() and len(found) == 3
