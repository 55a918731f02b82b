"""The panel of accounts at quarter ends: which days it looks at, and the ratios made from its sums."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np

from segkit.quarters import GRACE_DAYS, Quarter

if TYPE_CHECKING:
    import pandas as pd

DIGITS = 12


def panel_dates(quarter: Quarter, as_of: dt.date, first_date: dt.date, n_quarters: int = 12) -> pd.DataFrame:
    """Return the days at which the panel looks, and where the windows before them start.

    Parameters
    ----------
    quarter : Quarter
        The quarter of the run.
    as_of : date
        Its as-of date: the quarter's end, or the last money date if the data end earlier.
    first_date : date
        First money date: quarters before it are left out.
    n_quarters : int
        At most so many quarters, this one included.

    Returns
    -------
    DataFrame
        One row per quarter, oldest first: `quarter` (label), `as_of`, `quarter_start`, `year_start` and `prev_start`
        (first days of the twelve months up to as-of, and of the twelve before), `history_limit` (data that start
        later do not cover the earlier twelve).
    """
    import pandas as pd

    opening = max(Quarter.of(first_date, quarter.first_month), quarter - (n_quarters - 1))
    rows = []
    for each in Quarter.between(opening, quarter):
        day = as_of if each == quarter else each.end
        after = pd.Timestamp(day) + pd.Timedelta(days=1)
        prev_start = after - pd.DateOffset(months=24)
        rows.append(
            {
                "quarter": each.label,
                "as_of": pd.Timestamp(day),
                "quarter_start": pd.Timestamp(each.start),
                "year_start": after - pd.DateOffset(months=12),
                "prev_start": prev_start,
                "history_limit": prev_start + pd.Timedelta(days=GRACE_DAYS),
            }
        )
    frame = pd.DataFrame(rows)
    return frame.astype(dict.fromkeys(frame.columns[1:], "datetime64[us]"))


def panel_cuts(dates: pd.DataFrame) -> pd.DataFrame:
    """Return the days at which a window of the panel begins or ends, and the first days of its months.

    Parameters
    ----------
    dates : DataFrame
        As `panel_dates` gives them.

    Returns
    -------
    DataFrame
        `cell` (1, 2 …) and `first_day`; a cell goes up to the day before the next one, so that every window and every
        calendar month of the panel is a run of whole cells. What lies before the first day is cell 0.
    """
    import pandas as pd

    ends = dates["as_of"] + pd.Timedelta(days=1)
    months = pd.period_range(dates["as_of"].min().to_period("M") - 11, dates["as_of"].max().to_period("M"), freq="M")
    days = [dates["year_start"], dates["prev_start"], dates["quarter_start"], ends, months.to_timestamp().to_series()]
    first = pd.Series(np.unique(np.concatenate([each.to_numpy("datetime64[us]") for each in days])))
    return pd.DataFrame({"cell": np.arange(1, len(first) + 1), "first_day": first})


def build_panel(ask: Callable[..., dict[str, pd.DataFrame]], dates: pd.DataFrame) -> pd.DataFrame:
    """Return table `account_features`: sums from the engine, windows and ratios made from them.

    Parameters
    ----------
    ask : callable
        `run.query`, or `functools.partial(query, con)`.
    dates : DataFrame
        As `panel_dates` gives them, oldest first.
    """
    from segkit.features.windows import lay_windows

    cuts = panel_cuts(dates)
    return add_ratios(lay_windows(ask("account_features", panel_dates=dates, panel_cuts=cuts), dates, cuts))


def add_ratios(frame: pd.DataFrame) -> pd.DataFrame:
    """Return the panel with its ratios: table `account_features`.

    Parameters
    ----------
    frame : DataFrame
        Of `lay_windows`: sums and counts per account and as-of.

    Returns
    -------
    DataFrame
        `gross_12m`, `returned_12m` and the sums behind the other ratios give way to `avg_order_value_12m` (sales per
        invoice with a sale), `return_share_12m` (returns over sales), `interval_days` (mean days from one order day to
        the next, ever) and `regularity` (standard deviation over mean of the revenue of the calendar months, twelve or
        since the first line; empty with one month or without positive revenue).
    """
    sales = frame["gross_12m"].where(frame["gross_12m"] > 0)
    gaps = (frame["n_sale_days"] - 1).where(frame["n_sale_days"] > 1)
    span = (frame["last_sale_date"] - frame["first_sale_date"]).dt.days
    months = frame["month_revenue"].where((frame["month_revenue"] > 0) & (frame["n_months"] > 1))
    ratios = {
        "avg_order_value_12m": sales / frame["frequency_12m"].where(frame["frequency_12m"] > 0),
        "return_share_12m": frame["returned_12m"] / sales,
        "interval_days": span / gaps,
        "regularity": np.sqrt(frame["month_spread"]) / months,
    }
    sums = ["gross_12m", "returned_12m", "n_months", "month_revenue", "month_spread"]
    return frame.assign(**{name: values.round(DIGITS) for name, values in ratios.items()}).drop(columns=sums)
