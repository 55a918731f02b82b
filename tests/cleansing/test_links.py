"""Known keys link records of several systems before anybody guesses; what they leave open is said."""

import pandas as pd
import pytest

from segkit.cleansing.known_keys import Record, folded, link_records
from segkit.cleansing.link_findings import describe_links
from segkit.cleansing.links import date_links

SAP, CRM = "raw/sap/kna1.csv", "raw/hubspot/companies.csv"
MONEY, DEALS = "raw/sap/vbrk.csv", "raw/hubspot/deals.csv"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("0000012345", "12345"),
        ("{2F4A0C11-9C1B-4E55-8C1D-0A1B2C3D4E5F}", "2f4a0c11-9c1b-4e55-8c1d-0a1b2c3d4e5f"),
        ("001D000000IqhSL", "001D000000IqhSLIAZ"),
    ],
)
def test_two_writings_of_one_id_are_equal(one, other):
    assert folded(one) == folded(other)


@pytest.mark.parametrize(("one", "other"), [("A01", "A1"), ("ab-7", "AB-7"), ("12", "120"), ("001D0a", "001D0A")])
def test_other_ids_are_equal_only_as_they_stand(one, other):
    assert folded(one) != folded(other)


def accounts_of(*records):
    return link_records([Record(*record) for record in records]).accounts


def test_a_chain_ends_at_the_record_that_names_nobody():
    found = accounts_of(("shop", "s1", "881"), ("hubspot", "881", "12345"), ("sap", "0000012345"))
    assert set(found.values()) == {"0000012345"}


def test_of_two_systems_that_name_each_other_the_one_with_money_leads():
    with_money = Record("sap", "0000012345", "881", True, 1)
    assert link_records([Record("hubspot", "881", "12345"), with_money]).accounts == {
        ("hubspot", "881"): "0000012345",
        ("sap", "0000012345"): "0000012345",
    }


def test_an_external_id_that_fits_two_accounts_links_neither():
    links = link_records([Record("hubspot", "881", "12345"), Record("sap", "012345"), Record("sap", "0012345")])
    assert links.accounts[("hubspot", "881")] == "881"
    assert links.ambiguous == {("hubspot", "881")}


def test_two_crm_records_of_one_erp_account_become_one_and_are_reported():
    links = link_records([Record("hubspot", "1", "77"), Record("hubspot", "2", "77"), Record("sap", "77")])
    assert set(links.accounts.values()) == {"77"}
    assert links.shared == {("hubspot", "1"), ("hubspot", "2")}


def test_equal_ids_of_systems_that_count_for_themselves_stay_two_accounts():
    links = link_records([Record("hubspot", "77", None), Record("hubspot", "5", "80"), Record("sap", "77"),
                          Record("sap", "80")])  # fmt: skip
    assert links.accounts[("hubspot", "77")] == "hubspot:77"
    assert links.accounts[("sap", "77")] == "77"
    assert links.renamed == {("hubspot", "77")}


def test_equal_ids_without_any_key_are_reported_and_not_judged():
    links = link_records([Record("a", "77"), Record("b", "77"), Record("b", "78")])
    assert links.overlapping == {("a", "77"), ("b", "77")}
    assert links.linked == set()


@pytest.fixture
def two_systems(put, line):
    """SAP 0000012345 and its HubSpot record 881; SAP 0000000881, another company; HubSpot 990 without SAP number."""
    put("invoices", [line("0000012345", source=MONEY), line("12345", "2026-08-04", 20, source=MONEY),
                     line("0000000881", "2026-08-05", 5, source=MONEY)])  # fmt: skip
    put(
        "accounts",
        [
            {"account_id": "0000012345", "name": "Huber AG", "city": "Ulm", "source": SAP},
            {"account_id": "0000000881", "name": "Lang KG", "source": SAP},
            {"account_id": "881", "name": "Huber", "external_id": "12345", "website": "www.huber.de", "city": "ULM",
             "street": "Am Tor 1", "parent_id": "990", "source": CRM},
            {"account_id": "990", "name": "Huber Holding", "external_id": "55555", "source": CRM},
        ],
    )  # fmt: skip
    put("opportunities", [{"opportunity_id": "D1", "account_id": "881", "stage": "open", "source": DEALS},
                          {"opportunity_id": "D2", "account_id": "990", "stage": "open", "source": DEALS}])  # fmt: skip


@pytest.mark.usefixtures("two_systems")
def test_one_row_of_accounts_with_the_leading_values_completed_from_the_crm(clean, rows):
    clean()
    assert rows("SELECT account_id, name, city, street, website, parent_id FROM accounts ORDER BY 1") == [
        ("0000000881", "Lang KG", None, None, None, None),
        ("0000012345", "Huber AG", "Ulm", "Am Tor 1", "www.huber.de", "990"),
        ("990", "Huber Holding", None, None, None, None),
    ]
    filled = rows("""SELECT source, "column", n_rows FROM cleaning_log WHERE rule = 'filled_from_link' ORDER BY 2""")
    assert filled == [(CRM, column, 1) for column in ("external_id", "parent_id", "street", "website")]


@pytest.mark.usefixtures("two_systems")
def test_deals_and_lines_bear_the_leading_id_also_where_zeros_were_lost(clean, rows):
    clean()
    assert rows("SELECT opportunity_id, account_id FROM opportunities ORDER BY 1") == [
        ("D1", "0000012345"),
        ("D2", "990"),
    ]
    money = "SELECT account_id, sum(revenue)::INT FROM invoices GROUP BY 1 ORDER BY 1"
    assert rows(money) == [("0000000881", 5), ("0000012345", 30)]
    assert rows("SELECT source, n_rows FROM cleaning_log WHERE rule = 'zeros_restored'") == [(MONEY, 1)]


@pytest.mark.usefixtures("two_systems")
def test_rows_of_linked_records_stay_in_the_balance(clean, rows):
    clean()
    steps = "SELECT step, sum(n_rows)::INT FROM reconciliation WHERE \"table\" = 'accounts' GROUP BY 1 ORDER BY 1"
    assert rows(steps) == [("excluded_linked", 1), ("in", 4), ("used", 3)]
    checks = """SELECT "check", n_bad FROM data_quality WHERE "column" = 'external_id' AND "check" LIKE '%external_id'
                ORDER BY 1"""
    assert rows(checks) == [("ambiguous_external_id", 0), ("shared_external_id", 0), ("unmatched_external_id", 1)]


@pytest.mark.usefixtures("two_systems")
def test_the_table_of_links_holds_every_record_of_every_system(clean, rows):
    clean()
    assert rows("SELECT source, source_id, account_id, unit_id, probability, since_quarter FROM account_links") == [
        ("hubspot", "881", "0000012345", "0000012345", 1.0, "2026Q3"),
        ("hubspot", "990", "990", "990", 1.0, "2026Q3"),
        ("sap", "0000000881", "0000000881", "0000000881", 1.0, "2026Q3"),
        ("sap", "0000012345", "0000012345", "0000012345", 1.0, "2026Q3"),
    ]


def test_a_billing_list_alone_is_enough_to_link_the_crm(put, line, clean, rows):
    """HubSpot's Record ID 12345 is not SAP's customer 12345, although SAP delivered no list of customers."""
    put("invoices", [line("12345", source=MONEY), line("777", source=MONEY)])
    put("accounts", [{"account_id": "12345", "name": "Lang", "external_id": "777", "source": CRM},
                     {"account_id": "2", "name": "Huber", "external_id": "12345", "source": CRM}])  # fmt: skip
    clean()
    assert rows("SELECT account_id, name FROM accounts ORDER BY 1") == [("12345", "Huber"), ("777", "Lang")]
    assert rows("SELECT n_bad FROM data_quality WHERE \"check\" = 'unmatched_external_id'") == [(0,)]


def test_zeros_are_not_restored_where_two_accounts_would_fit(put, line, clean, rows):
    put("invoices", [line("77")])
    put("accounts", [{"account_id": "077"}, {"account_id": "0077"}])
    clean()
    assert rows("SELECT account_id FROM invoices") == [("77",)]


def test_addresses_of_two_records_are_never_mixed(put, line, clean, rows):
    put("invoices", [line("5", source=MONEY)])
    elsewhere = {"city": "Berlin", "street": "Tor 1", "postal_code": "10115", "phone": "030 1"}
    put("accounts", [{"account_id": "5", "city": "Ulm", "source": SAP},
                     {"account_id": "h1", "external_id": "5", **elsewhere, "source": CRM}])  # fmt: skip
    clean()
    assert rows("SELECT city, street, postal_code, phone FROM accounts") == [("Ulm", None, None, "030 1")]


def test_a_link_keeps_the_quarter_in_which_it_was_first_there():
    now = pd.DataFrame({"source": ["sap", "sap"], "source_id": ["1", "2"], "account_id": ["1", "9"],
                        "since_quarter": ["2026Q3"] * 2})  # fmt: skip
    before = now.assign(account_id=["1", "2"], since_quarter="2026Q1")
    assert date_links(now, before, "2026Q3")["since_quarter"].to_list() == ["2026Q1", "2026Q3"]
    assert set(date_links(now, None, "2026Q3")["since_quarter"]) == {"2026Q3"}


def test_the_page_says_how_many_records_a_known_key_links_and_how_many_links_are_new():
    links = pd.DataFrame(
        [("hubspot", "881", "12", "2026Q3"), ("hubspot", "882", "12", "2026Q1"), ("sap", "12", "12", "2026Q1"),
         ("sap", "13", "13", "2026Q1")],
        columns=["source", "source_id", "account_id", "since_quarter"],
    )  # fmt: skip
    assert describe_links(links, "2026Q3") == [
        ("links.linked", {"n_linked": 2, "n_accounts": 1, "systems": "hubspot"}),
        ("links.since", {"n_new": 1, "n_kept": 1, "quarter": "2026Q3"}),
    ]
    assert describe_links(links[links["source"] == "sap"], "2026Q3") == [("links.none", {})]
    apart = links[links["source_id"].isin(["12"])]
    two = pd.concat([apart, apart.assign(source="crm", source_id="x1", account_id="x1")])
    assert describe_links(two, "2026Q3") == [("links.no_keys", {"n_systems": 2, "systems": "crm, sap"})]
