"""A tenth of benchmarks/wholesale_reference.py and stability_panel.py: R's figures, and refits beside ten starts."""

import numpy as np
import pandas as pd
import pytest

from segkit.segments.assess.parts import fit_plainly
from segkit.segments.assess.stability import draw_rows, measure_stability, with_others
from segkit.segments.fits import Sample
from segkit.segments.methods.kmeans import fit_kmeans
from segkit.statistics.resampling import generator

FLEXCLUST = {2: 0.888, 4: 0.583, 6: 0.525}  # mean adjusted Rand of bootFlexclust, ten starts
SEGMENTS = {57: 0.75, 123: 0.82, 127: 0.72, 133: 0.75}  # slswFlexclust at k = 4


def sample_of(points: np.ndarray) -> Sample:
    n = len(points)
    return Sample(points, np.empty((n, 0), dtype=int), points, np.ones(n))


@pytest.fixture(scope="module")
def wholesale(real_data) -> Sample:
    spend = np.log(pd.read_csv(real_data / "wholesale_customers" / "Wholesale customers data.csv").iloc[:, 2:])
    return sample_of(((spend - spend.mean()) / spend.std(ddof=1)).to_numpy())


def like_flexclust(sample, k, rng, start=None, is_quick=False):
    return fit_plainly(sample, k, rng, 10, is_by_distance=True)


@pytest.mark.parametrize("k", FLEXCLUST)
def test_agreement_of_pairs_as_flexclust_measures_it(wholesale, k):
    full = {k: like_flexclust(wholesale, k, generator(1, "like", k))}
    found = measure_stability(wholesale, like_flexclust, full, pairs=10, seed=1, size=440)[k]
    assert found.pairs.mean() == pytest.approx(FLEXCLUST[k], abs=0.08)


def test_segments_as_flexclust_measures_them(wholesale):
    full = fit_plainly(wholesale, 4, np.random.default_rng(0), 1500, is_by_distance=True)
    sizes = np.bincount(full.labels)
    assert sorted(sizes) == sorted(SEGMENTS)  # the best of R's 200 starts, by the sum of distances
    found = measure_stability(wholesale, like_flexclust, {4: full}, pairs=10, seed=1, size=440)[4]
    assert [found.segments[j] - SEGMENTS[n] for j, n in enumerate(sizes)] == pytest.approx([0] * 4, abs=0.06)


def test_quick_refits_come_lower_than_ten_starts():
    from sklearn.cluster import KMeans
    from threadpoolctl import threadpool_limits

    rng = np.random.default_rng(7)
    answers = (
        rng.random((1450, 11)) < rng.beta(0.8, 0.8, size=(5, 11))[rng.choice(5, 1450, p=[0.3, 0.25, 0.2, 0.15, 0.1])]
    )
    sample = sample_of(answers.astype(float))
    full = fit_kmeans(sample, 7, np.random.default_rng(1), max_searches=8)
    start, lower = with_others(sample, fit_kmeans, full, seed=1, size=1450), []
    with threadpool_limits(limits=1):  # many times slower with more on a busy machine
        for i, rows in enumerate(draw_rows(sample, 6, seed=1, size=1450)):
            drawn = sample.take(rows)
            ours = fit_kmeans(drawn, 7, generator(1, i), start=start, is_quick=True).objective
            lower.append(ours < KMeans(7, n_init=10, random_state=i).fit(drawn.points).inertia_)
    assert sum(lower) >= 5
