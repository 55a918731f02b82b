"""The queries over lines, against lines that can be added up by hand."""

from __future__ import annotations

import re

import duckdb
import pandas as pd
import pytest

from segkit.features import queries

LINES = [
    ("A", "R1", "2026-01-10", "P1", 2, 100, 40, "sale"),
    ("A", "R1", "2026-01-10", "P2", 1, 50, 10, "sale"),
    ("A", "R2", "2026-01-20", "P1", -1, -50, -20, "return"),
    ("A", "R3", "2026-02-05", "P1", 1, 0, -5, "free"),
    ("A", "R4", "2026-04-01", "P1", 1, 60, None, "sale"),
    ("B", None, "2026-01-15", "P1", None, 30, None, "sale"),
    ("B", None, "2026-01-15", None, None, 20, None, "sale"),
    ("B", None, "2026-03-31", "P3", None, -5, None, "adjustment"),
]
QUARTERS = pd.DataFrame(
    {
        "quarter": ["2026Q1", "2026Q2"],
        "quarter_start": pd.to_datetime(["2026-01-01", "2026-04-01"]),
        "as_of": pd.to_datetime(["2026-03-31", "2026-06-30"]),
    }
)
GROUPS = pd.DataFrame({"product_id": ["P1", "P2", "P3"], "product_group": ["Filter", "Pumps", None]})
PARAMETERS = {
    "as_of": "2026-03-31",
    "since": "2026-01-01",
    "account_id": "A",
    "panel_dates": QUARTERS,
    "product_groups": GROUPS,
    "list_prices": pd.DataFrame({"product_id": ["P1", "P2"], "list_price": [60.0, None]}),
    "growth_quarters": pd.DataFrame(
        {"position": [0, 1]}
        | {day: QUARTERS[old] for day, old in (("first_day", "quarter_start"), ("last_day", "as_of"))}
    ),
    "growth_sides": pd.DataFrame({"pair": [1, 1], "position": [1, 0], "is_now": [True, False]}),
    "wanted_accounts": pd.DataFrame({"account_id": ["A"]}),
    "wanted_invoices": pd.DataFrame({"invoice_id": ["R1"]}),
}


def rows(frame: pd.DataFrame, *columns: str) -> list[tuple]:
    texts = {c: frame[c].dt.strftime("%Y-%m-%d") for c in frame.select_dtypes("datetime")}
    chosen = frame.assign(**texts)[list(columns)].astype(object)
    return list(chosen.where(chosen.notna(), None).itertuples(index=False, name=None))


def test_orders_are_invoices_or_days_up_to_as_of(connect_lines):
    orders = queries.query(connect_lines(LINES), "orders", as_of="2026-03-31")
    assert rows(
        orders, "account_id", "invoice_id", "order_date", "revenue", "margin", "gross", "n_lines", "has_sale"
    ) == [
        ("A", "R1", "2026-01-10", 150, 50, 150, 2, True),
        ("A", "R2", "2026-01-20", -50, -20, 0, 1, False),
        ("A", "R3", "2026-02-05", 0, -5, 0, 1, False),
        ("B", "2026-01-15", "2026-01-15", 50, None, 50, 2, True),
        ("B", "2026-03-31", "2026-03-31", -5, None, 0, 1, False),
    ]


def test_months_count_invoices_with_a_sale(connect_lines):
    months = queries.query(connect_lines(LINES), "account_months", since="2026-01-01", as_of="2026-03-31")
    assert rows(months, "account_id", "month", "revenue", "gross", "n_orders") == [
        ("A", "2026-01-01", 100, 150, 1),
        ("A", "2026-02-01", 0, 0, 0),
        ("B", "2026-01-01", 50, 50, 1),
        ("B", "2026-03-01", -5, 0, 0),
    ]


def test_products_leave_out_lines_without_one(connect_lines):
    products = queries.query(connect_lines(LINES), "account_products", since="2026-01-11", as_of="2026-12-31")
    assert rows(products, "account_id", "product_id", "first_date", "last_date", "quantity", "revenue", "n_orders") == [
        ("A", "P1", "2026-01-20", "2026-04-01", 1, 10, 1),
        ("B", "P1", "2026-01-15", "2026-01-15", None, 30, 1),
        ("B", "P3", "2026-03-31", "2026-03-31", None, -5, 0),
    ]


def test_first_dates_tell_lines_from_sales(connect_lines):
    dates = queries.query(connect_lines(LINES), "first_dates", as_of="2026-03-31")
    assert rows(dates, "account_id", "first_date", "last_date", "first_sale_date", "last_sale_date", "n_lines") == [
        ("A", "2026-01-10", "2026-02-05", "2026-01-10", "2026-01-10", 4),
        ("B", "2026-01-15", "2026-03-31", "2026-01-15", "2026-01-15", 3),
    ]


def test_active_are_accounts_with_a_sale_in_the_quarter(connect_lines):
    active = queries.query(connect_lines(LINES), "active_accounts", panel_dates=QUARTERS)
    assert rows(active, "quarter", "account_id", "gross", "revenue", "n_orders") == [
        ("2026Q1", "A", 150, 100, 1),
        ("2026Q1", "B", 50, 45, 1),
        ("2026Q2", "A", 60, 60, 1),
    ]


def test_months_of_the_company(connect_lines):
    months = queries.query(connect_lines(LINES), "revenue_months", as_of="2026-02-28")
    assert rows(months, "month", "revenue", "n_active") == [("2026-01-01", 150, 2), ("2026-02-01", 0, 0)]


def test_an_accounts_last_invoices_and_what_it_bought(connect_lines):
    con = connect_lines(LINES)
    last = queries.query(con, "account_invoices", account_id="A", as_of="2026-03-31")
    assert rows(last, "invoice_id", "invoice_date", "n_lines", "revenue", "margin") == [
        ("R3", "2026-02-05", 1, 0, -5),
        ("R2", "2026-01-20", 1, -50, -20),
        ("R1", "2026-01-10", 2, 150, 50),
    ]
    bought = queries.query(con, "account_bought", account_id="A", as_of="2026-03-31")
    assert rows(bought, "product_id", "last_date", "revenue", "n_orders") == [
        ("P1", "2026-01-10", 50, 1),
        ("P2", "2026-01-10", 50, 1),
    ]
    assert queries.query(con, "account_bought", account_id="' or 1=1 --", as_of="2026-03-31").empty


def test_unknown_query_and_wrong_parameters_are_named(connect_lines):
    con = connect_lines(LINES)
    with pytest.raises(KeyError, match="There is no query 'order'. There are: .*orders"):
        queries.query(con, "order", as_of="2026-03-31")
    with pytest.raises(TypeError, match="query account_months needs since"):
        queries.query(con, "account_months", as_of="2026-03-31")
    with pytest.raises(TypeError, match="query orders has no since; it takes as_of"):
        queries.query(con, "orders", as_of="2026-03-31", since="2026-01-01")
    with pytest.raises(TypeError, match="needs panel_dates"):
        queries.query(con, "active_accounts")


def test_product_groups_sum_twelve_months_of_each_account(connect_lines):
    con = connect_lines(
        [*LINES, ("A", "R0", "2025-03-31", "P1", 1, 7, 1, "sale"), ("A", "R", "2025-04-01", "P2", 1, 8, 1, "sale")]
    )
    groups = queries.query(con, "account_product_groups", as_of="2026-03-31", product_groups=GROUPS)
    assert rows(groups, "account_id", "product_group", "revenue") == [
        ("A", "Filter", 50),
        ("A", "Pumps", 58),
        ("B", "Filter", 30),
    ]


def test_a_frame_leaves_no_trace_on_the_connection(connect_lines):
    con = connect_lines(LINES)
    queries.query(con, "active_accounts", panel_dates=QUARTERS)
    with pytest.raises(duckdb.CatalogException):
        con.execute("SELECT * FROM panel_dates")


@pytest.mark.parametrize("name", queries.names())
def test_portable_and_exact_whatever_the_order(name, connect_lines):
    """What differs between runs, threads or engines: averages, sums of doubles, quantiles, differences of dates."""
    text = queries.sql(name).lower()
    assert not re.search(
        r"\b(avg|mean|median|quantile\w*|stddev\w*|var_\w+|entropy|asof|any_value|first|mode)\b\s*\(", text
    )
    assert not re.search(r"\b(sum|avg)\([^()]*(\([^()]*\)[^()]*)*as double", text) and "asof" not in text
    assert "invoices" in text and "order by" in text


@pytest.mark.parametrize("name", sorted(set(queries.names()) - {"account_features"}))
def test_no_lines_give_no_rows(name, connect_lines):
    parameters = {key: PARAMETERS[key] for key in queries.parameters_of(name)}
    assert queries.query(connect_lines(LINES[:1]), name, **parameters).shape[0] == 1
    con = connect_lines(LINES[:1])
    con.execute("DELETE FROM invoices")
    assert queries.query(con, name, **parameters).empty
