"""Who counts as the customer of an invoice: sold-to, payer or ship-to."""

import pytest

from segkit.settings.cleansing import Cleansing

CENTRAL = """SELECT n_rows, n_bad, revenue FROM data_quality WHERE "check" = 'central_payer'"""


@pytest.fixture
def group(put, line):
    """Twelve buyers of 10 each, paid by their group Z; buyer K99 of 500 pays for himself."""
    put("invoices", [line(f"K{i:02d}", payer_id="Z") for i in range(12)] + [line("K99", revenue=500, payer_id="K99")])


def test_a_central_payer_is_no_customer_but_his_buyers_are(group, clean, rows):
    clean()
    assert rows("SELECT count(DISTINCT account_id), count(*) FILTER (account_id = 'Z') FROM invoices") == [(13, 0)]


def test_the_page_can_say_what_the_payer_setting_would_do(group, clean, rows):
    clean()
    assert rows(CENTRAL) == [(2, 1, 120)]


def test_with_the_payer_setting_the_group_is_one_customer_and_the_warning_stays(group, clean, rows):
    clean(cleansing=Cleansing(customer_role="payer"))
    assert rows("SELECT account_id, sum(revenue) FROM invoices GROUP BY 1 ORDER BY 1") == [("K99", 500), ("Z", 120)]
    assert rows(CENTRAL) == [(2, 1, 120)]
    logged = """SELECT old_value, new_value, n_rows FROM cleaning_log WHERE rule = 'customer_role'"""
    assert rows(logged) == [("sold_to", "payer", 12)]


def test_without_an_id_in_the_line_the_only_partner_of_the_role_counts(put, clean, line, rows):
    put("invoices", [line("K1"), line("K2"), line("K3", ship_to_id="W9")])
    partners = [("K1", "ship_to", "W1"), ("K2", "ship_to", "W2"), ("K2", "ship_to", "W3"), ("K3", "ship_to", "W4")]
    put("partners", [{"account_id": a, "role": r, "partner_id": p} for a, r, p in partners])
    clean(cleansing=Cleansing(customer_role="ship_to"))
    assert rows("SELECT account_id FROM invoices ORDER BY 1") == [("K2",), ("W1",), ("W9",)]


def test_money_adds_up_whoever_is_the_customer(group, clean, rows):
    clean(cleansing=Cleansing(customer_role="ship_to"))
    assert rows("SELECT sum(revenue) FROM invoices") == [(620,)]


def test_payers_of_fewer_customers_are_no_warning(put, clean, line, rows):
    put("invoices", [line(f"K{i}", payer_id="Z") for i in range(9)])
    clean()
    assert rows(CENTRAL) == [(1, 0, None)]
