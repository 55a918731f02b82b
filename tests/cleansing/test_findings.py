"""Findings: every sentence exists in both languages and takes the numbers it is given."""

from __future__ import annotations

from decimal import Decimal

import pandas as pd
import pytest

from segkit.cleansing import findings, money_findings
from segkit.settings.cleansing import Scope
from segkit.texts import say, templates


@pytest.fixture
def frames(con, put, put_unreadable, line, clean):
    """Result tables of a company with a bit of everything wrong."""
    put("invoices", [
        line(day="2025-01-02", revenue=900), line(), line(source="b.csv"), line(None, revenue=20), line("CPD"),
        line(revenue=0), line(product_id="Porto", revenue=3), line(day="2026-10-09"), line("K9", "2026-09-29", 5),
    ])  # fmt: skip
    put_unreadable("invoices", [("a.csv", 90, "bad_date", "x", Decimal(7))])
    put("accounts", [{"account_id": "K1", "name": "Müller"}])
    clean(scope=Scope(excluded_accounts=["CPD", "nobody"]), control_totals={2025: Decimal(800), 2026: Decimal(1)})

    def frame(name):
        found = con.table(name).df()
        money = [c for c in ("revenue", "controlling", "delivered", "used", "deviation") if c in found]
        return found.astype(dict.fromkeys(money, float))

    return frame


def sentences(found, language="de"):
    return {key.removeprefix("cleansing."): say(key, language, **numbers) for key, numbers in found}


def test_first_screen(frames):
    assert sentences(findings.describe_period(frames("run_period"))) == {
        "period": "2026Q3: Die Umsätze reichen vom 02.01.2025 bis zum 29.09.2026. Stichtag ist der 30.09.2026, "
        "das Quartal ist vollständig."
    }
    totals = sentences(money_findings.describe_totals(frames("control_totals")), "en")
    assert "The deviation of €100.00 (12.5%) is above 0.5%" in totals["warn_total_off"]
    assert "€48.00 of the €1.00" in totals["total_partial"]


def test_totals_that_nobody_stated_are_asked_for(frames):
    unstated = frames("control_totals").assign(controlling=float("nan"))
    assert [key for key, _ in money_findings.describe_totals(unstated)] == ["cleansing.totals_not_stated"]


def test_every_way_out_is_said_with_the_most_money_first(frames):
    said = sentences(findings.describe_money(frames("reconciliation")))
    assert list(said)[:2] == ["reconciled", "step_quarantined_no_account"]
    assert said["reconciled"].startswith("10 Zeilen mit 975,00 € sind eingegangen, 5 Zeilen mit 918,00 € (94,2 % ")
    assert said["step_excluded_duplicate"].startswith("Doppelt geliefert: 1 Zeilen mit 10,00 €")
    assert {"step_later", "step_excluded_scope_other", "step_quarantined_bad_date"} <= set(said)


def test_what_is_wrong_is_said_by_money_and_empty_columns_once(frames):
    found = findings.describe_quality(frames("data_quality"))
    keys = [key for key, _ in found]
    assert keys[0] == "cleansing.check_dominant_account"
    assert keys.count("cleansing.not_delivered") == 2, "one sentence for invoices, one for accounts"
    assert "margin" in dict(found)["cleansing.not_delivered"]["columns"] or "city" in str(found)
    assert all(sentences(found, language) for language in ("de", "en"))


def test_nothing_wrong_is_said_too():
    clean = pd.DataFrame({"table": ["invoices"], "column": ["revenue"], "check": ["missing"], "n_rows": [3],
                          "n_bad": [0], "revenue": [None]})  # fmt: skip
    assert sentences(findings.describe_quality(clean), "en") == {"nothing_wrong": "All 1 checks found nothing."}


def test_changes_and_decisions(frames):
    changes = sentences(findings.describe_changes(frames("cleaning_log")))
    assert changes["rule_account_added"] == "1\xa0Kunde fehlte in der Kundenliste und wurde ergänzt."
    open_questions = findings.describe_decisions(frames("reconciliation"), frames("data_quality"))
    assert {"decide_no_account", "decide_unreadable", "decide_accounts", "decide_scope", "decide_charges",
            "decide_dominant", "decide_few"} == set(sentences(open_questions, "en"))  # fmt: skip


def test_both_languages_have_the_same_sentences_with_the_same_numbers():
    import string

    names = {}
    for language in ("de", "en"):
        ours = {key: text for key, text in templates(language).items() if key.startswith("cleansing.")}
        names[language] = {
            key: {part[1].removesuffix(f"_{language}") for part in string.Formatter().parse(text) if part[1]}
            for key, text in ours.items()
        }
    assert names["de"] == names["en"]


def test_files_as_a_table_of_what_came_in_and_what_is_used(frames):
    table = findings.tabulate_sources(frames("reconciliation"))
    assert table.drop(columns=["revenue_in", "revenue_used"]).to_numpy().tolist() == [
        ["invoices", "a.csv", 9, 5, 4],
        ["invoices", "b.csv", 1, 0, 1],
        ["accounts", "a.csv", 1, 1, 0],
    ]
    assert table.loc[:1, ["revenue_in", "revenue_used"]].to_numpy().tolist() == [[965.0, 918.0], [10.0, 0.0]]
    assert table.loc[2, ["revenue_in", "revenue_used"]].isna().all()


def test_findings_without_money_name_none(frames):
    said = [text for key, text in sentences(findings.describe_quality(frames("data_quality"))).items()]
    assert not [text for text in said if "–" in text]


def test_totals_as_a_table_whose_money_reads_as_money(frames):
    table = money_findings.tabulate_totals(frames("control_totals"))
    assert table.iloc[0].tolist() == ["2025", 800.0, 900.0, 100.0, 0.125, 900.0]


def test_rows_in_quarantine_come_with_their_reason_in_words_one_of_each_first():
    rows = [("a.csv", 2, "no_account", "x"), ("a.csv", 3, "no_account", "y"), ("b.csv", 9, "bad_date", "z")]
    table = findings.tabulate_quarantine(pd.DataFrame(rows, columns=["source", "row_number", "reason", "raw"]))
    assert table["row_number"].tolist() == [2, 9, 3]
    assert table["why_left_out_de"].tolist() == ["ohne Kunde", "Datum unlesbar", "ohne Kunde"]
    empty = pd.DataFrame([], columns=["source", "row_number", "reason", "raw"])
    assert findings.tabulate_quarantine(empty).empty


def test_files_are_told_with_how_they_are_written():
    usual = {
        "delivery": None,
        "n_rows": 9,
        "n_unreadable": 0,
        "sheet": None,
        "decimal": "comma",
        "date_format": "dd.mm.yyyy",
    }
    files = pd.DataFrame([
        {"table": "accounts", "source": "a.xlsx", "system": None, **usual, "encoding": None, "delimiter": None,
         "sheet": "Kunden", "header_row": 4, "decimal": None, "date_format": "date"},
        {"table": "invoices", "source": "i.txt", "system": "sap", **usual, "encoding": "utf-16", "delimiter": "tab",
         "header_row": 1},
    ])  # fmt: skip
    table = findings.tabulate_files(files)
    assert table["source"].tolist() == ["i.txt", "a.xlsx"] and table["system"][0] == "sap"
    assert table["form_de"].tolist() == [
        "utf-16, „Tabulator“ trennt, Dezimalkomma, Datum dd.mm.yyyy",
        "Blatt Kunden, Kopf in Zeile 4",
    ]
    assert table["form_en"][0] == "utf-16, “tab” between fields, decimal comma, dates dd.mm.yyyy"
