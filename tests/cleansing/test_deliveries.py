import datetime as dt
from pathlib import Path

from segkit.cleansing.deliveries import list_deliveries
from segkit.project import SourceFile


def test_a_folder_says_the_day_else_the_first_run_that_met_the_file():
    day, met = dt.date(2024, 7, 2), dt.date(2024, 7, 9)
    files = [
        SourceFile("accounts", 0, "accounts", Path("a.csv"), day, "raw/2024-07-02/a.csv"),
        SourceFile("products", 0, "products", Path("p.csv"), None, "raw/p.csv", met),
        SourceFile("invoices", 0, "invoices", Path("i.csv"), None, "raw/i.csv", met),
    ]
    found = list_deliveries(files)
    assert found["table"].tolist() == ["accounts", "products"]  # invoices are events: their own dates cut them
    assert found["known_on"].dt.date.tolist() == [day, met]
    assert found["is_dated"].tolist() == [True, False]
