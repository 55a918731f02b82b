"""Reads small exports written on the spot."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pandas as pd
import pytest

from segkit.engines import connect
from segkit.settings.sources import Sources
from segkit.sources import presets
from segkit.sources.reading import read_sources
from segkit.sources.report import ReadReport

from .tiny_preset import HEADS, ITEMS, JOIN, TINY


@dataclass
class File:
    """A source file as the project lists it."""

    table: str
    entry: int
    alias: str
    path: Path | None
    delivery: dt.date | None
    name: str


def list_files(sources: Sources, folder: Path) -> list[File]:
    found = []
    for table, entries in sources.items():
        for entry, source in enumerate(entries):
            if source.database is not None:
                found.append(File(table, entry, table, None, None, source.database.name))
            for alias, pattern in source.patterns:
                found += [File(table, entry, alias, p, None, p.name) for p in sorted(folder.glob(pattern))]
    return found


@dataclass
class Read:
    """What a read left in the engine."""

    con: duckdb.DuckDBPyConnection
    report: ReadReport

    def rows(self, table: str = "invoices") -> pd.DataFrame:
        return self.con.sql(f"FROM raw_{table} ORDER BY source, row_number").df()

    def values(self, column: str, table: str = "invoices") -> list:
        query = f"SELECT {column} FROM raw_{table} ORDER BY source, row_number"
        return [row[0] for row in self.con.sql(query).fetchall()]

    def unreadable(self, table: str = "invoices") -> list[tuple]:
        return self.con.sql(f"SELECT row_number, reason, raw, revenue FROM unreadable_{table}").fetchall()

    def rules(self) -> dict[str, int]:
        return self.report.log.groupby("rule")["n_rows"].sum().to_dict()


@pytest.fixture
def read(tmp_path: Path) -> Callable[..., Read]:
    """Return a function that writes files and reads them: read({"a.csv": b"…"}, {"invoices": {…}})."""

    def run(files: dict[str, bytes | str], spec: dict) -> Read:
        for name, content in files.items():
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content if isinstance(content, bytes) else content.encode("utf-8"))
        sources, con = Sources.model_validate(spec), connect()
        return Read(con, read_sources(con, list_files(sources, tmp_path), sources))

    return run


INVOICES = {"account_id": "Kunde", "invoice_date": "Datum", "invoice_id": "Beleg", "revenue": "Betrag"}


@pytest.fixture
def read_invoices(read: Callable[..., Read]) -> Callable[..., Read]:
    """Return a function that reads one file of four columns: Kunde, Datum, Beleg, Betrag."""

    def run(content: bytes | str, name: str = "umsatz.csv", **settings: object) -> Read:
        return read({name: content}, {"invoices": {"files": name, "columns": INVOICES, **settings}})

    return run


@pytest.fixture
def tiny(tmp_path_factory, monkeypatch) -> Path:
    """The folder of presets, in which only the one of the tiny system lies."""
    folder = tmp_path_factory.mktemp("presets")
    (folder / "tiny.yml").write_text(TINY, encoding="utf-8")
    monkeypatch.setattr(presets, "FOLDER", folder)
    return folder


@pytest.fixture
def read_join(read: Callable[..., Read], tiny: Path) -> Callable[..., Read]:
    """Return a function that reads two files as invoices of the tiny system."""

    def run(heads: str = HEADS, items: str = ITEMS, **settings: object):
        return read({"heads.csv": heads, "items.csv": items}, {"invoices": {**JOIN, **settings}})

    return run
