"""Sentences about the score."""

from __future__ import annotations

import pandas as pd

from segkit.cleansing.score_findings import describe_scores, rounded, tabulate_scores
from segkit.texts import LANGUAGES, say


def scores(*rows: tuple) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["dimension", "n_checked", "n_bad", "score", "previous_score"])


def keys(frame: pd.DataFrame) -> list[str]:
    found = describe_scores(frame)
    assert all(say(key, language, **numbers) for key, numbers in found for language in LANGUAGES)
    return [key.removeprefix("quality.") for key, _ in found]


def test_weakest_dimension_and_what_improved_most():
    parts = ("completeness", 10, 4, 60.0, 50.0), ("linkage", 10, 1, 90.0, 88.0), ("money", None, None, None, None)
    frame = scores(*parts, ("total", None, None, 75.0, 69.0))
    found = dict(describe_scores(frame))
    assert keys(frame) == ["score", "score_rose", "score_not_measured"]
    assert found["quality.score"]["worst_de"] == "Vollständigkeit" and found["quality.score"]["n_bad"] == 4
    assert (found["quality.score_rose"]["most_en"], found["quality.score_rose"]["change"]) == ("Completeness", 10)


def test_a_fall_is_a_warning_and_a_first_run_says_so():
    fell = scores(("linkage", 10, 1, 90.0, 95.0), ("total", None, None, 90.0, 95.0))
    assert keys(fell) == ["score", "warn_score_fell"]
    assert keys(fell.assign(previous_score=None)) == ["score", "score_first"]
    assert keys(fell.assign(previous_score=[90.0, 90.01])) == ["score", "score_same"]


def test_a_dimension_of_one_quarter_only_is_named():
    frame = scores(("linkage", 10, 1, 90.0, 90.0), ("freshness", 10, 9, 10.0, None), ("total", None, None, 50.0, 90.0))
    assert keys(frame) == ["score", "score_not_alike"]


def test_nothing_measured():
    assert keys(scores(("linkage", None, None, None, None), ("total", None, None, None, None))) == ["score_none"]


def test_the_table_says_what_is_measured():
    shown = tabulate_scores(scores(("linkage", 10, 1, 90.0, None), ("total", None, None, 90.0, None)))
    assert shown["dimension_de"].tolist() == ["Verknüpfung"] and shown["measures_en"].str.len().min() > 10


def test_text_and_picture_round_alike():
    """numpy's round says 92.6 of the float that prints as 92.65."""
    assert rounded(92.65) == rounded(pd.Series([92.65]).iloc[0]) == 92.7
    assert rounded(99.98) == 99.9 and rounded(100.0) == 100.0
