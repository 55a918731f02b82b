import pytest
import yaml

from segkit.errors import UserError
from segkit.settings.sources import Sources
from segkit.sources.propose import propose, write_project

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
