"""What may be said of a division: a tenth of benchmarks/verdicts.py, and the borders of the three words."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from planted.groups import NOISE, groups, mixed_groups, noise, sample_of

from segkit.segments.assess.stability import Stability
from segkit.segments.assess.verdict import find_gaps, judge, temper_verdicts
from segkit.segments.fits import Fit
from segkit.segments.search import search_once
from segkit.statistics.clusterings import adjusted_rand


def divide(sample, k: int, seed: int = 1) -> Fit:
    return Fit(search_once(sample.points, k, np.random.default_rng(seed), patience=20)[0], {})


def sure(k: int, ari: float = 0.97, slsw: float = 0.95) -> Stability:
    return Stability(np.full(4, ari), np.full(k, slsw), np.ones((1, k)))


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("kind", NOISE)
def test_noise_is_never_called_more_than_constructive(kind, seed):
    sample = noise(kind, seed)
    for k in (2, 4):
        assert judge(sample, divide(sample, k), sure(k), seed) == "constructive"


@pytest.mark.parametrize("k", [2, 3, 5])
def test_clear_groups_are_natural(k):
    sample, group = groups(k, 8, seed=2)
    fit = divide(sample, k)
    assert adjusted_rand(fit.labels, group) > 0.95 and judge(sample, fit, sure(k), 1) == "natural"
    assert judge(sample, fit, sure(k, ari=0.7), 1) == "constructive"  # it does not come back
    assert judge(sample, fit, sure(k, slsw=0.6), 1) == "reproducible"  # one of them does not


def test_clear_groups_in_numbers_and_categories_are_seen():
    said = [judge(sample := mixed_groups(3, seed)[0], divide(sample, 3), sure(3), 1) for seed in range(3)]
    assert "constructive" not in said and "natural" in said


def test_two_groups_taken_for_one_are_not_called_natural():
    sample, group = groups(4, 6, seed=3)
    centres = np.array([sample.points[group == j].mean(axis=0) for j in range(4)])
    away = ((centres[:, None] - centres[None]) ** 2).sum(axis=2) + np.eye(4) * 1e9
    a, b = np.unravel_index(away.argmin(), away.shape)
    merged = np.unique(np.where(group == b, a, group), return_inverse=True)[1]
    assert judge(sample, Fit(merged, {}), sure(3), 1) == "reproducible"


def test_overlapping_groups_are_never_natural_where_the_division_is_wrong():
    for seed in range(5):
        sample, group = groups(3, 3, seed)
        fit = divide(sample, 3)
        assert judge(sample, fit, sure(3), seed) != "natural" or adjusted_rand(fit.labels, group) >= 0.8


def test_an_island_beside_a_long_crowd_is_reproducible():
    rng = np.random.default_rng(5)
    points = np.vstack([rng.uniform(size=(300, 2)) * [9, 1], rng.normal(size=(80, 2)) * 0.2 + [4, 12]])
    sample = sample_of(points)
    assert judge(sample, divide(sample, 3), sure(3), 1) == "reproducible"


def test_natural_is_not_said_where_a_larger_number_is_nearly_found_again():
    search = pd.DataFrame({"n_segments": [2, 3, 4], "verdict": ["natural", "natural", "constructive"]})
    assert temper_verdicts(search) == ["natural", "natural", "constructive"]
    search["prediction_strength"] = [1.0, 0.9, 0.5]
    assert temper_verdicts(search) == ["reproducible", "natural", "constructive"]


def test_rows_in_no_group_are_left_out():
    sample, group = groups(2, 9, seed=4)
    labels = np.where(np.arange(len(sample)) % 10 == 0, -1, group)
    assert judge(sample, Fit(labels, {}), sure(2), 1) == "natural"
    assert judge(sample, Fit(np.where(labels == 1, -1, labels), {}), sure(1), 1) == "constructive"  # one is left
    assert judge(sample, SimpleNamespace(labels=np.full(len(sample), -1)), sure(2), 1) == "constructive"


def test_gaps_by_hand():
    # Around 0 and 10 stand 30 values each, one in the middle: (1 + 1) / (30 + 1). Two modes: the chance is the least.
    points = np.r_[np.linspace(-0.5, 0.5, 30), 5, np.linspace(9.5, 10.5, 30)][:, None]
    labels = (points[:, 0] > 5).astype(int)
    filled, p_values = find_gaps(points, labels, np.array([[0.0], [10.0]]))
    assert filled == pytest.approx([2 / 31] * 2) and p_values == pytest.approx([0.001] * 2)
