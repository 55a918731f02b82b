"""Which system each file came from, and how that system calls its fields."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import PurePath
from typing import TYPE_CHECKING

from segkit.cleansing.rows import delivered, has_table, run_sql
from segkit.project import SourceFile
from segkit.settings.sources import Sources, alias_of

if TYPE_CHECKING:
    import duckdb
    import pandas as pd

NO_SYSTEM = re.compile(r"raw|data|exports?|[\d_.-]+", re.IGNORECASE)
"""Folders that name no system: where exports lie, and dates or years."""
PERIOD = re.compile(r"([ _.-]*(\d+|[qQ][1-4]))+$")
HEADERS = ("table", "source", "column", "header")


def system_of(source: str) -> str:
    """Return the system that a file's path names: its folder below ``raw``, else the file's own name.

    Examples
    --------
    ``raw/crm/2026-07-02/konten.csv`` is crm, ``raw/2026-07-02/kunden.csv`` is kunden, ``raw/sales_2026_q3.csv`` is
    sales, ``sqlite:///erp.db invoices`` is erp.
    """
    path = PurePath(re.sub(r"^\w+:/+(\S*).*$", r"\1", source).replace("\\", "/"))
    folders = [part for part in path.parts[:-1] if not NO_SYSTEM.fullmatch(part) and part not in ("/", "..")]
    if folders:
        return folders[0].lower()
    stem = alias_of(path.name.split("#")[0]).removesuffix(".db").lower()
    return PERIOD.sub("", stem) or stem


def name_origins(files: Iterable[SourceFile], sources: Sources) -> dict[str, str]:
    """Return the system of each file, in the order of project.yml.

    An entry with a preset is the preset's system; all files of an entry without one belong to the system that the path
    of the first names.
    """
    named: dict[str, str] = {}
    entries: dict[tuple[str, int], str] = {}
    for file in files:
        preset = getattr(sources[file.table][file.entry], "preset", None)
        system = entries.setdefault((file.table, file.entry), preset or system_of(file.name))
        named.setdefault(file.name, system)
    return named


def note_origins(con: duckdb.DuckDBPyConnection, systems: dict[str, str], headers: pd.DataFrame | None = None) -> None:
    """Create ``origins`` (source, system, place) and ``headers`` (table, source, column, header) for this run.

    Parameters
    ----------
    con : duckdb.DuckDBPyConnection
        Holds ``raw_T``; a source that `systems` does not name, such as a worksheet, belongs to the file of its name or
        to the system that its path names.
    systems : dict
        As `name_origins` returns them.
    headers : DataFrame, optional
        Which header filled which column: `segkit.sources.report.ReadReport.columns`.
    """
    run_sql(con, "CREATE OR REPLACE TEMP TABLE origins (source VARCHAR, system VARCHAR, place BIGINT)")
    rows = []
    places = {system: place for place, system in enumerate(dict.fromkeys(systems.values()))}
    for source in _sources(con):
        file = next((name for name in systems if source == name or source.startswith((f"{name}#", f"{name} "))), None)
        system = systems[file] if file is not None else system_of(source)
        rows.append([source, system, places.setdefault(system, len(places))])
    if rows:
        con.executemany("INSERT INTO origins VALUES (?, ?, ?)", rows)
    fields = ", ".join(f'"{name}" VARCHAR' for name in HEADERS)
    run_sql(con, f"CREATE OR REPLACE TEMP TABLE headers ({fields})")
    if headers is not None and len(headers):
        con.register("read_headers", headers[list(HEADERS)])
        run_sql(con, "INSERT INTO headers BY NAME FROM read_headers")
        con.unregister("read_headers")


def _sources(con: duckdb.DuckDBPyConnection) -> list[str]:
    parts = [f"SELECT DISTINCT source FROM raw_{table}" for table in delivered(con)]
    parts += [
        f"SELECT DISTINCT source FROM unreadable_{table}"
        for table in delivered(con)
        if has_table(con, f"unreadable_{table}")
    ]
    return [row[0] for row in run_sql(con, f"{' UNION '.join(parts)} ORDER BY 1")] if parts else []


def ensure_origins(con: duckdb.DuckDBPyConnection) -> None:
    """Create ``origins`` from the paths alone where nobody noted them."""
    if not has_table(con, "origins"):
        note_origins(con, {})
