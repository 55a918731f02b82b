"""SIGKILL at 30 moments of a real run: the last good run stays as it was, and the next run ends as if nothing happened.

The exports change to and fro between two states. Whatever moment a run is killed at, what is published is one of the
two undisturbed results, whole; never a mixture, never half.
"""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pandas as pd
import pytest
import tiny

from segkit.project import Project

pytestmark = pytest.mark.skipif(not hasattr(os, "killpg"), reason="process groups and SIGKILL are POSIX")

KILLS = 30
QUARTER = "2026Q1"
LATE = "raw/invoices_late.csv"
LATE_ROWS = [f"K{100 + k};R8{k:02d};15.03.2026;A11;3;{900 * (k + 1)},10" for k in range(0, 12, 2)]
RESULTS = ("tables", "charts", "models")


def put_late_file(folder: Path, is_there: bool) -> None:
    if is_there:
        (folder / LATE).write_text("\n".join([tiny.HEADER, *LATE_ROWS]) + "\n", encoding="utf-8")
    else:
        (folder / LATE).unlink(missing_ok=True)


def published(folder: Path, quarter: str = QUARTER) -> Path:
    """Where readers find the run: beside its place during the blink in which a new one takes it."""
    project = Project(folder)
    return project.run_folder(project.quarter(quarter))


def results(folder: Path) -> dict[str, str]:
    """What a run is for: its tables, charts and models, without the times of its stages."""
    found = tiny.contents(published(folder))
    return {path: sha for path, sha in found.items() if path.startswith(RESULTS)}


def start(folder: Path) -> subprocess.Popen:
    return subprocess.Popen(
        [sys.executable, "-m", "segkit", "run", str(folder), "--quarter", QUARTER],
        start_new_session=True,
        env=tiny.environment(),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def kill(process: subprocess.Popen) -> None:
    """Kill the command and its group at once; a kernel in a group of its own must do no harm afterwards."""
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except ProcessLookupError:
        pass
    process.wait()


def wait_for(process: subprocess.Popen, path: Path) -> None:
    """Wait until a file of the run in the making appears, or the run ends."""
    while process.poll() is None and not path.exists():
        time.sleep(0.005)


@pytest.fixture(scope="module")
def company(tmp_path_factory):
    """A project with two runs, the results of both states of its exports, and how long a run takes."""
    folder = tiny.write_project(tmp_path_factory.mktemp("kill") / "tiny")
    first = tiny.segkit("run", folder, "--from-quarter", "2025Q4")
    assert first.code == 0, first.text
    other = folder.with_name("other") / "tiny"
    shutil.copytree(folder, other)
    put_late_file(other, is_there=True)
    began = time.monotonic()
    second = tiny.segkit("run", other, "--quarter", QUARTER)
    assert second.code == 0, second.text
    undisturbed = {False: results(folder), True: results(other)}
    assert undisturbed[False] != undisturbed[True] and undisturbed[False].keys() == undisturbed[True].keys()
    return folder, undisturbed, time.monotonic() - began


def assert_intact(folder: Path, undisturbed: dict[bool, dict[str, str]], before: dict[str, str]) -> None:
    """The published run is the one from before, to the byte, or a whole new one; it can be read; status works."""
    now = tiny.contents(published(folder))
    if now != before:
        assert results(folder) in undisturbed.values(), "neither the old run nor a complete new one"
    for path in sorted((published(folder) / "tables").glob("*.parquet")):
        pd.read_parquet(path)
    assert (folder / "reports" / QUARTER / "index.html").stat().st_size > 0
    status = tiny.segkit_here("status", folder)
    assert status.code == 0 and QUARTER in status.text, status.text


def test_kill_at_thirty_moments(company):
    folder, undisturbed, seconds = company
    staging = folder / "runs" / f".{QUARTER}"
    earlier = tiny.contents(folder / "runs" / "2025Q4")
    draw = random.Random(20_260_331)
    is_late, n_published = True, 0
    put_late_file(folder, is_late)
    for number in range(KILLS):
        before = tiny.contents(published(folder))
        process = start(folder)
        if number % 3 == 2:  # the end: all stages are done, the run is about to take its place
            wait_for(process, staging / "manifest.json")
            time.sleep(draw.uniform(0, 0.05))
        else:
            time.sleep(draw.uniform(0.1, seconds))
        kill(process)
        assert_intact(folder, undisturbed, before)
        assert tiny.contents(folder / "runs" / "2025Q4") == earlier
        if results(folder) == undisturbed[is_late]:
            is_late, n_published = not is_late, n_published + 1
            put_late_file(folder, is_late)
    assert n_published >= 2, "work done before a kill must count: runs must get to their end in spite of it"

    final = tiny.segkit("run", folder, "--quarter", QUARTER)
    assert final.code == 0, final.text
    assert results(folder) == undisturbed[is_late]
    strays = [path.name for path in (folder / "runs").iterdir() if path.name not in (QUARTER, "2025Q4")]
    assert not [name for name in strays if (folder / "runs" / name).is_dir()], strays
