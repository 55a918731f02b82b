"""Cells that stand for nothing, and cells without their marks."""

from __future__ import annotations

from segkit.sources.grids import DATE, NUMBER

PLACEHOLDERS = (
    "",
    "null",
    "(null)",
    "<null>",
    "\\n",
    "nan",
    "nat",
    "none",
    "n/a",
    "#n/a",
    "#na",
    "#nv",
    "#wert!",
    "#value!",
    "#bezug!",
    "#ref!",
    "#div/0!",
    "k.a.",
    "k. a.",
    "ka.",
    "-",
    "--",
    "---",
    "–",
    "—",
    "?",
    "(leer)",
    "(blank)",
)
"""What exports write where a value is missing; compared in lower case."""

_BLANKS = " \t\r\n\u00a0\u2007\u202f\u200b\ufeff"


def literal(text: str) -> str:
    """Return a text as an SQL literal."""
    return "'" + text.replace("'", "''") + "'"


def name_sql(name: str) -> str:
    """Return a name as an SQL identifier."""
    return '"' + name.replace('"', '""') + '"'


def trimmed_sql(cell: str) -> str:
    """Return SQL for a cell without blanks around it, and without the apostrophe or ``="…"`` that keep zeros."""
    trimmed = f"trim({cell}, {literal(_BLANKS)})"
    return (
        f"CASE WHEN starts_with({trimmed}, '=\"') AND ends_with({trimmed}, '\"') AND length({trimmed}) > 2 "
        f"THEN {trimmed}[3:-2] WHEN starts_with({trimmed}, '''') THEN {trimmed}[2:] ELSE {trimmed} END"
    )


def present_sql(cell: str) -> str:
    """Return SQL for a trimmed cell that is NULL where it stands for nothing; marks of numbers and dates stay."""
    values = ", ".join(literal(p) for p in (*PLACEHOLDERS, NUMBER + "nan", NUMBER, DATE))
    trimmed = trimmed_sql(cell)
    return f"CASE WHEN lower({trimmed}) IN ({values}) THEN NULL ELSE {trimmed} END"


def unmarked_sql(cell: str) -> str:
    """Return SQL for a cell without its mark."""
    return f"ltrim({cell}, chr({ord(NUMBER)}) || chr({ord(DATE)}))"
