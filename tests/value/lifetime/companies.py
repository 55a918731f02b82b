"""Small companies for tests: orders by hand or simulated, and the panel made from them by pandas."""

from __future__ import annotations

import numpy as np
import pandas as pd

AS_OF = pd.Timestamp("2026-09-30")
NO_CONTRACTS = pd.DataFrame(
    {
        "contract_id": pd.Series(dtype="str"),
        "account_id": pd.Series(dtype="str"),
        "start_date": pd.Series(dtype="datetime64[us]"),
        "end_date": pd.Series(dtype="datetime64[us]"),
        "annual_value": pd.Series(dtype="float64"),
    }
)


def orders_of(*rows: tuple[str, str, float], margin: float | None = 0.4) -> pd.DataFrame:
    """Return orders: account_id, day, revenue (negative: a credit), margin."""
    frame = pd.DataFrame(rows, columns=["account_id", "day", "revenue"]).assign(
        day=lambda f: pd.to_datetime(f["day"]).astype("datetime64[us]")
    )
    return frame.assign(margin=frame["revenue"] * margin if margin is not None else np.nan)


def panel_of(orders: pd.DataFrame, n_quarters: int = 12, as_of: pd.Timestamp = AS_OF) -> pd.DataFrame:
    """Return the columns of account_features that lifetime value reads, one order a day and account."""
    days = pd.date_range(end=as_of, periods=n_quarters, freq="QE")
    days = [*days[:-1], as_of] if days[-1] == as_of else [*days[1:], as_of]
    first = orders["day"].min()
    parts = []
    for before, day in zip([day - pd.DateOffset(months=3) for day in days], days, strict=True):
        if day < first:
            continue
        rows = orders[orders["day"] <= day]
        sales = rows[rows["revenue"] > 0]
        year, quarter = (rows[rows["day"] > day - pd.DateOffset(months=12)], rows[rows["day"] > before])
        by = {n: f.groupby("account_id") for n, f in [("all", rows), ("sale", sales), ("year", year), ("q", quarter)]}
        year_sales = year[year["revenue"] > 0].groupby("account_id")["revenue"]
        q_sales = quarter[quarter["revenue"] > 0].groupby("account_id")["revenue"]
        ids = by["all"].size().index
        first_day = by["all"]["day"].min()
        frame = pd.DataFrame(
            {
                "as_of": day,
                "first_date": first_day,
                "tenure_days": (day - first_day).dt.days,
                "first_sale_date": by["sale"]["day"].min(),
                "last_sale_date": by["sale"]["day"].max(),
                "n_sale_days": by["sale"]["day"].nunique(),
                "frequency": by["sale"].size(),
                "frequency_12m": year_sales.size(),
                "orders_q": q_sales.size(),
                "revenue_total": by["all"]["revenue"].sum(),
                "revenue_12m": by["year"]["revenue"].sum(),
                "margin_12m": by["year"]["margin"].sum(min_count=1),
                "revenue_q": by["q"]["revenue"].sum(),
                "gross_q": q_sales.sum(),
                "margin_q": by["q"]["margin"].sum(min_count=1),
                "gross_total": by["sale"]["revenue"].sum(),
                "gross_first": sales.sort_values("day").groupby("account_id")["revenue"].first(),
                "avg_order_value_12m": year_sales.mean(),
                "history_days": (day - first).days,
            },
            index=ids,
        )
        zero = [
            "n_sale_days",
            "frequency",
            "frequency_12m",
            "orders_q",
            "revenue_12m",
            "revenue_q",
            "gross_q",
            "gross_total",
        ]
        frame[zero] = frame[zero].fillna(0)
        parts.append(frame.assign(is_active_q=frame["gross_q"] > 0).rename_axis("account_id").reset_index())
    return pd.concat(parts, ignore_index=True)


def period_of(as_of: pd.Timestamp = AS_OF, *, is_complete: bool = True) -> pd.DataFrame:
    """Return table run_period."""
    return pd.DataFrame({"as_of": [as_of], "is_complete": [is_complete]})


def simulate_orders(n: int, seed: int, years: float = 4.0, dropout: float = 0.02) -> pd.DataFrame:
    """Return orders of accounts that buy at their own rate and value until they silently stop (as BG/NBD has it)."""
    rng = np.random.default_rng(seed)
    rows = []
    for i in range(n):
        rate, value, p = rng.gamma(2.0, 0.08), rng.lognormal(6, 0.8), rng.beta(1, 1 / dropout)
        at = rng.uniform(0, years * 0.75) * 365.25
        while at < years * 365.25:
            rows.append((f"K{i:04d}", int(at), float(np.round(value * rng.lognormal(0, 0.3), 2))))
            if rng.random() < p:
                break
            at += max(1.0, rng.exponential(7 / rate))
    frame = pd.DataFrame(rows, columns=["account_id", "offset", "revenue"])
    start = AS_OF - pd.Timedelta(days=round(years * 365.25))
    frame["day"] = (start + pd.to_timedelta(frame.pop("offset") + 1, unit="D")).astype("datetime64[us]")
    frame = frame.groupby(["account_id", "day"], as_index=False)["revenue"].sum()
    return frame[frame["day"] <= AS_OF].assign(margin=lambda f: f["revenue"] * 0.4)
