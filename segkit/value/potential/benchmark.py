"""Potential from above: the market of an account's sector times the account's share of the sector's head count."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import datetime as dt

    import pandas as pd


def top_down_potential(facts: pd.DataFrame, sectors: pd.DataFrame, as_of: dt.date) -> pd.Series:
    """Return what an account of its size would buy if each head in the sector bought alike (money a year).

    Parameters
    ----------
    facts : DataFrame
        account_id, industry_division, employees (persons), and industry_code where it is known.
    sectors : DataFrame
        Table `sectors`: industry_code, period, market_size (money a year that the sector spends on goods like ours),
        employees (persons working in it).
    as_of : date
        Periods that end later are not known yet.

    Returns
    -------
    Series
        In the order of `facts`; empty without head count or sector. The sector of the whole code counts before that of
        its division, the newest period before older ones.
    """
    import pandas as pd

    rows = newest_sectors(sectors, as_of)
    per_head = (rows["market_size"] / rows["employees"]).set_axis(rows["industry_code"])
    by_code = facts["industry_code"].astype("object").map(per_head)
    by_division = facts["industry_division"].astype("object").map(per_head)
    return (facts["employees"] * by_code.where(by_code.notna(), by_division).astype("float64")).rename(
        "potential_top_down"
    ) + pd.Series(0.0, facts.index)


def newest_sectors(sectors: pd.DataFrame, as_of: dt.date) -> pd.DataFrame:
    """Return one row per industry code with a market and a head count above zero: its newest period that has ended.

    A period is a year or a quarter (2025, 2025Q4, 2025-Q4, Q4 2025); text that names none counts as oldest.
    """
    import pandas as pd

    text = sectors["period"].astype("str").str.upper()
    year = pd.to_numeric(text.str.extract(r"(\d{4})", expand=False), errors="coerce")
    quarter = pd.to_numeric(text.str.extract(r"Q\s*([1-4])", expand=False), errors="coerce").fillna(4)
    after = 12 * year + 3 * quarter  # months up to the end of the period
    day = pd.Timestamp(as_of) + pd.Timedelta(days=1)
    frame = sectors.assign(
        market_size=pd.to_numeric(sectors["market_size"], errors="coerce").astype("float64"),
        employees=pd.to_numeric(sectors["employees"], errors="coerce").astype("float64"),
        order=after.fillna(-np.inf),
    )
    known = (frame["order"] <= 12 * day.year + day.month - 1) & (frame["market_size"] > 0) & (frame["employees"] > 0)
    frame = frame[known].sort_values(["industry_code", "order", "period"])
    return frame.drop_duplicates("industry_code", keep="last").drop(columns="order").reset_index(drop=True)
