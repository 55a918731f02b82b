"""What a read made of an export that random_dialects wrote: rows read, set aside, wrong."""

from __future__ import annotations

import re
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from unittest.mock import patch

from segkit.engines import connect
from segkit.errors import UserError
from segkit.settings.sources import Sources
from segkit.sources import opening
from segkit.sources.files import read_file
from segkit.sources.placeholders import BLANKS
from segkit.sources.reading import read_sources

from .conftest import list_files
from .random_dialects import COLUMNS, Export

LEFT_OUT = ("header_again", "page_title", "ruler", "subtotal", "footer", "other_table")
"""Rules of the log that account for records that are no rows."""


@dataclass
class Outcome:
    """What became of one file."""

    refused: str = ""
    n_rows: int = 0
    n_read: int = 0
    n_aside: int = 0
    wrong: list[str] = field(default_factory=list)


def check(export: Export, con=None) -> Outcome:
    """Read an export and hold it against what was written."""
    n_sound = sum(row is not None for row in export.truth.values())
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "u.csv").write_bytes(export.content)
        sources = Sources.model_validate({"invoices": {"files": "u.csv", "columns": COLUMNS}})
        con = con or connect(threads=1)
        try:
            grids: list = []
            with patch.object(opening, "read_file", lambda *parts: grids.extend(read_file(*parts)) or list(grids)):
                report = read_sources(con, list_files(sources, folder), sources)
            grid = grids[0]
        except UserError as error:
            return Outcome(str(error), len(export.truth))
    names = ", ".join(COLUMNS)
    rows = con.sql(f"SELECT {names} FROM raw_invoices ORDER BY row_number").fetchall()
    aside = con.sql("SELECT row_number, reason, raw FROM unreadable_invoices").fetchall()
    outcome = Outcome("", len(export.truth), len(rows), len(aside))
    assumed = set(report.columns.loc[report.columns["is_assumed"], "column"])
    seen = set()
    for row in rows:
        found = dict(zip(COLUMNS, row, strict=True))
        outcome.wrong += _differences(found, export, (assumed | {"ship_to_id"}) & export.excused)
        seen.add(found["invoice_id"])
    if len(seen) != len(rows):
        outcome.wrong.append("a row was read twice")
    told = sum(c.n_rows for c in grid.changes if c.rule in LEFT_OUT)
    if grid.n_records != grid.cells.num_rows + len(grid.unreadable) + grid.n_blank + told:
        counts = (grid.n_records, grid.cells.num_rows, len(grid.unreadable), grid.n_blank, told)
        outcome.wrong.append(f"records do not add up: {counts}")
    if outcome.n_read + outcome.n_aside < n_sound:
        outcome.wrong.append(f"rows are missing: {outcome.n_read} + {outcome.n_aside} of {n_sound}")
    return outcome


def _differences(found: dict, export: Export, excused: set[str]) -> list[str]:
    key = found["invoice_id"]
    truth = export.truth.get(key, "none")
    if truth == "none" and export.truth.get(re.sub(r"[^0-9]", "", key or ""), "none") is None:
        return []
    if truth == "none":
        return [f"row {key!r} was never written: {found}"]
    if truth is None:
        return []
    told = []
    for column, value in truth.items():
        if isinstance(value, str):
            value, found[column] = value.strip(BLANKS), (found[column] or "").replace("\r\n", "\n")
        if found[column] != value and column not in excused:
            told.append(f"{key} {column}: {found[column]!r} for {value!r}")
    return told
