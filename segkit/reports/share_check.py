"""The last look at a pseudonymised copy, as its reader would see it: every value, every file, every byte."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from segkit import texts
from segkit.governance.copy_rules import Treatment
from segkit.governance.pseudonyms import PATTERN
from segkit.governance.scan import Originals, find_in_bytes, find_in_texts, words_of
from segkit.tables import TABLES

if TYPE_CHECKING:
    import duckdb

CHUNK = 1 << 20
PIECE = 10_000
WANTED = (
    *(("accounts", f'"{column}"', f"{what} of an account") for column, what in (
        ("account_id", "id"), ("external_id", "id"), ("name", "name"), ("street", "street"), ("phone", "telephone"),
        ("website", "website"), ("vat_id", "VAT id"), ("register_id", "register number"), ("lei", "LEI"),
    )),
    *(("contacts", sql, f"{what} of a contact") for sql, what in (
        ("contact_id", "id"), ("email", "e-mail address"), ("phone", "telephone"), ("last_name", "name"),
        ("first_name || ' ' || last_name", "name"), ("last_name || ' ' || first_name", "name"),
    )),
    ("account_links", "source_id", "id of an account"),
    ("unit_members", "name", "name of an account"),
    ("segment_examples", "name", "name of an account"),
    ("duplicates", "name_a", "name of an account"),
    ("duplicates", "name_b", "name of an account"),
    ("leads", "company", "name of an account"),
    ("engagements", "email", "e-mail address of a contact"),
)  # fmt: skip
"""Table, SQL of a value, and what it is: none of them may stand in a copy."""


def find_originals(
    con: duckdb.DuckDBPyConnection, folder: Path, done: dict[str, dict[str, Treatment]], key: bytes
) -> tuple[list[str], int]:
    """Return one phrase for each original in the copy, and how many names are ordinary words, not looked for.

    Parameters
    ----------
    con : duckdb.DuckDBPyConnection
        Holds ``original_T`` of every table of the run and ``copy_T`` of those in the copy.
    folder : Path
        The copy.
    done : dict
        Table → column → what became of it.
    key : bytes
        Must not stand there either.
    """
    originals = Originals()
    originals.add([key.hex()], "the key")
    common = frozenset(_common(con, done))
    for table, sql, what in WANTED:
        originals.add(_values(con, table, sql), what, common)
    return list(_found(con, folder, done, originals)), originals.n_common


def _values(con: duckdb.DuckDBPyConnection, table: str, sql: str) -> Iterator[str]:
    views = con.execute("SELECT view_name FROM duckdb_views()").fetchall()
    if (f"original_{table}",) in views:
        found = con.execute(f"SELECT DISTINCT {sql} FROM original_{table} WHERE {sql} IS NOT NULL")
        while rows := found.fetchmany(PIECE):
            yield from (row[0] for row in rows)


def _common(con: duckdb.DuckDBPyConnection, done: dict[str, dict[str, Treatment]]) -> Iterator[str]:
    """Yield words that stand in every copy, whoever the customers are: the product's own, and frequent categories."""
    for language in texts.LANGUAGES:
        for sentence in texts.templates(language).values():
            yield from words_of(sentence)
    for known in TABLES.values():
        yield from words_of(
            " ".join([known.name, known.text, *known.columns, *(c.text for c in known.columns.values())])
        )
    for table, columns in done.items():
        for name, treatment in columns.items():
            if treatment.kind in ("category", "prefix"):
                for value in _distinct(con, f"copy_{table}", name):
                    yield from words_of(value)


def _distinct(con: duckdb.DuckDBPyConnection, relation: str, column: str) -> list[str]:
    """Return the distinct values of a column of text that are no pseudonyms."""
    sql = f'SELECT DISTINCT "{column}" FROM {relation} WHERE NOT regexp_full_match("{column}", \'{PATTERN}\')'
    return [row[0] for row in con.execute(sql).fetchall()]


def _found(
    con: duckdb.DuckDBPyConnection, folder: Path, done: dict[str, dict[str, Treatment]], originals: Originals
) -> Iterator[str]:
    for path in sorted(p for p in folder.rglob("*") if p.is_file()):
        place = path.relative_to(folder).as_posix()
        yield from find_in_texts([place], originals, "a file's name")
        if path.suffix == ".parquet":
            relation = f"read_parquet('{path.as_posix().replace(chr(39), chr(39) * 2)}')"
            for name, kind in con.execute(
                f"SELECT column_name, column_type FROM (DESCRIBE FROM {relation})"
            ).fetchall():
                if kind == "VARCHAR":
                    yield from find_in_texts(_distinct(con, relation, name), originals, f"{path.stem}.{name}")
        else:
            yield from find_in_texts([path.read_text(encoding="utf-8")], originals, place)
        with path.open("rb") as stream:
            yield from find_in_bytes(iter(lambda: stream.read(CHUNK), b""), originals, place)
