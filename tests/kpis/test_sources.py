"""What KPIs are summed from, source by source, worked out by hand on the small company of `sources.py`."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from kpis.sources import QUARTER, frames_of

from segkit.kpis.catalogue import kpi_catalogue
from segkit.kpis.figures import ALL, score_figures
from segkit.settings.kpis import KpiSettings


def overall(kpi_id: str, **changed) -> float:
    """The value of a KPI over all units."""
    kpi = kpi_catalogue()[kpi_id]
    frames = frames_of(**changed)
    nobody = pd.Series(dtype=object)
    return float(score_figures(frames.get(kpi.frame), nobody, [kpi], [], KpiSettings(), 0)["value"].iloc[0])


@pytest.mark.parametrize(
    ("kpi_id", "value"),
    [
        ("win_rate", 3 / 4),  # O1, O3, O4 won, O2 lost; O6 is decided later, O7 was earlier
        ("avg_deal_value", (1000 + 3000 + 700) / 3),
        ("sales_cycle", 30.0),  # 6/7 after 10 days, · 5/6 after 20; two open ones leave at 29; · 2/3 after 30: .476
        ("lead_conversion", 2 / 4),  # L1 and L4 of L1 to L4; L2 took 245 days
        ("lead_win_rate", 1 / 4),
        ("lead_rating", 1 / 2),  # L4 " a " and L5 C in the year; L1, L2 are older
        ("cost_per_lead", (90 + 999) / 2),  # K2 brought L4 and L5 in the year; K3 was spent too and brought nobody
        ("cost_per_acquisition", 200 + 90 + 999 / 32),  # L1 alone was won; one of K3's 32 days lies in the cohort
        ("open_rate", 1 / 2),  # E3 repeats E2
        ("click_rate", 1 / 2),
        ("time_on_site", (60 + 180) / 2),
        ("nps", (100 - 100 + 0) / 3),  # of P1 the last answer; U4 is passive
        ("csat", 1 / 2),
        ("lifetime_value", 600 / 2),
    ],
)
def test_values_by_hand(kpi_id, value):
    assert overall(kpi_id) == pytest.approx(value)


def test_complaints_count_against_orders():
    frame = frames_of()["tickets"].sums
    assert frame["complaints"].sum() == 3 and frame.loc["ticket:T4", "complaints"] == 1


def test_cost_of_care_is_charged_to_who_caused_it():
    costs = frames_of()["costs"].sums
    assert costs.loc["A1", "care_cost"] == 40 and costs.loc["B2", "care_cost"] == 5
    assert costs.get("C3", None) is None or costs.loc["C3", "care_cost"] == 0, "its cost is of the quarter before"


def test_when_all_deals_are_open_nothing_is_told():
    frames = frames_of(opportunities=frames_deals_open())
    kpi = kpi_catalogue()["sales_cycle"]
    figures = score_figures(frames["deals"], pd.Series(dtype=object), [kpi], [], KpiSettings(), 0)
    assert not np.isfinite(figures["value"].iloc[0]) and figures["n"].iloc[0] == 0
    assert np.isnan(overall("win_rate", opportunities=frames_deals_open()))


def frames_deals_open() -> pd.DataFrame:
    from kpis.sources import OPPORTUNITIES

    return OPPORTUNITIES.assign(close_date=pd.NaT, is_closed=False, is_won=False)


def test_a_segment_with_two_deals_is_marked_and_has_no_interval():
    segments = pd.Series({"A1": "S1", "B2": "S2"})
    kpi = kpi_catalogue()["win_rate"]
    figures = score_figures(frames_of()["deals"], segments, [kpi], ["S1", "S2"], KpiSettings(), 0)
    row = figures.set_index("segment_id").loc["S1"]
    assert row["n"] == 2 and row["value"] == 0.5 and np.isnan(row["low"]) and np.isnan(row["high"])
    assert figures.set_index("segment_id").loc[ALL, "n"] == 4 and QUARTER.label == "2026Q2"
