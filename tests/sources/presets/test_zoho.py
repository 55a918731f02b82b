"""Zoho CRM: API names and the labels of the export in two languages give the same tables."""

import csv
import datetime as dt
import io

import pytest

A1, A2, A3 = "4876876000000111", "4876876000000112", "4876876000000113"
OWNER = "4876876000000001"


def as_zoho_writes(rows: list[list[str]]) -> str:
    """Return rows as the export writes them: every cell in quotes."""
    text = io.StringIO()
    csv.writer(text, quoting=csv.QUOTE_ALL, lineterminator="\n").writerows(rows)
    return text.getvalue()


API_ACCOUNTS = [
    ["id", "Account_Name", "Account_Number", "Account_Type", "Industry", "Employees", "Annual_Revenue"]
    + ["Billing_Street", "Billing_Code", "Billing_City", "Billing_State", "Billing_Country", "Phone", "Website"]
    + ["Parent_Account.id", "Owner.id", "Created_Time", "Record_Status__s"],
    [A1, "Müller Anlagenbau GmbH", "0000100200", "Customer", "Machinery", "250", "12500000.5", "Hauptstr. 1", "01067"]
    + ["Dresden", "Sachsen", "Germany", "+49 351 1234", "www.mueller.de", "", OWNER, "2024-03-31T10:15:00+02:00"]
    + ["Available"],
    [A2, "Söhne, KG", "0000100201", "Prospect", "", "", "", "Weg 2", "80331", "München", "Bayern", "Germany", "", ""]
    + [A1, OWNER, "2025-01-02T11:00:00+01:00", "Available"],
    [A3, "Gone Ltd", "", "", "", "", "", "", "", "", "", "", "", "", "", OWNER, "2025-01-02T11:00:00+01:00", "Trash"],
]
_ENGLISH = [
    ["zcrm_" + A1, "zcrm_" + OWNER, "Anna Schmidt", "Müller Anlagenbau GmbH", "0000100200", "Customer", "Machinery"]
    + ["250", "12500000.5", "Hauptstr. 1", "01067", "Dresden", "Sachsen", "Germany", "+49 351 1234", "www.mueller.de"]
    + ["", ""],
    ["zcrm_" + A2, "zcrm_" + OWNER, "Anna Schmidt", "Söhne, KG", "0000100201", "Prospect", "", "", "", "Weg 2", "80331"]
    + ["München", "Bayern", "Germany", "", "", "zcrm_" + A1, "Müller Anlagenbau GmbH"],
]
ENGLISH_ACCOUNTS = [
    ["Record Id", "Account Owner.id", "Account Owner", "Account Name", "Account Number", "Account Type", "Industry"]
    + ["Employees", "Annual Revenue", "Billing Street", "Billing Code", "Billing City", "Billing State"]
    + ["Billing Country", "Phone", "Website", "Parent Account.id", "Parent Account", "Created Time"],
    [*_ENGLISH[0], "2024-03-31 10:15:00"],
    [*_ENGLISH[1], "2025-01-02 11:00:00"],
]
GERMAN_ACCOUNTS = [
    ["Datensatz-ID", "Account Owner.id", "Kontobesitzer", "Kontoname", "Kontonummer", "Kontotyp", "Branche"]
    + ["Mitarbeiter", "Jahresumsatz", "Rechnungsstraße", "Rechnungs-PLZ", "Rechnungsort", "Rechnungsbundesland"]
    + ["Rechnungsland", "Telefon", "Webseite", "Übergeordnetes Konto.id", "Übergeordnetes Konto", "Erstellungszeit"],
    [*_ENGLISH[0], "31.03.2024 10:15"],
    [*_ENGLISH[1], "02.01.2025 11:00"],
]
ACCOUNTS = [
    {
        "account_id": A1,
        "name": "Müller Anlagenbau GmbH",
        "industry": "Machinery",
        "employees": 250,
        "account_revenue": 12500000.5,
        "street": "Hauptstr. 1",
        "postal_code": "01067",
        "city": "Dresden",
        "region": "Sachsen",
        "country": "Germany",
        "phone": "+49 351 1234",
        "website": "www.mueller.de",
        "owner_id": OWNER,
        "account_group": "Customer",
        "external_id": "0000100200",
        "created_date": dt.date(2024, 3, 31),
    },
    {
        "account_id": A2,
        "name": "Söhne, KG",
        "street": "Weg 2",
        "postal_code": "80331",
        "city": "München",
        "region": "Bayern",
        "country": "Germany",
        "parent_id": A1,
        "owner_id": OWNER,
        "account_group": "Prospect",
        "external_id": "0000100201",
        "created_date": dt.date(2025, 1, 2),
    },
]

D1, D2 = "4876876000000311", "4876876000000312"
API_DEALS = [
    ["id", "Deal_Name", "Account_Name.id", "Account_Name", "Stage", "Amount", "Currency", "Closing_Date", "Lead_Source"]
    + ["Owner.id", "Created_Time"],
    [D1, "Line 3", A1, "Müller Anlagenbau GmbH", "Closed Won", "125000.5", "EUR", "2026-02-13", "Trade Show", OWNER]
    + ["2025-11-04T10:00:00+01:00"],
    [D2, "Retrofit", A2, "Söhne, KG", "Proposal/Price Quote", "", "EUR", "2026-06-30", "", OWNER]
    + ["2025-12-24T10:00:00+01:00"],
]
ENGLISH_DEALS = [
    ["Record Id", "Deal Owner.id", "Deal Owner", "Amount", "Deal Name", "Closing Date", "Account Name.id"]
    + ["Account Name", "Stage", "Currency", "Lead Source", "Created Time"],
    ["zcrm_" + D1, "zcrm_" + OWNER, "Anna Schmidt", "125000.5", "Line 3", "2026-02-13", "zcrm_" + A1]
    + ["Müller Anlagenbau GmbH", "Closed Won", "EUR", "Trade Show", "2025-11-04 10:00:00"],
    ["zcrm_" + D2, "zcrm_" + OWNER, "Anna Schmidt", "", "Retrofit", "2026-06-30", "zcrm_" + A2, "Söhne, KG"]
    + ["Proposal/Price Quote", "EUR", "", "2025-12-24 10:00:00"],
]
GERMAN_DEALS = [
    ["Datensatz-ID", "Deal Owner.id", "Deal-Besitzer", "Betrag", "Deal-Name", "Abschlussdatum", "Kontoname.id"]
    + ["Kontoname", "Phase", "Währung", "Lead-Quelle", "Erstellungszeit"],
    *ENGLISH_DEALS[1:],
]
OPPORTUNITIES = [
    {
        "opportunity_id": D1,
        "account_id": A1,
        "owner_id": OWNER,
        "stage": "Closed Won",
        "amount": 125000.5,
        "currency": "EUR",
        "created_date": dt.date(2025, 11, 4),
        "close_date": dt.date(2026, 2, 13),
        "lead_source": "Trade Show",
    },
    {
        "opportunity_id": D2,
        "account_id": A2,
        "owner_id": OWNER,
        "stage": "Proposal/Price Quote",
        "currency": "EUR",
        "created_date": dt.date(2025, 12, 24),
        "close_date": dt.date(2026, 6, 30),
    },
]

C1 = "4876876000000211"
API_CONTACTS = [
    ["id", "Account_Name.id", "First_Name", "Last_Name", "Title", "Department", "Email", "Phone", "Email_Opt_Out"],
    [C1, A1, "Anna", "Groß", "Head of Purchasing", "Purchasing", "anna@mueller.de", "+49 351 12", "true"],
]
ENGLISH_CONTACTS = [
    [
        "Record Id",
        "Account Name.id",
        "First Name",
        "Last Name",
        "Title",
        "Department",
        "Email",
        "Phone",
        "Email Opt Out",
    ],
    ["zcrm_" + C1, "zcrm_" + A1, *API_CONTACTS[1][2:]],
]
GERMAN_CONTACTS = [
    ["Datensatz-ID", "Kontoname.id", "Vorname", "Nachname", "Titel", "Abteilung", "E-Mail", "Telefon"]
    + ["E-Mail-Abmeldung"],
    ["zcrm_" + C1, "zcrm_" + A1, *API_CONTACTS[1][2:]],
]
CONTACTS = [
    {
        "contact_id": C1,
        "account_id": A1,
        "first_name": "Anna",
        "last_name": "Groß",
        "job_title": "Head of Purchasing",
        "department": "Purchasing",
        "email": "anna@mueller.de",
        "phone": "+49 351 12",
        "consent": False,
    }
]

API_INVOICES = [
    ["id", "Invoice_Number", "Invoice_Date", "Account_Name.id", "Sub_Total", "Grand_Total", "Currency", "Status"],
    ["1", "R-1", "2026-02-13", A1, "1000.5", "1190.6", "EUR", "Approved"],
    ["2", "R-2", "2026-02-14", A1, "500", "595", "EUR", "Cancelled"],
]
ENGLISH_INVOICES = [
    [
        "Record Id",
        "Invoice Number",
        "Invoice Date",
        "Account Name.id",
        "Sub Total",
        "Grand Total",
        "Currency",
        "Status",
    ],
    *(["zcrm_" + row[0], *row[1:3], "zcrm_" + row[3], *row[4:]] for row in API_INVOICES[1:]),
]
GERMAN_INVOICES = [
    ["Datensatz-ID", "Rechnungsnummer", "Rechnungsdatum", "Kontoname.id", "Zwischensumme", "Gesamtsumme", "Währung"]
    + ["Status"],
    *ENGLISH_INVOICES[1:],
]
INVOICES = [
    {
        "account_id": A1,
        "invoice_id": "R-1",
        "invoice_date": dt.date(2026, 2, 13),
        "revenue": 1000.5,
        "currency": "EUR",
    }
]

API_PRODUCTS = [
    ["id", "Product_Code", "Product_Name", "Product_Category", "Unit_Price"],
    ["4876876000000411", "P-12", "Pump 12", "Pumps", "899.5"],
]
ENGLISH_PRODUCTS = [
    ["Record Id", "Product Code", "Product Name", "Product Category", "Unit Price"],
    ["zcrm_4876876000000411", *API_PRODUCTS[1][1:]],
]
GERMAN_PRODUCTS = [
    ["Datensatz-ID", "Produktcode", "Produktname", "Produktkategorie", "Einzelpreis"],
    ["zcrm_4876876000000411", *API_PRODUCTS[1][1:]],
]
PRODUCTS = [
    {"product_id": "4876876000000411", "product_name": "Pump 12", "product_group": "Pumps", "list_price": 899.5}
]
CASES = {
    "Accounts": ("accounts", API_ACCOUNTS, ENGLISH_ACCOUNTS, GERMAN_ACCOUNTS, ACCOUNTS),
    "Deals": ("opportunities", API_DEALS, ENGLISH_DEALS, GERMAN_DEALS, OPPORTUNITIES),
    "Contacts": ("contacts", API_CONTACTS, ENGLISH_CONTACTS, GERMAN_CONTACTS, CONTACTS),
    "Invoices": ("invoices", API_INVOICES, ENGLISH_INVOICES, GERMAN_INVOICES, INVOICES),
    "Products": ("products", API_PRODUCTS, ENGLISH_PRODUCTS, GERMAN_PRODUCTS, PRODUCTS),
}
FORMS = ("api", "en", "de")


@pytest.mark.parametrize("form", range(3), ids=FORMS)
@pytest.mark.parametrize("shape", CASES)
def test_the_api_and_the_labels_of_two_languages_give_the_same_rows(read_as, shape: str, form: int):
    table, *files, expected = CASES[shape]
    assert read_as("zoho", table, {"export.csv": as_zoho_writes(files[form])}) == expected


@pytest.mark.parametrize("form", range(3), ids=FORMS)
@pytest.mark.parametrize("shape", CASES)
def test_exports_are_taken_for_zoho(taken_for, shape: str, form: int):
    assert taken_for(CASES[shape][1 + form][0]) == ("zoho", shape)


def test_records_in_the_recycle_bin_and_cancelled_invoices_are_left_out_with_their_reason(read_as):
    gone = read_as("zoho", "accounts", {"a.csv": as_zoho_writes(API_ACCOUNTS)}, skip="deleted")
    assert [row["account_id"] for row in gone] == [A3]
    gone = read_as("zoho", "invoices", {"i.csv": as_zoho_writes(API_INVOICES)}, skip="cancelled")
    assert [row["invoice_id"] for row in gone] == ["R-2"]


def test_a_deal_of_an_export_without_ids_has_no_account_rather_than_a_name_for_an_id(read_as):
    content = as_zoho_writes(
        [["Record Id", "Deal Name", "Account Name", "Stage"], ["zcrm_" + D1, "L", "Müller", "Won"]]
    )
    [row] = read_as("zoho", "opportunities", {"d.csv": content})
    assert row == {"opportunity_id": D1, "stage": "Won"}
