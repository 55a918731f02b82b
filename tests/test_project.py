import datetime as dt
from pathlib import Path

import pytest

from segkit.errors import UserError
from segkit.project import Project
from segkit.quarters import Quarter

MINIMAL = 'name: Muster\nsources:\n  invoices: {files: "raw/*/invoices*.csv", columns: {revenue: Betrag}}\n'


def project_with(tmp_path: Path, text: str, files: tuple[str, ...] = ("raw/2024-01-10/invoices.csv",)) -> Path:
    for name in files:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("x\n")
    (tmp_path / "project.yml").write_text(text, encoding="utf-8")
    return tmp_path


def test_defaults_for_everything_but_name_and_sources(tmp_path):
    settings = Project(project_with(tmp_path, MINIMAL)).settings
    assert (settings.language, settings.currency, settings.fiscal_year_start) == ("de", "EUR", 1)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (MINIMAL + "valeu: {}\n", r"unknown key valeu\. Did you mean value\?"),
        (MINIMAL + "value: {abc_aa: 1}\n", r"unknown key value\.abc_aa\. Did you mean abc_a\?"),
        (MINIMAL.replace("columns", "colums"), r"unknown key sources\.invoices\.0\.colums\. Did you mean columns\?"),
        (MINIMAL + "language: fr\n", r"language.*'de' or 'en'.*it is 'fr'"),
        ("name: x\n", r"sources is missing"),
        ("name: [x\n", r"not readable as YAML in line"),
        ("", r"the file is empty"),
    ],
)
def test_wrong_settings_name_the_key_and_the_remedy(tmp_path, text, message):
    with pytest.raises(UserError, match=message):
        Project(project_with(tmp_path, text))


def test_all_problems_are_told_at_once(tmp_path):
    with pytest.raises(UserError) as error:
        Project(project_with(tmp_path, MINIMAL + "valeu: {}\nlanguage: fr\ncurrency: Euro\n"))
    assert len(error.value.problems) == 3


def test_a_missing_project_says_how_to_make_one(tmp_path):
    with pytest.raises(UserError, match="segkit init"):
        Project(tmp_path)


def test_a_scenario_is_a_patch(tmp_path):
    folder = project_with(tmp_path, MINIMAL + "value: {abc_a: 0.7}\n")
    (folder / "scenarios" / "strict").mkdir(parents=True)
    (folder / "scenarios" / "strict" / "project.yml").write_text("value: {abc_b: 0.9}\n")
    value = Project(folder, "strict").settings.value
    assert (value.abc_a, value.abc_b) == (0.7, 0.9)
    assert Project(folder).settings.value.abc_b == 0.95


def test_events_take_all_deliveries_and_snapshots_the_one_of_the_quarter(tmp_path):
    text = MINIMAL + '  accounts: {files: "raw/*/accounts.csv", columns: {account_id: Nr}}\n'
    dates = ("2023-12-31", "2024-04-05", "2024-07-02")
    files = tuple(f"raw/{d}/{t}.csv" for d in dates for t in ("invoices", "accounts"))
    project = Project(project_with(tmp_path, text, files))
    chosen = {}
    for quarter in ("2023Q4", "2024Q1", "2024Q2", "2025Q1"):
        found = project.source_files(Quarter.parse(quarter))
        assert sum(f.table == "invoices" for f in found) == 3
        chosen[quarter] = [f.delivery for f in found if f.table == "accounts"]
    assert chosen == {
        "2023Q4": [dt.date(2023, 12, 31)],
        "2024Q1": [dt.date(2024, 4, 5)],
        "2024Q2": [dt.date(2024, 7, 2)],
        "2025Q1": [dt.date(2024, 7, 2)],
    }


def test_bare_names_of_a_join_are_found_under_raw(tmp_path):
    text = """name: x
sources:
  invoices: {from: [orders, order_details], on: orderID, columns: {revenue: "unitPrice*quantity"}}
"""
    files = ("raw/orders.csv", "raw/order_details.csv.gz", "raw/other.csv")
    found = Project(project_with(tmp_path, text, files)).source_files()
    assert [(f.alias, f.name) for f in found] == [
        ("orders", "raw/orders.csv"),
        ("order_details", "raw/order_details.csv.gz"),
    ]


def test_patterns_may_lead_out_of_the_folder(tmp_path):
    (tmp_path / "exports").mkdir()
    (tmp_path / "exports" / "a.csv").write_text("x")
    for pattern in ("../exports/*.csv", (tmp_path / "exports" / "*.csv").as_posix()):
        folder = tmp_path / "p"
        folder.mkdir(exist_ok=True)
        (folder / "project.yml").write_text(MINIMAL.replace("raw/*/invoices*.csv", pattern))
        assert [f.path.name for f in Project(folder).source_files()] == ["a.csv"]


def test_a_pattern_without_files_says_where_it_looked(tmp_path):
    with pytest.raises(UserError, match=r"sources\.invoices\.files: no file fits raw/\*/invoices\*\.csv"):
        Project(project_with(tmp_path, MINIMAL, ())).source_files()


def test_reports_stand_beside_data_or_in_the_project(tmp_path):
    outside = Project(project_with(tmp_path / "muster", MINIMAL))
    inside = Project(project_with(tmp_path / "data" / "muster", MINIMAL))
    assert outside.report_folder("2024Q1") == tmp_path / "muster" / "reports" / "2024Q1"
    assert inside.report_folder("2024Q1") == tmp_path / "reports" / "muster" / "2024Q1"


def test_a_run_that_is_being_replaced_is_still_found(tmp_path):
    project = Project(project_with(tmp_path, MINIMAL))
    old = project.runs / ".2024Q1.old"
    old.mkdir(parents=True)
    (old / "manifest.json").write_text("{}")
    assert project.run_folder("2024Q1") == old and project.quarters() == [Quarter.parse("2024Q1")]


def deliveries_of(project: Project, quarter: str, table: str = "accounts") -> list[str]:
    return [f"{f.entry}:{f.delivery}" for f in project.source_files(Quarter.parse(quarter)) if f.table == table]


def test_a_date_in_a_files_name_is_its_delivery(tmp_path):
    text = MINIMAL + '  accounts: {files: "raw/register*.csv", columns: {account_id: Nr}}\n'
    names = ("raw/register_00__2024-01-15.csv", "raw/register_03__2024-04-14.csv", "raw/register_neu.csv")
    project = Project(project_with(tmp_path, text, ("raw/2024-01-10/invoices.csv", *names)))
    assert deliveries_of(project, "2024Q1") == ["0:2024-04-14", "0:None"]
    assert deliveries_of(project, "2024Q4") == ["0:2024-04-14", "0:None"]
    assert deliveries_of(project, "2023Q4") == ["0:2024-01-15", "0:None"]


def test_the_dated_folder_counts_before_the_name(tmp_path):
    files = ("raw/2024-01-10/invoices.csv", "raw/2024-07-01/accounts_2024-06-30.csv")
    text = MINIMAL + '  accounts: {files: "raw/*/accounts*.csv", columns: {account_id: Nr}}\n'
    assert deliveries_of(Project(project_with(tmp_path, text, files)), "2024Q2") == ["0:2024-07-01"]


def test_a_list_whose_columns_changed_is_one_series_of_deliveries_over_its_entries(tmp_path):
    text = MINIMAL + (
        "  accounts:\n"
        '    - {files: "raw/register_0*.csv", columns: {account_id: Nr}}\n'
        '    - {files: "raw/register_1*.csv", columns: {account_id: Nummer}}\n'
    )
    names = ("raw/register_01__2024-01-15.csv", "raw/register_04__2024-04-14.csv", "raw/register_12__2024-12-24.csv")
    project = Project(project_with(tmp_path, text, ("raw/2024-01-10/invoices.csv", *names)))
    assert deliveries_of(project, "2024Q1") == ["0:2024-04-14"]
    assert deliveries_of(project, "2024Q4") == ["1:2024-12-24"]


def test_lists_of_two_systems_stay_side_by_side_each_with_its_own_delivery(tmp_path):
    text = MINIMAL + (
        "  accounts:\n"
        '    - {files: "raw/*/kna1.txt", columns: {account_id: KUNNR}}\n'
        '    - {files: "raw/*/companies.csv", columns: {account_id: Record ID}}\n'
    )
    names = ("raw/2024-04-02/kna1.txt", "raw/2024-07-03/kna1.txt", "raw/2024-04-05/companies.csv")
    project = Project(project_with(tmp_path, text, ("raw/2024-01-10/invoices.csv", *names)))
    assert deliveries_of(project, "2024Q1") == ["0:2024-04-02", "1:2024-04-05"]
    assert deliveries_of(project, "2024Q2") == ["0:2024-07-03", "1:2024-04-05"]
