"""What is planted can be found, but not by everybody and never completely."""

import numpy as np
import pandas as pd
import pytest

from segkit.demo.demand import segment_of
from segkit.demo.oracle import (
    adjusted_rand,
    agreement,
    area_under_curve,
    churn_oracle,
    oracle_segments,
    quarterly,
)
from segkit.demo.parameters import N_QUARTERS, QUARTERS, SEGMENTS, quarter_end
from segkit.demo.sample import simulate
from segkit.demo.truth import churners, movers, planted_segments

from .product_grid import grid_of_lines
from .reference_grid import reference_grid

SEEDS = range(10)
LAST = N_QUARTERS - 1


@pytest.fixture(scope="module")
def samples():
    return [simulate(seed) for seed in SEEDS]


@pytest.fixture(scope="module")
def scores(samples):
    """Adjusted Rand of the oracle and of the product's value grid, by seed."""
    rows = []
    for sample in samples:
        grid = grid_of_lines(sample.lines, QUARTERS[LAST])
        rows.append((agreement(sample, oracle_segments(sample, LAST)), agreement(sample, grid)))
    return pd.DataFrame(rows, columns=["oracle", "grid"], index=list(SEEDS))


def test_real_life_is_not_clean_but_the_segments_exist(scores):
    assert scores["oracle"].between(0.75, 0.95).all(), scores


def test_the_rules_of_the_grid_reach_nine_tenths_of_the_oracle(scores):
    assert (scores["grid"] >= 0.90 * scores["oracle"]).all(), scores
    assert (scores["grid"] < scores["oracle"]).all(), scores


@pytest.mark.parametrize("quarter", [LAST, LAST - 4])
def test_two_readings_of_the_rules_give_the_same_segments(samples, quarter):
    sample = samples[3]
    product = grid_of_lines(sample.lines, QUARTERS[quarter]).set_index("account_id")["segment_id"]
    reference = reference_grid(sample.lines, quarter_end(quarter)).set_index("account_id")["segment_id"]
    assert set(product.index) == set(reference.index)
    assert (product != reference.reindex(product.index)).sum() <= 3  # on the edge of A, B and C by a cent


def test_nobody_foresees_every_customer_who_leaves(samples):
    areas = [churn_oracle(sample, LAST - 4) for sample in samples]
    assert 0.65 <= min(areas)
    assert max(areas) <= 0.90


def test_every_segment_of_the_grid_is_planted(samples):
    for sample in samples:
        ends = planted_segments(sample).query("quarter == @QUARTERS[-1]")["segment_id"].value_counts()
        assert set(ends.index) == set(SEGMENTS)
        assert ends["KEY"] <= 5
        assert ends.drop("KEY").min() >= 15


def test_few_accounts_make_most_of_the_revenue(samples):
    for sample in samples:
        recent = sample.lines[(sample.lines["invoice_date"] > "2025-09-30") & (sample.lines["kind"] != "freight")]
        revenue = recent.groupby("account_id")["revenue_cents"].sum()
        level = pd.Series(sample.demand.level[:, -1], sample.accounts["account_id"]).reindex(revenue.index)
        by_level = revenue.groupby(level).sum()[[0, 1, 2]]
        assert np.allclose(by_level / by_level.sum(), [0.80, 0.15, 0.05], atol=0.02)
        assert (level == 0).mean() == pytest.approx(0.115, abs=0.025)
        assert (level == 1).mean() == pytest.approx(0.30, abs=0.04)


def test_movers_move_between_neighbouring_quarters(samples):
    sample = samples[0]
    known = planted_segments(sample).set_index(["account_id", "quarter"])["segment_id"]
    moved = movers(sample)
    assert len(moved) > 500
    assert (moved["from_segment_id"] != moved["to_segment_id"]).all()
    before = [QUARTERS[QUARTERS.index(quarter) - 1] for quarter in moved["quarter"]]
    pairs = zip(moved["account_id"], before, strict=True)
    assert [known[pair] for pair in pairs] == moved["from_segment_id"].tolist()


def test_churners_send_no_order_until_they_come_back(samples):
    sample = samples[0]
    gone = churners(sample)
    assert len(gone) > 100
    for account, quarter, is_back in gone.head(40).itertuples(index=False):
        later = sample.lines[sample.lines["account_id"].eq(account) & sample.lines["kind"].eq("sale")]["invoice_date"]
        after = later[later > pd.Period(quarter, freq="Q").start_time]
        assert is_back or after.empty


def test_potential_follows_sector_and_head_count_with_noise(samples):
    from segkit.demo.catalogue import SECTORS

    accounts = samples[0].accounts
    rate = SECTORS["rate"].to_numpy()[accounts["sector"]]
    expected = np.log(rate * accounts["employees"] ** 0.8)
    big_enough = accounts["employees"].between(5, 50_000)
    fit = np.corrcoef(expected[big_enough], np.log(accounts["potential"][big_enough]))[0, 1]
    assert 0.85 < fit < 0.99
    buyers = accounts[accounts["start"] != 99]
    assert (buyers["share_of_wallet"] < 0.5).mean() > 0.3
    assert buyers["is_diamond"].sum() > 15


def test_the_oracle_sees_nothing_later_than_its_quarter(samples):
    sample = samples[1]
    early = oracle_segments(sample, 12)
    cut = sample.lines[sample.lines["invoice_date"] <= quarter_end(12)]
    seen = quarterly(cut, 12)
    assert early["account_id"].tolist() == seen["account_id"].tolist()
    assert np.array_equal(quarterly(sample.lines, 12)["revenue"], seen["revenue"])


@pytest.mark.parametrize(
    ("level", "clock", "age", "gone", "back", "segment"),
    [
        (3, 0, 99, 0, 0, "KEY"),
        (0, 0, 99, 0, 0, "S1"),
        (0, -3, 99, 0, 0, "S4"),
        (1, -3, 99, 0, 0, "S4"),
        (1, -1, 99, 0, 0, "S3"),  # a step shows from its second quarter on
        (1, 2, 99, 0, 0, "S2"),
        (2, 5, 99, 0, 0, "S2"),
        (2, 0, 99, 0, 0, "S7"),
        (2, 0, 3, 0, 0, "S5"),
        (2, 0, 6, 0, 0, "S2"),  # in the second year more than in the first
        (1, 0, 99, 2, 0, "S4"),
        (2, 0, 99, 2, 0, "S7"),
        (2, 0, 99, 4, 0, "S6"),
        (0, 0, 99, 8, 0, "DORMANT"),
        (2, 0, 99, 0, 3, "S2"),  # back after a break
        (2, 0, 0, 0, 0, ""),
    ],
)
def test_segment_of_a_latent_state(level, clock, age, gone, back, segment):
    assert segment_of(level, clock, age, gone, back, LAST).item() == segment


def test_adjusted_rand_by_hand():
    # two groups of three; one account changed sides: table [[2, 1], [0, 3]], pairs 1 + 3 = 4, chance 6 * 7 / 15
    truth, found = pd.Series([0, 0, 0, 1, 1, 1]), pd.Series([0, 0, 1, 1, 1, 1])
    assert adjusted_rand(truth, found) == pytest.approx((4 - 2.8) / (6.5 - 2.8))
    assert adjusted_rand(truth, 1 - truth) == 1.0


def test_area_under_curve_by_hand():
    outcome = np.array([False, False, True, True])
    assert area_under_curve(np.array([0.1, 0.4, 0.35, 0.8]), outcome) == 0.75
