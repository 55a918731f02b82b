"""The run itself, with toy notebooks that know no stage."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path

import nbformat
import pytest

from segkit import batch
from segkit.errors import StageError, UserError
from segkit.overview import status
from segkit.project import Project
from segkit.quarters import Quarter
from segkit.records import note_deliveries
from segkit.run import open_run

Q1, Q2 = Quarter.parse("2024Q1"), Quarter.parse("2024Q2")
PARAMETERS = 'project = ""\nquarter = ""\nscenario = ""'
OPEN = "from segkit.run import open_run\nrun = open_run(project, quarter, scenario)"
FIRST = """import pandas as pd
files = run.read("sources")
text = files[0].path.read_text()
q = run.quarter
run.write("run_period", pd.DataFrame([{"quarter": str(q), "start": q.start, "end": q.end, "as_of": q.end,
    "first_money_date": q.start, "last_money_date": q.end, "is_complete": True, "money_source": "invoices",
    "history_days": len(text)}]))
from segkit.cleansing.rows import make_empty
from segkit.engines import connect
con = connect()
make_empty(con, "control_totals")  # the manifest says which years are off
run.write("control_totals", con.table("control_totals"))"""
SECOND = """import pandas as pd
moves, share = run.decisions("moves"), run.settings.value.abc_a
before = run.previous
old = len(before.read("opening_segments")) if before else 0
n = int(run.read("run_period")["history_days"].iloc[0])
run.write("opening_segments", pd.DataFrame({"segmentation_id": "v", "account_id": [str(i) for i in range(n)],
    "segment_id": [f"{share}-{old}-{len(moves)}"] * n}))"""


def write_notebook(path: Path, *cells: str, parameters: str = PARAMETERS) -> None:
    notebook = nbformat.v4.new_notebook(
        metadata={"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    )
    notebook.cells = [
        nbformat.v4.new_code_cell(parameters, metadata={"tags": ["parameters"]}),
        nbformat.v4.new_code_cell(OPEN),
        *[nbformat.v4.new_code_cell(cell, metadata={"tags": ["compute"]}) for cell in cells],
        nbformat.v4.new_code_cell("1 / 0", metadata={"tags": ["explore"]}),
    ]
    nbformat.write(notebook, path)


@pytest.fixture
def toys(tmp_path, monkeypatch) -> Path:
    folder = tmp_path / "notebooks"
    folder.mkdir()
    write_notebook(folder / "01_first.ipynb", FIRST)
    write_notebook(folder / "02_second.ipynb", SECOND)
    monkeypatch.setattr("segkit.execution.ARGUMENTS", ["--IPKernelApp.log_level=50"])  # toys need no imports
    monkeypatch.setattr(batch, "notebooks", lambda: sorted(folder.glob("0*.ipynb")))
    monkeypatch.setattr("segkit.overview.notebooks", lambda: sorted(folder.glob("0*.ipynb")))
    for document in ("summary", "workbook"):  # toys have no accounts to write of
        monkeypatch.setattr(f"segkit.reports.{document}.write_{document}", lambda *of_run: None)
    return folder


@pytest.fixture
def folder(tmp_path) -> Path:
    (tmp_path / "p" / "raw").mkdir(parents=True)
    (tmp_path / "p" / "raw" / "invoices.csv").write_text("abc")
    text = "name: Muster\nsources:\n  invoices: {files: raw/invoices.csv, columns: {revenue: x}}\n"
    (tmp_path / "p" / "project.yml").write_text(text)
    return tmp_path / "p"


def executed(folder: Path, quarter: Quarter) -> list[str]:
    return list(batch.run_quarter(Project(folder), quarter).executed)


def test_only_what_changed_is_executed_again(toys, folder):
    assert executed(folder, Q1) == ["01_first", "02_second"]
    assert executed(folder, Q1) == []
    run = Project(folder).run_folder(Q1)
    manifest = json.loads((run / "manifest.json").read_text())
    assert manifest["writes"]["table:opening_segments"]["n_rows"] == 3 and not manifest["previous"]

    with (folder / "project.yml").open("a") as stream:
        stream.write("value: {abc_a: 0.7}\n")
    assert executed(folder, Q1) == ["02_second"]
    (folder / "decisions").mkdir()
    header = "segmentation_id;account_id;segment_id;quarter;author;date;reason\n"
    (folder / "decisions" / "moves.csv").write_text(header + "v;1;S1;;a;d;r\n")
    assert executed(folder, Q1) == ["02_second"]
    (folder / "raw" / "invoices.csv").write_text("abcd")
    assert executed(folder, Q1) == ["01_first", "02_second"]
    write_notebook(toys / "02_second.ipynb", SECOND, "1 + 1")
    assert executed(folder, Q1) == ["02_second"] or batch.made_by.cache_info().currsize  # hashed once per command
    assert (folder / "reports" / "2024Q1" / "index.html").exists()


def test_a_changed_past_makes_later_runs_stale(toys, folder):
    executed(folder, Q1)
    assert executed(folder, Q2) == ["01_first", "02_second"]
    assert [e["is_stale"] for e in status(Project(folder))] == [False, False]
    (folder / "raw" / "invoices.csv").write_text("abcdef")
    executed(folder, Q1)
    entries = status(Project(folder))
    assert [e["is_stale"] for e in entries] == [False, True]
    assert entries[1]["changed"] == ["previous:table:opening_segments", "sources"]


def test_a_failed_cell_leaves_the_last_good_run_and_the_next_goes_on_from_there(toys, folder):
    executed(folder, Q1)
    good = (Project(folder).run_folder(Q1) / "manifest.json").read_bytes()
    (folder / "raw" / "invoices.csv").write_text("abcdefgh")
    write_notebook(toys / "02_second.ipynb", SECOND, "raise ValueError('no luck')")
    batch.made_by.cache_clear()
    with pytest.raises(
        StageError, match=r"02_second\.ipynb, cell 4: ValueError: no luck\nThe last good run is untouched"
    ):
        executed(folder, Q1)
    assert (Project(folder).run_folder(Q1) / "manifest.json").read_bytes() == good
    write_notebook(toys / "02_second.ipynb", SECOND)
    batch.made_by.cache_clear()
    assert executed(folder, Q1) == ["02_second"]


def test_a_mistake_of_the_user_leaves_nothing_behind(toys, folder):
    write_notebook(toys / "02_second.ipynb", "from segkit.errors import UserError", "raise UserError(['one', 'two'])")
    with pytest.raises(UserError) as error:
        executed(folder, Q1)
    assert error.value.problems == ["one", "two"]
    assert [p.name for p in (folder / "runs").iterdir() if p.is_dir()] == []


def test_parameters_are_checked_before_anything_runs(toys, folder):
    write_notebook(toys / "02_second.ipynb", SECOND, parameters=PARAMETERS.replace("quarter", "quater"))
    with pytest.raises(UserError) as error:
        executed(folder, Q1)
    assert error.value.problems == [
        "02_second.ipynb: parameter quater is unknown. Parameters are project, quarter, scenario.",
        "02_second.ipynb: parameter quarter is missing. Parameters are project, quarter, scenario.",
    ]
    assert not Project(folder).quarters()


def test_a_damaged_table_is_made_again(toys, folder):
    executed(folder, Q1)
    (Project(folder).run_folder(Q1) / "tables" / "opening_segments.parquet").unlink()
    assert executed(folder, Q1) == ["02_second"]


def test_pages_read_and_the_lab_writes_into_a_scenario(toys, folder, monkeypatch):
    executed(folder, Q1)
    monkeypatch.setenv("SEGKIT_LIFE", "page")
    page = open_run(str(folder))
    frame = page.read("opening_segments")
    with pytest.raises(UserError, match="Pages only read"):
        page.write("opening_segments", frame)
    monkeypatch.setenv("SEGKIT_LIFE", "lab")
    lab = open_run(str(folder), "2024Q1", "idea")
    lab.write("run_period", lab.read("run_period").assign(history_days=99))
    assert lab.read("run_period")["history_days"].iloc[0] == 99
    with pytest.raises(UserError, match="there is no opening_segments yet"):
        lab.read("opening_segments")  # an early stage changed: what came after it is hidden
    assert open_run(str(folder), "2024Q1").read("run_period")["history_days"].iloc[0] == 3


def test_an_undated_snapshot_is_dated_when_first_seen_by_its_content(folder):
    with (folder / "project.yml").open("a") as stream:
        stream.write("  accounts: {files: raw/accounts.csv, columns: {account_id: Nr}}\n")
    accounts = folder / "raw" / "accounts.csv"
    for text, n_rows in (("Nr\n1\n", 2), ("Nr\n1\n", 2), ("Nr\n1\n2\n", 3)):
        accounts.write_text(text)
        note_deliveries(Project(folder))
        assert len((folder / "ledgers" / "deliveries.csv").read_text().splitlines()) == n_rows
    files = {f.table: f for f in Project(folder).source_files()}
    assert files["accounts"].first_seen == dt.date.today() and files["invoices"].first_seen is None
