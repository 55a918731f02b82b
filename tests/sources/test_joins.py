import datetime as dt
from decimal import Decimal as D

import pytest

from segkit.errors import UserError

ORDERS = "orderID,customerID,orderDate\n1,A,2024-01-05\n2,B,2024-01-06\n3,C,2024-01-07\n"
LINES = "orderID,unitPrice,quantity,discount\n1,10.50,2,0\n1,5.00,1,0.1\n2,7.00,3,0\n9,1.00,1,0\n"
SPEC = {
    "from": ["orders.csv", "lines.csv"],
    "on": "orderID",
    "columns": {
        "account_id": "customerID",
        "invoice_id": "orderID",
        "invoice_date": "orderDate",
        "revenue": "unitPrice * quantity * (1 - discount)",
    },
}


def test_lines_get_account_and_date_of_their_order(read):
    found = read({"orders.csv": ORDERS, "lines.csv": LINES}, {"invoices": SPEC})
    assert found.values("account_id") == ["A", "A", "B"]
    assert found.values("revenue") == [D("21"), D("4.5"), D("21")]
    assert found.values("invoice_date")[2] == dt.date(2024, 1, 6)
    assert set(found.values("source")) == {"lines.csv"} and found.values("row_number") == [2, 3, 4]


def test_a_line_without_order_goes_aside_and_an_order_without_line_is_told(read):
    found = read({"orders.csv": ORDERS, "lines.csv": LINES}, {"invoices": SPEC})
    assert found.unreadable() == [(5, "join_missing", "9,1.00,1,0", D("1"))]
    assert found.rules()["join_unmatched"] == 1


def test_a_join_that_would_count_money_twice_is_refused(read):
    twice = ORDERS + "1,A,2024-01-09\n"
    with pytest.raises(UserError, match="joining them would count money twice"):
        read({"orders.csv": twice, "lines.csv": LINES}, {"invoices": SPEC})


def test_an_order_in_two_deliveries_joins_once_with_its_newest_state(read):
    spec = {**SPEC, "from": ["orders*.csv", "lines.csv"]}
    files = {
        "orders1.csv": ORDERS,
        "orders2.csv": "orderID,customerID,orderDate\n1,A2,2024-01-05\n",
        "lines.csv": LINES,
    }
    found = read(files, {"invoices": spec})
    assert found.values("account_id") == ["A2", "A2", "B"]


def test_a_header_of_two_files_needs_the_name_of_one(read):
    orders = (
        ORDERS.replace("orderDate", "orderDate,quantity")
        .replace("-05", "-05,9")
        .replace("-06", "-06,9")
        .replace("-07", "-07,9")
    )
    with pytest.raises(UserError, match="stands in orders and lines; write orders.quantity"):
        read({"orders.csv": orders, "lines.csv": LINES}, {"invoices": SPEC})
    columns = {**SPEC["columns"], "revenue": "unitPrice * lines.quantity * (1 - discount)"}
    found = read({"orders.csv": orders, "lines.csv": LINES}, {"invoices": {**SPEC, "columns": columns}})
    assert found.values("revenue")[0] == D("21")
