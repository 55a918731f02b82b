"""Accounts and the tables of events by hand: keys, repetitions, scope, and what was known at as-of."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from segkit.errors import UserError
from segkit.settings.cleansing import Scope


def quality(rows, table, column, check):
    found = rows(
        f"SELECT n_rows, n_bad FROM data_quality WHERE \"table\" = '{table}' AND \"column\" = '{column}' "
        f"AND \"check\" = '{check}'"
    )
    return found[0] if found else None


def test_accounts_come_from_invoices_where_no_file_has_them(put, line, clean, rows):
    put("invoices", [line("K2"), line("K1"), line("K1", day="2026-10-01"), line("K3", day="2026-10-01")])
    assert "accounts" in clean()
    assert rows("SELECT account_id, name FROM accounts ORDER BY 1") == [("K1", "K1"), ("K2", "K2")]
    assert rows("SELECT count(*) FROM cleaning_log") == [(0,)]


def test_accounts_that_the_file_lacks_are_added_and_found(put, line, clean, rows):
    put("invoices", [line("K1"), line("K2"), line("K2", day="2026-08-09")])
    put("accounts", [{"account_id": "K1", "name": "Müller GmbH", "source": "crm.csv"}, {"account_id": "P1"}])
    clean()
    assert rows("SELECT account_id, name FROM accounts ORDER BY 1") == [
        ("K1", "Müller GmbH"),
        ("K2", "K2"),
        ("P1", None),
    ]
    assert quality(rows, "accounts", "account_id", "not_delivered") == (3, 1)
    assert rows("SELECT source, \"row_number\", new_value FROM cleaning_log WHERE rule = 'account_added'") == [
        ("a.csv", 3, "K2")
    ]


def test_newest_then_fullest_row_of_an_account_stays(put, line, clean, rows):
    put("invoices", [line("K1")])
    put(
        "accounts",
        [
            {"account_id": "K1", "name": "old", "city": "Ulm", "source": "x.csv", "delivery": "2026-04-01"},
            {"account_id": "K1", "name": "new", "source": "y.csv", "delivery": "2026-07-01"},
            {"account_id": "K1", "name": "newest", "city": "Köln", "source": "y.csv", "delivery": "2026-07-01"},
        ],
    )
    clean()
    assert rows("SELECT name FROM accounts") == [("newest",)]
    assert rows("SELECT source, \"row_number\", old_value, new_value FROM cleaning_log WHERE rule = 'duplicate_id' "
                "ORDER BY 1") == [("x.csv", 2, "K1", "y.csv:3"), ("y.csv", 2, "K1", "y.csv:3")]  # fmt: skip
    assert quality(rows, "accounts", "-", "duplicate") == (3, 2)


def test_rows_without_their_key_are_quarantined(put, line, clean, rows):
    put("invoices", [line()])
    put("tickets", [{"ticket_id": None, "priority": "high"}, {"ticket_id": "T1", "account_id": None}])
    put(
        "care_costs",
        [{"account_id": None, "cost": 5}, {"account_id": "K1", "cost": None}, {"account_id": "K1", "cost": 3}],
    )
    clean()
    assert rows("SELECT reason, raw FROM quarantine ORDER BY ALL") == [
        ("no_account", '{"cost":5.0000}'),
        ("no_key", '{"priority":"high"}'),
        ("no_value", '{"account_id":"K1"}'),
    ]
    assert rows("SELECT ticket_id FROM tickets") == [("T1",)]
    assert rows("SELECT cost FROM care_costs") == [(Decimal(3),)]


def test_costs_without_own_number_count_as_often_as_in_the_fuller_delivery(put, line, clean, rows):
    put("invoices", [line()])
    visit = {"account_id": "K1", "cost_date": "2026-07-01", "cost_type": "visit", "cost": 50}
    put("care_costs", [visit, visit, {**visit, "source": "b.csv"}])
    clean()
    assert rows("SELECT count(*) FROM care_costs") == [(2,)]


def test_excluded_accounts_leave_every_table(put, line, clean, rows):
    put("invoices", [line("K1"), line("K2", revenue=7), line("CPD_9", revenue=8), line("CPDX9", revenue=9)])
    put("accounts", [{"account_id": "K1", "name": "Kunde"}, {"account_id": "K2", "name": "Muster Tochter GmbH"}])
    put("tickets", [{"ticket_id": "1", "account_id": "K2"}, {"ticket_id": "2", "account_id": "K1"}])
    patterns = [{"account": "muster *", "reason": "intercompany"}, {"account": "CPD_*", "reason": "one_time"}, "nobody"]
    clean(scope=Scope(excluded_accounts=patterns))
    assert rows("SELECT account_id FROM accounts ORDER BY 1") == [("CPDX9",), ("K1",)]
    assert rows("SELECT ticket_id FROM tickets") == [("2",)]
    assert rows("SELECT step, revenue FROM reconciliation WHERE step LIKE 'excl%' AND revenue > 0 ORDER BY 1") == [
        ("excluded_scope_intercompany", Decimal(7)),
        ("excluded_scope_one_time", Decimal(8)),
    ]
    assert quality(rows, "accounts", "nobody", "scope_without_match") == (1, 1)


DEALS = [
    {"opportunity_id": number, "stage": stage, "amount": amount, "created_date": created, "close_date": closed}
    for number, stage, amount, created, closed in [
        ("1", "Closed Won", 10, "2026-07-01", "2026-08-01"),
        ("2", "Gewonnen", 20, "2026-07-01", "2026-10-01"),
        ("3", "verloren", 30, "2026-07-01", "2026-10-01"),
        ("4", "Angebot", 40, "2026-07-01", "2026-12-01"),
        ("5", "Angebot", 50, "2026-10-01", None),
    ]
]


def test_opportunity_closed_after_as_of_is_open_with_its_expected_amount(put, line, clean, rows):
    put("invoices", [line(), line(day="2026-09-30")])
    put("opportunities", [{**deal, "account_id": "K1"} for deal in DEALS])
    clean()
    assert rows(
        "SELECT opportunity_id, stage, is_closed, is_won, amount, close_date FROM opportunities ORDER BY 1"
    ) == [
        ("1", "won", True, True, Decimal(10), dt.date(2026, 8, 1)),
        ("2", "open", False, False, Decimal(20), None),
        ("3", "open", False, False, Decimal(30), None),
        ("4", "Angebot", False, False, Decimal(40), None),
    ]
    assert rows("SELECT old_value, new_value, n_rows FROM cleaning_log WHERE rule = 'stage_named' ORDER BY 1") == [
        ("Closed Won", "won", 1),
        ("Gewonnen", "won", 1),
        ("verloren", "lost", 1),
    ]


def test_amount_known_only_by_closing_is_masked_too(put, line, clean, rows):
    put("invoices", [line(), line(day="2026-09-30")])
    put("opportunities", [DEALS[0], DEALS[1], {**DEALS[3], "amount": None}])
    clean()
    assert rows("SELECT opportunity_id, amount FROM opportunities ORDER BY 1") == [
        ("1", Decimal(10)),
        ("2", None),
        ("4", None),
    ]


def test_flags_of_the_source_decide_about_won_and_lost(put, line, clean, rows):
    put("invoices", [line(), line(day="2026-09-30")])
    put("opportunities", [
        {"opportunity_id": "1", "stage": "Phase 6", "is_closed": True, "is_won": True, "close_date": "2026-08-01"},
        {"opportunity_id": "2", "stage": "Phase 7", "is_closed": True, "is_won": False, "close_date": "2026-08-01"},
        {"opportunity_id": "3", "stage": "won?", "is_closed": False, "is_won": False},
    ])  # fmt: skip
    clean()
    assert rows("SELECT stage, is_closed FROM opportunities ORDER BY opportunity_id") == [
        ("won", True),
        ("lost", True),
        ("won?", False),
    ]


def test_leads_and_tickets_end_only_when_they_had(put, line, clean, rows):
    put("invoices", [line(), line(day="2026-09-30")])
    put("leads", [
        {"lead_id": "1", "created_date": "2026-07-01", "status": "converted", "converted_date": "2026-10-05",
         "opportunity_id": "9"},
        {"lead_id": "2", "created_date": "2026-07-01", "status": "converted", "converted_date": "2026-09-05",
         "opportunity_id": "8"},
        {"lead_id": "3", "created_date": "2026-10-01"},
    ])  # fmt: skip
    put("tickets", [{"ticket_id": "1", "created_date": "2026-07-01", "closed_date": "2026-10-01"}])
    clean()
    assert rows("SELECT lead_id, status, converted_date, opportunity_id FROM leads ORDER BY 1") == [
        ("1", "open", None, None),
        ("2", "converted", dt.date(2026, 9, 5), "8"),
    ]
    assert rows("SELECT closed_date FROM tickets") == [(None,)]


def test_won_opportunities_stand_in_for_invoices(put, clean, rows):
    undated = {"opportunity_id": "6", "stage": "won", "amount": 60}
    worthless = {"opportunity_id": "7", "stage": "won", "close_date": "2026-08-02"}
    nobody = {**DEALS[0], "opportunity_id": "8", "account_id": None}
    put("opportunities", [{"account_id": "K1", **deal} for deal in (*DEALS, undated, worthless, nobody)])
    tables = clean()
    assert "invoices" in tables and "opportunities" in tables
    assert rows("SELECT money_source, as_of FROM run_period") == [("opportunities", dt.date(2026, 9, 30))]
    assert rows("SELECT account_id, invoice_id, invoice_date, quantity, revenue, line_type FROM invoices") == [
        ("K1", "1", dt.date(2026, 8, 1), 1.0, Decimal(10), "sale")
    ]
    found = rows("SELECT step, n_rows, revenue FROM reconciliation WHERE \"table\" = 'invoices' ORDER BY 1")
    assert found == [
        ("in", 5, Decimal(100)),
        ("later", 1, Decimal(20)),
        ("quarantined_no_account", 1, Decimal(10)),
        ("quarantined_no_date", 1, Decimal(60)),
        ("quarantined_no_revenue", 1, Decimal(0)),
        ("used", 1, Decimal(10)),
    ]
    assert rows("SELECT account_id FROM accounts") == [("K1",)]


def test_later_delivery_of_an_opportunity_replaces_the_earlier_one_in_the_money(put, clean, rows):
    old = {**DEALS[0], "account_id": "K1", "amount": 99, "source": "x.csv", "delivery": "2026-08-05"}
    put("opportunities", [old, {**DEALS[0], "account_id": "K1", "source": "y.csv", "delivery": "2026-09-05"}])
    clean()
    assert rows("SELECT revenue, source FROM invoices") == [(Decimal(10), "y.csv")]


def test_quarter_without_won_opportunities_says_so(put, clean):
    put("opportunities", [{**DEALS[0], "account_id": "K1"}])
    with pytest.raises(UserError, match="2026Q2 has no won opportunities"):
        clean("2026Q2")
