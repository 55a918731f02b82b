from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from segkit.value.abc import abc_classes, add_abc, add_lifetime_class, describe_pareto

NONE = float("nan")


def classes(*values: float) -> list:
    found = abc_classes(pd.Series(values, dtype="float64"), 0.8, 0.95)
    return [None if pd.isna(c) else c for c in found]


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ((60, 30, 6, 4, -5), ["A", "A", "B", "C", "C"]),
        ((4, 6, 30, 60), ["C", "B", "A", "A"]),
        ((1000,), ["A"]),
        ((990, 4, 3, 3), ["A", "C", "C", "C"]),
        ((0, 0), ["C", "C"]),
        ((-10, -20), ["C", "C"]),
        ((100, NONE), ["A", None]),
        ((NONE, NONE), [None, None]),
        ((80, 15, 5), ["A", "B", "C"]),
    ],
)
def test_classes_by_what_larger_accounts_bring(values, expected):
    assert classes(*values) == expected


def test_equal_accounts_have_equal_classes():
    assert classes(*[0.1] * 10) == ["A"] * 10
    assert classes(70, 10, 10, 10) == ["A", "A", "A", "A"]
    assert classes(85, 5, 5, 5) == ["A", "B", "B", "B"]


@given(st.lists(st.integers(-100, 1000), min_size=1, max_size=50))
def test_a_reaches_its_share_with_as_few_accounts_as_possible(values):
    frame = pd.DataFrame({"value": values, "label": classes(*values)})
    assert (frame.loc[frame["value"] <= 0, "label"] == "C").all()
    positive = frame[frame["value"] > 0]
    if len(positive):
        a = positive[positive["label"] == "A"]
        assert a["value"].sum() >= 0.8 * positive["value"].sum() - 1e-9
        assert a.loc[a["value"] > a["value"].min(), "value"].sum() < 0.8 * positive["value"].sum()


def test_shares_are_of_revenue_above_zero(make_accounts):
    frame = add_abc(make_accounts(revenue_12m=[30.0, -5.0, 60.0, 10.0], margin_12m=[9.0, -1.0, NONE, 5.0]), 0.8, 0.95)
    assert frame["revenue_share"].tolist() == pytest.approx([0.3, -0.05, 0.6, 0.1])
    assert frame["cumulative_share"].tolist() == pytest.approx([0.9, 1.0, 0.6, 1.0])
    assert frame["abc_class"].tolist() == ["A", "C", "A", "B"]
    assert frame["abc_margin_class"].fillna("-").tolist() == ["A", "C", "-", "A"]


def test_without_revenue_there_are_no_shares(make_accounts):
    frame = add_abc(make_accounts(revenue_12m=[0.0, -5.0]), 0.8, 0.95)
    assert frame["revenue_share"].isna().all()
    assert frame["abc_class"].tolist() == ["C", "C"]


def test_curve_starts_at_zero_ends_at_one_and_keeps_the_class_limits(make_accounts):
    revenue = [float(1000 - i) for i in range(900)]
    curve = describe_pareto(add_abc(make_accounts(revenue_12m=revenue, margin_12m=[NONE] * 900), 0.8, 0.95))
    assert curve["measure"].unique().tolist() == ["revenue"]
    assert len(curve) <= 205
    assert curve.iloc[0][["account_share", "money_share"]].tolist() == [0, 0]
    assert curve.iloc[-1][["account_share", "money_share"]].tolist() == [1, 1]
    assert curve["money_share"].is_monotonic_increasing
    last_a = curve[curve["abc_class"] == "A"].iloc[-1]
    n = int(last_a["n_accounts"])
    assert sum(revenue[:n]) >= 0.8 * sum(revenue) > sum(revenue[: n - 1])


def test_curve_of_nothing_is_empty(make_accounts):
    assert describe_pareto(add_abc(make_accounts(revenue_12m=[0.0], margin_12m=[NONE]), 0.8, 0.95)).empty


def test_lifetime_value_has_classes_and_a_curve_where_it_is_known(make_accounts):
    frame = add_abc(make_accounts(revenue_12m=[60.0, 30.0, 10.0]), 0.8, 0.95)
    rated = add_lifetime_class(frame.assign(lifetime_value=[10.0, 90.0, NONE]), 0.8, 0.95)
    assert rated["abc_lifetime_class"].fillna("-").tolist() == ["B", "A", "-"]
    curve = describe_pareto(rated)
    assert curve.loc[curve["measure"] == "lifetime", "money_share"].tolist() == [0, 0.9, 1]
    assert "lifetime" not in set(
        describe_pareto(add_lifetime_class(frame.assign(lifetime_value=NONE), 0.8, 0.95))["measure"]
    )
