"""A run of five accounts with every table that the workbook shows, written as a run writes them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd

from segkit.store import write_frame, write_json
from segkit.tables import TABLES, check

EMPTY: dict[str, Any] = {
    "id": "-",
    "text": "-",
    "int": 0,
    "float": 0.0,
    "money": 0.0,
    "bool": False,
    "date": "2026-09-30",
}
HOSTILE = [
    ("00017", '=HYPERLINK("http://evil.example";"x")'),
    ("0042", "+49 30 1234"),
    ("A&B", "<r><t>injected</t></r>"),
    ("-5", "https://example.org/x"),
    ("90071992547409931", "Müller \x0b@SUM(1+1) \uffff"),
]
MONEY = [100000.10, 20000.02, 3000.003, 0.0, -12.34]
SEGMENTS = ["KEY", "S1", "S1", "DORMANT", "S4"]
STATE = {
    "project": "Pumpen & Filter <GmbH>",
    "quarter": "2026Q3",
    "scenario": None,
    "created": "2026-10-05T07:12:33",
    "as_of": "2026-09-30",
    "is_complete": True,
    "money_source": "invoices",
    "run_id": "abc123def456",
    "is_draft": True,
    "released_by": None,
    "released_on": None,
}
RELEASED = STATE | {"is_draft": False, "released_by": "Erika Muster", "released_on": "2026-10-14"}


def frame(name: str, rows: list[dict[str, Any]]) -> pd.DataFrame:
    """A table of the product: what a row does not say is empty, or a harmless value where it must not be."""
    columns = TABLES[name].columns.values()
    filled = [
        {c.name: row.get(c.name, None if c.is_nullable else EMPTY[c.type]) for c in columns} | row for row in rows
    ]
    made = pd.DataFrame(filled, columns=[c.name for c in columns])
    dates = {c.name: "datetime64[us]" for c in columns if c.type == "date"}
    numbers = {c.name: "float64" for c in columns if c.type in ("float", "money")}
    return check(made.astype(dates | numbers), name)


def tables() -> dict[str, pd.DataFrame]:
    """All tables by name."""
    value = {"segmentation_id": "value"}
    register = [
        value | {"segment_id": s, "name_de": f"{s} deutsch", "name_en": f"{s} english", "colour": colour}
        for s, colour in (("KEY", "#0B4F9C"), ("S1", "#16794C"), ("S4", "#8A6A16"), ("DORMANT", "#4F46E5"))
    ]
    further = [
        {"segmentation_id": "service", "segment_id": "C1", "name_de": "=Viel", "name_en": "=Much", "colour": "#0B4F9C"}
    ]
    accounts = [{"account_id": i, "name": n, "owner_id": "007", "city": "Kassel", "team": "=Team"} for i, n in HOSTILE]
    worth = [
        {"account_id": i, "revenue_12m": m, "revenue_prev_12m": 1000.0, "margin_12m": m / 4, "growth": m / 1000 - 1}
        | {"abc_class": "A", "frequency": 12, "days_since_last": 3, "churn_probability": 0.1, "revenue_at_risk": m / 10}
        for (i, _), m in zip(HOSTILE, MONEY, strict=True)
    ]
    assigned = [
        value | {"account_id": i, "segment_id": s, "confidence": 0.7, "since_quarter": "2026Q1"}
        for (i, _), s in zip(HOSTILE, SEGMENTS, strict=True)
    ]
    sizes = [
        row | {"n_accounts": SEGMENTS.count(s), "revenue_12m": m, "margin_12m": m / 4, "confidence": 0.7}
        for row, s in ((row, row["segment_id"]) for row in register)
        for m in [sum(m for m, x in zip(MONEY, SEGMENTS, strict=True) if x == s)]
    ]
    cards = [
        row | {"telling_de": "Große, treue", "telling_en": "Large, loyal", "change_accounts": -1} for row in register
    ]
    register += further
    sizes += [row | {"n_accounts": 5, "revenue_12m": sum(MONEY), "confidence": 0.9} for row in further]
    assigned += [further[0] | {"account_id": i, "since_quarter": "2026Q1"} for i, _ in HOSTILE]
    return {
        "goals": frame("goals", _goals()),
        **{name: frame(name, rows) for name, rows in (_moves(value) | _lists()).items()},
        **{name: frame(name, rows) for name, rows in (_evidence(value) | _data_and_rules(value)).items()},
        "segment_register": frame("segment_register", register),
        "accounts": frame("accounts", accounts),
        "account_value": frame("account_value", worth),
        "segments": frame("segments", assigned),
        "segment_sizes": frame("segment_sizes", sizes),
        "segment_cards": frame("segment_cards", cards),
    }


def _goals() -> list[dict[str, Any]]:
    goal = {"kpi_id": "logo_churn", "segmentation_id": "value", "segment_id": "S1", "quarter": "2026Q3", "n": 90}
    goal |= {"baseline": 0.04, "target": 0.02, "value": 0.03, "low": 0.02, "high": 0.05, "progress": 0.5}
    told = {"owner": "=Vertrieb", "why": "https://example.org", "attainability": "usual", "best_change": -0.01}
    ahead = {"expected": 0.028, "expected_low": 0.01, "expected_high": 0.05, "is_final": False}
    return [
        goal | told | {"goal_id": "a", "status": "undecidable", "is_final": True, "reason": "goals.undecidable"},
        goal | told | ahead | {"goal_id": "b", "segment_id": "ALL", "status": "undecidable", "reason": "goals.open"},
        goal | told | {"goal_id": "c", "kpi_id": "revenue", "status": "missed", "reason": "goals.missed", "value": 3.0},
    ]


def _moves(value: dict[str, str]) -> dict[str, list[dict[str, Any]]]:
    moved = value | {"from_segment_id": "S4", "to_segment_id": "S1", "cause": "customer", "n_accounts": 1}
    new = value | {"from_segment_id": None, "to_segment_id": "KEY", "cause": "new", "is_doubtful": True}
    reason = {"reason": "migration.reason_class_up", "value_class": "A", "class_before": "B"}
    return {
        "migration": [
            moved | reason | {"account_id": "0042", "revenue_12m": 20000.02, "revenue_before": 15000.0},
            new | {"account_id": "00017", "revenue_12m": 100000.10, "reason": "migration.reason_appeared"},
            moved
            | {"account_id": "A&B", "cause": "stayed", "from_segment_id": "S1", "reason": "migration.reason_stayed"},
        ],
        "migration_flows": [
            moved | {"revenue_12m": 20000.02, "revenue_before": 15000.0, "n_noise": 0.4, "is_above_noise": True},
            new | {"from_segment_id": "NEW", "n_accounts": 1, "revenue_12m": 100000.10},
            moved | {"cause": "stayed", "from_segment_id": "S1", "revenue_12m": 3000.003},
        ],
        "restatements": [
            {"quarter": "2026Q2", "account_id": "00017", "difference": -5.5, "revenue_before": 10.0, "revenue_now": 4.5}
            | {"released_on": "2026-07-10", "released_by": "Erika Muster"}
        ],
    }


def _lists() -> dict[str, list[dict[str, Any]]]:
    why = {"reason": "potential.no_such_key"}
    return {
        "diamonds": [
            why | {"account_id": "0042", "diamond_rank": 1, "abc_class": "C", "potential_class": "A", "gap": 900.0},
        ],
        "account_reasons": [why | {"model": "churn", "account_id": "00017", "reason_rank": 1, "value": 3.0}],
        "lead_scores": [why | {"lead_id": "L1", "lead_rank": 1, "company": "=1+1", "score": 0.4, "basis": "rule"}],
        "onboarding": [why | {"account_id": "00017", "days_since_first": 40, "n_orders": 1, "is_trouble": True}],
        "model_cards": [
            {
                "model": "churn",
                "metric": "auc",
                "origin": "all",
                "baseline_name": "-",
                "value": 0.7,
                "is_deciding": True,
            }
            | {"n": 50, "used": "rule"},
        ],
    }


def _evidence(value: dict[str, str]) -> dict[str, list[dict[str, Any]]]:
    profile = value | {"segment_id": "S1", "category": "", "kind": "median", "overall": 900.0, "effect_size": 0.5}
    kpi = {
        "segmentation_id": "value",
        "quarter": "2026Q3",
        "segment_id": "ALL",
        "base": "closing",
        "n": 5,
        "is_complete": True,
    }
    return {
        "run_period": [{"quarter": "2026Q3", "start": "2026-07-01", "end": "2026-09-30", "money_source": "invoices"}],
        "profiles": [
            profile | {"variable": "avg_order_value_12m", "value": 1200.0, "is_marker": True, "n": 2, "index": 133.0},
            profile | {"variable": "country", "category": "DE", "kind": "share", "value": 0.5, "overall": 0.4},
        ],
        "criteria": [
            {
                "criterion_id": "region",
                "reason": "criteria.chosen",
                "goal_weight": 1.0,
                "power_low": 0.1,
                "power": 0.2,
                "name_de": "Region",
                "name_en": "Region",
                "family": "firmographic",
            }
            | {
                "level": "account",
                "weight": 1.0,
                "is_selected": True,
                "relevance": 4,
                "coverage": 0.9,
                "nest": 1,
                "ease": 5,
            },
        ],
        "kpis": [
            kpi | {"kpi_id": "revenue", "value": 122987.79, "low": 1000.0, "high": 200000.0},
            kpi | {"kpi_id": "growth", "reason": "kpis.reason_short_history", "is_small": True, "base": "opening"},
            kpi | {"kpi_id": "n_active_accounts", "value": 4.0},
        ],
        "drift": [
            {"variable": "revenue_12m", "reference": "year_before", "psi": 0.02, "value": 900.0, "status": "stable"},
        ],
        "review": [
            value
            | {
                "reason": "migration.review_old",
                "recommendation": "keep",
                "age_months": 14,
                "review_due": "2027-03-31",
            },
        ],
    }


def _data_and_rules(value: dict[str, str]) -> dict[str, list[dict[str, Any]]]:
    step = {"table": "invoices", "source": "raw/erp.csv"}
    return {
        "data_quality": [
            {
                "table": "invoices",
                "column": "account_id",
                "check": "missing",
                "n_rows": 10,
                "n_bad": 1,
                "revenue": 9.99,
            },
        ],
        "reconciliation": [
            step | {"step": "in", "n_rows": 10, "revenue": 122997.783},
            step | {"step": "used", "n_rows": 9, "revenue": 122987.783},
            step | {"step": "quarantined_no_account", "n_rows": 1, "revenue": 10.0},
        ],
        "control_totals": [
            {"fiscal_year": 2026, "delivered": 122997.783, "used": 122987.783, "first_date": "2026-01-01"},
        ],
        "typing_rules": [
            value
            | {
                "step": 1,
                "segment_id": "S4",
                "rule": "=1+1",
                "reason": "segments.rule_S7",
                "n_accounts": 1,
                "fidelity": 1.0,
            },
        ],
    }


def write_run(folder: Path, without: tuple[str, ...] = (), empty: tuple[str, ...] = ()) -> Path:
    """A run's folder with its tables; some may be absent, some without rows."""
    for name, made in tables().items():
        if name not in without:
            write_frame(folder / "tables" / f"{name}.parquet", made.head(0) if name in empty else made, name)
    write_json(folder / "models" / "value.json", {"segmentation_id": "value", "rules": {}, "method": "grid"})
    return folder
