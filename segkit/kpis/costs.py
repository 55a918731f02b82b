"""What looking after accounts costs, what remains, and what an account is worth."""

from __future__ import annotations

from typing import TYPE_CHECKING

from segkit.kpis.units import Frame, days, sum_by_unit

if TYPE_CHECKING:
    import pandas as pd

    from segkit.kpis.windows import Window


def cost_measures(care_costs: pd.DataFrame, measures: pd.DataFrame, window: Window) -> Frame:
    """Return cost of care and contribution margin II of the quarter by account.

    Parameters
    ----------
    care_costs : DataFrame
        account_id, cost_date, cost (currency).
    measures : DataFrame
        `account_measures`: index account_id; revenue, margin (I; empty where not known).
    window : Window
        Its quarter counts; costs without a day are left out.

    Returns
    -------
    Frame
        care_cost, contribution (margin I less cost of care; empty where margin I is not known), is_served (with
        revenue or cost in the quarter), revenue, margin, revenue_with_margin.
    """
    found = care_costs[days(care_costs["cost_date"]).between(window.start, window.end)]
    cost = sum_by_unit(found["account_id"], {"care_cost": found["cost"].astype("float64")})
    columns = ["revenue", "margin", "revenue_with_margin"]
    accounts = measures[columns].reindex(measures.index.union(cost.index).sort_values())
    care = cost["care_cost"].reindex(accounts.index).fillna(0.0)
    revenue = accounts["revenue"].fillna(0.0)
    bought_nothing = accounts["margin"].isna() & (revenue == 0)  # then margin I is 0, not unknown
    return Frame(
        accounts.assign(
            revenue=revenue,
            revenue_with_margin=accounts["revenue_with_margin"].fillna(0.0),
            care_cost=care,
            contribution=accounts["margin"].mask(bought_nothing, 0.0) - care,
            is_served=((revenue != 0) | (care != 0)).astype(float),
        )
    )


def worth_measures(account_value: pd.DataFrame) -> Frame:
    """Return the lifetime value by account: lifetime_value (currency) and has_lifetime.

    Parameters
    ----------
    account_value : DataFrame
        account_id, lifetime_value.
    """
    worth = account_value.set_index("account_id").sort_index()["lifetime_value"].astype("float64")
    return Frame(worth.fillna(0.0).to_frame().assign(has_lifetime=worth.notna().astype(float)))
