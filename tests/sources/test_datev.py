"""DATEV's first line, its accounts and its taxes: never a net amount that is not known."""

import datetime as dt
from decimal import Decimal

import pytest

from segkit.sources.datev_meta import read_meta
from segkit.sources.datev_tax import is_revenue, is_reversal, likely_chart, net_of, tax_rate
from segkit.sources.text_files import read_text


def head(kind: str = "21", start: str = "20260101", digits: int = 4, currency: str = "EUR", chart: str = "") -> str:
    fields = ["EXTF", "700", kind, "Buchungsstapel", "9", "", "", "", "", "", "1", "2", start, str(digits)]
    fields += ["", "", "", "", "1", "", "0", currency, "", "", "", "", chart]
    return ";".join(f'"{field}"' for field in fields)


COLUMNS = (
    "Umsatz (ohne Soll/Haben-Kz);Soll/Haben-Kennzeichen;WKZ Umsatz;Kurs;Basisumsatz;WKZ Basisumsatz;Konto;"
    "Gegenkonto (ohne BU-Schlüssel);BU-Schlüssel;Belegdatum;Belegfeld 1;Buchungstext;Leistungsdatum;Generalumkehr;"
    "Steuersatz"
)


def posting(amount, account, contra, side="S", key="", day="1507", more=";;", foreign=";;;", number="R1") -> str:
    return f'{amount};"{side}";{foreign};{account};{contra};"{key}";{day};"{number}";"Text";{more}'


def read(*postings: str, **meta: object) -> list[dict]:
    """Return what was added to each posting, the marks of numbers and dates taken off."""
    text = "\r\n".join([head(**meta), COLUMNS, *postings]) + "\r\n"
    grid = read_text(text.encode("cp1252"), "EXTF_Buchungsstapel.csv")
    names = ("Debitor", "Erlöskonto", "Belegtag", "Erlös_netto", "Währung", "Auslassen")
    columns = [grid.cells.column(f"c{grid.headers.index(name)}").to_pylist() for name in names]
    rows = [dict(zip(names, row, strict=True)) for row in zip(*columns, strict=True)]
    cleaned = [{k: v.lstrip("\x02\x03") if v else v for k, v in row.items()} for row in rows]
    return cleaned + [{"reason": row.reason, "row": row.row_number} for row in grid.unreadable]


def nets(*postings: str, **meta: object) -> list[str]:
    return [row.get("Erlös_netto", row.get("reason")) for row in read(*postings, **meta)]


def test_gross_amounts_lose_their_tax_and_the_side_decides_the_sign():
    """A customer is debited with 119, credited with 23.80, and credited from the revenue account's side with 10.70."""
    assert nets(
        posting("119,00", 10000, 8400), posting("23,80", 10000, 8400, "H"), posting("10,70", 8300, 10000, "H")
    ) == ["100.00", "-20.00", "10.00"]  # fmt: skip


def test_the_year_follows_from_the_fiscal_year():
    rows = read(posting("119", 10000, 8400, day="105"), posting("119", 10000, 8400, day="3006"), start="20250701")
    assert [row["Belegtag"] for row in rows] == ["2026-05-01", "2026-06-30"]
    assert read(posting("119", 10000, 8400, day="0107"), start="20250701")[0]["Belegtag"] == "2025-07-01"
    assert nets(posting("119", 10000, 8400, day="3102")) == ["bad_date"]


@pytest.mark.parametrize(
    ("account", "contra", "skip"),
    [(1200, 4940, "no_revenue"), (10000, 1200, "no_revenue"), (1400, 8400, "no_customer"), (8400, 8300, "no_revenue"),
     (70001, 3400, "no_revenue"), (10000, 8820, "no_revenue")],
)  # fmt: skip
def test_postings_that_are_no_line_of_a_customer_say_why(account, contra, skip):
    """Expense, payment, collective account, transfer, supplier, sale of an asset; another posting decides the chart."""
    assert read(posting("119", 10000, 8400), posting("119", account, contra))[1]["Auslassen"] == skip


def test_an_unknown_rate_is_never_guessed():
    """8420 is the client's own account; 101 is one of the newer keys; a key may contradict its automatic account."""
    own, newer, wrong = (posting("119", 10000, *of) for of in ((8420, "S"), (8420, "S", "101"), (8400, "S", "2")))
    assert nets(own, newer, wrong) == ["tax_unknown"] * 3
    assert nets(posting("119", 10000, 8420, key="3"), posting("119", 10000, 8420, more=";;19,00")) == ["100.00"] * 2


def test_a_reversal_takes_the_posting_back():
    assert nets(
        posting("119", 10000, 8400, key="20"), posting("119", 10000, 8400, more=";1;"), posting("119", 10000, 8400)
    ) == ["-100.00", "-100.00", "100.00"]  # fmt: skip


def test_five_digit_accounts_and_the_other_chart_are_understood():
    assert nets(posting("119", 100000, 84000), digits=5) == ["100.00"]
    assert read(posting("119", 10000, 4400))[0] | {"Belegtag": ""} == {
        "Debitor": "10000", "Erlöskonto": "4400", "Belegtag": "", "Erlös_netto": "100.00", "Währung": "EUR",
        "Auslassen": None,
    }  # fmt: skip
    assert read(posting("119", 10000, 4400), chart="03")[0]["Auslassen"] == "no_revenue"


def test_the_companys_own_currency_comes_first():
    home = posting("110", 10000, 8120, foreign='"USD";1,1;100;"EUR"')
    foreign = posting("110", 10000, 8120, foreign='"USD";;;""')
    rows = read(home, foreign)
    assert [(row["Erlös_netto"], row["Währung"]) for row in rows] == [("100.00", "EUR"), ("110.00", "USD")]


def test_the_first_line_says_what_the_file_is():
    meta = read_meta(head(chart="04", digits=6).encode())
    assert (meta.kind, meta.year_start, meta.n_digits, meta.chart) == ("21", dt.date(2026, 1, 1), 6, "SKR04")
    assert meta.is_debtor("6999999")
    assert not meta.is_debtor("7000000")
    assert read_meta(b'"EXTF";700;21') is None


def test_other_kinds_of_files_stay_as_they_are():
    text = f"{head(kind='46')}\r\nNummer;Bezeichnung\r\n1;sofort\r\n2;30 Tage\r\n"
    assert read_text(text.encode("cp1252"), "EXTF_Zahlungsbedingungen.csv").headers == ["Nummer", "Bezeichnung"]


@pytest.mark.parametrize(
    ("day", "key", "rate"),
    [("2018-02-22", 0, 19), ("2020-08-01", 0, 16), ("2021-01-01", 0, 19), ("2020-08-01", 3, 16), ("2021-01-01", 40, 0),
     ("2006-12-31", 0, None)],
)  # fmt: skip
def test_rates_hold_from_their_day(day, key, rate):
    assert tax_rate(8400, "SKR03", key, dt.date.fromisoformat(day)) == rate


def test_charts_agree_on_what_is_revenue():
    assert likely_chart([4400, 4300, 4400]) == "SKR04"
    assert is_revenue(4400, "SKR04")
    assert not is_revenue(4400, "SKR03")
    assert [is_reversal(key) for key in (20, 23, 3, 40, 120)] == [True, True, False, False, False]
    assert net_of(Decimal("0.05"), Decimal(19)) == Decimal("0.04")
