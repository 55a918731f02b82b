"""Seeded draws: the same for the same seed and purpose, independent for others."""

import numpy as np

from segkit.statistics.resampling import bootstrap_counts, bootstrap_indices, generator


def test_same_seed_and_purpose_same_draws():
    assert (
        generator(1, "stability", 4).integers(1000, size=5).tolist()
        == generator(1, "stability", 4).integers(1000, size=5).tolist()
    )


def test_other_seeds_and_purposes_draw_otherwise():
    keys = [(1, "a", 12), (1, "a1", 2), (1, "a", 1, 2), (2, "a", 12), (1,)]
    assert len({generator(*key).integers(10**12) for key in keys}) == len(keys)


def test_indices_are_sorted_samples_with_replacement():
    draws = list(bootstrap_indices(50, 20, generator(1), size=80))
    assert len(draws) == 20 and all(len(rows) == 80 and (np.diff(rows) >= 0).all() for rows in draws)
    assert set(np.concatenate(draws)) == set(range(50))
    assert len(next(bootstrap_indices(7, 1, generator(1)))) == 7


def test_counts_add_up_to_n():
    counts = bootstrap_counts(40, 30, generator(3))
    assert counts.shape == (30, 40) and (counts.sum(axis=1) == 40).all()
    assert (counts == 0).mean() > 0.3  # about 1/e of the rows are left out
