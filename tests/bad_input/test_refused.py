"""Input that cannot be used: exit code 2, a message that names the place and the remedy, and nothing written."""

from __future__ import annotations

import pytest
import tiny


def assert_refused(folder, *words, command="run", options=()):
    """The command ends with 2, says all the words, and leaves the folder as it was."""
    before = tiny.contents(folder)
    answer = tiny.segkit_here(command, folder, *options)
    assert answer.code == 2, answer.text
    said = " ".join(answer.text.split())
    missing = [word for word in words if word not in said]
    assert not missing, f"{missing} not in: {answer.text}"
    assert "Traceback" not in answer.text
    assert tiny.contents(folder) == before


@pytest.fixture(params=["check", "run"])
def command(request):
    return request.param


def test_empty_file(tmp_path, command):
    folder = tiny.write_project(tmp_path / "tiny")
    (folder / "raw/invoices.csv").write_bytes(b"")
    assert_refused(folder, "raw/invoices.csv", "empty", command=command)


def test_blank_file(tmp_path, command):
    folder = tiny.write_project(tmp_path / "tiny")
    (folder / "raw/invoices.csv").write_bytes(b"\xef\xbb\xbf\n\n")
    assert_refused(folder, "raw/invoices.csv", "empty", command=command)


def test_header_only(tmp_path, command):
    folder = tiny.write_project(tmp_path / "tiny", lines=[])
    assert_refused(folder, "raw/invoices.csv", "no row below", command=command)


def test_wrong_delimiter_in_settings(tmp_path, command):
    sources = {"invoices": {"files": "raw/invoices.csv", "delimiter": ",", "columns": tiny.COLUMNS}}
    folder = tiny.write_project(tmp_path / "tiny", sources=sources)
    assert_refused(folder, "raw/invoices.csv", "delimiter", command=command)


def test_missing_column_offers_the_nearest(tmp_path, command):
    columns = tiny.COLUMNS | {"revenue": "Betraege"}
    folder = tiny.write_project(tmp_path / "tiny", sources={"invoices": {"files": "raw/*.csv", "columns": columns}})
    assert_refused(folder, "raw/invoices.csv", "Betraege", "Betrag", command=command)


def test_required_column_not_mapped(tmp_path, command):
    columns = {name: header for name, header in tiny.COLUMNS.items() if name not in ("revenue", "quantity")}
    folder = tiny.write_project(tmp_path / "tiny", sources={"invoices": {"files": "raw/*.csv", "columns": columns}})
    assert_refused(folder, "invoices", "revenue", command=command)


def test_duplicate_column(tmp_path, command):
    folder = tiny.write_project(tmp_path / "tiny")
    path = folder / "raw/invoices.csv"
    lines = path.read_text("utf-8").splitlines()
    doubled = [lines[0] + ";Betrag", *(line + ";1,00" for line in lines[1:])]
    path.write_text("\n".join(doubled), encoding="utf-8")
    assert_refused(folder, "raw/invoices.csv", "Betrag", command=command)


def test_text_in_every_number(tmp_path, command):
    lines = [row.rsplit(";", 1)[0] + ";viel" for row in tiny.invoice_rows()]
    folder = tiny.write_project(tmp_path / "tiny", lines=lines)
    assert_refused(folder, "invoices", "bad_number", "sources.invoices.columns", command=command)


def test_file_that_is_not_there(tmp_path, command):
    folder = tiny.write_project(tmp_path / "tiny")
    (folder / "raw/invoices.csv").unlink()
    assert_refused(folder, "sources.invoices.files", "raw/invoices*.csv", command=command)


def test_unknown_setting_names_key_and_nearest(tmp_path, command):
    folder = tiny.write_project(tmp_path / "tiny", curency="EUR", scope={"excluded_acounts": ["K100"]})
    assert_refused(folder, "curency", "currency", "scope.excluded_acounts", "excluded_accounts", command=command)


def test_value_of_the_wrong_kind(tmp_path, command):
    folder = tiny.write_project(tmp_path / "tiny", fiscal_year_start="April")
    assert_refused(folder, "fiscal_year_start", "April", command=command)


def test_broken_yaml_names_the_line(tmp_path, command):
    folder = tiny.write_project(tmp_path / "tiny")
    (folder / "project.yml").write_text("name: A\nsources:\n  invoices: {files: [\n", encoding="utf-8")
    assert_refused(folder, "project.yml", "line", command=command)


def test_folder_without_project(tmp_path, command):
    assert_refused(tmp_path, "project.yml", "segkit init", command=command)


def test_quarter_before_all_data(tmp_path):
    folder = tiny.write_project(tmp_path / "tiny")
    assert_refused(folder, "2019Q1", "2023", options=["--quarter", "2019Q1"])


def test_quarter_after_all_data(tmp_path):
    folder = tiny.write_project(tmp_path / "tiny")
    assert_refused(folder, "2031Q1", "2026Q1", options=["--quarter", "2031Q1"])


def test_quarter_without_data_between_others(tmp_path):
    lines = [row for row in tiny.invoice_rows() if row.split(";")[2][3:] not in ("04.2025", "05.2025", "06.2025")]
    folder = tiny.write_project(tmp_path / "tiny", lines=lines)
    assert_refused(folder, "2025Q2", options=["--quarter", "2025Q2"])


@pytest.mark.parametrize("quarter", ["Q1 2026", "2026Q5", "2026", "heuer"])
def test_quarter_that_is_none(tmp_path, quarter):
    folder = tiny.write_project(tmp_path / "tiny")
    assert_refused(folder, quarter, "2026Q3", options=["--quarter", quarter])


def test_all_dates_in_the_future(tmp_path):
    lines = [row.replace(".202", ".209") for row in tiny.invoice_rows()]
    folder = tiny.write_project(tmp_path / "tiny", lines=lines)
    assert_refused(folder, "date")
