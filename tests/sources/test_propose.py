import re
from decimal import Decimal as D

import pytest
import yaml

from segkit.engines import connect
from segkit.errors import UserError
from segkit.settings import read_settings
from segkit.settings.sources import Sources
from segkit.sources.persons import may_be_person
from segkit.sources.propose import propose, write_project
from segkit.sources.reading import read_sources

from .conftest import list_files

MONEY = (
    "Kunde;Datum;Beleg;Betrag\nMüller GmbH;01.02.2024;R1;1.234,50\n"
    "Ärger AG;15.02.2024;R2;-12,00\nMüller GmbH;28.03.2024;R3;9,90\n"
)


def write(folder, **files: str):
    paths = []
    for name, content in files.items():
        path = folder / name.replace("__", "/").replace("_csv", ".csv")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, encoding="utf-8")
        paths.append(path)
    return paths


def test_four_columns_are_enough(tmp_path):
    proposal = propose(tmp_path, write(tmp_path, raw__umsatz_csv=MONEY))
    assert proposal.sources() == {
        "invoices": [
            {
                "files": "raw/umsatz.csv",
                "columns": {"account_id": "Kunde", "invoice_id": "Beleg", "invoice_date": "Datum", "revenue": "Betrag"},
            }
        ]
    }


def test_files_of_one_kind_become_one_pattern(tmp_path):
    paths = write(tmp_path, umsatz_2023_csv=MONEY, umsatz_2024_csv=MONEY)
    assert propose(tmp_path, paths).entries[0].files == ["umsatz_*.csv"]


def test_deliveries_become_one_pattern(tmp_path):
    files = {"raw__2024-01-01__umsatz_csv": MONEY, "raw__2024-04-01__umsatz_csv": MONEY}
    assert propose(tmp_path, write(tmp_path, **files)).entries[0].files == ["raw/*/umsatz.csv"]


def test_a_pattern_takes_no_file_that_was_not_given(tmp_path):
    paths = write(tmp_path, umsatz_2023_csv=MONEY, umsatz_2024_csv=MONEY, umsatz_alt_csv=MONEY)
    assert propose(tmp_path, paths[:2]).entries[0].files == ["umsatz_2023.csv", "umsatz_2024.csv"]


def test_files_elsewhere_are_named_in_full(tmp_path):
    paths = write(tmp_path / "elsewhere", umsatz_csv=MONEY)
    assert propose(tmp_path / "project", paths).entries[0].files == [paths[0].resolve().as_posix()]


def test_the_account_key_is_the_column_that_the_invoices_use(tmp_path):
    accounts = "Nummer;Firma;Ort\n1;Müller GmbH;Köln\n2;Ärger AG;Bonn\n"
    proposal = propose(
        tmp_path, write(tmp_path, umsatz_csv=MONEY, kunden_csv=accounts.replace("Nummer", "Kundennummer"))
    )
    assert proposal.sources()["accounts"][0]["columns"]["account_id"] == "Firma"


def test_orders_and_their_lines_are_joined(tmp_path):
    orders = "orderID,customerID,orderDate,freight\n" + "".join(
        f"{i},C{i % 4},2024-01-{i + 1:02d},{i}.50\n" for i in range(20)
    )
    lines = "orderID,productID,unitPrice,quantity\n" + "".join(f"{i // 2},{i % 5},{i}.50,2\n" for i in range(40))
    source = propose(tmp_path, write(tmp_path, orders_csv=orders, order_details_csv=lines)).sources()["invoices"][0]
    assert (source["from"], source["on"]) == (["orders.csv", "order_details.csv"], "orderID")
    assert source["columns"]["revenue"] == "quantity * unitPrice"
    assert source["columns"]["invoice_date"] == "orderDate"


def test_project_yml_is_readable_and_valid_and_never_overwritten(tmp_path):
    folder = tmp_path / "muster_gmbh"
    proposal = propose(folder, write(tmp_path, umsatz_csv=MONEY))
    told = write_project(folder, proposal)
    text = (folder / "project.yml").read_text(encoding="utf-8")
    document = yaml.safe_load(text)
    assert document["name"] == "Muster Gmbh"
    assert list(Sources.model_validate(document["sources"])) == ["invoices"]
    assert "# 91%: 1.234,50, -12,00, 9,90" in text
    assert any("segkit check" in line for line in told)
    with pytest.raises(UserError, match="exists already and is never overwritten"):
        write_project(folder, proposal)
    assert (folder / "project.yml").read_text(encoding="utf-8") == text


def test_no_examples_of_persons_are_written(tmp_path):
    contacts = "Personen-Nr.;Kundennummer;Vorname;Nachname;E-Mail\n" + "".join(
        f"P{i};K{i};Erika{i};Muster{i};e{i}@x.example\n" for i in range(9)
    )
    write_project(tmp_path / "p", propose(tmp_path / "p", write(tmp_path, umsatz_csv=MONEY, kontakte_csv=contacts)))
    text = (tmp_path / "p" / "project.yml").read_text(encoding="utf-8")
    assert "last_name: Nachname" in text and "Muster1" not in text and "@" not in text


@pytest.mark.parametrize("name", ["Sabine Mustermann", "Dr. Erika von Muster", "Muster, Erika"])
def test_names_that_may_be_persons_are_no_examples(name):
    assert may_be_person(name)


@pytest.mark.parametrize("name", ["Müller GmbH", "innogy SE", "Stadtwerke Bonn", "A e. V.", "Meyer & Sohn", "K100"])
def test_names_of_companies_and_numbers_are_examples(name):
    assert not may_be_person(name)


def test_a_sole_trader_is_no_example_of_an_account(tmp_path):
    rows = "1;Erika Muster;Köln\n2;Müller GmbH;Bonn\n"
    paths = write(tmp_path, umsatz_csv=MONEY, kunden_csv=f"Kundennummer;Firma;Ort\n{rows}")
    write_project(tmp_path / "p", propose(tmp_path / "p", paths))
    text = (tmp_path / "p" / "project.yml").read_text(encoding="utf-8")
    assert "Erika" not in text and re.search(r"name: Firma +# \d+%: Müller GmbH", text)


def test_files_that_hold_no_money_are_refused_with_what_is_missing(tmp_path):
    with pytest.raises(UserError) as error:
        propose(tmp_path, write(tmp_path, regionen_csv="region;manager\nNord;A\nSüd;B\n"))
    text = str(error.value)
    assert "a date, an account and an amount are needed" in text
    assert "regionen.csv: as invoices it lacks invoice_date, revenue, account_id" in text


def test_missing_and_empty_files_are_named_together(tmp_path):
    with pytest.raises(UserError, match="there is no such file"):
        propose(tmp_path, [tmp_path / "gone.csv"])
    with pytest.raises(UserError, match="leer.csv is empty"):
        propose(tmp_path, write(tmp_path, leer_csv="", umsatz_csv=MONEY))


STATIONS = (
    "Betreiber;Standort;Art der Ladeeinrichtung\n"
    "Stadtwerke A;Markt 1;Normal\nStadtwerke A;Ring 2;Schnell\nB GmbH;Weg 3;Normal\n"
)
LATER = (
    "Betreiber;Adresse;Inbetriebnahmedatum;Art der Ladeeinrichtung\n"
    "Stadtwerke A;Markt 1;01.02.2017;Normal\nC AG;Allee 4;15.03.2018;Schnell\n"
)


def test_lists_without_money_give_the_accounts_that_they_name(tmp_path):
    proposal = propose(tmp_path, write(tmp_path, saeulen_csv=STATIONS))
    assert proposal.sources() == {
        "accounts": [{"files": "saeulen.csv", "columns": {"account_id": "Betreiber", "name": "Betreiber"}}],
        "installed_base": [
            {
                "files": "saeulen.csv",
                "columns": {
                    "account_id": "Betreiber",
                    "site_id": "Standort",
                    "machine": "Art der Ladeeinrichtung",
                },
            }
        ],
    }
    told = write_project(tmp_path, proposal)
    assert any("only notebook 01 can run" in line for line in told)


def test_deliveries_whose_headers_changed_are_one_entry_with_all_headers(tmp_path):
    paths = write(tmp_path, **{"saeulen-2017-04-11_csv": STATIONS, "saeulen-2018-12-06_csv": LATER})
    entry = propose(tmp_path, paths).sources()["installed_base"][0]
    assert entry["files"] == "saeulen-*.csv"
    assert entry["columns"]["site_id"] == ["Adresse", "Standort"]
    assert entry["columns"]["built"] == ["Inbetriebnahmedatum", ""]


def test_what_was_proposed_for_changed_headers_reads_each_file_by_its_own(tmp_path):
    paths = write(tmp_path, **{"saeulen-2017-04-11_csv": STATIONS, "saeulen-2018-12-06_csv": LATER})
    sources, con = Sources.model_validate(propose(tmp_path, paths).sources()), connect()
    read_sources(con, list_files(sources, tmp_path), sources)
    rows = con.sql(
        "SELECT account_id, site_id, CAST(built AS VARCHAR) FROM raw_installed_base ORDER BY source, row_number"
    )
    assert rows.fetchall() == [
        ("Stadtwerke A", "Markt 1", None),
        ("Stadtwerke A", "Ring 2", None),
        ("B GmbH", "Weg 3", None),
        ("Stadtwerke A", "Markt 1", "2017-02-01"),
        ("C AG", "Allee 4", "2018-03-15"),
    ]


def test_a_unit_and_a_second_gender_in_a_header_do_not_hide_its_name(tmp_path):
    header = "Empfänger /-in;Zeitraum Von;Gesamtzuwendung (in EURO)"
    grants = f"{header}\nA e. V.;01.01.2012;75453\nB gGmbH;01.03.2012;1484400,10\n"
    columns = propose(tmp_path, write(tmp_path, bericht_csv=grants)).sources()["invoices"][0]["columns"]
    assert columns == {
        "account_id": "Empfänger /-in",
        "invoice_date": "Zeitraum Von",
        "revenue": "Gesamtzuwendung (in EURO)",
    }


BILLING = (
    "Faktura;Position;Fakturadatum;Auftraggeber;Regulierer;Vertriebsbelegtyp;Storniert;Material;Fakturierte Menge;"
    "Nettowert;Belegwährung;Umrechnungskurs;Lagerplatz\n"
    "90000001;10;01.07.2024;1;9;M;;M1;2;1.000,00;EUR;1,00000;x\n"
    "90000002;10;05.07.2024;2;9;O;;M1;1;200,00;EUR;1,00000;x\n"
    "90000003;10;09.07.2024;2;9;M;X;M1;1;50,00;EUR;1,00000;x\n"
)
COMPANIES = (
    "Record ID,Company name,Company Domain Name,Industry,Number of Employees,Company owner,Lifecycle Stage,"
    "ERP Kundennr.\n"
    "7001,Müller GmbH,mueller.example,MACHINERY,20,Erika Muster,customer,0000000001\n"
    "7002,Ärger AG,aerger.example,CHEMICALS,30,Max Muster,customer,0000000002\n"
)
KNA1 = (
    "KUNNR;NAME1;LAND1;PSTLZ;ORT01;KTOKD\n0000000001;Müller GmbH;DE;50667;Köln;0001\n0000000003;Diverse;DE;;Bonn;CPD\n"
    "0000000004;Tochter AG;DE;;Bonn;KUIC\n"
)
HEAD = "VBELN;FKDAT;KUNAG;VBTYP;FKSTO;WAERK;KURRF\n90000001;20240701;0000000001;M;;EUR;1.00000\n"
ITEMS = "VBELN;POSNR;MATNR;FKIMG;NETWR\n90000001;000010;M1;2.000;100.00\n90000001;000020;M2;1.000;50.00\n"


def test_a_billing_list_and_companies_of_a_crm_need_no_map(tmp_path):
    proposal = propose(tmp_path, write(tmp_path, vf05_csv=BILLING, companies_csv=COMPANIES))
    found = proposal.sources()
    assert found["invoices"] == [{"preset": "sap", "files": "vf05.csv"}]
    assert (found["accounts"][0]["preset"], found["accounts"][0]["files"]) == ("hubspot", "companies.csv")
    sources, con = Sources.model_validate(found), connect()
    read_sources(con, list_files(sources, tmp_path), sources)
    lines = con.sql("SELECT account_id, revenue, skip FROM raw_invoices ORDER BY row_number").fetchall()
    assert lines == [
        ("0000000001", D("1000.0000"), None),
        ("0000000002", D("-200.0000"), None),
        ("0000000002", D("50.0000"), "cancelled"),
    ]
    known = con.sql("SELECT account_id, name, external_id FROM raw_accounts ORDER BY 1").fetchall()
    assert known == [("7001", "Müller GmbH", "0000000001"), ("7002", "Ärger AG", "0000000002")]


def test_project_yml_says_which_header_the_preset_takes_for_which_column(tmp_path):
    folder = tmp_path / "p"
    told = write_project(folder, propose(folder, write(tmp_path, vf05_csv=BILLING, companies_csv=COMPANIES)))
    text = (folder / "project.yml").read_text(encoding="utf-8")
    assert any(line.startswith("invoices: ") and "recognised as SAP ERP / S/4HANA" in line for line in told)
    assert re.search(r'#   account_id: KUNAG +# = "Auftraggeber" 1, 2', text)
    assert re.search(r"# not used: .*Lagerplatz", text)
    assert "Müller GmbH" in text and "Erika" not in text and "Max" not in text, "no examples of persons"
    assert set(read_settings(folder / "project.yml").sources) == {"invoices", "accounts"}


def test_a_companys_own_field_fills_what_the_preset_leaves_empty(tmp_path):
    accounts = COMPANIES.replace("ERP Kundennr.", "Vertriebsteam").replace("000000000", "Team ")
    entry = propose(tmp_path, write(tmp_path, umsatz_csv=MONEY, companies_csv=accounts)).sources()["accounts"][0]
    assert entry == {"preset": "hubspot", "files": "companies.csv", "columns": {"team": "Vertriebsteam"}}


def test_billing_documents_and_their_items_are_one_entry(tmp_path):
    proposal = propose(tmp_path, write(tmp_path, vbrk_csv=HEAD, vbrp_csv=ITEMS, kna1_csv=KNA1))
    assert proposal.sources()["invoices"] == [{"preset": "sap", "from": ["vbrk.csv", "vbrp.csv"]}]
    sources, con = Sources.model_validate(proposal.sources()), connect()
    read_sources(con, list_files(sources, tmp_path), sources)
    assert con.sql("SELECT count(*), sum(revenue) FROM raw_invoices").fetchall() == [(2, D("150.0000"))]


def test_items_without_their_documents_are_not_taken(tmp_path):
    proposal = propose(tmp_path, write(tmp_path, vbrp_csv=ITEMS, umsatz_csv=MONEY))
    assert [(name, "the files that belong to it are missing" in why) for name, why in proposal.unused] == [
        ("vbrp.csv", True)
    ]


def test_a_file_that_is_only_perhaps_of_a_system_is_guessed_and_says_so(tmp_path):
    header = "Record ID,Company name,Lifecycle Stage,Ort,Umsatzklasse,Betreuer,Besuchsrhythmus,Notiz"
    accounts = f"{header}\n1,A GmbH,customer,Köln,B,x,4,\n2,B AG,customer,Bonn,C,y,8,\n"
    folder = tmp_path / "p"
    proposal = propose(folder, write(tmp_path, umsatz_csv=MONEY, firmen_csv=accounts))
    assert "preset" not in proposal.sources()["accounts"][0]
    write_project(folder, proposal)
    assert "perhaps HubSpot" in (folder / "project.yml").read_text(encoding="utf-8")


def test_a_file_that_nothing_else_explains_is_taken_even_if_most_of_its_headers_are_strange(tmp_path):
    header, row = "KUNNR;NAME1;LAND1;ZZ1;ZZ2;ZZ3;ZZ4;ZZ5;ZZ6;ZZ7", "A GmbH;DE;x;x;x;x;x;x;x"
    accounts = f"{header}\n0000000001;{row}\n0000000002;{row}\n"
    folder = tmp_path / "p"
    proposal = propose(folder, write(tmp_path, umsatz_csv=MONEY, debitoren_csv=accounts))
    assert proposal.sources()["accounts"][0]["preset"] == "sap"
    assert any("SAP" in line and line.endswith("please check") for line in write_project(folder, proposal))


def test_account_groups_that_look_like_it_are_proposed_as_scope(tmp_path):
    folder = tmp_path / "p"
    told = write_project(folder, propose(folder, write(tmp_path, vbrk_csv=HEAD, vbrp_csv=ITEMS, kna1_csv=KNA1)))
    assert read_settings(folder / "project.yml").scope.account_groups == {"CPD": "one_time", "KUIC": "intercompany"}
    assert "left out by account group, please check: CPD (one_time), KUIC (intercompany)" in told


def test_ordinary_account_groups_propose_nothing(tmp_path):
    kna1 = KNA1.replace("CPD", "0002").replace("KUIC", "Konzernkunde")
    assert propose(tmp_path, write(tmp_path, vbrk_csv=HEAD, vbrp_csv=ITEMS, kna1_csv=kna1)).account_groups == {}
