"""Indices by number of segments, each worked out on paper and found again on planted groups."""

import numpy as np
import pandas as pd
import pytest
from planted.groups import noise, sample_of

from segkit.segments.assess.indices import (
    calinski_harabasz,
    choose_by_gap,
    choose_by_strength,
    kept_together,
    measure_gap,
    measure_indices,
    prediction_strength,
    silhouettes,
)
from segkit.segments.fits import Fit
from segkit.segments.search import search_once
from segkit.statistics.resampling import generator

LINE, TWO = np.array([[0.0], [2.0], [10.0], [12.0]]), np.array([0, 0, 1, 1])


def test_silhouette_by_hand():
    # Row 0: a = 2, b = (10 + 12) / 2 = 11 → 9/11. Row 2: a = 2, b = (10 + 8) / 2 = 9 → 7/9. The others mirror them.
    assert silhouettes(LINE, [TWO]) == pytest.approx([np.mean([9 / 11, 7 / 9, 7 / 9, 9 / 11])])
    # A row alone counts 0: rows 0 and 1 have a = 2 and b = 10, 8 → 8/10, 6/8; row 3 alone; row 2 nearer to the others'.
    assert silhouettes(LINE[[0, 1, 3]], [np.array([0, 0, 1])]) == pytest.approx([np.mean([10 / 12, 8 / 10, 0])])
    assert np.isnan(silhouettes(LINE, [np.zeros(4, dtype=int)])[0])


def test_calinski_harabasz_by_hand():
    # Total scatter about 6: 36 + 16 + 16 + 36 = 104; within: 2 + 2 = 4; (104 − 4) / 1 over 4 / 2 = 50.
    assert calinski_harabasz(LINE, TWO) == pytest.approx(50)
    assert np.isnan(calinski_harabasz(LINE, np.zeros(4, dtype=int)))
    assert calinski_harabasz(np.vstack([LINE, [[99.0]]]), np.r_[TWO, -1]) == pytest.approx(50)  # −1 is left out


def test_pairs_kept_together_by_hand():
    # Cluster 0 has rows 0, 1, 5: the other centres (0 and 6) put 5 with 6. Of its three pairs one is kept: 1/3.
    points = np.array([[0.0], [1.0], [5.0], [8.0], [9.0]])
    assert kept_together(points, np.array([0, 0, 0, 1, 1]), np.array([[0.0], [6.0]])) == pytest.approx(1 / 3)
    assert kept_together(points[:2], np.array([0, 1]), np.array([[0.0], [6.0]])) == 1  # no pair to lose


def test_gap_is_the_difference_of_logarithms_by_hand():
    # One cluster: W is the whole scatter, 104 for the points. The ten draws are uniform between the ends, −6 and 6
    # about the mean, and known by their seed: the gap is the mean of their log W less log 104.
    rng = generator(1, "gap")
    boxes = [rng.uniform([-6], [6], (4, 1)) for _ in range(10)]
    logs = np.array([np.log(((box - box.mean()) ** 2).sum()) for box in boxes])
    gap, gap_se = measure_gap(LINE, [1], seed=1)
    assert gap == pytest.approx([logs.mean() - np.log(104)])
    assert gap_se == pytest.approx([logs.std() * np.sqrt(1.1)])
    assert choose_by_gap([1, 2, 3], np.array([0.1, 0.5, 0.52]), np.full(3, 0.05)) == 2
    assert choose_by_gap([1, 2], np.array([0.1, 0.5]), np.full(2, 0.05)) is None
    assert choose_by_strength([2, 3, 4], np.array([0.95, 0.85, 0.5])) == 3
    assert choose_by_strength([2, 3], np.array([0.5, 0.5])) == 1


def even_groups(k: int, n: int = 80):
    """k round groups, all equally far from each other."""
    rng = np.random.default_rng(k)
    return sample_of(8 * np.eye(k).repeat(n, axis=0) + rng.normal(size=(k * n, k)))


def test_planted_number_has_the_best_indices():
    sample = even_groups(3)
    rng = np.random.default_rng(0)
    fits = {k: Fit(search_once(sample.points, k, rng, 5)[0], {}, measures={"bic": float(k)}) for k in (2, 3, 4)}
    found = measure_indices(sample, fits, seed=1).set_index("n_segments")
    for name in ("silhouette", "calinski_harabasz"):
        assert found[name].idxmax() == 3
    assert found.loc[3, "prediction_strength"] > 0.95 > 0.8 > found.loc[4, "prediction_strength"]
    assert choose_by_gap([2, 3, 4], found["gap"].to_numpy(), found["gap_se"].to_numpy()) == 3
    assert found["bic"].tolist() == [2, 3, 4] and found["icl"].isna().all()
    assert measure_indices(sample, fits, seed=1).equals(found.reset_index())


def test_gap_sees_no_groups_in_noise():
    for kind in ("uniform", "normal", "integers"):
        gap, gap_se = measure_gap(noise(kind, 1).points, [1, 2, 3], seed=1)
        assert choose_by_gap([1, 2, 3], gap, gap_se) == 1


def test_wholesale_customers_are_two_by_gap_and_by_prediction_strength(real_data):
    spend = np.log(pd.read_csv(real_data / "wholesale_customers" / "Wholesale customers data.csv").iloc[:, 2:])
    points = ((spend - spend.mean()) / spend.std(ddof=1)).to_numpy()
    gap, gap_se = measure_gap(points, [1, 2, 3, 4], seed=1)
    assert choose_by_gap([1, 2, 3, 4], gap, gap_se) == 2
    strengths = prediction_strength(points, [2, 3, 4], seed=1)
    assert strengths[0] > 0.75 > strengths[1:].max()


def test_odd_points_give_no_error():
    same = np.zeros((30, 2))
    assert np.isfinite(measure_gap(same, [1, 2], seed=1)[0]).all()
    assert prediction_strength(same, [2], seed=1).shape == (1,)
    assert np.isnan(prediction_strength(np.zeros((3, 1)), [2], seed=1)).all()
