"""Where accounts stand when their months are drawn anew or the method is fitted on other samples."""

import numpy as np
import pandas as pd
import pytest

from segkit.segments.draws import Draws, count_draws, depends_on_months, store_draws
from segkit.segments.grid import grid_rules
from segkit.settings.account_segmentation import AccountSegmentation
from segkit.tables import check

from .conftest import crowd

GRID = {"segmentation_id": "value", "method": "grid", "rules": grid_rules(AccountSegmentation())}


@pytest.fixture(scope="module")
def drawn() -> tuple[pd.DataFrame, Draws]:
    features = crowd(300, seed=2)[0]
    rng = np.random.default_rng(1)
    features["revenue_12m"] = np.exp(rng.normal(7, 1.5, 300)).round(2)
    features["regularity"] = np.where(np.arange(300) % 2, 0.1, 3.0)  # clockwork and wild buyers in turn
    return features, count_draws(features, GRID, 60, seed=1)


def test_shares_by_hand():
    # Two accounts, 4 draws: the first stood 3 times in S1 and once in S4, the second always in S4.
    draws = Draws(np.array(["a", "b"]), np.array(["S1", "S4"]), np.array([[3, 1], [0, 4]]), np.array([0, 1]), 4)
    assert draws.confidence.tolist() == [0.75, 1.0]
    # Refits on 10 samples: a stood 7 times in cluster 1, thrice in cluster 2; c always in cluster 2.
    shares = np.array([[0.7, 0.3], [0.0, 1.0]])
    stored = store_draws(draws, np.array(["a", "c"]), shares, ["cluster 1", "cluster 2"], 10)
    expected = [
        ("a", "months", "S1", 0.75, 4),
        ("a", "months", "S4", 0.25, 4),
        ("b", "months", "S4", 1.0, 4),
        ("a", "samples", "cluster 1", 0.7, 10),
        ("a", "samples", "cluster 2", 0.3, 10),
        ("c", "samples", "cluster 2", 1.0, 10),
    ]
    assert list(stored.drop(columns="segmentation_id").itertuples(index=False, name=None)) == expected
    check(stored, "membership_draws")


def test_each_account_stands_somewhere_in_every_draw(drawn):
    features, draws = drawn
    assert (draws.counts.sum(axis=1) == draws.n_draws).all() and len(draws.counts) == len(features)
    stored = store_draws(draws)
    assert stored.groupby("account_id")["share"].sum().round(4).eq(1).all() and (stored["share"] > 0).all()
    assert set(stored["basis"]) == {"months"} and set(stored["account_id"]) == set(features["account_id"])


def test_wild_buyers_wander_and_clockwork_stays(drawn):
    _, draws = drawn
    wild, clockwork = draws.confidence[0::2].mean(), draws.confidence[1::2].mean()
    assert clockwork > 0.95 and wild < clockwork - 0.15
    n_places = (draws.counts > 0).sum(axis=1)
    assert n_places[0::2].mean() > n_places[1::2].mean() + 0.5


def test_confidence_is_the_share_of_the_segment_of_today(drawn):
    features, draws = drawn
    today = draws.segments[draws.assigned]
    stored = store_draws(draws).set_index(["account_id", "segment_id"])["share"]
    own = [stored.get((a, s), 0.0) for a, s in zip(draws.accounts, today, strict=True)]
    assert np.allclose(own, draws.confidence, atol=1e-6)


def test_the_same_seed_gives_the_same_draws(drawn):
    features, draws = drawn
    again = count_draws(features, GRID, 60, seed=1)
    assert np.array_equal(again.counts, draws.counts) and list(again.segments) == list(draws.segments)
    other = count_draws(features, GRID, 60, seed=2)
    assert other.confidence.tolist() != draws.confidence.tolist()


def test_the_share_foretells_how_often_an_account_really_crosses(drawn):
    """Planted: next year's revenue is drawn as the draws suppose; the shares must be the frequencies."""
    from segkit.segments.accepted import assign_segments

    features, draws = drawn
    rng = np.random.default_rng(99)
    shape = np.where(features["regularity"] > 0, 12 / features["regularity"] ** 2, 1).clip(1, 1e6)
    keeps = np.zeros(len(features))
    for _ in range(60):
        factors = [rng.gamma(shape) / shape for _ in range(2)]
        year = {"revenue_12m": factors[0], "revenue_prev_12m": factors[1], "frequency_12m": factors[0]}
        lived = features.assign(**{name: features[name] * factor for name, factor in year.items()})
        keeps += assign_segments(lived, GRID)["segment_id"].to_numpy(str) == draws.segments[draws.assigned]
    for low, high in ((0.0, 0.5), (0.5, 0.8), (0.8, 1.01)):
        band = (draws.confidence >= low) & (draws.confidence < high)
        if band.sum() >= 20:
            assert abs(keeps[band].mean() / 60 - draws.confidence[band].mean()) < 0.05


def test_where_no_criterion_is_redrawn_nobody_is_called_sure():
    assert depends_on_months(GRID)
    assert depends_on_months({"criteria": {"revenue_12m": 1.0, "employees": 1.0}})
    assert not depends_on_months({"criteria": {"employees": 1.0, "tickets_12m": 1.0}})
