"""Data without groups keep shapes, gaps and what goes up together; the groups are gone."""

import numpy as np
import pandas as pd
import pytest
from planted.groups import groups, mixed_groups, noise, sample_of

from segkit.segments.assess.groupless import draw_crowd, fit_crowd
from segkit.segments.space import apply_space, fit_space
from segkit.statistics.dip import dip, dip_p_value


def drawn(sample, n=2000, seed=1):
    rng = np.random.default_rng(seed)
    return draw_crowd(fit_crowd(sample, rng), n, rng)


def test_one_crowd_keeps_its_shape():
    points = noise("normal", 3, n=1500).points
    crowd = drawn(sample_of(points))
    assert np.corrcoef(crowd.T) == pytest.approx(np.corrcoef(points.T), abs=0.08)
    assert np.quantile(crowd, [0.1, 0.5, 0.9], axis=0) == pytest.approx(
        np.quantile(points, [0.1, 0.5, 0.9], axis=0), abs=0.15 * points.std()
    )


def test_whole_numbers_stay_whole_numbers():
    sample = noise("integers", 1)
    crowd = drawn(sample)
    assert set(np.unique(crowd.round(9))) <= set(np.unique(sample.points))
    assert crowd.mean(axis=0) == pytest.approx(sample.points.mean(axis=0), rel=0.1)


def test_groups_are_gone():
    points = groups(2, 8, seed=1)[0].points
    line = points @ (points[np.argmax(points.sum(axis=1))] - points.mean(axis=0))
    assert dip_p_value(dip(line), len(line)) == pytest.approx(0.001)
    crowd = drawn(sample_of(points), n=400)
    assert min(dip_p_value(dip(column), 400) for column in crowd.T) > 0.05


def test_categories_keep_their_shares_and_gaps_stay():
    frame = pd.DataFrame({"a": np.arange(400.0), "x": ["u", "u", "u", "v"] * 100})
    frame.loc[::10, "a"] = np.nan
    sample = apply_space(frame, fit_space(frame, {"a": 1.0, "x": 1.0}))
    crowd = fit_crowd(sample, np.random.default_rng(1))
    points = draw_crowd(crowd, 4000, np.random.default_rng(2))
    assert crowd.missing.mean(axis=0) == pytest.approx([0.1, 0])
    assert points.std(axis=0) == pytest.approx(sample.points.std(axis=0), rel=0.1)


def test_points_are_rebuilt_from_numbers_and_levels():
    sample = mixed_groups(3, seed=1)[0]
    crowd = fit_crowd(sample, np.random.default_rng(1))
    indicators = [sample.codes[:, [j]] == np.sort(levels) for j, (levels, _) in enumerate(crowd.codes)]
    wide = np.hstack([sample.numbers, *indicators])
    assert crowd.intercept + wide @ crowd.map == pytest.approx(sample.points, abs=1e-8)


def test_odd_columns_give_no_error():
    points = np.column_stack([np.zeros(50), np.r_[np.zeros(49), 1e9]])
    assert np.isfinite(drawn(sample_of(points), n=60)).all()
