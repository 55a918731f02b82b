"""ActiveCampaign: contacts and accounts of the API and of the export in two languages are the same."""

import datetime as dt

import pytest

API_CONTACTS = """\
id,email,firstName,lastName,phone,accountId,orgname,jobTitle,cdate,udate,deleted
31,anna@mueller.de,Anna,Groß,+49 351 12,4,Müller,Head of Purchasing,2024-03-31T08:15:00-05:00,2026-01-01T00:00:00Z,0
32,ben@soehne.de,Ben,Kurz,,5,Söhne,,2025-01-02T10:00:00-06:00,2026-01-01T00:00:00-06:00,0
33,gone@soehne.de,Gone,Away,,5,Söhne,,2025-01-02T10:00:00-06:00,2026-01-01T00:00:00-06:00,1
"""
ENGLISH_CONTACTS = """\
"Contact ID","Email","First Name","Last Name","Phone","Account ID","Account","Job Title","Date Created","Tags"
"31","anna@mueller.de","Anna","Groß","+49 351 12","4","Müller","Head of Purchasing","2024-03-31 08:15:00","a, b"
"32","ben@soehne.de","Ben","Kurz","","5","Söhne","","2025-01-02 10:00:00",""
"""
GERMAN_CONTACTS = """\
Kontakt-ID;E-Mail-Adresse;Vorname;Nachname;Telefon;Account-ID;Account;Position;Erstellungsdatum;Tags
31;anna@mueller.de;Anna;Groß;+49 351 12;4;Müller;Head of Purchasing;31.03.2024 08:15;a, b
32;ben@soehne.de;Ben;Kurz;;5;Söhne;;02.01.2025 10:00;
"""
CONTACTS = [
    {
        "contact_id": "31",
        "account_id": "4",
        "first_name": "Anna",
        "last_name": "Groß",
        "job_title": "Head of Purchasing",
        "email": "anna@mueller.de",
        "phone": "+49 351 12",
    },
    {"contact_id": "32", "account_id": "5", "first_name": "Ben", "last_name": "Kurz", "email": "ben@soehne.de"},
]
API_ACCOUNTS = """\
id,name,accountUrl,owner,createdTimestamp,updatedTimestamp,contactCount
4,Müller Anlagenbau GmbH,https://mueller.de,1,2024-03-31T08:15:00-05:00,2026-01-01T00:00:00-05:00,1
"""
ENGLISH_ACCOUNTS = """\
"Account ID","Account Name","Account URL","Account Owner","Created Timestamp"
"4","Müller Anlagenbau GmbH","https://mueller.de","1","2024-03-31 08:15:00"
"""
GERMAN_ACCOUNTS = """\
Account-ID;Name des Accounts;Website des Accounts;Eigentümer;Erstellungsdatum
4;Müller Anlagenbau GmbH;https://mueller.de;1;31.03.2024 08:15
"""
ACCOUNTS = [
    {
        "account_id": "4",
        "name": "Müller Anlagenbau GmbH",
        "website": "https://mueller.de",
        "owner_id": "1",
        "created_date": dt.date(2024, 3, 31),
    }
]


@pytest.mark.parametrize("content", [API_CONTACTS, ENGLISH_CONTACTS, GERMAN_CONTACTS], ids=["api", "en", "de"])
def test_contacts_are_the_same(read_as, content: str):
    assert read_as("activecampaign", "contacts", {"contacts.csv": content}) == CONTACTS


@pytest.mark.parametrize("content", [API_ACCOUNTS, ENGLISH_ACCOUNTS, GERMAN_ACCOUNTS], ids=["api", "en", "de"])
def test_accounts_are_the_same(read_as, content: str):
    assert read_as("activecampaign", "accounts", {"accounts.csv": content}) == ACCOUNTS


def test_deleted_contacts_are_left_out_with_their_reason(read_as):
    gone = read_as("activecampaign", "contacts", {"contacts.csv": API_CONTACTS}, skip="deleted")
    assert [row["contact_id"] for row in gone] == ["33"]


@pytest.mark.parametrize(
    ("content", "shape"),
    [
        (API_CONTACTS, "contact"),
        (ENGLISH_CONTACTS, "contact"),
        (GERMAN_CONTACTS, "contact"),
        (API_ACCOUNTS, "account"),
        (ENGLISH_ACCOUNTS, "account"),
        (GERMAN_ACCOUNTS, "account"),
    ],
)
def test_exports_are_taken_for_activecampaign(taken_for, headers_in, content: str, shape: str):
    assert taken_for(headers_in(content)) == ("activecampaign", shape)
