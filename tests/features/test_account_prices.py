"""What accounts paid beside what others paid for the same."""

from __future__ import annotations

import datetime as dt

import pandas as pd
import pytest

from segkit.features.queries import query
from segkit.value.behaviour.prices import measure_prices

AS_OF = dt.date(2026, 9, 30)
LIST = pd.DataFrame({"product_id": ["P1", "P2"], "list_price": [12.0, None]})


def line(account, day, product, quantity, revenue, line_type="sale"):
    return (account, f"{account}-{day}", day, product, quantity, revenue, None, line_type)


def prices_of(connect_lines, *lines):
    frame = query(connect_lines(lines), "account_prices", as_of=AS_OF, list_prices=LIST)
    return frame.set_index("account_id"), measure_prices(frame).set_index("account_id")


def test_index_and_gap_by_hand(connect_lines):
    frame, found = prices_of(
        connect_lines,
        line("a", "2026-08-01", "P1", 10, 90.0),
        line("b", "2026-08-20", "P1", 10, 110.0),
        line("b", "2026-08-21", "P1", -1, -11.0, "return"),
        line("b", "2026-08-21", "P1", 5, 0.0, "free"),
        line("b", "2025-09-30", "P1", 10, 500.0),
        line("b", "2026-10-01", "P1", 10, 500.0),
    )
    assert found["price_index"].tolist() == pytest.approx([90, 110])
    assert found["price_gap_12m"].tolist() == pytest.approx([-10, 10])
    assert found["discount_12m"].tolist() == pytest.approx([0.25, 1 / 12])
    assert frame["n_compared"].tolist() == [1, 1]


def test_a_rise_in_january_is_no_difference_between_accounts(connect_lines):
    frame, found = prices_of(
        connect_lines,
        line("a", "2025-12-01", "P1", 3, 30.0),
        line("b", "2025-12-02", "P1", 1, 10.0),
        line("b", "2026-01-10", "P1", 3, 33.0),
        line("c", "2026-02-10", "P1", 7, 77.0),
    )
    assert found["price_index"].isna().all()
    assert frame["n_one_price"].sum() == 4


def test_rounding_of_lines_is_no_second_price(connect_lines):
    frame, _ = prices_of(
        connect_lines,
        line("a", "2026-08-01", "P1", 3, 1.0),
        line("b", "2026-08-02", "P1", 7, 2.33),
        line("b", "2026-08-02", "P1", 1000, 333.33),
    )
    assert frame["n_one_price"].tolist() == [1, 2]


def test_large_quantities_at_large_prices(connect_lines):
    _, found = prices_of(
        connect_lines, line("a", "2026-08-01", "P1", 1e7, 9e11), line("b", "2026-08-02", "P1", 1e7, 11e11)
    )
    assert found["price_index"].tolist() == pytest.approx([90, 110])


def test_a_product_with_one_buyer_is_not_compared(connect_lines):
    frame, found = prices_of(
        connect_lines, line("a", "2026-08-01", "P2", 1, 10.0), line("a", "2026-08-02", "P2", 1, 20.0)
    )
    assert frame["n_one_buyer"].tolist() == [2]
    assert found["price_index"].isna().all()
    assert found["discount_12m"].isna().all()


def test_without_products_or_quantities_there_is_no_row(connect_lines):
    frame, found = prices_of(
        connect_lines, line("a", "2026-08-01", None, 1, 10.0), line("a", "2026-08-01", "P1", None, 9.0)
    )
    assert frame.empty
    assert found.empty


def test_real_customers_pay_the_mean_on_the_whole(retail):
    frame = query(retail, "account_prices", as_of=dt.date(2011, 9, 30), list_prices=LIST)
    assert frame["compared"].sum() == pytest.approx(frame["usual_millionths"].sum() / 1e6, rel=1e-6)
    assert measure_prices(frame)["price_index"].median() > 100  # many small customers, few large ones below the mean
