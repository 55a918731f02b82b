import datetime as dt

import pandas as pd
import pyarrow as pa
import pytest

from segkit.engines import connect
from segkit.sources.dates import DateColumn, settle_dates, strptime_format, weigh_dates


def read(texts: list[str], date_format: str | None = None, others: list[str] | None = None) -> tuple[DateColumn, list]:
    con = connect()
    distinct = list(dict.fromkeys(texts))
    con.register(
        "dictionary", pd.DataFrame({"id": range(len(distinct)), "v": distinct, "n": [texts.count(t) for t in distinct]})
    )
    pooled = {}
    if others:
        con.register("other", pd.DataFrame({"id": range(len(others)), "v": others, "n": 1}))
        pooled = weigh_dates(con, "other", "other_days", date_format)
    shapes = weigh_dates(con, "dictionary", "days", date_format)
    column = settle_dates(con, "dictionary", "days", shapes, pooled, pa.array([distinct.index(t) for t in texts]))
    found = dict(con.sql("SELECT v, day FROM days").fetchall())
    return column, [found.get(text) for text in texts]


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("03.04.2024", (2024, 4, 3)),
        ("3.4.24", (2024, 4, 3)),
        ("31.12.69", (2069, 12, 31)),
        ("31.12.70", (1970, 12, 31)),
        ("2024-04-03", (2024, 4, 3)),
        ("2024-04-03T23:59:59.000Z", (2024, 4, 3)),
        ("03.04.2024 08:15", (2024, 4, 3)),
        ("2024/04/03 08:15:00", (2024, 4, 3)),
        ("3. März 2024", (2024, 3, 3)),
        ("04-Okt-23", (2023, 10, 4)),
        ("Dec 5, 2024", (2024, 12, 5)),
        ("20240403", (2024, 4, 3)),
        ("45385", (2024, 4, 3)),
        ("\x0245385", (2024, 4, 3)),
        ("\x032024-04-03", (2024, 4, 3)),
        ("1712102400000", (2024, 4, 3)),
        ("31.12.9999", (9999, 12, 31)),
    ],
)
def test_ways_of_writing(text, day):
    assert read([text])[1] == [dt.date(*day)]


@pytest.mark.parametrize(
    "text", ["31.02.2024", "32.01.2024", "gestern", "2024-13-01", "01.01.0001", "12:30", "1.2", "1.2.3.4"]
)
def test_what_is_no_date_is_not_read(text):
    assert read(["01.02.2024", text])[1] == [dt.date(2024, 2, 1), None]


def test_the_whole_column_tells_day_from_month():
    assert read(["01/02/2024", "12/31/2023"])[1][0] == dt.date(2024, 1, 2)
    assert read(["01/02/2024", "31/12/2023"])[1][0] == dt.date(2024, 2, 1)


def test_another_file_tells_day_from_month():
    column, days = read(["01/02/2024"], others=["12/31/2023"])
    assert days == [dt.date(2024, 1, 2)] and not column.is_assumed


def test_without_evidence_the_order_of_rows_decides_and_the_assumption_is_told():
    column, days = read(["01/11/2023", "01/12/2023", "02/01/2023", "03/01/2023"])
    assert days[:2] == [dt.date(2023, 1, 11), dt.date(2023, 1, 12)]
    assert column.is_assumed
    assert read(["01/02/2024"])[0] == DateColumn("dd/mm/yyyy", True, 1, 1, 0)


def test_a_column_of_both_orders_leaves_what_could_be_either():
    _, days = read(["12/31/2023", "31/12/2023", "03/04/2023"])
    assert days[2] is None


def test_given_format_reads_nothing_else():
    assert read(["010224", "01.02.2024"], "TTMMJJ")[1] == [dt.date(2024, 2, 1), None]


@pytest.mark.parametrize(
    ("given", "code"),
    [("dd.mm.yyyy", "%d.%m.%Y"), ("TT.MM.JJ", "%d.%m.%y"), ("yyyymmdd", "%Y%m%d"), ("%d/%m", "%d/%m")],
)
def test_formats_as_people_write_them(given, code):
    assert strptime_format(given) == code
