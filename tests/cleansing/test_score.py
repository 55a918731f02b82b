"""Each dimension of the score, checked by hand on small tables."""

from __future__ import annotations

import pandas as pd
import pytest

from segkit.cleansing.rows import make_empty
from segkit.cleansing.score import write_scores
from segkit.tables import TABLES

USED = ("data_quality", "cleaning_rules", "proposals", "missing_values", "duplicates", "match_model", "account_links",
        "freshness", "reconciliation", "control_totals")  # fmt: skip


@pytest.fixture
def fill(con):
    """Fill a result table with rows of column → value; numbers 0, texts x and flags false where a row is silent."""
    for name in USED:
        make_empty(con, name)

    def put(table: str, *rows: dict) -> None:
        usual = {"int": 0, "float": 0, "money": 0, "bool": False, "date": "2026-01-01"}
        columns = TABLES[table].columns.values()
        for row in rows:
            full = {c.name: row.get(c.name, None if c.is_nullable else usual.get(c.type, "x")) for c in columns}
            marks = ", ".join("?" for _ in full)
            con.execute(f"INSERT INTO {table} VALUES ({marks})", list(full.values())).fetchall()

    return put


@pytest.fixture
def scores(con):
    def read(previous: pd.DataFrame | None = None) -> dict[str, tuple]:
        write_scores(con, previous)
        rows = con.execute("SELECT dimension, n_checked, n_bad, score, previous_score FROM quality_scores").fetchall()
        return {row[0]: row[1:] for row in rows}

    return read


def missing(column: str, n_bad: int) -> dict:
    return {"table": "accounts", "column": column, "check": "missing", "n_rows": 10, "n_bad": n_bad}


def test_what_cannot_be_measured_has_no_score(fill, scores):
    found = scores()
    assert set(found) == {
        "completeness", "validity", "uniqueness", "freshness", "linkage", "money", "total"}  # fmt: skip
    assert all(row == (None, None, None, None) for row in found.values())


def test_completeness_takes_the_better_of_industry_and_its_code_and_columns_that_nobody_needs_not_at_all(fill, scores):
    fill("data_quality", missing("name", 0), missing("city", 2), missing("industry", 4), missing("industry_code", 10))
    fill("data_quality", missing("team", 10), {**missing("name", 9), "table": "contacts"})
    assert scores()["completeness"] == (30, 6, 80.0, None)


def test_validity_counts_proposals_that_are_not_refused_and_impossible_values(fill, scores):
    doubtful = {"kind": "doubtful", "column": "city", "n_rows": 90}
    fill("cleaning_rules", {**doubtful, "rule": "a", "n_proposed": 4}, {**doubtful, "rule": "b", "n_proposed": 1})
    fill("cleaning_rules", {"kind": "safe", "rule": "c", "n_rows": 99})
    fill("proposals", {"status": "refused"}, {"status": "open", "record_id": "2"})
    fill("missing_values", {"reason": "impossible", "n_missing": 2}, {"reason": "empty", "n_missing": 50})
    fill("data_quality", {"table": "contacts", "check": "unreadable_bad_date", "n_rows": 10, "n_bad": 4})
    fill("data_quality", {"table": "invoices", "check": "future_date", "n_rows": 900, "n_bad": 4})
    assert scores()["validity"] == (100, 10, 90.0, None)


def test_one_record_in_each_of_two_systems_is_no_duplicate(fill, scores):
    fill("account_links", *({"source_id": str(i), "how": "own"} for i in range(8)))
    fill("account_links", {"source_id": "9", "how": "external"})
    pair = {"account_id_a": "1", "probability": 1, "system_a": "crm"}
    fill("duplicates", {**pair, "account_id_b": "2", "status": "merged", "system_b": "crm"})
    fill("duplicates", {**pair, "account_id_b": "3", "status": "merged", "system_b": "erp"})
    fill("duplicates", {**pair, "account_id_b": "4", "status": "review", "system_b": "erp"})
    fill("duplicates", {**pair, "account_id_b": "5", "status": "apart", "system_b": "crm"})
    assert scores()["uniqueness"] == (8, 2, 75.0, None)


def test_values_whose_day_nobody_knows_are_neither_fresh_nor_stale(fill, scores):
    known = {"known_date": "2020-01-01", "column": "employees"}
    fill("freshness", {**known, "is_stale": True}, {**known, "account_id": "2"}, {"account_id": "3"})
    assert scores()["freshness"] == (2, 1, 50.0, None)


def test_linkage(fill, scores):
    fill("data_quality", {"check": "unknown_reference", "n_rows": 30, "n_bad": 2}, {"check": "duplicate", "n_rows": 99})
    fill("data_quality", {"check": "not_delivered", "n_rows": 10, "n_bad": 2})
    assert scores()["linkage"] == (40, 4, 90.0, None)


def test_money_takes_the_worse_of_rows_and_money_and_what_controlling_misses(fill, scores):
    step = {"table": "invoices"}
    fill("reconciliation", {**step, "step": "in", "n_rows": 100, "revenue": 1000})
    fill("reconciliation", {**step, "step": "quarantined_no_account", "n_rows": 1, "revenue": -50})
    fill("control_totals", {"fiscal_year": 2024, "controlling": 400, "deviation": -10})
    fill("control_totals", {"fiscal_year": 2025, "controlling": 600, "deviation": 40, "is_partial": True})
    assert scores()["money"] == (100, 1, pytest.approx(100 * (0.95 - 10 / 400)), None)


def test_the_total_is_the_mean_of_what_is_measured_beside_last_quarters(fill, scores):
    fill("data_quality", missing("name", 1), {"check": "unknown_reference", "n_rows": 10, "n_bad": 3})
    before = pd.DataFrame({"dimension": ["completeness", "money", "total"], "score": [70.0, float("nan"), 71.5]})
    found = scores(before)
    assert (found["completeness"], found["linkage"]) == ((10, 1, 90.0, 70.0), (10, 3, 70.0, None))
    assert found["money"] == (None, None, None, None) and found["total"] == (None, None, 80.0, 71.5)
