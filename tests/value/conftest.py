"""Accounts by hand."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd
import pytest

DEFAULTS = {
    "days_since_last": 10,
    "frequency": 4,
    "frequency_12m": 2,
    "revenue_total": 400.0,
    "revenue_12m": 100.0,
    "revenue_prev_12m": 100.0,
    "margin_12m": 30.0,
    "tenure_days": 800,
    "regularity": 0.4,
}


@pytest.fixture(scope="session")
def make_accounts() -> Callable[..., pd.DataFrame]:
    """Return features of accounts K0, K1 … at 2026-09-30: given columns, and defaults for the others."""

    def make(**columns: list) -> pd.DataFrame:
        n = len(next(iter(columns.values())))
        ids = {"account_id": [f"K{i}" for i in range(n)], "as_of": [pd.Timestamp("2026-09-30")] * n}
        return pd.DataFrame({**ids, **{name: [value] * n for name, value in DEFAULTS.items()}, **columns})

    return make
