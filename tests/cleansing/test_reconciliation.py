"""Rows and money in = out, whatever comes in; and controlling's totals."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from segkit.cleansing import clean_tables
from segkit.cleansing.reconciliation import check_reconciliation
from segkit.engines import connect
from segkit.errors import StageError
from segkit.quarters import Quarter
from segkit.settings.cleansing import Cleansing, Scope


def steps(rows, source="a.csv"):
    found = rows(
        f"SELECT step, n_rows, revenue FROM reconciliation WHERE source = '{source}' AND \"table\" = 'invoices'"
    )
    return {step: (n, float(money)) for step, n, money in found}


def test_every_way_out_has_its_rows_and_money(put, put_unreadable, line, clean, rows):
    put("invoices", [
        line(), line(source="b.csv"), line(None, revenue=20), line("CPD1", revenue=30), line("M9", revenue=40),
        line(product_id="Porto", revenue="5.01"), line(day="2026-10-05", revenue=60), line("K2", "2026-09-30", 70),
    ])  # fmt: skip
    put_unreadable(
        "invoices", [("a.csv", 50, "bad_date", "x;y", Decimal("7.5")), ("a.csv", 51, "bad_number", "q", None)]
    )
    scope = Scope(excluded_accounts=[{"account": "cpd*", "reason": "one_time"}, {"account": "M9", "reason": "staff"}])
    clean(cleansing=Cleansing(charges="excluded"), scope=scope)
    assert steps(rows) == {
        "in": (9, 242.51), "used": (2, 80.0), "quarantined_no_account": (1, 20.0), "excluded_scope_one_time": (1, 30.0),
        "excluded_scope_staff": (1, 40.0), "excluded_charge": (1, 5.01), "later": (1, 60.0),
        "quarantined_bad_date": (1, 7.5), "quarantined_bad_number": (1, 0.0)}  # fmt: skip
    assert steps(rows, "b.csv") == {"in": (1, 10.0), "excluded_duplicate": (1, 10.0)}


def test_other_tables_reconcile_by_rows(put, line, clean, rows):
    put("invoices", [line()])
    put("contacts", [{"contact_id": "1"}, {"contact_id": None}, {"contact_id": "1", "email": "a@b.de"}])
    clean()
    assert rows("SELECT step, n_rows, revenue FROM reconciliation WHERE \"table\" = 'contacts' ORDER BY 1") == [
        ("excluded_duplicate", 1, None),
        ("in", 3, None),
        ("quarantined_no_key", 1, None),
        ("used", 1, None),
    ]


def test_a_lost_row_is_an_error_of_the_program(con, put, line, clean):
    put("invoices", [line(), line("K2")])
    clean()
    con.execute("DELETE FROM invoices WHERE account_id = 'K2'").fetchall()
    with pytest.raises(StageError, match=r"does not add up: invoices \(used\): 1 rows and 10.0000 of revenue"):
        check_reconciliation(con)
    con.execute("UPDATE reconciliation SET revenue = revenue + 0.01 WHERE step = 'in'").fetchall()
    with pytest.raises(StageError, match=r"invoices \(a.csv\): 0 rows and 0.0100"):
        check_reconciliation(con)


LINES = st.lists(st.tuples(
    st.sampled_from(["K1", "K2", "CPD", None]), st.sampled_from(["R1", "C2", None]),
    st.dates(dt.date(2026, 6, 1), dt.date(2026, 12, 31)) | st.just(dt.date(2026, 8, 1)),
    st.sampled_from(["A1", "FRACHT", None]), st.sampled_from([1.0, -1.0, 0.0, None]),
    st.decimals(-100, 100, places=2), st.sampled_from(["a.csv", "b.csv"])), max_size=25)  # fmt: skip


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(lines=LINES, charges=st.sampled_from(["included", "excluded"]))
def test_rows_and_money_agree_whatever_comes_in(lines, charges):
    with connect(threads=1) as con:
        con.execute(
            "CREATE TABLE raw_invoices (account_id VARCHAR, invoice_id VARCHAR, invoice_date DATE, product_id "
            "VARCHAR, quantity DOUBLE, revenue DECIMAL(18,4), source VARCHAR, margin DECIMAL(18,4), "
            "currency VARCHAR, payer_id VARCHAR, ship_to_id VARCHAR, contact_id VARCHAR, skip VARCHAR, "
            'delivery DATE, "row_number" BIGINT)'
        ).fetchall()
        first = ("K1", "R0", dt.date(2026, 8, 2), "A1", 1.0, Decimal(1), "a.csv")
        con.executemany(
            "INSERT INTO raw_invoices VALUES (?, ?, ?, ?, ?, ?, ?, NULL, NULL, NULL, NULL, NULL, NULL, NULL, ?)",
            [(*row, number) for number, row in enumerate([first, *lines], start=2)],
        )
        clean_tables(
            con,
            Quarter.parse("2026Q3"),
            Cleansing(charges=charges),
            Scope(excluded_accounts=["CPD"]),
            today=dt.date(2026, 11, 15),
        )
        n_used, n_in = con.execute(
            "SELECT sum(n_rows) FILTER (step = 'used'), sum(n_rows) FILTER (step = 'in') "
            "FROM reconciliation WHERE \"table\" = 'invoices'"
        ).fetchall()[0]
        assert n_in == len(lines) + 1
        assert con.execute("SELECT count(*) FROM invoices").fetchall() == [(n_used,)]
        assert con.execute("SELECT count(*) FROM invoices WHERE account_id = 'CPD'").fetchall() == [(0,)]


def totals(rows):
    found = rows("SELECT fiscal_year, delivered, deviation, deviation_pct, is_partial, is_off FROM control_totals")
    return {row[0]: tuple(float(x) if isinstance(x, Decimal) else x for x in row[1:]) for row in found}


def test_controlling_is_compared_with_everything_delivered_once(put, line, clean, rows):
    year = [line(day="2025-01-02", revenue=400), line(day="2025-12-30", revenue=500), line(None, "2025-06-01", 100)]
    put("invoices", [*year, *({**row, "source": "b.csv"} for row in year), line(day="2026-09-28")])
    clean(control_totals={2025: Decimal("994.0"), 2026: Decimal(15), 2024: Decimal(1)})
    found = totals(rows)
    assert found[2025] == (1000.0, 6.0, 0.006036, False, True)
    assert found[2026] == (10.0, -5.0, -0.333333, True, False), "the year goes on: no warning"
    assert found[2024] == (0.0, -1.0, -1.0, True, False), "before the first line"
    assert rows("SELECT used FROM control_totals WHERE fiscal_year = 2025") == [(Decimal(900),)]


def test_deviation_up_to_half_a_percent_is_no_warning(put, line, clean, rows):
    put("invoices", [line(day="2025-01-02", revenue=400), line(day="2025-12-30", revenue=600), line(day="2026-09-28")])
    clean(control_totals={2025: Decimal(1005)})
    assert totals(rows)[2025][-1] is False


def test_fiscal_year_is_named_after_the_year_in_which_it_ends(put, line, clean, rows):
    put("invoices", [line(day="2024-10-01"), line(day="2025-09-30", revenue=20), line(day="2025-10-01", revenue=40)])
    clean("2026Q1", first_month=10, control_totals={2025: Decimal(30)})
    assert totals(rows) == {2025: (30.0, 0.0, 0.0, False, False), 2026: (40.0, None, None, True, False)}
