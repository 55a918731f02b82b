"""Sentences about money: totals to copy, what explains a deviation, currencies, margins."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pandas as pd
import pytest

from segkit.cleansing import money_findings
from segkit.tables import TABLES
from segkit.texts import say

USD = {"USD": {dt.date(2026, 1, 1): Decimal("0.9"), dt.date(2026, 8, 1): Decimal("0.95")}}


@pytest.fixture
def frame(con):
    """Result table as a notebook reads it: money as floats."""

    def read(name):
        found = con.table(name).df()
        money = [c.name for c in TABLES[name].columns.values() if c.type == "money"]
        return found.astype(dict.fromkeys(money, float))

    return read


def sentences(found, language="de"):
    return [say(key, language, **numbers).replace("\u00a0", " ") for key, numbers in found]


def test_years_without_a_total_come_as_lines_to_copy(put, line, clean, frame):
    put("invoices", [line(day="2024-01-02"), line(day="2025-01-02", revenue="12.50"), line(day="2026-09-29")])
    clean(control_totals={2024: Decimal(10)})
    copied = money_findings.totals_to_copy(frame("control_totals"))
    assert copied["en"] == (
        '<pre class="copy">control_totals:\n  2025: 12.50   # delivered; replace it by controlling&#x27;s figure</pre>'
    ), "2024 is named, 2026 goes on"
    assert "durch die Zahl des Controllings ersetzen" in copied["de"]


def test_copied_lines_are_valid_settings(put, line, clean, frame, tmp_path):
    import html
    import re

    from segkit.settings import read_settings

    put("invoices", [line(day="2025-01-02", revenue="12.50"), line(day="2026-09-29")])
    clean()
    lines = html.unescape(re.sub("<.*?>", "", money_findings.totals_to_copy(frame("control_totals"))["de"]))
    path = tmp_path / "project.yml"
    path.write_text(
        f"name: X\nsources: {{invoices: {{files: a.csv, columns: {{invoice_date: d, revenue: r}}}}}}\n{lines}\n",
        "utf-8",
    )
    assert read_settings(path).control_totals == {2025: Decimal("12.5")}


def test_what_explains_a_deviation_in_words(put, line, clean, frame):
    put("invoices", [line(day="2025-01-02", revenue=900), line(day="2025-05-02", revenue=80, product_id="FRACHT"),
                     line(day="2025-06-02", revenue=41), line(day="2026-09-29")])  # fmt: skip
    clean(control_totals={2025: Decimal(941)})
    found = money_findings.describe_deviations(frame("deviations"), frame("control_totals"))
    assert sentences(found)[0] == (
        "2025: Die Abweichung verschwindet, wenn die Zeilen der Art „Nebenkosten (Fracht, Porto, Gebühren)“ nicht "
        "zählen (80,00 €); es bleiben 0,00 €."
    )


def test_two_parts_in_one_sentence_and_a_year_that_nothing_explains():
    parts = pd.DataFrame([{
        "fiscal_year": 2025, "place": 1, "kind": "step_added", "item": "excluded_cancelled",
        "other_kind": "tax_delivered", "other_item": "0.19", "n_rows": 3, "revenue": 40.0,
        "remaining": -0.01}])  # fmt: skip
    totals = pd.DataFrame({"fiscal_year": [2024, 2025], "is_off": [True, True], "deviation": [7.0, 39.99]})
    said = sentences(money_findings.describe_deviations(parts, totals), "en")
    assert said[0].startswith(
        "2024: no part of the delivered money, alone or in a pair, explains the deviation of €7.00."
    )
    assert said[1] == (
        "2025: the deviation disappears if the lines “cancelled” count, too and the delivered amounts include "
        "19.0% value added tax and controlling's do not (€40.00); -€0.01 of it remain."
    )


def test_every_kind_of_part_has_words(con):
    import re
    from pathlib import Path

    source = (Path(money_findings.__file__).with_name("deviation_parts.py")).read_text("utf-8")
    kinds = set(
        re.findall(
            r'"((?:step|type|cancellation|repeated|older|currency|source|month|account|group|tax|other)_\w+|thousands)"',
            source,
        )
    )
    kinds |= set(re.findall(r"'((?:account|group)_left_out)'", source))
    assert len(kinds - {"other_kind", "other_item"}) >= 15
    for kind in kinds - {"other_kind", "other_item"}:
        assert say(f"cleansing.part_{kind}", "de", item="x") and say(f"cleansing.part_{kind}", "en", item="x")


def test_lines_without_a_rate_are_told_with_their_own_money(put, line, clean, frame):
    put("invoices", [line("K1", "2025-12-31", 1000, currency="USD"), line("K2", "2025-12-30", 200, currency="$"),
                     line("K3", "2026-07-01", 10, currency="USD"),
                     line("K4", "2026-09-29", 10, currency="US$")])  # fmt: skip
    clean(exchange_rates=USD)
    said = sentences(money_findings.describe_currencies(frame("currencies"), "EUR"), "en")
    assert said == [
        "invoices: 2 rows with 20.00 USD were converted with the rate of their day (0.9 to 0.95): €18.50.",
        "invoices: 2 rows of 1,200.00 USD (30 Dec 2025 to 31 Dec 2025) have no rate on their day and stand in "
        "quarantine. Give the rates from the first day on in project.yml under "
        "exchange_rates.USD, or deliver the table "
        "exchange_rates.",
    ]
    german = sentences(money_findings.describe_currencies(frame("currencies"), "EUR"))
    assert "(0,9 bis 0,95)" in german[0] and "1.200,00 USD" in german[1]


def test_one_currency_is_said_too(put, line, clean, frame):
    put("invoices", [line()])
    clean()
    said = sentences(money_findings.describe_currencies(frame("currencies"), "EUR"), "en")
    assert said == ["All money is in EUR; nothing had to be converted."]


def test_margins_say_which_is_meant_and_how_much_is_covered(put, line, clean, frame):
    put("invoices", [line(day="2025-03-01", revenue=100, margin=40), line(day="2026-08-01", revenue=90, margin=30),
                     line(day="2026-09-29", revenue=10)])  # fmt: skip
    put("care_costs", [{"account_id": "K1", "cost_date": "2026-08-31", "cost": 9}])
    clean()
    margins = frame("margins")
    keys = [key.removeprefix("cleansing.") for key, _ in money_findings.describe_margins(margins)]
    assert keys == ["margins_meant", "margin_gaps", "margins_years_without_care", "margins_too_thin"]
    shown = money_findings.tabulate_margins(margins)
    assert shown["margin_rate"].round(4).tolist() == [0.4, 0.3333], "over the revenue that has a margin"
    assert all(sentences(money_findings.describe_margins(margins), language) for language in ("de", "en"))


def test_without_margins_it_says_how_to_map_them(put, line, clean, frame):
    put("invoices", [line()])
    clean()
    assert [key for key, _ in money_findings.describe_margins(frame("margins"))] == ["cleansing.margins_none"]


def test_without_money_nothing_is_compared(put, clean, frame):
    put("accounts", [{"account_id": "K1"}])
    clean()
    assert money_findings.describe_totals(frame("control_totals")) == []
    assert money_findings.totals_to_copy(frame("control_totals")) == {}
    nothing = [("cleansing.no_money", {})]
    assert money_findings.describe_margins(frame("margins")) == nothing
    assert money_findings.describe_currencies(frame("currencies"), "EUR", has_money=False) == nothing
