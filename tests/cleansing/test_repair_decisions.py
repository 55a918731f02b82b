"""Decisions about values that change nothing are said: gone records, values that no rule doubts, unreadable rows."""

from __future__ import annotations

import pandas as pd
import pytest

from segkit.cleansing.link_findings import describe_search
from segkit.cleansing.memory import Memory
from segkit.texts import LANGUAGES, say

COLUMNS = ["table", "record_id", "column", "choice", "value", "quarter", "author", "date", "reason"]


def decided(*rows):
    return pd.DataFrame([[*row, "2026Q3", "me", "2026-10-01", ""] for row in rows], columns=COLUMNS)


@pytest.fixture
def company(put, line):
    put("invoices", [line("K1"), line("K2")])
    put("accounts", [{"account_id": "K1", "name": "Muster, Erika", "city": "Köln"},
                     {"account_id": "K2", "name": "Muster, Max", "city": "Bonn"}])  # fmt: skip
    put("contacts", [{"contact_id": "P1", "account_id": "K1", "last_name": "Öz", "email": "oez@firma.de"}])


def checked(rows):
    return dict(rows("""SELECT "check", n_bad FROM data_quality WHERE "table" = 'decisions'"""))


@pytest.mark.usefixtures("company")
def test_a_decision_about_a_gone_record_is_said_with_its_name(con, clean, rows):
    yes = ("accounts", "K1", "name", "accept", "")
    clean(memory=Memory(repairs=decided(yes, ("accounts", "K77", "city", "accept", ""))))
    assert rows("SELECT name FROM accounts WHERE account_id = 'K1'") == [("Erika Muster",)]
    assert checked(rows) == {"gone_repair": 1, "idle_repair": 0, "unclear_repair": 0}
    (said,) = [(key, numbers) for key, numbers in describe_search(con) if key.startswith("repairs.")]
    assert said[0] == "repairs.warn_gone_repair"
    for language in LANGUAGES:
        assert "accounts K77 city" in say(said[0], language, **said[1])
    assert say(said[0], "en", **said[1]).startswith("1\N{NO-BREAK SPACE}row of decisions/repairs.csv names a record")


@pytest.mark.usefixtures("company")
def test_a_value_that_no_rule_doubts_cannot_be_decided_and_that_is_said(con, clean, rows):
    wish, done = ("accounts", "K2", "city", "accept", "Berlin"), ("contacts", "P1", "email", "refuse", "")
    clean(memory=Memory(repairs=decided(wish, done)))
    assert rows("SELECT city FROM accounts WHERE account_id = 'K2'") == [("Bonn",)]
    assert checked(rows) == {"gone_repair": 0, "idle_repair": 2, "unclear_repair": 0}
    assert ("repairs.warn_idle_repair", {"n": 2, "names": "accounts K2 city; contacts P1 email"}) in describe_search(
        con
    )


@pytest.mark.usefixtures("company")
def test_what_nobody_can_read_is_left_aside(con, clean, rows):
    odd = [("kunden", "K1", "name", "accept", ""), ("accounts", "K1", "ort", "accept", ""),
           ("accounts", "K1", "name", "perhaps", ""), ("accounts", "K2", "name", "refuse", "")]  # fmt: skip
    clean(memory=Memory(repairs=decided(*odd)))
    assert checked(rows) == {"gone_repair": 0, "idle_repair": 0, "unclear_repair": 3}
    assert rows("SELECT record_id, status FROM proposals ORDER BY 1") == [("K1", "open"), ("K2", "refused")]


def test_without_decisions_there_is_nothing_to_check(con, put, line, clean, rows):
    put("invoices", [line("K1")])
    clean(memory=Memory(repairs=decided()))
    assert checked(rows) == {}


def test_accounts_without_a_list_are_gone(put, line, clean, rows):
    put("invoices", [line("K1")])
    clean(memory=Memory(repairs=decided(("accounts", "K1", "city", "accept", "Bonn"))))
    assert checked(rows)["gone_repair"] == 1


@pytest.mark.parametrize(
    ("value", "employees", "unclear"), [("31", 31, 0), ("1.200", 2019, 1), ("viele", 2019, 1), ("", None, 0)]
)
def test_a_value_that_does_not_fit_its_column_is_not_taken(put, line, clean, rows, value, employees, unclear):
    """2019 persons on 1 January 2019: the year stands in the wrong column."""
    put("invoices", [line("K1")])
    put("accounts", [{"account_id": "K1", "name": "Eins GmbH", "employees": 2019, "employees_date": "2019-01-01"}])
    clean(memory=Memory(repairs=decided(("accounts", "K1", "employees", "accept", value))))
    assert rows("SELECT employees FROM accounts") == [(employees,)]
    assert checked(rows)["unclear_repair"] == unclear
