"""What was known on a day, and planted leaks that must be caught."""

import datetime as dt
from functools import partial

import numpy as np
import pandas as pd
import pytest

from segkit import engines
from segkit.features.panel import build_panel, panel_dates
from segkit.features.queries import query
from segkit.quarters import Quarter
from segkit.value.backtests.leaks import find_leaks, find_suspects, known_at
from segkit.value.backtests.origins import known_on

DAY = pd.Timestamp("2025-12-31")
ENDS = pd.date_range("2025-03-31", "2026-09-30", freq="QE")


def day(text):
    return pd.Timestamp(text)


@pytest.fixture
def tables():
    panel = pd.DataFrame(
        [(f"K{a}", end, 100.0 * a + i, i % (a + 2)) for a in range(6) for i, end in enumerate(ENDS)],
        columns=["account_id", "as_of", "revenue_12m", "orders_q"],
    )
    tickets = pd.DataFrame(
        {"account_id": ["K0", "K0", "K1"], "created_date": [day("2025-11-02"), day("2026-02-01"), day("2025-12-01")],
         "closed_date": [day("2026-01-15"), pd.NaT, day("2025-12-20")]}
    )  # fmt: skip
    accounts = pd.DataFrame({"account_id": [f"K{a}" for a in range(6)], "is_inactive": [True, False] * 3})
    return {"account_features": panel, "tickets": tickets, "accounts": accounts}


def honest(tables, day):
    """Revenue and tickets of the day."""
    tickets = tables["tickets"]
    opened = tickets[tickets["created_date"] <= day].groupby("account_id").size()
    known = known_on(tables["account_features"], day)
    return known[["revenue_12m"]].assign(n_tickets=opened.reindex(known.index).fillna(0))


def planted(tables, day):
    """The same, with the orders of the next quarter, tickets that are open today, and who is inactive today."""
    ahead = known_on(tables["account_features"], day + pd.offsets.QuarterEnd(1)).reindex(["orders_q"], axis=1)
    tickets, found = tables["tickets"], honest(tables, day)
    open_today = tickets[(tickets["created_date"] <= day) & tickets["closed_date"].isna()].groupby("account_id").size()
    inactive = tables["accounts"].set_index("account_id")["is_inactive"]
    return found.assign(
        next_orders=ahead["orders_q"].reindex(found.index),
        n_open=open_today.reindex(found.index).fillna(0),
        is_inactive=inactive.reindex(found.index),
    )


def test_honest_features_pass_and_planted_leaks_are_named(tables):
    assert find_leaks(honest, tables, DAY) == []
    leaks = find_leaks(planted, tables, DAY)
    assert leaks == ["next_orders", "n_open", "is_inactive"]
    assert find_leaks(planted, tables, DAY, timeless=["accounts"]) == ["next_orders", "n_open"]
    kept = planted(tables, DAY).drop(columns=leaks)
    pd.testing.assert_frame_equal(kept, honest(tables, DAY))


def test_accounts_that_were_found_by_later_rows_are_a_leak_too(tables):
    def who_has_a_ticket(tables, day):
        return honest(tables, day).loc[lambda rows: rows.index.isin(tables["tickets"]["account_id"])]

    later = tables | {"tickets": tables["tickets"].assign(created_date=day("2026-03-01"))}
    assert find_leaks(who_has_a_ticket, later, DAY) == ["account_id"]


def test_differences_of_rounding_are_no_leak_and_large_companies_are_looked_at_in_part(tables):
    def scaled(tables, day):
        known = known_on(tables["account_features"], day)
        return known.assign(share=known["revenue_12m"] * (1 + 1e-13 * len(tables["account_features"])))[["share"]]

    assert find_leaks(scaled, tables, DAY) == []
    panel = pd.DataFrame(
        {"account_id": [f"K{i:05}" for i in range(5000)] * 2, "as_of": [DAY] * 5000 + [ENDS[-1]] * 5000, "x": 1.0}
    )
    seen = []
    find_leaks(lambda t, d: seen.append(len(known_on(t["panel"], d))) or known_on(t["panel"], d), {"panel": panel}, DAY)
    assert seen == [1667, 1667]


def test_later_fates_are_masked_and_agreed_ends_are_not():
    leads = pd.DataFrame(
        {"lead_id": ["L1", "L2", "L3", "L4"], "created_date": [day("2025-10-01")] * 3 + [day("2026-01-05")],
         "status": ["converted", "converted", "disqualified", "new"],
         "converted_date": [day("2025-11-01"), day("2026-02-01"), pd.NaT, pd.NaT],
         "opportunity_id": ["O1", "O2", None, None]}
    )  # fmt: skip
    known = known_at(leads, "leads", DAY)
    assert known["lead_id"].tolist() == ["L1", "L2", "L3"]
    assert known["status"].tolist() == ["converted", "open", "open"]
    assert known["converted_date"].isna().tolist() == [False, True, True]
    assert known["opportunity_id"].isna().tolist() == [False, True, True]
    deals = pd.DataFrame(
        {"opportunity_id": ["O1"], "created_date": [day("2025-10-01")], "close_date": [day("2026-01-10")],
         "stage": ["won"], "is_closed": [True], "is_won": [True]}
    )  # fmt: skip
    deal = known_at(deals, "opportunities", DAY).iloc[0]
    assert (deal["stage"], bool(deal["is_closed"]), bool(deal["is_won"])) == ("open", False, False)
    contracts = pd.DataFrame({"start_date": [day("2025-01-01")], "end_date": [day("2027-01-01")]})
    pd.testing.assert_frame_equal(known_at(contracts, "contracts", DAY), contracts)
    dates = pd.DataFrame({"account_id": ["K1"], "cost_date": [dt.date(2026, 1, 1)], "cost": [1.0]})
    assert known_at(dates, "care_costs", DAY).empty


def test_a_predictor_too_good_to_be_true_is_named():
    rng = np.random.default_rng(2)
    outcome = pd.Series(rng.random(400) < 0.4)
    features = pd.DataFrame(
        {"secret": outcome * 2 + rng.random(400), "fair": outcome + 2 * rng.normal(size=400), "flag": ~outcome,
         "word": "a"}
    )  # fmt: skip
    assert find_suspects(features, outcome) == ["secret", "flag"]
    assert find_suspects(features.head(40), outcome.head(40)) == []


def made_panel(lines, last):
    """The panel up to the last quarter of 2025, from lines up to `last` in the database."""
    con = engines.connect()
    con.register("rows", lines[lines["invoice_date"] <= last])
    con.execute("""CREATE TABLE invoices AS SELECT * REPLACE (invoice_date::DATE AS invoice_date,
                   revenue::DECIMAL(18,4) AS revenue), NULL::DECIMAL(18,4) AS margin, 'sale' AS line_type FROM rows""")
    days = panel_dates(Quarter.parse("2025Q4"), DAY.date(), dt.date(2024, 1, 1), 8)
    return build_panel(partial(query, con), days)


def test_the_panel_of_an_old_quarter_knows_nothing_of_later_lines():
    """Made from all lines or from those up to its day only: it is the same panel."""
    rng = np.random.default_rng(4)
    n = 400
    lines = pd.DataFrame(
        {"account_id": [f"K{a}" for a in rng.integers(0, 25, n)], "invoice_id": [f"R{i}" for i in range(n)],
         "invoice_date": pd.to_datetime("2024-01-01") + pd.to_timedelta(rng.integers(0, 1000, n), unit="D"),
         "product_id": [f"P{p}" for p in rng.integers(0, 9, n)], "quantity": rng.choice([1.0, 2.0, -1.0], n)}
    )  # fmt: skip
    lines["revenue"] = lines["quantity"] * 10
    of_all, of_then = made_panel(lines, ENDS[-1]), made_panel(lines, DAY)
    pd.testing.assert_frame_equal(of_all, of_then)
    assert of_then["last_date"].max() <= DAY and len(of_then) > 100
