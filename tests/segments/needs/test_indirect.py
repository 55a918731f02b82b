"""End customers of dealers count where a new offer is designed: their persons, their needs, a group to begin with."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from segkit.segments.needs.findings import name_candidates
from segkit.segments.needs.indirect import describe_indirect
from segkit.segments.needs.quarterly import segment_persons
from segkit.segments.needs.roles import find_indirect
from segkit.texts import LANGUAGES, say

from .small_company import AS_OF, make_company, make_place, settings

SIZES = pd.DataFrame({"segment_id": ["N1", "N2"], "name_de": ["Preis", "Rat"], "name_en": ["Price", "Advice"]})
MODEL = {"mode": "business_design", "segments": ["N1", "N2"]}


def persons(n_ends: int, share: float, n_others: int = 200, share_others: float = 0.5) -> pd.DataFrame:
    parts = [(n_ends, share, True), (n_others, share_others, False)]
    frames = [
        pd.DataFrame({"segment_id": ["N1"] * round(n * s) + ["N2"] * (n - round(n * s)), "is_indirect": is_end})
        for n, s, is_end in parts
    ]
    return pd.concat(frames, ignore_index=True).assign(is_counted=True, basis="answers")


def keys(rows: pd.DataFrame, model=MODEL) -> list[str]:
    told = describe_indirect(rows, SIZES, model)
    assert all(say(key, language, **numbers) for key, numbers in told for language in LANGUAGES)
    return [key for key, _ in told]


def test_their_needs_are_compared_only_where_there_are_enough():
    assert keys(persons(19, 0.9)) == ["needs.indirect_few"]
    assert keys(persons(40, 0.9)) == ["needs.indirect_more", "needs.indirect_less"]
    assert keys(persons(40, 0.55)) == ["needs.indirect_alike"]
    assert keys(persons(0, 0)) == [] == keys(persons(40, 0.9), MODEL | {"mode": "selling"})
    assert keys(persons(40, 0.9), MODEL | {"segments": []}) == []


def test_groups_that_are_alike_seldom_differ():
    rng = np.random.default_rng(2)
    alarms = [keys(persons(40, rng.binomial(40, 0.5) / 40)) != ["needs.indirect_alike"] for _ in range(400)]
    assert np.mean(alarms) < 0.08


def test_the_best_group_of_end_customers_is_among_the_candidates():
    inputs, _ = make_company(n=480, n_answered=300)
    ends = inputs.accounts["account_id"].tolist()[::4]
    hierarchy = pd.DataFrame({"account_id": ends, "parent_id": "D1", "hierarchy_type": "Vertriebspartner"})
    bought = inputs.features[~inputs.features["account_id"].isin(ends)]
    reached = replace(inputs, hierarchy=hierarchy, features=bought)
    found = segment_persons(reached, settings(mode="business_design"), make_place())
    rated = found.tables["need_candidates"]
    way = rated[rated["split_by"] == "way"].iloc[0]
    assert way["value"] == "dealer" and pd.isna(way["recent_share"]) and way["revenue_12m"] == 0
    assert way["access"] == pytest.approx((way["contactable_share"] + way["owner_share"]) / 2)
    assert rated["rank"].tolist() == list(range(1, len(rated) + 1)) and rated["score"].is_monotonic_decreasing
    named = name_candidates(rated, found.tables["segment_sizes"])
    assert "Endkunden von Händlern" in named["group_de"].tolist()
    selling = segment_persons(reached, settings(), make_place()).tables["need_candidates"]
    assert "way" not in set(selling["split_by"])


def test_relations_of_ownership_and_of_other_days_are_none():
    days = {"valid_from": pd.to_datetime([None, "2026-10-01", None, None]), "valid_to": pd.NaT}
    kinds = ["Value-added Reseller", "Händler", "Handelspartner-Konzern", None]
    frame = pd.DataFrame({"account_id": ["A", "B", "C", "D"], "parent_id": "X", "hierarchy_type": kinds, **days})
    assert find_indirect(frame, AS_OF) == {"A"}
    assert find_indirect(None, AS_OF) == find_indirect(frame[:0], AS_OF) == set()
