"""A company of 400 accounts with two official runs, written straight as tables: pages need no stage to be tested."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import numpy as np
import pandas as pd
import yaml
from pages.stories import write_stories

from segkit.charts.theme import SEGMENT_COLOURS
from segkit.store import write_frame, write_json
from segkit.tables import TABLES

EVIL = '<img src=x onerror="window.evil=1"><script>window.evil=1</script> GmbH'
SEGMENTS = [
    ("KEY", "Schlüsselkunden", "Key accounts"),
    ("S1", "Champions", "Champions"),
    ("S2", "Wachstum", "Growth"),
    ("S3", "Kern", "Core"),
    ("S4", "Gefährdet", "At risk"),
    ("S5", "Neu", "New"),
    ("S6", "Verloren", "Lapsed"),
    ("S7", "Kleinkunden", "Small"),
    ("DORMANT", "Ruhend", "Dormant"),
]
BLOCKED = 3
"""Every seventh account, from this one on, must not be contacted."""
SHARES = [0.01, 0.1, 0.12, 0.18, 0.12, 0.07, 0.1, 0.22, 0.08]
TOWNS = ["Köln", "München", "Lübeck", "Görlitz", "Wien", "Zürich", "Straßburg", "Gießen"]
FIRST = ["Müller", "Schäfer", "Nordwind", "Elbe", "Rhein", "Weber", "Hansa", "Isar", "Böhm", "Straßer"]
TRADE = ["Maschinenbau", "Druck", "Stahl", "Logistik", "Chemie", "Elektronik", "Bau", "Medizintechnik"]
FORMS = ["GmbH", "AG", "KG", "GmbH & Co. KG", "e.K."]


def write_company(folder: Path, n: int = 400, quarters: tuple[str, ...] = ("2026Q2", "2026Q3")) -> Path:
    """Write project.yml and one run folder per quarter; the last one is incomplete when its name ends in ``!``."""
    (folder / "raw").mkdir(parents=True)
    (folder / "raw" / "invoices.csv").write_text("a;b\n", encoding="utf-8")
    settings = {
        "name": "Rheinwerk Antriebstechnik GmbH",
        "language": "de",
        "sources": {"invoices": {"files": "raw/invoices.csv"}},
    }
    (folder / "project.yml").write_text(yaml.safe_dump(settings, allow_unicode=True), encoding="utf-8")
    for i, quarter in enumerate(quarters):
        write_run(folder, quarter.rstrip("!"), n, seed=i, is_complete=not quarter.endswith("!"))
    return folder


def write_run(
    folder: Path, quarter: str, n: int = 400, seed: int = 0, is_complete: bool = True, money_source: str = "invoices"
) -> None:
    tables = company_tables(quarter, n, seed, is_complete, money_source)
    run = folder / "runs" / quarter
    for name, frame in tables.items():
        write_frame(run / "tables" / f"{name}.parquet", frame, name)
    write_stories(run, tables, company_tables(quarter, n, max(seed - 1, 0), is_complete, money_source))
    as_of = str(tables["run_period"]["as_of"].iloc[0].date())
    write_json(
        run / "manifest.json",
        {
            "run_id": f"run{seed}",
            "project": "Rheinwerk Antriebstechnik GmbH",
            "quarter": quarter,
            "scenario": "",
            "created": "2026-10-05T07:12:00",
            "as_of": as_of,
            "is_complete": is_complete,
            "money_source": money_source,
            "previous": None,
            "stages": [],
            "writes": {},
        },
    )


def company_tables(quarter: str, n: int, seed: int, is_complete: bool, money_source: str) -> dict[str, pd.DataFrame]:
    rng = np.random.default_rng(7)
    base = rng.choice(len(SEGMENTS), n, p=SHARES)
    base[:3] = [0, 1, 3]
    shift = np.random.default_rng(100 + seed)
    segment = np.where(shift.random(n) < 0.06 * seed, shift.choice(len(SEGMENTS), n, p=SHARES), base)
    segment[:3] = base[:3]
    ids = [f"{100 + i:05d}" for i in range(n)]
    names = [f"{rng.choice(FIRST)} {rng.choice(TRADE)} {rng.choice(FORMS)}" for _ in range(n)]
    names[1] = EVIL
    names[2] = "=1+2 Formel AG"
    centre = np.array([14.2, 12.6, 11.2, 10.9, 11.1, 9.6, 0, 8.7, 0])[segment]
    revenue = np.where(centre > 0, np.exp(rng.normal(centre, 0.5)), 0.0).round(2)
    growth = rng.normal(np.array([0.05, 0.12, 0.6, 0, -0.45, 0, -1, 0, 0])[segment], 0.15)
    previous = np.where(revenue > 0, revenue / np.maximum(1 + growth, 0.1), 5000.0).round(2)
    days = rng.gamma(2, np.array([5, 8, 12, 20, 70, 15, 260, 40, 420])[segment]).astype(int)
    as_of = pd.Timestamp(quarter_end(quarter))
    rank = pd.Series(revenue).rank(pct=True)
    value = pd.DataFrame(
        {
            "account_id": ids,
            "days_since_last": days,
            "frequency": rng.integers(1, 60, n),
            "monetary_value": revenue / 9,
            "revenue_12m": revenue,
            "revenue_prev_12m": np.where(segment == 5, np.nan, previous),
            "margin_12m": (revenue * 0.28).round(2),
            "tenure_days": rng.integers(30, 1500, n),
            "abc_class": np.where(rank > 0.8, "A", np.where(rank > 0.5, "B", "C")),
            "abc_margin_class": "B",
            "xyz_class": "Y",
            "revenue_share": revenue / revenue.sum(),
            "cumulative_share": 0.5,
            "r_score": 3,
            "f_score": 3,
            "m_score": 3,
            "growth": np.where(segment == 5, np.nan, growth),
            "regularity": 0.4,
            "is_contactable": np.arange(n) % 7 != BLOCKED,
            "expected_revenue_12m": (revenue * 1.05).round(2),
            "expected_low": (revenue * 0.7).round(2),
            "expected_high": (revenue * 1.5).round(2),
            "churn_probability": np.where(revenue > 0, np.minimum(days / 400, 0.9), np.nan).round(6),
            "potential": (revenue * 2.5).round(2),
            "share_of_wallet": np.where(revenue > 0, 0.4, np.nan),
        }
    ).reindex(columns=list(TABLES["account_value"].columns))
    return {
        "run_period": period_table(as_of, quarter, is_complete, money_source),
        "account_value": value,
        "accounts": accounts_table(ids, names, rng),
        "segments": segments_table(ids, segment, quarter),
        "segment_register": register_table(quarter),
    }


def period_table(as_of: pd.Timestamp, quarter: str, is_complete: bool, money_source: str) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "quarter": [quarter],
            "start": [as_of - pd.Timedelta(days=91)],
            "end": [as_of],
            "as_of": [as_of],
            "first_money_date": [as_of - pd.Timedelta(days=1500)],
            "last_money_date": [as_of],
            "is_complete": [is_complete],
            "money_source": [money_source],
            "history_days": [1500],
        }
    )


def segments_table(ids: list[str], segment: np.ndarray, quarter: str) -> pd.DataFrame:
    codes = [SEGMENTS[s][0] for s in segment]
    return pd.DataFrame(
        {
            "segmentation_id": "value",
            "unit_id": ids,
            "account_id": ids,
            "segment_id": codes,
            "segment_name": [SEGMENTS[s][1] for s in segment],
            "confidence": 1.0,
            "method": "grid",
            "is_manual": False,
            "model_segment_id": codes,
            "kept_segment_id": codes,
            "previous_segment_id": codes,
            "since_quarter": quarter,
            "is_contactable": np.arange(len(ids)) % 7 != BLOCKED,
        }
    )


def register_table(quarter: str) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "segmentation_id": "value",
            "segment_id": [s[0] for s in SEGMENTS],
            "name_de": [s[1] for s in SEGMENTS],
            "name_en": [s[2] for s in SEGMENTS],
            "colour": SEGMENT_COLOURS[: len(SEGMENTS)],
            "first_quarter": quarter,
            "last_quarter": quarter,
            "came_from": None,
            "status": "active",
        }
    )


def accounts_table(ids: list[str], names: list[str], rng: np.random.Generator) -> pd.DataFrame:

    frame = pd.DataFrame(
        {
            "account_id": ids,
            "name": names,
            "city": rng.choice(TOWNS, len(ids)),
            "owner_id": rng.choice(["V01", "V02", "V03"], len(ids)),
            "is_contactable": np.arange(len(ids)) % 7 != BLOCKED,
        }
    )
    return frame.reindex(columns=list(TABLES["accounts"].columns))


def quarter_end(quarter: str) -> dt.date:
    from segkit.quarters import Quarter

    return Quarter.parse(quarter).end
