"""Quarters by hand: complete or not, as-of, later lines, quarters without data."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from segkit.errors import UserError


def period(rows):
    return rows("SELECT as_of, first_money_date, last_money_date, is_complete, history_days FROM run_period")[0]


def test_quarter_with_money_up_to_a_week_before_its_ends_is_complete(put, line, clean, rows):
    put("invoices", [line(day="2026-07-08"), line(day="2026-09-23")])
    clean()
    end = dt.date(2026, 9, 30)
    assert period(rows) == (end, dt.date(2026, 7, 8), dt.date(2026, 9, 23), True, (end - dt.date(2026, 7, 8)).days)


def test_quarter_that_ends_early_is_known_up_to_its_last_money_date(put, line, clean, rows):
    put("invoices", [line(day="2026-01-05"), line(day="2026-09-22")])
    clean()
    assert period(rows)[0] == dt.date(2026, 9, 22) and period(rows)[3] is False


def test_quarter_that_starts_late_is_incomplete_but_known_to_its_end(put, line, clean, rows):
    put("invoices", [line(day="2026-07-09"), line(day="2026-11-01")])
    clean()
    assert period(rows)[0] == dt.date(2026, 9, 30) and period(rows)[3] is False


def test_lines_after_the_quarter_are_later_and_change_nothing_in_it(put, line, clean, rows):
    put("invoices", [line(day="2026-07-01"), line(day="2026-10-01", revenue=99), line(None, "2026-10-02", 5)])
    clean()
    assert rows("SELECT step, n_rows, revenue FROM reconciliation ORDER BY step") == [
        ("in", 3, Decimal(114)),
        ("later", 2, Decimal(104)),
        ("used", 1, Decimal(10)),
    ]
    assert rows("SELECT count(*) FROM quarantine") == [(0,)]


def test_dates_from_the_future_do_not_make_a_quarter_complete(put, line, clean, rows):
    put("invoices", [line(day="2026-07-01"), line(day="2026-08-01"), line(day="2062-08-01")])
    clean()
    assert period(rows)[0] == dt.date(2026, 8, 1) and period(rows)[3] is False
    assert rows("SELECT n_bad, revenue FROM data_quality WHERE \"check\" = 'future_date'") == [(1, Decimal(10))]


def test_quarter_without_data_names_the_quarters_that_have_some(put, line, clean):
    put("invoices", [line(day="2025-12-30"), line(day="2026-04-02")])
    with pytest.raises(
        UserError,
        match=r"2026Q3 has no invoices: their dates go from 2025-12-30 to 2026-04-02. "
        r"Quarters with data: 2025Q4, 2026Q2\.",
    ):
        clean()


def test_no_money_row_at_all_is_refused(put, clean):
    put("invoices", [])
    with pytest.raises(UserError, match="nothing to segment"):
        clean()


def test_without_a_table_of_money_the_known_dates_say_how_far_things_are_known(put, clean, rows):
    put("accounts", [{"account_id": "K1", "delivery": "2026-08-20"}, {"account_id": None, "delivery": "2026-08-20"}])
    put("contacts", [{"contact_id": "1", "delivery": "2027-01-01"}])
    clean()
    found = rows("SELECT as_of, first_money_date, is_complete, money_source, history_days FROM run_period")
    assert found == [(dt.date(2026, 8, 20), None, False, "none", 0)], "a delivery of the future tells nothing"
    assert rows("SELECT count(*) FROM invoices") == [(0,)]
    assert rows("SELECT step, n_rows FROM reconciliation WHERE \"table\" = 'accounts' ORDER BY 1") == [
        ("in", 2), ("quarantined_no_key", 1), ("used", 1)]  # fmt: skip


def test_without_money_events_up_to_the_quarters_end_make_it_known(put, clean, rows):
    events = [{"ticket_id": str(i), "created_date": day} for i, day in enumerate(["2026-01-05", "2026-09-29"])]
    put("tickets", events)
    clean()
    found = rows("SELECT as_of, is_complete, history_days FROM run_period")
    assert found == [(dt.date(2026, 9, 30), True, 268)]


def test_documents_that_are_no_revenue_do_not_cover_a_quarter(con, put, line, clean, rows):
    put("invoices", [line(day="2026-07-01"), line(day="2026-09-30", invoice_id="P1")])
    con.execute("ALTER TABLE raw_invoices ADD COLUMN skip VARCHAR").fetchall()
    con.execute("UPDATE raw_invoices SET skip = 'proforma' WHERE invoice_id = 'P1'").fetchall()
    clean()
    assert period(rows)[0] == dt.date(2026, 7, 1) and period(rows)[3] is False
