"""Leads in the shape that charts show."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from segkit.statistics.intervals import wilson_interval

if TYPE_CHECKING:
    import datetime as dt

    import pandas as pd

MOST_SOURCES, TOP = 12, 10


def describe_sources(model: dict) -> pd.DataFrame:
    """Return how many leads of each source were decided and how many of them converted.

    Parameters
    ----------
    model : dict
        Of `score_leads`: by_source (source, n, k), rate.

    Returns
    -------
    DataFrame
        `source` (- none; + those after the twelve with most leads), `n`, `k`, `share`, `low`, `high` (95 % interval,
        Wilson), `all` (share of all leads), the best first.
    """
    import pandas as pd

    counted = pd.DataFrame(model["by_source"], columns=["source", "n", "k"])
    counted = counted.sort_values(["n", "source"], ascending=[False, True])
    counted["source"] = np.where(np.arange(len(counted)) < MOST_SOURCES, counted["source"], "+")
    sums = counted.groupby("source", as_index=False)[["n", "k"]].sum()
    low, high = wilson_interval(sums["k"], sums["n"])
    frame = sums.assign(share=sums["k"] / sums["n"], low=low, high=high, all=model["rate"])
    return frame.sort_values(["share", "source"], ascending=[False, True], ignore_index=True).round(6)


def describe_waiting(rows: pd.DataFrame, as_of: dt.date, most: int = 800) -> pd.DataFrame:
    """Return the open leads with the days that they have waited, the first of the list.

    Parameters
    ----------
    rows : DataFrame
        Table `lead_scores`.
    as_of : date
        To which the days count.
    most : int
        Leads shown.

    Returns
    -------
    DataFrame
        `company`, `source_name`, `age_days`, `score`, `is_top` (among the first ten).
    """
    import pandas as pd

    first = rows.dropna(subset="score").sort_values("lead_rank").head(most).reset_index(drop=True)
    age = (pd.Timestamp(as_of) - pd.to_datetime(first["created_date"])).dt.days
    return first[["company", "source_name", "score"]].assign(age_days=age, is_top=first["lead_rank"] <= TOP)
