"""Names of records → their words: how rare, and whether a number, a town, a sister company's word or an addition."""

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

FEW_WORDS = 4
"""In names of up to so many words any two may be written as one in another, whatever their order."""

LEAST_WEIGHT = 0.5
"""Even the most frequent word weighs so many bits."""

_NUMBER = re.compile(r"\w*\d\w*|ii|iii|iv|vi|vii|viii|ix|xi|xii")
_YEAR = re.compile(r"(?:1[5-9]|20)\d\d")


@functools.cache
def special_words(kind: str) -> list[str]:
    """Return words that tell companies of one house apart (sisters), or say nothing (additions); * is any ending."""
    return [str(word) for word in read_yaml(Path(__file__).with_name("words.yml"))[kind]]


@functools.cache
def _pattern(kind: str) -> re.Pattern[str]:
    return re.compile("|".join(re.escape(word).replace(r"\*", r"\w*") for word in special_words(kind)))


def make_words(con: duckdb.DuckDBPyConnection, fields: pd.DataFrame) -> None:
    """Create the tables by which names are compared.

    Parameters
    ----------
    con : DuckDBPyConnection
    fields : DataFrame
        system, core, words, compact, short and city, as `read_fields` returns them.

    Notes
    -----
    names: name_id, core, words, compact, n_records (of the system with most), n_towns, weight (of all words), n_words.

    name_words: name_id, core, place, word, sound, rank (1 is the rarest word), weight (base-2 logarithm of how many
    names there are for each that has the word; nothing for additions and the own town), is_number, is_year, sister (the
    word of `words.yml` that it is), is_addition, is_town (of any record), is_own_town (of a record with the name),
    is_short (perhaps the beginning of a longer word), stem (sister, or the word).

    glued: name_id, place, other (places of two words), glued (both as one), start (its first letters), n_first (letters
    of the first), n_head (the same, where the first may be a beginning; else 0), is_short, is_number.
    """
    names, words = _split_names(fields)
    for table, frame in (("given_names", names), ("given_words", words)):
        con.register(table, frame)
    run_sql(
        con,
        f"""
        CREATE TABLE name_words AS
        WITH frequencies AS (SELECT word, count(DISTINCT name_id) AS n FROM given_words GROUP BY word)
        SELECT g.*, coalesce(sister, word) AS stem,
            CASE WHEN is_addition OR is_own_town THEN 0
                ELSE round(greatest(log2((SELECT count(*) FROM given_names) / n), {LEAST_WEIGHT}), 6) END AS weight,
            row_number() OVER (PARTITION BY name_id ORDER BY is_addition OR is_own_town, n, word, place) AS rank
        FROM given_words AS g JOIN frequencies USING (word) ORDER BY name_id, place
        """,
    )
    run_sql(
        con,
        """
        CREATE TABLE names AS
        SELECT n.*, coalesce(w.weight, 0) AS weight, coalesce(w.n_words, 0) AS n_words
        FROM given_names AS n
        LEFT JOIN (
            SELECT name_id, sum(weight) AS weight, count(*) AS n_words FROM name_words GROUP BY name_id
        ) AS w USING (name_id)
        ORDER BY name_id
        """,
    )
    _glue_words(con)
    for table in ("given_names", "given_words"):
        con.unregister(table)


def _glue_words(con: duckdb.DuckDBPyConnection) -> None:
    """Create ``glued``: neighbouring words as one, in short names any two."""
    run_sql(
        con,
        f"""
        CREATE TABLE glued AS
        SELECT l.name_id, l.place, r.place AS other, l.word || r.word AS glued, left(l.word || r.word, 3) AS start,
            length(l.word) AS n_first, r.is_short AND r.place > l.place AS is_short,
            l.is_number OR r.is_number AS is_number,
            CASE WHEN l.is_short AND length(l.word) > 1 AND length(r.word) > 2 THEN length(l.word) ELSE 0 END AS n_head
        FROM name_words AS l
        JOIN names USING (name_id)
        JOIN name_words AS r ON r.name_id = l.name_id AND r.place <> l.place
        WHERE r.place = l.place + 1 OR n_words <= {FEW_WORDS}
        """,
    )


def _split_names(fields: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the distinct names and their words, without light ones unless there are no others."""
    known = fields.dropna(subset=["core"])
    key = ["core", "words", "compact"]
    n_records = known.fillna({"system": ""}).groupby([*key, "system"]).size().groupby(level=key).max()
    names = known.groupby(key).agg(n_towns=("city", "nunique")).assign(n_records=n_records).reset_index()
    names = names.sort_values("core", kind="stable", ignore_index=True)
    names.insert(0, "name_id", range(len(names)))
    words = names[["name_id", "core", "words"]].assign(word=names.core.str.split()).explode("word")
    is_kept = [word in content.split() for word, content in zip(words.word, words.words, strict=True)]
    words = words.loc[is_kept, ["name_id", "core", "word"]].astype({"core": "str", "word": "str"})
    words["place"] = words.groupby("name_id").cumcount()
    words = words.merge(_kinds_of(words.word.drop_duplicates(), known.city), on="word")
    for column, given in (("is_own_town", "city"), ("is_short", "short")):
        found = known[["core", given]].dropna().drop_duplicates()
        found = found.assign(word=found[given].str.split()).explode("word")[["core", "word"]].drop_duplicates()
        words = words.merge(found.assign(**{column: True}), how="left", on=["core", "word"])
        words[column] = words[column].notna()
    words = words.sort_values(["name_id", "place"], ignore_index=True)
    is_last = words.name_id != words.name_id.shift(-1)
    words["is_number"] |= words.word.isin(["i", "v", "x"]) & is_last & (words.place > 0)
    words["sister"] = words.sister.fillna(words.pop("sister_if_short").where(words.is_short))
    return names, words


def _kinds_of(words: pd.Series, cities: pd.Series) -> pd.DataFrame:
    """Return what kind of word each is, whatever name it stands in."""
    import pandas as pd

    towns = set(cities.dropna().drop_duplicates().str.split().explode())
    kinds = pd.DataFrame({"word": words.to_numpy()}, dtype="str")
    kinds["sound"] = [sound_of(word) or word for word in kinds.word]
    kinds["is_number"] = [bool(_NUMBER.fullmatch(word)) for word in kinds.word]
    kinds["is_year"] = [bool(_YEAR.fullmatch(word)) for word in kinds.word]
    kinds["is_addition"] = [bool(_pattern("additions").fullmatch(word)) for word in kinds.word]
    kinds["is_town"] = [len(word) > 3 and word in towns for word in kinds.word]
    kinds["sister"] = pd.Series([_sister_of(word, False) for word in kinds.word], dtype="str")
    kinds["sister_if_short"] = pd.Series([_sister_of(word, True) for word in kinds.word], dtype="str")
    return kinds


def _sister_of(word: str, is_short: bool) -> str | None:
    """Return the word of `words.yml` that tells companies of one house apart: misspelled too, or as its beginning."""
    from rapidfuzz.distance import OSA

    stems = [stem.rstrip("*") for stem in special_words("sisters")]
    if is_short:
        return next((stem for stem in stems if len(word) > 2 and stem.startswith(word)), None)
    if _pattern("sisters").fullmatch(word):
        return max((stem for stem in stems if word.startswith(stem)), key=len)
    long = [stem for stem in stems if len(stem) > 6 and abs(len(word) - len(stem)) < 5 and len(word) > 6]
    lengths = (0, 1, -1)  # a letter too many, or one lost, moves the end of the stem
    return next((s for s in long for n in lengths if OSA.distance(s, word[: len(s) + n], score_cutoff=1) <= 1), None)
