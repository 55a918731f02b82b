"""Measures by hand and by their definitions, and the same on resampled rows as on weights."""

import numpy as np
import pandas as pd
import pytest

from segkit.value.backtests import metrics
from segkit.value.backtests.kinds import METRICS, Pair, values_of

RNG = np.random.default_rng(7)
N = 300
ODDS = RNG.normal(size=N).round(1)  # with ties
OUTCOME = (RNG.random(N) < 1 / (1 + np.exp(-1.5 * ODDS))).astype(float)
FORECAST = 1 / (1 + np.exp(-(0.8 * ODDS + 0.3)))
AMOUNT = np.round(np.exp(ODDS + RNG.normal(size=N))) * (RNG.random(N) < 0.7)


def pair(outcome, model, rule=None):
    nothing = np.full(len(outcome), np.nan)
    return Pair(outcome, model, nothing if rule is None else rule, np.arange(len(outcome)))


def measured(kind, outcome, model, rule=None, weights=None, quantile=0.9):
    weights = np.ones((len(outcome), 1)) if weights is None else weights
    return values_of(pair(outcome, model, rule), kind, weights, quantile)


def test_probabilities_are_measured_by_their_definitions():
    found = {metric: value[0, 0] for metric, value in measured("probability", OUTCOME, FORECAST).items()}
    differences = np.sign(FORECAST[OUTCOME == 1][:, None] - FORECAST[OUTCOME == 0][None, :])
    assert found["auc"] == pytest.approx((1 + differences.mean()) / 2)
    assert found["brier"] == pytest.approx(np.mean((FORECAST - OUTCOME) ** 2))
    assert found["log_loss"] == pytest.approx(-np.mean(np.log(np.where(OUTCOME == 1, FORECAST, 1 - FORECAST))))
    assert found["calibration_in_the_large"] == pytest.approx(FORECAST.mean() - OUTCOME.mean())
    odds = metrics.log_odds(FORECAST)
    intercept, slope = metrics.recalibration(FORECAST, OUTCOME)
    rest = OUTCOME - 1 / (1 + np.exp(-(intercept + slope * odds)))
    assert (rest.sum(), (rest * odds).sum()) == pytest.approx((0, 0), abs=1e-8)  # the score equations
    assert found["calibration_slope"] == pytest.approx(slope)


def test_amounts_are_measured_by_their_definitions_and_by_hand():
    found = measured("amount", AMOUNT, FORECAST)
    ranks = pd.DataFrame({"came": AMOUNT, "told": FORECAST}).rank()
    assert found["spearman"][0, 0] == pytest.approx(ranks.corr().loc["came", "told"])
    outcome, told = np.array([0.0, 10.0, 30.0, 60.0]), np.array([5.0, 5.0, 40.0, 30.0])
    by_hand = {m: v[0, 0] for m, v in measured("amount", outcome, told).items()}
    assert by_hand["mae"] == (5 + 5 + 10 + 30) / 4
    assert by_hand["bias_share"] == pytest.approx(80 / 100 - 1)
    assert by_hand["top_decile_share"] == pytest.approx(0.4 * 0.30)  # 0.4 of the one case that is ranked first


def test_of_a_tie_at_the_cut_the_same_part_of_each_case_counts():
    outcome = np.array([100.0, 0.0, 50.0, *[0.0] * 7])
    told = np.array([9.0, 9.0, 1.0, *[0.0] * 7])
    assert measured("amount", outcome, told)["top_decile_share"][0, 0] == pytest.approx(0.5 * 100 / 150)


def test_a_bound_is_measured_by_hand():
    outcome, bound = np.array([1.0, 5.0, 10.0, 20.0]), np.full(4, 10.0)
    found = measured("bound", outcome, bound, quantile=0.8)
    assert found["coverage"][0, 0] == 0.75
    assert found["pinball"][0, 0] == pytest.approx((0.2 * 9 + 0.2 * 5 + 0 + 0.8 * 10) / 4)


@pytest.mark.parametrize(("kind", "outcome"), [("probability", OUTCOME), ("amount", AMOUNT), ("bound", AMOUNT)])
def test_a_weighting_is_the_same_as_the_rows_it_stands_for(kind, outcome):
    counts = np.random.default_rng(1).integers(0, 4, size=N)
    rule = FORECAST[::-1].copy()
    weighted = measured(kind, outcome, FORECAST, rule, counts[:, None].astype(float))
    rows = np.repeat(np.arange(N), counts)
    repeated = measured(kind, outcome[rows], FORECAST[rows], rule[rows])
    for metric in set(METRICS[kind]) - {"calibration_slope"}:
        assert weighted[metric][:, 0] == pytest.approx(repeated[metric][:, 0]), metric
    if kind == "probability":  # one Newton step from the fit of all cases
        near = pytest.approx(repeated["calibration_slope"][0, 0], abs=0.05)
        assert weighted["calibration_slope"][0, 0] == near


def test_recalibration_finds_what_was_planted_and_gives_up_where_nothing_can_be_said():
    rng = np.random.default_rng(3)
    odds = rng.normal(size=20_000)
    has = (rng.random(20_000) < 1 / (1 + np.exp(-(0.5 + 0.7 * odds)))).astype(float)
    assert metrics.recalibration(1 / (1 + np.exp(-odds)), has) == pytest.approx((0.5, 0.7), abs=0.06)
    assert np.isnan(metrics.recalibration(np.full(10, 0.4), np.tile([0.0, 1.0], 5))).all()
    assert np.isnan(metrics.recalibration(np.array([0.1, 0.2, 0.8, 0.9]), np.array([0.0, 0.0, 1.0, 1.0]))).all()


@pytest.mark.parametrize(
    ("metric", "better", "worse"),
    [("auc", 0.8, 0.7), ("brier", 0.1, 0.2), ("mae", 3.0, 5.0), ("calibration_in_the_large", -0.01, 0.05),
     ("calibration_slope", 1.1, 0.7), ("bias_share", -0.1, 0.3), ("coverage", 0.91, 0.85), ("pinball", 1.0, 2.0)],
)  # fmt: skip
def test_a_gain_above_zero_is_better_whatever_the_metric(metric, better, worse):
    assert metrics.gain(metric, np.array(better), np.array(worse), 0.9) > 0
    assert metrics.gain(metric, np.array(worse), np.array(better), 0.9) < 0


@pytest.mark.parametrize("metric", ["auc", "spearman", "mae", "bias_share", "brier"])
def test_a_scale_leads_back_to_the_measure(metric):
    value = np.array([0.3, 0.6])
    assert metrics.from_scale(metric, metrics.to_scale(metric, value, 0.01)) == pytest.approx(value)
