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

_NUMERALS = {numeral: str(number) for number, numeral in enumerate("ii iii iv vi vii viii ix xi xii".split())}


@functools.cache
def sister_words() -> re.Pattern[str]:
    """Return the pattern of words that tell companies of one house apart (`sisters.yml`)."""
    words = read_yaml(Path(__file__).with_name("sisters.yml"))["sisters"]
    return re.compile("|".join(re.escape(word).replace(r"\*", r"\w*") for word in words))


def make_words(con: duckdb.DuckDBPyConnection, fields: pd.DataFrame) -> None:
    """Create ``names`` and ``name_words`` of the names in fields, and ``parts``, by which names are laid side by side.

    Parameters
    ----------
    con : DuckDBPyConnection
    fields : DataFrame
        core and words, as `read_fields` returns them.

    Notes
    -----
    names: name_id, core, words, compact, n_records, weight (bits of all its words). name_words: name_id, core, place,
    word, sound, rank (1 is the rarest word), weight (base-2 logarithm of how many names there are for each that has
    the word), is_number, is_sister. parts: name_id, place, part, is_joined: each word, and each two neighbours written
    as one at both their places.
    """
    import pandas as pd

    counted = fields.dropna(subset=["core"]).groupby(["core", "words", "compact"], as_index=False).size()
    counted = counted.sort_values("core", kind="stable").reset_index(drop=True)
    names = counted.rename(columns={"size": "n_records"}).assign(name_id=range(len(counted)))
    words = names[["name_id", "core", "words"]].assign(word=names.core.str.split()).explode("word")
    light = [word not in content.split() for word, content in zip(words.word, words.words, strict=True)]
    words = words[[not is_light for is_light in light]].drop(columns="words")
    words["place"] = words.groupby("name_id").cumcount()
    distinct = pd.Series(words.word.unique())
    known = pd.DataFrame({"word": distinct})
    known["sound"] = [sound_of(word) or word for word in distinct]
    known["is_number"] = [bool(re.search(r"\d", word)) or word in _NUMERALS for word in distinct]
    known["is_sister"] = [bool(sister_words().fullmatch(word)) for word in distinct]
    words = words.merge(known, on="word")
    for table, frame in (("given_names", names), ("given_words", words)):
        con.register(table, frame)
    con.execute(
        """
        CREATE TABLE name_words AS
        WITH frequencies AS (SELECT word, count(DISTINCT name_id) AS n FROM given_words GROUP BY word)
        SELECT name_id::INTEGER AS name_id, core, place::INTEGER AS place, word, sound, is_number, is_sister,
            round(greatest(log2((SELECT count(*) FROM given_names) / n), 0.5), 6) AS weight,
            row_number() OVER (PARTITION BY name_id ORDER BY n, word, place) AS rank
        FROM given_words JOIN frequencies USING (word) ORDER BY name_id, place
        """
    ).fetchall()
    run_sql(
        con,
        """
        CREATE TABLE names AS
        SELECT g.name_id::INTEGER AS name_id, g.core, g.words, g.compact, n_records::INTEGER AS n_records,
            coalesce(w.weight, 0) AS weight
        FROM given_names AS g
        LEFT JOIN (SELECT name_id, sum(weight) AS weight FROM name_words GROUP BY name_id) AS w USING (name_id)
        ORDER BY name_id
        """,
    )
    run_sql(
        con,
        """
        CREATE TABLE parts AS
        SELECT name_id, place, word AS part, FALSE AS is_joined, is_number FROM name_words
        UNION ALL
        SELECT l.name_id, unnest([l.place, r.place]), l.word || r.word, TRUE, FALSE
        FROM name_words AS l JOIN name_words AS r ON r.name_id = l.name_id AND r.place = l.place + 1
        """,
    )
    for table in ("given_names", "given_words"):
        con.unregister(table)


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
        second), farthest (worst agreement of a shared word: 0 equal, 1 written apart, 2 a typing error, 3 an
        abbreviation), has_sister (a word of `sisters.yml` in one only), number_a, number_b (a number in one only).

    Notes
    -----
    A word agrees with another if both are equal, if they differ by one transposed, missing or wrong letter (from four
    letters on; by two from eight letters on), or if it is the other's beginning, of at least three and at most half
    its letters. Numbers agree only if they are equal.
    """
    run_sql(
        con,
        f"""
        CREATE OR REPLACE TABLE meetings AS
        SELECT c.name_a, c.name_b, l.place AS place_a, r.place AS place_b, l.part AS part_a, r.part AS part_b,
            l.is_joined OR r.is_joined AS is_joined, l.is_number OR r.is_number AS is_number
        FROM {pairs} AS c
        JOIN parts AS l ON l.name_id = c.name_a
        JOIN parts AS r ON r.name_id = c.name_b AND NOT (l.is_joined AND r.is_joined)
        """,
    )
    con.execute(
        """
        CREATE OR REPLACE TABLE alike AS
        WITH met AS (
            SELECT DISTINCT part_a, part_b, is_joined FROM meetings
            WHERE part_a <> part_b AND NOT is_number AND least(length(part_a), length(part_b)) >= 3
        )
        SELECT part_a, part_b, is_joined,
            CASE
                WHEN least(length(part_a), length(part_b)) >= 4
                    AND damerau_levenshtein(part_a, part_b) <= CASE
                        WHEN least(length(part_a), length(part_b)) >= 8 THEN 2 ELSE 1 END THEN 2
                ELSE 3
            END AS distance
        FROM met
        WHERE CASE
            WHEN is_joined THEN least(length(part_a), length(part_b)) >= 8 AND damerau_levenshtein(part_a, part_b) <= 1
            WHEN abs(length(part_a) - length(part_b)) > 2 THEN
                starts_with(part_a, part_b) AND length(part_b) * 2 <= length(part_a)
                OR starts_with(part_b, part_a) AND length(part_a) * 2 <= length(part_b)
            ELSE least(length(part_a), length(part_b)) >= 4
                AND damerau_levenshtein(part_a, part_b) <= CASE
                    WHEN least(length(part_a), length(part_b)) >= 8 THEN 2 ELSE 1 END
        END
        """
    ).fetchall()
    run_sql(
        con,
        """
        CREATE OR REPLACE TABLE meetings AS
        SELECT name_a, name_b, place_a, place_b,
            CASE WHEN part_a = part_b THEN CASE WHEN m.is_joined THEN 1 ELSE 0 END ELSE k.distance END AS distance
        FROM meetings AS m LEFT JOIN alike AS k USING (part_a, part_b, is_joined)
        WHERE part_a = part_b OR k.distance IS NOT NULL
        """,
    )
    sides = "\nUNION ALL\n".join(_side_sql(pairs, *side) for side in (("a", "TRUE"), ("b", "FALSE")))
    run_sql(
        con,
        f"""
        CREATE OR REPLACE TABLE {into} AS
        SELECT name_a, name_b,
            coalesce(sum(weight) FILTER (distance IS NOT NULL), 0) / 2 AS shared,
            coalesce(sum(weight) FILTER (distance IS NULL AND is_a), 0) AS own_a,
            coalesce(sum(weight) FILTER (distance IS NULL AND NOT is_a), 0) AS own_b,
            coalesce(max(distance), 0) AS farthest,
            coalesce(bool_or(is_sister) FILTER (distance IS NULL), FALSE) AS has_sister,
            coalesce(bool_or(is_number) FILTER (distance IS NULL AND is_a), FALSE) AS number_a,
            coalesce(bool_or(is_number) FILTER (distance IS NULL AND NOT is_a), FALSE) AS number_b
        FROM ({sides})
        GROUP BY name_a, name_b
        """,
    )
    run_sql(con, "DROP TABLE meetings; DROP TABLE alike")


def _side_sql(pairs: str, side: str, is_a: str) -> str:
    """Return each word of one side with its closest agreement."""
    return f"""
        SELECT c.name_a, c.name_b, {is_a} AS is_a, w.weight, w.is_sister, w.is_number, m.distance
        FROM {pairs} AS c
        JOIN name_words AS w ON w.name_id = c.name_{side}
        LEFT JOIN (
            SELECT name_a, name_b, place_{side}, min(distance) AS distance FROM meetings GROUP BY ALL
        ) AS m ON m.name_a = c.name_a AND m.name_b = c.name_b AND m.place_{side} = w.place
    """
