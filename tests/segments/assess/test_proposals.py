"""Merges and splits: figures by hand, planted twins and planted pairs inside, and nothing to split in noise."""

import numpy as np
import pandas as pd
import pytest

from segkit.segments.assess.differences import behaviour_columns, delta_limits, fill_of_middle
from segkit.segments.assess.proposals import propose_changes
from segkit.segments.assess.splits import find_splits
from segkit.segments.assess.stability import measure_stability
from segkit.segments.fits import Sample
from segkit.segments.methods.kmeans import fit_kmeans


def sample_of(points: np.ndarray) -> Sample:
    n = len(points)
    return Sample(points, np.empty((n, 0), dtype=np.int64), points, np.ones(n))


def accounts_of(revenue: np.ndarray, seed: int = 0) -> pd.DataFrame:
    rng, n = np.random.default_rng(seed), len(revenue)
    return pd.DataFrame(
        {
            "revenue_12m": revenue,
            "margin_12m": revenue * 0.3,
            "revenue_prev_12m": revenue * rng.lognormal(0, 0.2, n),
            "revenue_q": revenue / 4 * rng.lognormal(0, 0.3, n),
            "frequency_12m": rng.poisson(10, n).astype(float),
            "days_since_last": rng.integers(1, 90, n).astype(float),
        }
    )


def three_groups(seed: int) -> tuple[np.ndarray, Sample, pd.DataFrame]:
    rng = np.random.default_rng(seed)
    group = np.repeat([0, 1, 2], 400)
    points = np.array([[0.0, 0], [8, 0], [0, 8]])[group] + rng.normal(size=(1200, 2))
    return group, sample_of(points), accounts_of(np.exp(np.array([6.0, 8, 10])[group] + rng.normal(0, 0.5, 1200)), seed)


def propose(k: int, seed: int) -> pd.DataFrame:
    _, sample, accounts = three_groups(seed)
    found = fit_kmeans(sample, k, np.random.default_rng(1))
    shares = measure_stability(sample, fit_kmeans, {k: found}, 5, 1, 1200)[k].shares
    return propose_changes(found.labels, list("abcdef")[:k], sample, accounts, "challenger", 1, shares)


def test_delta_and_its_limits_by_hand():
    # Ten values below ten others: all 100 pairs point one way, delta 1; error √(21 / 300) = .2646.
    assert delta_limits(np.arange(10.0), np.arange(10.0, 20.0), 1.0) == (1.0, 0.7354, 1.0)
    # Each value 0 … 9 beside the same ones: as many pairs up as down, delta 0.
    assert delta_limits(np.arange(10.0), np.arange(10.0), 1.0) == (0.0, 0.0, 0.2646)
    assert delta_limits(np.arange(9.0), np.arange(10.0), 1.0) == (0.0, 0.0, 1.0), "too few to know anything"


def test_the_middle_by_hand():
    # Centres 0 and 10, the middle from 4 to 6: nobody; five within 1 of each centre: (0 + 1) / (5 + 1).
    left, right = np.array([[-0.5], [-0.2], [0.0], [0.2], [0.5]]), np.array([[9.5], [9.8], [10.0], [10.2], [10.5]])
    assert fill_of_middle(left, right) == pytest.approx(1 / 6)
    assert fill_of_middle(left, left) == 1.0


def test_unknown_columns_are_not_compared():
    accounts = accounts_of(np.arange(1.0, 21)).assign(margin_12m=np.nan)
    assert len(behaviour_columns(accounts)) == 5, "revenue, quarter, invoices, days and change"


@pytest.mark.parametrize("seed", [0, 1])
def test_a_group_cut_in_two_is_to_be_merged_and_the_right_number_left_alone(seed):
    over = propose(4, seed)
    assert (
        over["kind"].tolist() == ["merge"] and over["explained_after"].iloc[0] > over["explained_before"].iloc[0] - 0.02
    )
    assert propose(3, seed).empty


@pytest.mark.parametrize("seed", [0, 1])
def test_two_groups_in_one_segment_are_to_be_split(seed):
    under = propose(2, seed)
    assert under["kind"].tolist() == ["split"] and under["n_accounts"].iloc[0] == pytest.approx(800, abs=5)
    assert under["explained_after"].iloc[0] > under["explained_before"].iloc[0] + 0.1
    assert under["low"].iloc[0] <= under["figure"].iloc[0] <= under["high"].iloc[0]


def test_a_segment_far_too_small_goes_to_its_neighbour():
    group, sample, accounts = three_groups(4)
    points = np.vstack([sample.points, [[8.0, 3.5]] * 2])
    labels = np.r_[group, 3, 3]
    revenue = np.r_[accounts["revenue_12m"].to_numpy(), 3000.0, 3000.0]
    found = propose_changes(labels, list("abcd"), sample_of(points), accounts_of(revenue), "accepted", 1)
    assert found[["kind", "segment_id", "other_id", "reason"]].values.tolist() == [
        ["merge", "d", "b", "contest.proposal_small"]
    ]


def test_stable_halves_without_other_money_or_behaviour_are_no_split():
    group, sample, _ = three_groups(5)
    alike = accounts_of(np.exp(np.random.default_rng(1).normal(8, 0.5, 1200)))
    assert not find_splits(np.where(group == 2, 1, 0), sample, alike, 1)


@pytest.mark.parametrize("seed", range(4))
def test_noise_is_never_split(seed):
    rng = np.random.default_rng(100 + seed)
    shapes = (
        rng.normal(size=(400, 3)),
        rng.uniform(size=(400, 3)),
        rng.standard_t(2, (400, 3)),
        rng.poisson(1.0, (400, 3)),
    )
    points = shapes[seed % 4].astype(float)
    accounts = accounts_of(np.exp(points[:, 0] + 6), seed)
    labels = fit_kmeans(sample_of(points), 3, np.random.default_rng(1)).labels
    assert "split" not in set(
        propose_changes(labels, list("abc"), sample_of(points), accounts, "challenger", 1)["kind"]
    )


def test_odd_segmentations_are_no_error():
    sample, accounts = sample_of(np.zeros((30, 2))), accounts_of(np.zeros(30))
    for labels in (np.zeros(30, int), np.full(30, -1), np.arange(30) % 3):
        assert propose_changes(labels, list("abc"), sample, accounts, "accepted", 1) is not None
