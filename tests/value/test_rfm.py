from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from segkit.value.rfm import add_rfm, count_rfm, score_quintiles


def test_fifths_of_ten():
    assert score_quintiles(pd.Series(range(10))).tolist() == [1, 1, 2, 2, 3, 3, 4, 4, 5, 5]


def test_equal_values_share_the_score_of_their_middle():
    assert score_quintiles(pd.Series([1, 1, 1, 7, 9])).tolist() == [2, 2, 2, 4, 5]
    assert score_quintiles(pd.Series([3] * 8)).tolist() == [3] * 8
    assert score_quintiles(pd.Series([42])).tolist() == [3]


@given(st.lists(st.integers(-5, 5), min_size=1, max_size=60))
def test_scores_follow_values_whatever_the_order_of_rows(values):
    scored = pd.DataFrame({"value": values, "score": score_quintiles(pd.Series(values))})
    assert scored["score"].between(1, 5).all()
    assert scored.groupby("value")["score"].nunique().max() == 1
    assert scored.sort_values("value")["score"].is_monotonic_increasing
    assert score_quintiles(pd.Series(values[::-1])).tolist() == scored["score"].tolist()[::-1]


def test_latest_is_best_and_without_purchase_is_one(make_accounts):
    frame = make_accounts(
        days_since_last=[1, 20, 300, 400, 700],
        frequency_12m=[9, 1, 3, 0, 0],
        revenue_12m=[10.0, 500.0, 30.0, 0.0, -20.0],
    )
    scored = add_rfm(frame)
    assert scored["r_score"].tolist() == [5, 4, 3, 2, 1]
    assert scored["f_score"].tolist() == [5, 1, 3, 1, 1]
    assert scored["m_score"].tolist() == [1, 5, 3, 1, 1]


def test_nobody_bought(make_accounts):
    scored = add_rfm(make_accounts(frequency_12m=[0, 0], revenue_12m=[0.0, -1.0], days_since_last=[400, 500]))
    assert scored[["f_score", "m_score"]].to_numpy().tolist() == [[1, 1], [1, 1]]


def test_map_has_all_fields_and_all_accounts():
    value = pd.DataFrame(
        {
            "account_id": ["a", "b", "c"],
            "r_score": [5, 5, 1],
            "f_score": [5, 5, 2],
            "revenue_12m": [60.0, 30.0, 10.0],
            "revenue_share": [0.6, 0.3, 0.1],
        }
    )
    cells = count_rfm(value)
    assert len(cells) == 25
    assert cells["n_accounts"].sum() == 3
    best = cells[(cells["r_score"] == 5) & (cells["f_score"] == 5)].iloc[0]
    assert (best["n_accounts"], best["revenue"], best["revenue_share"]) == (2, 90, pytest.approx(0.9))
