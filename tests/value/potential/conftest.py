"""Accounts by hand, and accounts that follow a rule."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from segkit.settings.value import Value
from segkit.value.abc import abc_classes
from segkit.value.potential.score import score_potential

COLUMNS = {
    "accounts": [
        "account_id", "name", "owner_id", "employees", "account_revenue", "industry_code", "industry_division",
        "industry", "size_class",
    ],
    "installed_base": ["account_id", "site_id", "machine", "built"],
    "sectors": ["industry_code", "period", "growth", "market_size", "employees"],
    "competitors": ["account_id", "competitor", "share", "bound_until"],
    "estimates": ["account_id", "potential"],
}  # fmt: skip


@pytest.fixture(scope="session")
def score() -> Callable[..., object]:
    """Return `score_potential` of accounts with these revenues; other tables as given or without rows."""

    def run(revenue: list[float], seed: int = 1, **tables: pd.DataFrame):
        ids = [f"K{i:03d}" for i in range(len(revenue))]
        value = pd.DataFrame({"account_id": ids, "revenue_12m": revenue})
        value = value.assign(days_since_last=10, abc_class=abc_classes(value["revenue_12m"], 0.8, 0.95))
        accounts = pd.DataFrame({"account_id": ids}).reindex(columns=COLUMNS["accounts"])
        accounts = accounts.assign(**tables.pop("known", {}))
        empty = {name: pd.DataFrame(columns=columns) for name, columns in COLUMNS.items() if name != "accounts"}
        given = {**empty, **tables}
        return score_potential(value, accounts, *given.values(), dt.date(2026, 9, 30), Value(), seed)

    return run


@pytest.fixture(scope="session")
def lawful() -> tuple[list[float], dict[str, np.ndarray]]:
    """Return revenue and what is known of 300 accounts: revenue follows head count and industry, with a noise."""
    rng = np.random.default_rng(5)
    heads = np.exp(rng.normal(4, 1.5, 300)).round().clip(1)
    division = np.where(rng.random(300) < 0.5, "28", "43")
    revenue = 300 * heads**0.8 * np.where(division == "28", 3, 1) * np.exp(rng.normal(0, 0.5, 300))
    size = np.select([heads < 10, heads < 50, heads < 250], ["micro", "small", "medium"], "large")
    known = {"employees": heads, "industry_division": division, "industry": division, "size_class": size}
    return revenue.round(2).tolist(), known
