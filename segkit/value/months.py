"""The company's revenue by month, beside the same months a year before."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import datetime as dt

    import pandas as pd


def compare_months(months: pd.DataFrame, as_of: dt.date) -> pd.DataFrame:
    """Return the twelve calendar months up to as-of, each beside the same month a year before.

    Parameters
    ----------
    months : DataFrame
        Result of the query `revenue_months`: `month` (first day), `revenue`.
    as_of : date
        The last day that counts.

    Returns
    -------
    DataFrame
        Twelve rows: `month`, `revenue` (0 without lines), `revenue_before` (empty before the data start),
        `is_whole` (false for the month of as-of, if it goes on after that day).
    """
    import pandas as pd

    last = pd.Timestamp(as_of).to_period("M")
    known = months.set_index(months["month"].dt.to_period("M"))["revenue"].astype("float64")
    starts = known.index.min() if len(known) else last
    every = pd.period_range(last - 23, last, freq="M")
    filled = known.reindex(every).where(every < starts, known.reindex(every, fill_value=0.0))
    now = every[12:]
    return pd.DataFrame(
        {
            "month": now.to_timestamp().astype("datetime64[us]"),
            "revenue": filled.loc[now].fillna(0.0).to_numpy(),
            "revenue_before": filled.loc[every[:12]].to_numpy(),
            "is_whole": (now != last) | (pd.Timestamp(as_of) == last.end_time.normalize()),
        }
    )
