"""The rules of the value grid, written down a second time: the yardstick for what the generator plants."""

import numpy as np
import pandas as pd


def reference_grid(lines: pd.DataFrame, as_of: pd.Timestamp) -> pd.DataFrame:
    """Return account_id, segment_id of every customer number with a line up to `as_of`."""
    lines = lines[(lines["invoice_date"] <= as_of) & (lines["kind"] != "freight")]
    dates = lines.groupby("booked_id")["invoice_date"]
    first, last = dates.min(), dates.max()

    def revenue(months: int) -> pd.Series:
        start, end = as_of - pd.DateOffset(months=months), as_of - pd.DateOffset(months=months - 12)
        inside = lines[(lines["invoice_date"] > start) & (lines["invoice_date"] <= end)]
        return inside.groupby("booked_id")["revenue_cents"].sum().reindex(first.index, fill_value=0) / 100

    now, before = revenue(12), revenue(24)
    year_ago, two_years_ago = as_of - pd.DateOffset(months=12), as_of - pd.DateOffset(months=24)
    key = now >= 0.05 * now.sum()
    dormant, lapsed = last <= two_years_ago, last <= year_ago
    new = (first > year_ago) & (first >= lines["invoice_date"].min() + pd.DateOffset(months=12))
    active = now[~(key | lapsed | new)].sort_values(ascending=False, kind="stable")
    before_it = (active.cumsum() - active) / active.sum()
    abc = pd.Series(np.select([before_it < 0.80, before_it < 0.95], ["A", "B"], "C"), active.index).reindex(now.index)
    silent = (as_of - last).dt.days > 180
    growing, falling = now >= 1.25 * before, (now <= 0.75 * before) | silent
    names = ["KEY", "DORMANT", "S6", "S5", "S1", "S2", "S4", "S3"]
    rules = [key, dormant, lapsed, new, (abc == "A") & ~falling, abc.isin(["B", "C"]) & growing & ~silent,
             abc.isin(["A", "B"]) & falling, abc == "B"]  # fmt: skip
    return pd.DataFrame({"account_id": now.index, "segment_id": np.select(rules, names, "S7")})
