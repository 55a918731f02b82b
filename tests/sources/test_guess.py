import pytest

from segkit.sources.aliases import name_score, words_of
from segkit.sources.guess import guess_table
from segkit.sources.samples import take_sample
from segkit.sources.text_files import read_text


def guess(content: str, name: str = "export.csv"):
    return guess_table(take_sample(name, read_text(content.encode(), name)))


def headers(found) -> dict[str, str]:
    return {column: text for column, (text, _) in found.columns.items()}


LINES = "".join(f"{4711 + i % 3};RE{i};{1 + i % 28:02d}.02.2024;A{i % 5};{i % 7 + 1};{i},50\n" for i in range(60))


@pytest.mark.parametrize(
    ("header", "words"),
    [
        ("CustomerID", ["customer", "id"]),
        ("Kunden-Nr.", ["kunden", "nr"]),
        ("WZ-Code", ["wz", "code"]),
        ("Größe", ["groesse"]),
    ],
)
def test_words_of_headers(header, words):
    assert words_of(header) == words


def test_names_are_compared_without_signs_and_a_company_name_is_no_id():
    assert name_score("KUNDEN_NR", ["kunden nr"], True) > 0.9
    assert name_score("company name", ["company"], True) == 0
    assert name_score("Kundennr. (ERP)", ["kundennr"]) > 0.5
    assert name_score("Wetter", ["kundennr"]) == 0


def test_german_invoice_lines():
    found = guess("Kunden-Nr.;Rechnungsnr;Belegdatum;Artikel;Menge;Nettobetrag\n" + LINES)
    assert found.table == "invoices"
    assert headers(found) == {
        "account_id": "Kunden-Nr.",
        "invoice_id": "Rechnungsnr",
        "invoice_date": "Belegdatum",
        "product_id": "Artikel",
        "quantity": "Menge",
        "revenue": "Nettobetrag",
    }
    assert min(confidence for _, confidence in found.columns.values()) > 0.8


def test_a_formula_where_no_line_amount_stands():
    found = guess("Kunde;Beleg;Datum;Artikel;Menge;Preis je Stück\n" + LINES)
    assert headers(found)["revenue"] == 'Menge * "Preis je Stück"'


@pytest.mark.parametrize(
    ("discount", "formula"), [("0,05", "(1 - Rabatt)"), ("5", "(1 - Rabatt / 100)"), ("5 %", "(1 - Rabatt)")]
)
def test_a_discount_is_a_share_or_a_percentage(discount, formula):
    rows = LINES.replace("\n", f";{discount}\n")
    found = guess("Kunde;Beleg;Datum;Artikel;Menge;Einzelpreis;Rabatt\n" + rows)
    assert headers(found)["revenue"] == f"Menge * Einzelpreis * {formula}"


def test_values_overrule_names():
    content = "Kunde;Datum;Betrag\n" + "".join(f"K{i % 3};kein Datum;{i},50\n" for i in range(20))
    assert guess(content) is None


def test_values_alone_give_a_low_confidence():
    content = "F1;F2;F3\n" + "".join(f"{100 + i % 4};{1 + i % 28:02d}.02.2024;{i},50\n" for i in range(60))
    found = guess(content, "umsatz.csv")
    assert headers(found) == {"account_id": "F1", "invoice_date": "F2", "revenue": "F3"}
    assert max(confidence for _, confidence in found.columns.values()) < 0.5


def test_a_list_of_accounts_needs_a_key_that_does_not_repeat():
    rows = "".join(f"{i};Firma {i} GmbH;5066{i % 10};Köln\n" for i in range(30))
    assert guess("Kundennummer;Firma;PLZ;Ort\n" + rows).table == "accounts"
    assert guess("Kundennummer;Firma;PLZ;Ort\n" + "".join(f"{i % 3};Firma;50667;Köln\n" for i in range(30))) is None


def test_something_else_is_no_table():
    assert guess("region;manager\nNord;A\nSüd;B\n") is None


COMPANIES = "".join(f"CR{i:05d};Firma {i} GmbH;520{i:02d};Aachen;{10 + i};30.06.2026\n" for i in range(40))


@pytest.mark.parametrize(("name", "table"), [("auskunftei_2026.csv", "firmographics"), ("crefo.csv", "firmographics")])
def test_a_credit_agencys_list_is_known_by_the_name_of_its_file(name, table):
    found = guess("Crefo-Nr;Firmenname;PLZ;Ort;Beschäftigte;Stand\n" + COMPANIES, name)
    assert found.table == table
    assert headers(found)["record_id"] == "Crefo-Nr" and headers(found)["known_date"] == "Stand"


def test_a_list_of_accounts_is_none_of_a_credit_agency():
    assert guess("Kundennr;Firmenname;PLZ;Ort;Mitarbeiter;Stand\n" + COMPANIES, "kunden.csv").table == "accounts"


def test_groups_and_contacts_with_german_headers():
    ties = "".join(f"{100 + i};{100 + i // 5};01.01.2020;\n" for i in range(40))
    found = guess("Kundennr;Konzernmutter;gültig von;gültig bis\n" + ties, "konzern.csv")
    assert found.table == "hierarchy" and headers(found)["parent_id"] == "Konzernmutter"
    persons = "".join(f"P{i};{100 + i};Ute;Öz{i};oe{i}@firma.de\n" for i in range(40))
    found = guess("Kontaktnr;Kundennr;Vorname;Nachname;E-Mail\n" + persons, "ansprechpartner.csv")
    assert found.table == "contacts" and headers(found)["contact_id"] == "Kontaktnr"
