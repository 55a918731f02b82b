"""How much two names have in common, word by word: typing errors, abbreviations, compounds and words of one's own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from segkit.cleansing.rows import run_sql

if TYPE_CHECKING:
    import duckdb


def compare_names(con: duckdb.DuckDBPyConnection, pairs: str, into: str) -> None:
    """Create a table that says of pairs of different names what they share.

    Parameters
    ----------
    con : DuckDBPyConnection
        Holds what `make_words` created.
    pairs : str
        A table with name_a and name_b (name_id), each pair once.
    into : str
        The table: name_a, name_b, shared (bits of the words in both, as the side says on which they weigh less),
        own_a, own_b (bits of the words only in the first, only in the second), is_garbled (some agree only roughly),
        has_sister (a word of `words.yml` in one only), has_number (a number that is no year in one only), number_a,
        number_b (a number only in the first, only in the second), towns (names of towns in one only).

    Notes
    -----
    A word agrees with another if both are equal; if they differ by one transposed, missing or wrong letter (from four
    letters on; by two from eight letters on); if a dot ends it, or the name, and it is the other's beginning; or if two
    words written as one are equal to it. It agrees roughly by two letters from five letters on, by three from eight on,
    as a misspelled beginning, or if the whole names differ by less than a quarter of their letters (a fifth,
    where one has a word of `words.yml`). Numbers agree only if
    they are equal.
    """
    _meet_words(con, pairs)
    _meet_glued(con, pairs)
    sides = "\nUNION ALL\n".join(_side_sql(pairs, *side) for side in (("a", "TRUE"), ("b", "FALSE")))
    run_sql(
        con,
        f"""
        CREATE OR REPLACE TABLE {into} AS
        WITH added AS (
            SELECT name_a, name_b,
                coalesce(sum(weight) FILTER (is_met AND is_a), 0) AS shared_a,
                coalesce(sum(weight) FILTER (is_met AND NOT is_a), 0) AS shared_b,
                coalesce(sum(weight) FILTER (NOT is_met AND is_a), 0) AS own_a,
                coalesce(sum(weight) FILTER (NOT is_met AND NOT is_a), 0) AS own_b,
                coalesce(bool_or(is_rough), FALSE) AS is_garbled,
                coalesce(bool_or(sister IS NOT NULL) FILTER (NOT is_met), FALSE) AS has_sister,
                coalesce(bool_or(is_number AND NOT is_year) FILTER (NOT is_met), FALSE) AS has_number,
                coalesce(bool_or(is_number) FILTER (NOT is_met AND is_a), FALSE) AS number_a,
                coalesce(bool_or(is_number) FILTER (NOT is_met AND NOT is_a), FALSE) AS number_b,
                coalesce(list_sort(list(word) FILTER (is_town AND NOT is_met)), []) AS towns
            FROM ({sides})
            GROUP BY name_a, name_b
        ), judged AS (
            SELECT a.*, least(l.weight, r.weight) AS weight,
                own_a > 0 AND own_b > 0 AND abs(length(l.compact) - length(r.compact)) <= 3
                    AND damerau_levenshtein(l.compact, r.compact) * CASE WHEN has_sister THEN 5 ELSE 4 END
                        < least(length(l.compact), length(r.compact))
                    AS is_near
            FROM added AS a JOIN names AS l ON l.name_id = name_a JOIN names AS r ON r.name_id = name_b
        )
        SELECT name_a, name_b, CASE WHEN is_near THEN weight ELSE least(shared_a, shared_b) END AS shared,
            CASE WHEN is_near THEN 0 ELSE own_a END AS own_a, CASE WHEN is_near THEN 0 ELSE own_b END AS own_b,
            is_garbled OR is_near AS is_garbled, has_sister, has_number, number_a, number_b, towns
        FROM judged
        """,
    )
    run_sql(con, "DROP TABLE meetings; DROP TABLE met")


def _meet_words(con: duckdb.DuckDBPyConnection, pairs: str) -> None:
    """Create ``meetings`` (name_a, name_b, place_a, place_b, is_rough) of single words that agree."""
    run_sql(
        con,
        f"""
        CREATE OR REPLACE TABLE met AS
        SELECT c.name_a, c.name_b, l.place AS place_a, r.place AS place_b, l.word AS word_a, r.word AS word_b,
            l.stem = r.stem AS is_equal, l.is_short AS short_a, r.is_short AS short_b
        FROM {pairs} AS c
        JOIN name_words AS l ON l.name_id = c.name_a
        JOIN name_words AS r ON r.name_id = c.name_b
        WHERE l.stem = r.stem OR NOT (l.is_number OR r.is_number) AND (
            l.is_short AND (length(l.word) >= 5 OR starts_with(r.word, l.word))
            OR r.is_short AND (length(r.word) >= 5 OR starts_with(l.word, r.word))
            OR abs(length(l.word) - length(r.word)) <= 3 AND least(length(l.word), length(r.word)) >= 4
        )
        """,
    )
    run_sql(
        con,
        """
        CREATE OR REPLACE TABLE meetings AS
        WITH distinct_words AS (
            SELECT DISTINCT word_a, word_b, short_a, short_b, least(length(word_a), length(word_b)) AS n
            FROM met WHERE NOT is_equal
        ), far AS (
            SELECT *, damerau_levenshtein(word_a, word_b) AS distance,
                short_a AND starts_with(word_b, word_a) OR short_b AND starts_with(word_a, word_b) AS is_beginning,
                short_a AND n >= 5 AND damerau_levenshtein(word_a, left(word_b, length(word_a))) <= 1
                    OR short_b AND n >= 5 AND damerau_levenshtein(word_b, left(word_a, length(word_b))) <= 1
                    AS is_roughly
            FROM distinct_words
        ), alike AS (
            SELECT word_a, word_b, short_a, short_b,
                NOT is_beginning AND distance > CASE WHEN n >= 8 THEN 2 ELSE 1 END AS is_rough
            FROM far
            WHERE is_beginning OR is_roughly OR distance <= CASE WHEN n >= 8 THEN 3 WHEN n >= 5 THEN 2 ELSE 1 END
        )
        SELECT name_a, name_b, place_a, place_b, FALSE AS is_rough FROM met WHERE is_equal
        UNION ALL
        SELECT name_a, name_b, place_a, place_b, is_rough
        FROM met JOIN alike USING (word_a, word_b, short_a, short_b) WHERE NOT is_equal
        """,
    )


def _meet_glued(con: duckdb.DuckDBPyConnection, pairs: str) -> None:
    """Add to ``meetings`` two words that are one in the other name."""
    for one, other in (("a", "b"), ("b", "a")):
        run_sql(
            con,
            f"""
            INSERT INTO meetings (name_a, name_b, place_{one}, place_{other}, is_rough)
            SELECT name_a, name_b, unnest([g.place, g.other]), w.place, FALSE
            FROM {pairs} AS c
            JOIN glued AS g ON g.name_id = c.name_{one}
            JOIN name_words AS w ON w.name_id = c.name_{other} AND left(w.word, 3) = g.start
            WHERE g.glued = w.word OR NOT (g.is_number OR w.is_number) AND CASE
                WHEN g.n_head > 0 AND starts_with(w.word, g.glued[:g.n_head])
                    AND ends_with(w.word, g.glued[g.n_head + 1:]) THEN TRUE
                WHEN least(length(g.glued), length(w.word)) < 6 THEN FALSE
                WHEN g.is_short AND starts_with(w.word, g.glued) THEN TRUE
                WHEN w.is_short AND length(w.word) > g.n_first + 1 AND starts_with(g.glued, w.word) THEN TRUE
                WHEN least(length(g.glued), length(w.word)) < 8 OR abs(length(g.glued) - length(w.word)) > 1 THEN FALSE
                ELSE damerau_levenshtein(g.glued, w.word) <= 1
            END
            """,
        )


def _side_sql(pairs: str, side: str, is_a: str) -> str:
    """Return each word of one side, whether the other side has it too, and whether only roughly."""
    return f"""
        SELECT c.name_a, c.name_b, {is_a} AS is_a, w.word, w.weight, w.sister, w.is_number, w.is_year, w.is_town,
            m.is_rough IS NOT NULL AS is_met, coalesce(m.is_rough, FALSE) AS is_rough
        FROM {pairs} AS c
        JOIN name_words AS w ON w.name_id = c.name_{side}
        LEFT JOIN (
            SELECT name_a, name_b, place_{side}, bool_and(is_rough) AS is_rough FROM meetings GROUP BY ALL
        ) AS m ON m.name_a = c.name_a AND m.name_b = c.name_b AND m.place_{side} = w.place
    """
