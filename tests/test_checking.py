"""What `segkit check` says is missing, what it costs and what to deliver."""

from __future__ import annotations

import json
import re
from pathlib import Path

import openpyxl
import pytest
import tiny

import segkit
from segkit.batch import notebooks
from segkit.checking import FILLED_FROM, find_missing, unit_without_effect
from segkit.criteria.catalogue import criteria_catalogue
from segkit.tables import INPUTS

ALL = {table: set(INPUTS[table].columns) for table in INPUTS}


def sentence(present: dict[str, set[str]], table: str | None, column: str | None = None, language: str = "en") -> str:
    found = [x for x in find_missing(present, language) if (x["table"], x["column"]) == (table, column)]
    assert len(found) == 1, (table, column)
    return found[0]["sentence"]


def test_nothing_is_said_where_nothing_is_missing():
    assert find_missing(ALL) == []


@pytest.mark.parametrize("language", ["de", "en"])
@pytest.mark.parametrize("table", INPUTS)
def test_every_missing_table_has_a_sentence_with_notebook_cost_and_remedy(table, language):
    said = sentence({name: columns for name, columns in ALL.items() if name != table}, table, None, language)
    deliver = {"de": "Zu liefern:", "en": "To deliver:"}[language]
    assert deliver in said and re.search(r"\b0[1-9] \(\w+", said), said


@pytest.mark.parametrize(
    ("table", "column", "words"),
    [
        ("invoices", "margin", ["02", "ABC by margin"]),
        ("invoices", "product_id", ["02", "05"]),
        ("invoices", "quantity", ["02", "sale"]),
        ("invoices", "invoice_id", ["02", "one day"]),
        ("accounts", "employees", ["03", "Employees", "head count"]),
        ("accounts", "industry", ["03", "Industry"]),
        ("campaigns", "cost", ["no notebook rests on it yet"]),
        ("contracts", "annual_value", ["03", "Recurring revenue", "value a year"]),
    ],
)
def test_a_missing_column_is_told_with_what_it_costs(table, column, words):
    other, filled = FILLED_FROM.get((table, column), (table, column))
    present = {**ALL, other: ALL[other] - {filled}}
    said = sentence({**present, table: present[table] - {column}}, table, column)
    assert all(word in said for word in words), said


def test_a_column_that_cleansing_fills_from_another_table_is_not_missing():
    without = {**ALL, "accounts": ALL["accounts"] - {"parent_id", "account_revenue"}}
    assert find_missing(without) == []
    alone = {name: columns for name, columns in without.items() if name not in ("hierarchy", "firmographics")}
    lacking = {(lack["table"], lack["column"]) for lack in find_missing(alone)}
    assert {("accounts", "parent_id"), ("accounts", "account_revenue"), ("hierarchy", None)} <= lacking
    only_codes = {**without, "firmographics": {"record_id", "industry_code"}}
    assert ("accounts", "account_revenue") in {(lack["table"], lack["column"]) for lack in find_missing(only_codes)}


@pytest.mark.parametrize("language", ["de", "en"])
@pytest.mark.parametrize(
    ("unit", "present", "column", "word"),
    [
        ("group", {"accounts": {"account_id"}}, None, "hierarchy"),
        ("site", {"invoices": {"revenue"}}, None, "ship_to_id"),
        ("site", {"invoices": {"revenue"}, "installed_base": {"site_id"}}, "ship_to_id", "ship_to_id"),
        ("department", {"invoices": {"contact_id"}, "contacts": {"contact_id"}}, None, ""),
        ("department", {"invoices": {"revenue"}, "contacts": {"department"}}, "contact_id", "contact_id"),
        ("person", {"invoices": {"revenue"}}, None, "contact_id"),
        ("person", {"invoices": {"revenue"}, "contacts": {"contact_id"}}, "contact_id", "contact_id"),
    ],
)
def test_a_unit_that_the_data_do_not_name_is_told(unit, present, column, word, language):
    (told,) = unit_without_effect(unit, present, language)
    assert told["column"] == column and told["sentence"].startswith(f"unit: {unit} ") and word in told["sentence"]
    assert {"de": "Zu liefern:", "en": "To deliver:"}[language] in told["sentence"]


@pytest.mark.parametrize("unit", ["company", "group", "site", "department", "person"])
def test_of_a_unit_that_works_nothing_is_told(unit):
    assert unit_without_effect(unit, ALL) == []
    assert unit_without_effect("group", {"hierarchy": {"account_id", "parent_id"}}) == []


def test_check_tells_of_a_unit_without_effect(tmp_path):
    folder = tiny.write_project(tmp_path / "tiny")
    tiny.change_settings(folder, unit="person")
    assert "unit: person has no effect" in " ".join(tiny.segkit_here("check", folder).text.split())


def test_without_money_only_the_first_notebook_is_promised():
    said = sentence({"accounts": ALL["accounts"]}, None)
    assert "only 01 (Data cleansing) can run" in said and "account, date and amount" in said


def test_the_sentence_names_as_many_criteria_as_the_catalogue_loses():
    said = sentence({name: columns for name, columns in ALL.items() if name != "tickets"}, "tickets")
    assert "3 criteria (Urgency, Demand for service, Response time)" in said.replace("\u00a0", " ")


def test_a_table_is_said_to_be_unused_only_where_no_part_of_a_run_asks_for_it():
    asked = {need.partition(".")[0] for criterion in criteria_catalogue().values() for need in criterion.needs}
    package = Path(segkit.__file__).parent
    code = [*notebooks()[1:], *(package / "cleansing").glob("*.py"), *(package / "features" / "sql").glob("*.sql")]
    text = "".join(path.read_text(encoding="utf-8") for path in code)
    for table in INPUTS:
        said = sentence({name: columns for name, columns in ALL.items() if name != table}, table)
        is_read = re.search(rf"(rows|raw)_{table}\b|(read|query)\(\\*\"{table}\\*\"", text) is not None
        is_unused = "no notebook rests on" in said
        assert is_unused == (table not in asked and not is_read and table not in ("invoices", "accounts")), said


def test_accounts_of_two_systems_without_a_linking_number_are_told():
    without = {**ALL, "accounts": ALL["accounts"] - {"external_id"}}
    assert find_missing(without) == []
    said = [lack["sentence"] for lack in find_missing(without, n_lists=2)]
    assert len(said) == 1 and "counts twice until" in said[0] and "SAP number" in said[0]
    assert find_missing(ALL, n_lists=2) == []


def test_check_tells_the_same_as_json(tmp_path):
    folder = tiny.write_project(tmp_path / "tiny")
    told = json.loads(tiny.segkit_here("check", folder, "--json").text)
    said = " ".join(tiny.segkit_here("check", folder).text.split())
    assert ("invoices", "margin") in {(x["table"], x["column"]) for x in told["missing"]}
    assert all(" ".join(x["sentence"].split()) in said for x in told["missing"])
    assert told["cannot_run"] == [] and told["tables"]["invoices"]["columns"] == sorted(tiny.COLUMNS)


def test_a_mapped_column_without_a_single_value_is_missing(tmp_path):
    lines = [";".join([*row.split(";")[:3], "", *row.split(";")[4:]]) for row in tiny.invoice_rows()]
    folder = tiny.write_project(tmp_path / "tiny", lines=lines)
    told = json.loads(tiny.segkit_here("check", folder, "--json").text)
    assert ("invoices", "product_id") in {(x["table"], x["column"]) for x in told["missing"]}


def test_check_says_which_delivery_of_a_list_the_quarter_rests_on(tmp_path):
    folder = tiny.write_project(tmp_path / "tiny")
    for day in ("2025-12-31", "2026-04-02"):
        (folder / f"raw/kunden_{day}.csv").write_text("Kundennr;Firma\nK100;Eins GmbH\n", encoding="utf-8")
    accounts = {"files": "raw/kunden_*.csv", "columns": {"account_id": "Kundennr", "name": "Firma"}}
    invoices = {"files": "raw/invoices.csv", "columns": tiny.COLUMNS}
    tiny.change_settings(folder, sources={"invoices": invoices, "accounts": accounts})
    said = tiny.segkit_here("check", folder).text
    assert "accounts: 2 deliveries from 2025-12-31 to 2026-04-02; 2026Q1 rests on that of 2026-04-02." in said


def test_check_says_what_a_rule_leaves_out_and_which_sheet_is_not_read(tmp_path):
    folder = tiny.write_project(tmp_path / "tiny")
    book = openpyxl.Workbook()
    for row in ("Kundennr;Firma;Status", "K100;Eins GmbH;aktiv", "K101;Zwei GmbH;weg", "K102;Drei AG;weg"):
        book.active.append(row.split(";"))
    other = book.create_sheet("Alt")
    for row in ("Kundennr;Firma", "K900;Alt GmbH"):
        other.append(row.split(";"))
    book.save(folder / "raw/kunden.xlsx")
    accounts = {"files": "raw/kunden.xlsx", "columns": {"account_id": "Kundennr", "name": "Firma"}}
    accounts["skip"] = {"gone": {"Status": ["weg"]}}
    invoices = {"files": "raw/invoices.csv", "columns": tiny.COLUMNS}
    tiny.change_settings(folder, sources={"invoices": invoices, "accounts": accounts})
    said = tiny.segkit_here("check", folder).text
    assert "3 rows, 2 of them left out (gone) from 1 file(s)" in said
    assert "raw/kunden.xlsx" in said and "stand on another sheet" in said
