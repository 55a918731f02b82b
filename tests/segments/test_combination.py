"""Two segmentations made one: cells by hand, gains where they are planted, ids over quarters."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd
import pytest

from segkit.charts.combination import gains_chart
from segkit.quarters import Quarter
from segkit.segments.combination import CombinationInputs, combine_segments
from segkit.segments.combination_cells import eligible_cells, keep_few, place_in_cells
from segkit.segments.combination_findings import describe_cells_in_words, describe_combination, show_gains
from segkit.segments.place import Place
from segkit.segments.quarterly import Before
from segkit.settings.combined_segmentation import CombinedSegmentation
from segkit.texts import LANGUAGES, say

MOVES = pd.DataFrame(columns=["segmentation_id", "account_id", "segment_id", "quarter", "author", "date", "reason"])
NAMES = pd.DataFrame(columns=["segmentation_id", "segment_id", "name_de", "name_en"])
Q3 = Quarter.parse("2026Q3", 1)


def pairs(text: str) -> pd.DataFrame:
    return pd.DataFrame([cell.split(":") for cell in text.split()], columns=["outer", "inner"])


def part(ids, confidence=0.95, method="kmeans") -> dict[str, pd.DataFrame]:
    frame = pd.DataFrame({"account_id": [f"A{i:04d}" for i in range(len(ids))], "segment_id": ids})
    known = sorted(set(ids))
    register = pd.DataFrame({"segment_id": known, "name_de": [f"de {i}" for i in known], "name_en": known})
    segments = frame.assign(confidence=confidence, kept_segment_id=None, method=method)
    return {"segments": segments, "opening_segments": frame, "segment_register": register}


def a_place(before=None, quarter=Q3, moves=MOVES) -> Place:
    return Place("both", dt.date(2026, 9, 30), quarter, 7, "de", ["#111111", "#222222"], moves, NAMES, before)


@pytest.fixture(scope="module")
def company():
    """600 accounts: in S1 the inner segment tells revenue, in S2 it tells nothing, S3 is small."""
    rng = np.random.default_rng(5)
    outer = np.repeat(["S1", "S2", "S3"], [280, 280, 40])
    inner = rng.choice(["C1", "C2"], 600)
    revenue = np.where((outer == "S1") & (inner == "C2"), 4000.0, 500.0) * rng.lognormal(0, 0.5, 600)
    features = pd.DataFrame({"account_id": [f"A{i:04d}" for i in range(600)], "revenue_q": revenue})
    return outer, inner, features.assign(revenue_12m=revenue * 4, margin_12m=np.nan)


def combine(company, method="nested", inner=None, place=None, **settings):
    outer, given, features = company
    entry = CombinedSegmentation(method=method, of=["value", "service"], **settings)
    second = part(given) if inner is None else inner
    return combine_segments(entry, part(outer), second, CombinationInputs(features), place or a_place())


def test_cells_counted_by_hand():
    both = pairs("S1:C1 S1:C1 S1:C2 S1:C2 S2:C1 S2:C1 S2:C2 DORMANT:C1 DORMANT:C1 DORMANT:C2 DORMANT:C2")
    # S1: two of two accounts; S2: only C1 has two and the rest has one; nobody works on DORMANT.
    assert eligible_cells(both, 2) == [("S1", "C1"), ("S1", "C2")]
    assert eligible_cells(both, 1, nests=["S2"]) == [("S2", "C1"), ("S2", "C2")]
    assert eligible_cells(pairs("S1:MIXED S1:MIXED S1:N1 S1:N1"), 2) == [("S1", "N1")]
    assert place_in_cells(both.head(3), [("S1", "C1")])[1].tolist() == ["C1", "C1", ""]


def test_the_smallest_go_back_first():
    both = pairs("S1:C1 S1:C1 S1:C1 S1:C2 S1:C2 S2:C1 S2:C1 S2:C1 S2:C1 S2:C2")
    cells = [("S1", "C1"), ("S1", "C2"), ("S2", "C1"), ("S2", "C2")]
    assert keep_few(cells, both, 4) == cells
    # S2:C2 (1 account), S1:C2 (2), S1:C1 (3) go back in this order, until there are S1, S2:C1 and the rest of S2.
    assert keep_few(cells, both, 3) == [("S2", "C1")]
    assert len(keep_few(cells, both, 2)) == 0  # the outer segments alone are two


def test_gains_where_planted_and_nowhere_else(company):
    found = combine(company)
    gains = found.tables["combination_gains"].set_index("outer_segment_id")
    assert gains["verdict"].to_dict() == {"ALL": "adds_value", "S1": "adds_value", "S2": "nothing", "S3": "too_small"}
    # log-normal noise of .5 around means log 8 apart: explained 1.04² / (1.04² + .25) = .81.
    assert 0.75 < gains.at["S1", "next_gain"] < 0.87 and gains.at["S1", "next_low"] > 0.6
    names = found.tables["segment_register"].set_index("segment_id")["name_de"].to_dict()
    assert sorted(names.values()) == ["de S1 · de C1", "de S1 · de C2", "de S1 · übrige", "de S2", "de S3"]
    sizes = found.tables["segment_sizes"]
    assert sizes["n_accounts"].sum() == 600
    rules = found.tables["typing_rules"]
    assert rules["rule"].tolist()[:2] == ["value = S1 and service = C1", "value = S1 and service = C2"]
    assert found.tables["segments"]["confidence"].min() == pytest.approx(0.95**2)


def test_unsure_inner_segments_add_nothing_and_needs_need_no_money(company):
    outer, inner, _ = company
    unsure = combine(company, inner=part(inner, confidence=0.6))
    assert not unsure.tables["combination_gains"]["adds"].any()
    needs = combine(company, inner=part(inner, method="needs")).tables["combination_gains"]
    assert needs.set_index("outer_segment_id")["verdict"].to_dict()["S2"] == "adds_needs"


def test_too_many_outer_segments_leave_no_room(company):
    found = combine(company, "crossed", most_segments=3)
    assert len(found.model["cells"]) == 3 and found.model["n_wanted"] == 4
    assert describe_combination(found.model, *_told(found, company))[0][0] == "combination.no_room"


def test_ids_last_and_moves_hold(company):
    first = combine(company)
    before = Before(Q3, first.model, first.tables["segments"], first.tables["segment_register"])
    moves = pd.DataFrame([("both", "A0000", "X5", "2026Q4", "Kim", "2026-10-05", "weil")], columns=MOVES.columns)
    again = combine(company, place=a_place(before, Q3 + 1, moves))
    assert again.model["why"] == "kept" and again.model["cells"] == first.model["cells"]
    moved = again.tables["segments"].set_index("account_id").loc["A0000"]
    assert moved["segment_id"] == "X5" and moved["is_manual"] and moved["method"] == "manual"
    assert again.tables["opening_segments"]["segment_id"].tolist() == first.tables["segments"]["segment_id"].tolist()
    crossed = combine(company, "crossed", place=a_place(before, Q3 + 1))
    old = {(c["outer"], c["inner"]): c["segment_id"] for c in first.model["cells"]}
    new = {(c["outer"], c["inner"]): c["segment_id"] for c in crossed.model["cells"]}
    assert crossed.model["why"] == "changed" and new["S1", "C1"] == old["S1", "C1"]
    assert new["S3", ""] == old["S3", ""] and new["S2", "C1"] not in old.values() or new["S2", "C1"] == old["S2", ""]
    assert len(set(new.values())) == len(new)


def test_same_result_twice_and_empty_parts(company):
    one, two = (combine(company).tables["combination_gains"] for _ in range(2))
    pd.testing.assert_frame_equal(one, two)
    outer, _, features = company
    nobody = part(np.full(600, "UNKNOWN"), confidence=np.nan, method="needs")
    found = combine(company, inner=nobody)
    assert set(found.tables["combination_gains"]["verdict"]) == {"too_small"}
    assert describe_combination(found.model, *_told(found, company))[0][0] == "combination.undivided"


def _told(found, company):
    return found.tables["combination_gains"], found.tables["segment_sizes"], part(company[0])["segment_register"]


def test_sentences_and_chart_in_both_languages(company):
    found = combine(company)
    told = describe_combination(found.model, *_told(found, company))
    told += describe_cells_in_words(found.tables["typing_rules"], found.tables["segment_sizes"], found.model)
    for language in LANGUAGES:
        assert all(say(key, language, **numbers) for key, numbers in told)
        chart = gains_chart(found.tables["combination_gains"], part(company[0])["segment_register"], language)
        assert chart.to_dict()["layer"]
    shown = show_gains(found.tables["combination_gains"], part(company[0])["segment_register"])
    assert shown["outer_segment_id_de"].tolist()[1] == "de S1"
