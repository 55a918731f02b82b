"""Clicks known only by an e-mail address find their person and their account, or stay unknown and are counted."""

import pytest


@pytest.fixture
def mails(put, line):
    """Account K1 with a website and one contact; K2 and K3 share a website; engagements by address alone."""

    def put_mails(*addresses):
        put("invoices", [line()])
        put("accounts", [{"account_id": "K1", "website": "https://www.Huber.de/start"},
                         {"account_id": "K2", "website": "lang.com"}, {"account_id": "K3", "website": "www.lang.com"},
                         {"account_id": "K4", "website": "gmx.de"}])  # fmt: skip
        put("contacts", [{"contact_id": "P1", "account_id": "K2", "email": "Eva@Lang.com"},
                         {"contact_id": "P2", "email": "tom@huber.de"}])  # fmt: skip
        put("engagements", [{"engagement_id": str(i), "engagement_date": "2026-08-01", "email": address}
                            for i, address in enumerate(addresses)])  # fmt: skip

    return put_mails


@pytest.mark.parametrize(
    ("address", "contact", "account"),
    [
        ("eva@lang.COM", "P1", "K2"),
        ("tom@huber.de", "P2", "K1"),
        ("new@huber.de", None, "K1"),
        ("new@lang.com", None, None),
        ("somebody@gmx.de", None, None),
        ("no address", None, None),
    ],
)
def test_an_address_finds_its_person_else_its_company_else_nobody(mails, clean, rows, address, contact, account):
    mails(address)
    clean()
    assert rows("SELECT contact_id, account_id FROM engagements") == [(contact, account)]


def test_what_was_found_is_logged_and_what_stays_unknown_is_counted(mails, clean, rows):
    mails("eva@lang.com", "new@huber.de", "x@gmx.de")
    clean()
    logged = """SELECT "column", rule, n_rows FROM cleaning_log WHERE rule LIKE 'found_by_%' ORDER BY 2, 1, 3"""
    assert rows(logged) == [
        ("account_id", "found_by_domain", 1),
        ("account_id", "found_by_domain", 1),
        ("account_id", "found_by_email", 1),
        ("contact_id", "found_by_email", 1),
    ]
    unknown = """SELECT "table", n_rows, n_bad FROM data_quality WHERE "check" = 'unknown_person' ORDER BY 1"""
    assert rows(unknown) == [("contacts", 2, 0), ("engagements", 3, 1)]


def test_an_account_that_stands_there_is_never_replaced(put, line, clean, rows):
    put("invoices", [line()])
    put("contacts", [{"contact_id": "P1", "account_id": "K2", "email": "a@b.de"}])
    put("engagements", [{"engagement_id": "1", "engagement_date": "2026-08-01", "email": "a@b.de", "account_id": "K9"}])
    clean()
    assert rows("SELECT contact_id, account_id FROM engagements") == [("P1", "K9")]
