"""Charts of data cleansing: fields, words, and bars that start where the one before ended."""

from __future__ import annotations

import pandas as pd
import pytest

from segkit.charts.cleansing import monthly_money_chart, quality_chart, reconciliation_chart
from segkit.charts.theme import in_languages

MONEY = pd.DataFrame(
    [
        ("invoices", "a.csv", "in", 10, 100.0),
        ("invoices", "b.csv", "in", 5, 50.0),
        ("invoices", "a.csv", "used", 9, 101.0),
        ("invoices", "b.csv", "excluded_duplicate", 5, 50.0),
        ("invoices", "a.csv", "quarantined_no_account", 1, -1.0),
        ("contacts", "c.csv", "in", 99, None),
    ],
    columns=["table", "source", "step", "n_rows", "revenue"],
)
QUALITY = pd.DataFrame(
    [
        ("invoices", "account_id", "missing", 10, 2, 5.0),
        ("invoices", "margin", "missing", 10, 10, 5.0),
        ("invoices", "-", "duplicate", 10, 5, 5.0),
        ("accounts", "city", "missing", 10, 0, None),
    ],
    columns=["table", "column", "check", "n_rows", "n_bad", "revenue"],
)
MONTHS = pd.DataFrame(
    {
        "month": pd.to_datetime(["2026-07-01", "2026-07-01", "2026-08-01"]),
        "step": ["used", "excluded_duplicate", "used"],
        "n_rows": [3, 1, 2],
        "revenue": [30.0, 10.0, -20.0],
    }
)


def drawn(specification):
    (rows,) = specification["datasets"].values()
    return rows


def test_waterfall_goes_from_what_came_in_to_what_is_used():
    steps = drawn(in_languages(reconciliation_chart, MONEY, currency="EUR")["de"])
    assert [row["name"] for row in steps] == ["eingegangen", "doppelt geliefert", "ohne Kunde", "verwendet"]
    assert [row["n_rows_text"] for row in steps] == ["15", "−5", "−1", "9"]
    assert [(row["revenue_start"], row["revenue_end"]) for row in steps] == [(0, 150), (150, 100), (100, 101), (0, 101)]
    assert steps[2]["revenue_text"] == "1,00 €", "a negative amount that leaves adds to the rest"


@pytest.mark.parametrize(("language", "title"), [("de", "Was einging"), ("en", "What came in")])
def test_words_of_both_languages(language, title):
    specification = in_languages(reconciliation_chart, MONEY, currency="EUR")[language]
    assert specification["title"].startswith(title)


def test_months_add_up_by_kind():
    specification = in_languages(monthly_money_chart, MONTHS, currency="EUR")["en"]
    assert [(row["kind"], row["revenue"]) for row in drawn(specification)] == [
        ("excluded", 10.0),
        ("used", 30.0),
        ("used", -20.0),
    ]
    assert specification["encoding"]["color"]["scale"]["domain"] == ["used", "excluded", "in quarantine"]


def test_worst_checks_come_first_and_columns_never_delivered_stay_out():
    checks = drawn(in_languages(quality_chart, QUALITY)["de"])
    assert [(row["name"], row["words"]) for row in checks] == [
        ("invoices: mehrfach geliefert", "50,0 %  (5)"),
        ("invoices.account_id: fehlt", "20,0 %  (2)"),
        ("accounts.city: fehlt", "0,0 %  (0)"),
    ]


def test_nothing_of_the_data_stands_in_the_specification():
    other = MONEY.assign(n_rows=MONEY["n_rows"] * 7, revenue=MONEY["revenue"] * 3)
    specifications = [in_languages(reconciliation_chart, frame)["en"] for frame in (MONEY, other)]
    assert drawn(specifications[0]) != drawn(specifications[1])
    assert [spec.pop("datasets") is not None for spec in specifications] == [True, True]
    assert specifications[0] == specifications[1]


def test_without_money_the_rows_of_all_tables_stand_alone():
    chart = reconciliation_chart(MONEY[MONEY["table"] != "invoices"], "de").to_dict()
    assert len(chart["hconcat"]) == 1
    rows = next(iter(chart["datasets"].values()))
    assert [(row["step"], row["n_rows"]) for row in rows] == [("in", 99.0), ("used", 0.0)]
