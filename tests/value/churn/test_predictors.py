"""What was known on a day: by hand, and nothing of later days."""

import numpy as np
import pandas as pd
import pytest

from segkit.value.backtests.leaks import find_leaks
from segkit.value.churn.predictors import FACTS, build_facts, to_predictors

DAY = pd.Timestamp("2026-06-30")
KNOTS = {"ratio": 2.0, "days": 60.0, "some_revenue": 5.0}


@pytest.fixture(scope="module")
def tables(make_panel):
    monthly = list(pd.date_range("2024-01-15", "2026-03-20", freq="30D"))
    panel = make_panel({"A": monthly, "B": ["2024-02-01", "2026-05-01"], "C": ["2026-09-01"]})
    return {
        "panel": panel,
        "tickets": pd.DataFrame(
            {"account_id": ["A", "A", "A", "B"],
             "created_date": pd.to_datetime(["2025-08-01", "2026-06-01", "2026-07-01", "2023-01-01"])}
        ),
        "contracts": pd.DataFrame(
            {"account_id": ["A", "A", "B", "B"],
             "start_date": pd.to_datetime(["2025-10-01", "2025-01-01", "2026-08-01", "2024-01-01"]),
             "end_date": pd.to_datetime(["2026-09-30", None, "2027-08-01", "2024-12-31"])}
        ),
        "engagements": pd.DataFrame(
            {"account_id": ["A"] * 5, "engagement_type": ["visit"] * 4 + ["mail"],
             "engagement_date": pd.to_datetime(["2025-01-01", "2025-12-01", "2026-01-01", "2026-06-15", "2026-06-20"])}
        ),
    }  # fmt: skip


def test_facts_by_hand(tables):
    facts = build_facts(tables, DAY, 183)
    assert list(facts.columns) == FACTS
    assert list(facts.index) == ["A", "B"]  # C has not bought yet
    a, b = facts.loc["A"], facts.loc["B"]
    assert a["days_silent"] == 117  # last order 2026-03-05
    assert (a["orders_half"], a["orders_half_before"]) == (3, 6)
    assert (a["tickets_90d"], a["tickets_12m"]) == (1, 2)
    assert (a["engagements_90d"], a["engagements_usual_90d"]) == (1, pytest.approx(2 * 90 / 275))
    assert (a["has_contract"], a["days_to_contract_end"]) == (1, 92)
    assert (b["has_contract"], b["tickets_12m"]) == (0, 0)
    assert np.isnan(b["days_to_contract_end"])


def test_a_quarter_that_is_not_over_is_no_fall(tables):
    panel = tables["panel"]
    early = panel.assign(as_of=panel["as_of"].replace(pd.Timestamp("2026-09-30"), pd.Timestamp("2026-07-10")))
    facts = build_facts({**tables, "panel": early}, pd.Timestamp("2026-07-10"), 183)
    assert facts.loc["A", "orders_half"] == 3  # of January to June


def test_without_events_nothing_is_claimed(tables, no_events):
    facts = build_facts({**no_events, "panel": tables["panel"]}, DAY, 183)
    empty = ["tickets_90d", "tickets_12m", "engagements_90d", "has_contract", "days_to_contract_end"]
    assert facts[empty].isna().all(axis=None)
    assert np.isfinite(to_predictors(facts, KNOTS, 183)["overdue"]).all()


def test_facts_know_nothing_of_later_days(tables):
    assert find_leaks(lambda known, day: build_facts(known, day, 183), tables, DAY) == []


def test_silence_within_the_rhythm_is_not_overdue(tables):
    facts = (
        build_facts(tables, DAY, 183).loc[["A"] * 3].assign(days_silent=[29.0, 59.0, 119.0], usual_interval_days=30.0)
    )
    found = to_predictors(facts, KNOTS, 183)
    assert found["overdue"].tolist() == pytest.approx([0, 0, np.log(2)])
    assert found["late"].tolist() == pytest.approx([0, 0, np.log(2)])
    assert found["is_ending"].tolist() == [1, 1, 1]


def test_net_credits_break_no_logarithm(tables):
    facts = build_facts(tables, DAY, 183).assign(revenue_12m=-50.0, revenue_prev_12m=-10.0)
    found = to_predictors(facts, KNOTS, 183)
    assert np.isfinite(found["log_revenue"]).all()
    assert found["revenue_change"].isna().all()
