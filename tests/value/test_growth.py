from __future__ import annotations

import math

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from segkit.value.growth import (
    CHANGES,
    add_changes,
    growth_rates,
    select_growth_points,
    select_movers,
    sum_changes,
)

NONE = float("nan")
BOTH = {
    "revenue_prev_12m": [100.0, 0.0, 0.0, 200.0, 50.0, 70.0, 0.0, 40.0, -3.0],
    "revenue_12m": [130.0, 80.0, 20.0, 0.0, 30.0, 70.0, 0.0, -5.0, -1.0],
    "tenure_days": [900, 100, 900, 900, 900, 900, 900, 900, 900],
}


@pytest.fixture
def value(make_accounts) -> pd.DataFrame:
    frame = make_accounts(**BOTH)
    return frame.assign(growth=growth_rates(frame))


@pytest.fixture
def accounts() -> pd.DataFrame:
    return pd.DataFrame({"account_id": ["K0", "K3", "K1"], "name": ["Alpha AG", "Cäsar KG", None]})


def test_growth_needs_a_year_before_above_zero(make_accounts):
    frame = make_accounts(revenue_12m=[150.0, 10.0, 10.0, 10.0], revenue_prev_12m=[100.0, 0.0, -5.0, NONE])
    rates = growth_rates(frame)
    assert rates.iloc[0] == 0.5
    assert rates.iloc[1:].isna().all()


def test_kinds_of_change(value):
    changes = add_changes(value).set_index("account_id")["change"]
    assert changes.to_dict() == {
        **{"K0": "grown", "K1": "new", "K2": "back", "K3": "lost", "K4": "shrunk", "K5": "same"},
        **{"K7": "lost", "K8": "grown"},
    }


def test_steps_lead_from_one_year_to_the_other(value):
    steps = sum_changes(value).set_index("step")
    assert steps.index.tolist() == [*CHANGES, "net"]
    assert steps["amount"].to_dict() == {"lost": -245, "shrunk": -20, "grown": 32, "back": 20, "new": 80, "net": -133}
    assert steps["n_accounts"].to_dict() == {"lost": 2, "shrunk": 1, "grown": 2, "back": 1, "new": 1, "net": 7}
    assert steps.loc["lost", ["low", "high"]].tolist() == [-245, 0]
    assert steps.loc["new", ["low", "high"]].tolist() == [-213, -133]
    assert steps.loc["net", ["low", "high"]].tolist() == [-133, 0]


@given(
    st.lists(
        st.tuples(st.integers(-50, 500), st.integers(-50, 500), st.sampled_from([100, 900])), min_size=1, max_size=30
    )
)
def test_changes_add_up(make_accounts, rows):
    now, before, tenure = zip(*rows, strict=True)
    frame = make_accounts(revenue_12m=list(map(float, now)), revenue_prev_12m=list(map(float, before)))
    steps = sum_changes(frame.assign(tenure_days=tenure))
    if len(steps):
        amounts = steps.set_index("step")["amount"]
        assert amounts[CHANGES].sum() == amounts["net"] == sum(now) - sum(before)


def test_without_a_year_before_there_is_nothing_to_show(make_accounts, accounts):
    frame = make_accounts(revenue_12m=[10.0, 20.0], revenue_prev_12m=[NONE, NONE])
    frame = frame.assign(growth=growth_rates(frame))
    assert sum_changes(frame).empty
    assert select_movers(frame, accounts, 5).empty
    assert select_growth_points(frame, accounts, 5).empty


def test_movers_have_names_and_real_moves(value, accounts):
    rises = select_movers(value, accounts, 3)
    assert rises["account_id"].tolist() == ["K1", "K0", "K2"]
    assert rises["name"].tolist() == ["K1", "Alpha AG", "K2"]
    assert rises["revenue_change"].tolist() == [80, 30, 20]
    falls = select_movers(value, accounts, 10, losers=True)
    assert falls["name"].tolist() == ["Cäsar KG", "K7", "K4"]
    assert math.isclose(falls["growth"].iloc[0], -1)


def test_growth_points_are_the_largest_with_revenue_in_both_years(value, accounts):
    points = select_growth_points(value, accounts, 2)
    assert points["account_id"].tolist() == ["K5", "K0"]
    assert points["change"].tolist() == ["same", "grown"]
