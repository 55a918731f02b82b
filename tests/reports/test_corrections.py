"""Correction lists: one workbook a system, readable, to be filled in, and nothing from data runs in it."""

import warnings
from types import SimpleNamespace

import openpyxl
import pandas as pd
import pytest
from reports.workbook_run import STATE

from segkit import texts
from segkit.cleansing.correction_findings import describe_corrections, tabulate_corrections
from segkit.display import label_of
from segkit.reports.corrections import write_corrections
from segkit.reports.workbook_writing import FIRST_ROW, HEAD_ROW
from segkit.store import write_frame
from segkit.tables import TABLES

EUR = SimpleNamespace(currency="EUR")
FORMULA = '=cmd|"/c calc"!A1'
USUAL = {"source": "raw/x.csv", "row_number": 7, "table": "accounts", "column": "postal_code",
         "header": "PLZ", "rule": "postal_code", "first_quarter": "2026Q3", "status": "open", "scope": "record",
         "n_rows": 1}  # fmt: skip
ROWS = [
    {"system": "SAP", "record_id": "0000012345", "old_value": "1067", "proposed_value": "01067", "account_id": "K1",
     "owner_id": "Kern", "revenue_12m": 100.0},
    {"system": "SAP", "record_id": "0000012345", "column": "name", "header": None, "rule": "placeholder",
     "old_value": FORMULA, "account_id": "K1", "owner_id": "Kern", "revenue_12m": 100.0, "first_quarter": "2026Q1"},
    {"system": "SAP", "table": "invoices", "column": "account_id", "header": "KUNAG", "rule": "line_without_account_id",
     "scope": "file", "n_rows": 135_000, "examples": "3; 9; 40", "revenue_12m": 900.5},
    {"system": "SAP", "record_id": "K9", "old_value": "99", "status": "mended", "current_value": "01099"},
    {"system": "sap", "record_id": "K8", "old_value": "9", "status": "gone"},
]  # fmt: skip


def corrections():
    frame = pd.DataFrame([USUAL | row for row in ROWS])
    return frame.assign(
        correction_id=[f"c{i}" for i in range(len(frame))], reason="corrections.why_" + frame["rule"]
    ).reindex(columns=list(TABLES["corrections"].columns))


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    folder = tmp_path_factory.mktemp("run")
    write_frame(folder / "tables" / "corrections.parquet", corrections(), "corrections")
    accounts = pd.DataFrame({"account_id": ["K1"], "name": ["Huber AG"]}).reindex(
        columns=list(TABLES["accounts"].columns)
    )
    write_frame(folder / "tables" / "accounts.parquet", accounts, "accounts")
    return folder


@pytest.fixture(scope="module", params=["de", "en"])
def lists(request, run, tmp_path_factory):
    """Language, documents and the workbooks by file name."""
    folder = tmp_path_factory.mktemp(request.param)
    documents = write_corrections(run, folder, request.param, STATE, EUR)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        books = {path.name: openpyxl.load_workbook(path) for path in folder.iterdir()}
    return request.param, documents, books


def rows(book, key, language):
    sheet = book[texts.say(f"workbook.sheet_corrections_{key}", language)]
    heads = [cell.value for cell in sheet[HEAD_ROW + 1]]
    return [dict(zip(heads, (c.value for c in row), strict=True)) for row in sheet.iter_rows(min_row=FIRST_ROW + 1)]


def head(name, language, key="open"):
    return texts.say(f"workbook.head_corrections_{key}_{name}", language)


def test_each_system_has_its_own_file_also_where_names_differ_only_in_case(lists):
    _, documents, books = lists
    assert sorted(books) == ["corrections_sap-2.xlsx", "corrections_sap.xlsx"]
    assert [(d["file"], d["title"]) for d in documents] == [("corrections_sap.xlsx", "SAP"),
                                                            ("corrections_sap-2.xlsx", "sap")]  # fmt: skip


def test_a_row_says_what_is_wrong_where_and_what_belongs_there_the_most_money_first(lists):
    language, _, books = lists
    found = rows(books["corrections_sap.xlsx"], "open", language)
    fields = [
        [row[head(name, language)] for row in found] for name in ("field", "record_id", "proposed_value", "owner")
    ]
    nobody = texts.say("corrections.no_owner", language)
    assert fields[0] == ["KUNAG", label_of("name", language), "PLZ"], "without a header the column's own label"
    assert fields[1:] == [[None, "0000012345", "0000012345"], [None, None, "01067"], [nobody, "Kern", "Kern"]]
    assert "135" in found[0][head("why", language)] and "3, 9, 40" in found[0][head("why", language)]
    assert found[1][head("name", language)] == "Huber AG"
    assert [row[head("since", language)] for row in found] == ["Q3 2026", "Q1 2026", "Q3 2026"]


def test_text_from_data_is_never_a_formula(lists):
    language, _, books = lists
    sheet = books["corrections_sap.xlsx"][texts.say("workbook.sheet_corrections_open", language)]
    hostile = [cell for row in sheet.iter_rows() for cell in row if cell.value == FORMULA]
    assert [cell.data_type for cell in hostile] == ["s"]


def test_people_answer_in_the_yellow_columns(lists):
    language, _, books = lists
    sheet = books["corrections_sap.xlsx"][texts.say("workbook.sheet_corrections_open", language)]
    (choices,) = [rule.formula1 for rule in sheet.data_validations.dataValidation]
    assert (
        choices
        == '"' + ",".join(texts.say(f"corrections.answer_{x}", language) for x in ("mended", "right", "later")) + '"'
    )
    assert sheet.auto_filter.ref and sheet.freeze_panes and sheet.page_setup.orientation == "landscape"


def test_what_was_mended_stands_there_once_with_its_new_value_apart_from_what_is_gone(lists):
    language, _, books = lists
    (mended,) = rows(books["corrections_sap.xlsx"], "done", language)
    (gone,) = rows(books["corrections_sap-2.xlsx"], "done", language)
    became = head("became", language, "done")
    assert (mended[head("current_value", language, "done")], mended[became]) == (
        "01099",
        texts.say("corrections.status_mended", language),
    )
    assert gone[became] == texts.say("corrections.status_gone", language)


def test_the_same_run_gives_the_same_bytes(run, tmp_path):
    both = []
    for name in ("a", "b"):
        write_corrections(run, tmp_path / name, "de", STATE, EUR)
        both.append((tmp_path / name / "corrections_sap.xlsx").read_bytes())
    assert both[0] == both[1]


def test_a_run_without_the_table_has_no_lists(tmp_path):
    assert write_corrections(tmp_path, tmp_path, "de", STATE, EUR) == []


def test_the_page_says_what_is_new_what_was_mended_and_where_the_money_is():
    found = describe_corrections(corrections(), "2026Q3")
    numbers = dict(found)
    assert [key for key, _ in found] == [
        f"corrections.{x}" for x in ("summary", "were_mended", "were_gone", "of_system")
    ]
    assert numbers["corrections.summary"] == {"n": 3, "n_systems": 1, "n_new": 2, "n_old": 1, "n_proposed": 1}
    assert numbers["corrections.of_system"]["revenue"] == 1000.5, "the money of K1 counts once"
    table = tabulate_corrections(corrections())
    assert table["revenue_concerned"].to_list() == [900.5, 100.0, 100.0]
    assert table["owner_id"].fillna("").to_list() == ["", "Kern", "Kern"]
