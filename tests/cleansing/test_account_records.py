"""What is known of each account when duplicates are searched for."""

import datetime as dt

import pytest

from segkit.cleansing.account_records import find_relatives, read_account_records, write_account_records
from segkit.cleansing.rows import mark_rows

UNTIL = dt.date(2026, 9, 30)


@pytest.fixture
def found(con, put, line):
    """Put accounts, contacts and lines, and return record_id → column of ``account_records``."""

    def records(column, accounts, contacts=(), lines=(), hierarchy=()):
        for table, rows in (("accounts", accounts), ("contacts", contacts), ("hierarchy", hierarchy)):
            if rows:
                put(table, list(rows))
                mark_rows(con, table)
        if lines:
            put("invoices", [line(*values) for values in lines])
        con.execute("CREATE TABLE named AS SELECT *, 'erp' AS system FROM rows_accounts").fetchall()
        con.execute("CREATE OR REPLACE TEMP TABLE rows_accounts AS FROM named").fetchall()
        write_account_records(con, UNTIL)
        return dict(con.execute(f"SELECT record_id, {column} FROM account_records ORDER BY 1").fetchall())

    return records


def person(number, account, email):
    return {"contact_id": f"P{number}", "account_id": account, "email": email}


def test_the_domain_of_most_contacts_is_the_accounts_and_free_mail_is_nobodys(found):
    people = [person(1, "K1", "a@huber.de"), person(2, "K1", "B@HUBER.de"), person(3, "K1", "c@lang.de"),
              person(4, "K2", "x@gmx.de"), person(5, None, "y@kurz.de")]  # fmt: skip
    assert found("email_domain", [{"account_id": "K1"}, {"account_id": "K2"}], people) == {"K1": "huber.de", "K2": None}


def test_money_up_to_the_quarters_end_decides_who_leads_and_later_money_does_not(found):
    lines = [("K1", "2026-09-30", 10), ("K1", "2026-10-01", 5000), ("K2", "2020-01-01", 20)]
    money = found("money::INT", [{"account_id": "K1"}, {"account_id": "K2"}, {"account_id": "K3"}], lines=lines)
    assert money == {"K1": 10, "K2": 20, "K3": 0}


def test_a_parent_and_its_subsidiary_are_relatives_whoever_says_so(found, con):
    accounts = [{"account_id": "K1"}, {"account_id": "K2", "parent_id": "K1"}, {"account_id": "K3", "parent_id": "K3"}]
    structure = [{"account_id": "K1", "parent_id": "K3"}, {"account_id": "K1", "parent_id": "unknown"}]
    found("name", accounts, hierarchy=structure)
    assert find_relatives(con) == {("K1", "K2"), ("K1", "K3")}


def test_columns_that_nobody_filled_are_text_all_the_same(found, con):
    found("name", [{"account_id": "K1", "name": "Huber"}])
    frame = read_account_records(con)
    assert set(frame.dtypes.astype(str)) == {"str"}
    assert frame["phone"].isna().all()
