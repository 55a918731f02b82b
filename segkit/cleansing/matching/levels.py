"""Pairs of records → their level of agreement in each comparison, and what contradicts."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from segkit.cleansing.matching.comparisons import COMPARISONS, CONTRADICTIONS
from segkit.cleansing.matching.names import compare_names
from segkit.cleansing.rows import run_sql

if TYPE_CHECKING:
    import duckdb

CHUNK = 400_000
"""Pairs compared at once."""

FEW, MANY = 6, 30
FEW_TOWNS = 3
"""A name, or a domain, that up to so many records have is rare; up to so many, known; beyond, frequent. One in
more towns than `FEW_TOWNS` belongs to a chain, or is anybody's."""

TELLING, RARE, UNIQUE = 0.8, 1.2, 1.6
"""Words that two names share tell something, are rare, or unique, from so many times the bits that tell all names
apart: by chance a few, one in some, or one in hundreds of such lists has another company with them."""

_NAME = """
    CASE
        WHEN l.name_id IS NULL OR r.name_id IS NULL THEN NULL
        WHEN l.name_id = r.name_id OR na.words = nb.words OR na.compact = nb.compact THEN
            CASE WHEN {firm} AND ({town} OR {no_town}) THEN 'same_in_town'
                 WHEN greatest(na.n_records, nb.n_records) > {many} THEN 'same_frequent'
                 WHEN greatest(na.n_records, nb.n_records) > {few} OR least(na.weight, nb.weight) < {rare}
                     THEN 'same_known'
                 WHEN least(na.weight, nb.weight) < {unique} THEN 'same_rare' ELSE 'same_unique' END
        WHEN n.own_a = 0 AND n.own_b = 0 AND n.shared > 0 THEN
            CASE WHEN n.is_garbled THEN 'garbled'
                 WHEN {firm} AND ({town}) THEN 'spelling_in_town'
                 WHEN n.shared >= {unique} THEN 'spelling_unique'
                 WHEN n.shared >= {rare} THEN 'spelling_rare' ELSE 'spelling_frequent' END
        WHEN n.shared > 0 AND least(n.own_a, n.own_b) = 0 THEN
            CASE WHEN n.shared >= {telling} AND n.own_a + n.own_b <= n.shared THEN 'part_rare' ELSE 'part_frequent' END
        WHEN n.shared >= n.own_a AND n.shared >= n.own_b AND n.shared > 0 THEN 'similar'
        ELSE 'different'
    END"""
_FORM = """CASE WHEN l.form IS NULL OR r.form IS NULL THEN NULL
                WHEN l.form = r.form OR coalesce(l.stated_form = r.stated_form, FALSE) THEN 'same'
                ELSE 'different' END"""
"""The form in the name, and the one that a field of its own states: somebody mistyped one of them where they differ."""
_SAME_TOWN = (
    "coalesce(l.postal_code = r.postal_code, FALSE) OR coalesce((l.city = r.city OR "
    "jaro_winkler_similarity(l.city, r.city) >= 0.93 OR starts_with(l.city, r.city || ' ') OR "
    "starts_with(r.city, l.city || ' ')) AND (l.postal_code IS NULL OR r.postal_code IS NULL OR "
    "left(l.postal_code, 2) = left(r.postal_code, 2) OR "
    "damerau_levenshtein(l.postal_code, r.postal_code) <= 1), FALSE) OR "
    "(l.city IS NULL OR r.city IS NULL) AND coalesce(left(l.postal_code, 3) = left(r.postal_code, 3), FALSE)"
)
_FIRM = "(l.form = r.form OR greatest(na.n_towns, nb.n_towns) <= {few_towns} AND NOT coalesce(l.form <> r.form, FALSE))"
_SAME_STREET = "coalesce(l.street = r.street OR jaro_winkler_similarity(l.street, r.street) >= 0.93, FALSE)"
_HAS_TOWN = "(l.postal_code IS NOT NULL AND r.postal_code IS NOT NULL) OR (l.city IS NOT NULL AND r.city IS NOT NULL)"
_NO_TOWN = (
    f"NOT ({_HAS_TOWN}) AND (l.form IS NOT DISTINCT FROM r.form AND (na.weight >= {{rare}} OR "
    "coalesce(l.postal_code, l.city, r.postal_code, r.city) IS NULL) OR "
    "(l.form IS NULL OR r.form IS NULL) AND na.weight >= {rare} AND "
    "coalesce(l.postal_code, l.city, r.postal_code, r.city) IS NULL)"
)
_PLACE = f"""
    CASE
        WHEN ({_HAS_TOWN}) AND ({_SAME_TOWN}) THEN
            CASE WHEN {_SAME_STREET} AND l.house = r.house THEN 'same_address'
                 WHEN {_SAME_STREET} THEN 'same_street'
                 WHEN l.street IS NULL OR r.street IS NULL THEN 'same_town' ELSE 'other_street' END
        WHEN {_SAME_STREET} AND l.house = r.house THEN 'address_other_town'
        WHEN NOT ({_HAS_TOWN}) THEN NULL
        WHEN left(l.postal_code, 2) = left(r.postal_code, 2) THEN 'same_region'
        ELSE 'other_town'
    END"""
_PHONE = """
    CASE
        WHEN l.phone IS NULL OR r.phone IS NULL THEN NULL
        WHEN l.phone = r.phone THEN 'same'
        WHEN length(l.phone) >= 9 AND starts_with(r.phone, l.phone) OR length(r.phone) >= 9
            AND starts_with(l.phone, r.phone) THEN 'same_exchange'
        WHEN length(l.phone) >= 8 AND abs(length(l.phone) - length(r.phone)) <= 2
            AND left(l.phone, length(l.phone) - 2) = left(r.phone, length(l.phone) - 2) THEN 'same_exchange'
        ELSE 'different'
    END"""
_DOMAIN = """
    CASE
        WHEN l.domain IS NULL OR r.domain IS NULL THEN NULL
        WHEN l.domain = r.domain THEN
            CASE WHEN l.n_domain > {few} OR l.n_places > {few_towns} THEN 'same_frequent'
                 WHEN name SIMILAR TO '((same|spelling)_.*|garbled)' THEN 'same_name' ELSE 'same' END
        ELSE 'different'
    END"""
_VAT = """
    CASE
        WHEN l.vat_id = r.vat_id THEN 'same'
        WHEN l.vat_id_valid <> r.vat_id_valid AND damerau_levenshtein(l.vat_id, r.vat_id) = 1 THEN 'spelling'
        WHEN l.vat_id_valid AND r.vat_id_valid THEN 'different'
    END"""
_REGISTER = """
    CASE
        WHEN l.register_id <> r.register_id THEN 'different'
        WHEN l.court = r.court THEN 'same'
        WHEN l.court <> r.court AND jaro_winkler_similarity(l.court, r.court) < 0.9 THEN 'different'
        WHEN l.register_id = r.register_id THEN 'same_number'
    END"""
_LEI = "CASE WHEN l.lei = r.lei THEN 'same' WHEN l.lei_valid AND r.lei_valid THEN 'different' END"
_LEVELS = {
    "name": _NAME,
    "legal_form": _FORM,
    "place": _PLACE,
    "phone": _PHONE,
    "domain": _DOMAIN,
    "vat_id": _VAT,
    "register_id": _REGISTER,
    "lei": _LEI,
}
_OWN_ID = "(coalesce(register_id = 'same', FALSE) OR coalesce(lei = 'same', FALSE))"
_SAME_ID = f"({_OWN_ID} OR coalesce(vat_id = 'same', FALSE))"
_OTHER_ID = "'different' IN (coalesce(vat_id, ''), coalesce(register_id, ''), coalesce(lei, ''))"
_SAME_PHONE = "coalesce(phone = 'same', FALSE)"
_SAME_ADDRESS = "coalesce(place IN ('same_address', 'same_street', 'address_other_town'), FALSE)"
_SAME_TOWN_LEVEL = f"({_SAME_ADDRESS} OR coalesce(place IN ('same_town', 'other_street'), FALSE))"
_FAR = "coalesce(place IN ('same_region', 'other_town'), FALSE)"
_OWN_DOMAIN = "(coalesce(domain = 'same_name', FALSE) AND name SIMILAR TO '(same|spelling)_.*')"
_ONE_NAME = "(name LIKE 'same%' OR name LIKE 'spelling%')"
_HELD = f"({_SAME_ID} OR {_SAME_PHONE} OR coalesce(register_id = 'same_number', FALSE))"
_CONTRADICTIONS = {
    "no_name": f"name IS NULL AND NOT {_SAME_ID}",
    "other_number": f"number_a AND number_b AND NOT {_OWN_ID}",
    "other_id": f"{_OTHER_ID} AND NOT {_SAME_ID}",
    "sister": f"has_sister AND NOT {_SAME_ID}",
    "branch": f"(NOT list_has_all(cities, towns) OR len(towns) > 0 AND {_FAR}) AND NOT {_OWN_ID} AND "
    f"NOT ({_SAME_PHONE} AND {_SAME_ADDRESS})",
    "other_form_in_house": f"legal_form = 'different' AND {_ONE_NAME} AND (place = 'same_address' OR {_SAME_PHONE} AND "
    f"{_SAME_TOWN_LEVEL}) AND NOT {_SAME_ID}",
    "other_form": f"legal_form = 'different' AND NOT {_SAME_ID}",
    "other_form_of_group": f"legal_form = 'different' AND NOT {_OWN_ID}",
    "other_town": f"{_FAR} AND NOT {_HELD} AND NOT {_OWN_DOMAIN} AND name NOT SIMILAR TO '.*(unique|rare)'",
    "own_words": f"name IN ('similar', 'different') AND NOT {_OWN_ID}",
    "extra_number": f"has_number AND NOT {_SAME_ID}",
    "sister_of_group": f"has_sister AND NOT {_OWN_ID}",
    "part_elsewhere": f"{_FAR} AND name LIKE 'part%' AND NOT {_SAME_ID}",
    "name_only": f"name NOT LIKE 'same%' AND NOT ({_HELD} OR {_SAME_TOWN_LEVEL} OR coalesce(domain, '') LIKE 'same%')",
    "rough_name": f"name = 'garbled' AND coalesce(place, '') <> 'same_address' AND NOT ({_HELD} OR {_OWN_ID} OR "
    "coalesce(domain, '') LIKE 'same%')",
    "shared_id": f"vat_id = 'same' AND register_id = 'different' AND NOT {_OWN_ID}",
    "shared_domain": f"domain = 'same_frequent' AND NOT {_SAME_ADDRESS} AND NOT {_HELD} AND name <> 'same_in_town'",
    "moved": f"{_FAR} AND NOT {_HELD} AND NOT {_OWN_DOMAIN}",
}


def make_records(con: duckdb.DuckDBPyConnection) -> None:
    """Create ``compared``: ``fields`` with name_id, n_domain (records with the domain) and n_places (their towns)."""
    run_sql(
        con,
        """
        CREATE TABLE compared AS
        WITH domains AS (
            SELECT domain, max(n) AS n_domain, max(n_places) AS n_places
            FROM (
                SELECT domain, system, count(*) AS n, count(DISTINCT coalesce(city, left(postal_code, 3))) AS n_places
                FROM fields WHERE domain IS NOT NULL GROUP BY domain, system
            ) GROUP BY domain
        )
        SELECT f.*, n.name_id, n_domain, coalesce(n_places, 0) AS n_places
        FROM fields AS f LEFT JOIN names AS n ON n.core = f.core LEFT JOIN domains USING (domain) ORDER BY idx
        """,
    )


def add_levels(con: duckdb.DuckDBPyConnection, pairs: str, into: str) -> None:
    """Create the levels of pairs of records.

    Parameters
    ----------
    con : DuckDBPyConnection
        Holds ``compared``, ``names``, ``name_words`` and ``parts``.
    pairs : str
        A table with a and b (idx).
    into : str
        The table: a, b, a column g_<comparison> with the place of the level (1 is the closest; NULL where one of the
        records says nothing), contradiction (place in `CONTRADICTIONS`; 0 none).
    """
    run_sql(con, f"CREATE TABLE {into} (a INTEGER, b INTEGER, {_typed()}, contradiction TINYINT)")
    row = run_sql(con, f"SELECT count(*) FROM {pairs}")[0]
    n_chunks = max(1, math.ceil((row[0]) / CHUNK))
    for chunk in range(n_chunks):
        run_sql(
            con,
            f"""
            CREATE OR REPLACE TABLE chunk AS
            SELECT p.a, p.b, least(l.name_id, r.name_id) AS name_a, greatest(l.name_id, r.name_id) AS name_b
            FROM {pairs} AS p JOIN compared AS l ON l.idx = p.a JOIN compared AS r ON r.idx = p.b
            WHERE p.a % {n_chunks} = {chunk}
            """,
        )
        run_sql(
            con,
            "CREATE OR REPLACE TABLE chunk_names AS SELECT DISTINCT name_a, name_b FROM chunk WHERE name_a <> name_b",
        )
        compare_names(con, "chunk_names", "chunk_compared")
        run_sql(con, f"INSERT INTO {into} {_levels_sql(con)}")
    run_sql(con, "DROP TABLE chunk; DROP TABLE chunk_names; DROP TABLE chunk_compared")


def _typed() -> str:
    return ", ".join(f"g_{comparison.name} TINYINT" for comparison in COMPARISONS)


def _filled(sql: str, numbers: dict[str, object]) -> str:
    for name, number in reversed(numbers.items()):
        sql = sql.replace(f"{{{name}}}", str(number))
    return sql


def _levels_sql(con: duckdb.DuckDBPyConnection) -> str:
    """Return the query that says the levels of the pairs in ``chunk``."""
    bits = math.log2(max(2, run_sql(con, "SELECT count(*) FROM names")[0][0]))
    numbers = {
        "few": FEW,
        "few_towns": FEW_TOWNS,
        "many": MANY,
        "telling": f"{TELLING * bits:.6f}",
        "rare": f"{RARE * bits:.6f}",
        "unique": f"{UNIQUE * bits:.6f}",
        "town": _SAME_TOWN,
        "no_town": _NO_TOWN,
        "firm": _FIRM,
    }
    levels = ", ".join(f"{_filled(sql, numbers)} AS {name}" for name, sql in _LEVELS.items())
    places = ", ".join(
        f"CASE {c.name} {' '.join(f'''WHEN '{level.name}' THEN {n}''' for n, level in enumerate(c.levels, 1))} END"
        f" AS g_{c.name}"
        for c in COMPARISONS
    )
    flags = ", ".join(
        f"coalesce(n.{flag}, FALSE) AS {flag}" for flag in ("has_sister", "has_number", "number_a", "number_b")
    )
    found = " ".join(f"WHEN {_CONTRADICTIONS[c.name]} THEN {n}" for n, c in enumerate(CONTRADICTIONS, 1))
    return f"""
        WITH said AS (
            SELECT c.a, c.b, {levels}, l.n_places, {flags}, coalesce(n.towns, []) AS towns,
                string_split(concat_ws(' ', l.city, r.city), ' ') AS cities
            FROM chunk AS c
            JOIN compared AS l ON l.idx = c.a
            JOIN compared AS r ON r.idx = c.b
            LEFT JOIN names AS na ON na.name_id = l.name_id
            LEFT JOIN names AS nb ON nb.name_id = r.name_id
            LEFT JOIN chunk_compared AS n ON n.name_a = c.name_a AND n.name_b = c.name_b
        )
        SELECT a, b, {places}, CASE {found} ELSE 0 END AS contradiction FROM said ORDER BY a, b
    """
