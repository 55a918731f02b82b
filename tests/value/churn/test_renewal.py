"""Ends of contracts by hand."""

import pandas as pd
import pytest

from segkit.value.churn.renewal import count_ends, count_renewals, follow_contracts, next_renewals

DAY = pd.Timestamp("2026-09-30")


def contracts(*rows):
    frame = pd.DataFrame(rows, columns=["contract_id", "account_id", "start_date", "end_date", "annual_value"])
    return frame.assign(start_date=pd.to_datetime(frame["start_date"]), end_date=pd.to_datetime(frame["end_date"]))


HAND = contracts(
    ("1", "A", "2024-01-01", "2024-12-31", 100.0),
    ("2", "A", "2025-02-01", "2026-12-31", 120.0),  # renews 1
    ("3", "B", "2024-01-01", "2024-12-31", 50.0),
    ("4", "B", "2026-01-01", "2026-12-15", 60.0),  # a year later: no renewal of 3
    ("5", "B", "2026-02-01", "2026-12-15", None),
    ("6", "C", "2025-01-01", None, 80.0),
    ("7", "D", "2025-01-01", "2026-11-30", 70.0),
    ("8", "D", "2026-09-01", "2028-11-30", 75.0),  # signed already: 7 is renewed
    ("9", "E", "2026-12-01", "2027-11-30", 1.0),  # not known yet
    ("10", None, "2025-01-01", "2026-12-01", 5.0),
)


def test_followed_and_next_ends():
    followed = follow_contracts(HAND, DAY).set_index("contract_id")
    assert list(followed.index[followed["is_followed"]]) == ["1", "7"]
    assert "9" not in followed.index
    assert "10" not in followed.index
    ends = next_renewals(followed.reset_index())
    assert ends["renewal_date"].dt.strftime("%Y-%m-%d").to_dict() == {
        "A": "2026-12-31", "B": "2026-12-15", "D": "2028-11-30"
    }  # fmt: skip
    assert ends["renewal_value"].to_dict() == {"A": 120, "B": 60, "D": 75}  # a missing value counts nothing


def test_a_chance_only_where_ends_were_seen():
    few = count_renewals(follow_contracts(HAND, DAY), DAY)
    assert (few["n_ended"], few["n_renewed"], few["share"]) == (2, 1, None)
    many = [(f"a{i}", f"K{i}", "2024-01-01", "2024-12-31", 1.0) for i in range(20)]
    again = [(f"b{i}", f"K{i}", "2025-01-01", "2027-12-31", 1.0) for i in range(16)]
    found = count_renewals(follow_contracts(contracts(*many, *again), DAY), DAY)
    assert (found["n_ended"], found["share"]) == (20, 0.8)
    assert found["low"] == pytest.approx(0.584, abs=0.001)
    assert found["high"] == pytest.approx(0.919, abs=0.001)
    never = count_renewals(follow_contracts(contracts(*many), DAY), DAY)
    assert (never["n_ended"], never["share"]) == (20, None)  # a table without any successor says nothing


def test_calendar_of_twelve_months():
    months = count_ends(HAND, DAY)
    assert len(months) == 12
    assert months.loc[0, "month"] == pd.Timestamp("2026-10-01")
    assert months.set_index("month")["n_contracts"].loc["2026-12-01"] == 3
    assert months["value"].sum() == 180
    assert count_ends(HAND.iloc[:0], DAY)["n_contracts"].sum() == 0
