"""What comes from outside: a full disk, a second run at the same time, a notebook whose parameter is misspelt."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest
import tiny

QUARTER = "2026Q1"


@pytest.fixture(scope="module")
def finished(tmp_path_factory) -> Path:
    """A project with a complete run, to be copied."""
    folder = tiny.write_project(tmp_path_factory.mktemp("finished") / "tiny")
    answer = tiny.segkit("run", folder, "--quarter", QUARTER)
    assert answer.code == 0, answer.text
    return folder


@pytest.fixture
def small_disk(tmp_path):
    """A file system of a few megabytes; needs root on Linux."""
    place = tmp_path / "disk"
    place.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=24m", "tmpfs", str(place)]
    if not shutil.which("mount") or subprocess.run(command, capture_output=True).returncode:
        pytest.skip("a small file system can be mounted by root on Linux only")
    yield place
    subprocess.run(["umount", "-l", str(place)], check=True)


def fill(disk: Path, leave: int) -> Path:
    """Write one file that leaves so many bytes free."""
    filler = disk / "filler"
    free = os.statvfs(disk).f_bavail * os.statvfs(disk).f_frsize
    with filler.open("wb") as stream:
        stream.write(b"\0" * (free - leave))
    return filler


@pytest.mark.parametrize("leave", [0, 60_000], ids=["nothing can be written", "it fills while a stage writes"])
def test_full_disk(finished, small_disk, leave):
    folder = shutil.copytree(finished, small_disk / "tiny")
    good = tiny.contents(folder / "runs" / QUARTER)
    late = folder / "raw/invoices_late.csv"
    late.write_text(tiny.HEADER + "\nK103;R7000;20.03.2026;A11;1;4321,00\n", encoding="utf-8")
    filler = fill(small_disk, leave)

    answer = tiny.segkit("run", folder, "--quarter", QUARTER)
    assert answer.code == 1, answer.text
    assert "The disk is full. The last good run is untouched" in answer.text
    assert "Traceback" not in answer.text
    assert tiny.contents(folder / "runs" / QUARTER) == good

    filler.unlink()
    late.unlink()
    again = tiny.segkit("run", folder, "--quarter", QUARTER)
    assert again.code == 0, again.text
    now = tiny.contents(folder / "runs" / QUARTER)
    assert {path: sha for path, sha in now.items() if path.startswith("tables/")} == {
        path: sha for path, sha in good.items() if path.startswith("tables/")
    }


def test_second_run_at_the_same_time(finished, tmp_path):
    folder = shutil.copytree(finished, tmp_path / "tiny")
    good = tiny.contents(folder / "runs" / QUARTER)
    tiny.change_settings(folder, kpis={"confidence": 0.9})
    silent = {"stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    first = subprocess.Popen([sys.executable, "-m", "segkit", "run", str(folder)], env=tiny.environment(), **silent)
    while first.poll() is None and not (folder / "runs" / f".{QUARTER}" / "records").exists():
        time.sleep(0.02)
    second = tiny.segkit_here("run", folder)
    assert second.code == 2, second.text
    assert "Another run of this project is going on" in second.text and str(first.pid) in second.text
    assert first.wait(timeout=300) == 0, "the first run must not notice"
    assert tiny.contents(folder / "runs" / QUARTER) != good


@pytest.fixture
def own_notebooks(tmp_path, monkeypatch):
    """A copy of the notebooks that the run takes instead of the product's, to be broken."""
    import segkit.batch as batch

    copies = tmp_path / "notebooks"
    shutil.copytree(Path(__file__).parents[2] / "notebooks", copies)
    monkeypatch.setattr(batch, "notebooks", lambda: sorted(copies.glob("0[1-9]_*.ipynb")))
    return batch.notebooks()


def change_cell(notebook: Path, tag: str, change) -> None:
    """Change the source of the first cell with a tag."""
    content = json.loads(notebook.read_text("utf-8"))
    cell = next(cell for cell in content["cells"] if tag in cell["metadata"].get("tags", []))
    cell["source"] = change("".join(cell["source"]))
    notebook.write_text(json.dumps(content), encoding="utf-8")


def test_misspelt_notebook_parameter(tmp_path, own_notebooks):
    """Caught before the first notebook starts, in whichever notebook it is."""
    folder = tiny.write_project(tmp_path / "tiny")
    change_cell(own_notebooks[-1], "parameters", lambda source: source.replace("quarter =", "quater ="))
    before = tiny.contents(folder)
    answer = tiny.segkit_here("run", folder)
    assert answer.code == 2, answer.text
    assert own_notebooks[-1].name in answer.text and "quater" in answer.text and "quarter" in answer.text
    assert tiny.contents(folder) == before


@pytest.mark.parametrize(
    ("line", "words"),
    [("1 / 0", "ZeroDivisionError"), ("import os; os.kill(os.getpid(), 9)", "memory")],
    ids=["error in a cell", "kernel killed by the system"],
)
def test_stage_that_fails_is_named(tmp_path, own_notebooks, line, words):
    """Exit code 1, the message says which notebook, and the stages before it are not lost."""
    folder = tiny.write_project(tmp_path / "tiny")
    change_cell(own_notebooks[1], "compute", lambda source: f"{line}\n{source}")
    answer = tiny.segkit_here("run", folder)
    assert answer.code == 1, answer.text
    assert own_notebooks[1].name in answer.text and words in answer.text
    assert "Traceback" not in answer.text
    assert not (folder / "runs" / QUARTER).exists()
    assert (folder / "runs" / f".{QUARTER}" / "tables" / "invoices.parquet").exists()
