"""What sales decided in a quarter, by account: won, lost, how much, and how long it took."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from segkit.kpis.units import Frame, days, sum_by_unit, unit_ids

if TYPE_CHECKING:
    import pandas as pd

    from segkit.kpis.windows import Window


def deal_measures(opportunities: pd.DataFrame, window: Window) -> Frame:
    """Return deals by unit, as known at the end of the window: what was decided later is open.

    Parameters
    ----------
    opportunities : DataFrame
        opportunity_id, account_id, amount, created_date, close_date, is_closed, is_won.
    window : Window
        Decisions count in its quarter, days to a decision in the year that ends with it.

    Returns
    -------
    Frame
        sums: won_deals, lost_deals, decided_deals, open_deals, won_with_amount, won_amount (currency), won_no_amount.
        items: avg_deal_value (amounts of won deals). spells: sales_cycle (days from opening to decision; deals opened
        before the year enter at the age they had then, open ones are censored at its end).
        A closed deal without closing date is neither decided nor open: nobody knows in which quarter.
    """
    deals = known_deals(opportunities, window.end)
    in_quarter = deals["is_decided"] & (deals["closed"] >= window.start)
    won = in_quarter & deals["is_won"]
    amount = deals["amount"].astype("float64")
    priced = won & amount.notna()
    sums = sum_by_unit(
        deals["unit"],
        {
            "won_deals": won,
            "lost_deals": in_quarter & ~deals["is_won"],
            "decided_deals": in_quarter,
            "open_deals": deals["is_open"],
            "won_with_amount": priced,
            "won_no_amount": won & amount.isna(),
            "won_amount": amount.where(priced, 0.0),
        },
    )
    values = amount[priced].set_axis(deals["unit"][priced])
    return Frame(sums, {"avg_deal_value": values}, {"sales_cycle": _spells(deals, window)})


def known_deals(opportunities: pd.DataFrame, end: pd.Timestamp) -> pd.DataFrame:
    """Return the deals that were known at a day, with what was known of them.

    Returns
    -------
    DataFrame
        The columns given, with unit, opened, closed (empty: not up to the day), is_decided, is_won, is_open.
    """
    deals = opportunities.assign(opened=days(opportunities["created_date"]), closed=days(opportunities["close_date"]))
    first = deals["opened"].fillna(deals["closed"])
    deals = deals[(first <= end) | first.isna()]
    is_closed = deals["is_closed"].astype("boolean").fillna(False).astype(bool)
    is_decided = is_closed & (deals["closed"] <= end)
    later = is_closed & (deals["closed"] > end)
    return deals.assign(
        unit=unit_ids(deals["account_id"], "deal", deals["opportunity_id"]),
        closed=deals["closed"].where(is_decided),
        is_decided=is_decided,
        is_won=is_decided & deals["is_won"].astype("boolean").fillna(False).astype(bool),
        is_open=~is_closed | later,
    )


def _spells(deals: pd.DataFrame, window: Window) -> pd.DataFrame:
    """Return for each deal under way in the year: age at entry, age at decision or at the end, whether decided."""
    import pandas as pd

    last = deals["closed"].fillna(window.end)
    is_under_way = deals["opened"].notna() & (last >= window.year_start) & (deals["is_decided"] | deals["is_open"])
    chosen, last = deals[is_under_way], last[is_under_way]
    age = (window.year_start - chosen["opened"]).dt.days
    return pd.DataFrame(
        {
            "unit": chosen["unit"].to_numpy(object),
            # the first day of the year belongs to it: a deal decided then was at risk; -1: seen from its opening
            "entry": np.where(age > 0, age - 1, -1).astype("float64"),
            "days": np.maximum((last - chosen["opened"]).dt.days, 0).to_numpy("float64"),
            "is_event": chosen["is_decided"].to_numpy(bool),
        }
    )
