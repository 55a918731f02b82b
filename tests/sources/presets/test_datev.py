"""DATEV's three files as tables of the workbench."""

import datetime as dt
from decimal import Decimal

HEAD = '"EXTF";700;{kind};"{name}";9;;;;;;1;2;20260101;4;20260701;20260731;"";"";1;;0;"EUR"\r\n'
POSTINGS = (
    HEAD.format(kind=21, name="Buchungsstapel")
    + "Umsatz (ohne Soll/Haben-Kz);Soll/Haben-Kennzeichen;WKZ Umsatz;Kurs;Basisumsatz;WKZ Basisumsatz;Konto;"
    "Gegenkonto (ohne BU-Schlüssel);BU-Schlüssel;Belegdatum;Belegfeld 1\r\n"
    '119,00;"S";"";;;"";10000;8400;"";107;"R1"\r\n'
    '11,90;"H";"";;;"";10000;8400;"";3107;"G1"\r\n'
    '119,00;"S";"";;;"";1200;10000;"";1507;"R1"\r\n'
    '59,50;"S";"";;;"";1000;8400;"";1507;"K1"\r\n'
)
ACCOUNTS = (
    HEAD.format(kind=16, name="Debitoren/Kreditoren")
    + "Konto;Name (Adressatentyp Unternehmen);Name (Adressatentyp natürl. Person);"
    "Vorname (Adressatentyp natürl. Person);EU-USt-IdNr.;Straße;Postleitzahl;Ort;Land;Diverse-Konto\r\n"
    '10000;"Müller GmbH";"";"";"DE123456789";"Hauptstr. 1";"01067";"Dresden";"DE";0\r\n'
    '10001;"";"Klein";"Anna";"";"";"";"";"";1\r\n'
    '70001;"Lieferant AG";"";"";"";"";"";"";"";0\r\n'
)
LABELS = HEAD.format(kind=20, name="Kontenbeschriftungen") + (
    'Konto;Kontenbeschriftung;Sprach-ID\r\n8400;"Erlöse 19 %";"de-DE"\r\n1000;"Kasse";"de-DE"\r\n'
)


def test_postings_become_net_lines_of_customers(read_as):
    files = {"EXTF_Buchungsstapel.csv": POSTINGS.encode("cp1252")}
    usual = {"account_id": "10000", "product_id": "8400", "currency": "EUR"}
    assert read_as("datev", "invoices", files) == [
        {**usual, "invoice_id": "R1", "invoice_date": dt.date(2026, 7, 1), "revenue": Decimal(100)},
        {**usual, "invoice_id": "G1", "invoice_date": dt.date(2026, 7, 31), "revenue": Decimal(-10)},
    ]
    assert [row["revenue"] for row in read_as("datev", "invoices", files, skip="no_customer")] == [Decimal(50)]
    assert len(read_as("datev", "invoices", files, skip="no_revenue")) == 1


def test_debtors_become_customers_and_suppliers_do_not(read_as):
    files = {"EXTF_Stammdaten.csv": ACCOUNTS.encode("cp1252")}
    assert read_as("datev", "accounts", files) == [
        {
            "account_id": "10000", "name": "Müller GmbH", "street": "Hauptstr. 1", "postal_code": "01067",
            "city": "Dresden", "country": "DE", "vat_id": "DE123456789",
        },
        {"account_id": "10001", "name": "Anna Klein", "account_group": "CPD"},
    ]  # fmt: skip
    assert [row["name"] for row in read_as("datev", "accounts", files, skip="creditor")] == ["Lieferant AG"]


def test_revenue_accounts_stand_in_for_products(read_as):
    files = {"EXTF_Kontenbeschriftungen.csv": LABELS.encode("cp1252")}
    assert read_as("datev", "products", files) == [{"product_id": "8400", "product_name": "Erlöse 19 %"}]


def test_datevs_own_samples_give_the_one_invoice_that_they_hold(read_as, real_data):
    files = {"EXTF_Buchungsstapel.csv": (real_data / "de_datev" / "EXTF_Buchungsstapel.csv").read_bytes()}
    assert read_as("datev", "invoices", files) == [
        {
            "account_id": "10000", "invoice_id": "RE201802-135", "invoice_date": dt.date(2018, 2, 22),
            "product_id": "8400", "revenue": Decimal(5000), "currency": "EUR",
        }
    ]  # fmt: skip
