"""A planted company: who buys next is decided by one thing that is known before."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from segkit.quarters import Quarter

N = 240
QUARTERS = Quarter.between(Quarter.parse("2024Q1"), Quarter.parse("2026Q2"))


def panel_of(n: int = N, seed: int = 1) -> pd.DataFrame:
    """Accounts at ten quarter ends: revenue follows `level`, a property of the account, and a little noise."""
    rng = np.random.default_rng(seed)
    ids, level = np.array([f"K{k:04d}" for k in range(n)]), rng.uniform(2, 9, n)
    rows, start = [], pd.Timestamp("2023-10-01")
    for place, quarter in enumerate(QUARTERS):
        as_of = pd.Timestamp(quarter.end)
        revenue = np.expm1(level + rng.normal(0, 0.15, n)).round(2)
        orders = np.maximum(1, np.round(level + rng.normal(0, 0.5, n))).astype(int)
        rows.append(
            pd.DataFrame(
                {
                    "account_id": ids,
                    "as_of": as_of,
                    "quarter": quarter.label,
                    "tenure_days": (as_of - start).days - np.arange(n) % 60,
                    "days_since_last": rng.integers(0, 90, n),
                    "frequency_12m": orders * 4,
                    "revenue_12m": revenue * 4,
                    "revenue_prev_12m": revenue * 4 if place >= 8 else np.nan,
                    "margin_12m": np.nan,
                    "revenue_q": revenue,
                    "n_products_12m": rng.integers(1, 50, n),
                    "active_months_12m": 12,
                    "avg_order_value_12m": revenue / orders,
                    "regularity": rng.uniform(0, 2, n),
                    "return_share_12m": rng.uniform(0, 1, n),
                    "history_days": (as_of - start).days,
                }
            )
        )
    return pd.concat(rows, ignore_index=True).astype({"as_of": "datetime64[us]"})


def tables_of(panel: pd.DataFrame, **more: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """The tables of a run: the panel, bare master data and a complete quarter; `more` replaces or adds tables."""
    ids = np.sort(panel["account_id"].unique())
    texts = ["legal_form", "industry_code", "industry", "region", "country", "parent_id", "account_group"]
    accounts = pd.DataFrame({"account_id": ids}).assign(
        **dict.fromkeys(texts, pd.Series(index=range(len(ids)), dtype="str"))
    )
    accounts = accounts.assign(employees=np.nan, account_revenue=np.nan, employees_date=pd.NaT)
    period = pd.DataFrame({"as_of": [panel["as_of"].max()], "is_complete": [True]})
    deliveries = pd.DataFrame({"table": ["accounts"], "known_on": [panel["as_of"].max() - pd.Timedelta(days=40)]})
    value = pd.DataFrame({"account_id": ids, "abc_class": np.where(np.arange(len(ids)) % 3, "C", "A")})
    tables = {"account_features": panel, "accounts": accounts, "run_period": period, "deliveries": deliveries}
    return {**tables, "account_value": value, **more}


@pytest.fixture(scope="session")
def planted() -> dict[str, pd.DataFrame]:
    return tables_of(panel_of())


@pytest.fixture(scope="session")
def make_tables() -> Callable[..., dict[str, pd.DataFrame]]:
    return tables_of


@pytest.fixture(scope="session")
def make_panel() -> Callable[..., pd.DataFrame]:
    return panel_of
