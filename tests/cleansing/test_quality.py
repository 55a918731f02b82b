"""Checks by hand: what is wrong is counted, with its money; what is right counts zero."""

from __future__ import annotations

from decimal import Decimal

import pytest


@pytest.fixture
def found(rows):
    def one(check, column=None, table="invoices"):
        where = f"\"check\" = '{check}' AND \"table\" = '{table}'" + (f" AND \"column\" = '{column}'" if column else "")
        return rows(f"SELECT n_rows, n_bad, revenue FROM data_quality WHERE {where}")

    return one


def test_prices_and_signs(put, line, clean, found):
    put("invoices", [
        line(revenue=0), line(revenue=-4, quantity=2), line(revenue=5, quantity=-2), line(invoice_id="C7", revenue=6),
        line(invoice_id="R2"),
    ])  # fmt: skip
    clean()
    assert found("zero_price") == [(5, 1, Decimal(0))]
    assert found("negative_price") == [(5, 1, Decimal(-4))]
    assert found("signs_disagree") == [(5, 1, Decimal(5))]
    assert found("cancellation_positive") == [(5, 1, Decimal(6))]
    assert found("identical_in_delivery") == [(5, 0, None)]


def test_missing_values_by_column_with_their_money(put, line, clean, found):
    put("invoices", [line(product_id=None, revenue=3), line(), line(None), {**line(), "source": "b.csv"}])
    clean()
    assert found("missing", "product_id") == [(3, 1, Decimal(3))]
    assert found("missing", "account_id") == [(3, 1, Decimal(10))]
    assert found("missing", "invoice_date") == [(3, 0, None)]


def test_unreadable_rows_by_reason(put, put_unreadable, line, clean, found):
    put("invoices", [line()])
    put_unreadable("invoices", [("a.csv", 9, "bad_date", "x", Decimal(4)), ("a.csv", 10, "bad_date", "y", None)])
    clean()
    assert found("unreadable_bad_date") == [(3, 2, Decimal(4))]


def test_products_that_the_list_does_not_know_but_not_charges(put, line, clean, found):
    put("invoices", [line(product_id="A1"), line(product_id="B2"), line(product_id="Porto"), line(product_id=None)])
    put("products", [{"product_id": "A1"}])
    clean()
    assert found("unknown_reference", "product_id") == [(3, 1, Decimal(10))]


def test_contacts_of_unknown_accounts(put, line, clean, found):
    put("invoices", [line("K1"), line("K2")])
    put("accounts", [{"account_id": "K1"}])
    put("contacts", [{"contact_id": "1", "account_id": "K1"}, {"contact_id": "2", "account_id": "K2"}])
    clean()
    assert found("unknown_reference", "account_id", "contacts") == [(2, 1, None)]


def test_ids_that_lost_their_leading_zeros_and_ids_of_another_shape(put, line, clean, found):
    put("invoices", [line(f"00{i}") for i in range(123, 130)] + [line("123"), line("K-9", revenue=2)])
    clean()
    assert found("mixed_shape", "account_id") == [(9, 2, Decimal(12))]


def test_ids_of_one_shape_are_fine(put, line, clean, found):
    put("invoices", [line("K1"), line("K22"), line("K333")])
    clean()
    assert found("mixed_shape", "account_id") == [(3, 0, None)]


def test_one_account_with_half_of_the_money_and_too_few_accounts(put, line, clean, found):
    put("invoices", [line("K1", revenue=60), line("K2"), line("K3")])
    clean()
    assert found("dominant_account") == [(3, 1, Decimal(60))]
    assert found("few_accounts") == [(3, 3, None)]


def test_thirty_accounts_are_enough(put, line, clean, found):
    put("invoices", [line(f"K{i}") for i in range(30)])
    clean()
    assert found("dominant_account") == [(30, 0, None)]
    assert found("few_accounts") == [(30, 0, None)]


def test_dates_long_ago(put, line, clean, found):
    put("invoices", [line(), line(day="1900-01-01")])
    clean()
    assert found("old_date") == [(2, 1, Decimal(10))]


def test_columns_that_a_system_may_not_have_are_no_gap(put, line, clean, rows):
    put("invoices", [line()])
    put("engagements", [{"engagement_id": "1", "engagement_date": "2026-08-01"}])
    clean()
    missing = {column for (column,) in rows('SELECT "column" FROM data_quality WHERE "check" = \'missing\'')}
    assert "margin" in missing and not missing & {"currency", "payer_id", "ship_to_id", "email", "external_id"}


def test_line_without_rate_is_not_called_a_line_without_amount(put, line, clean, found):
    put("invoices", [line(), line("K2", revenue=5, currency="USD"), line("K3", revenue=5, currency="Stück")])
    clean()
    assert found("missing", "revenue") == [(3, 0, None)]
    assert found("no_rate", "currency") == [(3, 1, None)]
    assert found("unknown_currency", "currency") == [(3, 1, None)]


def test_without_money_only_what_is_there_is_checked(put, clean, rows):
    put("accounts", [{"account_id": "K1"}])
    clean()
    assert rows('SELECT DISTINCT "table" FROM data_quality') == [("accounts",)]
