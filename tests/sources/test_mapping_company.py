"""Controlling's totals and accounts to leave out, told in mapping.xlsx instead of project.yml."""

import openpyxl
import pytest
import yaml

from segkit.errors import UserError
from segkit.settings import read_settings
from segkit.sources.propose import propose, write_project


@pytest.fixture
def project(tmp_path):
    (tmp_path / "umsatz.csv").write_text(
        "Kunde;Datum;Beleg;Betrag\n0000099200;01.02.2024;R1;1,50\nB;15.02.2024;R2;2,50\n"
    )
    write_project(tmp_path, propose(tmp_path, [tmp_path / "umsatz.csv"]))
    return tmp_path


def told(project, **cells) -> list[str]:
    """Fill cells of the sheet and read mapping.xlsx back; returns what init says."""
    path = project / "mapping.xlsx"
    book = openpyxl.load_workbook(path)
    for place, value in cells.items():
        book["company"][place] = value
    book.save(path)
    return write_project(project, propose(project, [path]))


def test_totals_and_accounts_go_into_project_yml_beside_what_stands_there(project):
    path = project / "project.yml"
    path.write_text(
        path.read_text("utf-8") + "\ncontrol_totals:\n  2023: 10.5\n\nvalue:\n  abc_a: 0.7   # ours\n", "utf-8"
    )
    before = path.read_text("utf-8")
    said = told(
        project, A4=2024, B4=2323556.70, A5="2025", B5="1.234,50", D4="0000099200", E4="intercompany", D5="CPD*"
    )
    settings = read_settings(path)
    assert {year: f"{total:.2f}" for year, total in settings.control_totals.items()} == {
        2023: "10.50", 2024: "2323556.70", 2025: "1234.50",
    }  # fmt: skip
    assert [(e.account, e.reason) for e in settings.scope.excluded_accounts] == [
        ("0000099200", "intercompany"), ("CPD*", "other"),
    ]  # fmt: skip
    assert said[1:] == [
        "  control_totals: as the sheet company of mapping.xlsx says",
        "  scope: as the sheet company of mapping.xlsx says",
    ]
    after = path.read_text("utf-8")
    assert after.startswith(before[: before.index("control_totals")]) and "abc_a: 0.7   # ours" in after
    assert "nothing was changed" in told(project)[0]


def test_a_year_or_an_account_that_stands_there_is_replaced(project):
    told(project, A4=2024, B4=1, D4="B", E4="staff")
    told(project, A4=2024, B4=2, D4="B", E4="one_time")
    document = yaml.safe_load((project / "project.yml").read_text("utf-8"))
    assert document["control_totals"] == {2024: 2.0}
    assert document["scope"]["excluded_accounts"] == [{"account": "B", "reason": "one_time"}]


@pytest.mark.parametrize(
    ("cells", "remedy"),
    [
        ({"A4": 24, "B4": 1}, "row 4: 24 is no fiscal year"),
        ({"A5": 2024, "B5": "2,3 Mio"}, "row 5: 2,3 Mio is no amount"),
        ({"A4": 2024, "B4": "2.323"}, "row 4: 2.323 is no amount"),  # two, or two thousand?
        ({"A4": 2024}, "row 4: an empty cell is no amount"),
        ({"D4": "B", "E4": "sister"}, "row 4: there is no reason sister; known are one_time, intercompany"),
    ],
)
def test_what_cannot_be_understood_is_refused_and_nothing_written(project, cells, remedy):
    before = (project / "project.yml").read_text("utf-8")
    with pytest.raises(UserError, match=remedy):
        told(project, **cells)
    assert (project / "project.yml").read_text("utf-8") == before
