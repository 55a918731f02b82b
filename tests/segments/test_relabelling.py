"""The same segment keeps its number and colour: over k, restarts, refits on samples and quarters."""

import numpy as np
import pandas as pd
import pytest

from segkit.quarters import Quarter
from segkit.segments.accepted import accept_model, assign_segments
from segkit.segments.challenger import fit_challenger, place_accounts
from segkit.segments.fits import Sample
from segkit.segments.grid import grid_rules
from segkit.segments.methods.kmeans import fit_kmeans
from segkit.segments.register import update_register
from segkit.settings.account_segmentation import AccountSegmentation
from segkit.statistics.clusterings import relabel

from .conftest import PALETTE, crowd

KMEANS = {"method": "kmeans", "bootstrap_pairs": 2, "k_max": 4, "key_share": 1.0, "refit": "always"}
FOUR = ((9.5, 40, 5), (7.5, 25, 20), (5.5, 8, 60), (3.0, 1, 300))


def groups(n=400, k=4, seed=1):
    rng = np.random.default_rng(seed)
    truth = np.arange(n) % k
    return rng.normal(size=(n, 2)) * 0.2 + np.array([[0, 0], [4, 0], [0, 4], [4, 4]])[truth], truth


def fits_of(points: np.ndarray, k: int, seed: int) -> np.ndarray:
    blank = Sample(points, np.empty((len(points), 0), dtype=int), points, np.ones(len(points)))
    return fit_kmeans(blank, k, np.random.default_rng(seed)).labels


def test_restarts_end_with_the_same_numbers():
    points, truth = groups()
    found = [relabel(fits_of(points, 4, seed), truth) for seed in range(5)]
    assert all(np.array_equal(labels, truth) for labels in found)


def test_the_numbers_of_k_stand_again_among_those_of_k_plus_one():
    points, before = groups()
    for k in (5, 6):
        now = relabel(fits_of(points, k, seed=k), before)
        assert set(now) == set(range(k))
        stayed = [(now == j)[before == j].mean() for j in range(k - 1)]
        assert sorted(stayed)[1] > 0.95 and min(stayed) >= 0.45  # one segment is cut in two, its larger part goes on
        before = now


def test_refits_on_samples_keep_the_numbers():
    points, truth = groups()
    rng = np.random.default_rng(3)
    for seed in range(5):
        rows = rng.integers(len(points), size=len(points))
        assert (relabel(fits_of(points[rows], 4, seed), truth[rows]) == truth[rows]).all()


@pytest.fixture(scope="module")
def quarters() -> list[tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]]:
    """Four quarters with a forced refit in each; the third has a fourth group, which goes again in the fourth."""
    story, kept, register = [], None, None
    settings = AccountSegmentation(**KMEANS)
    for i, shape in enumerate((None, None, FOUR, None)):
        features = crowd(240, seed=i, **({} if shape is None else {"groups": shape}))[0]
        chosen = settings.model_copy(update={"n_segments": 4 if shape else 3})
        found = fit_challenger(features, grid_rules(chosen), chosen, seed=i)
        found = place_accounts(found, features, grid_rules(chosen), chosen.n_segments)
        quarter = Quarter.parse(f"2026Q{i + 1}")
        ids = () if register is None else register["segment_id"]
        accepted = accept_model(features, kept, found, chosen, quarter, ids)
        register = update_register(register, accepted.model, features, quarter, PALETTE, accepted.came_from)
        story.append((features, assign_segments(features, accepted.model), register))
        kept = accepted.model
    return story


def test_segments_keep_id_and_colour_over_refits_and_quarters(quarters):
    first = quarters[0][2].set_index("segment_id")["colour"]
    for _, _, register in quarters[1:]:
        now = register.set_index("segment_id")["colour"]
        assert now[first.index].equals(first) and now.is_unique
        first = now
    large = [set(s.loc[f["revenue_12m"] > 4000, "segment_id"]) for f, s, _ in quarters[:2]]
    assert large[0] == large[1] and len(large[0]) == 1


def test_ids_that_ended_are_never_given_again(quarters):
    third, fourth = quarters[2][2], quarters[3][2]
    born = set(third["segment_id"]) - set(quarters[1][2]["segment_id"])
    assert born and born.isdisjoint(quarters[1][2]["segment_id"])
    ended = set(fourth.loc[fourth["status"] == "ended", "segment_id"])
    assert ended and ended <= set(fourth["segment_id"])
    later = set(fourth["segment_id"]) - set(third["segment_id"])
    assert later.isdisjoint(third["segment_id"])
