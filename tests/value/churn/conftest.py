"""Accounts with days of orders by hand, and the panel that follows from them."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

ENDS = pd.date_range("2023-12-31", "2026-09-30", freq="QE")
FIRST_DAY = pd.Timestamp("2023-01-01")


@pytest.fixture(scope="session")
def make_panel() -> Callable[..., pd.DataFrame]:
    """Return rows of `account_features` of accounts that ordered on given days, each order of 100."""

    def make(orders: dict[str, list], ends: pd.DatetimeIndex = ENDS, money: float = 100.0) -> pd.DataFrame:
        days = pd.DataFrame(
            [(a, pd.Timestamp(d)) for a, ds in orders.items() for d in ds], columns=["account_id", "day"]
        )
        rows = []
        for i, end in enumerate(ends):
            begin = ends[i - 1] if i else end - pd.Timedelta(days=91)
            known = days[days["day"] <= end].groupby("account_id")["day"]
            year, before = end - pd.DateOffset(years=1), end - pd.DateOffset(years=2)
            frame = pd.DataFrame(
                {
                    "as_of": end,
                    "first_sale_date": known.min(),
                    "last_sale_date": known.max(),
                    "n_sale_days": known.nunique(),
                    "frequency_12m": known.apply(lambda d, year=year: int((d > year).sum())),
                    "orders_q": known.apply(lambda d, begin=begin: int((d > begin).sum())),
                    "before": known.apply(lambda d, y=year, b=before: int(((d > b) & (d <= y)).sum())),
                }
            )
            rows.append(frame.rename_axis("account_id").reset_index())
        panel = pd.concat(rows, ignore_index=True)
        return panel.assign(
            gross_q=panel["orders_q"] * 100.0,
            revenue_q=panel["orders_q"] * money,
            margin_q=np.nan,
            is_active_q=panel["orders_q"] > 0,
            revenue_12m=panel["frequency_12m"] * money,
            revenue_prev_12m=panel["before"] * money,
            n_products_12m=panel["frequency_12m"].clip(upper=3),
            tenure_days=(panel["as_of"] - panel["first_sale_date"]).dt.days,
            days_since_last=(panel["as_of"] - panel["last_sale_date"]).dt.days,
            history_days=(panel["as_of"] - FIRST_DAY).dt.days,
        )

    return make


@pytest.fixture(scope="session")
def many_orders() -> dict[str, list]:
    """Return 160 accounts with an order every 20 to 60 days; every other one stops for good at some time."""
    rng = np.random.default_rng(7)
    orders = {}
    for i in range(160):
        gaps = rng.uniform(0.6, 1.4, 200) * rng.choice([20, 30, 60])
        days = FIRST_DAY + pd.to_timedelta(np.cumsum(gaps).astype(int), unit="D")
        stops = FIRST_DAY + pd.Timedelta(days=int(rng.integers(200, 1300))) if i % 2 else ENDS[-1]
        orders[f"K{i:03d}"] = list(days[days <= min(stops, ENDS[-1])])
    return orders


@pytest.fixture(scope="session")
def panel(make_panel: Callable[..., pd.DataFrame], many_orders: dict[str, list]) -> pd.DataFrame:
    """Return the panel of all of them."""
    return make_panel(many_orders)


@pytest.fixture(scope="session")
def no_events() -> dict[str, pd.DataFrame]:
    """Return contracts, tickets and engagements without rows."""
    text, day = pd.Series(dtype="str"), pd.Series(dtype="datetime64[us]")
    return {
        "contracts": pd.DataFrame(
            {"contract_id": text, "account_id": text, "start_date": day, "end_date": day,
             "annual_value": pd.Series(dtype="float64")}
        ),
        "tickets": pd.DataFrame({"account_id": text, "created_date": day}),
        "engagements": pd.DataFrame({"account_id": text, "engagement_type": text, "engagement_date": day}),
    }  # fmt: skip
