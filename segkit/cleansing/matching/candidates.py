"""Which pairs of records are looked at: those that agree in one of several keys."""

from __future__ import annotations

from typing import TYPE_CHECKING

from segkit.cleansing.rows import run_sql

if TYPE_CHECKING:
    import duckdb

LARGEST_BLOCK = 100
"""A value that more records share names nobody: a switchboard, a portal's domain, a blank name."""

PAIRS_PER_RECORD = 10
FEWEST_PAIRS = 200_000
"""A key gives at most this many pairs per record (in a small list as many as can be looked at in seconds); its largest
blocks are left out first."""

KEYS = {
    "vat_id": "vat_id",
    "register_id": "register_id || '|' || coalesce(court, postal_code, city)",
    "lei": "lei",
    "phone": "phone",
    "domain": "domain",
    "name": "words",
    "compact_name": "compact",
    "sound": "sound",
    "address": "postal_code || '|' || street || '|' || coalesce(house, '')",
    "address_in_city": "city || '|' || street || '|' || house",
    "name_start_and_postal_code": "left(compact, 4) || '|' || postal_code",
    "name_start_and_city": "left(compact, 4) || '|' || city",
}
PLACELESS_KEYS = {"name_start": "left(compact, 7)", "name_end": "right(compact, 7)"}
"""Only where one of the two records has no town that could bring it together with a misspelled other."""

WORD_KEYS = {
    "word_and_postal_code": ("word || '|' || postal_code", "rank <= 3"),
    "word_and_city": ("word || '|' || city", "rank <= 2"),
    "sound_and_region": ("name_words.sound || '|' || left(postal_code, 2)", "rank = 1"),
}


def find_candidates(con: duckdb.DuckDBPyConnection, is_across: bool) -> list[tuple[str, int, int]]:
    """Create ``candidates`` (a, b: idx of the records, a < b) and return which keys left out what.

    Parameters
    ----------
    con : DuckDBPyConnection
        Holds ``fields`` as `read_fields` returns them, and ``name_words`` (core, word, sound, rank).
    is_across : bool
        Only pairs of different systems.

    Returns
    -------
    list of (key, number of blocks left out, records in the largest of them)
    """
    run_sql(con, "CREATE TABLE blocks (key VARCHAR, value VARCHAR, idx INTEGER, system VARCHAR, is_placeless BOOLEAN)")
    placeless = "postal_code IS NULL AND city IS NULL"
    for key, value in (KEYS | PLACELESS_KEYS).items():
        run_sql(
            con,
            f"INSERT INTO blocks SELECT '{key}', {value}, idx, system, {placeless} FROM fields "
            f"WHERE {value} IS NOT NULL AND ({value}) <> ''",
        )
    for key, (value, which) in WORD_KEYS.items():
        run_sql(
            con,
            f"INSERT INTO blocks SELECT DISTINCT '{key}', {value}, idx, system, {placeless} FROM fields "
            f"JOIN name_words USING (core) WHERE {which} AND {value} IS NOT NULL",
        )
    _choose_blocks(con, is_across)
    left_out = run_sql(
        con, "SELECT key, count(*), max(n) FROM block_sizes WHERE NOT is_used AND n_pairs > 0 GROUP BY key ORDER BY key"
    )
    apart = "AND l.system IS DISTINCT FROM r.system" if is_across else ""
    run_sql(
        con,
        f"""
        CREATE TABLE candidates AS
        SELECT DISTINCT l.idx AS a, r.idx AS b
        FROM blocks AS l
        JOIN block_sizes AS s ON s.key = l.key AND s.value = l.value AND s.is_used
        JOIN blocks AS r ON r.key = l.key AND r.value = l.value AND l.idx < r.idx {apart}
        WHERE l.key NOT IN {tuple(PLACELESS_KEYS)} OR l.is_placeless OR r.is_placeless
        """,
    )
    run_sql(con, "DROP TABLE blocks; DROP TABLE block_sizes")
    return [(str(key), int(n), int(largest)) for key, n, largest in left_out]


def _choose_blocks(con: duckdb.DuckDBPyConnection, is_across: bool) -> None:
    """Create ``block_sizes`` (key, value, n, n_pairs, is_used)."""
    row = run_sql(con, "SELECT count(*) FROM fields")[0]
    budget = max(FEWEST_PAIRS, PAIRS_PER_RECORD * (row[0]))
    inside = "sum(n * n)" if is_across else "sum(n)"
    largest = "n_pairs" if is_across else "n"
    limit = LARGEST_BLOCK * (LARGEST_BLOCK - 1) / 2 if is_across else LARGEST_BLOCK
    con.execute(
        f"""
        CREATE TABLE block_sizes AS
        WITH per_system AS (SELECT key, value, system, count(*) AS n FROM blocks GROUP BY ALL),
        sizes AS (
            SELECT key, value, sum(n)::BIGINT AS n, ((sum(n) * sum(n) - {inside}) / 2)::BIGINT AS n_pairs
            FROM per_system GROUP BY key, value
        )
        SELECT *, {largest} <= {limit}
            AND sum(n_pairs) FILTER ({largest} <= {limit}) OVER (PARTITION BY key ORDER BY n_pairs, value) <= {budget}
            AS is_used
        FROM sizes WHERE n_pairs > 0
        """
    ).fetchall()
