"""Cells as trimmed text: what stands for nothing, and the marks of numbers and dates."""

from __future__ import annotations

from typing import TYPE_CHECKING

from segkit.sources.grids import DATE, NUMBER

if TYPE_CHECKING:
    import pyarrow as pa

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

NOT_CHOSEN = (
    *("select", "-select-", "--select--", "select…", "select...", "please select", "-none-", "--none--"),
    *("bitte wählen", "bitte auswählen", "auswählen", "-auswählen-", "nicht ausgewählt", "not selected"),
    *("entfällt", "nicht zutreffend", "not applicable", "keine angabe", "unbekannt", "unknown"),
)
"""What forms and people write where a number, a date or a yes is missing. In texts it may be a name, and stays."""

BLANKS = (
    " \t\r\n\x0b\x0c\x1c\x1d\x1e\x1f\x85\u00a0\u2000\u2001\u2002\u2003\u2007\u2009\u2028\u2029\u202f\u200b\u3000\ufeff"
)
"""What stands around a value and is no part of it."""


def literal(text: str) -> str:
    """Return a text as an SQL literal."""
    return "'" + text.replace("'", "''") + "'"


def name_sql(name: str) -> str:
    """Return a name as an SQL identifier."""
    return '"' + name.replace('"', '""') + '"'


def marked_texts(values: pa.Array) -> pa.Array:
    """Return values of any type as text; numbers and dates begin with their mark."""
    import pyarrow as pa
    import pyarrow.compute as pc

    kind = values.type
    if pa.types.is_string(kind):
        return values
    if pa.types.is_date(kind) or pa.types.is_timestamp(kind):
        texts, mark = pc.cast(pc.cast(values, pa.date32(), safe=False), pa.string()), DATE
    elif pa.types.is_integer(kind) or pa.types.is_decimal(kind) or pa.types.is_floating(kind):
        texts, mark = pc.cast(values, pa.string()), NUMBER
    else:
        return pc.cast(values, pa.string())
    return pc.binary_join_element_wise(mark, texts, "")


def present_texts(texts: pa.Array) -> tuple[pa.Array, pa.Array]:
    """Return texts without blanks around them, and the same with null where they stand for nothing.

    The apostrophe and ``="…"`` that keep leading zeros in Excel go, too.
    """
    import pyarrow as pa
    import pyarrow.compute as pc

    trimmed = pc.utf8_trim(texts, BLANKS)
    trimmed = pc.replace_substring_regex(trimmed, r'^="(.*)"$', r"\1")
    trimmed = pc.replace_substring_regex(trimmed, r"^'([-+=0-9].*)$", r"\1")
    is_empty = pc.is_in(pc.utf8_lower(trimmed), pa.array([*PLACEHOLDERS, NUMBER + "nan", NUMBER, DATE]))
    return trimmed, pc.if_else(is_empty, pa.scalar(None, pa.string()), trimmed)


def without_choices(texts: pa.Array) -> pa.Array:
    """Return texts with null for those of `NOT_CHOSEN`."""
    import pyarrow as pa
    import pyarrow.compute as pc

    is_none = pc.is_in(pc.utf8_lower(texts), pa.array(NOT_CHOSEN))
    return pc.if_else(is_none, pa.scalar(None, pa.string()), texts)


def unmarked(texts: pa.Array) -> pa.Array:
    """Return texts without their marks."""
    import pyarrow.compute as pc

    return pc.utf8_ltrim(texts, NUMBER + DATE)


def unmarked_sql(cell: str) -> str:
    """Return SQL for a cell without its mark."""
    return f"ltrim({cell}, chr({ord(NUMBER)}) || chr({ord(DATE)}))"
