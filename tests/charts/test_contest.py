"""The chart of the contest: in both languages, nothing of the data in the specification, names never on each other."""

import json

import numpy as np
import pandas as pd
import pytest

from segkit.charts.contest import contest_chart
from segkit.charts.theme import in_languages
from segkit.display import svg

METHODS = ["accepted", "challenger", "kmedoids", "ward", "value_class", "life_cycle", "team", "region"]
KINDS = ["accepted", "challenger", "fitted", "fitted", *["hand_made"] * 4]


def comparison_of(seed: int, has_before: bool = True) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    n = len(METHODS)
    explained = rng.random(n)
    has_next = np.array([True] * 6 + [False] * 2) & has_before
    frame = pd.DataFrame({"method": METHODS, "kind": KINDS, "revenue_explained": explained})
    return frame.assign(
        global_ari=np.r_[0.5 + rng.random(5) / 2, [np.nan] * 3],
        time_ari=np.where(has_next, 0.9, np.nan),
        noise_ari=np.where(has_next, 0.8, np.nan),
        next_explained=np.where(has_next, explained * 0.9, np.nan),
        next_low=np.where(has_next, explained * 0.8, np.nan),
        next_high=np.where(has_next, explained, np.nan),
    )


def names_in(spec: dict) -> set[str]:
    return {row["name"] for rows in spec["datasets"].values() for row in rows}


def test_all_divisions_are_on_one_picture_in_both_languages():
    specs = in_languages(contest_chart, comparison_of(1))
    assert names_in(specs["de"]) >= {"Geltende Segmente", "Vertriebsteam", "k-Medoids", "Lebensphase"}
    assert names_in(specs["en"]) >= {"Segments in force", "Sales team", "k-medoids", "Life cycle"}
    assert len(names_in(specs["de"])) == len(METHODS) and "leer: heutiger Umsatz" in json.dumps(specs["de"])
    assert all(svg(spec).startswith("<svg") for spec in specs.values())


def test_the_specification_holds_nothing_of_the_data():
    one, other = (in_languages(contest_chart, comparison_of(seed))["de"] for seed in (1, 2))
    assert {**one, "datasets": None} == {**other, "datasets": None}


@pytest.mark.parametrize("seed", range(2))
def test_names_never_lie_on_each_other(seed):
    crowded = comparison_of(seed).assign(next_explained=0.5, global_ari=0.9)
    rows = [row for part in in_languages(contest_chart, crowded)["de"]["datasets"].values() for row in part]
    beside = {(row["align"], round(row["label_y"], 3)) for row in rows}
    assert len(beside) == len(METHODS), "in one place all: names stand above each other, on both sides"


def test_without_a_quarter_before_today_s_revenue_is_shown_and_said():
    spec = in_languages(contest_chart, comparison_of(1, has_before=False))["en"]
    words = json.dumps(spec)
    assert "Differences explained in revenue of twelve months" in words and "hollow" not in words
    only = comparison_of(1).assign(global_ari=np.nan)
    assert svg(in_languages(contest_chart, only)["de"]).startswith("<svg"), "nothing estimated at all"
