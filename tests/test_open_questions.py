"""What a run leaves open, in sentences: `segkit status` shows them, `segkit release` repeats them."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
import tiny

from segkit.open_questions import open_questions
from segkit.project import Project
from segkit.store import write_frame
from segkit.tables import TABLES

PAIR = {"account_id_a": "1", "probability": 0.8, "is_new": True}
REPAIR = {"table": "accounts", "source": "kunden.csv", "rule": "typo", "reason": "repairs.typo"}


def put(project: Project, name: str, rows: list[dict]) -> None:
    columns = {column: pd.Series([row.get(column) for row in rows]) for column in TABLES[name].columns}
    write_frame(project.run_folder("2026Q1") / "tables" / f"{name}.parquet", pd.DataFrame(columns), name)


@pytest.fixture
def project(tmp_path: Path) -> Project:
    tiny.write_project(tmp_path)
    return Project(tmp_path)


def test_an_earlier_run_without_these_tables_leaves_nothing_open(project):
    assert open_questions(project, project.quarter("2026Q1")) == []


def test_pairs_in_review_and_open_repairs_are_counted_with_the_money_of_each_record_once(project):
    put(
        project,
        "duplicates",
        [
            PAIR | {"account_id_b": "2", "status": "review", "revenue": 1000.0},
            PAIR | {"account_id_b": "4", "status": "review", "revenue": 1000.0},
            PAIR | {"account_id_b": "3", "status": "merged", "revenue": 5000.0},
        ],
    )
    put(
        project,
        "proposals",
        [
            REPAIR | {"record_id": "1", "column": "city", "status": "open", "revenue": None},
            REPAIR | {"record_id": "1", "column": "vat_id", "status": "accepted", "revenue": None},
        ],
    )
    assert open_questions(project, project.quarter("2026Q1")) == [
        "2 pair(s) of accounts may be one customer, with €1,000 of revenue in 12 months: decide in the review of "
        "notebook 01",
        "1 doubtful value(s) wait for a decision: decide in the review of notebook 01",
    ]


def test_a_year_that_is_not_controllings_comes_first(project):
    year = {"delivered": 900.0, "used": 900.0, "is_partial": False}
    off = year | {"fiscal_year": 2025, "controlling": 1000.0, "deviation_pct": -0.1, "is_off": True}
    put(project, "control_totals", [off, year | {"fiscal_year": 2024, "is_off": False}])
    assert open_questions(project, project.quarter("2026Q1")) == [
        "revenue of 2025 is 10.0% below controlling's total: page 01 says what would explain it"
    ]
