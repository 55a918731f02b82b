"""What each account did in a quarter and in the quarters it is compared with: the columns that KPIs are made of."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from segkit.quarters import Quarter

if TYPE_CHECKING:
    import pandas as pd


def account_measures(panel: pd.DataFrame, quarter: Quarter) -> pd.DataFrame:
    """Return one row per account known at the end of the quarter, with what KPIs are summed from.

    Parameters
    ----------
    panel : DataFrame
        `account_features`: account_id, quarter, revenue_q, gross_q, orders_q, margin_q (null: unknown),
        is_active_q, revenue_12m, revenue_prev_12m.
    quarter : Quarter
        The quarter to measure.

    Returns
    -------
    DataFrame
        Index account_id, in order. Money: revenue (net), gross (sales), margin, revenue_with_margin (revenue of
        accounts whose margin is known), revenue_year_ago (same quarter), revenue_12m, revenue_prev_12m,
        revenue_to_keep (that of the twelve months before where it was above zero), revenue_of_known and revenue_kept
        (what those accounts brought since; at most as much as before), gross_before (sales in the previous quarter),
        gross_lost (the part of it from accounts not active any more). Counts: orders,
        is_account, is_active, was_active (in the previous quarter), is_kept, is_lost. Unknown is 0, except in margin
        and revenue_prev_12m.
    """
    now = _of_quarter(panel, quarter)
    before = _of_quarter(panel, quarter - 1).reindex(now.index)
    year_ago = _of_quarter(panel, quarter - 4).reindex(now.index)
    is_active = _flag(now["is_active_q"])
    was_active = _flag(before["is_active_q"])
    gross_before = _money(before["gross_q"]) * was_active
    year, year_before = _money(now["revenue_12m"]), now["revenue_prev_12m"].astype("float64")
    to_keep = year_before.where(year_before > 0, 0.0).fillna(0.0)
    return now[[]].assign(
        revenue=_money(now["revenue_q"]),
        gross=_money(now["gross_q"]),
        margin=now["margin_q"].astype("float64"),
        revenue_with_margin=_money(now["revenue_q"]).where(now["margin_q"].notna(), 0.0),
        revenue_year_ago=_money(year_ago["revenue_q"]),
        revenue_12m=year,
        revenue_prev_12m=year_before,
        revenue_to_keep=to_keep,
        revenue_of_known=year.where(to_keep > 0, 0.0),
        revenue_kept=np.minimum(year.clip(lower=0.0), to_keep),
        orders=_money(now["orders_q"]),
        is_account=1.0,
        is_active=is_active,
        was_active=was_active,
        is_kept=was_active * is_active,
        is_lost=was_active * (1 - is_active),
        gross_before=gross_before,
        gross_lost=gross_before * (1 - is_active),
    )


def _of_quarter(panel: pd.DataFrame, quarter: Quarter) -> pd.DataFrame:
    return panel[panel["quarter"] == quarter.label].set_index("account_id").sort_index()


def _money(column: pd.Series) -> pd.Series:
    return column.astype("float64").fillna(0.0)


def _flag(column: pd.Series) -> pd.Series:
    return column.astype("boolean").fillna(False).astype("float64")
