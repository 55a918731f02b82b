"""Whether there are groups at all: each measure on paper, on planted groups and on noise."""

import numpy as np
import pytest
from planted.groups import groups, mixed_groups, noise, sample_of

from segkit.segments.assess.recommend import describe_tendency
from segkit.segments.assess.tendency import dips, hopkins, measure_tendency
from segkit.texts import say


class Scripted:
    """Returns what the test has written down in place of random draws."""

    def uniform(self, low, high, shape):
        return np.array([[0.5], [2.5], [1.0], [3.0], [0.0]])

    def choice(self, n, size, replace):
        return np.array([0, 1, 2, 3, 0])


def test_hopkins_by_hand():
    # Points 0, 1, 2, 3. Places .5, 2.5, 1, 3, 0 lie .5, .5, 0, 0, 0 from their nearest point: 1 in all. The points
    # drawn lie 1 from their nearest other point, five times: H = 1 / (1 + 5).
    assert hopkins(np.arange(4.0)[:, None], Scripted()) == pytest.approx(1 / 6)


def test_hopkins_is_a_half_of_even_points_and_more_of_heaps():
    rng = np.random.default_rng(1)
    even = np.mean([hopkins(rng.uniform(size=(300, 2)), rng) for _ in range(30)])
    assert even == pytest.approx(0.5, abs=0.06)
    assert hopkins(groups(3, 9, seed=1)[0].points, rng) > 0.9


def test_dips_look_along_axes_and_between_clusters():
    rng = np.random.default_rng(2)
    slanted = np.r_[rng.normal(size=(100, 2)), rng.normal(size=(100, 2)) + 3.5]
    found, chances = dips(slanted, rng)
    assert len(found) == 3 and found.argmax() == 2 and chances[2] < 0.01


def test_planted_groups_are_seen_by_every_measure(k=3):
    found = measure_tendency(groups(k, 7, seed=1, n=240)[0], seed=1).set_index("measure")
    assert list(found.index) == ["hopkins", "dip", "gap", "prediction_strength", "mixture"]
    assert found["says"].tolist() == [f"how_many.{name}_yes" for name in found.index]
    assert found["n_segments"].dropna().tolist() == [k, k, k]
    assert (found["p_value"].dropna() <= 0.025).all()


def test_noise_has_no_peaks_and_no_gap():
    told = {
        kind: measure_tendency(noise(kind, 2, n=150), seed=1).set_index("measure")["says"]
        for kind in ("uniform", "tails", "mixed")
    }
    for kind, says in told.items():
        assert says["dip"] == "how_many.dip_no" and says["gap"] == "how_many.gap_no", kind
    assert sum(says["hopkins"].endswith("yes") for says in told.values()) <= 1  # one in twenty by chance


def test_same_seed_same_table_and_sentences_in_both_languages():
    sample = mixed_groups(3, seed=1, n=100)[0]
    first = measure_tendency(sample, seed=4)
    assert measure_tendency(sample, seed=4).equals(first)
    for key, numbers in describe_tendency(first):
        assert say(key, "de", **numbers) != say(key, "en", **numbers)


def test_too_few_different_points_say_so():
    found = measure_tendency(sample_of(np.zeros((100, 2))), seed=1)
    assert found.empty and describe_tendency(found) == [("how_many.tendency_few", {})]
