"""Rolling origins: past quarter ends from which a model looks ahead, and what came after them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd


LONGEST_QUARTER = 93  # days; what lies further apart has another quarter between


@dataclass(frozen=True)
class Origin:
    """A quarter end, and the last day of what is looked at after it.

    A model that is tried at this origin may know nothing that happened after `day`; its own outcomes for learning must
    lie within periods that end on or before `day` (`learnable`).
    """

    day: pd.Timestamp
    until: pd.Timestamp
    quarters: tuple[pd.Timestamp, ...]
    """Quarter ends of the outcome, the last one is `until`."""

    @property
    def horizon_days(self) -> int:
        """Days from the origin to the end of its outcome."""
        return int((self.until - self.day).days)


def find_origins(
    panel: pd.DataFrame, is_complete: bool, n_quarters: int, most: int, history_days: int = 0
) -> list[Origin]:
    """Return the newest quarter ends that have a whole outcome ahead, oldest first.

    Where a quarter is missing in the panel, no outcome reaches over the gap.

    Parameters
    ----------
    panel : DataFrame
        `account_features`: as_of, history_days.
    is_complete : bool
        The data cover the newest quarter; else it is no outcome.
    n_quarters : int
        Length of the outcome.
    most : int
        At most so many origins.
    history_days : int
        An origin with less history is left out.
    """
    days = sorted(panel["as_of"].unique())[: None if is_complete else -1]
    history = panel.groupby("as_of")["history_days"].first()
    found = [
        Origin(day, days[i + n_quarters], tuple(days[i + 1 : i + n_quarters + 1]))
        for i, day in enumerate(days[: len(days) - n_quarters])
        if history[day] >= history_days and (days[i + n_quarters] - day).days <= LONGEST_QUARTER * n_quarters
    ]
    return found[-most:] if most else found


def learnable(origins: list[Origin], day: pd.Timestamp) -> list[Origin]:
    """Return the origins whose whole outcome was known on a day: what a model may learn from that is used there."""
    return [origin for origin in origins if origin.until <= day]


def known_on(panel: pd.DataFrame, day: pd.Timestamp) -> pd.DataFrame:
    """Return the panel's rows of one quarter end, index account_id in order."""
    return panel[panel["as_of"] == day].sort_values("account_id").set_index("account_id")


def outcomes(panel: pd.DataFrame, origin: Origin) -> pd.DataFrame:
    """Return what each account did after an origin.

    Returns
    -------
    DataFrame
        Index account_id of all accounts known at the origin: revenue, gross, orders (sums of the quarters after it),
        is_active (a sale in one of them), margin (empty where no line holds one).
    """
    ahead = panel[panel["as_of"].isin(origin.quarters)]
    sums = ahead.groupby("account_id").agg(
        revenue=("revenue_q", "sum"),
        gross=("gross_q", "sum"),
        orders=("orders_q", "sum"),
        is_active=("is_active_q", "max"),
    )
    sums["margin"] = ahead.groupby("account_id")["margin_q"].sum(min_count=1)
    known = known_on(panel, origin.day).index
    filled = sums.reindex(known)
    numbers = filled[["revenue", "gross", "orders"]].astype("float64").fillna(0.0)
    return filled.assign(**numbers, is_active=filled["is_active"].astype("boolean").fillna(False).astype(bool))
