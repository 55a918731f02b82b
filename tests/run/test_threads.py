"""The same tables, byte for byte, on one processor and on all of them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from segkit.demo import write_demo


@pytest.mark.skipif(not hasattr(os, "sched_setaffinity"), reason="this system cannot bind a process to one processor")
@pytest.mark.skipif((os.cpu_count() or 1) < 2, reason="there is but one processor here")
def test_tables_do_not_depend_on_the_number_of_threads(tmp_path: Path):
    written = []
    for name in ("all", "one"):
        folder = tmp_path / name / "sample"
        write_demo(folder, n_accounts=200)
        allowed = os.sched_getaffinity(0)
        try:
            if name == "one":
                os.sched_setaffinity(0, {min(allowed)})  # the command and its kernels inherit it
            command = [sys.executable, "-m", "segkit", "run", str(folder), "--quarter", "2026Q3"]
            ended = subprocess.run(command, capture_output=True, text=True, timeout=600, stdin=subprocess.DEVNULL)
        finally:
            os.sched_setaffinity(0, allowed)
        assert ended.returncode == 0, ended.stdout + ended.stderr
        manifest = json.loads((folder / "runs" / "2026Q3" / "manifest.json").read_text(encoding="utf-8"))
        written.append({key: entry["sha256"] for key, entry in manifest["writes"].items()})
    assert len(written[0]) > 30 and written[0] == written[1]
