"""Simple rules of what an account will buy, the ones a sales office uses: what each model has to beat."""

from __future__ import annotations

from typing import TYPE_CHECKING

from segkit.value.lifetime.counts import DAYS_PER_YEAR

if TYPE_CHECKING:
    import pandas as pd

    from segkit.value.backtests.origins import Origin

QUARTERS = 4


def apply_rules(panel: pd.DataFrame, counts: pd.DataFrame, origin: Origin) -> pd.DataFrame:
    """Return the revenue that each simple rule foresees for the outcome of an origin.

    Returns
    -------
    DataFrame
        Index account_id, currency: `last_12m` (revenue of the last twelve months goes on, by days of the horizon),
        `last_12m_scaled` (the same, young accounts written up to a year), `same_quarters` (revenue of the same
        quarters a year before; left out where that is `last_12m` or not in the panel), `recency` (minus the days since
        the last sale: an order, no money).
    """
    share = origin.horizon_days / DAYS_PER_YEAR
    found = counts[["last_12m", "yearly"]] * share
    found = found.rename(columns={"yearly": "last_12m_scaled"}).assign(recency=-counts["days_since_sale"])
    days = sorted(panel["as_of"].unique())
    first = days.index(origin.day) + 1 - QUARTERS
    if len(origin.quarters) < QUARTERS and first >= 0:
        rows = panel[panel["as_of"].isin(days[first : first + len(origin.quarters)])]
        sums = rows.groupby("account_id")["revenue_q"].sum().astype("float64").clip(lower=0)
        found["same_quarters"] = sums.reindex(found.index).fillna(0.0)
    return found
