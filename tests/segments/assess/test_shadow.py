"""Silhouettes, shadow values and the plane: worked out on paper, planted, and on data that nobody can divide."""

import numpy as np
import pandas as pd
import pytest

from segkit.segments.assess.projection import hull, plane, project_segments
from segkit.segments.assess.shadow import (
    centres_of,
    describe_separation,
    measure_separation,
    rows_to_look_at,
    shadow_values,
    silhouettes,
)
from segkit.segments.fits import Sample
from segkit.segments.space import apply_space, fit_space
from segkit.tables import check
from segkit.texts import LANGUAGES, say

LINE = np.array([[0.0], [1.0], [4.0], [6.0]])
PAIRS = np.array([0, 0, 1, 1])
IDS = ["cluster 1", "cluster 2", "cluster 3"]


def sample_of(points: np.ndarray) -> Sample:
    return Sample(points, np.empty((len(points), 0), dtype=int), points, np.ones(len(points)))


def planted(n: int = 300, apart: float = 10.0, seed: int = 1) -> tuple[np.ndarray, np.ndarray]:
    labels = np.arange(n) % 3
    centres = np.array([[0, 0, 0], [apart, 0, 0], [0, apart, 0]])
    return centres[labels] + np.random.default_rng(seed).standard_normal((n, 3)), labels


def test_silhouettes_by_hand():
    # 0: a = 1, b = (4 + 6) / 2 = 5, so 4/5;  1: a = 1, b = (3 + 5) / 2 = 4, so 3/4
    # 4: a = 2, b = (4 + 3) / 2 = 3.5, so 1.5/3.5;  6: a = 2, b = (6 + 5) / 2 = 5.5, so 3.5/5.5
    assert silhouettes(LINE, PAIRS) == pytest.approx([0.8, 0.75, 1.5 / 3.5, 3.5 / 5.5])


def test_shadow_values_by_hand():
    # centres .5 and 5; 0: 2·.5/(.5 + 5);  1: 2·.5/(.5 + 4);  4: 2·1/(1 + 3.5);  6: 2·1/(1 + 5.5)
    shadows, others = shadow_values(LINE, PAIRS, centres_of(LINE, PAIRS))
    assert shadows == pytest.approx([1 / 5.5, 1 / 4.5, 2 / 4.5, 2 / 6.5]) and others.tolist() == [1, 1, 0, 0]


def test_half_way_has_a_shadow_of_one_and_the_centre_none():
    shadows, _ = shadow_values(np.array([[0.0], [2.0], [3.0]]), np.zeros(3, dtype=int), np.array([[0.0], [4.0]]))
    assert shadows == pytest.approx([0, 1, 1.5])  # 3 lies beyond the middle: 2·3/(3 + 1)


def test_silhouettes_are_those_of_scikit_learn():
    from sklearn.metrics import silhouette_samples

    points, labels = planted(60, apart=2)
    assert silhouettes(points, labels) == pytest.approx(silhouette_samples(points, labels))


def test_planted_groups_stand_apart_and_a_crowd_does_not():
    points, labels = planted()
    apart, quantiles = measure_separation(sample_of(points), labels, IDS, seed=1)
    whole = check(apart.assign(segmentation_id="value"), "segment_separation").set_index("segment_id").loc["ALL"]
    assert whole["silhouette"] > 0.7 and whole["nearer_share"] == 0 and whole["n_accounts"] == 300
    assert set(quantiles["measure"]) == {"silhouette", "shadow"} and quantiles["segment_id"].nunique() == 3
    assert describe_separation(apart)[0][0] == "separation.apart"
    crowd = np.random.default_rng(2).standard_normal((300, 3))
    cut = np.digitize(crowd[:, 0], [-0.4, 0.4])
    poor, _ = measure_separation(sample_of(crowd), cut, IDS, seed=1)
    assert describe_separation(poor)[0][0] == "separation.warn_weak"
    for key, numbers in describe_separation(poor) + describe_separation(apart):
        assert all("cluster 1" not in say(key, language, **numbers) for language in LANGUAGES)


@pytest.mark.parametrize("labels", [np.zeros(4, dtype=int), np.full(4, -1)])
def test_one_group_or_none_is_said(labels):
    table, quantiles = measure_separation(sample_of(LINE), labels, IDS, seed=1)
    assert table.empty and quantiles.empty and describe_separation(table) == [("separation.none", {})]
    assert project_segments(sample_of(LINE), labels, IDS, {"numbers": [], "categories": []}).empty


def test_equal_accounts_have_no_silhouette_and_rows_of_no_group_do_not_count():
    points, labels = np.ones((6, 2)) * 1e6, np.array([0, 0, 1, 1, -1, -1])
    table, _ = measure_separation(sample_of(points), labels, IDS, seed=1)
    assert table["n_accounts"].tolist() == [4, 2, 2] and (table["silhouette"] == 0).all()


def test_small_segments_are_looked_at_in_full():
    labels = np.array([0] * 990 + [1] * 10)
    rows = rows_to_look_at(labels, 100, seed=1)
    assert len(rows) <= 100 and (labels[rows] == 1).sum() == 10 and (labels[rows] == 0).sum() == 90
    assert rows_to_look_at(labels, 5000, seed=1).tolist() == list(range(1000))


def test_the_plane_holds_what_keeps_the_means_apart():
    points, labels = planted()
    axes, shown = plane(points, labels)
    assert shown == pytest.approx(1) and np.abs(axes[:, 2]).max() < 0.1  # three means: one plane
    assert plane(points[:, :1], np.minimum(labels, 1))[0].shape == (1, 1)


def test_hulls_hold_their_share_and_survive_few_points():
    square = np.array([[0.0, 0], [2, 0], [2, 2], [0, 2], [1, 1]])
    assert sorted(map(tuple, hull(square, 1.0).tolist())) == [(0, 0), (0, 2), (2, 0), (2, 2)]
    assert hull(square[:1], 0.5).tolist() == [[0, 0]]
    rng = np.random.default_rng(3)
    cloud = rng.standard_normal((400, 2))
    assert np.abs(hull(cloud, 0.5)).max() < 1.5 < np.abs(hull(cloud, 1.0)).max()


def test_ends_of_axes_bear_the_criteria_that_go_with_them():
    rng = np.random.default_rng(4)
    group = np.arange(200) % 2
    frame = pd.DataFrame(
        {"revenue_12m": np.exp(5 + 4 * group + rng.normal(0, 0.3, 200)), "noise": rng.normal(size=200)}
    )
    space = fit_space(frame, {"revenue_12m": 1.0, "noise": 1.0})
    picture = project_segments(apply_space(frame, space), group, IDS, space)
    assert picture.loc[picture["kind"].isin(["right", "left"]), "criterion"].tolist() == ["revenue_12m"]
    assert (picture["kind"] == "point").sum() == 200 and picture.loc[picture["kind"] == "shown", "x"].item() > 0.99
