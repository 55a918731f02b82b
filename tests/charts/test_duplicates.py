"""Pairs by probability, and the weights behind it."""

from __future__ import annotations

import pandas as pd
import pytest

from segkit.charts.duplicates import bits_of, probabilities_chart, weights_chart
from segkit.charts.theme import in_languages

PAIRS = pd.DataFrame(
    [(0.0, "apart"), (0.3, "decided_different"), (0.5, "review"), (0.8, "review"), (0.6, "kept"), (0.995, "merged"),
     (1.0, "decided_same")],
    columns=["probability", "status"],
)  # fmt: skip
MODEL = pd.DataFrame(
    [
        ("phone", 1, "same", 8.0, True, 30),
        ("phone", 2, "different", -2.04, True, 700),
        ("name", 2, "other_xyz", 4.96, False, None),
        ("name", 1, "same", 12.0, True, 40),
        ("lei", 1, "same", None, False, 0),
    ],
    columns=["comparison", "place", "level", "match_weight", "is_trained", "n_pairs"],
)


def rows_of(specification: dict, column: str) -> list[dict]:
    return next(rows for rows in specification["datasets"].values() if rows and column in rows[0])


@pytest.mark.parametrize(("probability", "bits"), [(0, -8), (1, 20), (0.5, 0), (0.8, 2), (1 - 2**-30, 20)])
def test_odds_in_bits(probability, bits):
    assert bits_of(probability) == bits


def test_pairs_are_counted_by_bit_and_group_and_the_ends_take_all_beyond():
    specification = in_languages(probabilities_chart, PAIRS, 0.99, 0.5)["de"]
    counted = [(row["low"], row["group_name"], row["n"]) for row in rows_of(specification, "n")]
    assert counted == [
        (-8, "getrennt", 1),
        (-2, "getrennt", 1),
        (0, "ein Kunde", 1),
        (0, "zu entscheiden", 1),
        (2, "zu entscheiden", 1),
        (7, "ein Kunde", 1),
        (19, "ein Kunde", 1),
    ]


@pytest.mark.parametrize(("language", "labels"), [
    ("de", ["vorlegen ab 50 %", "verbinden ab 99,9 %"]), ("en", ["ask from 50%", "merge from 99.9%"])])  # fmt: skip
def test_thresholds_are_named(language, labels):
    specification = in_languages(probabilities_chart, PAIRS, 0.999, 0.5)[language]
    assert [row["label"] for row in rows_of(specification, "label")] == labels


def test_weights_strongest_comparison_first_closest_agreement_first():
    rows = rows_of(in_languages(weights_chart, MODEL)["de"], "match_weight")
    shown = [(row["comparison_name"], row["level_name"], row["right"], row["left"]) for row in rows]
    assert shown == [
        ("Name", "gleich", "+12,0", ""),
        ("Name", "other xyz", "+5,0", ""),
        ("Telefon", "gleich", "+8,0", ""),
        ("Telefon", "verschieden", "", "−2,0"),
    ]
    assert rows[1]["kind_name"] == "Vorgabe, zu wenige Daten" and rows[0]["kind_name"] == "aus diesen Daten gelernt"
