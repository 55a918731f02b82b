"""A company's months by hand."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

AS_OF = dt.date(2026, 9, 30)
Frames = tuple[pd.DataFrame, pd.DataFrame]


@pytest.fixture(scope="session")
def make_months() -> Callable[..., Frames]:
    """Return panel rows and months of accounts K0, K1 … from money, accounts × months up to a day; 0 is no line."""

    def make(money: np.ndarray, as_of: dt.date = AS_OF, **columns: list) -> Frames:
        money = np.atleast_2d(np.asarray(money, float))
        last = pd.Timestamp(as_of).to_period("M")
        days = pd.period_range(last - (money.shape[1] - 1), last, freq="M").to_timestamp()
        ids = np.array([f"K{i}" for i in range(len(money))])
        rows, at = np.nonzero(money)
        months = pd.DataFrame({"account_id": ids[rows], "month": days[at], "revenue": money[rows, at]})
        year = money[:, -12:].sum(axis=1)
        has = (money != 0).argmax(axis=1)
        now = pd.DataFrame(
            {
                "account_id": ids,
                "first_date": days[has],
                "last_date": days[money.shape[1] - 1 - (money != 0)[:, ::-1].argmax(axis=1)],
                "history_days": (pd.Timestamp(as_of) - days[0]).days,
                "revenue_12m": year,
                "margin_12m": 0.4 * year,
                "frequency_12m": (money[:, -12:] > 0).sum(axis=1),
                "avg_order_value_12m": year / np.maximum((money[:, -12:] > 0).sum(axis=1), 1),
                "return_share_12m": 0.0,
                "n_products_12m": 3,
                **columns,
            }
        )
        return now, months

    return make
