"""The folder of a report: replaced as one, nothing left over, and packed into one file."""

from __future__ import annotations

import json
import os
import zipfile
from pathlib import Path

import pytest

from segkit.decisions import append_decision
from segkit.errors import StageError
from segkit.project import Project
from segkit.publishing import page_state, publish, slug
from segkit.quarters import Quarter
from segkit.reports.restatement import index_sentences
from segkit.store import read_json, write_json

Q = Quarter.parse("2024Q1")
MANIFEST = {
    **{"run_id": "abc", "project": "Muster", "quarter": str(Q), "scenario": "", "created": "2024-04-05T08:00:00"},
    **{"as_of": "2024-03-31", "is_complete": True, "money_source": "invoices", "stages": [], "writes": {}},
}


@pytest.fixture
def project(tmp_path, monkeypatch) -> Project:
    text = "name: Müller & Söhne\nsources:\n  invoices: {files: raw/invoices.csv, columns: {revenue: x}}\n"
    (tmp_path / "project.yml").write_text(text, encoding="utf-8")
    for document in ("summary", "workbook"):
        monkeypatch.setattr(f"segkit.reports.{document}.write_{document}", write_document)
    found = Project(tmp_path)
    put(found)
    return found


def write_document(run_folder: Path, path: Path, language: str, state: dict, settings: object) -> None:
    path.write_text(json.dumps([language, state["run_id"], state["is_draft"], state["release_note"]]))


def put(project: Project, **changes: object) -> None:
    folder = project.runs / str(Q)
    (folder / "notebooks").mkdir(parents=True, exist_ok=True)
    (folder / "notebooks" / "01_data.ipynb").write_text('{"cells": []}')
    write_json(folder / "manifest.json", MANIFEST | changes)


def sign(project: Project, run_id: str = "abc", author: str = "A. Weber") -> None:
    row = {"quarter": str(Q), "run_id": run_id, "author": author, "date": "2024-04-10", "note": "geprüft"}
    append_decision(project.decisions / "releases.csv", "releases", row)


def names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


def test_a_draft_is_called_so_down_to_the_name_of_its_file(project):
    folder = publish(project, Q)
    assert names(folder) == {
        *("index.html", "01_data.html", "summary.html", "run.json"),
        *("mueller-soehne_2024Q1.xlsx", "mueller-soehne_2024Q1_entwurf.zip"),
    }
    assert "ENTWURF" in (folder / "01_data.html").read_text("utf-8")
    sign(project)
    publish(project, Q)
    assert "mueller-soehne_2024Q1.zip" in names(folder) and "mueller-soehne_2024Q1_entwurf.zip" not in names(folder)
    assert read_json(folder / "summary.html") == ["de", "abc", False, "geprüft"]
    assert "ENTWURF" not in (folder / "01_data.html").read_text("utf-8")


def test_the_packed_file_holds_the_folder_and_is_the_same_for_the_same_run(project):
    folder = publish(project, Q)
    packed = folder / "mueller-soehne_2024Q1_entwurf.zip"
    first = packed.read_bytes()
    with zipfile.ZipFile(packed) as archive:
        found = {Path(name).name: archive.read(name) for name in archive.namelist()}
    assert found == {name: (folder / name).read_bytes() for name in names(folder) - {packed.name, "run.json"}}
    (folder / "run.json").unlink()  # as if a kill had come between the pages
    publish(project, Q)
    assert packed.read_bytes() == first


def test_pages_of_another_run_leave_nothing_behind_but_what_people_put_there(project):
    folder = publish(project, Q)
    for name in ("03_gone.html", "old-name_2024Q1.xlsx", "notes of Anna.docx"):
        (folder / name).write_text("x")
    publish(project, Q)
    assert "03_gone.html" in names(folder), "nothing is done for the same run"
    put(project, run_id="def")
    publish(project, Q)
    assert {"03_gone.html", "old-name_2024Q1.xlsx"}.isdisjoint(names(folder)) and "notes of Anna.docx" in names(folder)


def test_a_file_that_excel_holds_is_named(project, monkeypatch):
    replace = os.replace

    def held(source: Path, target: Path) -> None:
        if str(target).endswith(".xlsx"):
            raise PermissionError(13, "in use", str(source), None, str(target))
        replace(source, target)

    monkeypatch.setattr(os, "replace", held)
    with pytest.raises(StageError, match=r"mueller-soehne_2024Q1\.xlsx is open in another program, such as Excel"):
        publish(project, Q)
    monkeypatch.undo()
    for document in ("summary", "workbook"):
        monkeypatch.setattr(f"segkit.reports.{document}.write_{document}", write_document)
    assert "mueller-soehne_2024Q1.xlsx" in names(publish(project, Q))


def test_a_state_says_what_it_restates(project):
    sign(project, "old", "B. Schmid")
    state = page_state(project, Q)
    assert state["is_draft"] and state["restates"] == {"run_id": "old", "author": "B. Schmid", "date": "2024-04-10"}
    text = (publish(project, Q) / "index.html").read_text("utf-8")
    assert "ersetzt die Freigabe vom 10.04.2024 durch B. Schmid, sobald er selbst freigegeben ist" in text
    sign(project)
    state = page_state(project, Q)
    assert (state["is_draft"], state["released_by"], state["restates"]["run_id"]) == (False, "A. Weber", "old")
    assert (
        "Diese Freigabe ersetzt die vom 10.04.2024 durch B. Schmid" in (publish(project, Q) / "index.html").read_text()
    )


def test_a_released_quarter_that_is_gone_is_said(project):
    sign(project)
    lost = {"quarter": "2023Q4", "run_id": "x", "author": "<b>", "date": "2024-01-10", "is_found": False}
    put(project, compared=[lost], writes={"table:restatements": {"sha256": "", "n_rows": 0}})
    said = index_sentences(page_state(project, Q), [])
    assert [key for key, _ in said] == ["release.warn_lost"]


def test_every_page_says_which_years_do_not_agree_with_controlling(project):
    import pandas as pd

    from segkit.publishing import money_off

    rows = [(2025, -0.0123, True), (2023, 0.02, True), (2024, 0.001, False), (2022, None, True)]
    off = money_off(pd.DataFrame(rows, columns=["fiscal_year", "deviation_pct", "is_off"]))
    assert off == [[2022, None], [2023, 0.02], [2025, -0.0123]]
    assert page_state(project, Q)["money_off"] == [], "a run of an earlier version says nothing of it"
    put(project, money_off=off)
    folder = publish(project, Q)
    for page in ("index.html", "01_data.html"):
        assert "Umsatz weicht vom Controlling ab: 2022, 2023 um 2,0 %, 2025 um 1,2 %" in (folder / page).read_text(
            "utf-8"
        )


def test_a_scenario_is_never_released(project):
    sign(project)
    (project.folder / "scenarios" / "idea").mkdir(parents=True)
    (project.folder / "scenarios" / "idea" / "project.yml").write_text("{}")
    scenario = Project(project.folder, "idea")
    put(scenario, scenario="idea")
    state = page_state(scenario, Q)
    assert state["is_draft"] and state["restates"] is None
    text = (publish(scenario, Q) / "01_data.html").read_text("utf-8")
    assert "SZENARIO" in text and "Szenario idea" in text
    assert "mueller-soehne_2024Q1_szenario-idea.zip" in names(scenario.report_folder(Q))


@pytest.mark.parametrize(
    ("name", "file"), [("Zwölf & Co. KG", "zwoelf-co-kg"), ("Straße 7 / Öl", "strasse-7-oel"), ("日本", "segkit")]
)
def test_names_of_files(name, file):
    assert slug(name) == file
