"""Telling names are true, stay over the quarters, give way to decisions and say when they no longer hold."""

import json

import numpy as np
import pandas as pd
import pytest

from segkit.profiles.naming import find_claims, is_supported, name_segments, telling_name
from segkit.profiles.profile import profile_segments
from segkit.profiles.traits import select_traits
from segkit.profiles.variables import CATEGORIES, FLAGS, GRID_INPUTS, NUMBERS, describe_accounts
from segkit.profiles.wording import trait_sentence
from segkit.texts import LANGUAGES, has, say

from .conftest import NAMES, NO_NAMES, company


def named(found, quarter="2026Q3", before=None, names=NO_NAMES, is_complete=True):
    described = describe_accounts(found.features, found.value, found.accounts)
    profiles = profile_segments(described, found.segments, GRID_INPUTS)
    traits = select_traits(profiles)
    return name_segments(found.sizes, profiles, traits, names, quarter, before, is_complete).set_index("segment_id")


def decision(segment_id, german, english="", quarter="2026Q3"):
    return pd.DataFrame([("value", segment_id, german, english, quarter, "A. Muster", "2026-10-01", "")], columns=NAMES)


def test_names_tell_the_strongest_traits_in_both_languages(planted):
    names = named(planted)
    assert names.loc["S1", "telling_de"] == "Spitzenkunden: bestellen etwa alle 10 Tage, große Aufträge"
    assert names.loc["S1", "telling_en"] == "Champions: order about every 10 days, large orders"
    assert names["telling_de"].is_unique and names["telling_en"].is_unique


@pytest.mark.parametrize(
    ("days", "german", "english", "unit"),
    [
        (1.2, "bestellen fast täglich", "order almost daily", None),
        (9.6, "bestellen etwa alle 10 Tage", "order about every 10 days", 1),
        (41, "bestellen etwa alle 6 Wochen", "order about every 6 weeks", 7),
        (75, "bestellen etwa alle 2 Monate", "order about every 2 months", 30.44),
    ],
)
def test_the_rhythm_told_is_that_of_the_median(days, german, english, unit):
    row = {"segment_id": "S3", "variable": "interval_days", "category": "", "value": days, "effect_size": -0.8}
    profiles = pd.DataFrame([row | {"n": 50}])
    claims = find_claims(profiles, pd.DataFrame([row | {"is_fact": False}]))
    assert [telling_name("Core", claims, lang) for lang in LANGUAGES] == [f"Core: {german}", f"Core: {english}"]
    assert unit is None or abs(claims[0]["n"] * unit - days) <= unit / 2


def test_every_trait_and_name_that_can_arise_has_its_words():
    numbers = {"value": 2.0, "overall": 1.0, "index": 200.0, "category": "X"}
    for variable in (*NUMBERS, *FLAGS):
        if variable.name not in GRID_INPUTS:
            for direction in ("high", "low"):
                for language in LANGUAGES:
                    assert "–" not in say(f"profiles.trait_{variable.name}_{direction}", language, **numbers)
                assert variable.name == "interval_days" or has(f"profiles.name_{variable.name}_{direction}")
    for variable in CATEGORIES:
        assert "X" in trait_sentence(
            numbers | {"variable": variable.name, "reason": f"profiles.trait_{variable.name}"}, "de"
        )


def test_a_name_is_kept_while_the_profile_supports_it(planted):
    first = named(planted, "2026Q2").reset_index()
    later = named(company(seed=5), "2026Q3", first)
    assert (later["name_source"] == "kept").all() and (later["name_quarter"] == "2026Q2").all()
    assert later["telling_de"].tolist() == first["telling_de"].tolist()
    assert later["proposal_de"].isna().all()


def test_a_name_that_no_longer_holds_stays_and_another_is_proposed(planted):
    first = named(planted, "2026Q2").reset_index()
    changed = company(seed=5)
    top = changed.segments["segment_id"] == "S1"
    changed.features.loc[top, "interval_days"] *= 2
    later = named(changed, "2026Q3", first)
    assert later.loc["S1", "telling_de"] == "Spitzenkunden: bestellen etwa alle 10 Tage, große Aufträge"
    assert later.loc["S1", "proposal_de"] == "Spitzenkunden: bestellen etwa alle 3 Wochen, große Aufträge"
    assert named(changed, "2026Q3", first, is_complete=False)["proposal_de"].isna().all()


def test_a_person_overrules_and_can_take_it_back(planted):
    first = named(planted, "2026Q2").reset_index()
    renamed = company()
    renamed.sizes.loc[renamed.sizes["segment_id"] == "S1", ["name_de", "name_en"]] = "Stars", "Stars"
    later = named(renamed, "2026Q3", first, decision("S1", "Stars"))
    assert later.loc["S1", ["telling_de", "telling_en", "name_source", "name_quarter"]].tolist() == [
        "Stars",
        "Stars",
        "decision",
        "2026Q3",
    ]
    again = named(planted, "2026Q4", later.reset_index(), decision("S1", ""))
    assert again.loc["S1", "name_source"] == "template" and again.loc["S1", "telling_en"].startswith("Champions: ")


def test_a_name_that_was_refused_is_not_called_a_decision(planted):
    refused = named(planted, names=decision("S1", "Kernkunden", "Core"))
    assert refused.loc["S1", "name_source"] == "template" and refused["telling_de"].is_unique


def test_too_few_accounts_leave_a_name_alone_and_claim_no_difference(planted):
    first = named(planted, "2026Q2").reset_index()
    small = company(sizes=(("S1", 4), ("S3", 80)), seed=2)
    small.features["interval_days"] = 400.0 + np.arange(84)
    small.features.loc[:3, "interval_days"] = np.nan
    assert pd.isna(named(small, "2026Q3", first).loc["S1", "proposal_de"])
    tiny = named(company(sizes=(("S1", 5), ("S3", 7))))
    claims = [claim for text in tiny["claims"] for claim in json.loads(text)]
    assert claims and all(claim["direction"] == 0 for claim in claims)


def test_what_is_not_in_the_profile_cannot_be_refuted():
    claim = {"variable": "industry", "category": "Bau", "direction": 1, "value": 0.5, "n": None}
    assert is_supported(claim, pd.DataFrame(columns=["variable", "category"]))
