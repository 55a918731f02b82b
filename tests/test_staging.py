"""A released run that gives way is kept whole, wherever a kill falls; drafts are not kept."""

from __future__ import annotations

from pathlib import Path

import pytest
import tiny

from segkit import staging
from segkit.decisions import append_decision
from segkit.project import Project
from segkit.quarters import Quarter
from segkit.records import Record, write_record
from segkit.releases import kept_run, release_of, restated_release, run_id_of
from segkit.staging import recover, take_place
from segkit.store import read_json, write_json

Q = Quarter.parse("2024Q1")


class KilledError(BaseException):
    """What SIGKILL leaves behind: nothing after it is executed."""


@pytest.fixture
def project(tmp_path) -> Project:
    text = "name: Muster\nsources:\n  invoices: {files: raw/invoices.csv, columns: {revenue: x}}\n"
    (tmp_path / "project.yml").write_text(text)
    return Project(tmp_path)


def build(project: Project, content: str) -> str:
    """Build a run with such a content aside, and return its id."""
    folder = project.staging_folder(Q)
    (folder / "tables").mkdir(parents=True)
    (folder / "tables" / "x.parquet").write_text(content)
    write_record(folder, Record("01", writes={"table:x": {"sha256": content, "n_rows": 1}}))
    write_json(folder / "manifest.json", {"run_id": run_id_of(folder), "quarter": str(Q)})
    return run_id_of(folder)


def run(project: Project, content: str) -> str:
    run_id = build(project, content)
    take_place(project, Q)
    return run_id


def sign(project: Project, run_id: str, author: str = "A. Weber") -> None:
    row = {"quarter": str(Q), "run_id": run_id, "author": author, "date": "2024-04-10", "note": "ok"}
    append_decision(project.decisions / "releases.csv", "releases", row)


def content(folder: Path) -> str:
    assert read_json(folder / "manifest.json")["run_id"] == run_id_of(folder)
    return (folder / "tables" / "x.parquet").read_text()


@pytest.mark.parametrize("n_renames", range(4))
def test_a_kill_between_renames_loses_no_released_run(project, monkeypatch, n_renames):
    released = run(project, "as signed")
    sign(project, released)
    before = tiny.contents(project.run_folder(Q))
    build(project, "with late bookings")
    done, rename = [], staging._rename

    def killed_after(source: Path, target: Path) -> None:
        if len(done) == n_renames:
            raise KilledError
        done.append(rename(source, target))

    with monkeypatch.context() as patch:
        patch.setattr(staging, "_rename", killed_after)
        try:
            take_place(project, Q)
        except KilledError:
            assert n_renames < 3
        assert project.quarters() == [Q] and content(project.run_folder(Q))
    recover(project)
    kept, is_new = kept_run(project, Q, released), n_renames >= 2
    assert content(project.run_folder(Q)) == ("with late bookings" if is_new else "as signed")
    assert kept.exists() == is_new and project.quarters() == [Q]
    assert tiny.contents(kept if is_new else project.run_folder(Q)) == before
    assert not list(project.runs.glob(".*.old"))


def test_only_released_runs_are_kept_each_once(project):
    first = run(project, "one")
    sign(project, first)
    run(project, "a draft")
    second = run(project, "two")
    sign(project, second, "B. Schmid")
    run(project, "one")  # the data are as they were for the first release
    assert restated_release(project, Q, first).author == "B. Schmid" and release_of(project, Q, first) is None
    run(project, "three")
    kept = {path.name for path in (project.runs / ".released").iterdir()}
    assert kept == {f"{Q}-{first}", f"{Q}-{second}"}


def test_the_same_results_take_the_place_of_the_released_run(project):
    released = run(project, "one")
    sign(project, released)
    assert run(project, "one") == released
    assert release_of(project, Q, released) and not (project.runs / ".released").exists()


def test_dates_as_a_spreadsheet_rewrites_them(project):
    released = run(project, "one")
    (project.decisions).mkdir()
    row = f"2024Q1,{released},A. Weber,10.04.2024,ok\n"
    (project.decisions / "releases.csv").write_text("quarter,run_id,author,date,note\n" + row)
    assert release_of(project, Q, released).date == "2024-04-10"
    assert Project(project.folder, "").scenario == "" and release_of(project, "2024Q2", released) is None
