"""The tables of one quarter, complete and made by hand, and what may befall them: what the summary is tested on."""

from __future__ import annotations

import numpy as np
import pandas as pd
from pages.company import company_tables

from segkit.settings import Settings

STATE = {
    "project": "Rheinwerk & Söhne",
    "quarter": "2026Q3",
    "scenario": "",
    "created": "2026-10-05T07:12:00",
    "as_of": "2026-09-30",
    "is_complete": True,
    "money_source": "invoices",
    "run_id": "abc123def456",
    "stages": [{"notebook": n, "seconds": 1.0, "warnings": []} for n in ("01_data_cleansing", "09_migration")],
    "is_draft": True,
    "released_by": None,
    "released_on": None,
}
SETTINGS = Settings.model_validate({"name": "Rheinwerk", "sources": {"invoices": {"files": "raw/x.csv"}}})
FIGURES = {  # KPI: value, low, high of 2026Q2 and of 2026Q3
    "growth_12m": ((0.11, 0.05, 0.18), (0.08, 0.018, 0.17)),
    "n_active_accounts": ((940, 916, 961), (956, 932, 978)),
    "retention": ((0.9903, 0.9817, 0.9949), (0.9872, 0.9778, 0.9927)),
    "revenue_churn": ((0.0261, 0.02, 0.03), (0.0013, 0.0005, 0.0042)),
    "margin_rate": ((0.4594, 0.4487, 0.4668), (0.4596, 0.4498, 0.467)),
}


def quarter_tables(is_complete: bool = True, money_source: str = "invoices") -> dict[str, pd.DataFrame]:
    """Tables of 400 accounts in which every kind of statement has something to say."""
    tables = company_tables("2026Q3", 400, 1, is_complete, money_source)
    value, segments = tables["account_value"], tables["segments"]
    codes = segments["segment_id"]
    value.loc[codes == "S5", "revenue_prev_12m"], value.loc[codes == "S5", "tenure_days"] = 0.0, 200
    value.loc[10, ["revenue_12m", "revenue_prev_12m", "days_since_last"]] = [0.0, 3_000_000.0, 400]
    value.loc[0, ["revenue_12m", "revenue_prev_12m", "days_since_last"]] = [2_000_000.0, 1_900_000.0, 95]
    value.loc[2, ["revenue_12m", "revenue_prev_12m", "days_since_last"]] = [900_000.0, 950_000.0, 250]
    value.loc[[0, 2], "abc_class"] = "A"
    as_of = tables["run_period"]["as_of"].iloc[0]
    panel = pd.DataFrame({"account_id": value["account_id"], "as_of": as_of, "interval_days": 8.0})
    return tables | {
        "account_features": panel,
        "segment_sizes": sizes(tables),
        "segment_cards": cards(tables),
        "kpis": kpis(is_complete),
        "migration_flows": flows(),
        "drift": drift(),
        "review": review(),
        "criteria": criteria(),
        **money(),
    }


def sizes(tables: dict[str, pd.DataFrame]) -> pd.DataFrame:
    merged = (
        tables["account_value"]
        .merge(tables["segments"], on="account_id")
        .merge(tables["segment_register"], on=["segmentation_id", "segment_id"])
    )
    sums = merged.groupby(["segmentation_id", "segment_id", "name_de", "name_en", "colour"], as_index=False).agg(
        n_accounts=("account_id", "size"), revenue_12m=("revenue_12m", "sum"), margin_12m=("margin_12m", "sum")
    )
    for name, column in (("accounts", "n_accounts"), ("revenue", "revenue_12m"), ("margin", "margin_12m")):
        sums[f"share_{name}"] = sums[column] / sums[column].sum()
    return sums.assign(confidence=0.9, n_doubtful=3)


def cards(tables: dict[str, pd.DataFrame]) -> pd.DataFrame:
    found = sizes(tables)[["segmentation_id", "segment_id", "name_de", "name_en"]]
    found["telling_de"], found["telling_en"] = found["name_de"] + ": oft bestellt", found["name_en"] + ": order often"
    return found.assign(change_accounts=np.arange(len(found)) - 4)


def kpis(is_complete: bool) -> pd.DataFrame:
    rows = []
    for kpi_id, (before, now) in FIGURES.items():
        rows.append(["2026Q2", kpi_id, *before, True, None])
        hidden = not is_complete and kpi_id in ("growth_12m", "retention", "revenue_churn")
        figures = [np.nan] * 3 if hidden else list(now)
        rows.append(["2026Q3", kpi_id, *figures, is_complete, "kpis.reason_incomplete" if hidden else None])
    columns = ["quarter", "kpi_id", "value", "low", "high", "is_complete", "reason"]
    return pd.DataFrame(rows, columns=columns).assign(segment_id="ALL", base="closing", n=400, is_small=False)


def flows() -> pd.DataFrame:
    rows = [
        ("S1", "S1", "stayed", 30, 9e6, 9e6, None),
        ("S1", "S4", "customer", 12, 1.2e6, 2.4e6, True),
        ("S3", "S2", "customer", 9, 0.9e6, 0.5e6, True),
        ("S7", "S3", "customer", 21, 0.6e6, 0.3e6, True),
        ("S4", "S7", "customer", 8, 0.1e6, 0.2e6, True),
        ("S2", "S3", "customer", 3, 0.2e6, 0.2e6, False),
        ("S5", "S3", "customer", 7, 0.4e6, 0.1e6, True),
        ("S3", "S6", "lost", 4, 0.0, 0.15e6, None),
        ("S7", "GONE", "lost", 2, 0.0, 900.0, None),
        ("NEW", "S5", "new", 11, 0.31e6, np.nan, None),
        ("S3", "GONE", "merged", 1, 0.0, 5e4, None),
        ("S3", "S7", "segment", 5, 1e4, 2e4, None),
        ("S7", "KEY", "manual", 1, 4e5, 4e5, None),
    ]
    columns = ["from_segment_id", "to_segment_id", "cause", "n_accounts", "revenue_12m", "revenue_before"]
    frame = pd.DataFrame(rows, columns=[*columns, "is_above_noise"])
    return frame.assign(
        segmentation_id="value", noise_high=6.0, is_above_noise=frame["is_above_noise"].astype("boolean")
    )


def drift() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "variable": ["revenue_12m", "days_since_last", "frequency", "margin_12m"],
            "reference": "previous_quarter",
            "psi": [0.4, 0.3, 0.01, np.nan],
            "status": ["shifted", "shifted", "stable", "unknown"],
        }
    )


def review(**changes: object) -> pd.DataFrame:
    row = {
        "segmentation_id": "value",
        "fitted_quarter": "2025Q2",
        "age_months": 15,
        "review_due": pd.Timestamp("2026-06-30"),
        "is_due": True,
        "recommendation": "keep",
    }
    return pd.DataFrame([row | changes])


def criteria() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "criterion_id": ["industry", "recency", "size", "rating"],
            "name_de": ["Branche", "Letzter Kauf", "Größe", "Bonität"],
            "name_en": ["Industry", "Last order", "Size", "Rating"],
            "is_available": [True, True, True, False],
            "is_selected": [True, True, False, False],
            "weight": [0.3, 0.7, 0.0, 0.0],
            "power": [0.12, 0.41, 0.5, np.nan],
            "power_low": [0.02, 0.35, 0.4, np.nan],
            "is_sensitive": [True, False, False, False],
        }
    )


def money() -> dict[str, pd.DataFrame]:
    totals = pd.DataFrame(
        {
            "fiscal_year": [2023, 2024, 2025, 2026],
            "controlling": [42e6, 44e6, 50e6, np.nan],
            "deviation": [0.0, 1.1e6, -0.5e6, np.nan],
            "deviation_pct": [0.0, 0.025, -0.01, np.nan],
            "is_partial": [False, False, False, True],
            "is_off": [False, True, True, False],
        }
    )
    steps = [("in", 1000, 9e6), ("used", 900, 8e6), ("excluded_charge", 50, 0.7e6), ("excluded_scope_staff", 9, 0.1e6)]
    steps += [("quarantined_no_account", 31, 137_892.4), ("later", 10, 62_107.6)]
    lines = pd.DataFrame(steps, columns=["step", "n_rows", "revenue"]).assign(table="invoices", source="raw/x.csv")
    gaps = [("industry_code", 120), ("industry", 70), ("employees", 170), ("name", 0)]
    quality = pd.DataFrame(gaps, columns=["column", "n_bad"]).assign(table="accounts", check="missing", n_rows=1262)
    restated = pd.DataFrame(
        {
            "quarter": ["2026Q1", "2026Q2", "2026Q2"],
            "account_id": ["00100", "00100", "00101"],
            "difference": [1500.0, -4000.0, 250.0],
        }
    )
    return {"control_totals": totals, "reconciliation": lines, "data_quality": quality, "restatements": restated}
