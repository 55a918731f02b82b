from __future__ import annotations

import datetime as dt

import pandas as pd

from segkit.value.lists import list_diamonds, list_leads, list_movers, list_newcomers, list_renewals

ACCOUNTS = pd.DataFrame({"account_id": ["K1", "K2"], "name": ["Eins", None], "owner_id": ["V-1", "V-2"]})
ACCOUNTS = ACCOUNTS.assign(is_contactable=pd.array([True, False], dtype="boolean"))


def test_movers_say_what_happened():
    movers = pd.DataFrame(
        {
            "account_id": ["K1", "K2", "K1"],
            "name": ["Eins", "K2", "Eins"],
            "revenue_prev_12m": [100.0, 100.0, 0.0],
            "revenue_12m": [0.0, 60.0, 50.0],
            "revenue_change": [-100.0, -40.0, 50.0],
            "growth": [-1.0, -0.4, None],
            "days_since_last": [400, 1, 3],
        }
    )
    listed = list_movers(movers, ACCOUNTS, "EUR")
    assert listed["reason_en"].tolist() == [
        "Buys nothing any more; the last invoice was 400\u00a0days ago.",
        "Revenue -40.0% against the year before; the last invoice was 1\u00a0day ago.",
        "Bought nothing the year before.",
    ]
    assert listed["is_contactable"].tolist() == [True, False, True]


def test_contracts_say_when_they_end():
    ends = pd.DataFrame({"account_id": ["K1"], "name": ["Eins"], "owner_id": ["V-1"], "is_contactable": [True]})
    ends = ends.assign(
        renewal_date=pd.Timestamp("2026-10-15"), renewal_value=480.0, revenue_12m=9.0, churn_probability=0.1
    )
    listed = list_renewals(ends, dt.date(2026, 9, 30), "EUR")
    assert listed["reason_en"].iloc[0].startswith("Contract of €480.00 a year ends in 15\u00a0days")


def test_a_lead_of_a_blocked_account_is_left_out_and_a_customer_says_what_it_buys():
    leads = pd.DataFrame(
        {
            "lead_id": ["L1", "L2", "L3"],
            "account_id": ["K1", "K2", None],
            "company": ["Eins", "Zwei", None],
            "created_date": pd.to_datetime(["2026-09-20"] * 3),
            "source_name": "Messe",
            "lead_rank": [3, 1, 2],
            "score": [0.1, 0.5, 0.3],
            "reason": [None, None, "no.such.key"],
            "is_contactable": pd.array([True, False, None], dtype="boolean"),
        }
    )
    value = pd.DataFrame({"account_id": ["K1"], "revenue_12m": [70.0]})
    listed = list_leads(leads, value, ACCOUNTS, dt.date(2026, 9, 30), 10, "EUR")
    assert listed["company"].tolist() == ["L3", "Eins"]
    assert listed["waiting_days"].tolist() == [10, 10]
    assert listed["revenue_12m"].tolist()[1] == 70 and listed["owner_id"].tolist()[1] == "V-1"


def test_diamonds_by_rank_and_newcomers_in_trouble_by_money_at_risk():
    diamonds = pd.DataFrame(
        {"account_id": ["K1", "K2"], "diamond_rank": [2, 1], "abc_class": "C", "revenue_12m": 1.0, "potential": 9.0}
    ).assign(gap=8.0, reason=None, is_contactable=True, owner_id="V-1")
    assert list_diamonds(diamonds, ACCOUNTS, 1, "EUR")["name"].tolist() == ["K2"]
    new = pd.DataFrame({"account_id": ["K1", "K2", "K3"], "revenue": [10.0, 90.0, 500.0], "risk": [0.5, 0.2, 0.9]})
    new = new.assign(is_trouble=[True, True, False], reason=None, days_since_first=9, n_orders=1, is_contactable=True)
    assert list_newcomers(new, ACCOUNTS, 10, "EUR")["name"].tolist() == ["K2", "Eins"]
