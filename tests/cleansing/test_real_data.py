"""Published figures of real exports, read through the front door and cleansed."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from segkit.cleansing import clean_tables
from segkit.engines import connect
from segkit.project import Project
from segkit.quarters import Quarter
from segkit.sources.propose import propose, write_project
from segkit.sources.reading import read_sources

ONLINE_RETAIL = """
name: Online Retail
currency: GBP
sources:
  invoices:
    - files: {data}/online_retail/invoices_2009-12_2010-12.parquet
      columns: {{account_id: Customer ID, invoice_id: Invoice, invoice_date: InvoiceDate, product_id: StockCode,
                quantity: Quantity, revenue: Quantity * Price}}
    - files: {data}/online_retail/2010-12_2011-12/*.csv.gz
      columns: {{account_id: CustomerID, invoice_id: InvoiceNo, invoice_date: InvoiceDate, product_id: StockCode,
                quantity: Quantity, revenue: Quantity * UnitPrice}}
"""
MAVEN = """
name: Maven
currency: USD
sources:
  accounts: {{files: {data}/maven_crm/accounts.csv, columns: {{account_id: account, name: account}}}}
  opportunities:
    files: {data}/maven_crm/sales_pipeline.csv
    columns: {{opportunity_id: opportunity_id, account_id: account, product_id: product, stage: deal_stage,
              created_date: engage_date, close_date: close_date, amount: close_value}}
"""
ACTIVE = [955, 1803, 2047, 2060, 2670, 1776, 1991, 2161, 2560]
TODAY = dt.date(2026, 11, 15)


def cleansed(folder, settings, data, quarter):
    (folder / "project.yml").write_text(settings.format(data=data.as_posix()), encoding="utf-8")
    project = Project(folder)
    con = connect(threads=2)
    report = read_sources(con, project.source_files(project.quarter(quarter)), project.settings.sources)
    clean_tables(con, project.quarter(quarter), reading_log=report.log, today=TODAY)
    return con


@pytest.fixture(scope="module")
def retail(real_data, tmp_path_factory):
    with cleansed(tmp_path_factory.mktemp("retail"), ONLINE_RETAIL, real_data, "2011Q4") as con:
        yield con


def ask(con, sql):
    return con.execute(sql).fetchall()


def steps(con):
    return {
        step: (n, money)
        for step, n, money in ask(
            con, "SELECT step, sum(n_rows), sum(revenue) FROM reconciliation WHERE \"table\" = 'invoices' GROUP BY 1"
        )
    }


def test_overlap_of_two_deliveries_counts_once(retail):
    found = steps(retail)
    assert found["in"][0] == 525_461 + 541_909
    assert found["excluded_duplicate"][0] == 22_523
    assert found["in"][0] - found["excluded_duplicate"][0] == 1_044_847
    assert ask(retail, "SELECT count(*) FROM cleaning_log WHERE rule = 'duplicate_line'") == [(1_088,)]
    assert ask(retail, "SELECT count(DISTINCT account_id) FROM invoices") == [(5_942,)]
    assert ask(retail, "SELECT count(*) FROM accounts") == [(5_942,)]


def test_lines_without_customer_and_their_money(retail):
    n, money = steps(retail)["quarantined_no_account"]
    assert n == 235_287
    assert round(money) == 2_566_093
    assert ask(retail, "SELECT count(*) FROM quarantine WHERE reason = 'no_account'") == [(235_287,)]


def test_money_agrees_to_the_cent(retail):
    found = steps(retail)
    assert found.pop("in")[1] == sum(money for _, money in found.values())


def test_clean_second_year_is_the_published_one(retail):
    assert ask(retail, """
        SELECT count(*), round(sum(revenue), 2), count(DISTINCT account_id) FROM invoices
        WHERE invoice_date >= '2010-12-01' AND quantity > 0 AND revenue > 0 AND invoice_id NOT LIKE 'C%'
    """) == [(397_884, Decimal("8911407.90"), 4_338)]  # fmt: skip


def test_active_customers_per_quarter(retail):
    found = ask(retail, "SELECT count(DISTINCT account_id) FROM invoices WHERE quantity > 0 AND revenue > 0 "
                        "GROUP BY year(invoice_date), quarter(invoice_date) ORDER BY min(invoice_date)")  # fmt: skip
    assert [n for (n,) in found] == ACTIVE


def test_kinds_of_lines(retail):
    kinds = {kind: (n, low, high) for kind, n, low, high in ask(
        retail, "SELECT line_type, count(*), min(revenue), max(revenue) FROM invoices GROUP BY 1")}  # fmt: skip
    assert set(kinds) == {"sale", "return", "charge", "free"}
    assert kinds["return"][2] < 0 < kinds["sale"][1]
    assert kinds["charge"][0] == 3_397, "POST, DOT, M, D, BANK CHARGES and the like"


def test_last_quarter_is_incomplete(retail):
    assert ask(retail, "SELECT as_of, first_money_date, is_complete FROM run_period") == [
        (dt.date(2011, 12, 9), dt.date(2009, 12, 1), False)
    ]


def test_earlier_quarter_from_the_same_exports(retail):
    """Cleanses the tables that are there once more, for a quarter in the middle."""
    again = retail.cursor()
    for quarter, is_complete in (("2009Q4", False), ("2010Q3", True)):
        clean_tables(again, Quarter.parse(quarter), today=TODAY)
        assert ask(again, "SELECT is_complete, as_of FROM run_period") == [(is_complete, Quarter.parse(quarter).end)]
        assert ask(again, "SELECT max(invoice_date) <= (SELECT as_of FROM run_period) FROM invoices") == [(True,)]
        found = steps(again)
        assert found.pop("in")[1] == sum(money for _, money in found.values())


def test_won_deals_of_a_crm_stand_in(real_data, tmp_path):
    with cleansed(tmp_path, MAVEN, real_data, "2017Q4") as con:
        assert ask(con, "SELECT count(*), sum(revenue) FROM invoices") == [(4_238, Decimal(10_005_534))]
        assert ask(con, "SELECT money_source, is_complete FROM run_period") == [("opportunities", True)]
        stages = dict(ask(con, "SELECT stage, count(*) FROM opportunities GROUP BY 1"))
        assert stages == {"won": 4_238, "lost": 2_473, "Engaging": 1_589, "Prospecting": 500}


def proposed(folder, *files):
    """A project as `segkit init` writes it, without a change."""
    write_project(folder, propose(folder, files))
    return Project(folder)


@pytest.fixture(scope="module")
def stations(real_data, tmp_path_factory):
    """Charging stations: seven deliveries of changing shape, and the list of one city."""
    return proposed(tmp_path_factory.mktemp("stations"), real_data / "de_ladesaeulen")


def test_seven_deliveries_of_changing_shape_are_one_series(stations):
    """Each quarter takes the delivery after its end, whatever its columns are called."""
    chosen = {}
    for text in ("2017Q1", "2017Q2", "2017Q3", "2017Q4", "2018Q1", "2018Q2", "2018Q3", "2019Q1"):
        files = stations.source_files(stations.quarter(text))
        assert len({f.name for f in files}) == 2, "one delivery of the register, and the city's list"
        (chosen[text],) = {str(f.delivery) for f in files if f.delivery}
    days = "2017-04-11 2017-07-14 2017-10-18 2018-01-15 2018-05-07 2018-08-09 2018-12-06 2018-12-06"
    assert list(chosen.values()) == days.split()


def test_operators_of_charging_stations_grow_from_249_to_918(stations):
    operators = []
    for text in ("2017Q1", "2017Q2", "2018Q3"):
        quarter, con = stations.quarter(text), connect(threads=2)
        report = read_sources(con, stations.source_files(quarter), stations.settings.sources)
        clean_tables(con, quarter, reading_log=report.log, today=TODAY)
        of_register = "source LIKE '%Datenbankauszug%' AND step IN ('used', 'excluded_linked')"
        operators += ask(con, f"SELECT count(*) FROM rows_accounts WHERE {of_register}")[0]
        sites = ask(con, "SELECT count(*), count(site_id) FROM rows_installed_base WHERE source LIKE '%Daten%'")[0]
        assert sites[1] / sites[0] > 0.99, "sites are found under Standort and under Adresse"
        assert ask(con, "SELECT money_source FROM run_period") == [("none",)]
        con.close()
    assert operators[0] == 249 and operators[2] == 918 and operators[0] < operators[1] < operators[2]


def test_grants_stand_as_invoices_and_agree_with_the_stated_totals(real_data, tmp_path):
    """Two reports with another header each and two number formats in one column; their first rows state the totals."""
    project = proposed(tmp_path, real_data / "de_hh_zuwendungen")
    quarter, con = project.quarter("2012Q4"), connect(threads=2)
    report = read_sources(con, project.source_files(quarter), project.settings.sources)
    clean_tables(con, quarter, reading_log=report.log, today=TODAY)
    came = "SELECT source, n_rows, revenue FROM reconciliation WHERE step = 'in' ORDER BY source"
    assert [(name[-9:], n, money) for name, n, money in ask(con, came)] == [
        ("2011.xlsx", 4_941, Decimal("892152355.55")),
        ("2013.xlsx", 4_694, Decimal("1072859670.89")),
    ]
    found = steps(con)
    assert found["used"] == found["in"], "not a grant is lost"
    con.close()
