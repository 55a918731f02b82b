"""HubSpot: the API's internal names, where all values are texts, and labels in two languages give the same tables."""

import csv
import datetime as dt
import io

import pytest


def as_hubspot_writes(rows: list[list[str]]) -> str:
    """Return rows as the export of the user interface: every cell in quotes, commas between them."""
    text = io.StringIO()
    csv.writer(text, quoting=csv.QUOTE_ALL, lineterminator="\r\n").writerows(rows)
    return text.getvalue()


API_COMPANIES = [
    ["hs_object_id", "name", "domain", "hs_additional_domains", "phone", "address", "zip", "city", "state", "country"]
    + ["type", "numberofemployees", "annualrevenue", "hubspot_owner_id", "hs_parent_company_id", "createdate"]
    + ["sap_number", "archived"],
    ["9001", 'Müller "Anlagen" GmbH', "mueller.de", "mueller.com;mueller.at", "+49 351 1234", "Hauptstr. 1", "01067"]
    + [
        "Dresden",
        "Sachsen",
        "Germany",
        "PARTNER",
        "250",
        "12500000.5",
        "77",
        "",
        "1711872900000",
        "0000100200",
        "false",
    ],
    [
        "9002",
        "Söhne, KG",
        "soehne.de",
        "",
        "",
        "Weg 2",
        "80331",
        "München",
        "Bayern",
        "Germany",
        "PROSPECT",
        "",
        "",
        "77",
    ]
    + ["9001", "1735812000000", "", "false"],
    ["9003", "Gone Ltd", "", "", "", "", "", "", "", "", "", "", "", "", "", "1735812000000", "", "true"],
]
ENGLISH_COMPANIES = [
    ["Record ID", "Company name", "Company Domain Name", "Additional Domains", "Phone Number", "Street Address"]
    + ["Postal Code", "City", "State/Region", "Country/Region", "Type", "Number of Employees", "Annual Revenue"]
    + ["Company owner", "Parent Company ID", "Create Date", "SAP Number"],
    ["9001", 'Müller "Anlagen" GmbH', "mueller.de", "mueller.com;mueller.at", "+49 351 1234", "Hauptstr. 1", "01067"]
    + ["Dresden", "Sachsen", "Germany", "Partner", "250", "12500000.5", "77", "", "2024-03-31 10:15", "0000100200"],
    [
        "9002",
        "Söhne, KG",
        "soehne.de",
        "",
        "",
        "Weg 2",
        "80331",
        "München",
        "Bayern",
        "Germany",
        "Prospect",
        "",
        "",
        "77",
    ]
    + ["9001", "2025-01-02 11:00", ""],
]
GERMAN_COMPANIES = [
    ["Datensatz-ID", "Unternehmensname", "Domain-Name des Unternehmens", "Zusätzliche Domains", "Telefonnummer"]
    + ["Straße und Hausnummer", "Postleitzahl", "Ort", "Bundesland/Region", "Land/Region", "Typ"]
    + ["Anzahl der Mitarbeiter", "Jahresumsatz", "Zuständiger Mitarbeiter für Unternehmen"]
    + ["ID des Mutterunternehmens", "Erstellungsdatum", "SAP-Nummer"],
    ["9001", 'Müller "Anlagen" GmbH', "mueller.de", "mueller.com;mueller.at", "+49 351 1234", "Hauptstr. 1", "01067"]
    + ["Dresden", "Sachsen", "Germany", "Partner", "250", "12500000.5", "77", "", "2024-03-31 10:15", "0000100200"],
    ["9002", "Söhne, KG", "soehne.de", "", "", "Weg 2", "80331", "München", "Bayern", "Germany", "Interessent", "", ""]
    + ["77", "9001", "2025-01-02 11:00", ""],
]
ACCOUNTS = [
    {
        "account_id": "9001",
        "name": 'Müller "Anlagen" GmbH',
        "employees": 250,
        "account_revenue": 12500000.5,
        "street": "Hauptstr. 1",
        "postal_code": "01067",
        "city": "Dresden",
        "region": "Sachsen",
        "country": "Germany",
        "phone": "+49 351 1234",
        "website": "mueller.de",
        "owner_id": "77",
        "account_group": "partner",
        "external_id": "0000100200",
        "created_date": dt.date(2024, 3, 31),
    },
    {
        "account_id": "9002",
        "name": "Söhne, KG",
        "street": "Weg 2",
        "postal_code": "80331",
        "city": "München",
        "region": "Bayern",
        "country": "Germany",
        "website": "soehne.de",
        "parent_id": "9001",
        "owner_id": "77",
        "account_group": "prospect",
        "created_date": dt.date(2025, 1, 2),
    },
]

API_DEALS = [
    ["hs_object_id", "dealname", "associatedcompanyid", "dealstage", "pipeline", "amount", "deal_currency_code"]
    + ["amount_in_home_currency", "createdate", "closedate", "hs_is_closed", "hs_is_closed_won", "hubspot_owner_id"],
    ["7001", "Line 3", "9001", "98765431", "default", "125000.5", "EUR", "125000.5", "1762246800000", "1770976800000"]
    + ["true", "true", "77"],
    ["7002", "Line 4", "9001", "closedwon_not", "default", "80000", "CHF", "83120.55", "1762333200000", "1768903200000"]
    + ["true", "false", "77"],
    ["7003", "Retrofit", "9002", "contractsent", "default", "", "EUR", "", "1766566800000", "1782820800000", "false"]
    + ["false", "77"],
]
ENGLISH_DEALS = [
    ["Record ID", "Deal Name", "Deal Stage", "Pipeline", "Amount", "Currency", "Amount in company currency"]
    + ["Create Date", "Close Date", "Is Deal Closed?", "Is Closed Won", "Deal owner", "Associated Company"]
    + ["Associated Company IDs"],
    ["7001", "Line 3", "98765431", "default", "125000.5", "EUR", "125000.5", "2025-11-04 09:00", "2026-02-13 11:00"]
    + ["true", "true", "77", "Müller (mueller.de);Other", "9001;9009"],
    ["7002", "Line 4", "closedwon_not", "default", "80000", "CHF", "83120.55", "2025-11-05 09:00", "2026-01-20 11:00"]
    + ["true", "false", "77", "Müller (mueller.de)", "9001"],
    ["7003", "Retrofit", "contractsent", "default", "", "EUR", "", "2025-12-24 09:00", "2026-06-30 14:00", "false"]
    + ["false", "77", "Söhne, KG", "9002"],
]
GERMAN_DEALS = [
    ["Datensatz-ID", "Deal-Name", "Deal-Phase", "Pipeline", "Betrag", "Währung", "Betrag in Unternehmenswährung"]
    + ["Erstellungsdatum", "Abschlussdatum", "Ist abgeschlossen", "Ist abgeschlossen und gewonnen"]
    + ["Zuständiger Mitarbeiter für Deal", "Zugeordnetes Unternehmen", "IDs zugeordneter Unternehmen"],
    *ENGLISH_DEALS[1:],
]
OPPORTUNITIES = [
    {
        "opportunity_id": "7001",
        "account_id": "9001",
        "owner_id": "77",
        "stage": "98765431",
        "amount": 125000.5,
        "created_date": dt.date(2025, 11, 4),
        "close_date": dt.date(2026, 2, 13),
        "is_closed": True,
        "is_won": True,
    },
    {
        "opportunity_id": "7002",
        "account_id": "9001",
        "owner_id": "77",
        "stage": "closedwon_not",
        "amount": 83120.55,
        "created_date": dt.date(2025, 11, 5),
        "close_date": dt.date(2026, 1, 20),
        "is_closed": True,
        "is_won": False,
    },
    {
        "opportunity_id": "7003",
        "account_id": "9002",
        "owner_id": "77",
        "stage": "contractsent",
        "created_date": dt.date(2025, 12, 24),
        "close_date": dt.date(2026, 6, 30),
        "is_closed": False,
        "is_won": False,
    },
]

API_CONTACTS = [
    ["hs_object_id", "email", "firstname", "lastname", "jobtitle", "phone", "associatedcompanyid", "hs_email_optout"],
    ["8001", "anna@mueller.de", "Anna", "Groß", "Head of Purchasing", "+49 351 12", "9001", "true"],
    ["8002", "ben@soehne.de", "Ben", "Kurz", "", "", "9002", "false"],
    ["8003", "cora@soehne.de", "Cora", "Lang", "", "", "9002", ""],
]
ENGLISH_CONTACTS = [
    ["Record ID", "Email", "First Name", "Last Name", "Job Title", "Phone Number", "Associated Company IDs"]
    + ["Unsubscribed from all email"],
    ["8001", "anna@mueller.de", "Anna", "Groß", "Head of Purchasing", "+49 351 12", "9001;9009", "Yes"],
    ["8002", "ben@soehne.de", "Ben", "Kurz", "", "", "9002", "No"],
    ["8003", "cora@soehne.de", "Cora", "Lang", "", "", "9002", ""],
]
GERMAN_CONTACTS = [
    ["Datensatz-ID", "E-Mail", "Vorname", "Nachname", "Jobtitel", "Telefonnummer", "IDs zugeordneter Unternehmen"]
    + ["Von allen E-Mails abgemeldet"],
    ["8001", "anna@mueller.de", "Anna", "Groß", "Head of Purchasing", "+49 351 12", "9001;9009", "Ja"],
    ["8002", "ben@soehne.de", "Ben", "Kurz", "", "", "9002", "Nein"],
    ["8003", "cora@soehne.de", "Cora", "Lang", "", "", "9002", ""],
]
CONTACTS = [
    {
        "contact_id": "8001",
        "account_id": "9001",
        "first_name": "Anna",
        "last_name": "Groß",
        "job_title": "Head of Purchasing",
        "email": "anna@mueller.de",
        "phone": "+49 351 12",
        "consent": False,
    },
    {
        "contact_id": "8002",
        "account_id": "9002",
        "first_name": "Ben",
        "last_name": "Kurz",
        "email": "ben@soehne.de",
    },
    {
        "contact_id": "8003",
        "account_id": "9002",
        "first_name": "Cora",
        "last_name": "Lang",
        "email": "cora@soehne.de",
    },
]

API_EVENTS = [
    ["id", "created", "type", "recipient", "emailCampaignId", "appId", "portalId", "browser", "duration"],
    ["e-1", "1770976800000", "SENT", "anna@mueller.de", "55", "113", "62515", "", ""],
    ["e-2", "1770976900000", "OPEN", "anna@mueller.de", "55", "113", "62515", "Firefox", "7000"],
    ["e-3", "1771063200000", "CLICK", "anna@mueller.de", "55", "113", "62515", "Firefox", ""],
    ["e-4", "1771063200000", "BOUNCE", "old@soehne.de", "55", "113", "62515", "", ""],
]
ENGLISH_EVENTS = [
    ["Event ID", "Event Created", "Event Type", "Recipient", "Email Campaign ID"],
    ["e-1", "2026-02-13 10:00", "Sent", "anna@mueller.de", "55"],
    ["e-2", "2026-02-13 10:01", "Open", "anna@mueller.de", "55"],
    ["e-3", "2026-02-14 10:00", "Click", "anna@mueller.de", "55"],
    ["e-4", "2026-02-14 10:00", "Bounce", "old@soehne.de", "55"],
]
GERMAN_EVENTS = [["Ereignis-ID", "Erstellt", "Ereignistyp", "Empfänger", "E-Mail-Kampagnen-ID"], *ENGLISH_EVENTS[1:]]
ENGAGEMENTS = [
    {
        "engagement_id": event,
        "email": email,
        "campaign_id": "55",
        "engagement_date": dt.date(2026, 2, day),
        "engagement_type": kind,
    }
    for event, email, day, kind in [
        ("e-1", "anna@mueller.de", 13, "mail"),
        ("e-2", "anna@mueller.de", 13, "open"),
        ("e-3", "anna@mueller.de", 14, "click"),
        ("e-4", "old@soehne.de", 14, "bounce"),
    ]
]
CASES = {
    "company": ("accounts", API_COMPANIES, ENGLISH_COMPANIES, GERMAN_COMPANIES, ACCOUNTS),
    "deal": ("opportunities", API_DEALS, ENGLISH_DEALS, GERMAN_DEALS, OPPORTUNITIES),
    "contact": ("contacts", API_CONTACTS, ENGLISH_CONTACTS, GERMAN_CONTACTS, CONTACTS),
    "email_event": ("engagements", API_EVENTS, ENGLISH_EVENTS, GERMAN_EVENTS, ENGAGEMENTS),
}
FORMS = ("api", "en", "de")


@pytest.mark.parametrize("form", range(3), ids=FORMS)
@pytest.mark.parametrize("shape", CASES)
def test_the_api_and_the_labels_of_two_languages_give_the_same_rows(read_as, shape: str, form: int):
    table, *files, expected = CASES[shape]
    assert read_as("hubspot", table, {"export.csv": as_hubspot_writes(files[form])}) == expected


@pytest.mark.parametrize("form", range(3), ids=FORMS)
@pytest.mark.parametrize("shape", CASES)
def test_exports_are_taken_for_hubspot(taken_for, shape: str, form: int):
    assert taken_for(CASES[shape][1 + form][0]) == ("hubspot", shape)


def test_archived_records_are_left_out_as_deleted(read_as):
    gone = read_as("hubspot", "accounts", {"c.csv": as_hubspot_writes(API_COMPANIES)}, skip="deleted")
    assert [row["account_id"] for row in gone] == ["9003"]


def test_without_the_home_currency_amounts_keep_their_own(read_as):
    dropped = API_DEALS[0].index("amount_in_home_currency")
    rows = [[cell for i, cell in enumerate(row) if i != dropped] for row in API_DEALS]
    found = read_as("hubspot", "opportunities", {"d.csv": as_hubspot_writes(rows)})
    assert [(row.get("amount"), row["currency"]) for row in found] == [
        (125000.5, "EUR"),
        (80000.0, "CHF"),
        (None, "EUR"),
    ]


def test_the_primary_company_of_a_deal_comes_before_the_others(read_as):
    header = ["Record ID", "Deal Name", "Deal Stage", "Associated Company IDs", "Associated Company IDs (Primary)"]
    content = as_hubspot_writes([header, ["7001", "Line 3", "x", "9009;9001", "9001"]])
    [row] = read_as("hubspot", "opportunities", {"d.csv": content})
    assert row["account_id"] == "9001"


@pytest.mark.parametrize(
    "label", ["SAP Number", "SAP-Kundennummer", "ERP Number", "Kundennummer", "KUNNR", "Debitorennummer"]
)
def test_the_sap_number_is_found_under_the_names_that_companies_give_it(read_as, label: str):
    content = as_hubspot_writes([["Record ID", "Company name", label], ["9001", "Müller", "0000100200"]])
    [row] = read_as("hubspot", "accounts", {"c.csv": content})
    assert row["external_id"] == "0000100200"


def test_page_views_are_visits_of_a_contact(read_as):
    rows = [
        ["id", "eventType", "occurredAt", "objectId", "objectType"],
        ["v-1", "e_visited_page", "2026-02-13T10:00:00.000Z", "8001", "CONTACT"],
    ]
    assert read_as("hubspot", "engagements", {"v.csv": as_hubspot_writes(rows)}) == [
        {
            "engagement_id": "v-1",
            "contact_id": "8001",
            "engagement_date": dt.date(2026, 2, 13),
            "engagement_type": "visit",
        }
    ]
