"""Quarters of every kind: each returns the tables of a run and the state of its pages."""

from __future__ import annotations

import numpy as np
import pandas as pd
from reports.quarter import STATE, quarter_tables, review

Quarter = tuple[dict[str, pd.DataFrame], dict]
RELEASED = {"is_draft": False, "released_by": "A. Weber", "released_on": "2026-10-06"}
COMPARED = {"compared": [{"quarter": "2026Q2"}]}


def full() -> Quarter:
    """Everything happened at once."""
    return quarter_tables(), STATE | COMPARED


def quiet() -> Quarter:
    """Nothing to report: released, no risk, nobody grows, moves within noise, money agrees."""
    tables = quarter_tables()
    value, flows = tables["account_value"], tables["migration_flows"]
    value["revenue_prev_12m"] = value["revenue_12m"]
    value["days_since_last"] = 5
    flows["is_above_noise"] = flows["is_above_noise"].where(flows["is_above_noise"].isna(), False)
    tables["drift"]["status"] = "stable"
    tables["review"] = review(is_due=False, review_due=pd.Timestamp("2027-03-31"))
    tables["control_totals"] = tables["control_totals"].assign(is_off=False)
    lines = tables["reconciliation"]
    tables["reconciliation"] = lines[~lines["step"].str.startswith("quarantined")]
    tables["restatements"] = tables["restatements"].iloc[:0]
    tables["segment_sizes"] = tables["segment_sizes"].assign(n_doubtful=0)
    figure(tables, "growth_12m", 0.0004, -0.03, 0.05)
    figure(tables, "n_active_accounts", 940, 916, 961)
    return tables, STATE | COMPARED | RELEASED


def falling() -> Quarter:
    """Revenue fell for sure, fewer buy, some figures are not known, no key accounts; the review says relabel."""
    tables = quarter_tables()
    tables["segments"]["segment_id"] = tables["segments"]["segment_id"].replace("KEY", "S1")
    figure(tables, "growth_12m", -0.08, -0.12, -0.02)
    figure(tables, "n_active_accounts", 930, 900, 950)
    figure(tables, "retention", 0.9911, 0.98, 0.995)
    figure(tables, "revenue_churn", np.nan, np.nan, np.nan, reason="kpis.reason_base_incomplete")
    tables["kpis"].loc[tables["kpis"]["kpi_id"] == "margin_rate", ["is_small", "n"]] = [True, 12]
    tables["review"] = review(recommendation="relabel")
    totals = tables["control_totals"]
    tables["control_totals"] = totals.assign(is_off=totals["fiscal_year"] == 2025)
    tables["criteria"] = tables["criteria"].assign(is_selected=False)
    flows = tables["migration_flows"]
    tables["migration_flows"] = flows[~flows["cause"].eq("customer")]
    return tables, STATE | COMPARED


def first() -> Quarter:
    """The first run: nothing before, one year of data, no margins, no accounts table, no controlling, refit is due."""
    tables = quarter_tables()
    value = tables["account_value"]
    value[["revenue_prev_12m", "growth", "margin_12m"]] = np.nan
    figure(tables, "growth_12m", np.nan, np.nan, np.nan, reason="kpis.reason_short_history")
    tables["kpis"] = tables["kpis"][tables["kpis"]["quarter"] == "2026Q3"]
    tables["review"] = review(recommendation="refit")
    tables["run_period"]["history_days"] = 400
    tables["migration_flows"] = tables["migration_flows"][tables["migration_flows"]["from_segment_id"] == "NEW"]
    tables["segment_sizes"] = tables["segment_sizes"].assign(margin_12m=np.nan, share_margin=np.nan)
    tables["segment_cards"]["change_accounts"] = np.nan
    for name in ("accounts", "control_totals", "data_quality", "restatements"):
        del tables[name]
    return tables, STATE


def incomplete() -> Quarter:
    """The data end early."""
    return quarter_tables(is_complete=False), STATE | {"is_complete": False}


def opportunities() -> Quarter:
    """No invoices: won opportunities stand in."""
    return quarter_tables(money_source="opportunities"), STATE | {"money_source": "opportunities"}


def nothing() -> Quarter:
    """Nobody bought anything in twelve months, and nobody knows since when."""
    tables = quarter_tables()
    tables["account_value"][["revenue_12m", "revenue_prev_12m"]] = 0.0
    for name in ("segment_sizes", "migration_flows", "criteria", "review", "control_totals", "reconciliation"):
        del tables[name]
    return tables, STATE | RELEASED


def tiny() -> Quarter:
    """Twelve accounts, and every line of theirs is used."""
    tables = quarter_tables()
    lines = tables["reconciliation"]
    tables["reconciliation"] = lines[lines["step"].isin(["in", "used"])]
    tables["account_value"] = tables["account_value"].head(12)
    tables["segments"] = tables["segments"].head(12)
    return tables, STATE


def crowded() -> Quarter:
    """As much as can stand in a summary, in the longest words."""
    tables, state = full()
    register, sizes, cards = (tables[name] for name in ("segment_register", "segment_sizes", "segment_cards"))
    for frame in (register, sizes, cards):
        for name in ("name_de", "name_en"):
            frame[name] = frame[name] + " mit einem Namen, der niemals enden will"
    more = pd.concat([sizes.head(6).assign(segment_id=[f"C{i}" for i in range(6)]), sizes], ignore_index=True)
    for name in ("telling_de", "telling_en"):
        cards[name] = cards["name_de"] + ": " + "bestellen etwa alle 11 Wochen, hohe DB-I-Quote, " * 3
    tables["segment_sizes"] = more
    tables["accounts"]["name"] = "Westfälische Wasserwirtschaftswerke Wuppertal-Wichlinghausen GmbH & Co. KG"
    tables["accounts"].loc[3, "name"] = "W" * 200
    return tables, state | {"project": "Westfälische Wasserwirtschaftswerke Wuppertal-Wichlinghausen GmbH & Co. KG"}


SCENARIOS = {
    scenario.__name__: scenario
    for scenario in (full, quiet, falling, first, incomplete, opportunities, nothing, tiny, crowded)
}


def figure(
    tables: dict[str, pd.DataFrame], kpi_id: str, value: float, low: float, high: float, reason: str | None = None
) -> None:
    """Put another figure in this quarter's place."""
    kpis = tables["kpis"]
    rows = (kpis["kpi_id"] == kpi_id) & (kpis["quarter"] == "2026Q3")
    kpis.loc[rows, ["value", "low", "high"]] = [value, low, high]
    kpis.loc[rows, "reason"] = reason
