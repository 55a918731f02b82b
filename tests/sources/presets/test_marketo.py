"""Marketo: leads become contacts, bulk activities engagements with the lead's e-mail."""

import datetime as dt

import pytest

API_LEADS = """\
id,email,firstName,lastName,title,department,phone,company,inferredCompany,sfdcAccountId,leadScore,unsubscribed,createdAt
318581,anna@mueller.de,Anna,Groß,Head of Purchasing,Purchasing,+49 351 12,Müller,,001D000000IRFma,42,true,2024-03-31
318592,ben@soehne.de,Ben,Kurz,,,,Söhne,Soehne KG,001D000000IRFmAIAX,5,false,2025-01-02T10:00:00Z
"""
ENGLISH_LEADS = """\
"Lead ID","Email Address","First Name","Last Name","Job Title","Department","Phone Number","Company Name",\
"Inferred Company","SFDC Account ID","Lead Score","Unsubscribed","Created At"
"318581","anna@mueller.de","Anna","Groß","Head of Purchasing","Purchasing","+49 351 12","Müller","",\
"001D000000IRFma","42","Yes","2024-03-31 10:15:00"
"318592","ben@soehne.de","Ben","Kurz","","","","Söhne","Soehne KG","001D000000IRFmA","5","No","2025-01-02 11:00:00"
"""
GERMAN_LEADS = """\
Lead-ID;E-Mail-Adresse;Vorname;Nachname;Position;Abteilung;Telefonnummer;Firmenname;SFDC Account ID;Abgemeldet;Erstellt
318581;anna@mueller.de;Anna;Groß;Head of Purchasing;Purchasing;+49 351 12;Müller;001D000000IRFma;Ja;31.03.2024
318592;ben@soehne.de;Ben;Kurz;;;;Söhne;001D000000IRFmA;Nein;02.01.2025
"""
CONTACTS = [
    {
        "contact_id": "318581",
        "account_id": "001D000000IRFmaIAH",
        "first_name": "Anna",
        "last_name": "Groß",
        "job_title": "Head of Purchasing",
        "department": "Purchasing",
        "email": "anna@mueller.de",
        "phone": "+49 351 12",
        "consent": False,
    },
    {
        "contact_id": "318592",
        "account_id": "001D000000IRFmAIAX",
        "first_name": "Ben",
        "last_name": "Kurz",
        "email": "ben@soehne.de",
    },
]
API_ACTIVITIES = """\
marketoGUID,leadId,activityDate,activityTypeId,campaignId,primaryAttributeValueId,primaryAttributeValue,attributes
783001,318581,2026-02-13T09:00:00Z,1,,7,/pricing,"{""Query Parameters"":""a=1;b=2"",""User Agent"":""Mozilla""}"
783002,318581,2026-02-13T09:05:00Z,2,,1024,Contact us,"{""Form Fields"":""x""}"
783003,318592,2026-02-14T09:00:00Z,6,55,2042,Newsletter,"{""Choice Number"":0}"
783004,318592,2026-02-14T09:00:10Z,7,55,2042,Newsletter,{}
783005,318592,2026-02-14T10:00:00Z,10,55,2042,Newsletter,{}
783006,318592,2026-02-14T10:01:00Z,11,55,2042,Newsletter,"{""Link"":""https://example.com/a,b""}"
783007,318592,2026-02-15T10:01:00Z,9,55,2042,Newsletter,{}
783008,318592,2026-02-15T10:02:00Z,13,,641,leadScore,"{""New Value"":""5""}"
783009,318592,2026-02-15T10:03:00Z,8,55,2042,Newsletter,{}
"""
ENGLISH_ACTIVITIES = """\
Marketo GUID,Lead ID,Activity Date,Activity Type ID,Campaign ID
783001,318581,2026-02-13 10:00:00,1,
783002,318581,2026-02-13 10:05:00,2,
783003,318592,2026-02-14 10:00:00,6,55
783004,318592,2026-02-14 10:00:10,7,55
783005,318592,2026-02-14 11:00:00,10,55
783006,318592,2026-02-14 11:01:00,11,55
783007,318592,2026-02-15 11:01:00,9,55
783009,318592,2026-02-15 11:03:00,8,55
"""
GERMAN_ACTIVITIES = """\
Marketo GUID;Lead-ID;Aktivitätsdatum;Aktivitätstyp-ID;Kampagnen-ID
783001;318581;13.02.2026;1;
783002;318581;13.02.2026;2;
783003;318592;14.02.2026;6;55
783004;318592;14.02.2026;7;55
783005;318592;14.02.2026;10;55
783006;318592;14.02.2026;11;55
783007;318592;15.02.2026;9;55
783009;318592;15.02.2026;8;55
"""
_ENGAGEMENTS = [
    ("783001", "318581", None, 13, "visit"),
    ("783002", "318581", None, 13, "form"),
    ("783003", "318592", "55", 14, "mail"),
    ("783004", "318592", "55", 14, "delivered"),
    ("783005", "318592", "55", 14, "open"),
    ("783006", "318592", "55", 14, "click"),
    ("783007", "318592", "55", 15, "unsubscribe"),
    ("783009", "318592", "55", 15, "bounce"),
]
EMAILS = {"318581": "anna@mueller.de", "318592": "ben@soehne.de"}


def engagements(with_email: bool) -> list[dict]:
    """Return the rows to expect."""
    return [
        {"engagement_id": event, "contact_id": person}
        | ({"email": EMAILS[person]} if with_email else {})
        | ({"campaign_id": campaign} if campaign else {})
        | {"engagement_date": dt.date(2026, 2, day), "engagement_type": kind}
        for event, person, campaign, day, kind in _ENGAGEMENTS
    ]


@pytest.mark.parametrize("content", [API_LEADS, ENGLISH_LEADS, GERMAN_LEADS], ids=["api", "en", "de"])
def test_leads_are_contacts_and_who_unsubscribed_gave_no_consent(read_as, content: str):
    assert read_as("marketo", "contacts", {"leads.csv": content}) == CONTACTS


@pytest.mark.parametrize("content", [API_ACTIVITIES, ENGLISH_ACTIVITIES, GERMAN_ACTIVITIES], ids=["api", "en", "de"])
def test_numbers_of_activity_types_become_words(read_as, content: str):
    assert read_as("marketo", "engagements", {"activities.csv": content}) == engagements(with_email=False)


def test_leads_give_activities_their_email(read_as):
    files = {"activities.csv": API_ACTIVITIES, "leads.csv": ENGLISH_LEADS}
    assert read_as("marketo", "engagements", files) == engagements(with_email=True)


def test_changes_of_data_are_no_engagement_of_a_person(read_as):
    gone = read_as("marketo", "engagements", {"activities.csv": API_ACTIVITIES}, skip="no_engagement")
    assert [row["engagement_id"] for row in gone] == ["783008"]


@pytest.mark.parametrize(
    ("content", "shape"),
    [
        (API_LEADS, "lead"),
        (ENGLISH_LEADS, "lead"),
        (GERMAN_LEADS, "lead"),
        (API_ACTIVITIES, "activity"),
        (ENGLISH_ACTIVITIES, "activity"),
        (GERMAN_ACTIVITIES, "activity"),
    ],
)
def test_exports_are_taken_for_marketo(taken_for, headers_in, content: str, shape: str):
    assert taken_for(headers_in(content)) == ("marketo", shape)
