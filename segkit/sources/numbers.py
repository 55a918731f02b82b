"""Numbers as people write them → exact decimals; comma or point is decided on the whole column."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from segkit.sources.grids import NUMBER
from segkit.sources.placeholders import literal
from segkit.sources.queries import first_row, run_sql

if TYPE_CHECKING:
    import duckdb

MOST_DECIMALS = 12
"""Decimals that are kept; more are the noise of binary numbers (2.5500000000000003)."""
FIXED_ROWS = 20
"""From this many values on that all have exactly two decimals, 1.234 is no number with three."""

_CURRENCY = (
    r"(?:€|\$|£|¥|EUR|Euro|USD|US\$|GBP|CHF|SFr\.?|Fr\.?|SEK|DKK|NOK|ISK|PLN|zł|CZK|Kč|HUF|Ft|kr\.?|RON|BGN|TRY|"
    r"JPY|CNY|INR|CAD|AUD|NZD|BRL|MXN|ZAR|SGD|HKD|AED|UAH)"
)
_SHAPE = (
    rf"^(?:{_CURRENCY} ?)?([-+(]?) ?(?:{_CURRENCY} ?)?([0-9.,' ]*[0-9])"
    rf"(?: ?(?:{_CURRENCY}|%))?( ?[-)]?)(?: ?{_CURRENCY})?$"
)
_GROUPS = r"[1-9][0-9]{0,2}( [0-9]{3})+|[1-9][0-9]{0,2}('[0-9]{3})+"
_BY_COMMA = rf"^([0-9]+|[1-9][0-9]{{0,2}}(\.[0-9]{{3}})+|{_GROUPS})?(,[0-9]+)?$"
_BY_POINT = rf"^([0-9]+|[1-9][0-9]{{0,2}}(,[0-9]{{3}})+|{_GROUPS})?(\.[0-9]+)?$"
_DIGITS = r"-?[0-9]([0-9.,]*[0-9])?"
"""What most numbers are: they take the short way through the patterns, and the same values come out."""
_SCIENTIFIC = r"^[-+]?[0-9]+(\.[0-9]+)?e[-+]?[0-9]+$"


@dataclass(frozen=True)
class Evidence:
    """Rows whose number can only be read with a decimal comma, only with a point, or differently with each.

    Of those that can be read in one way only, `two` have exactly two decimals, `other` have another number of them.
    """

    comma: int = 0
    point: int = 0
    either: int = 0
    two: int = 0
    other: int = 0

    def __add__(self, other: Evidence) -> Evidence:
        return Evidence(*(getattr(self, name) + getattr(other, name) for name in self.__dataclass_fields__))

    @property
    def mark(self) -> str | None:
        """The decimal mark of most values, None without evidence."""
        if self.comma == self.point:
            return None
        return "," if self.comma > self.point else "."

    @property
    def is_mixed(self) -> bool:
        """Both marks occur, so that 1.234 could be either."""
        return min(self.comma, self.point) > 0

    @property
    def is_fixed(self) -> bool:
        """Numbers with decimals always have two, so that 1.234 cannot have three."""
        return self.two >= FIXED_ROWS and self.other == 0

    @property
    def is_doubtful(self) -> bool:
        """Numbers with decimals have two, as far as there are any: 1.234 would be the first with three."""
        return self.other == 0 and self.two >= max(1, min(self.either, FIXED_ROWS))

    def proves(self, other: Evidence) -> bool:
        """Money of the same file settles a column without evidence; coordinates beside it prove nothing."""
        return not self.is_mixed and self.two >= min(other.either, FIXED_ROWS)


@dataclass(frozen=True)
class NumberColumn:
    """How the numbers of a column are written, and what a decimal must hold to keep them exactly."""

    mark: str
    is_assumed: bool
    scale: int
    width: int
    n_rows: int
    n_changed: int
    n_failed: int

    @property
    def sql_type(self) -> str:
        """DECIMAL that holds every value of the column."""
        return f"DECIMAL({self.width}, {self.scale})"


def weigh_numbers(con: duckdb.DuckDBPyConnection, dictionary: str, into: str) -> Evidence:
    """Write the distinct values of a column with their readings to the table `into`; return what they say.

    Parameters
    ----------
    con : DuckDBPyConnection
        Holds `dictionary`.
    dictionary : str
        Table with id, v (marked text of a cell) and n (rows).
    into : str
        Temporary table: id, v (cell), n (rows), native, by_comma, by_point (texts that DECIMAL understands).
    """
    mark = literal(NUMBER)
    run_sql(
        con,
        f"""
        CREATE OR REPLACE TEMP TABLE {into} AS
        WITH plain AS (
            SELECT id, v, n, starts_with(v, {mark}) AS is_native,
                regexp_full_match(v, {literal(_DIGITS)}) AS is_plain, CASE WHEN is_plain THEN v ELSE
                regexp_replace(translate(v, '’´`−–\u00a0\u2007\u202f', '''''''--   '), '[,.]\\s*--?$', '') END AS t
            FROM {dictionary} WHERE v IS NOT NULL),
        parts AS (
            SELECT id, v, n, is_native, is_plain, t,
                CASE WHEN is_plain THEN ltrim(t, '-') ELSE regexp_extract(t, {literal(_SHAPE)}, 2) END AS core,
                CASE WHEN is_plain THEN CASE WHEN t[1] = '-' THEN '-' ELSE '' END ELSE
                regexp_extract(t, {literal(_SHAPE)}, 1) || trim(regexp_extract(t, {literal(_SHAPE)}, 3)) END AS sign,
                contains(t, '%') AS is_share
            FROM plain),
        read AS (
            SELECT id, v, n, CASE WHEN is_native THEN v[2:] END AS native,
                CASE sign WHEN '' THEN '' WHEN '+' THEN '' WHEN '-' THEN '-' WHEN '()' THEN '-' END AS minus,
                CASE WHEN is_share THEN 'e-2' ELSE '' END AS power,
                CASE WHEN core <> '' AND regexp_matches(core, {literal(_BY_COMMA)})
                     THEN replace(CASE WHEN is_plain THEN replace(core, '.', '') ELSE translate(core, '. ''', '') END,
                                  ',', '.') END AS c,
                CASE WHEN core <> '' AND regexp_matches(core, {literal(_BY_POINT)})
                     THEN CASE WHEN is_plain THEN replace(core, ',', '') ELSE translate(core, ', ''', '') END END AS p,
                CASE WHEN NOT is_plain AND regexp_matches(v, {literal(_SCIENTIFIC)}) THEN v END AS scientific
            FROM parts)
        SELECT id, v, n, native, minus || c || power AS by_comma, coalesce(minus || p || power, scientific) AS by_point
        FROM read""",
    )
    row = first_row(
        con,
        f"""
        SELECT coalesce(sum(n) FILTER (by_comma IS NOT NULL AND by_point IS NULL), 0),
               coalesce(sum(n) FILTER (by_comma IS NULL AND by_point IS NOT NULL), 0),
               coalesce(sum(n) FILTER (by_comma <> by_point), 0),
               coalesce(sum(n) FILTER (decimals = 2), 0), coalesce(sum(n) FILTER (decimals NOT IN (0, 2)), 0)
        FROM (
            SELECT *, CASE WHEN by_comma IS NULL OR by_point IS NULL OR by_comma = by_point
                THEN length(regexp_extract(coalesce(by_comma, by_point), '\\.([0-9]+)', 1)) END AS decimals
            FROM {into} WHERE native IS NULL)""",
    )
    return Evidence(*(int(value) for value in row))


def settle_numbers(
    con: duckdb.DuckDBPyConnection, table: str, evidence: Evidence, mark: str, is_assumed: bool
) -> NumberColumn:
    """Turn the readings of `weigh_numbers` into `table` (id, v, number DECIMAL, NULL where it cannot be read).

    A value that can only be read with the other mark is read with it. One that both marks read, and differently
    (1.234), is read with `mark`; in a column that mixes both marks it is read where all others have two decimals, so
    that it has thousands, and is left unread else; so is one that would have three decimals where all others have two.
    """
    main, other = ("by_comma", "by_point") if mark == "," else ("by_point", "by_comma")
    unclear = main
    if evidence.is_mixed:
        whole = "CASE WHEN NOT contains(by_comma, '.') THEN by_comma WHEN NOT contains(by_point, '.') THEN by_point END"
        unclear = whole if evidence.is_fixed else "NULL"
    elif evidence.is_doubtful:
        unclear = f"CASE WHEN NOT contains({main}, '.') THEN {main} END"
    text = (
        f"CASE WHEN native IS NULL AND by_comma <> by_point THEN {unclear} ELSE coalesce(native, {main}, {other}) END"
    )
    row = first_row(
        con,
        f"""
        WITH t AS (SELECT v, n, {text} AS t FROM {table}),
        d AS (
            SELECT *, regexp_extract(t, '^[-+]?([0-9]*)', 1) AS whole,
                rtrim(regexp_extract(t, '\\.([0-9]+)', 1), '0') AS fraction,
                CASE WHEN contains(t, 'e') THEN coalesce(TRY_CAST(regexp_extract(t, 'e(.*)$', 1) AS INTEGER), 0)
                     ELSE 0 END AS power
            FROM t)
        SELECT coalesce(max(length(fraction) - least(power, 0)), 0),
            coalesce(max(length(whole) + greatest(power, 0)), 0),
            coalesce(sum(n), 0), coalesce(sum(n) FILTER (t IS NULL), 0),
            coalesce(sum(n) FILTER (t IS NOT NULL AND t <> ltrim(v, {literal(NUMBER)})), 0)
        FROM d""",
    )
    decimals, digits, n_rows, n_failed, n_changed = (int(value) for value in row)
    scale = min(decimals, MOST_DECIMALS)
    width = min(38, max(digits, 1) + scale)
    run_sql(
        con,
        f"""
        CREATE OR REPLACE TEMP TABLE {table} AS
        SELECT id, v, TRY_CAST({text} AS DECIMAL({width}, {scale})) AS number FROM {table}""",
    )
    return NumberColumn(mark, is_assumed, scale, width, n_rows, n_changed, n_failed)
