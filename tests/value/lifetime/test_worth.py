"""Discounting, margins, survival and limits, by hand."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from segkit.settings.lifetime import Lifetime
from segkit.value.lifetime.limits import add_limits
from segkit.value.lifetime.survival import Survival, fit_survival
from segkit.value.lifetime.worth import add_worth, discount_weights, margin_rates, year_ends


def test_a_unit_a_month_is_worth_the_annuity() -> None:
    monthly = 1.1 ** (-1 / 12)
    annuity = sum(monthly**m for m in range(1, 31))
    parts = discount_weights(30, 0.10)
    assert year_ends(30) == [12, 24, 30]
    assert parts @ [12, 12, 6] == pytest.approx(annuity)
    assert discount_weights(6, 0.0) == pytest.approx([0.5])  # half of the first year's money counts
    assert discount_weights(36, 0.0) == pytest.approx([1, 1, 1])


def test_margins_are_drawn_towards_that_of_all() -> None:
    known = pd.DataFrame({"revenue_12m": [100.0, 300.0, 0.0, 200.0], "margin_12m": [90.0, 60.0, np.nan, -30.0]})
    rates, basis, of_all = margin_rates(known, Lifetime())
    assert (basis, of_all) == ("margin", 0.2)  # 120 of 600
    assert rates.tolist() == pytest.approx([(90 + 40) / 300, (60 + 40) / 500, 0.2, (-30 + 40) / 400])
    bare = known.assign(margin_12m=np.nan)
    assert margin_rates(bare, Lifetime())[1:] == ("revenue", 1.0)
    assert margin_rates(bare, Lifetime(margin_rate=0.3))[1:] == ("margin_rate", 0.3)


def test_a_negative_margin_turns_the_limits_round() -> None:
    money = pd.DataFrame({"expected_revenue_12m": [100.0], "expected_low": [50.0], "expected_high": [200.0]})
    worth = add_worth(money, np.array([[1.0]]), pd.Series([-0.1]), 12, 0.0).iloc[0]
    assert worth[["lifetime_value", "lifetime_low", "lifetime_high"]].tolist() == pytest.approx([-10, -20, -5])


def test_limits_grow_with_the_horizon_and_keep_a_limit_of_nothing() -> None:
    money = pd.DataFrame(
        {
            "expected_revenue_12m": [100.0, 100.0, 0.0],
            "expected_low": [50.0, 0.0, 0.0],
            "expected_high": [200.0, 100.0, 5.0],
        }
    )
    years = np.array([[1.0, 1.0], [1.0, 1.0], [1.0, 0.0]])
    worth = add_worth(money, years, pd.Series([1.0] * 3), 24, 0.0)
    wider = np.sqrt(1 + 0.25)  # the first step moves both years, the second half of the money
    assert worth["lifetime_value"].tolist() == [200, 200, 0]
    assert worth["lifetime_low"].tolist() == pytest.approx([200 * 0.5**wider, 0, 0])
    assert worth["lifetime_high"].tolist() == pytest.approx([200 * 2**wider, 200, 5])


def test_survival_finds_the_planted_weibull_and_is_cautious_with_few_ends() -> None:
    rng = np.random.default_rng(1)
    life, seen = 4 * rng.weibull(1.5, 4000), rng.uniform(0, 6, 4000)
    observed = pd.DataFrame({"years": np.minimum(life, seen), "is_ended": life <= seen})
    found = fit_survival(observed)
    assert found.shape == pytest.approx(1.5, abs=0.06)
    assert found.scale == pytest.approx(4, abs=0.15)
    assert found.kaplan_meier_1y == pytest.approx(np.exp(-((1 / 4) ** 1.5)), abs=0.02)
    few = fit_survival(pd.DataFrame({"years": [1.0, 2.0, 2.0], "is_ended": [True, False, False]}))
    assert (few.shape, few.scale) == (1.0, 5 / 1.5)
    assert few.keep(np.array([1.0]), np.array([1.0]))[0] == pytest.approx(np.exp(-0.3))
    assert Survival(1.0, float("inf"), 0, 0, float("nan")).keep(np.zeros(2), np.ones(2)).tolist() == [1, 1]


def test_limits_come_from_past_errors_of_the_same_kind() -> None:
    rng = np.random.default_rng(2)
    past = pd.DataFrame({"forecast": rng.uniform(50, 150, 4000), "days_since_sale": 10.0, "age": 200.0})
    past["outcome"] = past["forecast"] * rng.uniform(0.5, 1.5, 4000)
    now = pd.DataFrame({"forecast": [100.0, 0.0], "days_since_sale": [5.0, 5.0], "age": [99.0, 99.0]})
    found = add_limits(now, past)
    assert found.loc[0, ["low", "high"]].tolist() == pytest.approx([60, 140], rel=0.04)  # 10 and 90 % of U(.5, 1.5)
    assert found.loc[1, "high"] < 1
    silent = add_limits(now.assign(days_since_sale=900.0), past)  # no such past case: all of them stand in
    assert silent.loc[0, "low"] == pytest.approx(60, rel=0.04)
    assert add_limits(now, past.head(20))[["low", "high"]].isna().all(axis=None)
