"""Revenue at stake and sums of losses."""

import numpy as np
import pandas as pd
import pytest

from segkit.value.churn.money import revenue_if_it_stays, scatter_of, sum_losses


def test_revenue_if_it_stays():
    chance = pd.Series([0.75, 0.75, 0.0, 0.5, 0.2, np.nan])
    foreseen = pd.Series([20_000, 30_000, 150_000, np.nan, 10.0, 5.0])
    bought = pd.Series([100_000, 100_000, 100_000, 40_000, -500.0, 9.0])
    found = revenue_if_it_stays(chance, foreseen, bought)
    assert found[:5].tolist() == pytest.approx([80_000, 100_000, 150_000, 40_000, 10])


def test_a_hundred_accounts_at_ten_per_cent():
    found = sum_losses(np.full(100, 0.1), np.full(100, 1000.0), 0.0, 1)
    assert found["number"] == {"mean": 10.0, "low": 6.0, "high": 14.0}
    assert found["revenue"]["mean"] == pytest.approx(10_000)
    wider = sum_losses(np.full(100, 0.1), np.full(100, 1000.0), 0.25, 1)["number"]
    assert wider["high"] > 15
    assert sum_losses(np.zeros(0), np.zeros(0), 0.0, 1)["number"] == {"mean": 0.0, "low": 0.0, "high": 0.0}


def test_past_errors_beyond_chance_widen():
    past = pd.DataFrame({"origin": np.repeat([0, 1], 100), "chance": 0.1, "outcome": 0.0})
    past.loc[:19, "outcome"] = 1.0  # 20 came where 10 were foretold, then none
    assert scatter_of(past) == pytest.approx((2 * (100 - 9)) / (2 * 100))
    assert scatter_of(past.iloc[:0]) == 0
    steady = past.assign(outcome=np.tile([1.0, *[0.0] * 9], 20))
    assert scatter_of(steady) == 0
