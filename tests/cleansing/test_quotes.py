"""Quotes as opportunities."""

import pytest

from segkit.cleansing.quotes import quotes_as_opportunities
from segkit.quarters import Quarter

CHANCES = "SELECT opportunity_id, stage, amount, close_date::VARCHAR FROM opportunities ORDER BY 1"


def document(number: str, kind: str, day: str, revenue: float = 10, **more) -> dict:
    usual = {"account_id": "K1", "product_id": "A1", "quantity": 1}
    return {"order_id": number, "order_type": kind, "order_date": day, "revenue": revenue, **usual, **more}


@pytest.fixture
def quotes(put, line):
    put("invoices", [line("K1")])
    put("orders", [
        document("Q1", "quote", "2026-05-01", 30), document("Q1", "quote", "2026-05-01", 12, product_id="A2"),
        document("Q2", "quote", "2026-06-01", 50, is_rejected=True),
        document("Q3", "quote", "2026-07-01", 70), document("Q3", "quote", "2026-07-01", 5, is_rejected=True),
        document("Q4", "quote", "2026-08-01", 90),
        document("O1", "order", "2026-06-10", 20, quote_id="Q1"),
        document("O2", "order", "2026-07-10", 22, quote_id="Q1"),
        document("O3", "order", "2026-10-10", 90, quote_id="Q4"),
        document("R1", "return", "2026-08-10", 5, quote_id="Q3"),
        document("O4", "order", "2026-08-11", 5, quote_id="Q3", is_rejected=True),
    ])  # fmt: skip


def test_a_quote_is_won_by_its_first_order_lost_when_rejected_and_open_otherwise(quotes, clean, rows):
    clean()
    assert rows(CHANCES) == [
        ("Q1", "won", 42, "2026-06-10"), ("Q2", "lost", 50, None), ("Q3", "open", 70, None), ("Q4", "open", 90, None)
    ]  # fmt: skip


def test_an_order_after_as_of_wins_nothing_yet(quotes, clean, rows):
    clean()
    assert rows("SELECT is_closed, is_won FROM opportunities WHERE opportunity_id = 'Q4'") == [(False, False)]


def test_an_older_quarter_knows_neither_later_orders_nor_later_rejections(put, quotes, con, line, clean, rows):
    put_line = "INSERT INTO raw_invoices BY NAME SELECT * REPLACE (DATE '2026-05-20' AS invoice_date) FROM raw_invoices"
    con.execute(put_line).fetchall()
    clean("2026Q2")
    assert rows(CHANCES) == [("Q1", "won", 42, "2026-06-10"), ("Q2", "open", 50, None)]


def test_delivered_opportunities_come_first_and_the_log_says_so(put, quotes, clean, rows):
    put("opportunities", [{"opportunity_id": "P1", "account_id": "K1", "stage": "offen", "created_date": "2026-07-01"}])
    clean()
    assert rows("SELECT opportunity_id FROM opportunities") == [("P1",)]
    assert rows("SELECT rule, n_rows FROM cleaning_log WHERE rule LIKE 'quote%'") == [("quote_not_used", 4)]


def test_orders_without_quotes_make_no_opportunities(put, con):
    put("orders", [document("O1", "order", "2026-06-10")])
    con.execute("CREATE TEMP TABLE rows_orders AS SELECT *, NULL::VARCHAR AS step FROM raw_orders").fetchall()
    assert not quotes_as_opportunities(con, Quarter.parse("2026Q3"))


def test_money_can_rest_on_won_quotes(put, clean, rows):
    put("orders", [document("Q1", "quote", "2026-07-01", 30), document("O1", "order", "2026-08-10", 9, quote_id="Q1")])
    clean()
    assert rows("SELECT revenue, invoice_date::VARCHAR FROM invoices") == [(30, "2026-08-10")]
    assert rows("SELECT money_source FROM run_period") == [("opportunities",)]
