"""Sums by unit: an account, or a lead or deal that belongs to none."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Frame:
    """What KPIs of one source are made of in one window.

    Attributes
    ----------
    sums : DataFrame
        Index unit (account_id, or ``lead:<id>``, ``deal:<id>``, counted overall only), in order; columns that
        `catalogue.yml` names.
    items : dict of Series
        By kpi_id: the single values (deals, visits) behind a mean, index unit.
    spells : dict of DataFrame
        By kpi_id: unit, entry, days, is_event of what is waited for (`statistics.survival`).
    """

    sums: pd.DataFrame
    items: dict[str, pd.Series] = field(default_factory=dict)
    spells: dict[str, pd.DataFrame] = field(default_factory=dict)


def sum_by_unit(units: pd.Series, columns: dict[str, object]) -> pd.DataFrame:
    """Return the sums of columns by unit, units in order.

    Parameters
    ----------
    units : Series
        Unit of each row.
    columns : dict
        Flags, counts or money by row; missing counts as 0.
    """
    import pandas as pd

    frame = pd.DataFrame({name: np.nan_to_num(np.asarray(column, float)) for name, column in columns.items()})
    return frame.groupby(units.to_numpy(object), sort=True).sum()


def unit_ids(accounts: pd.Series, kind: str, ids: pd.Series) -> pd.Series:
    """Return the account of each row, or ``<kind>:<id>`` where it has none."""
    own = kind + ":" + ids.astype(str)
    return accounts.astype(object).where(accounts.notna(), own)


def days(column: pd.Series) -> pd.Series:
    """Return a column of dates as days, whatever a table holds them as."""
    import pandas as pd

    return pd.to_datetime(column, errors="coerce").astype("datetime64[us]").dt.normalize()
