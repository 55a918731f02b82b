"""A company of twelve accounts in one file, small enough to break by hand, and the command line to break it with."""

from __future__ import annotations

import contextlib
import datetime as dt
import hashlib
import io
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest
import yaml

HEADER = "Kundennr;Rechnungsnr;Datum;Artikel;Menge;Betrag"
COLUMNS = {
    "account_id": "Kundennr",
    "invoice_id": "Rechnungsnr",
    "invoice_date": "Datum",
    "product_id": "Artikel",
    "quantity": "Menge",
    "revenue": "Betrag",
}


def invoice_rows(accounts: int = 12, start: str = "2023-01-05", end: str = "2026-03-31", scale: int = 100) -> list[str]:
    """One line a month and account (fewer for every third account), as a German system exports them."""
    rows, day, month = [], dt.date.fromisoformat(start), 0
    while day <= dt.date.fromisoformat(end):
        for k in range(accounts):
            if k % 3 or month % 4 == k % 4:
                when = day + dt.timedelta(days=k)
                amount = f"{scale * (k + 1) ** 2 + month},{(7 * k + month) % 100:02d}"
                rows.append(f"K{100 + k};R{month:03d}{k:02d};{when:%d.%m.%Y};A{k % 5}1;{k + 1};{amount}")
        month += 1
        day = (day.replace(day=1) + dt.timedelta(days=32)).replace(day=5)
    rows.append(f"K100;R999;{dt.date.fromisoformat(end):%d.%m.%Y};A11;1;50,00")
    return rows


def write_project(folder: Path, lines: list[str] | None = None, **changes: object) -> Path:
    """Write raw/invoices.csv and project.yml; `changes` replace or add settings. Returns the folder."""
    text = "\n".join([HEADER, *(invoice_rows() if lines is None else lines)]) + "\n"
    settings = {
        "name": "Zwölf & Co. KG",
        "sources": {"invoices": {"files": "raw/invoices*.csv", "columns": COLUMNS}},
        **changes,
    }
    (folder / "raw").mkdir(parents=True)
    (folder / "raw" / "invoices.csv").write_text(text, encoding="utf-8")
    write_settings(folder, settings)
    return folder


def write_settings(folder: Path, settings: dict) -> None:
    (folder / "project.yml").write_text(yaml.safe_dump(settings, allow_unicode=True), encoding="utf-8")


def change_settings(folder: Path, **changes: object) -> None:
    settings = yaml.safe_load((folder / "project.yml").read_text("utf-8"))
    write_settings(folder, settings | changes)


@dataclass(frozen=True)
class Answer:
    """What a command said and how it ended."""

    code: int
    text: str


def environment() -> dict[str, str]:
    """One thread each: tests share the machine."""
    return os.environ | {"OMP_NUM_THREADS": "1", "PYTHONIOENCODING": "utf-8", "COLUMNS": "200"}


def segkit(*arguments: object, timeout: float = 300) -> Answer:
    """Run the command line as users do, in a process of its own."""
    command = [sys.executable, "-m", "segkit", *map(str, arguments)]
    ended = subprocess.run(
        command,
        capture_output=True,
        text=True,
        encoding="utf-8",
        env=environment(),
        timeout=timeout,
        stdin=subprocess.DEVNULL,
    )
    return Answer(ended.returncode, ended.stdout + ended.stderr)


def segkit_here(*arguments: object) -> Answer:
    """Run the command line inside this process: the same code in a tenth of the time."""
    from segkit.cli import main

    said = io.StringIO()
    with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said), pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "argv", ["segkit", *map(str, arguments)])
        try:
            main()
            code = 0
        except SystemExit as end:
            code = end.code if isinstance(end.code, int) else 0 if end.code is None else 1
    return Answer(code, said.getvalue())


def contents(folder: Path) -> dict[str, str]:
    """SHA-256 of every file below a folder by its path, to tell whether anything was written or lost."""
    files = sorted(path for path in folder.rglob("*") if path.is_file() and path.name != ".lock")
    return {path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}
