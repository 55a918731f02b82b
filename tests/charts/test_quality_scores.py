"""Scores: the total first, changes in words."""

from __future__ import annotations

import pandas as pd

from segkit.charts.quality_scores import scores_chart
from segkit.charts.theme import in_languages

SCORES = pd.DataFrame(
    [("completeness", 83.33, 80.12), ("freshness", 55.0, None), ("linkage", 99.96, 99.97), ("money", None, 99.9),
     ("total", 79.43, 80.0)],
    columns=["dimension", "score", "previous_score"],
)  # fmt: skip


def drawn(frame: pd.DataFrame, language: str) -> list[dict]:
    (rows,) = in_languages(scores_chart, frame)[language]["datasets"].values()
    return rows


def test_total_first_with_the_change_since_last_quarter():
    assert [(row["name"], row["words"]) for row in drawn(SCORES, "de")] == [
        ("Gesamt", "79,4  (−0,6)"),
        ("Vollständigkeit", "83,3  (+3,2)"),
        ("Aktualität", "55,0"),
        ("Verknüpfung", "99,9  (±0,0)"),
        ("Geld", "nicht messbar"),
    ]


def test_the_first_run_has_nothing_to_compare_with():
    first = in_languages(scores_chart, SCORES.assign(previous_score=None))["en"]
    assert first["title"]["subtitle"].startswith("First run")
    assert in_languages(scores_chart, SCORES)["en"]["title"]["subtitle"].startswith("The orange mark")
