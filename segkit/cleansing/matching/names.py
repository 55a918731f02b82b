"""How much two names have in common, word by word: typing errors, abbreviations, compounds and words of one's own."""

from __future__ import annotations

import functools
import re
from pathlib import Path
from typing import TYPE_CHECKING

from segkit.cleansing.matching.phonetic import sound_of
from segkit.cleansing.rows import run_sql
from segkit.yaml_files import read_yaml

if TYPE_CHECKING:
    import duckdb
    import pandas as pd

_NUMBER = re.compile(r"\w*\d\w*|ii|iii|iv|vi|vii|viii|ix|xi|xii")
FEW_WORDS = 4
"""In names of up to so many words any two may be written as one in another, whatever their order."""


_ALIKE = """
    CREATE OR REPLACE TABLE alike AS
    WITH met AS (
        SELECT DISTINCT part_a, part_b, is_joined, short_a, short_b, head_a, head_b, first_a, first_b,
            length(part_a) AS n_a, length(part_b) AS n_b, least(length(part_a), length(part_b)) AS n, abs(length(part_a) - length(part_b)) AS more
        FROM meetings WHERE part_a <> part_b AND NOT is_number
    ), compared AS (
        SELECT *, CASE WHEN more <= 3 AND n >= 4 THEN damerau_levenshtein(part_a, part_b) END AS distance FROM met
    ), judged AS (
        SELECT *, CASE
            WHEN is_joined AND n >= 8 AND distance <= 1 THEN FALSE
            WHEN head_a > 0 AND starts_with(part_b, part_a[:head_a]) AND ends_with(part_b, part_a[head_a + 1:]) THEN FALSE
            WHEN head_b > 0 AND starts_with(part_a, part_b[:head_b]) AND ends_with(part_a, part_b[head_b + 1:]) THEN FALSE
            WHEN is_joined AND n < 6 THEN NULL
            WHEN short_a AND n_a > first_b AND starts_with(part_b, part_a) THEN FALSE
            WHEN short_b AND n_b > first_a AND starts_with(part_a, part_b) THEN FALSE
            WHEN is_joined THEN NULL
            WHEN distance <= CASE WHEN n >= 8 THEN 2 ELSE 1 END THEN FALSE
            WHEN distance <= CASE WHEN n >= 8 THEN 3 WHEN n >= 5 THEN 2 ELSE 1 END THEN TRUE
        END AS is_rough
        FROM compared
    )
    SELECT part_a, part_b, is_joined, short_a, short_b, head_a, head_b, first_a, first_b, is_rough FROM judged WHERE is_rough IS NOT NULL
    """


@functools.cache
def special_words(kind: str) -> list[str]:
    """Return words that tell companies of one house apart (sisters), or say nothing (additions); * is any ending."""
    return [str(word) for word in read_yaml(Path(__file__).with_name("words.yml"))[kind]]


@functools.cache
def _pattern(kind: str) -> re.Pattern[str]:
    return re.compile("|".join(re.escape(word).replace(r"\*", r"\w*") for word in special_words(kind)))


def make_words(con: duckdb.DuckDBPyConnection, fields: pd.DataFrame) -> None:
    """Create ``names`` and ``name_words`` of the names in fields, and ``parts``, by which names are laid side by side.

    Parameters
    ----------
    con : DuckDBPyConnection
    fields : DataFrame
        core, words, compact, short and city, as `read_fields` returns them.

    Notes
    -----
    names: name_id, core, words, compact, n_records, n_towns, weight (of all its words). name_words: name_id, core, place, word, sound, rank (1 is the
    rarest word), weight (base-2 logarithm of how many names there are for each that has the word), is_number, is_year, sister,
    is_addition (by `words.yml`), is_town (of any record), is_own_town (of a record with the name), is_short (perhaps the
    beginning of a longer word). parts: name_id, place, part, is_joined, is_number, is_short, n_head:
    each word, and two words written as one at both their places, with the length of the first if it may be a beginning.
    """
    names, words = _split_names(fields)
    for table, frame in (("given_names", names), ("given_words", words)):
        con.register(table, frame)
    run_sql(
        con,
        """
        CREATE TABLE name_words AS
        WITH frequencies AS (SELECT word, count(DISTINCT name_id) AS n FROM given_words GROUP BY word)
        SELECT g.*,
            CASE WHEN is_addition OR is_own_town THEN 0
                ELSE round(greatest(log2((SELECT count(*) FROM given_names) / n), 0.5), 6) END AS weight,
            row_number() OVER (PARTITION BY name_id ORDER BY is_addition OR is_own_town, n, word, place) AS rank
        FROM given_words AS g JOIN frequencies USING (word) ORDER BY name_id, place
        """,
    )
    run_sql(
        con,
        """
        CREATE TABLE names AS
        SELECT n.*, coalesce(w.weight, 0) AS weight
        FROM given_names AS n
        LEFT JOIN (SELECT name_id, sum(weight) AS weight FROM name_words GROUP BY name_id) AS w USING (name_id)
        ORDER BY name_id
        """,
    )
    run_sql(
        con,
        f"""
        CREATE TABLE parts AS
        SELECT name_id, place, word AS part, FALSE AS is_joined, is_number, is_short, 0 AS n_head, 0 AS n_first,
            coalesce(sister, word) AS stem
        FROM name_words
        UNION ALL
        SELECT l.name_id, unnest([l.place, r.place]), l.word || r.word, TRUE, l.is_number OR r.is_number,
            r.is_short AND r.place > l.place,
            CASE WHEN l.is_short AND length(l.word) > 1 AND length(r.word) > 2 THEN length(l.word) ELSE 0 END,
            length(l.word) + 1, l.word || r.word
        FROM name_words AS l
        JOIN name_words AS r ON r.name_id = l.name_id AND r.place <> l.place
        WHERE r.place = l.place + 1
            OR (SELECT count(*) FROM name_words AS w WHERE w.name_id = l.name_id) <= {FEW_WORDS}
        """,
    )
    for table in ("given_names", "given_words"):
        con.unregister(table)


def _split_names(fields: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the distinct names and their words, without light ones unless there are no others."""
    import pandas as pd

    known = fields.dropna(subset=["core"])
    names = known.groupby(["core", "words", "compact"], as_index=False).agg(
        n_records=("idx", "size"), n_towns=("city", "nunique")
    )
    names = names.sort_values("core", kind="stable", ignore_index=True)
    names.insert(0, "name_id", range(len(names)))
    words = names[["name_id", "core", "words"]].assign(word=names.core.str.split()).explode("word")
    is_kept = [word in content.split() for word, content in zip(words.word, words.words, strict=True)]
    words = words[is_kept].drop(columns="words")
    words["place"] = words.groupby("name_id").cumcount()
    kinds = pd.DataFrame({"word": words.word.unique()}, dtype="str")
    kinds["sound"] = [sound_of(word) or word for word in kinds.word]
    kinds["is_number"] = [bool(_NUMBER.fullmatch(word)) for word in kinds.word]
    kinds["sister"] = pd.Series([_sister_of(word, False) for word in kinds.word], dtype="str")
    kinds["sister_if_short"] = pd.Series([_sister_of(word, True) for word in kinds.word], dtype="str")
    kinds["is_addition"] = [bool(_pattern("additions").fullmatch(word)) for word in kinds.word]
    towns = set(known.city.dropna().str.split().explode())
    kinds["is_town"] = [len(word) > 3 and word in towns for word in kinds.word]
    words = words.merge(kinds, on="word")
    for column, given in (("is_own_town", "city"), ("is_short", "short")):
        found = known[["core", given]].dropna().drop_duplicates()
        found = found.assign(word=found[given].str.split()).explode("word")[["core", "word"]].drop_duplicates()
        words = words.merge(found.assign(**{column: True}), how="left", on=["core", "word"])
        words[column] = words[column].notna()
    words = words.sort_values(["name_id", "place"], ignore_index=True)
    words["is_year"] = words.word.str.fullmatch(r"(?:1[5-9]|20)\d\d")
    is_last = words.name_id != words.name_id.shift(-1)
    words["is_number"] |= words.word.isin(["i", "v", "x"]) & is_last & (words.place > 0)
    words["sister"] = words.sister.fillna(words.pop("sister_if_short").where(words.is_short))
    return names, words


def _sister_of(word: str, is_short: bool) -> str | None:
    """Return the word of `words.yml` that tells companies of one house apart: misspelled too, or cut after its beginning."""
    from rapidfuzz.distance import OSA

    stems = [stem.rstrip("*") for stem in special_words("sisters")]
    if is_short:
        return next((stem for stem in stems if len(word) > 2 and stem.startswith(word)), None)
    if _pattern("sisters").fullmatch(word):
        return max((stem for stem in stems if word.startswith(stem)), key=len)
    long = [stem for stem in stems if len(stem) > 7 and len(word) > 8]
    return next((stem for stem in long if OSA.distance(stem, word[: len(stem)], score_cutoff=1) <= 1), None)


def compare_names(con: duckdb.DuckDBPyConnection, pairs: str, into: str) -> None:
    """Create a table that says of pairs of different names what they share.

    Parameters
    ----------
    con : DuckDBPyConnection
        Holds what `make_words` created.
    pairs : str
        A table with name_a and name_b (name_id), each pair once.
    into : str
        The table: name_a, name_b, shared, own_a, own_b (bits of the words in both, only in the first, only in the
        second; additions and the own town weigh nothing), is_garbled (some words agree only roughly), has_sister (a word
        of `words.yml` in one only), has_number (a number that is no year in one only), number_a, number_b (a number only
        in the first, only in the second), towns (names of towns in one only).

    Notes
    -----
    A word agrees with another if both are equal; if they differ by one transposed, missing or wrong letter (from four
    letters on; by two from eight letters on); if a dot ends it, or the name, and it is the other's beginning; or if two
    words written as one are equal to it. It agrees roughly by two letters from five letters on, by three from eight on,
    or if the whole names differ by less than a fifth of their letters. Numbers agree only if they are equal.
    """
    run_sql(
        con,
        f"""
        CREATE OR REPLACE TABLE meetings AS
        SELECT c.name_a, c.name_b, l.place AS place_a, r.place AS place_b, l.part AS part_a, r.part AS part_b,
            l.is_joined OR r.is_joined AS is_joined, l.is_number OR r.is_number AS is_number, l.is_short AS short_a,
            r.is_short AS short_b, l.n_head AS head_a, r.n_head AS head_b,
            l.n_first AS first_a, r.n_first AS first_b,
            l.stem = r.stem AS is_equal
        FROM {pairs} AS c
        JOIN parts AS l ON l.name_id = c.name_a
        JOIN parts AS r ON r.name_id = c.name_b AND NOT (l.is_joined AND r.is_joined)
        """,
    )
    run_sql(con, _ALIKE)
    run_sql(
        con,
        """
        CREATE OR REPLACE TABLE meetings AS
        SELECT name_a, name_b, place_a, place_b, FALSE AS is_rough FROM meetings WHERE is_equal
        UNION ALL
        SELECT name_a, name_b, place_a, place_b, is_rough
        FROM meetings JOIN alike USING (part_a, part_b, is_joined, short_a, short_b, head_a, head_b, first_a, first_b)
        """,
    )
    sides = "\nUNION ALL\n".join(_side_sql(pairs, *side) for side in (("a", "TRUE"), ("b", "FALSE")))
    run_sql(
        con,
        f"""
        CREATE OR REPLACE TABLE {into} AS
        WITH added AS (
            SELECT name_a, name_b,
                least(
                    coalesce(sum(weight) FILTER (is_met AND is_a), 0), coalesce(sum(weight) FILTER (is_met AND NOT is_a), 0)
                ) AS shared,
                coalesce(sum(weight) FILTER (NOT is_met AND is_a), 0) AS own_a,
                coalesce(sum(weight) FILTER (NOT is_met AND NOT is_a), 0) AS own_b,
                coalesce(bool_or(is_rough), FALSE) AS is_garbled,
                coalesce(bool_or(sister IS NOT NULL) FILTER (NOT is_met), FALSE) AS has_sister,
                coalesce(bool_or(is_number AND NOT is_year) FILTER (NOT is_met), FALSE) AS has_number,
                coalesce(list_sort(list(word) FILTER (is_town AND NOT is_met)), []) AS towns,
                coalesce(bool_or(is_number) FILTER (NOT is_met AND is_a), FALSE) AS number_a,
                coalesce(bool_or(is_number) FILTER (NOT is_met AND NOT is_a), FALSE) AS number_b
            FROM ({sides})
            GROUP BY name_a, name_b
        )
        SELECT a.* REPLACE (
            CASE WHEN is_near THEN 0 ELSE own_a END AS own_a, CASE WHEN is_near THEN 0 ELSE own_b END AS own_b,
            CASE WHEN is_near THEN greatest(shared, least(l.weight, r.weight)) ELSE shared END AS shared,
            is_garbled OR is_near AS is_garbled
        )
        FROM added AS a
        JOIN names AS l ON l.name_id = name_a
        JOIN names AS r ON r.name_id = name_b,
        LATERAL (
            SELECT own_a > 0 AND own_b > 0 AND abs(length(l.compact) - length(r.compact)) <= 3
                AND damerau_levenshtein(l.compact, r.compact) * 5 < least(length(l.compact), length(r.compact))
                AS is_near
        )
        """,
    )
    run_sql(con, "DROP TABLE meetings; DROP TABLE alike")


def _side_sql(pairs: str, side: str, is_a: str) -> str:
    """Return each word of one side, whether the other side has it too, and whether only roughly."""
    return f"""
        SELECT c.name_a, c.name_b, {is_a} AS is_a, w.weight, w.sister, w.is_number, w.is_year, w.is_town, w.word,
            m.is_rough IS NOT NULL AS is_met, coalesce(m.is_rough, FALSE) AS is_rough
        FROM {pairs} AS c
        JOIN name_words AS w ON w.name_id = c.name_{side}
        LEFT JOIN (
            SELECT name_a, name_b, place_{side}, bool_and(is_rough) AS is_rough FROM meetings GROUP BY ALL
        ) AS m ON m.name_a = c.name_a AND m.name_b = c.name_b AND m.place_{side} = w.place
    """
