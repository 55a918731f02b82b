"""Which KPIs a page shows: those that somebody chose for a segment, else what a group of readers asks first."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from segkit.kpis.catalogue import kpi_catalogue
from segkit.kpis.figures import ALL

if TYPE_CHECKING:
    import pandas as pd

    from segkit.settings.kpis import KpiSettings

GROUPS = ("sales", "marketing", "customer", "profit")
FIRST = {
    "sales": ("revenue", "growth_12m", "win_rate", "sales_cycle"),
    "marketing": ("lead_conversion", "lead_rating", "cost_per_lead", "open_rate"),
    "customer": ("retention", "revenue_churn", "nrr", "nps"),
    "profit": ("margin_rate", "contribution_rate", "cost_to_serve_share", "margin"),
}
"""What stands first where nobody chose; the others of the group follow in the catalogue's order."""


def choose_kpis(kpis: pd.DataFrame, group: str, settings: KpiSettings, most: int | None = None) -> list[str]:
    """Return the KPIs of a group that have a value in some quarter, in the order in which they are shown.

    Parameters
    ----------
    kpis : DataFrame
        kpi_id, value.
    group : str
        ``sales``, ``marketing``, ``customer`` or ``profit``.
    settings : KpiSettings
        `show`: where somebody chose, only what was chosen for some segment.
    most : int, optional
        So many at most.
    """
    of_group = [kpi_id for kpi_id, kpi in kpi_catalogue().items() if kpi.group == group]
    ordered = [*dict.fromkeys([*(kpi_id for kpi_id in FIRST[group] if kpi_id in of_group), *of_group])]
    if "default" in settings.show:  # else segments that nobody chose for show everything
        ordered = [
            *dict.fromkeys(kpi_id for chosen in settings.show.values() for kpi_id in chosen if kpi_id in ordered)
        ]
    known = set(kpis.loc[kpis["value"].notna(), "kpi_id"])
    return [kpi_id for kpi_id in ordered if kpi_id in known][:most]


def keep_chosen(kpis: pd.DataFrame, settings: KpiSettings) -> pd.DataFrame:
    """Return the rows that are shown: of a segment for which somebody chose, only the chosen KPIs; overall all.

    Parameters
    ----------
    kpis : DataFrame
        segment_id, kpi_id.
    settings : KpiSettings
        `show`.
    """
    if not settings.show:
        return kpis
    every = list(kpi_catalogue())
    chosen = {segment_id: settings.shown_for(segment_id) or every for segment_id in kpis["segment_id"].unique()}
    pairs = zip(kpis["segment_id"], kpis["kpi_id"], strict=True)
    kept = [segment == ALL or kpi in chosen[segment] for segment, kpi in pairs]
    return kpis[np.array(kept, dtype=bool)]
