"""The company of the pages with all that the page of one account reads: features, rules, lines, contracts, contacts."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
from pages.company import EVIL, write_company

from segkit.segments.accepted import assign_segments
from segkit.segments.rules import describe_rules
from segkit.settings.account_segmentation import AccountSegmentation
from segkit.store import read_frame, write_frame, write_json
from segkit.tables import TABLES

EVIL_ID = "00101"  # the account whose name is EVIL
MODEL = {
    "segmentation_id": "value",
    "rules": {
        name: getattr(AccountSegmentation(), name)
        for name in (
            *("key_share", "dormant_months", "lapsed_months", "new_months", "class_a_share", "class_b_share"),
            *("silent_days", "growing_ratio", "falling_ratio"),
        )
    }
    | {"key_accounts": []},
    "fitted_quarter": "2026Q2",
    "method": "grid",
}


def write_account_company(folder: Path, n: int = 60, quarters: tuple[str, ...] = ("2026Q2", "2026Q3")) -> Path:
    """Write the company, its segments by the real rules, and everything else that is known of account 00101."""
    write_company(folder, n, quarters)
    for quarter in quarters:
        add_tables(folder / "runs" / quarter.rstrip("!"))
    return folder


def add_tables(run: Path) -> None:
    tables = run / "tables"
    value, segments = (read_frame(tables / f"{name}.parquet") for name in ("account_value", "segments"))
    as_of = read_frame(tables / "run_period.parquet")["as_of"].iloc[0]
    panel = pd.concat([features_of(value, as_of - pd.offsets.QuarterEnd(k), k) for k in (3, 2, 1, 0)])
    features = panel[panel["as_of"] == as_of]
    assigned = assign_segments(features, MODEL)["segment_id"].to_numpy()
    segments = segments.assign(segment_id=assigned, kept_segment_id=assigned, previous_segment_id=assigned)
    confidence = np.where(segments["account_id"] == EVIL_ID, 0.62, segments["confidence"])
    frames = {
        "account_features": panel,
        "typing_rules": describe_rules(features, MODEL),
        "segments": segments.assign(confidence=confidence),
        **everything_else(as_of),
    }
    for name, frame in frames.items():
        write_frame(tables / f"{name}.parquet", frame.reindex(columns=list(TABLES[name].columns)), name)
    write_json(run / "models" / "value.json", MODEL)
    (tables / "migration.parquet").unlink(missing_ok=True)  # it tells of the segments that were replaced above


def features_of(value: pd.DataFrame, as_of: pd.Timestamp, quarters_ago: int) -> pd.DataFrame:
    """One slice of `account_features`, from table `account_value`."""
    days = value["days_since_last"].clip(upper=value["tenure_days"])
    revenue = value["revenue_12m"].astype(float)
    return pd.DataFrame(
        {
            "account_id": value["account_id"],
            "as_of": as_of,
            "quarter": f"{as_of.year}Q{as_of.quarter}",
            "first_date": as_of - pd.to_timedelta(value["tenure_days"], unit="D"),
            "last_date": as_of - pd.to_timedelta(days, unit="D"),
            "tenure_days": value["tenure_days"],
            "days_since_last": days,
            "frequency": value["frequency"],
            "frequency_12m": value["frequency"],
            "revenue_total": revenue * 2,
            "revenue_12m": revenue,
            "revenue_prev_12m": value["revenue_prev_12m"].astype(float).fillna(0.0),
            "margin_12m": value["margin_12m"],
            "revenue_q": (revenue / (4 + quarters_ago)).round(2),
            "gross_q": (revenue / 4).round(2),
            "orders_q": 3,
            "margin_q": 1.0,
            "is_active_q": True,
            "n_products_12m": 5,
            "active_months_12m": 9,
            "avg_order_value_12m": revenue / 9,
            "interval_days": 30.5,
            "regularity": 0.4,
            "return_share_12m": 0.01,
            "gross_total": revenue * 2,
            "n_sale_days": value["frequency"],
            "history_days": 1500 - 91 * quarters_ago,
        }
    )


def everything_else(as_of: pd.Timestamp) -> dict[str, pd.DataFrame]:
    """Rows of account 00101 in the tables of 01; hostile where text comes from other systems."""
    mine, day = {"account_id": EVIL_ID}, pd.Timedelta(days=1)
    return {
        "invoices": pd.DataFrame(
            [
                mine
                | {"invoice_id": f"R{i}", "invoice_date": as_of - i * 20 * day, "product_id": f"P{i % 2}"}
                | {"quantity": 1.0, "revenue": 100.0 + i, "margin": 30.0, "line_type": "sale", "is_repeated": False}
                | {"source": "raw/invoices.csv", "row_number": i}
                for i in range(9)
            ]
        ),
        "products": pd.DataFrame([{"product_id": "P0", "product_name": "Pumpe <b>fett</b>"}]),
        "contracts": pd.DataFrame(
            [
                mine | {"contract_id": "V1", "contract_type": "Wartung", "end_date": as_of - 10 * day},
                mine | {"contract_id": "V2", "contract_type": "Miete", "end_date": as_of + 45 * day},
            ]
        ),
        "contacts": pd.DataFrame(
            [
                mine
                | {"contact_id": "C1", "first_name": "Ute", "last_name": EVIL, "job_title": "Einkauf", "consent": False}
            ]
        ),
        "opportunities": pd.DataFrame(
            [mine | {"opportunity_id": "O1", "stage": "won", "is_closed": True, "is_won": True, "created_date": as_of}]
        ),
    }
