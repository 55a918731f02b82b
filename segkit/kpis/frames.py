"""The frames of a quarter: what every KPI of the catalogue is summed from, each source measured once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from segkit.kpis.catalogue import kpi_catalogue
from segkit.kpis.costs import cost_measures, worth_measures
from segkit.kpis.deals import deal_measures
from segkit.kpis.lead_measures import lead_measures
from segkit.kpis.marketing import marketing_measures
from segkit.kpis.measures import account_measures
from segkit.kpis.units import Frame
from segkit.kpis.voice import survey_measures, ticket_measures

if TYPE_CHECKING:
    import pandas as pd

    from segkit.kpis.inputs import KpiInputs
    from segkit.kpis.windows import Window
    from segkit.settings.kpis import KpiSettings

SOURCE = {
    "deals": "opportunities",
    "leads": "leads",
    "marketing": "engagements",
    "surveys": "surveys",
    "tickets": "tickets",
    "costs": "care_costs",
    "worth": "account_value",
}
"""Frame → the table without which there is none."""


def measure_frames(
    inputs: KpiInputs, window: Window, settings: KpiSettings, horizon_days: int, is_own: bool
) -> dict[str, Frame]:
    """Return by name the frames that can be measured; one without its table, or without any row, is not there.

    Parameters
    ----------
    inputs : KpiInputs
        The tables.
    window : Window
        Ends with the quarter to measure.
    settings, horizon_days : KpiSettings, int
        What counts as good, and how long a lead may take.
    is_own : bool
        Whether it is the run's own quarter: lifetime values and the ranks of leads are known for no other.
    """
    accounts = account_measures(inputs.panel, window.quarter)
    frames = {"accounts": Frame(accounts)}
    if inputs.given("opportunities"):
        frames["deals"] = deal_measures(_table(inputs.opportunities), window)
    if inputs.given("leads"):
        frames["leads"] = lead_measures(inputs, window, horizon_days, settings.good_ratings, is_own)
    if inputs.given("engagements"):
        frames["marketing"] = marketing_measures(_table(inputs.engagements), window)
    if inputs.given("surveys"):
        frames["surveys"] = survey_measures(_table(inputs.surveys), window, settings.csat_scale)
    if inputs.given("tickets"):
        frames["tickets"] = ticket_measures(_table(inputs.tickets), inputs.panel, window, settings.complaint)
    if inputs.given("care_costs"):
        frames["costs"] = cost_measures(_table(inputs.care_costs), accounts, window)
    if is_own and inputs.given("account_value"):
        frames["worth"] = worth_measures(_table(inputs.account_value))
    return {name: frame for name, frame in frames.items() if len(frame.sums)}


def units_behind(inputs: KpiInputs, frames: dict[str, Frame], kpi_id: str) -> pd.DataFrame:
    """Return what each unit contributes to a KPI: index unit; numerator, denominator (NaN where the KPI is a sum).

    Units without either are left out. Days to a decision have no such parts: numerator is the days of each deal.
    """
    import numpy as np
    import pandas as pd

    kpi = kpi_catalogue()[kpi_id]
    frame = frames.get(kpi.frame)
    if frame is None:
        return pd.DataFrame(columns=["numerator", "denominator"], dtype="float64")
    if kpi.interval == "survival":
        spells = frame.spells[kpi_id]
        decided = spells[spells["is_event"]].set_index("unit")["days"]
        return pd.DataFrame({"numerator": decided, "denominator": 1.0})
    parts = pd.DataFrame(
        {
            "numerator": frame.sums[kpi.numerator],
            "denominator": frame.sums[kpi.denominator] if kpi.denominator else np.nan,
        }
    )
    return parts[(parts["numerator"].fillna(0.0) != 0) | (parts["denominator"].fillna(0.0) != 0)]


def _table(table: pd.DataFrame | None) -> pd.DataFrame:
    assert table is not None
    return table
