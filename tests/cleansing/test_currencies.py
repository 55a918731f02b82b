"""Money of other currencies by hand: converted with the rate of its day, or told and left out."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from segkit.cleansing.rates import name_currency
from segkit.errors import UserError

RATES = {"USD": {dt.date(2026, 1, 1): Decimal("0.9"), dt.date(2026, 8, 1): Decimal("0.95")}}


def currencies(rows):
    names = "currency, n_rows, amount, revenue, lowest_rate, highest_rate, n_without_rate, amount_without_rate"
    return rows(f"SELECT {names} FROM currencies ORDER BY ALL")


@pytest.mark.parametrize(
    ("text", "code", "is_known"),
    [("usd", "USD", True), (" Eur ", "EUR", True), ("€", "EUR", True), ("$", "USD", True), ("£", "GBP", True),
     ("Euro", "EUR", True), ("US-Dollar", "USD", True), ("chf", "CHF", True), ("Stück", "Stück", False),
     ("XQZ", "XQZ", False)],
)  # fmt: skip
def test_currency_is_recognised_by_code_sign_and_name(text, code, is_known):
    assert name_currency(text) == (code, is_known)


def test_line_takes_the_latest_rate_up_to_its_day(put, line, clean, rows):
    put("invoices", [
        line("K1", "2026-07-31", "100.00", margin=40, currency="USD"), line("K2", "2026-08-01", "-100", currency="usd"),
        line("K3", "2026-09-29", 7, currency="Euro"), line("K4", "2026-09-29", 8),
        line("K5", "2026-09-30", 9, currency="EUR"),
    ])  # fmt: skip
    clean(exchange_rates=RATES)
    assert rows("SELECT account_id, revenue, margin, currency FROM invoices ORDER BY 1") == [
        ("K1", Decimal(90), Decimal(36), "USD"), ("K2", Decimal(-95), None, "USD"), ("K3", Decimal(7), None, "EUR"),
        ("K4", Decimal(8), None, None), ("K5", Decimal(9), None, "EUR")]  # fmt: skip
    assert currencies(rows) == [("USD", 2, Decimal(0), Decimal(-5), 0.9, 0.95, 0, Decimal(0))]
    assert rows("SELECT old_value, new_value, n_rows FROM cleaning_log WHERE rule = 'currency_converted'") == [
        ("USD", "0.9 – 0.95", 2)
    ]


def test_amounts_are_rounded_half_away_from_zero_to_four_digits(put, line, clean, rows):
    put("invoices", [line("K1", revenue="0.0001", currency="USD"), line("K2", revenue="-0.0001", currency="USD"),
                     line("K3", "2026-09-29", revenue="123456789.1234", currency="USD")])  # fmt: skip
    clean(exchange_rates={"USD": {None: Decimal("0.5")}})
    assert [str(row[0]) for row in rows("SELECT revenue FROM invoices ORDER BY account_id")] == [
        "0.0001", "-0.0001", "61728394.5617"]  # fmt: skip


def test_first_rate_later_than_the_line_is_no_rate(put, line, clean, rows):
    put("invoices", [line("K1", "2025-12-31", "1000.00", currency="USD"), line("K2", "2025-12-30", 200, currency="USD"),
                     line("K3", "2026-09-29", 10), line("K4", "2026-10-01", 99, currency="USD")])  # fmt: skip
    clean(exchange_rates=RATES)
    assert rows("SELECT step, n_rows, revenue FROM reconciliation ORDER BY 1") == [
        ("in", 4, Decimal("104.05")), ("later", 1, Decimal("94.05")), ("quarantined_no_rate", 2, Decimal(0)),
        ("used", 1, Decimal(10))]  # fmt: skip
    assert currencies(rows) == [("USD", 0, Decimal(0), None, None, None, 2, Decimal(1200))]
    assert rows("SELECT first_without_rate, last_without_rate FROM currencies") == [
        (dt.date(2025, 12, 30), dt.date(2025, 12, 31))
    ]
    assert '"revenue":1000.0000' in rows("SELECT raw FROM quarantine ORDER BY row_number")[0][0], "as it came"


def test_rates_of_a_table_and_of_the_project_file_hold_together(put, line, clean, rows):
    put("invoices", [line("K1", "2026-07-02", 100, currency="USD"), line("K2", "2026-08-02", 100, currency="CHF"),
                     line("K3", "2026-09-29", 100, currency="USD")])  # fmt: skip
    put("exchange_rates", [
        {"currency": "usd", "rate_date": "2026-07-01", "rate": 0.8},
        {"currency": "CHF", "rate_date": "2026-01-01", "rate": 1.1},
        {"currency": "CHF", "rate_date": "2026-02-01", "rate": 0},
        {"currency": "EUR", "rate_date": "2026-01-01", "rate": 1},
    ])  # fmt: skip
    clean(exchange_rates={"USD": {dt.date(2026, 7, 1): Decimal("0.7"), dt.date(2026, 9, 1): Decimal("0.6")}})
    assert rows("SELECT account_id, revenue FROM invoices ORDER BY 1") == [
        ("K1", Decimal(70)), ("K2", Decimal(110)), ("K3", Decimal(60))]  # fmt: skip
    assert rows("SELECT step, n_rows FROM reconciliation WHERE \"table\" = 'exchange_rates' ORDER BY 1") == [
        ("in", 4), ("quarantined_bad_rate", 1), ("used", 3)]  # fmt: skip


def test_two_rates_of_one_day_are_refused(put, line, clean):
    put("invoices", [line(currency="USD")])
    put("exchange_rates", [{"currency": "USD", "rate_date": "2026-01-01", "rate": rate} for rate in (0.92, 0.95)])
    with pytest.raises(UserError, match=r"USD has 2 rates on 2026-01-01 \(0.92 and 0.95\). Keep one of them"):
        clean()


def test_newer_delivery_of_rates_counts(put, line, clean, rows):
    put("invoices", [line(revenue=100, currency="USD")])
    day = {"currency": "USD", "rate_date": "2026-01-01"}
    put("exchange_rates", [{**day, "rate": 0.5, "delivery": "2026-07-01", "source": "b.csv"},
                           {**day, "rate": 0.6, "delivery": "2026-04-01"}])  # fmt: skip
    clean()
    assert rows("SELECT revenue FROM invoices") == [(Decimal(50),)]


def test_what_is_no_currency_is_a_finding(put, line, clean, rows):
    put("invoices", [line(), line("K2", revenue=5, currency="Stück")])
    clean()
    assert rows("SELECT reason FROM quarantine") == [("unknown_currency",)]
    assert rows("SELECT currency, is_known, n_without_rate FROM currencies") == [("Stück", False, 1)]


def test_project_whose_currency_was_forgotten_is_refused(put, line, clean):
    put("invoices", [line(currency="CHF"), line("K2", currency="CHF")])
    with pytest.raises(UserError, match="not one row is in EUR.*: 2 rows are in CHF. Set currency: CHF"):
        clean()


def test_orders_and_opportunities_are_converted_too(put, line, clean, rows):
    put("invoices", [line()])
    put("orders", [{"order_id": "1", "order_date": "2026-08-02", "revenue": 100, "currency": "USD"},
                   {"order_id": "2", "order_date": "2025-08-02", "revenue": 100, "currency": "USD"},
                   {"order_id": "3", "order_date": "2025-08-02", "currency": "USD"}])  # fmt: skip
    deal = {"amount": 100, "currency": "USD", "created_date": "2026-05-01"}
    put("opportunities", [
        {"opportunity_id": "1", "stage": "won", "close_date": "2026-08-03", **deal},
        {"opportunity_id": "2", "stage": "open", **deal},
    ])  # fmt: skip
    clean(exchange_rates=RATES)
    assert rows("SELECT order_id, revenue FROM orders ORDER BY 1") == [("1", Decimal(95)), ("3", None)]
    assert rows("SELECT amount FROM opportunities ORDER BY opportunity_id") == [(Decimal(95),), (Decimal(90),)]
    assert rows('SELECT "table", currency, n_rows, n_without_rate FROM currencies ORDER BY 1') == [
        ("opportunities", "USD", 2, 0), ("orders", "USD", 1, 1)]  # fmt: skip


def test_won_opportunities_that_stand_in_for_invoices_are_in_the_projects_currency(put, clean, rows):
    won = {"stage": "won", "currency": "USD", "account_id": "K1", "amount": 100}
    put(
        "opportunities",
        [
            {"opportunity_id": "1", "close_date": "2026-08-03", **won},
            {"opportunity_id": "2", "close_date": "2025-01-01", **won},
        ],
    )
    clean(exchange_rates=RATES)
    assert rows("SELECT revenue FROM invoices") == [(Decimal(95),)]


def test_different_amounts_without_a_rate_are_no_duplicates(put, line, clean, rows):
    put("invoices", [line("K9"), line(revenue=1, currency="USD"), line(revenue=2, currency="USD", source="b.csv")])
    clean()
    assert rows("SELECT count(*) FROM quarantine WHERE reason = 'no_rate'") == [(2,)]


def test_unreadable_rows_of_a_file_with_several_currencies_claim_no_amount(put, put_unreadable, line, clean, rows):
    put("invoices", [line(), line("K2", revenue=5, currency="USD"), line("K3", source="b.csv")])
    put_unreadable("invoices", [("a.csv", 9, "bad_date", "x", Decimal(70)), ("b.csv", 9, "bad_date", "x", Decimal(8))])
    clean(exchange_rates=RATES)
    found = rows("SELECT source, n_rows, revenue FROM reconciliation WHERE step = 'quarantined_bad_date' ORDER BY 1")
    assert found == [("a.csv", 1, Decimal(0)), ("b.csv", 1, Decimal(8))]
