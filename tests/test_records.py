"""What makes a run stale: also a table that was not there, and is now."""

from __future__ import annotations

import tiny

from segkit.project import Project
from segkit.records import Record, changes, made_by


def test_what_was_missing_and_still_is_has_not_changed(tmp_path):
    project = Project(tiny.write_project(tmp_path / "tiny"))
    notebook = tmp_path / "04.ipynb"
    notebook.write_text("{}", encoding="utf-8")
    record = Record("04")
    record.made_by = made_by(notebook)
    record.reads = {"table:contacts": "absent"}
    quarter = project.quarter("2026Q1")
    assert changes(project, quarter, record, notebook, {}) == []
    assert changes(project, quarter, record, notebook, {"table:contacts": "0f"}) == ["table:contacts"]
    record.reads = {"table:contacts": "0f"}
    assert changes(project, quarter, record, notebook, {}) == ["table:contacts"]
    record.reads = {"table:contacts": None}  # nobody can say whether it changed, such as a database
    assert changes(project, quarter, record, notebook, {}) == ["table:contacts"]
