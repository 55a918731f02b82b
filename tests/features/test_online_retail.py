"""Real invoices of a wholesaler: the published counts, retention and churn come out of the queries."""

from __future__ import annotations

import datetime as dt
from functools import partial

import pandas as pd
import pytest

from segkit.features.panel import build_panel, panel_dates
from segkit.features.queries import query
from segkit.quarters import Quarter

ACTIVE = [955, 1803, 2047, 2060, 2670, 1776, 1991, 2161, 2560]
RETENTION = [0.6314, 0.6062, 0.5779, 0.6320, 0.4213, 0.5873, 0.6082, 0.6270]
CHURN = [0.1867, 0.2130, 0.2115, 0.2088, 0.3187, 0.2467, 0.2162, 0.1929]
DATES = panel_dates(Quarter.parse("2011Q4"), dt.date(2011, 12, 9), dt.date(2009, 12, 1))


@pytest.fixture(scope="module")
def sales(retail) -> pd.DataFrame:
    """Gross sales by account (rows) and quarter (columns); 0 where an account is not active."""
    active = query(retail, "active_accounts", panel_dates=DATES)
    return active.pivot(index="account_id", columns="quarter", values="gross").fillna(0)


def test_active_customers(sales):
    assert (sales > 0).sum().tolist() == ACTIVE


def test_retention_and_revenue_churn(sales):
    pairs = list(zip(sales.columns, sales.columns[1:], strict=False))
    kept = [((sales[q] > 0) & (sales[later] > 0)).sum() / (sales[q] > 0).sum() for q, later in pairs]
    lost = [sales[q][sales[later] == 0].sum() / sales[q].sum() for q, later in pairs]
    assert kept == pytest.approx(RETENTION, abs=5e-5)
    assert lost == pytest.approx(CHURN, abs=5e-5)


def test_panel_agrees_with_the_lines(retail):
    frame = build_panel(partial(query, retail), DATES)
    assert frame[frame["is_active_q"]].groupby("quarter").size().tolist() == ACTIVE
    now = frame[frame["as_of"] == "2011-12-09"]
    assert len(now) == 5942
    lines = retail.execute("SELECT sum(revenue), count(DISTINCT account_id) FROM invoices").fetchone()
    assert now["revenue_total"].sum() == pytest.approx(float(lines[0]), abs=0.005)
    assert frame[frame["as_of"] < "2011-12-09"]["revenue_prev_12m"].isna().all()
    assert now["revenue_prev_12m"].notna().all()


def test_one_thread_gives_the_same_bytes(retail):
    twice = []
    for threads in (2, 1):
        retail.execute(f"SET threads = {threads}")
        twice.append(build_panel(partial(query, retail), DATES).to_parquet())
    retail.execute("SET threads = 2")
    assert twice[0] == twice[1]
