"""`segkit share`: a pseudonymised copy of a run, written whole, and only when no original stands in it."""

from __future__ import annotations

import contextlib
import csv
import datetime as dt
import os
import secrets
import shutil
import uuid
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from segkit.engines import connect
from segkit.errors import UserError
from segkit.governance.copy_rules import Treatment, is_line_table, left_out
from segkit.governance.copying import IN_ORDER, copy_table
from segkit.governance.crowds import FEWEST, hide_rare
from segkit.governance.pseudonyms import Pseudonyms
from segkit.project import Project
from segkit.quarters import Quarter
from segkit.reports.share_check import find_originals
from segkit.reports.share_guide import write_guide
from segkit.store import ROWS_PER_GROUP, read_json
from segkit.tables import TABLES

if TYPE_CHECKING:
    import duckdb

KEY_BYTES = 32
LEDGER = ["date", "quarter", "run_id", "recipient", "folder", "with_lines", "n_tables"]
MOST_TOLD = 5


def share_run(project: Project, quarter: str, out: Path, recipient: str = "", with_lines: bool = False) -> list[str]:
    """Write a pseudonymised copy of a quarter's run; returns what was done, in lines.

    Parameters
    ----------
    project : Project
        Keeps the key and the ledger of copies in ``ledgers/``.
    quarter : str
        A complete run.
    out : Path
        A folder that does not exist yet, or is empty; outside the project's runs.
    recipient : str
        Copies for different recipients have different pseudonyms, so that they cannot be joined.
    with_lines : bool
        Also tables of single acts: invoice lines, quotes, answers.

    Raises
    ------
    UserError
        No such run; the folder is not empty or inside the project; an original would stand in the copy. Nothing was
        written.
    """
    chosen = _chosen(project, quarter)
    out = _free(project, out)
    pseudonyms = Pseudonyms(_key(project), recipient.strip())
    with _built(out) as folder, connect() as con:
        run = project.run_folder(chosen) / "tables"
        done, shares = _write_tables(con, run, folder / "tables", pseudonyms, with_lines)
        small = _small_segments(con) if "segment_sizes" in done else []
        write_guide(folder, str(chosen), done, with_lines)
        found, n_common = find_originals(con, folder, done, pseudonyms.key)
        if found:
            raise UserError(_refused(found))
    row = [dt.date.today().isoformat(), chosen, _run_id(project, chosen), recipient.strip(), out, with_lines]
    _note(project, [*map(str, row), str(len(done))])
    return _told(chosen, out, len(done), shares, small, n_common, with_lines)


def _chosen(project: Project, text: str) -> Quarter:
    chosen = project.quarter(text)
    if chosen not in project.quarters():
        runs = ", ".join(map(str, project.quarters())) or "none"
        raise UserError(f"There is no run of {chosen} to share. Runs: {runs}.")
    return chosen


def _free(project: Project, out: Path) -> Path:
    """Return the folder for the copy; whatever lies in the project could be taken for the project's own."""
    out = out.resolve()
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise UserError(
            f"{out} is there already and not empty. Choose another folder for the copy, or delete it first."
        )
    if out == project.folder or out.is_relative_to(project.folder):
        raise UserError(f"{out} lies in the project's own folder. Choose a folder outside {project.folder}.")
    return out


def _key(project: Project) -> bytes:
    """Return the project's key; the first copy makes it."""
    path = project.ledgers / "pseudonyms.key"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary = path.with_name(f".{path.name}.{uuid.uuid4().hex[:8]}")
        with os.fdopen(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as stream:
            stream.write(secrets.token_hex(KEY_BYTES) + "\n")
        os.replace(temporary, path)
    text = path.read_text(encoding="utf-8").strip()
    try:
        key = bytes.fromhex(text)
    except ValueError:
        key = b""
    if len(key) < KEY_BYTES:
        raise UserError(
            f"{path} does not hold a key of {KEY_BYTES * 2} signs 0-9 and a-f. Put the file back from a copy; if it is "
            "lost, delete it: then a new key is made, and later copies no longer fit the earlier ones."
        )
    return key


@contextlib.contextmanager
def _built(out: Path) -> Iterator[Path]:
    """Give a folder beside `out` that takes its place when the block ends well, and vanishes otherwise."""
    out.parent.mkdir(parents=True, exist_ok=True)
    temporary = out.with_name(f".{out.name}.{uuid.uuid4().hex[:8]}")
    (temporary / "tables").mkdir(parents=True)
    try:
        yield temporary
        if out.exists():
            out.rmdir()
        os.replace(temporary, out)
    finally:
        shutil.rmtree(temporary, ignore_errors=True)


def _write_tables(
    con: duckdb.DuckDBPyConnection, tables: Path, folder: Path, pseudonyms: Pseudonyms, with_lines: bool
) -> tuple[dict[str, dict[str, Treatment]], dict[str, float]]:
    """Write the tables that go along; returns table → column → what became of it, and what `hide_rare` left.

    The files are not compressed, so that the last look can read their bytes.
    """
    import pyarrow.parquet as pq

    done, shares = {}, {}
    for name in TABLES:
        path = tables / f"{name}.parquet"
        if not path.exists():
            continue
        con.execute(f"CREATE OR REPLACE TEMP VIEW original_{name} AS FROM read_parquet('{_quoted(path)}')").fetchall()
        if name in left_out() or (is_line_table(name) and not with_lines):
            continue
        done[name] = copy_table(con, name, f"original_{name}", pseudonyms)
        if name == "accounts":
            shares = hide_rare(con, f"copy_{name}")
        reader = con.sql(f"FROM copy_{name} {IN_ORDER}").to_arrow_reader(ROWS_PER_GROUP)
        with pq.ParquetWriter(folder / f"{name}.parquet", reader.schema, compression="none") as writer:
            for batch in reader:
                writer.write_batch(batch)
    return done, shares


def _small_segments(con: duckdb.DuckDBPyConnection) -> list[str]:
    """Return the segments with so few accounts that their sums are those of single ones."""
    few = f"n_accounts BETWEEN 1 AND {FEWEST - 1}"
    rows = con.execute(f"SELECT segment_id, n_accounts FROM copy_segment_sizes WHERE {few} ORDER BY ALL").fetchall()
    return [f"{segment} ({n})" for segment, n in rows]


def _quoted(path: Path) -> str:
    return path.as_posix().replace("'", "''")


def _run_id(project: Project, quarter: Quarter) -> str:
    return str(read_json(project.run_folder(quarter) / "manifest.json").get("run_id", ""))


def _note(project: Project, row: list[str]) -> None:
    """Add a line to the ledger of copies: who received what, and when."""
    path = project.ledgers / "shares.csv"
    is_new = not path.exists()
    with path.open("a", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerows([LEDGER] * is_new + [row])


def _refused(found: list[str]) -> str:
    counts = Counter(found)
    places = "; ".join(f"{place} ({n} times)" if n > 1 else place for place, n in counts.most_common(MOST_TOLD))
    more = f" and {len(counts) - MOST_TOLD:,} more places" if len(counts) > MOST_TOLD else ""
    return (
        f"The copy was not written, because originals would stand in it: {places}{more}. If a person wrote the name "
        "there (a segment's name in decisions/names.csv), change it and run the quarter again; else tell whoever looks "
        "after segkit, naming these places."
    )


def _told(
    quarter: Quarter,
    out: Path,
    n_tables: int,
    shares: dict[str, float],
    small: list[str],
    n_common: int,
    with_lines: bool,
) -> list[str]:
    lines = [f"Copy of {quarter} in {out}: {n_tables} tables, no original found in any of its bytes."]
    if not with_lines:
        lines.append("Invoice lines and other single acts were left out; --lines takes them along.")
    if shares:
        kept = ", ".join(f"{name} {share:.0%}" for name, share in shares.items())
        lines.append(
            f"At least {FEWEST} accounts are alike in what anybody can look up; so much of it is left: {kept}. Who "
            "knows more of a company, such as its revenue here, may still find it (docs/privacy.md)."
        )
    if small:
        lines.append(
            f"Fewer than {FEWEST} accounts are in {', '.join(small)}: sums and profiles of these segments speak of "
            "single accounts."
        )
    if n_common:
        lines.append(
            f"Names that are ordinary words as well, as Berg or Hessen would be, cannot be searched for: {n_common:,}."
        )
    return [*lines, "The key stays in ledgers/pseudonyms.key, the list of copies in ledgers/shares.csv."]
