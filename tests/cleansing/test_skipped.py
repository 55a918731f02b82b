"""Rows that their own source takes back: counted, left out, and out of every copy."""

from __future__ import annotations

from decimal import Decimal

import pytest


@pytest.fixture
def skip(con):
    def mark(table, condition, reason):
        con.execute(f"ALTER TABLE raw_{table} ADD COLUMN IF NOT EXISTS skip VARCHAR").fetchall()
        con.execute(f"UPDATE raw_{table} SET skip = '{reason}' WHERE {condition}").fetchall()

    return mark


def steps(rows, table="invoices"):
    sums = "SELECT source, step, n_rows, revenue FROM reconciliation"
    return rows(f"{sums} WHERE \"table\" = '{table}' AND step <> 'in' ORDER BY ALL")


def test_documents_by_reason_with_rows_and_money(put, line, skip, clean, rows):
    put(
        "invoices",
        [
            line("K1"),
            line("K2", revenue=20),
            line("K3", revenue="30.01"),
            line("K4", "2026-10-01", 40),
            line("K5", revenue=5),
        ],
    )
    skip("invoices", "account_id IN ('K2', 'K4')", "cancelled")
    skip("invoices", "account_id = 'K3'", "proforma")
    skip("invoices", "account_id = 'K5'", "scope_intercompany")
    clean(control_totals={2026: Decimal(10)})
    assert steps(rows) == [
        ("a.csv", "excluded_cancelled", 1, Decimal(20)), ("a.csv", "excluded_proforma", 1, Decimal("30.01")),
        ("a.csv", "excluded_scope_intercompany", 1, Decimal(5)), ("a.csv", "later", 1, Decimal(40)),
        ("a.csv", "used", 1, Decimal(10))]  # fmt: skip
    assert rows("SELECT delivered, used FROM control_totals") == [(Decimal(15), Decimal(10))], (
        "no revenue is not compared"
    )
    assert rows("SELECT rule, n_rows FROM cleaning_log WHERE rule LIKE 'excluded_%' ORDER BY 1") == [
        ("excluded_cancelled", 1), ("excluded_proforma", 1), ("excluded_scope_intercompany", 1)]  # fmt: skip


def test_line_that_a_later_delivery_calls_cancelled_counts_in_neither(put, line, skip, clean, rows):
    put("invoices", [line("K9"), line(delivery="2026-07-01"), line(source="b.csv", delivery="2026-10-01")])
    skip("invoices", "source = 'b.csv'", "cancelled")
    clean()
    assert steps(rows) == [
        ("a.csv", "excluded_cancelled", 1, Decimal(10)), ("a.csv", "used", 1, Decimal(10)),
        ("b.csv", "excluded_cancelled", 1, Decimal(10))]  # fmt: skip


def test_of_two_equal_lines_of_one_file_only_the_cancelled_one_is_out(put, line, skip, clean, rows):
    put("invoices", [line(), line()])
    skip("invoices", '"row_number" = 2', "cancelled")
    clean()
    assert rows('SELECT "row_number" FROM invoices') == [(3,)]


def test_account_that_its_source_has_deleted_keeps_its_name_while_it_has_invoices(put, line, skip, clean, rows):
    put("invoices", [line("K1"), line("K2")])
    put("accounts", [{"account_id": "K1", "name": "Alt GmbH"}, {"account_id": "K3", "name": "Neu AG"}])
    skip("accounts", "account_id = 'K1'", "deleted")
    clean()
    assert rows("SELECT account_id, name FROM accounts ORDER BY 1") == [
        ("K1", "Alt GmbH"),
        ("K2", "K2"),
        ("K3", "Neu AG"),
    ]


def test_rows_of_other_tables(put, line, skip, clean, rows):
    put("invoices", [line()])
    put("accounts", [
        {"account_id": "K1", "name": "A"}, {"account_id": "K2", "name": "B"}, {"account_id": None, "name": "C"},
        {"account_id": "K3", "name": "old", "delivery": "2026-07-01"},
        {"account_id": "K3", "name": "new", "delivery": "2026-10-01"},
    ])  # fmt: skip
    put("engagements", [{"engagement_id": "1", "engagement_date": "2026-08-01"}] * 2)
    skip("accounts", "name IN ('B', 'C', 'new')", "deleted")
    skip("engagements", '"row_number" = 3', "deleted")
    clean()
    assert steps(rows, "accounts") == [
        ("a.csv", "excluded_deleted", 3, None), ("a.csv", "excluded_duplicate", 1, None),
        ("a.csv", "used", 1, None)]  # fmt: skip
    assert steps(rows, "engagements") == [("a.csv", "excluded_deleted", 1, None), ("a.csv", "used", 1, None)]


def test_every_reason_of_a_preset_has_its_words():
    from segkit.sources.presets import load_presets
    from segkit.texts import has

    reasons = {
        (item.table, reason) for preset in load_presets().values() for item in preset.tables for reason in item.skip
    }
    assert ("invoices", "cancelled") in reasons
    kinds = {("cleansing.label_excluded", reason) for _, reason in reasons}
    kinds |= {("cleansing.rule_excluded", reason) for _, reason in reasons}
    kinds |= {("cleansing.step_excluded", reason) for table, reason in reasons if table == "invoices"}
    assert not {f"{kind}_{reason}" for kind, reason in kinds if not has(f"{kind}_{reason}")}
