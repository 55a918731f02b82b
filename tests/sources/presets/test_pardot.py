"""Pardot: prospects become contacts, their activities engagements with the prospect's e-mail."""

import datetime as dt

import pytest

API_PROSPECTS = """\
id,email,firstName,lastName,jobTitle,department,phone,company,score,grade,optedOut,isDoNotEmail,crmAccountFid,isDeleted
1001,anna@mueller.de,Anna,Groß,Head of Purchasing,Purchasing,+49 351 12,Müller,120,B+,true,false,001D000000IRFma,false
1002,ben@soehne.de,Ben,Kurz,,,,Söhne,5,D,false,false,001D000000IRFmAIAX,false
1003,gone@soehne.de,Gone,Away,,,,Söhne,0,F,false,false,,true
"""
ENGLISH_PROSPECTS = """\
"Prospect ID","Email","First Name","Last Name","Job Title","Department","Phone","Company","Score","Grade","Opted Out",\
"Do Not Email","CRM Account FID"
"1001","anna@mueller.de","Anna","Groß","Head of Purchasing","Purchasing","+49 351 12","Müller","120","B+","1","0",\
"001D000000IRFma"
"1002","ben@soehne.de","Ben","Kurz","","","","Söhne","5","D","0","0","001D000000IRFmA"
"""
GERMAN_PROSPECTS = """\
Interessenten-ID;E-Mail;Vorname;Nachname;Position;Abteilung;Telefon;Firma;Punktzahl;Note;Abgemeldet;Account FID
1001;anna@mueller.de;Anna;Groß;Head of Purchasing;Purchasing;+49 351 12;Müller;120;B+;Ja;001D000000IRFma
1002;ben@soehne.de;Ben;Kurz;;;;Söhne;5;D;Nein;001D000000IRFmA
"""
CONTACTS = [
    {
        "contact_id": "1001",
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
        "contact_id": "1002",
        "account_id": "001D000000IRFmAIAX",
        "first_name": "Ben",
        "last_name": "Kurz",
        "email": "ben@soehne.de",
    },
]
API_ACTIVITIES = """\
id,prospectId,type,typeName,campaignId,emailId,formId,createdAt,details
501,1001,6,Email,71,33,,2026-02-13T10:00:00+01:00,Newsletter
502,1001,11,Email,71,33,,2026-02-13T10:05:00+01:00,Newsletter
503,1001,1,Email Tracker,71,33,,2026-02-14T08:00:00+01:00,https://example.com
504,1002,20,Visit,,,,2026-02-15T08:00:00+01:00,Visit: 3 pages
505,1002,4,Form,72,,9,2026-02-15T08:05:00+01:00,Contact us
506,1002,9,Opportunity,,,,2026-02-16T08:05:00+01:00,Won
"""
ENGLISH_ACTIVITIES = """\
"Activity ID","Prospect ID","Activity Type","Type Name","Campaign ID","Created At"
"501","1001","6","Email","71","2026-02-13 10:00:00"
"502","1001","11","Email","71","2026-02-13 10:05:00"
"503","1001","1","Email Tracker","71","2026-02-14 08:00:00"
"504","1002","20","Visit","","2026-02-15 08:00:00"
"505","1002","4","Form","72","2026-02-15 08:05:00"
"""
GERMAN_ACTIVITIES = """\
Aktivitäts-ID;Interessenten-ID;Typ;Typname;Kampagnen-ID;Erstellt am
501;1001;6;Email;71;13.02.2026 10:00
502;1001;11;Email;71;13.02.2026 10:05
503;1001;1;Email Tracker;71;14.02.2026 08:00
504;1002;20;Visit;;15.02.2026 08:00
505;1002;4;Form;72;15.02.2026 08:05
"""
_ENGAGEMENTS = [
    ("501", "1001", "71", 13, "mail"),
    ("502", "1001", "71", 13, "open"),
    ("503", "1001", "71", 14, "click"),
    ("504", "1002", None, 15, "visit"),
    ("505", "1002", "72", 15, "form"),
]
EMAILS = {"1001": "anna@mueller.de", "1002": "ben@soehne.de"}


def engagements(with_email: bool) -> list[dict]:
    """Return the rows to expect."""
    return [
        {"engagement_id": event, "contact_id": person}
        | ({"email": EMAILS[person]} if with_email else {})
        | ({"campaign_id": campaign} if campaign else {})
        | {"engagement_date": dt.date(2026, 2, day), "engagement_type": kind}
        for event, person, campaign, day, kind in _ENGAGEMENTS
    ]


@pytest.mark.parametrize("content", [API_PROSPECTS, ENGLISH_PROSPECTS, GERMAN_PROSPECTS], ids=["api", "en", "de"])
def test_prospects_are_contacts_of_the_salesforce_account(read_as, content: str):
    assert read_as("pardot", "contacts", {"prospects.csv": content}) == CONTACTS


@pytest.mark.parametrize("content", [API_ACTIVITIES, ENGLISH_ACTIVITIES, GERMAN_ACTIVITIES], ids=["api", "en", "de"])
def test_numbers_of_activity_types_become_words(read_as, content: str):
    assert read_as("pardot", "engagements", {"activities.csv": content}) == engagements(with_email=False)


def test_prospects_give_activities_their_email(read_as):
    files = {"activities.csv": API_ACTIVITIES, "prospects.csv": GERMAN_PROSPECTS}
    assert read_as("pardot", "engagements", files) == engagements(with_email=True)


def test_what_no_person_did_is_left_out_with_its_reason(read_as):
    gone = read_as("pardot", "engagements", {"activities.csv": API_ACTIVITIES}, skip="no_engagement")
    assert [row["engagement_id"] for row in gone] == ["506"]
    gone = read_as("pardot", "contacts", {"prospects.csv": API_PROSPECTS}, skip="deleted")
    assert [row["contact_id"] for row in gone] == ["1003"]


@pytest.mark.parametrize(
    ("content", "shape"),
    [
        (API_PROSPECTS, "prospect"),
        (ENGLISH_PROSPECTS, "prospect"),
        (GERMAN_PROSPECTS, "prospect"),
        (API_ACTIVITIES, "visitor_activity"),
        (ENGLISH_ACTIVITIES, "visitor_activity"),
        (GERMAN_ACTIVITIES, "visitor_activity"),
    ],
)
def test_exports_are_taken_for_pardot(taken_for, headers_in, content: str, shape: str):
    assert taken_for(headers_in(content)) == ("pardot", shape)
