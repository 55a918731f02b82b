"""A company with planted segments: who orders how often, how much and of what is known."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

AS_OF = pd.Timestamp("2026-09-30")
NAMES = ["segmentation_id", "segment_id", "name_de", "name_en", "quarter", "author", "date", "reason"]
NO_NAMES = pd.DataFrame(columns=NAMES, dtype="str")
MODEL = {"segmentation_id": "value", "method": "grid"}
SHORT = {"S1": ("Spitzenkunden", "Champions"), "S3": ("Kernkunden", "Core"), "S7": ("Kleinkunden", "Small")}


def company(sizes=(("S1", 60), ("S3", 80), ("S7", 100)), seed=0, differ=True) -> SimpleNamespace:
    """Accounts in segments; with `differ`, S1 orders often and large, and half of it is in chemistry."""
    rng = np.random.default_rng(seed)
    segment = np.repeat([name for name, _ in sizes], [n for _, n in sizes])
    n = len(segment)
    is_top = (segment == "S1") & differ
    ids = [f"A{i:04d}" for i in range(n)]
    interval = np.where(is_top, 10, 40) * rng.lognormal(0, 0.2, n)
    orders = np.maximum(np.round(365 / interval), 1)
    value = np.where(is_top, 5000, 500) * rng.lognormal(0, 0.3, n)
    features = pd.DataFrame(
        {
            "account_id": ids,
            "as_of": AS_OF,
            "tenure_days": 900,
            "days_since_last": rng.integers(1, 60, n),
            "frequency": orders * 2,
            "frequency_12m": orders,
            "revenue_total": orders * value * 2,
            "revenue_12m": orders * value,
            "margin_12m": orders * value * 0.4,
            "n_products_12m": rng.integers(5, 15, n),
            "avg_order_value_12m": value,
            "interval_days": interval,
            "regularity": rng.lognormal(-1, 0.3, n),
            "return_share_12m": np.where(rng.random(n) < 0.4, 0.02, 0.0),
        }
    )
    industry = np.where(
        is_top & (rng.random(n) < 0.6), "Chemie", rng.choice(["Handel", "Bau", "Chemie"], n, p=[0.5, 0.45, 0.05])
    )
    accounts = pd.DataFrame({"account_id": ids, "name": [f"Firma {i} & Söhne" for i in range(n)], "industry": industry})
    accounts["country"] = rng.choice(["DE", "Deutschland", "D", "AT"], n)
    segments = pd.DataFrame({"segmentation_id": "value", "account_id": ids, "segment_id": segment})
    return SimpleNamespace(
        features=features,
        value=pd.DataFrame({"account_id": ids, "growth": rng.normal(0, 0.1, n)}),
        accounts=accounts,
        segments=segments,
        sizes=sizes_of(features, segments),
    )


def sizes_of(features: pd.DataFrame, segments: pd.DataFrame) -> pd.DataFrame:
    """The table segment_sizes of a company."""
    both = features.merge(segments, on="account_id").groupby("segment_id")
    sums = both[["revenue_12m", "margin_12m"]].sum()
    sizes = pd.DataFrame({"segment_id": sums.index, "n_accounts": both.size().to_numpy(), "segmentation_id": "value"})
    return sizes.assign(
        name_de=[SHORT.get(s, (s, s))[0] for s in sizes["segment_id"]],
        name_en=[SHORT.get(s, (s, s))[1] for s in sizes["segment_id"]],
        colour="#16794C",
        share_accounts=sizes["n_accounts"] / sizes["n_accounts"].sum(),
        revenue_12m=sums["revenue_12m"].to_numpy(),
        share_revenue=(sums["revenue_12m"] / sums["revenue_12m"].sum()).to_numpy(),
        margin_12m=sums["margin_12m"].to_numpy(),
    )


@pytest.fixture(scope="session")
def planted() -> SimpleNamespace:
    """The company with differences."""
    return company()
