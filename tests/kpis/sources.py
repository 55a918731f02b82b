"""A small company with deals, leads, mails, answers, tickets and costs, to work out by hand: quarter 2026Q2."""

from __future__ import annotations

import pandas as pd
from kpis.company import panel, period

from segkit.kpis.frames import measure_frames
from segkit.kpis.inputs import KpiInputs
from segkit.kpis.units import Frame
from segkit.kpis.windows import window_of
from segkit.quarters import Quarter
from segkit.settings.kpis import KpiSettings

QUARTER = Quarter.parse("2026Q2")  # April to June; the cohort of 180 days: 2025-01-02 to 2026-01-01


def table(columns: str, *rows: list) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=columns.split())
    days = [name for name in frame if name.endswith("_date")]
    return frame.assign(**{name: pd.to_datetime(frame[name]) for name in days})


OPPORTUNITIES = table(
    "opportunity_id account_id amount created_date close_date is_closed is_won",
    ["O1", "A1", 1000.0, "2026-03-01", "2026-04-10", True, True],  # 40 days
    ["O2", "A1", 500.0, "2026-04-01", "2026-04-21", True, False],  # 20 days
    ["O3", "B2", 3000.0, "2026-02-01", "2026-05-02", True, True],  # 90 days
    ["O4", None, 700.0, "2026-05-01", "2026-05-11", True, True],  # nobody's
    ["O5", "C3", 900.0, "2026-06-01", None, False, False],  # open
    ["O6", "C3", 900.0, "2026-06-01", "2026-07-05", True, True],  # decided later: open
    ["O7", "D4", 100.0, "2025-11-01", "2025-12-01", True, True],  # of an earlier quarter
    ["O8", "D4", 100.0, "2026-08-01", None, False, False],  # not known yet
)
LEADS = table(
    "lead_id account_id company created_date converted_date opportunity_id campaign_id status rating",
    ["L1", "A1", "Alt GmbH", "2025-03-01", "2025-04-01", "O7", "K1", None, "A"],  # converted and won
    ["L2", None, "Neu AG", "2025-06-01", "2026-02-01", None, "K1", None, "B"],  # after 245 days: failed
    ["L3", None, "Neu AG", "2025-09-01", None, None, None, None, None],
    ["L4", None, "Berg KG", "2025-12-01", "2026-01-05", "O5", "K2", None, " a "],  # converted, its deal is open
    ["L5", None, "Berg KG", "2026-05-01", "2026-05-20", None, "K2", None, "C"],  # too young
    ["L6", None, "Tal KG", "2026-08-01", None, None, "K2", None, "A"],  # not known yet
)
CAMPAIGNS = table(
    "campaign_id start_date end_date cost",
    ["K1", "2025-02-01", "2025-03-31", 200.0],
    ["K2", "2025-12-01", None, 90.0],
    ["K3", "2026-01-01", "2026-02-01", 999.0],  # brought nobody
)
ENGAGEMENTS = table(
    "engagement_id account_id contact_id campaign_id engagement_date engagement_type duration_seconds",
    ["E1", "A1", "P1", "K2", "2026-04-01", "mail", None],
    ["E2", "A1", "P1", "K2", "2026-04-02", "open", None],
    ["E3", "A1", "P1", "K2", "2026-04-02", "open", None],  # the same again
    ["E4", "A1", "P1", "K2", "2026-04-02", "click", None],
    ["E5", "B2", "P2", "K2", "2026-04-01", "mail", None],
    ["E6", "A1", "P1", None, "2026-05-01", "visit", 60],
    ["E7", "B2", "P2", None, "2026-05-01", "visit", 180],
    ["E8", "B2", "P2", None, "2026-05-02", "visit", None],  # nobody knows how long
    ["E9", "A1", "P1", "K2", "2026-07-01", "open", None],  # of the next quarter
)
SURVEYS = table(
    "survey_id account_id contact_id survey_date question answer",
    ["U1", "A1", "P1", "2025-08-01", "nps", 3.0],  # superseded
    ["U2", "A1", "P1", "2026-05-01", "nps", 9.0],
    ["U3", "B2", "P2", "2025-11-01", "nps", 6.0],
    ["U4", "C3", None, "2025-11-01", "NPS", 8.0],
    ["U5", "C3", "P3", "2025-11-01", "nps", 11.0],  # off the scale
    ["U6", "A1", "P1", "2026-05-01", "csat", 4.0],
    ["U7", "B2", "P2", "2026-05-01", "csat", 3.0],
    ["U8", "B2", "P2", "2026-05-01", "Bedarf: Preis", 5.0],
    ["U9", "B2", "P2", "2025-05-01", "nps", 10.0],  # longer than a year ago
)
TICKETS = table(
    "ticket_id account_id created_date category complaint_reason",
    ["T1", "A1", "2026-04-05", "Reklamation", "Lieferverzug"],
    ["T2", "A1", "2026-04-06", "Technik", None],
    ["T3", "B2", "2026-06-30", "Reklamation", "Lieferverzug"],
    ["T4", None, "2026-06-30", "Reklamation", "Falschlieferung"],
    ["T5", "A1", "2026-07-01", "Reklamation", "Lieferverzug"],
)
CARE_COSTS = table(
    "account_id cost_date cost_type cost",
    ["A1", "2026-06-30", "visit", 30.0],
    ["A1", "2026-06-30", "service", 10.0],
    ["B2", "2026-04-30", "visit", 5.0],  # bought nothing
    ["C3", "2026-03-31", "visit", 100.0],
)
ACCOUNTS = table("account_id name", ["A1", "Alt"], ["B2", "Berg GmbH"], ["C3", "Chrom AG"], ["D4", None])
ACCOUNT_VALUE = table("account_id lifetime_value", ["A1", 500.0], ["B2", 100.0], ["C3", None])
LEAD_SCORES = table("lead_id score", ["L5", 0.6], ["L3", 0.2], ["L2", 0.8])
TABLES = {
    **{"opportunities": OPPORTUNITIES, "leads": LEADS, "campaigns": CAMPAIGNS, "engagements": ENGAGEMENTS},
    **{"surveys": SURVEYS, "tickets": TICKETS, "care_costs": CARE_COSTS, "accounts": ACCOUNTS},
    **{"account_value": ACCOUNT_VALUE, "lead_scores": LEAD_SCORES},
}


def inputs_of(**changed: pd.DataFrame | None) -> KpiInputs:
    return KpiInputs(panel(), period(), **{**TABLES, **changed})


def frames_of(quarter: Quarter = QUARTER, is_own: bool = True, **changed: pd.DataFrame | None) -> dict[str, Frame]:
    return measure_frames(inputs_of(**changed), window_of(quarter), KpiSettings(), 180, is_own)
