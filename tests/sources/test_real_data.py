from decimal import Decimal as D

import pytest

from segkit.engines import connect
from segkit.settings.sources import Sources
from segkit.sources.files import read_file
from segkit.sources.propose import propose
from segkit.sources.reading import read_sources

from .conftest import list_files


def read_proposed(proposal, folder):
    """Read what was proposed, without a change."""
    sources, con = Sources.model_validate(proposal.sources()), connect()
    report = read_sources(con, list_files(sources, folder), sources)
    return con, report


@pytest.fixture
def project(tmp_path, real_data):
    """A project folder in which the real data lie as `data`."""
    (tmp_path / "data").symlink_to(real_data.resolve(), target_is_directory=True)
    return tmp_path


def inside(proposal, real_data):
    """Make the full paths of a proposal relative, so that a plain glob finds them."""
    root = real_data.resolve().as_posix()
    for entry in proposal.entries:
        entry.files[:] = [pattern.replace(root, "data") for pattern in entry.files]
    return proposal


def test_both_deliveries_of_online_retail_are_proposed_and_read(project, real_data):
    proposal = inside(propose(project, [real_data / "online_retail"]), real_data)
    columns = {tuple(entry["columns"].values()) for entry in proposal.sources()["invoices"]}
    assert columns == {
        ("Customer ID", "Invoice", "InvoiceDate", "StockCode", "Quantity", "Quantity * Price"),
        ("CustomerID", "InvoiceNo", "InvoiceDate", "StockCode", "Quantity", "Quantity * UnitPrice"),
    }
    con, report = read_proposed(proposal, project)
    clean = "account_id IS NOT NULL AND quantity > 0 AND revenue > 0 AND NOT starts_with(invoice_id, 'C')"
    second = "source LIKE 'invoices_201_-__.csv.gz'"
    query = f"""
        SELECT count(*), count(*) FILTER ({second}), count(*) FILTER ({second} AND {clean}),
            sum(revenue) FILTER ({second} AND {clean}), count(DISTINCT account_id) FILTER ({second}),
            count(DISTINCT account_id) FROM raw_invoices"""
    assert con.sql(query).fetchall() == [(1_067_370, 541_909, 397_884, D("8911407.9040"), 4372, 5942)]
    assert con.sql("SELECT count(*) FROM unreadable_invoices").fetchall() == [(0,)]
    assert set(report.files["date_format"]) == {"yyyy-mm-dd"}


def test_northwind_adds_up_from_two_files(project, real_data):
    proposal = inside(propose(project, [real_data / "northwind"]), real_data)
    assert [entry.table for entry in proposal.entries] == ["invoices", "accounts", "products"]
    con, report = read_proposed(proposal, project)
    found = con.sql("SELECT count(*), round(sum(revenue), 2), count(DISTINCT account_id) FROM raw_invoices").fetchall()
    assert found == [(2155, D("1265793.04"), 89)]
    assert con.sql("SELECT count(*) FROM raw_accounts WHERE region IS NULL").fetchall() == [(60,)]
    assert report.log.set_index(["column", "rule"]).loc[("region", "placeholder"), "n_rows"] == 60


def test_maven_crm_has_won_opportunities_and_names_as_keys(project, real_data):
    proposal = inside(propose(project, [real_data / "maven_crm"]), real_data)
    sources = proposal.sources()
    assert set(sources) == {"accounts", "products", "opportunities"}
    assert sources["accounts"][0]["columns"]["account_id"] == "account"
    con, _ = read_proposed(proposal, project)
    found = con.sql("SELECT count(*), sum(amount) FROM raw_opportunities WHERE stage = 'Won'").fetchall()
    assert found == [(4238, D("10005534"))]
    assert con.sql("SELECT count(*) FROM raw_opportunities WHERE account_id IS NULL").fetchall() == [(1425,)]


@pytest.mark.parametrize(
    ("pattern", "header_row", "n_rows", "first"),
    [
        ("de_ladesaeulen/*00__*.xlsx", 5, 1784, "Betreiber"),
        ("de_ladesaeulen/*18__*.xlsx", 5, 6956, "Betreiber"),
        ("de_ladesaeulen/*.csv", 1, 292, "Betreiber"),
        ("de_hh_zuwendungen/*2011.xlsx", 2, 4941, "INEZ-Nummer"),
        ("de_hh_zuwendungen/*2013.xlsx", 2, 4694, "INEZ-Nummer"),
        ("de_datev/EXTF_Buchungsstapel.csv", 2, 2, "Umsatz (ohne Soll/Haben-Kz)"),
        ("de_datev/EXTF_Stammdaten.csv", 2, 4, "Konto"),
    ],
)
def test_german_files_as_they_come(real_data, pattern, header_row, n_rows, first):
    path = next(real_data.glob(pattern))
    grid = read_file(path, path.name)[0]
    assert (grid.header_row, grid.cells.num_rows, grid.headers[0]) == (header_row, n_rows, first)
    assert not grid.unreadable


def test_numbers_and_dates_of_the_charging_stations_of_cologne(real_data, tmp_path):
    folder = real_data / "de_ladesaeulen"
    columns = {
        "account_id": "Betreiber",
        "invoice_date": "Inbetriebnahmedatum",
        "revenue": "Breitengrad",
        "quantity": "Anzahl Ladepunkte",
    }
    spec = {"invoices": {"files": "*Koeln.csv", "columns": columns}}
    sources, con = Sources.model_validate(spec), connect()
    report = read_sources(con, list_files(sources, folder), sources)
    row = report.files.iloc[0]
    assert (row["encoding"], row["delimiter"], row["decimal"], row["date_format"]) == (
        "utf-8",
        ";",
        "comma",
        "dd.mm.yyyy",
    )
    low, high, n = con.sql("SELECT min(revenue), max(revenue), count(*) FROM raw_invoices").fetchall()[0]
    assert 50 < low < high < 52 and n == 292
