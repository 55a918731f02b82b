"""Past quarters to look ahead from: fiscal years, gaps, an unfinished quarter, too little history."""

import datetime as dt

import pandas as pd
import pytest

from segkit.features.panel import panel_dates
from segkit.quarters import Quarter
from segkit.value.backtests.origins import find_origins, known_on, learnable, outcomes

Q4 = Quarter.parse("2025Q4")


def make_panel(days, accounts=("A", "B")):
    rows = [
        {"account_id": account, "as_of": pd.Timestamp(day), "history_days": 90 * (i + 1), "revenue_q": 10.0 * (i + 1),
         "gross_q": 11.0 * (i + 1), "orders_q": i, "margin_q": None, "is_active_q": i % 2 == 0}
        for i, day in enumerate(days) for account in accounts
    ]  # fmt: skip
    return pd.DataFrame(rows).astype({"margin_q": "float64"})


DAYS = ["2025-03-31", "2025-06-30", "2025-09-30", "2025-12-31", "2026-03-31"]


def days_of(origins):
    return [(str(o.day.date()), str(o.until.date())) for o in origins]


def test_the_newest_origins_with_a_whole_outcome_ahead():
    found = find_origins(make_panel(DAYS), True, 2, 2)
    assert days_of(found) == [("2025-06-30", "2025-12-31"), ("2025-09-30", "2026-03-31")]
    assert found[0].horizon_days == 184
    assert [len(o.quarters) for o in found] == [2, 2]


def test_an_unfinished_quarter_is_no_outcome():
    assert days_of(find_origins(make_panel(DAYS), False, 2, 2)) == [
        ("2025-03-31", "2025-09-30"), ("2025-06-30", "2025-12-31")
    ]  # fmt: skip


def test_too_little_history_and_too_few_quarters_give_fewer_origins_or_none():
    assert days_of(find_origins(make_panel(DAYS), True, 1, 4, history_days=270)) == [
        ("2025-09-30", "2025-12-31"), ("2025-12-31", "2026-03-31")
    ]  # fmt: skip
    assert find_origins(make_panel(DAYS[:1]), True, 1, 4) == []
    assert find_origins(make_panel(DAYS[:2]), False, 1, 4) == []
    assert find_origins(make_panel(DAYS), True, 5, 4) == []
    assert find_origins(make_panel(DAYS).iloc[:0], True, 1, 4) == []


@pytest.mark.parametrize("first_month", [1, 2, 10])
def test_fiscal_years_change_the_days_and_nothing_else(first_month):
    quarter = Quarter(2025, 4, first_month)
    days = panel_dates(quarter, quarter.end, dt.date(2023, 1, 1), 6)["as_of"]
    found = find_origins(make_panel(days), True, 2, 3)
    assert [o.until for o in found] == list(days[3:])
    assert all(o.day < min(o.quarters) and o.until == max(o.quarters) for o in found)


def test_a_quarter_without_anybody_does_not_stretch_an_outcome():
    """A quarter that is missing in the panel lies between two others: the outcome would be longer than asked."""
    gap = [day for day in DAYS if day != "2025-09-30"]
    assert days_of(find_origins(make_panel(gap), True, 1, 4)) == [
        ("2025-03-31", "2025-06-30"), ("2025-12-31", "2026-03-31")
    ]  # fmt: skip


def test_what_a_model_may_learn_from_had_come_by_then():
    origins = find_origins(make_panel(DAYS), True, 1, 4)
    assert days_of(learnable(origins, pd.Timestamp("2025-12-31"))) == days_of(origins[:3])
    assert learnable(origins, pd.Timestamp("2025-06-29")) == []


def test_outcomes_are_of_the_accounts_known_at_the_origin():
    panel = make_panel(DAYS)
    late = panel[(panel["account_id"] == "B") & (panel["as_of"] <= "2025-06-30")]
    panel = panel.drop(late.index)
    origin = find_origins(panel, True, 2, 4)[1]
    found = outcomes(panel, origin)
    assert found.index.tolist() == ["A"]
    row = found.loc["A"]
    assert (row["revenue"], row["gross"], row["orders"], row["is_active"]) == (70.0, 77.0, 5.0, True)
    assert pd.isna(row["margin"])
    assert known_on(panel, origin.day).index.tolist() == ["A"]


def test_silent_accounts_have_no_outcome_left_empty():
    panel = make_panel(DAYS).assign(is_active_q=False, orders_q=0, revenue_q=-5.0)
    found = outcomes(panel, find_origins(panel, True, 1, 1)[0])
    assert not found["is_active"].any() and (found["revenue"] == -5).all()
