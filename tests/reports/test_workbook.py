"""The workbook of a quarter: numbers are numbers, ids stay text, nothing from data runs, every column is defined."""

import shutil
import subprocess
import warnings
import zipfile
from types import SimpleNamespace

import openpyxl
import pytest
from reports.workbook_run import HOSTILE, MONEY, RELEASED, STATE, write_run

from segkit import texts
from segkit.reports import workbook
from segkit.reports.workbook_columns import sheet_columns
from segkit.reports.workbook_writing import FIRST_ROW, HEAD_ROW, TOTAL_ROW
from segkit.settings.criteria import CriteriaSettings
from segkit.settings.segmentations import Segmentations

SEGMENTATIONS = Segmentations.model_validate({"service": {"method": "kmeans", "name": "Kundendienst"}})
EUR = SimpleNamespace(currency="EUR", criteria=CriteriaSettings(), segmentations=SEGMENTATIONS)
LANGUAGES = ["de", "en"]


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    return write_run(tmp_path_factory.mktemp("run"))


@pytest.fixture(scope="module")
def books(run, tmp_path_factory):
    """The workbook of the run in both languages: its file, and as openpyxl reads it."""
    folder, made = tmp_path_factory.mktemp("books"), {}
    for language in LANGUAGES:
        path = folder / f"{language}.xlsx"
        workbook.write_workbook(run, path, language, STATE, EUR)
        made[language] = (path, read(path))
    return made


def read(path):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # openpyxl does not know data bars
        return openpyxl.load_workbook(path)


def sheet_name(key, language):
    return texts.say(f"workbook.sheet_{key}", language)


def rows(sheet):
    """The table of a sheet as dictionaries by heading."""
    heads = [cell.value for cell in sheet[HEAD_ROW + 1]]
    return [
        dict(zip(heads, (cell.value for cell in row), strict=True)) for row in sheet.iter_rows(min_row=FIRST_ROW + 1)
    ]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_table_has_its_sheet_in_the_language(books, language):
    expected = [sheet_name(key, language) for key in ("overview", *sheet_columns())]
    assert books[language][1].sheetnames == expected
    assert list(workbook.BUILDERS) == list(sheet_columns())[:-1]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_column_shown_is_defined(books, language):
    book = books[language][1]
    defined = {(row[0].value, row[1].value) for row in book[sheet_name("definitions", language)].iter_rows()}
    segments = {f"{s} {'deutsch' if language == 'de' else 'english'}" for s in ("KEY", "S1", "S4", "DORMANT")}
    shown = {(sheet.title, cell.value) for sheet in book.worksheets[1:] for cell in sheet[HEAD_ROW + 1]}
    assert {pair for pair in shown - defined if pair[1] not in segments} == set()
    assert all(cell.comment for sheet in book.worksheets[1:] for cell in sheet[HEAD_ROW + 1])


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_column_that_could_be_shown_has_words(language):
    for sheet, columns in sheet_columns().items():
        heads = [column.head(language) for column in columns]
        assert len(set(heads)) == len(heads), sheet
        assert [
            c.name
            for c, head in zip(columns, heads, strict=True)
            if "_" in head or "\u00ad" in head or not c.definition(language)
        ] == []
        assert all(column.unit_words(language, "EUR") or column.unit == "-" for column in columns)


def test_ids_are_text_and_keep_their_zeros(books):
    ids = [row["Kundennr."] for row in rows(books["de"][1]["Kunden"])]
    assert sorted(ids) == sorted(number for number, _ in HOSTILE)


def test_nothing_from_the_data_is_a_formula_or_a_link(books):
    for path, book in books.values():
        own = {cell.value for sheet in book for row in sheet.iter_rows() for cell in row if cell.data_type == "f"}
        assert all(formula.startswith("=SUBTOTAL(109,") for formula in own)
        links = {link.location or link.target for sheet in book for link in sheet._hyperlinks}
        assert all("!A1" in link for link in links)
        with zipfile.ZipFile(path) as archive:
            assert not any(b"http://evil" in archive.read(n) for n in archive.namelist() if n.endswith(".rels"))


def test_hostile_names_arrive_as_they_are(books):
    names = {row["Account"]: row["Name"] for row in rows(books["en"][1]["Accounts"])}
    assert names["00017"] == HOSTILE[0][1] and names["-5"] == HOSTILE[3][1]
    assert names["A&B"].strip() == HOSTILE[2][1], "what looks like the writer's own markup stays text"


def test_numbers_are_numbers_with_a_format_of_their_kind(books):
    sheet = books["de"][1]["Kunden"]
    cells = dict(zip((cell.value for cell in sheet[HEAD_ROW + 1]), sheet[FIRST_ROW + 1], strict=True))
    assert isinstance(cells["Umsatz 12 Monate"].value, float) and "€" in cells["Umsatz 12 Monate"].number_format
    assert cells["Wachstum"].number_format.endswith("%")
    assert cells["Tage seit Kauf"].value == 3 and cells["Tage seit Kauf"].number_format == "#,##0"
    released = rows(books["de"][1]["Nachträgliche Änderungen"])[0]["Freigegeben am"]
    assert (released.year, released.month, released.day) == (2026, 7, 10)


def test_accounts_and_segments_add_up_to_the_cent(books):
    book = books["de"][1]
    sums = {key: sum(row["Umsatz 12 Monate"] for row in rows(book[key])) for key in ("Kunden", "Segmente")}
    assert round(sums["Kunden"], 2) == round(sums["Segmente"], 2) == round(sum(MONEY), 2)
    assert sum(row["Kunden"] for row in rows(book["Segmente"])) == len(rows(book["Kunden"]))


def test_money_of_the_matrix_is_the_money_of_the_flows(books):
    matrix = rows(books["en"][1]["Migration matrix"])
    totals = {m: sum(row["Total"] for row in matrix if row["Measure"] == m) for m in {r["Measure"] for r in matrix}}
    assert totals == pytest.approx({"Accounts": 3, "Revenue before": 15000.0, "Revenue now": 123000.123})


def test_rows_and_money_that_came_in_are_all_accounted_for(books):
    row = rows(books["en"][1]["Reconciliation"])[0]
    assert (row["Rows in"], row["Rows used"], row["Rows in quarantine"], row["Rows, difference"]) == (10, 9, 1, 0)
    assert row["Revenue, difference"] == 0 and row["Revenue in"] == 122997.783


def test_goals_have_the_unit_of_their_kpi_and_what_needs_a_decision_stands_first(books):
    sheet = books["de"][1]["Ziele"]
    told = rows(sheet)
    assert [row["Urteil"] for row in told] == ["verfehlt", "nicht entscheidbar", "offen"]
    assert [row["Kurzname"] for row in told] == ["c", "a", "b"]
    assert told[1]["Für wen"] == "S1 deutsch (Wert)" and told[2]["Für wen"] == "Alle Kunden"
    value = next(cell.column for cell in sheet[HEAD_ROW + 1] if cell.value == "Wert")
    formats = [sheet.cell(FIRST_ROW + 1 + i, value).number_format for i in range(3)]
    assert "€" in formats[0] and "%" in formats[1]


@pytest.mark.parametrize(("language", "name"), [("de", "=Viel"), ("en", "=Much")])
def test_every_account_names_its_segment_in_each_further_segmentation(books, language, name):
    book = books[language][1]
    assert {row["Kundendienst"] for row in rows(book[sheet_name("accounts", language)])} == {name}
    (row,) = rows(book[sheet_name("further", language)])
    assert name in row.values() and "Kundendienst" in row.values() and 5 in row.values()


def test_movers_say_why_in_words(books):
    german = {row["Kundennr."]: row for row in rows(books["de"][1]["Wechsler"])}
    assert set(german) == {"00017", "0042"}, "who stayed is no mover"
    assert german["0042"]["Was sich geändert hat"].startswith("Klasse A statt B")
    assert german["00017"]["Wechsel unsicher"] == "ja"


def test_a_missing_kpi_says_why(books):
    growth = rows(books["de"][1]["Kennzahlen"])[1]
    assert growth["Wert"] is None and growth["Warum kein Wert"] == texts.say("kpis.reason_short_history", "de")


@pytest.mark.parametrize(("language", "words"), [("de", "ENTWURF – nicht freigegeben"), ("en", "DRAFT – not released")])
def test_every_sheet_of_a_draft_says_so_on_screen_and_on_paper(books, language, words):
    for sheet in books[language][1]:
        assert sheet["A1"].value == sheet.oddHeader.center.text == words
        assert sheet.oddHeader.left.text == "Pumpen && Filter <GmbH>"
        assert sheet.page_setup.orientation == "landscape" and sheet.page_setup.fitToHeight == 0


def test_a_released_quarter_says_by_whom_and_when(run, tmp_path):
    workbook.write_workbook(run, tmp_path / "x.xlsx", "de", RELEASED, EUR)
    words = {sheet["A1"].value for sheet in read(tmp_path / "x.xlsx")}
    assert words == {"Freigegeben von Erika Muster am 14.10.2026"}


def test_tables_that_are_absent_or_empty_are_left_out_with_a_reason(tmp_path):
    missing = ("segment_cards", "criteria", "profiles", "kpis", "control_totals", "accounts")
    run = write_run(tmp_path, missing, ("migration", "migration_flows", "restatements", "drift", "review"))
    workbook.write_workbook(run, tmp_path / "x.xlsx", "de", STATE, EUR)
    book = read(tmp_path / "x.xlsx")
    assert {"Kriterien", "Profile", "Wechsler", "Nachträgliche Änderungen"}.isdisjoint(book.sheetnames)
    overview = {row[0].value: row[2].value for row in book["Übersicht"].iter_rows()}
    assert overview["Wechsler"] == texts.say("workbook.no_previous", "de")
    assert overview["Nachträgliche Änderungen"] == texts.say("workbook.empty_restatements", "de")
    assert overview["Kriterien"] == texts.say("workbook.absent", "de")
    told = "Kunde, Kontakt erlaubt, XYZ, Betreuer, Team, Ort, Branche"
    assert told in overview["Kunden"], "columns without values are named"


def test_the_same_run_gives_the_same_bytes(run, books, tmp_path):
    workbook.write_workbook(run, tmp_path / "again.xlsx", "de", STATE, EUR)
    assert (tmp_path / "again.xlsx").read_bytes() == books["de"][0].read_bytes()


def test_a_sheet_that_would_be_too_long_is_cut_and_says_so(run, tmp_path, monkeypatch):
    monkeypatch.setattr(workbook, "MOST_ROWS", 2)
    workbook.write_workbook(run, tmp_path / "x.xlsx", "de", STATE, EUR)
    sheet = read(tmp_path / "x.xlsx")["Kunden"]
    assert len(rows(sheet)) == 2 and "ersten 2 von 5 Zeilen" in sheet["A3"].value


def test_libreoffice_opens_it_and_counts_the_same(books, tmp_path):
    office = shutil.which("soffice")
    if office is None:
        pytest.skip("LibreOffice is not installed")
    options = "csv:Text - txt - csv (StarCalc):59,34,76,1,,0,false,true,false,false,false,2"  # the second sheet
    command = [
        office,
        f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}",
        "--headless",
        "--convert-to",
        options,
    ]
    subprocess.run([*command, "--outdir", tmp_path, books["de"][0]], check=True, capture_output=True, timeout=120)
    lines = next(tmp_path.glob("*.csv")).read_text("utf-8").splitlines()
    heads, totals = lines[HEAD_ROW].split(";"), lines[TOTAL_ROW].split(";")
    assert float(totals[heads.index("Umsatz 12 Monate")]) == pytest.approx(sum(MONEY), abs=0.005)
