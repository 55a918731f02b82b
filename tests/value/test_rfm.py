from __future__ import annotations

import itertools

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from segkit.settings.rfm import Rfm
from segkit.value.natural_breaks import natural_breaks
from segkit.value.rfm import add_rfm, count_rfm, describe_cuts, score_natural, score_quintiles

TYPED = {
    "cuts": "typed",
    "recency_limits": [30, 90, 180, 365],
    "frequency_limits": [2, 4, 8, 12],
    "money_limits": [1e3, 1e4, 5e4, 2e5],
}


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
    scored = add_rfm(frame, Rfm())
    assert scored["r_score"].tolist() == [5, 4, 3, 2, 1]
    assert scored["f_score"].tolist() == [5, 1, 3, 1, 1]
    assert scored["m_score"].tolist() == [1, 5, 3, 1, 1]


def test_nobody_bought(make_accounts):
    scored = add_rfm(make_accounts(frequency_12m=[0, 0], revenue_12m=[0.0, -1.0], days_since_last=[400, 500]), Rfm())
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


@pytest.mark.parametrize("seed", range(5))
def test_natural_breaks_are_the_best_of_all_partitions(seed):
    values = np.random.default_rng(seed).integers(0, 30, 14).astype(float)

    def spread(limits):
        classes = np.searchsorted(limits, values, side="right")
        return sum(values[classes == c].var() * (classes == c).sum() for c in np.unique(classes))

    every = itertools.combinations(np.unique(values)[1:], 3)
    assert spread(natural_breaks(values, 4)) == pytest.approx(min(spread(np.array(limits)) for limits in every))


def test_natural_breaks_of_very_many_values_find_the_planted_gaps():
    rng = np.random.default_rng(1)
    values = np.concatenate([rng.normal(centre, 1, 20_000) for centre in (0, 100, 200, 300, 400)])
    assert np.allclose(natural_breaks(values, 5), [97, 197, 297, 397], atol=2.5)


def test_natural_scores_spread_what_classes_there_are():
    assert score_natural(pd.Series([1.0, 2, 2, 10, 11, 50])).tolist() == [1, 2, 2, 3, 4, 5]
    assert score_natural(pd.Series([1.0, 9])).tolist() == [1, 5]
    assert score_natural(pd.Series([1.0, 5, 9])).tolist() == [1, 3, 5]
    assert score_natural(pd.Series([7.0, 7])).tolist() == [3, 3]
    assert score_natural(pd.Series([], dtype=float)).empty


def test_natural_cuts_look_at_money_on_a_log_scale(make_accounts):
    scored = add_rfm(make_accounts(revenue_12m=[1.0, 10.0, 100.0, 1e3, 1e4, 0.0]), Rfm(cuts="natural"))
    assert scored["m_score"].tolist() == [1, 2, 3, 4, 5, 1]
    assert set(scored["r_score"]) == {3}


def test_typed_limits_count_from_the_limit_on(make_accounts):
    frame = make_accounts(
        days_since_last=[30, 31, 365, 366],
        frequency_12m=[12, 11, 2, 1],
        revenue_12m=[2e5, 1e3, 999.0, -5.0],
    )
    scored = add_rfm(frame, Rfm(**TYPED))
    assert scored["r_score"].tolist() == [5, 4, 2, 1]
    assert scored["f_score"].tolist() == [5, 4, 2, 1]
    assert scored["m_score"].tolist() == [5, 2, 1, 1]


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"recency_limits": [30, 90]}, "recency_limits needs 4 limits in days since the last line"),
        ({"money_limits": []}, "revenue of twelve months for the scores 1 to 5; there is nothing"),
        ({"frequency_limits": [2, 8, 4, 12]}, "invoices in twelve months.* must rise"),
        ({"cuts": "natural"}, "recency_limits is written .30, 90, 180, 365., but cuts is natural"),
    ],
)
def test_wrong_limits_are_refused_with_their_units(wrong, said):
    with pytest.raises(ValueError, match=said):
        Rfm(**(TYPED | wrong))


def test_what_the_cuts_say(make_accounts):
    frame = make_accounts(days_since_last=[1, 1, 1], frequency_12m=[1, 2, 9], revenue_12m=[5.0, 5.0, 5.0])
    cuts, *constant = describe_cuts(add_rfm(frame, Rfm()), frame, Rfm())
    assert cuts == {"key": "rfm.cuts_quintiles", "r5": None, "f5": 9, "m5": None}
    assert [each["key"] for each in constant] == ["rfm.constant_recency", "rfm.constant_money"]
