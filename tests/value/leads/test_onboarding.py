"""New accounts are held against how soon earlier ones came back."""

import numpy as np
import pandas as pd
import pytest

from segkit.tables import TABLES
from segkit.value.leads.newcomers import first_sales
from segkit.value.leads.onboarding import score_onboarding
from segkit.value.leads.returns import chance_of_silence, fit_returns, sale_days

from .test_score import QUICK, empty

ENDS = pd.date_range("2023-12-31", "2026-09-30", freq="QE")
START = pd.Timestamp("2023-01-01")


def orders_of(days):
    """account → days of its orders after START."""
    rows = [(account, START + pd.Timedelta(days=d)) for account, all_days in days.items() for d in all_days]
    frame = pd.DataFrame(rows, columns=["account_id", "order_date"])
    return frame.assign(invoice_id=[f"R{i}" for i in range(len(frame))], gross=100.0, revenue=100.0, has_sale=True)


def panel_of(orders):
    """What the panel says of such orders, in the columns that are needed."""
    parts = []
    for end in ENDS:
        start = end - pd.offsets.QuarterEnd()
        known = orders[orders["order_date"] <= end]
        of = known.groupby("account_id")["order_date"]
        frame = pd.DataFrame({"first_date": of.min(), "last_sale_date": of.max(), "frequency": of.size()})
        now = known[known["order_date"] > start].groupby("account_id").size()
        frame["orders_q"] = now.reindex(frame.index).fillna(0).astype(int)
        parts.append(frame.assign(as_of=end, history_days=(end - START).days).reset_index())
    panel = pd.concat(parts, ignore_index=True)
    money = {"revenue_q": "orders_q", "gross_q": "orders_q", "margin_q": "orders_q", "revenue_total": "frequency"}
    panel = panel.assign(**{name: 100.0 * panel[of] for name, of in money.items()})
    return panel.assign(first_sale_date=panel["first_date"], is_active_q=panel["orders_q"] > 0)


def score(days, is_complete=True, **others):
    orders = orders_of(days)
    period = pd.DataFrame({"as_of": [ENDS[-1]], "is_complete": [is_complete]})
    tables = [others.get(name, empty(name)) for name in ("engagements", "tickets")]
    return score_onboarding(panel_of(orders), orders, *tables, period, QUICK, 1)


def company(n=180, stay=0.7, seed=2):
    """Accounts that begin over three years; most order each month, some only once; OLD since the first day."""
    rng = np.random.default_rng(seed)
    last = (ENDS[-1] - START).days
    days = {"OLD": list(range(0, last, 30))}
    for i, begin in enumerate(rng.integers(200, last - 60, n)):
        stays = rng.random() < stay
        steps = np.cumsum(rng.integers(20, 35, 80)) if stays else np.zeros(0, int)
        days[f"K{i:03d}"] = [int(begin), *(int(begin + s) for s in steps if begin + s <= last)]
    return days


@pytest.fixture(scope="module")
def scored():
    return score(company())


def keys(found):
    return [f["key"] for section in ("answer", "trust") for f in found.model["findings"][section]]


def test_who_does_not_come_back_is_in_trouble(scored):
    rows = scored.rows
    assert rows.columns.tolist() == [c for c in TABLES["onboarding"].columns if c != "is_contactable"]
    assert "OLD" not in set(rows["account_id"])
    assert (rows["days_since_first"] < 365).all()
    gone = rows[(rows["n_orders"] == 1) & (rows["days_since_first"] > 90)]
    staying = rows[rows["n_orders"] > 2]
    assert len(gone) > 5
    assert gone["risk"].min() > 0.9
    assert gone["is_trouble"].all()
    assert staying["risk"].max() < 0.2
    assert not staying["is_trouble"].any()
    assert set(gone["reason"]) == {"onboarding.reason_first_overdue"}
    assert gone["reason_usual"].between(30, 34).all()
    assert "onboarding.answer" in keys(scored)


def test_it_is_tried_on_past_newcomers(scored):
    deciding = scored.cards[scored.cards["is_deciding"]].iloc[0]
    assert (deciding["model"], deciding["baseline_name"]) == ("onboarding", "onboarding.rule_silence")
    assert deciding["n"] > 100
    assert deciding["baseline"] > 0.85
    assert deciding["used"] in ("model", "rule")
    assert set(scored.rows["basis"]) == {deciding["used"]}
    assert not scored.model["findings"]["trust"][0]["key"].startswith("cards.warn")


def test_an_old_customer_in_short_data_is_not_new():
    orders = orders_of({"A": [0, 400], "B": [100], "C": [300]})
    assert first_sales(panel_of(orders)).index.tolist() == ["C"]


def test_kaplan_meier_by_hand():
    # waits of the first order: 10, 20 (came back), 30 (not yet): S(10) = 2/3, S(20) = 1/3
    days = sale_days(orders_of({"A": [0, 10], "B": [0, 20], "C": [10]}), pd.Index(["A", "B", "C"]))
    day = (START - pd.Timestamp("1970-01-01")).days + 40.0
    returns = fit_returns(days, day, 365)
    # fewer than 30 returns: the waits after second orders (30 and 20, still running) stand with the others
    assert returns.alive[0].tolist() == pytest.approx([0.8, 0.6, 0.6])
    chance = chance_of_silence(returns, np.array([1, 1]), np.array([0.0, 10.0]), 10.0)
    assert chance.tolist() == pytest.approx([0.8, 0.75])
    assert returns.usual[0] == 20


def test_tickets_and_visits_are_counted():
    days = company(60)
    ids = [a for a in days if a != "OLD"]
    dates = [START + pd.Timedelta(days=days[a][0] + 5) for a in ids]
    tickets = pd.DataFrame({"ticket_id": ids, "account_id": ids, "created_date": dates, "closed_date": pd.NaT})
    visits = pd.DataFrame({"account_id": ids, "engagement_date": dates, "engagement_type": "visit"})
    found = score(days, tickets=tickets, engagements=visits)
    assert not [key for key in keys(found) if key == "cards.warn_leak"]
    assert found.rows["risk"].between(0, 1).all()


@pytest.mark.parametrize(
    ("days", "key"),
    [
        ({}, "onboarding.no_history"),
        ({"A": [1240, 1300]}, "onboarding.no_history"),
        ({"OLD": [0, 300, 600, 900]}, "onboarding.none"),
        ({"OLD": [0, 1300], "A": [1200], "B": [1250]}, "onboarding.too_few"),
        ({f"K{i}": [0 if i == 0 else 1000 + i] for i in range(90)}, "onboarding.too_few"),
    ],
)
def test_what_is_missing_is_one_sentence(days, key):
    found = score(days)
    assert key in keys(found)
    assert len(found.cards)
    if len(found.rows):
        assert found.rows["risk"].isna().all()
        assert not found.rows["is_trouble"].any()


def test_an_incomplete_quarter_is_no_outcome():
    found = score(company(60), is_complete=False)
    assert found.cards.loc[found.cards["origin"] != "all", "origin"].max() == "2025-12-31"
