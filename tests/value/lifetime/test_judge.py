"""The model is used when its order is surely better and its error not surely worse; ways are chosen from the past."""

from __future__ import annotations

import numpy as np
import pandas as pd

from segkit.settings.backtest import Backtest
from segkit.value.backtests.origins import Origin
from segkit.value.lifetime.judge import cover_cards, judge
from segkit.value.lifetime.past import CANDIDATES, RULES, best_column, replay

RNG = np.random.default_rng(5)
TRUTH = RNG.lognormal(6, 1, 400)


def cases(prediction: np.ndarray, rule: np.ndarray) -> pd.DataFrame:
    """Four hundred accounts at one origin; recency says nothing."""
    return pd.DataFrame(
        {
            "origin": pd.Timestamp("2025-09-30"),
            "account_id": [f"K{i}" for i in range(len(TRUTH))],
            "outcome": TRUTH,
            "prediction": prediction,
            "last_12m": rule,
            "last_12m_scaled": np.nan,
            "same_quarters": np.nan,
            "recency": RNG.normal(size=len(TRUTH)),
        }
    )


def verdict(prediction: np.ndarray, rule: np.ndarray) -> bool:
    return judge(cases(prediction, rule), "last_12m", 365, Backtest(draws=100), 1).is_used


def noisy(sigma: float) -> np.ndarray:
    return TRUTH * np.exp(RNG.normal(0, sigma, len(TRUTH)))


def test_better_order_and_no_worse_error() -> None:
    good, poor = noisy(0.2), noisy(0.8)
    assert verdict(good, poor)
    assert not verdict(poor, good)
    assert not verdict(good, good)  # as good is not better


def test_better_order_with_surely_larger_error_is_not_used() -> None:
    assert not verdict(noisy(0.2) * 4, noisy(0.6))


def test_the_way_is_the_one_that_had_done_best_before() -> None:
    days = pd.to_datetime(["2024-09-30", "2025-03-31", "2025-09-30"])
    every = [Origin(day, day + pd.DateOffset(years=1), (day + pd.DateOffset(years=1),)) for day in days]
    rows = []
    for origin in every:
        frame = cases(TRUTH, TRUTH).assign(origin=origin.day, days_since_sale=5.0, age=200.0)
        ways = dict.fromkeys(CANDIDATES, TRUTH * 2) | {"plain": TRUTH}
        rows.append(frame.assign(**ways))
    past = pd.concat(rows, ignore_index=True)
    found = replay(past, every[1:], every).groupby("origin")["way"].first()
    assert found.tolist() == [CANDIDATES[0], "plain"]  # in March 2025 no outcome was known, in September one was
    assert best_column(past.iloc[:0], RULES) == RULES[0]


def test_cover_counts_what_lay_within() -> None:
    limits = pd.DataFrame(
        {
            "origin": pd.to_datetime(["2025-06-30"] * 2 + ["2025-09-30"] * 2),
            "account_id": ["K1", "K2", "K1", "K2"],
            "outcome": [5.0, -3.0, 9.0, 4.0],
            "low": [1.0, 0.0, 1.0, np.nan],
            "high": [6.0, 2.0, 6.0, np.nan],
        }
    )
    found = cover_cards(limits, 365, "model").set_index("origin")
    assert found["value"].round(3).to_dict() == {"all": 0.667, "2025-06-30": 1.0, "2025-09-30": 0.0}
    assert found["n"].to_dict() == {"all": 3, "2025-06-30": 2, "2025-09-30": 1}
