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


def test_an_unedited_mapping_changes_not_a_byte_of_project_yml(project):
    before = (project / "project.yml").read_text(encoding="utf-8")
    edit(project, lambda sheet: None)
    assert "nothing was changed" in applied(project)[0]
    assert (project / "project.yml").read_text(encoding="utf-8") == before


def test_several_headers_in_a_cell_are_alternatives(project):
    edit(project, lambda sheet: sheet.cell(row_of(sheet, "revenue"), 7, "Netto | Betrag | (empty)"))
    applied(project)
    assert sources_of(project)["invoices"]["columns"]["revenue"] == ["Netto", "Betrag", ""]


def test_a_header_that_holds_the_sign_between_alternatives_stays_whole(tmp_path):
    (tmp_path / "umsatz.csv").write_text(
        "Kunde,Datum,Beleg,Betrag | netto\nA,2024-02-01,R1,1.50\nB,2024-02-15,R2,2.50\n"
    )
    write_project(tmp_path, propose(tmp_path, [tmp_path / "umsatz.csv"]))
    assert sources_of(tmp_path)["invoices"]["columns"]["revenue"] == "Betrag | netto"
    assert "nothing was changed" in applied(tmp_path)[0]


def test_entries_written_by_hand_and_deliveries_beside_those_of_the_mapping_stay(project):
    path = project / "project.yml"
    text = path.read_text(encoding="utf-8").replace("    files: umsatz.csv", "    - files: umsatz.csv")
    lines = text.splitlines()
    start = next(i for i, line in enumerate(lines) if "columns:" in line)
    lines[start:] = [f"  {line}" if line.startswith("    ") else line for line in lines[start:]]
    by_hand = "    - files: alt.csv\n      columns: {account_id: K, invoice_date: D, revenue: B}\n"
    path.write_text("\n".join(lines) + "\n" + by_hand, encoding="utf-8")
    edit(project, lambda sheet: sheet.cell(row_of(sheet, "revenue"), 7, "Brutto"))
    applied(project)
    first, second = sources_of(project)["invoices"]
    assert (first["files"], first["columns"]["revenue"]) == ("umsatz.csv", "Brutto")
    assert second == {"files": "alt.csv", "columns": {"account_id": "K", "invoice_date": "D", "revenue": "B"}}


def test_another_pattern_in_the_mapping_moves_the_entry_and_adds_none(project):
    def change(sheet):
        for row in range(4, sheet.max_row + 1):
            sheet.cell(row, 3, "raw/*/umsatz.csv")

    edit(project, change)
    applied(project)
    assert sources_of(project)["invoices"]["files"] == "raw/*/umsatz.csv"


def test_comments_about_what_stays_stay(of_systems):
    path = of_systems / "project.yml"
    with path.open("a", encoding="utf-8") as stream:
        stream.write("\n# our own limit\nvalue:\n  abc_a: 0.7\n")
    edit(of_systems, lambda sheet: sheet.cell(row_of(sheet, "team", "accounts", 1), 7, "ZZTEAM"))
    applied(of_systems)
    text = path.read_text(encoding="utf-8")
    assert "# our own limit\nvalue:\n  abc_a: 0.7\n" in text
    assert "  invoices:   # invoice lines, the money" in text and "# rows left out as cancelled" in text
    assert read_settings(path).value.abc_a == 0.7


@pytest.fixture
def of_systems(tmp_path):
    """Accounts of SAP and of HubSpot, and billing documents with their items."""
    raw = tmp_path / "raw"
    raw.mkdir()
    (raw / "kna1.csv").write_text("KUNNR;NAME1;LAND1;PSTLZ;ORT01;ZZTEAM\n0000000001;Eins GmbH;DE;50667;Köln;West\n")
    (raw / "unternehmen.csv").write_text(
        "Record ID,Company name,Company Domain Name,Industry,Number of Employees,Lifecycle Stage,SAP Nr\n"
        "7001,Eins GmbH,eins.example,MACHINERY,20,customer,0000000001\n"
    )
    (raw / "vbrk.csv").write_text("VBELN;FKDAT;KUNAG;WAERK;KURRF\n90000001;20240701;0000000001;EUR;1.00000\n")
    (raw / "vbrp.csv").write_text("VBELN;POSNR;MATNR;FKIMG;NETWR\n90000001;000010;M1;2.000;100.00\n")
    write_project(tmp_path, propose(tmp_path, [raw]))
    return tmp_path


def test_the_mapping_shows_what_a_preset_fills_and_whose_it_is(of_systems):
    sheet = openpyxl.load_workbook(of_systems / "mapping.xlsx")["mapping"]
    name = row_of(sheet, "name", "accounts", 2)
    assert [sheet.cell(name, c).value for c in (3, 7, 12)] == ["raw/unternehmen.csv", "Company name", "hubspot"]
    revenue = row_of(sheet, "revenue")
    assert sheet.cell(revenue, 7).value == "vbrp.NETWR * vbrk.KURRF"
    assert sheet.cell(revenue, 12).value == "sap"


def test_an_unedited_mapping_of_presets_changes_nothing(of_systems):
    before = sources_of(of_systems)
    edit(of_systems, lambda sheet: None)
    assert "nothing was changed" in applied(of_systems)[0]
    assert sources_of(of_systems) == before
    assert before["accounts"][1]["columns"] == {"external_id": "SAP Nr"}


def test_a_changed_cell_overrules_the_preset_and_only_there(of_systems):
    edit(of_systems, lambda sheet: sheet.cell(row_of(sheet, "team", "accounts", 1), 7, "ZZTEAM"))
    before = sources_of(of_systems)
    applied(of_systems)
    found = sources_of(of_systems)
    assert found["accounts"][0] == {"preset": "sap", "files": "raw/kna1.csv", "columns": {"team": "ZZTEAM"}}
    assert found["accounts"][1] == before["accounts"][1] and found["invoices"] == before["invoices"]


def test_a_change_taken_back_leaves_the_preset_alone_again(of_systems):
    edit(of_systems, lambda sheet: sheet.cell(row_of(sheet, "name", "accounts", 1), 7, "ORT01"))
    applied(of_systems)
    assert sources_of(of_systems)["accounts"][0]["columns"] == {"name": "ORT01"}
    edit(of_systems, lambda sheet: sheet.cell(row_of(sheet, "name", "accounts", 1), 7, "NAME1"))
    applied(of_systems)
    assert sources_of(of_systems)["accounts"][0] == {"preset": "sap", "files": "raw/kna1.csv"}


def test_an_emptied_cell_of_a_preset_leaves_the_column_empty(of_systems):
    edit(of_systems, lambda sheet: sheet.cell(row_of(sheet, "city", "accounts", 1), 7, ""))
    applied(of_systems)
    assert sources_of(of_systems)["accounts"][0]["columns"] == {"city": ""}


def test_joined_files_of_a_preset_stay_joined(of_systems):
    edit(of_systems, lambda sheet: sheet.cell(row_of(sheet, "product_id"), 7, ""))
    applied(of_systems)
    wanted = {"preset": "sap", "from": ["raw/vbrk.csv", "raw/vbrp.csv"], "columns": {"product_id": ""}}
    assert sources_of(of_systems)["invoices"] == wanted
