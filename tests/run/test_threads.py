"""The sample company run on one processor and on all: the same tables, and a summary that says what they say."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from reports.said import check_summary

from segkit.demo import write_demo


def run_sample(folder: Path) -> Path:
    write_demo(folder, n_accounts=200)
    command = [sys.executable, "-m", "segkit", "run", str(folder), "--quarter", "2026Q3"]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=600, stdin=subprocess.DEVNULL)
    assert ended.returncode == 0, ended.stdout + ended.stderr
    return folder


def written(folder: Path) -> dict[str, str]:
    manifest = json.loads((folder / "runs" / "2026Q3" / "manifest.json").read_text(encoding="utf-8"))
    return {key: entry["sha256"] for key, entry in manifest["writes"].items()}


@pytest.fixture(scope="module")
def sample(tmp_path_factory) -> Path:
    return run_sample(tmp_path_factory.mktemp("all") / "sample")


def test_the_summary_says_what_the_tables_say(sample):
    assert check_summary(sample, "2026Q3") > 15


@pytest.mark.skipif(not hasattr(os, "sched_setaffinity"), reason="this system cannot bind a process to one processor")
@pytest.mark.skipif((os.cpu_count() or 1) < 2, reason="there is but one processor here")
def test_tables_do_not_depend_on_the_number_of_threads(sample, tmp_path):
    allowed = os.sched_getaffinity(0)
    try:
        os.sched_setaffinity(0, {min(allowed)})  # the command and its kernels inherit it
        one = run_sample(tmp_path / "sample")
    finally:
        os.sched_setaffinity(0, allowed)
    assert len(written(sample)) > 30 and written(sample) == written(one)
