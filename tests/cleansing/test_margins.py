"""Both contribution margins by hand."""

from __future__ import annotations

from decimal import Decimal


def test_margin_of_the_lines_and_after_cost_of_care(put, line, clean, rows):
    put("invoices", [
        line(day="2025-03-01", revenue=100, margin=40), line(day="2025-04-01", revenue=-50, margin=-20),
        line(day="2026-08-01", revenue=90, margin=30), line(day="2026-09-29", revenue=10),
    ])  # fmt: skip
    put("care_costs", [
        {"account_id": "K1", "cost_date": "2025-12-31", "cost": 5},
        {"account_id": "K2", "cost_date": "2025-12-31", "cost": 2},
        {"account_id": "K1", "cost_date": "2026-08-31", "cost": 9},
        {"account_id": "K1", "cost_date": "2026-10-31", "cost": 99},
    ])  # fmt: skip
    clean()
    assert rows("FROM margins ORDER BY 1") == [
        (2025, Decimal(50), Decimal(50), 1.0, Decimal(20), Decimal(7), Decimal(13)),
        (2026, Decimal(100), Decimal(90), 0.9, Decimal(30), Decimal(9), None),
    ], "below 95 % of revenue nothing is taken off a margin that is not whole; later costs wait"


def test_nothing_is_invented_where_neither_is_delivered(put, line, clean, rows):
    put("invoices", [line()])
    clean()
    assert rows("FROM margins") == [(2026, Decimal(10), Decimal(0), 0.0, None, None, None)]
