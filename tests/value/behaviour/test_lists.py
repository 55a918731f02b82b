from __future__ import annotations

import datetime as dt

import pandas as pd
import pytest

from segkit.value.behaviour.contribution import describe_contribution
from segkit.value.behaviour.findings import describe_small
from segkit.value.behaviour.lists import (
    describe_cheap,
    select_cheap,
    select_costly,
    select_trend_points,
    select_trends,
)

AS_OF = dt.date(2026, 9, 30)
ACCOUNTS = pd.DataFrame({"account_id": list("abcd"), "name": ["Adler", "Bär", "Cobra", None]})
VALUE = pd.DataFrame(
    {
        "account_id": list("abcd"),
        "abc_class": list("ABCC"),
        "revenue_12m": [9000.0, 900.0, 90.0, 0.0],
        "margin_12m": [4000.0, 100.0, -20.0, None],
        "care_cost_12m": [50.0, 70.0, 40.0, 30.0],
        "contribution_12m": [3950.0, 30.0, -60.0, -30.0],
        "price_index": [96.0, 90.0, 95.0, None],
        "price_gap_12m": [-400.0, -100.0, -5.0, None],
        "trend": [0.5, -0.3, -0.2, -0.9],
        "trend_low": [0.2, -0.4, -0.3, -0.95],
        "trend_high": [0.8, -0.2, -0.1, -0.8],
        "trend_change": [3000.0, -400.0, -20.0, -80.0],
        "trend_direction": ["rises", "falls", "falls", "falls"],
        "growth": [0.4, None, -0.1, -1.0],
    }
)
CARE = pd.DataFrame(
    {
        "account_id": ["a", "b", "c", "d", "d"],
        "cost_date": pd.to_datetime(["2026-01-31"] * 4 + ["2024-01-31"]),
        "cost_type": ["visit", "visit", "visit", None, "visit"],
        "cost": [50.0, 70.0, 40.0, 30.0, 999.0],
    }
)


def test_costly_accounts_largest_loss_first_each_with_its_reason():
    rows = select_costly(VALUE, ACCOUNTS, 10, "EUR")
    assert rows["name"].tolist() == ["Cobra", "d", "Bär"]
    assert rows["reason_en"].str.split(" ").str[0].tolist() == ["Margin", "Care", "Care"]
    assert "no margin" in rows["reason_en"][1]
    assert "70.0%" in rows["reason_en"][2]
    assert len(select_costly(VALUE, ACCOUNTS, 1, "EUR")) == 1


def test_small_accounts_that_pay_clearly_less_than_large_ones():
    rows = select_cheap(VALUE, ACCOUNTS, 10, "EUR")
    assert rows["name"].tolist() == ["Bär"]
    assert rows["usual"].tolist() == [96]
    assert "€100.00 below" in rows["reason_en"][0]
    assert describe_cheap(VALUE) == {"key": "behaviour.cheap", "n": 1, "less": 100}
    assert describe_cheap(VALUE.assign(price_index=None)) == {"key": "behaviour.none_cheap"}


def test_trends_by_money_without_those_that_are_lost():
    falls = select_trends(VALUE, ACCOUNTS, 10, "EUR", falls=True)
    assert falls["name"].tolist() == ["Bär", "Cobra"]
    assert "plain comparison" not in falls["reason_en"][0]
    assert "plain comparison says -10.0%" in falls["reason_en"][1]
    assert select_trends(VALUE, ACCOUNTS, 10, "EUR")["name"].tolist() == ["Adler"]
    points = select_trend_points(VALUE, ACCOUNTS, 10)
    assert points["name"].tolist() == ["Bär", "Cobra", "Adler"]
    assert points["place"].tolist() == [1, 2, 3]


def test_contribution_of_classes_hangs_costs_below_the_margin():
    classes = describe_contribution(VALUE, CARE, AS_OF)
    of_c = classes[classes["abc_class"] == "C"].set_index(["part", "cost_type"])
    assert of_c["n_accounts"].unique().tolist() == [2]
    assert of_c["amount"].to_dict() == {("margin", ""): -20, ("care", "visit"): -40, ("care", "-"): -30,
                                        ("contribution", ""): -90}  # fmt: skip
    assert of_c.loc[("care", "visit"), ["low", "high"]].tolist() == [-60, -20]
    assert of_c.loc[("care", "-"), ["low", "high"]].tolist() == [-90, -60]
    assert of_c.loc[("contribution", ""), ["low", "high"]].tolist() == [-90, 0]
    assert of_c["share"].isna().all()
    of_a = classes[classes["abc_class"] == "A"].set_index("part")
    assert of_a.loc["care", "share"] == pytest.approx(-50 / 4000)


def test_what_small_customers_cost():
    classes = describe_contribution(VALUE, CARE, AS_OF)
    found = describe_small(classes)[0]
    assert (found["key"], found["care"], found["each"], found["contribution"]) == ("behaviour.small_lose", 70, 35, -90)
    assert found["dearest"] == "visit"
    nothing = describe_contribution(VALUE.assign(contribution_12m=None), CARE, AS_OF)
    assert nothing.empty
    assert describe_small(nothing) == []
