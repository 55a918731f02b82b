"""Errors that repeat: references to what nobody delivered and misspelt categories, with the nearest right value."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from segkit.cleansing.errors_in_rows import checked, examples_of
from segkit.cleansing.quality import OWNERS
from segkit.cleansing.rows import columns_of, run_sql
from segkit.tables import TABLES
from segkit.yaml_files import read_yaml

if TYPE_CHECKING:
    import duckdb

NEAR = 90  # rapidfuzz's ratio from which a known value is proposed
RARER = 20  # times a right spelling must be as frequent as the one that is called a mistake
FEW_VALUES = 60  # distinct texts up to which a column holds categories
MOST_VALUES = 200  # unknown values of a column that are listed one by one, where nothing near is known
FREE_TEXTS = {
    *("name", "street", "city", "phone", "website", "email", "comment", "company", "first_name", "last_name"),
    *("campaign_name", "product_name", "machine", "currency", "competitor", "question", "stage"),
}
Value = tuple[str, int]
"""A text and how many rows have it."""


def find_in_values(con: duckdb.DuckDBPyConnection) -> None:
    """Add to ``found_errors`` unknown references and misspelt categories, one row for each file and value.

    Parameters
    ----------
    con : duckdb.DuckDBPyConnection
        Holds ``found_errors`` and ``checked_T``.
    """
    tables = checked(con)
    for table in tables:
        for column in sorted(set(columns_of(table)) & set(OWNERS)):
            if OWNERS[column] != table and OWNERS[column] in tables:
                _find_unknown(con, table, column)
        for column in _categories(table):
            _find_misspelt(con, table, column)


def _categories(table: str) -> list[str]:
    columns = TABLES[table].columns
    return [c for c in columns_of(table) if columns[c].type == "text" and c not in FREE_TEXTS]


def _find_unknown(con: duckdb.DuckDBPyConnection, table: str, column: str) -> None:
    owner = OWNERS[column]
    where = f"{column} IS NOT NULL AND {column} NOT IN (SELECT {column} FROM raw_{owner} WHERE {column} IS NOT NULL)"
    where += f" AND {_counts(table)}"
    unknown = [
        row[0] for row in run_sql(con, f"SELECT DISTINCT {column} FROM checked_{table} WHERE {where} ORDER BY 1")
    ]
    if not unknown:
        return
    known = run_sql(con, f"SELECT DISTINCT {column} FROM raw_{owner} WHERE {column} IS NOT NULL ORDER BY 1")
    proposals = propose_ids(unknown, [row[0] for row in known])
    single = set(unknown if len(unknown) <= MOST_VALUES else proposals)
    _add(con, table, column, f"unknown_{column.removesuffix('_id')}", {v: proposals.get(v) for v in single})
    _add_rest(con, table, column, [value for value in unknown if value not in single])


def _counts(table: str) -> str:
    """SQL: the row is used, and no postage, whose codes are no products."""
    return "step = 'used' AND line_type <> 'charge'" if table == "invoices" else "step <> 'later'"


def propose_ids(unknown: Sequence[str], known: Sequence[str]) -> dict[str, str]:
    """Return for each unknown id the known one that is surely meant; where several or none are near, nothing.

    Numbers are near only where leading zeros were lost; other ids where their digits are the same and the rest is
    equal but for case, blanks and signs, or for a letter or two (rapidfuzz's ratio of `NEAR`).

    Examples
    --------
    GTXPro → GTX Pro; 4711 → 0004711; KD-4711 is not near KD-4712.
    """
    from rapidfuzz import fuzz, process

    by_digits: dict[str, list[str]] = {}
    for value in known:
        by_digits.setdefault(_digits(value), []).append(value)
    found = {}
    for value in unknown:
        candidates = by_digits.get(_digits(value), [])
        if value.isdigit():
            best = [candidate for candidate in candidates if candidate.isdigit()]
        else:
            plain = {candidate: _plain(candidate) for candidate in candidates if not candidate.isdigit()}
            hits = process.extract(_plain(value), plain, scorer=fuzz.ratio, score_cutoff=NEAR, limit=2)
            best = [hit[2] for hit in hits if hit[1] == hits[0][1]]
        if len(best) == 1:
            found[value] = best[0]
    return found


def _digits(value: str) -> str:
    digits = re.sub(r"\D", "", value)
    return digits.lstrip("0") if value.isdigit() else digits


def _plain(value: str) -> str:
    return re.sub(r"[\W_]+", "", value.casefold())


def _find_misspelt(con: duckdb.DuckDBPyConnection, table: str, column: str) -> None:
    values = run_sql(
        con, f"SELECT {column}, count(*) FROM checked_{table} WHERE {column} IS NOT NULL GROUP BY 1 ORDER BY 1"
    )
    _add(con, table, column, "misspelt", propose_words(values, right_words(column)))


def propose_words(values: Iterable[Value], right: Iterable[str] = ()) -> dict[str, str]:
    """Return misspelt texts of a column of categories → the right one.

    A text is misspelt where a known word (`right`) or a text at least `RARER` times as frequent differs from it by
    one letter, by two in words of eight letters and more, or only by case and blanks. Numbers in the texts must agree,
    and words of fewer than five letters are never compared: A and B are no mistakes.

    Examples
    --------
    technolgy (1 of 90) → technology.
    """
    from rapidfuzz.distance import OSA

    counts = Counter(dict(values))
    if not counts or len(counts) > FEW_VALUES:
        return {}
    written = {_squeezed(value): value for value, _ in sorted(counts.items(), key=lambda item: item[1])}
    words = {_squeezed(word): written.get(_squeezed(word), word) for word in right}
    found: dict[str, str] = {}
    for value, n in counts.items():
        if _squeezed(value) in words and words[_squeezed(value)] == value:
            continue
        frequent = [other for other, m in counts.items() if other != value and m >= RARER * n]
        candidates = {other: _squeezed(other) for other in [*frequent, *words.values()] if other != value}
        near = {
            other: distance
            for other, plain in candidates.items()
            if _may_be(_squeezed(value), plain) and (distance := OSA.distance(_squeezed(value), plain)) <= _room(plain)
        }
        best = sorted({other for other, distance in near.items() if distance == min(near.values())})
        if len(best) == 1 and best[0] != value:
            found[value] = best[0] if best[0] in counts or value[:1].islower() else best[0][:1].upper() + best[0][1:]
    return found


def _squeezed(value: str) -> str:
    return " ".join(value.casefold().split())


def _may_be(value: str, other: str) -> bool:
    if value == other:
        return True
    return min(len(value), len(other)) >= 5 and re.sub(r"\D", "", value) == re.sub(r"\D", "", other)


def _room(word: str) -> int:
    return 2 if len(word) >= 8 else 1


def right_words(column: str) -> list[str]:
    """Return words that are right in a column whatever the data say: industries, and countries in both languages."""
    if column == "country":
        from babel import Locale

        return sorted({str(n) for x in ("de", "en") for n in Locale(x).territories.values() if not str(n).isdigit()})
    return list(read_yaml(Path(__file__).with_name("words.yml")).get(column, []))


def _add(
    con: duckdb.DuckDBPyConnection, table: str, column: str, rule: str, proposals: Mapping[str, str | None]
) -> None:
    """Add one error for each file and value, with the money of the lines, else of the accounts, behind it."""
    if not proposals:
        return
    import pyarrow as pa

    pairs = sorted(proposals.items())
    values = {"value": [v for v, _ in pairs], "proposal": pa.array([p for _, p in pairs], pa.string())}
    con.register("proposals_now", pa.table(values))
    money = "(SELECT DISTINCT source, value, account_id FROM hits) JOIN account_money USING (account_id)"
    if table == "invoices":
        money = "(SELECT *, revenue AS revenue_12m FROM hits WHERE invoice_date > (SELECT starts FROM year_of_money))"
    run_sql(
        con,
        f"""
        INSERT INTO found_errors BY NAME
        WITH hits AS (SELECT rows.*, value, proposal FROM checked_{table} rows JOIN proposals_now ON {column} = value
                      WHERE {_counts(table)}),
        money AS (SELECT source, value, sum(revenue_12m) AS revenue_12m FROM {money} GROUP BY ALL)
        SELECT '{table}' AS "table", source, min("row_number") AS "row_number",
               CASE WHEN count(DISTINCT record_id) = 1 THEN min(record_id) END AS record_id, '{column}' AS "column",
               value AS old_value, proposal AS proposed_value, '{rule}' AS rule,
               CASE WHEN count(DISTINCT account_id) = 1 THEN min(account_id) END AS account_id,
               any_value(money.revenue_12m) AS revenue_12m, 'value' AS scope, count(*) AS n_rows,
               {examples_of("record_id")} AS examples
        FROM hits LEFT JOIN money USING (source, value) GROUP BY source, value, proposal""",
    )
    con.unregister("proposals_now")


def _add_rest(con: duckdb.DuckDBPyConnection, table: str, column: str, values: list[str]) -> None:
    """Add the many unknown values with nothing near them as one error for each file."""
    if not values:
        return
    import pyarrow as pa

    con.register("values_now", pa.table({"value": values}))
    run_sql(
        con,
        f"""
        INSERT INTO found_errors BY NAME
        SELECT '{table}' AS "table", source, min("row_number") AS "row_number", '{column}' AS "column",
               'unknown_{column.removesuffix("_id")}' AS rule, 'file' AS scope, count(*) AS n_rows,
               {examples_of("value")} AS examples
        FROM checked_{table} JOIN values_now ON {column} = value WHERE {_counts(table)} GROUP BY source""",
    )
    con.unregister("values_now")
