import openpyxl
import pytest
import yaml

from segkit.errors import UserError
from segkit.settings import ProjectLoader, read_settings
from segkit.sources.mapping_read import merge_mapping, read_mapping
from segkit.sources.propose import propose, write_project


@pytest.fixture
def project(tmp_path):
    (tmp_path / "umsatz.csv").write_text(
        "Kunde;Datum;Beleg;Betrag;Brutto\nA;01.02.2024;R1;1,50;2,00\nB;15.02.2024;R2;2,50;3,00\n"
    )
    write_project(tmp_path, propose(tmp_path, [tmp_path / "umsatz.csv"]))
    return tmp_path


def edit(project, change) -> None:
    path = project / "mapping.xlsx"
    book = openpyxl.load_workbook(path)
    change(book["mapping"])
    book.save(path)


def row_of(sheet, column: str, table: str = "invoices", number: int = 1) -> int:
    wanted = (table, number, column)
    rows = range(4, sheet.max_row + 1)
    return next(row for row in rows if tuple(sheet.cell(row, c).value for c in (1, 2, 5)) == wanted)


def applied(project) -> list[str]:
    """Read mapping.xlsx back, as `segkit init DIR mapping.xlsx` does; returns what it says."""
    return write_project(project, propose(project, [project / "mapping.xlsx"]))


def sources_of(project) -> dict:
    """The section as it is written; that it is valid is checked by the way."""
    read_settings(project / "project.yml")
    return yaml.load((project / "project.yml").read_text(encoding="utf-8"), ProjectLoader)["sources"]


def test_one_row_per_column_with_a_drop_down_of_headers(project):
    sheet = openpyxl.load_workbook(project / "mapping.xlsx")["mapping"]
    row = row_of(sheet, "revenue")
    assert [sheet.cell(row, c).value for c in (1, 3, 6, 7)] == ["invoices", "umsatz.csv", "yes", "Betrag"]
    assert len(sheet.data_validations.dataValidation) == sheet.max_row - 3
    mapped = read_mapping(project / "mapping.xlsx")
    assert merge_mapping({}, mapped)["invoices"] == propose(project, [project / "umsatz.csv"]).sources()["invoices"][0]


def test_an_edited_mapping_changes_the_sources_and_nothing_else(project):
    path = project / "project.yml"
    path.write_text(path.read_text(encoding="utf-8") + "\nvalue:\n  # our own limit\n  abc_a: 0.7\n", encoding="utf-8")
    edit(project, lambda sheet: sheet.cell(row_of(sheet, "revenue"), 7, "Brutto / 1.19"))
    told = write_project(project, propose(project, [project / "mapping.xlsx"]))
    text = path.read_text(encoding="utf-8")
    document = yaml.safe_load(text)
    assert document["sources"]["invoices"]["columns"]["revenue"] == "Brutto / 1.19"
    assert document["value"] == {"abc_a": 0.7} and "# our own limit" in text and "language: de" in text
    assert "are now those of mapping.xlsx" in told[0]


def test_an_emptied_cell_takes_the_column_out(project):
    edit(project, lambda sheet: sheet.cell(row_of(sheet, "invoice_id"), 7, ""))
    told = applied(project)
    assert "invoice_id" not in sources_of(project)["invoices"]["columns"]
    assert "  invoices.invoice_id: Beleg → –" in told


def test_what_the_mapping_does_not_show_stays(project):
    path = project / "project.yml"
    text = path.read_text(encoding="utf-8").replace("files: umsatz.csv", 'files: umsatz.csv\n    decimal: ","')
    path.write_text(text + "  leads: {database: {url: 'sqlite:///crm.db', table: leads}}\n", encoding="utf-8")
    write_project(project, propose(project, [project / "mapping.xlsx"]))
    sources = yaml.safe_load(path.read_text(encoding="utf-8"))["sources"]
    assert sources["invoices"]["decimal"] == ","
    assert list(sources) == ["invoices", "leads"]


def test_wrong_rows_are_told_at_once(project):
    def change(sheet):
        sheet.cell(4, 1, "invoice")
        sheet.cell(5, 5, "colour")

    edit(project, change)
    with pytest.raises(UserError) as error:
        read_mapping(project / "mapping.xlsx")
    assert len(error.value.problems) == 2
    assert "row 4: there is no table 'invoice'" in error.value.problems[0]
    assert "row 5: invoices has no column 'colour'" in error.value.problems[1]


def test_something_else_is_refused(tmp_path):
    (tmp_path / "mapping.xlsx").write_bytes(b"hello")
    with pytest.raises(UserError, match="cannot be read as a mapping"):
        read_mapping(tmp_path / "mapping.xlsx")
