"""Tables as reading leaves them, written by hand."""

from __future__ import annotations

import datetime as dt

import pytest

from segkit.cleansing.rows import ORIGIN
from segkit.engines import connect
from segkit.tables import TABLES

TODAY = dt.date(2026, 11, 15)


@pytest.fixture
def con():
    with connect(threads=2) as connection:
        yield connection


@pytest.fixture
def put(con):
    """Create raw_T from rows of column → value; source a.csv and row numbers from 2 on unless a row says otherwise."""

    def put_rows(table: str, rows: list[dict]) -> None:
        typed = [f"{c.name} {c.sql_type}" for c in TABLES[table].columns.values() if c.name not in ORIGIN]
        typed += ["source VARCHAR", "delivery DATE", '"row_number" BIGINT']
        con.execute(f"CREATE TABLE raw_{table} ({', '.join(typed)})").fetchall()
        numbers: dict[str, int] = {}
        for row in rows:
            full = {"source": "a.csv", **row}
            numbers[full["source"]] = numbers.get(full["source"], 1) + 1
            full = {"row_number": numbers[full["source"]], **full}
            names = ", ".join(f'"{name}"' for name in full)
            marks = ", ".join("?" for _ in full)
            con.execute(f"INSERT INTO raw_{table} ({names}) VALUES ({marks})", list(full.values())).fetchall()

    return put_rows


@pytest.fixture
def put_unreadable(con):
    """Create unreadable_T from (source, row_number, reason, raw, revenue)."""

    def put_rows(table: str, rows: list[tuple]) -> None:
        con.execute(
            f'CREATE TABLE unreadable_{table} (source VARCHAR, "row_number" BIGINT, reason VARCHAR, '
            "raw VARCHAR, revenue DECIMAL(18,4))"
        ).fetchall()
        con.executemany(f"INSERT INTO unreadable_{table} VALUES (?, ?, ?, ?, ?)", rows)

    return put_rows


@pytest.fixture
def rows(con):
    """Rows of a query as tuples."""
    return lambda sql: con.execute(sql).fetchall()


def line(account: str | None = "K1", day: str = "2026-08-03", revenue: float | str = 10, **more) -> dict:
    """One invoice line: quantity 1 (or -1), product A1, an invoice a day and account."""
    amount = float(revenue)
    usual = {"invoice_id": f"R{account}{day[5:]}", "product_id": "A1", "quantity": -1 if amount < 0 else 1}
    return {"account_id": account, "invoice_date": day, "revenue": revenue, **usual, **more}


@pytest.fixture(name="line")
def line_maker():
    return line


@pytest.fixture
def clean(con):
    """clean_tables for 2026Q3 as if today were in November 2026."""
    from segkit.cleansing import clean_tables
    from segkit.quarters import Quarter

    return lambda quarter="2026Q3", first_month=1, **options: clean_tables(
        con, Quarter.parse(quarter, first_month), today=TODAY, **options
    )


@pytest.fixture
def refresh(con):
    """The steps of firmographics alone, for 2026Q3: what stands in front of them is as simple as it can be."""
    from segkit.cleansing.accounts import write_accounts
    from segkit.cleansing.external import link_firmographics
    from segkit.cleansing.freshness import refresh_firmographics
    from segkit.cleansing.impossible import clear_impossible
    from segkit.cleansing.industry_codes import write_codes
    from segkit.cleansing.period import Period
    from segkit.cleansing.rows import delivered, make_empty, mark_rows
    from segkit.quarters import Quarter
    from segkit.settings.cleansing import Cleansing

    empty = ("cleaning_rules", "proposals", "missing_values", "duplicates", "account_lineage", "account_links")

    def run(cleansing=None, duplicates=None, repairs=None, as_of=dt.date(2026, 9, 30)):
        settings = cleansing or Cleansing()
        for table in empty:
            make_empty(con, table)
        for table in delivered(con):
            mark_rows(con, table)
        clear_impossible(con, settings.switched_off)
        write_codes(con, settings.switched_off)
        link_firmographics(con, settings, 0, duplicates)
        for table in delivered(con):
            con.execute(f"UPDATE rows_{table} SET step = 'used' WHERE step IS NULL").fetchall()
        con.execute("CREATE OR REPLACE TABLE invoices AS FROM rows_invoices").fetchall()
        write_accounts(con, as_of)
        refresh_firmographics(con, Period(Quarter.parse("2026Q3"), as_of, "invoices", TODAY), settings, repairs)

    return run
