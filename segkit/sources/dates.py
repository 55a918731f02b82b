"""Dates as people write them → dates; day or month first is decided on the whole column."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from segkit.sources.grids import DATE, NUMBER
from segkit.sources.placeholders import literal
from segkit.sources.queries import first_row, run_arrow, run_sql

if TYPE_CHECKING:
    import duckdb
    import pyarrow as pa

MIXED_SHARE = 0.02
"""From this share of dates in the other order on, 03.04. could be either and is not read."""
YEARS = (1900, 2199)

_CLOCK = r"[0-9]{1,2}:[0-9]{2}(:[0-9]{2})?([.,][0-9]+)?"
_ZONE = r"( ?(Z|UTC|GMT|[+-][0-9]{2}:?[0-9]{2}))?"
_TIME = rf"[T ]+{_CLOCK}( ?[AaPp]\.?[Mm]\.?)?( ?Uhr)?{_ZONE}$"
_PARTS = r"^([0-9]{1,4})([-/.])([0-9]{1,2})([-/.])([0-9]{1,4})$"
_NAMED = r"^([0-9]{1,2})[-. /]*([A-Za-zä]{3,9})[-., /]*([0-9]{4}|[0-9]{2})$"
_NAMED_FIRST = r"^([A-Za-zä]{3,9})[. ]*([0-9]{1,2})[., ]+([0-9]{4})$"
_MONTHS = "jan feb mar apr may jun jul aug sep oct nov dec".split()
_GERMAN_MONTHS = {"mär": 3, "mrz": 3, "mae": 3, "mai": 5, "okt": 10, "dez": 12}
_LABELS = {"day": "dd{0}mm{0}yyyy", "month": "mm{0}dd{0}yyyy"}
_SEPARATORS = {"dot": ".", "slash": "/", "dash": "-", "compact": ""}
_ORDERED = ("dot", "slash", "dash", "compact")


@dataclass(frozen=True)
class DateColumn:
    """How the dates of a column are written."""

    label: str
    is_assumed: bool
    n_rows: int
    n_changed: int
    n_failed: int


@dataclass(frozen=True)
class Shape:
    """Rows of a column whose dates look alike (dots, slashes, year first …), and how many allow which order.

    `first` and `second` count the rows that only make sense with the day, or only with the month, in front.
    """

    name: str
    n: int
    first: int
    second: int

    def __add__(self, other: Shape) -> Shape:
        return Shape(self.name, self.n + other.n, self.first + other.first, self.second + other.second)

    @property
    def has_evidence(self) -> bool:
        """Some row allows one order only, or the shape knows only one."""
        return self.first + self.second > 0 or self.name not in _ORDERED or self.name == "dot"


Shapes = dict[str, Shape]


def weigh_dates(con: duckdb.DuckDBPyConnection, dictionary: str, into: str, date_format: str | None = None) -> Shapes:
    """Write the distinct values of a column with their readings to the table `into`; return what they say.

    Parameters
    ----------
    con : DuckDBPyConnection
        Holds `dictionary`.
    dictionary : str
        Table with id, v (marked text of a cell) and n (rows).
    into : str
        Temporary table: id, v (cell), n (rows), shape, first, second (day read with the day or the month in front).
    date_format : str, optional
        Of project.yml, such as ``dd.mm.yyyy`` or ``%d.%m.%Y``: then nothing else is read.
    """
    _write_readings(con, dictionary, into, strptime_format(date_format) if date_format else None)
    inside = f"BETWEEN DATE '{YEARS[0]}-01-01' AND DATE '{YEARS[1]}-12-31'"
    rows = run_sql(
        con,
        f"""
        WITH r AS (
            SELECT shape, n, coalesce(first {inside}, FALSE) AS a, coalesce(second {inside}, FALSE) AS b FROM {into})
        SELECT shape, sum(n), coalesce(sum(n) FILTER (a AND NOT b), 0), coalesce(sum(n) FILTER (b AND NOT a), 0)
        FROM r GROUP BY 1 ORDER BY 2 DESC, 1""",
    )
    return {str(name): Shape(str(name), *(int(value) for value in counts)) for name, *counts in rows}


def settle_dates(
    con: duckdb.DuckDBPyConnection, dictionary: str, table: str, shapes: Shapes, others: Shapes, rows: pa.Array
) -> DateColumn:
    """Turn the readings of `weigh_dates` into `table` (id, v, day; NULL where it cannot be read).

    Parameters
    ----------
    con : DuckDBPyConnection
        Holds `dictionary` and `table`.
    dictionary, table : str
        As for `weigh_dates`.
    shapes : Shapes
        What this column says.
    others : Shapes
        What the same column says in the other files, for a file whose dates allow both orders.
    rows : Array
        The dictionary's id in every row of the file.

    Returns
    -------
    DateColumn
        Where nothing tells day from month, the order of the rows decides (exports run forward in time), else the day
        comes first; then `is_assumed` says so.
    """
    total = sum(shape.n for shape in shapes.values())
    rules, labels, is_assumed = [], [], False
    for name, shape in shapes.items():
        if name == "none" or (name in ("compact", "serial", "epoch") and shape.n < 0.5 * total):
            continue
        evidence = shape if shape.has_evidence or name not in others else others[name]
        column = _order(con, dictionary, table, evidence, rows)
        is_assumed |= not evidence.has_evidence
        rules.append(f"WHEN shape = '{name}' THEN {column}")
        labels.append(_label(name, column))
    day = f"CASE {' '.join(rules)} END" if rules else "CAST(NULL AS DATE)"
    run_sql(
        con,
        f"""
        CREATE OR REPLACE TEMP TABLE {table} AS
        SELECT id, v, n, CASE WHEN day BETWEEN DATE '{YEARS[0]}-01-01' AND DATE '{YEARS[1]}-12-31'
                          OR year(day) = 9999 THEN day END AS day
        FROM (SELECT id, v, n, {day} AS day FROM {table})""",
    )
    row = first_row(
        con,
        f"""
        SELECT coalesce(sum(n), 0), coalesce(sum(n) FILTER (day IS NULL), 0),
            coalesce(sum(n) FILTER (CAST(day AS VARCHAR) <> ltrim(v, {literal(DATE)})), 0)
        FROM {table}""",
    )
    n_rows, n_failed, n_changed = (int(value) for value in row)
    return DateColumn(" or ".join(labels), is_assumed, n_rows, n_changed, n_failed)


def _order(con: duckdb.DuckDBPyConnection, dictionary: str, table: str, shape: Shape, rows: pa.Array) -> str:
    """Return the SQL of the reading to take for a shape."""
    if not shape.has_evidence:
        falls = _falls(con, dictionary, table, shape.name, rows)
        return "second" if falls[1] < falls[0] else "first"
    column = "first" if shape.first >= shape.second else "second"
    if min(shape.first, shape.second) > MIXED_SHARE * (shape.first + shape.second) and shape.name in _ORDERED:
        column = f"CASE WHEN first <> second THEN NULL ELSE {column} END"
    return column


def _write_readings(con: duckdb.DuckDBPyConnection, dictionary: str, into: str, given: str | None) -> None:
    """Write v, n, shape, first, second: the day read with the day first, and with the month first."""
    months = " ".join(
        f"WHEN '{name}' THEN {number}"
        for name, number in [*((m, i + 1) for i, m in enumerate(_MONTHS)), *_GERMAN_MONTHS.items()]
    )
    run_sql(
        con,
        f"""
        CREATE OR REPLACE TEMP TABLE {into} AS
        WITH split AS (
            SELECT id, v, n, ltrim(v, {literal(NUMBER)}) AS t,
                regexp_replace(ltrim(v, {literal(NUMBER)}), {literal(_TIME)}, '') AS d
            FROM {dictionary} WHERE v IS NOT NULL AND v NOT IN ('00.00.0000', '0000-00-00', '00000000')),
        parts AS (
            SELECT *, regexp_extract(d, {literal(_PARTS)}, ['a', 's', 'b', 'r', 'c']) AS p,
                regexp_extract(d, {literal(_NAMED)}, ['d', 'm', 'y']) AS named,
                regexp_extract(d, {literal(_NAMED_FIRST)}, ['m', 'd', 'y']) AS us
            FROM split),
        shaped AS (
            SELECT *, CASE
                WHEN starts_with(v, {literal(DATE)}) THEN 'native'
                WHEN {"TRUE" if given else "FALSE"} THEN 'given'
                WHEN p.s = p.r AND length(p.a) = 4 AND length(p.c) <= 2 THEN 'iso'
                WHEN p.s = p.r AND length(p.a) <= 2 AND length(p.c) IN (2, 4)
                    THEN CASE p.s WHEN '.' THEN 'dot' WHEN '/' THEN 'slash' WHEN '-' THEN 'dash' ELSE 'none' END
                WHEN named.m <> '' OR us.m <> '' THEN 'named'
                WHEN regexp_matches(d, '^[0-9]{{8}}$') THEN 'compact'
                WHEN regexp_matches(d, '^[0-9]{{5}}([.,][0-9]+)?$') THEN 'serial'
                WHEN regexp_matches(d, '^[0-9]{{13}}$') THEN 'epoch'
                ELSE 'none' END AS shape,
                CASE WHEN length(p.c) = 2 THEN CASE WHEN p.c < '70' THEN '20' ELSE '19' END || p.c ELSE p.c END AS year,
                coalesce(nullif(named.m, ''), us.m) AS month_name
            FROM parts),
        months AS (
            SELECT *, CASE left(lower(month_name), 3) {months} END AS month,
                coalesce(nullif(named.y, ''), us.y) AS named_year, coalesce(nullif(named.d, ''), us.d) AS named_day
            FROM shaped)
        SELECT id, v, n, shape, TRY_CAST(CASE shape
                WHEN 'native' THEN v[2:] WHEN 'iso' THEN p.a || '-' || p.b || '-' || p.c
                WHEN 'dot' THEN year || '-' || p.b || '-' || p.a
                WHEN 'slash' THEN year || '-' || p.b || '-' || p.a WHEN 'dash' THEN year || '-' || p.b || '-' || p.a
                WHEN 'named' THEN CASE WHEN length(named_year) = 2 THEN '20' ELSE '' END || named_year
                    || '-' || month || '-' || named_day
                WHEN 'compact' THEN d[1:4] || '-' || d[5:6] || '-' || d[7:8]
                WHEN 'serial' THEN CAST(DATE '1899-12-30' + CAST(d[1:5] AS INTEGER) AS VARCHAR)
                WHEN 'epoch' THEN CAST(CAST(epoch_ms(TRY_CAST(d AS BIGINT)) AS DATE) AS VARCHAR)
                WHEN 'given' THEN CAST(CAST(try_strptime(d, {literal(given or "%Y")}) AS DATE) AS VARCHAR)
                END AS DATE) AS first,
            TRY_CAST(CASE WHEN shape IN ('dot', 'slash', 'dash') THEN year || '-' || p.a || '-' || p.b
                WHEN shape = 'compact' THEN d[5:8] || '-' || d[3:4] || '-' || d[1:2] END AS DATE) AS second
        FROM months""",
    )


def _falls(con: duckdb.DuckDBPyConnection, dictionary: str, table: str, shape: str, rows: pa.Array) -> tuple[int, int]:
    """Return how often the dates go back from row to row, read with the day and with the month first."""
    days = run_arrow(
        con,
        f"""
        SELECT CASE WHEN shape = '{shape}' THEN first END AS first,
            CASE WHEN shape = '{shape}' THEN second END AS second
        FROM {dictionary} d LEFT JOIN {table} t ON d.id = t.id ORDER BY d.id""",
    )
    falls = []
    for name in ("first", "second"):
        known = days.column(name).combine_chunks().take(rows).drop_null().cast("int32").to_numpy()
        falls.append(int((known[1:] < known[:-1]).sum()))
    return falls[0], falls[1]


def _label(shape: str, column: str) -> str:
    order = "month" if column == "second" else "day"
    if shape == "compact":
        return "ddmmyyyy" if column == "second" else "yyyymmdd"
    if shape in _SEPARATORS:
        return _LABELS[order].format(_SEPARATORS[shape])
    names = {"iso": "yyyy-mm-dd", "native": "date", "named": "d mmm yyyy", "serial": "Excel serial", "given": "given"}
    return names.get(shape, shape)


def strptime_format(date_format: str) -> str:
    """Return a strptime format for ``dd.mm.yyyy`` (or ``TT.MM.JJJJ``); one with % stays."""
    if "%" in date_format:
        return date_format
    codes = {"y": "%Y", "j": "%Y", "m": "%m", "d": "%d", "t": "%d"}
    short = {"y": "%y", "j": "%y"}
    return re.sub(
        r"([yj]+|m+|[dt]+)",
        lambda word: short.get(word[0][0], "") if word[0] in ("yy", "jj") else codes[word[0][0]],
        date_format.lower(),
    )
