"""Empty values of accounts and contacts: how many for which reason, and whose money is behind them."""

from __future__ import annotations

import pytest

from segkit.cleansing.missing_reasons import weigh_repairs
from segkit.cleansing.repairs import repair_rows
from segkit.cleansing.rows import mark_rows


@pytest.fixture
def weighed(con, put):
    """Repair and weigh rows of accounts and contacts; A has 100, B 20 in the last year, B also 5 before it."""

    def weigh(accounts, contacts=(), cells=()):
        put("accounts", accounts)
        if contacts:
            put("contacts", list(contacts))
        con.execute(
            """CREATE TABLE empty_cells ("table" VARCHAR, "column" VARCHAR, source VARCHAR, "row_number" BIGINT,
                                         reason VARCHAR, written VARCHAR)"""
        ).fetchall()
        for cell in cells:
            con.execute("INSERT INTO empty_cells VALUES (?, ?, 'a.csv', ?, ?, ?)", list(cell)).fetchall()
        for table in ("accounts", "contacts") if contacts else ("accounts",):
            mark_rows(con, table)
        repair_rows(con, None, [])
        for table in ("accounts", "contacts") if contacts else ("accounts",):
            con.execute(f"UPDATE rows_{table} SET step = 'used' WHERE step IS NULL").fetchall()
        con.execute(
            """CREATE TABLE run_period AS SELECT DATE '2026-09-30' AS as_of;
               CREATE TABLE invoices (account_id VARCHAR, invoice_date DATE, revenue DECIMAL(18,4));
               INSERT INTO invoices VALUES ('A', '2026-01-01', 100), ('B', '2026-02-01', 20), ('B', '2025-01-01', 5)"""
        ).fetchall()
        weigh_repairs(con)
        columns = '"table", "column", reason, written, n_rows, n_missing, revenue::INT'
        return con.execute(f"SELECT {columns} FROM missing_values ORDER BY ALL").fetchall()

    return weigh


def test_every_empty_cell_has_one_reason(weighed):
    found = weighed(
        [
            {"account_id": "A", "industry": "Select", "city": None},
            {"account_id": "B", "industry": None, "city": "Köln"},
            {"account_id": "C", "industry": "Bau", "city": "unbekannt", "employees": None},
            {"account_id": "D", "industry": None, "city": "Bonn", "employees": 3},
        ],
        cells=[
            ("accounts", "industry", 3, "placeholder", "k. A."),
            ("accounts", "employees", 4, "unreadable", "viele"),
            ("accounts", "employees", 2, "placeholder", "entfällt"),
        ],
    )
    assert found == [
        ("accounts", "city", "empty", None, 4, 1, 100),
        ("accounts", "city", "not_stated", "unbekannt", 4, 1, None),
        ("accounts", "employees", "empty", None, 4, 1, 20),
        ("accounts", "employees", "not_applicable", "entfällt", 4, 1, 100),
        ("accounts", "employees", "unreadable", "viele", 4, 1, None),
        ("accounts", "industry", "empty", None, 4, 1, None),
        ("accounts", "industry", "not_chosen", "Select", 4, 1, 100),
        ("accounts", "industry", "not_stated", "k. A.", 4, 1, 20),
    ]


def test_an_account_counts_once_however_many_contacts_lack_a_value(weighed):
    found = weighed(
        [{"account_id": "A", "name": "A"}],
        contacts=[
            {"contact_id": "1", "account_id": "A", "email": None},
            {"contact_id": "2", "account_id": "A", "email": None},
            {"contact_id": "3", "account_id": "A", "email": "a@b.de"},
        ],
    )
    assert found == [("contacts", "email", "empty", None, 3, 2, 100)]


def test_proposals_carry_the_money_of_their_account(weighed, rows):
    weighed(
        [
            {"account_id": "A", "name": "Muster, Erika"},
            {"account_id": "B", "name": "xxx"},
            {"account_id": "C", "name": "x"},
        ]
    )
    assert rows("SELECT record_id, revenue::INT FROM proposals ORDER BY 1") == [("A", 100), ("B", 20), ("C", None)]
