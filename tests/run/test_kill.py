"""SIGKILL at random moments of real runs: the last good run stays as it was, the next one ends as if nothing happened.

Three moments here; `make bench` takes thirty (SEGKIT_KILLS=30), which needs some ten minutes.

Exports and settings change to and fro, so that there is always something to run. Whatever moment a run is killed at,
what is published is one of the undisturbed results, whole; never a mixture, never half.
"""

from __future__ import annotations

import contextlib
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import dataclass, replace
from pathlib import Path

import pandas as pd
import pytest
import tiny

from segkit.project import Project

pytestmark = pytest.mark.skipif(not hasattr(os, "killpg"), reason="process groups and SIGKILL are POSIX")

KILLS = int(os.environ.get("SEGKIT_KILLS", "3"))
KINDS = ("anywhere", "last stage", "the end", "last stage", "the end")
QUARTER = "2026Q1"
LATE = "raw/invoices_late.csv"
LATE_ROWS = [f"K{100 + k};R8{k:02d};15.03.2026;A11;3;{900 * (k + 1)},10" for k in range(0, 12, 2)]
RESULTS = ("tables", "charts", "models")


@dataclass(frozen=True)
class State:
    """What a run is made from: a late export concerns all stages, the confidence of intervals only the last one."""

    has_late_export: bool = False
    confidence: float = 0.95

    def put(self, folder: Path) -> None:
        (folder / LATE).unlink(missing_ok=True)
        if self.has_late_export:
            (folder / LATE).write_text("\n".join([tiny.HEADER, *LATE_ROWS]) + "\n", encoding="utf-8")
        tiny.change_settings(folder, kpis={"confidence": self.confidence, "draws": 200})

    def changed(self, all_stages: bool) -> State:
        if all_stages:
            return replace(self, has_late_export=not self.has_late_export)
        return replace(self, confidence=0.9 if self.confidence == 0.95 else 0.95)


@dataclass(frozen=True)
class Company:
    """The project to disturb, its undisturbed results per state, and seconds of a whole run and of its last stage."""

    folder: Path
    undisturbed: dict[State, dict[str, str]]
    seconds: float
    seconds_last: float


def published(folder: Path) -> Path:
    """Where readers find the run: beside its place during the blink in which a new one takes it."""
    project = Project(folder)
    return project.run_folder(project.quarter(QUARTER))


def results(folder: Path) -> dict[str, str]:
    """What a run is for: its tables, charts and models, without the times of its stages."""
    return {path: sha for path, sha in tiny.contents(published(folder)).items() if path.startswith(RESULTS)}


def run_undisturbed(folder: Path, state: State) -> tuple[dict[str, str], float]:
    state.put(folder)
    began = time.monotonic()
    answer = tiny.segkit("run", folder, "--quarter", QUARTER)
    assert answer.code == 0, answer.text
    return results(folder), time.monotonic() - began


def start(folder: Path) -> subprocess.Popen:
    command = [sys.executable, "-m", "segkit", "run", str(folder), "--quarter", QUARTER]
    silent = {"stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    return subprocess.Popen(command, start_new_session=True, env=tiny.environment(), **silent)


def kill(process: subprocess.Popen) -> None:
    """Kill the command and its group at once; a kernel in a group of its own must do no harm afterwards."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def wait_for(process: subprocess.Popen, path: Path) -> None:
    """Wait until a file of the run in the making appears, or the run ends."""
    while process.poll() is None and not path.exists():
        time.sleep(0.005)


@pytest.fixture(scope="module")
def company(tmp_path_factory) -> Company:
    folder = tiny.write_project(tmp_path_factory.mktemp("kill") / "tiny")
    plain, late = State(), State(has_late_export=True)
    undisturbed = {}
    undisturbed[plain], seconds = run_undisturbed(folder, plain)
    other = folder.parent / "other"
    shutil.copytree(folder, other)
    undisturbed[late], _ = run_undisturbed(other, late)
    undisturbed[late.changed(False)], _ = run_undisturbed(other, late.changed(False))
    undisturbed[plain.changed(False)], seconds_last = run_undisturbed(folder, plain.changed(False))
    assert len({tuple(sorted(found.items())) for found in undisturbed.values()}) == 4, (
        "each state has results of its own"
    )
    return Company(folder, undisturbed, seconds, seconds_last)


def assert_intact(company: Company, before: dict[str, str]) -> None:
    """The published run is the one from before, to the byte, or a whole new one; it can be read; status works."""
    if tiny.contents(published(company.folder)) != before:
        assert results(company.folder) in company.undisturbed.values(), "neither the old run nor a complete new one"
    for path in sorted((published(company.folder) / "tables").glob("*.parquet")):
        pd.read_parquet(path)
    assert (company.folder / "reports" / QUARTER / "index.html").stat().st_size > 0
    status = tiny.segkit_here("status", company.folder)
    assert status.code == 0 and QUARTER in status.text, status.text


def test_kill_at_random_moments(company):
    folder, draw = company.folder, random.Random(20_260_331)
    state, n_published = State(confidence=0.9), 0
    for number in range(KILLS):
        kind = KINDS[number % len(KINDS)]
        is_done = results(folder) == company.undisturbed[state]
        n_published += is_done
        if is_done or draw.random() < 0.3:  # now and then a change is taken back while its run is half done
            state = state.changed(all_stages=kind == "anywhere")
            state.put(folder)
        before = tiny.contents(published(folder))
        process = start(folder)
        if kind == "the end":  # all stages are done, the run is about to take its place
            wait_for(process, folder / "runs" / f".{QUARTER}" / "manifest.json")
            time.sleep(draw.uniform(0, 0.05))
        else:
            time.sleep(draw.uniform(0.1, company.seconds if kind == "anywhere" else company.seconds_last))
        kill(process)
        assert_intact(company, before)
    assert n_published >= KILLS // 10, "work done before a kill must count: runs get to their end in spite of it"

    final = tiny.segkit("run", folder, "--quarter", QUARTER)
    assert final.code == 0, final.text
    assert results(folder) == company.undisturbed[state]
    left = [path for path in (folder / "runs").iterdir() if path.is_dir() and path.name != QUARTER]
    left += (folder / "reports").rglob(".*")
    assert not left, "what killed runs leave behind is cleared away"
