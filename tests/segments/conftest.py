"""Small companies for the segments' tests: features of accounts as notebook 02 writes them."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

AS_OF = pd.Timestamp("2026-09-30")
MOVES = ["segmentation_id", "account_id", "segment_id", "quarter", "author", "date", "reason"]
PALETTE = ["#0B4F9C", "#16794C", "#C2410C", "#7B3F9E", "#8A6A16", "#0E7490", "#BE185D", "#4D7C0F", "#4F46E5", "#7C4A2D"]


def features_of(rows: list[tuple], as_of: pd.Timestamp = AS_OF, data_start: str = "2020-01-01") -> pd.DataFrame:
    """Rows of (account_id, first_date, last_date, revenue_12m, revenue_prev_12m) as a slice of `account_features`."""
    frame = pd.DataFrame(rows, columns=["account_id", "first_date", "last_date", "revenue_12m", "revenue_prev_12m"])
    frame["first_date"], frame["last_date"] = (pd.to_datetime(frame[c]) for c in ("first_date", "last_date"))
    revenue = frame["revenue_12m"].astype(float)
    return frame.assign(
        as_of=as_of,
        tenure_days=(as_of - frame["first_date"]).dt.days,
        days_since_last=(as_of - frame["last_date"]).dt.days,
        history_days=(as_of - pd.Timestamp(data_start)).days,
        frequency=20,
        frequency_12m=np.where(revenue > 0, 10, 0),
        regularity=0.4,
        revenue_12m=revenue,
        revenue_prev_12m=frame["revenue_prev_12m"].astype(float),
        revenue_q=revenue / 4,
        margin_12m=revenue * 0.3,
    )


def crowd(n: int, seed: int, as_of: pd.Timestamp = AS_OF, groups: tuple = ((9.0, 40, 5), (6.5, 12, 60), (4.0, 2, 300))):
    """n accounts in groups of (log revenue, invoices, days since the last line), with a little noise."""
    rng = np.random.default_rng(seed)
    group = np.arange(n) % len(groups)
    level, invoices, days = (np.array(groups, float)[group, j] for j in range(3))
    since = np.maximum(days * rng.lognormal(0, 0.1, n), 0).astype(int)
    revenue = np.exp(level + rng.normal(0, 0.15, n)).round(2)
    rows = [
        (f"{i:05d}", as_of - pd.Timedelta(days=int(900 + 40 * rng.random())), as_of - pd.Timedelta(days=int(s)), r, r)
        for i, (s, r) in enumerate(zip(since, revenue, strict=True))
    ]
    frame = features_of(rows, as_of)
    return frame.assign(frequency_12m=np.maximum(rng.poisson(invoices), 1)), group


@pytest.fixture
def no_moves() -> pd.DataFrame:
    """decisions/moves.csv without rows."""
    return pd.DataFrame(columns=MOVES, dtype="str")


def moves_of(*rows: tuple) -> pd.DataFrame:
    """Rows of (account_id, segment_id, quarter) as decisions/moves.csv."""
    return pd.DataFrame(
        [("value", a, s, q, "A. Muster", "2026-07-01", "knows them") for a, s, q in rows], columns=MOVES
    )
