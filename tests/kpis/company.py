"""Five accounts over five quarters, small enough to work out by hand."""

from __future__ import annotations

import pandas as pd

QUARTERS = {
    f"{y}Q{q}": pd.Timestamp(y, 3 * q, 1) + pd.offsets.MonthEnd(0)
    for y, q in [(2025, 2), (2025, 3), (2025, 4), (2026, 1), (2026, 2)]
}
# account: revenue, orders and margin of the year-ago, the previous and this quarter; None: not yet known.
A, B, C, D, E = "A1", "B2", "C3", "D4", "E5"
BOUGHT = {
    "2025Q2": {A: (100, 1, 30), B: (100, 1, 30), C: (0, 0, None), D: (50, 1, 10)},
    "2026Q1": {A: (200, 2, 60), B: (100, 1, 30), C: (50, 1, 10), D: (50, 1, 10)},
    "2026Q2": {A: (300, 3, 90), B: (0, 0, None), C: (100, 1, 20), D: (-10, 0, -2), E: (30, 2, 6)},
}
CLOSING = {A: "BIG", B: "BIG", C: "BIG", D: "SMALL", E: "SMALL"}
OPENING = {A: "BIG", B: "BIG", C: "SMALL", D: "SMALL"}


def panel(bought: dict | None = None) -> pd.DataFrame:
    """The columns of account_features that KPIs are made of; quarters without entry had no sale."""
    bought = BOUGHT if bought is None else bought
    rows = []
    for quarter, as_of in QUARTERS.items():
        known = [A, B, C, D, E] if quarter == "2026Q2" else [A, B, C, D]
        for account in known:
            revenue, orders, margin = bought.get(quarter, {}).get(account, (0, 0, None))
            rows.append([account, as_of, quarter, float(revenue), float(max(revenue, 0)), orders, margin, revenue > 0])
    columns = ["account_id", "as_of", "quarter", "revenue_q", "gross_q", "orders_q", "margin_q", "is_active_q"]
    frame = pd.DataFrame(rows, columns=columns).astype({"margin_q": "float64"})
    year = frame.groupby("account_id")["revenue_q"].cumsum()
    return frame.assign(revenue_12m=year, revenue_prev_12m=float("nan"))


def segments(of_account: dict[str, str], segmentation_id: str = "value") -> pd.DataFrame:
    rows = [[segmentation_id, account, segment] for account, segment in of_account.items()]
    return pd.DataFrame(rows, columns=["segmentation_id", "account_id", "segment_id"])


def period(quarter: str = "2026Q2", first: str = "2025-01-02", last: str = "2026-06-30", is_complete: bool = True):
    as_of = QUARTERS[quarter]
    start = (as_of - pd.DateOffset(months=2)).replace(day=1)
    days = pd.DataFrame({"start": [start], "as_of": [as_of], "first_money_date": [first], "last_money_date": [last]})
    return days.astype("datetime64[us]").assign(quarter=quarter, is_complete=is_complete)


def register() -> pd.DataFrame:
    rows = [["value", "BIG", "Groß", "Big", "#0B4F9C"], ["value", "SMALL", "Klein", "Small", "#C2410C"]]
    return pd.DataFrame(rows, columns=["segmentation_id", "segment_id", "name_de", "name_en", "colour"])
