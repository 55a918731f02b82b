"""The sample company's leads as a run holds them, and the chances that are true."""

from __future__ import annotations

import numpy as np
import pandas as pd

from segkit.demo import crm
from segkit.demo.leads import EXPORTED, simulate_leads
from segkit.demo.marketing import engagements
from segkit.demo.sample import Sample
from segkit.tables import TABLES

TYPES = {"date": "datetime64[us]", "bool": "boolean", "int": "Int64", "float": "float64", "money": "float64"}
PERIOD = {"start": pd.Timestamp("2026-07-01"), "as_of": pd.Timestamp("2026-09-30"), "is_complete": True}


def plant_leads(sample: Sample) -> tuple[dict[str, pd.DataFrame], pd.DataFrame]:
    """Return the arguments of `score_leads` but settings and seed, and the truth by lead_id (days, chance …)."""
    people, deals, programme = crm.contacts(sample), crm.opportunities(sample), crm.campaigns(sample.seed)
    visits = engagements(sample, people, programme)
    made = simulate_leads(sample, deals, programme, visits)
    accounts, won = sample.accounts, deals["stage"] == "Gewonnen"
    sizes = np.array(["micro", "small", "medium", "large"])[np.digitize(accounts["employees"], (10, 50, 250))]
    tables = {
        "leads": made[EXPORTED],
        "campaigns": programme,
        "accounts": accounts.assign(size_class=sizes, industry_division=accounts["industry_code"].str[:2]),
        "engagements": visits,
        "opportunities": deals.assign(is_won=won, is_closed=won | (deals["stage"] == "Verloren")),
        "period": pd.DataFrame({name: [value] for name, value in PERIOD.items()}),
    }
    return {name: _typed(frame, name) for name, frame in tables.items()}, made.set_index("lead_id")


def _typed(frame: pd.DataFrame, name: str) -> pd.DataFrame:
    """Return the frame with the table's columns and the types in which a run reads them."""
    if name not in TABLES:
        return frame
    columns = {c.name: TYPES.get(c.type, "str") for c in TABLES[name].columns.values()}
    return frame.reindex(columns=list(columns)).astype(columns)
