"""Dynamics 365: logical names of the API, and Excel with hidden columns in two languages, give the same tables."""

import csv
import datetime as dt
import io

import pytest

A1 = "5f0c0e3a-89ab-4cde-8f01-23456789abcd"
A2 = "6a1b2c3d-0000-4000-8000-000000000002"
O1, O2, O3 = (f"7b000000-0000-4000-8000-00000000000{n}" for n in (1, 2, 3))
C1, C2 = (f"8c000000-0000-4000-8000-00000000000{n}" for n in (1, 2))
LABEL = "@OData.Community.Display.V1.FormattedValue"
CHECKSUM = "F8ZJ5kWd1pA0Qb/xYk+N2s7t=="
MODIFIED = dt.date(2026, 3, 31)


def as_text(rows: list[list[object]]) -> str:
    """Return rows as the API's answer written to a text file."""
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    return text.getvalue()


API_ACCOUNTS = [
    ["accountid", "name", "accountnumber", "customertypecode", f"customertypecode{LABEL}", "industrycode"]
    + [f"industrycode{LABEL}", "numberofemployees", "revenue", "revenue_base", "address1_line1", "address1_postalcode"]
    + ["address1_city", "address1_stateorprovince", "address1_country", "telephone1", "websiteurl"]
    + ["_parentaccountid_value", f"_ownerid_value{LABEL}", "statecode", "donotbulkemail", "createdon"],
    [A1, "Müller Anlagenbau GmbH", "0000100200", 3, "Customer", 12, "Durable Manufacturing", 250, 13000000, 12500000.5]
    + ["Hauptstr. 1", "01067", "Dresden", "Sachsen", "Germany", "+49 351 1234", "https://mueller.de", ""]
    + ["Anna Schmidt", 0, "false", "2024-03-31T08:15:00Z"],
    [A2, "Söhne KG", "0000100201", 8, "Prospect", "", "", "", "", "", "Weg 2", "80331", "München", "Bayern", "Germany"]
    + ["", "", "", "Anna Schmidt", 1, "true", "2025-01-02T10:00:00Z"],
]
_ACCOUNT_ROWS = [
    ["{" + A1.upper() + "}", CHECKSUM, MODIFIED, "Müller Anlagenbau GmbH", "0000100200"]
    + ["Customer", "Durable Manufacturing", 250, 13000000, 12500000.5, "Hauptstr. 1", "01067", "Dresden", "Sachsen"]
    + ["Germany", "+49 351 1234", "https://mueller.de", "Anna Schmidt"],
    [A2, CHECKSUM, MODIFIED, "Söhne KG", "0000100201", "Prospect", "", None, None, None, "Weg 2", "80331", "München"]
    + ["Bayern", "Germany", "", "", "Anna Schmidt"],
]
ENGLISH_ACCOUNTS = [
    ["(Do Not Modify) Account", "(Do Not Modify) Row Checksum", "(Do Not Modify) Modified On", "Account Name"]
    + ["Account Number", "Relationship Type", "Industry", "Number of Employees", "Annual Revenue"]
    + ["Annual Revenue (Base)", "Address 1: Street 1", "Address 1: ZIP/Postal Code", "Address 1: City"]
    + ["Address 1: State/Province", "Address 1: Country/Region", "Main Phone", "Website", "Owner", "Status"]
    + ["Do not allow Bulk Emails", "Created On"],
    [*_ACCOUNT_ROWS[0], "Active", "Allow", dt.date(2024, 3, 31)],
    [*_ACCOUNT_ROWS[1], "Inactive", "Do Not Allow", dt.date(2025, 1, 2)],
]
GERMAN_ACCOUNTS = [
    ["(Nicht ändern) Kundenstamm", "(Nicht ändern) Zeilenprüfsumme", "(Nicht ändern) Geändert am", "Firmenname"]
    + ["Firmennummer", "Beziehungstyp", "Branche", "Anzahl der Mitarbeiter", "Jahresumsatz", "Jahresumsatz (Basis)"]
    + ["Adresse 1: Straße 1", "Adresse 1: Postleitzahl", "Adresse 1: Ort", "Adresse 1: Bundesland/Kanton"]
    + ["Adresse 1: Land/Region", "Haupttelefon", "Website", "Besitzer", "Status", "Massen-E-Mails nicht zulassen"]
    + ["Erstellt am"],
    [*_ACCOUNT_ROWS[0], "Aktiv", "Zulassen", dt.date(2024, 3, 31)],
    [*_ACCOUNT_ROWS[1], "Inaktiv", "Nicht zulassen", dt.date(2025, 1, 2)],
]
ACCOUNTS = [
    {
        "account_id": A1,
        "name": "Müller Anlagenbau GmbH",
        "industry": "Durable Manufacturing",
        "employees": 250,
        "account_revenue": 12500000.5,
        "street": "Hauptstr. 1",
        "postal_code": "01067",
        "city": "Dresden",
        "region": "Sachsen",
        "country": "Germany",
        "phone": "+49 351 1234",
        "website": "https://mueller.de",
        "owner_id": "Anna Schmidt",
        "account_group": "Customer",
        "external_id": "0000100200",
        "is_inactive": False,
        "created_date": dt.date(2024, 3, 31),
    },
    {
        "account_id": A2,
        "name": "Söhne KG",
        "street": "Weg 2",
        "postal_code": "80331",
        "city": "München",
        "region": "Bayern",
        "country": "Germany",
        "owner_id": "Anna Schmidt",
        "account_group": "Prospect",
        "external_id": "0000100201",
        "is_inactive": True,
        "created_date": dt.date(2025, 1, 2),
        "consent": False,
    },
]

API_OPPORTUNITIES = [
    ["opportunityid", "name", "_parentaccountid_value", "stepname", "estimatedvalue", "estimatedvalue_base"]
    + ["_transactioncurrencyid_value", f"_transactioncurrencyid_value{LABEL}", "createdon", "actualclosedate"]
    + ["statecode", f"statecode{LABEL}", f"_ownerid_value{LABEL}"],
    [O1, "Line 3", A1, "4-Close", 125000.5, 125000.5, A2, "Euro", "2025-11-04T09:00:00Z", "2026-02-13", 1, "Won"]
    + ["Anna Schmidt"],
    [O2, "Won't happen", A1, "4-Close", 80000, 83120.55, A2, "Swiss Franc", "2025-11-05T09:00:00Z", "2026-01-20", 2]
    + ["Lost", "Anna Schmidt"],
    [O3, "Retrofit", A2, "2-Develop", "", "", A2, "Euro", "2025-12-24T09:00:00Z", "", 0, "Open", "Anna Schmidt"],
]
_OPPORTUNITY_ROWS = [
    [O1, CHECKSUM, MODIFIED, "Line 3", "Müller Anlagenbau GmbH", "4-Close", 125000.5, 125000.5, "Euro"]
    + [dt.date(2025, 11, 4), dt.date(2026, 2, 13), "Anna Schmidt"],
    [O2, CHECKSUM, MODIFIED, "Won't happen", "Müller Anlagenbau GmbH", "4-Close", 80000, 83120.55, "Swiss Franc"]
    + [dt.date(2025, 11, 5), dt.date(2026, 1, 20), "Anna Schmidt"],
    [O3, CHECKSUM, MODIFIED, "Retrofit", "Söhne KG", "2-Develop", None, None, "Euro", dt.date(2025, 12, 24), None]
    + ["Anna Schmidt"],
]
ENGLISH_OPPORTUNITIES = [
    ["(Do Not Modify) Opportunity", "(Do Not Modify) Row Checksum", "(Do Not Modify) Modified On", "Topic", "Account"]
    + ["Pipeline Phase", "Est. Revenue", "Est. Revenue (Base)", "Currency", "Created On", "Actual Close Date", "Owner"]
    + ["Status"],
    *([*row, state] for row, state in zip(_OPPORTUNITY_ROWS, ("Won", "Lost", "Open"), strict=True)),
]
GERMAN_OPPORTUNITIES = [
    ["(Nicht ändern) Chance", "(Nicht ändern) Zeilenprüfsumme", "(Nicht ändern) Geändert am", "Thema", "Firma"]
    + ["Pipelinephase", "Geschätzter Umsatz", "Geschätzter Umsatz (Basis)", "Währung", "Erstellt am"]
    + ["Tatsächliches Abschlussdatum", "Besitzer", "Status"],
    *([*row, state] for row, state in zip(_OPPORTUNITY_ROWS, ("Gewonnen", "Verloren", "Offen"), strict=True)),
]
OPPORTUNITIES = [
    {
        "opportunity_id": O1,
        "account_id": A1,
        "owner_id": "Anna Schmidt",
        "stage": "4-Close",
        "amount": 125000.5,
        "created_date": dt.date(2025, 11, 4),
        "close_date": dt.date(2026, 2, 13),
        "is_closed": True,
        "is_won": True,
    },
    {
        "opportunity_id": O2,
        "account_id": A1,
        "owner_id": "Anna Schmidt",
        "stage": "4-Close",
        "amount": 83120.55,
        "created_date": dt.date(2025, 11, 5),
        "close_date": dt.date(2026, 1, 20),
        "is_closed": True,
        "is_won": False,
    },
    {
        "opportunity_id": O3,
        "account_id": A2,
        "owner_id": "Anna Schmidt",
        "stage": "2-Develop",
        "created_date": dt.date(2025, 12, 24),
        "is_closed": False,
        "is_won": False,
    },
]

API_CONTACTS = [
    ["contactid", "_parentcustomerid_value", "firstname", "lastname", "jobtitle", "emailaddress1", "donotbulkemail"],
    [C1, A1, "Anna", "Groß", "Head of Purchasing", "anna@mueller.de", "true"],
    [C2, A2, "Ben", "Kurz", "", "ben@soehne.de", "false"],
]
GERMAN_CONTACTS = [
    ["(Nicht ändern) Person", "(Nicht ändern) Zeilenprüfsumme", "(Nicht ändern) Geändert am", "Vorname", "Nachname"]
    + ["Position", "Firmenname", "E-Mail", "Massen-E-Mails nicht zulassen"],
    [C1, CHECKSUM, MODIFIED, "Anna", "Groß", "Head of Purchasing", "Müller Anlagenbau GmbH", "anna@mueller.de"]
    + ["Nicht zulassen"],
    [C2, CHECKSUM, MODIFIED, "Ben", "Kurz", "", "Söhne KG", "ben@soehne.de", "Zulassen"],
]
CONTACTS = [
    {
        "contact_id": C1,
        "account_id": A1,
        "first_name": "Anna",
        "last_name": "Groß",
        "job_title": "Head of Purchasing",
        "email": "anna@mueller.de",
        "consent": False,
    },
    {
        "contact_id": C2,
        "account_id": A2,
        "first_name": "Ben",
        "last_name": "Kurz",
        "email": "ben@soehne.de",
    },
]


def test_the_api_gives_its_accounts(read_as):
    assert read_as("dynamics", "accounts", {"account.csv": as_text(API_ACCOUNTS)}) == ACCOUNTS


@pytest.mark.parametrize("rows", [ENGLISH_ACCOUNTS, GERMAN_ACCOUNTS], ids=["en", "de"])
def test_excel_gives_the_same_accounts_whatever_its_hidden_columns_are_called(read_as, workbook, rows):
    assert read_as("dynamics", "accounts", {"accounts.xlsx": workbook(rows, n_hidden=3)}) == ACCOUNTS


def test_the_api_gives_its_opportunities_in_the_base_currency(read_as):
    content = as_text(API_OPPORTUNITIES)
    assert read_as("dynamics", "opportunities", {"opportunity.csv": content}) == OPPORTUNITIES


@pytest.mark.parametrize(
    ("rows", "accounts"),
    [(ENGLISH_OPPORTUNITIES, ENGLISH_ACCOUNTS), (GERMAN_OPPORTUNITIES, GERMAN_ACCOUNTS)],
    ids=["en", "de"],
)
def test_excel_names_accounts_and_their_own_export_gives_the_ids(read_as, workbook, rows, accounts):
    files = {"opportunities.xlsx": workbook(rows, n_hidden=3), "accounts.xlsx": workbook(accounts, n_hidden=3)}
    assert read_as("dynamics", "opportunities", files) == OPPORTUNITIES


def test_opportunities_of_excel_alone_have_no_account_rather_than_a_wrong_one(read_as, workbook):
    found = read_as("dynamics", "opportunities", {"o.xlsx": workbook(GERMAN_OPPORTUNITIES, n_hidden=3)})
    assert found == [{c: v for c, v in row.items() if c != "account_id"} for row in OPPORTUNITIES]


def test_without_the_base_currency_amounts_keep_their_own(read_as):
    dropped = API_OPPORTUNITIES[0].index("estimatedvalue_base")
    rows = [[cell for i, cell in enumerate(row) if i != dropped] for row in API_OPPORTUNITIES]
    found = read_as("dynamics", "opportunities", {"o.csv": as_text(rows)})
    assert [(row.get("amount"), row["currency"]) for row in found] == [
        (125000.5, "EUR"),
        (80000.0, "CHF"),
        (None, "EUR"),
    ]


def test_contacts_of_the_api_and_of_excel_are_the_same(read_as, workbook):
    assert read_as("dynamics", "contacts", {"contact.csv": as_text(API_CONTACTS)}) == CONTACTS
    files = {
        "contacts.xlsx": workbook(GERMAN_CONTACTS, n_hidden=3),
        "accounts.xlsx": workbook(GERMAN_ACCOUNTS, n_hidden=3),
    }
    assert read_as("dynamics", "contacts", files) == CONTACTS


@pytest.mark.parametrize(
    ("rows", "shape"),
    [
        (API_ACCOUNTS, "account"),
        (ENGLISH_ACCOUNTS, "account"),
        (GERMAN_ACCOUNTS, "account"),
        (API_OPPORTUNITIES, "opportunity"),
        (ENGLISH_OPPORTUNITIES, "opportunity"),
        (GERMAN_OPPORTUNITIES, "opportunity"),
        (API_CONTACTS, "contact"),
        (GERMAN_CONTACTS, "contact"),
    ],
)
def test_exports_are_taken_for_dynamics(taken_for, rows, shape: str):
    assert taken_for(rows[0], [str(row[0]) for row in rows[1:]]) == ("dynamics", shape)
