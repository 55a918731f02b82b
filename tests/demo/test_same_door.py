"""The sample company goes through the same door as real data: read, cleansed, reconciled, agreed with controlling."""

import datetime as dt

import pandas as pd
import pytest

from segkit.cleansing import clean_tables
from segkit.demo import simulate, write_demo
from segkit.demo.oracle import agreement, score
from segkit.engines import connect
from segkit.project import Project
from segkit.sources.reading import read_sources

from .product_grid import product_grid

TODAY = dt.date(2026, 11, 2)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    target = tmp_path_factory.mktemp("door") / "sample"
    write_demo(target)
    return target


@pytest.fixture(scope="module")
def con(folder):
    project = Project(folder)
    quarter, settings = project.quarter("2026Q3"), project.settings
    connection = connect()
    report = read_sources(connection, project.source_files(quarter), settings.sources)
    clean_tables(
        connection, quarter, settings.cleansing, settings.scope, settings.control_totals, report.log, today=TODAY
    )
    yield connection
    connection.close()


def frame(con, sql: str) -> pd.DataFrame:
    return con.execute(sql).df()


def test_controlling_and_invoices_agree_to_the_cent(con):
    totals = frame(con, "SELECT * FROM control_totals WHERE controlling IS NOT NULL ORDER BY fiscal_year")
    assert totals["fiscal_year"].tolist() == [2022, 2023, 2024, 2025]
    assert (totals["deviation"] == 0).all()
    assert not totals["is_partial"].any()


def test_what_is_wrong_with_the_lines_is_found(con):
    steps = frame(
        con, "SELECT step, sum(n_rows)::INT AS n FROM reconciliation WHERE \"table\" = 'invoices' GROUP BY step"
    )
    n = steps.set_index("step")["n"].to_dict()
    assert n["quarantined_bad_number"] == 3
    assert n["quarantined_bad_date"] == 2
    assert n["quarantined_id_damaged"] == 2
    assert n["quarantined_no_account"] == 1100
    assert n["later"] == 1  # dated 2062
    assert n["excluded_duplicate"] > 500
    assert n["excluded_charge"] > 3000
    assert {"excluded_scope_one_time", "excluded_scope_staff", "excluded_scope_intercompany"} <= set(n)


def test_the_last_quarter_is_complete(con):
    period = frame(con, "SELECT * FROM run_period").iloc[0]
    assert period["is_complete"]
    assert str(period["as_of"])[:10] == "2026-09-30"
    assert period["money_source"] == "invoices"


def test_revenue_by_account_is_what_was_simulated(con, folder):
    """Whoever the records of one company were merged to: what was booked on the second number is the company's."""
    sample = simulate()
    second = sample.duplicates.set_index("duplicate_id")["account_id"]
    true = sample.lines[sample.lines["kind"] != "freight"].groupby("account_id")["revenue_cents"].sum()
    found = frame(con, "SELECT account_id, sum(revenue)::DOUBLE AS revenue FROM invoices GROUP BY 1")
    company = found["account_id"].map(second).fillna(found["account_id"])
    cents = (found["revenue"] * 100).round().astype("int64").groupby(company).sum()
    assert set(cents.index) == set(true.index)
    differs = cents[cents != true.reindex(cents.index)]
    assert len(differs) <= 12  # the damaged lines, and cancellations that follow in the next quarter


def test_every_table_is_filled(con):
    for table in ("accounts", "contacts", "products", "opportunities", "leads", "campaigns", "engagements", "tickets",
                  "contracts", "surveys", "care_costs", "installed_base"):  # fmt: skip
        assert frame(con, f"SELECT count(*) AS n FROM {table}")["n"].item() > 30, table
    assert frame(con, "SELECT count(*) AS n FROM opportunities WHERE is_won")["n"].item() > 300
    typed = frame(con, "SELECT count(employees) AS n, count(employees_date) AS m, count(consent) AS c FROM accounts")
    assert (typed.iloc[0] > 900).all()


def test_the_value_grid_finds_nine_tenths_of_what_the_oracle_finds(con):
    sample = simulate()
    assert agreement(sample, product_grid(con, "2026Q3")) >= 0.90 * score(sample)
