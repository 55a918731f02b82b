"""The account table: which accounts, in which order, and one page of them as text."""

import pandas as pd
import pytest

from segkit.widgets.accounts_table import account_page, asked, filter_accounts

ACCOUNTS = pd.DataFrame(
    {
        "account_id": ["1", "2", "3", "4"],
        "name": ["Älpler AG", "Müller GmbH", "nordwind KG", "Bau <b>AG</b>"],
        "segment_name": ["Champions", "Champions", "Wachstum", "Ruhend"],
        "city": ["Köln", None, "Köln", "Wien"],
        "owner_id": [None, None, None, None],
        "revenue_12m": [1000.0, 800.0, 200.0, 0.0],
        "growth": [0.4, None, 0.1, -1.0],
    }
)
COLUMNS = {"account_id": "extra", "name": "", "segment_name": "", "owner_id": "wide", "revenue_12m": "", "away": ""}


@pytest.mark.parametrize(
    ("chosen", "ids"),
    [
        ({}, ["1", "2", "3", "4"]),
        ({"search": "älp"}, ["1"]),
        ({"search": "KÖLN champions"}, ["1"]),
        ({"search": "("}, []),
        ({"sort": "growth", "descending": True}, ["1", "3", "4", "2"]),
        ({"sort": "growth", "descending": False}, ["4", "3", "1", "2"]),  # empty values last either way
        ({"sort": "name", "descending": False}, ["4", "2", "3", "1"]),
        ({"sort": "'; drop table"}, ["1", "2", "3", "4"]),
    ],
)
def test_search_and_order(chosen, ids):
    assert list(filter_accounts(ACCOUNTS, **chosen)["account_id"]) == ids


@pytest.mark.parametrize(
    "message", [{"search": 7, "sort": ["name"]}, {"search": None, "sort": None}, {"descending": 0}]
)
def test_what_the_browser_asks_may_be_anything(message):
    assert len(asked(ACCOUNTS, message)) in (0, 4)


def test_one_page_as_text():
    many = pd.concat([ACCOUNTS] * 10, ignore_index=True)
    page = account_page(many, COLUMNS, {"Champions": "#0B4F9C"}, {"page": 99, "number": 3}, "de", "EUR")
    assert [column["id"] for column in page["columns"]] == ["account_id", "name", "segment_name", "revenue_12m"]
    assert (page["page"], page["n_pages"], page["pages"], page["number"]) == (2, 3, "31–40 von 40", 3)
    assert page["rows"][0] == ["3", "nordwind KG", "Wachstum", "200\N{NO-BREAK SPACE}€"]
    assert page["accounts"] == [row[0] for row in page["rows"]]


def test_no_account_is_a_page_too():
    page = account_page(ACCOUNTS.head(0), COLUMNS, {}, {"page": "x"}, "en", "EUR")
    assert (page["rows"], page["pages"], page["n_pages"]) == ([], "0–0 of 0", 1)
