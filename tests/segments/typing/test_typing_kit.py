"""Kits: fewest fields, round limits, honest figures on accounts held back, the rest left open."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from segkit.segments.typing.as_sql import shown
from segkit.segments.typing.choose import fold_of, place_from
from segkit.segments.typing.conditions import apply_rule, first_that_holds
from segkit.segments.typing.fields import TypingInputs, encode, usable_fields
from segkit.segments.typing.findings import describe_errors, describe_typing, name_kits
from segkit.segments.typing.grow import fit_tree, leaf_shares, read_leaves, roundest
from segkit.segments.typing.kit import UNSURE, fit_kit
from segkit.segments.typing.quality import measure_kit
from segkit.segments.typing.quarterly import TABLE_NAMES, rules_of, type_accounts
from segkit.segments.typing.reference import compare_with
from segkit.settings.typing import Typing
from segkit.tables import check
from segkit.texts import say
from tests.segments.typing.companies import FAST, accounts_of, inputs_of

FIELDS = {"employees": "number", "industry_division": "text", "region": "text"}
IDS = ["C1", "C2", "C3"]


@pytest.fixture(scope="module")
def kit():
    known, told = accounts_of(900)
    return fit_kit(known, np.searchsorted(IDS, told), IDS, FIELDS, {}, FAST)


@pytest.fixture(scope="module")
def typed():
    return type_accounts(inputs_of(400), FAST, "value", {"method": "kmeans", "criteria": ["revenue_12m"]})


def test_it_asks_for_what_matters_and_not_for_noise(kit):
    assert kit.choice.fields[0] == "employees" and "region" not in kit.choice.fields
    assert all(step["accuracy"] > 0.5 for step in kit.choice.steps)


def test_a_dear_field_is_asked_for_only_when_it_is_worth_it():
    known, told = accounts_of(500)
    dear = fit_kit(known, np.searchsorted(IDS, told), IDS, FIELDS, {"employees": 60.0}, FAST)
    assert "employees" not in dear.choice.fields


def test_the_stated_figures_hold_on_further_accounts(kit):
    known, told = accounts_of(900)
    further, truth = accounts_of(8_000, seed=2)
    rules = kit.model["rules"]
    position = first_that_holds(further, kit.model)
    likely = np.array([*(rule["segment_id"] for rule in rules), kit.model["likely"]])[position]
    is_placed = apply_rule(further, kit.model | {"rules": _shown(kit.model)}) != UNSURE
    met = {"accuracy": (likely == truth).mean(), "share_abstained": 1 - is_placed.mean()}
    met["accuracy_placed"] = (likely == truth)[is_placed].mean()
    stated = {row["metric"]: row for row in measure_kit(kit, np.searchsorted(IDS, told), np.array([1.0, 2.0, 3.0]))}
    for metric, value in met.items():
        assert stated[metric]["low"] - 0.01 <= value <= stated[metric]["high"] + 0.01, metric


def _shown(model):
    return [{**rule, "segment_id": shown(rule, model)} for rule in model["rules"]]


def test_every_condition_counts_the_accounts_it_was_made_from():
    known, told = accounts_of(500)
    codes = np.searchsorted(IDS, told)
    encoded = encode(known, FIELDS, 10)
    tree = fit_tree(encoded.matrix, codes, 12, 10)
    leaves = read_leaves(tree, encoded, range(encoded.matrix.shape[1]), known, codes, FIELDS, 3)
    total = np.sum([leaf.counts for leaf in leaves], axis=0)
    assert (total == np.bincount(codes)).all()  # every account is in exactly one leaf
    sizes = sorted(np.bincount(tree.apply(encoded.matrix))[np.unique(tree.apply(encoded.matrix))])
    assert sorted(int(leaf.counts.sum()) for leaf in leaves) == sizes  # round limits move nobody


def test_limits_are_round():
    assert roundest(48, 57) == 50 and roundest(9, 10) == 10 and roundest(0.121, 0.129) == 0.125
    assert roundest(-3, 4) == 0 and roundest(1999.99, 2000.01) == 2000
    assert 7.0000001 < roundest(7.0000001, 7.0000002) <= 7.0000002


def test_chances_of_small_leaves_are_pulled_to_the_average():
    prior = np.array([0.5, 0.5])
    assert leaf_shares(np.array([4.0, 0.0]), prior, 4.0).tolist() == [0.75, 0.25]


def test_accounts_are_placed_from_the_smallest_chance_that_is_right_often_enough():
    shares = np.repeat([[0.9, 0.1], [0.7, 0.3], [0.5, 0.5]], 100, axis=0)
    codes = np.concatenate([np.zeros(100), np.r_[np.zeros(75), np.ones(25)], np.r_[np.zeros(30), np.ones(70)]])
    assert place_from(shares, codes.astype(int), 0.8) == 0.7  # 175 of 200 right
    assert place_from(shares, codes.astype(int), 0.95) == 0.9
    assert place_from(shares, 1 - codes.astype(int), 0.95) == 2.0  # nobody


def test_folds_follow_the_id_alone():
    assert fold_of(["a", "b", "c"], 5).tolist() == fold_of(["a", "b", "c", "d"], 5).tolist()[:3]
    assert np.bincount(fold_of([str(i) for i in range(5000)], 5)).min() > 900


def test_tables_are_whole_and_say_what_they_should(typed):
    for name in TABLE_NAMES:
        check(typed.tables[name], name)
    quality = typed.tables["typing_quality"].set_index(["kit", "metric"])
    assert quality.at[("full", "accuracy"), "value"] > quality.at[("crm", "accuracy"), "value"]
    assert quality.at[("full", "gap"), "low"] > 0
    errors = typed.tables["typing_errors"]
    assert errors.groupby("kit")["n_accounts"].sum().tolist() == [400, 400]
    assert (errors.loc[errors["segment_id"] == errors["told_id"], "cost"] == 0).all()
    assert set(rules_of(typed.model)) == {"crm", "full"}
    assert name_kits(typed.tables["typing_quality"])["kit_de"].tolist()[0] == "Kurzregel"


def test_it_is_said_in_both_languages(typed):
    names = {one: (one, one) for one in IDS}
    told = describe_typing(typed.model, typed.tables["typing_quality"], typed.tables["typing_fields"])
    told += describe_errors(typed.tables["typing_errors"], names)
    keys = [key for key, _ in told]
    assert keys.count("typing.accuracy") == 2 and "typing.gap" in keys and "typing.costliest" in keys
    for key, numbers in told:
        assert "{" not in say(key, "de", **numbers) + say(key, "en", **numbers)


def test_it_says_when_the_data_do_not_allow_a_rule():
    few = type_accounts(inputs_of(60), FAST, "value", {"method": "kmeans"})
    assert few.model["why_not"][0] == "typing.too_few" and few.tables["typing_quality"].empty
    inputs = inputs_of(300)
    one = TypingInputs(inputs.accounts, inputs.segments.assign(segment_id="C1"), inputs.features)
    assert type_accounts(one, FAST, "value", {"method": "kmeans"}).model["why_not"][0] == "typing.one_segment"
    bare = TypingInputs(inputs.accounts[["account_id"]], inputs.segments, inputs.features)
    told = type_accounts(bare, FAST, "value", {"method": "kmeans"})
    assert list(told.model["kits"]) == ["full"]
    assert "typing.no_crm" in [k for k, _ in describe_typing(told.model, *(told.tables[n] for n in TABLE_NAMES[1::-1]))]


def test_noise_is_called_noise():
    inputs = inputs_of(400)
    shuffled = inputs.segments["segment_id"].sample(frac=1, random_state=1).to_numpy()
    segments = inputs.segments.assign(segment_id=shuffled)
    features = inputs.features.assign(revenue_12m=np.random.default_rng(1).random(400))
    told = type_accounts(TypingInputs(inputs.accounts, segments, features), FAST, "value", {"method": "kmeans"})
    quality = told.tables["typing_quality"]
    assert (quality.loc[quality["metric"] == "explained", "low"] < 0.02).all()
    keys = {k for k, _ in describe_typing(told.model, quality, told.tables["typing_fields"])}
    assert not keys & {"typing.accuracy", "typing.placed"}


def test_only_fields_that_can_tell_are_offered():
    frame = pd.DataFrame({"a": [1, 2, 3], "same": 1, "empty": [None] * 3, "day": pd.to_datetime(["2026-01-01"] * 3)})
    frame["yes"] = [True, False, True]
    assert usable_fields(frame, [*frame, "gone"]) == {"a": "number"}


def test_a_file_that_looks_different_is_noticed(kit):
    same, _ = accounts_of(900, seed=8)
    assert {row["status"] for row in compare_with(same, kit.model)} == {"steady"}
    larger = same.assign(employees=same["employees"] * 20, industry_division="Neu")
    found = {row["field"]: row for row in compare_with(larger, kit.model)}
    assert found["employees"]["status"] == "shifted"
    if "industry_division" in found:
        assert found["industry_division"]["share_new"] == 1.0
    assert {row["status"] for row in compare_with(same.head(10), kit.model)} == {"too_few"}


def test_settings_refuse_a_negative_cost():
    with pytest.raises(ValueError, match="region must not be negative"):
        Typing(crm_fields={"region": -1})


def test_a_new_person_is_placed_by_its_department():
    inputs = inputs_of(400)
    rng = np.random.default_rng(2)
    need = rng.choice(["N1", "N2"], 600)
    department = np.where(rng.random(600) < 0.85, np.where(need == "N1", "Einkauf", "Technik"), "Lager")
    persons = pd.DataFrame({"segmentation_id": "needs", "contact_id": [f"P{i:04d}" for i in range(600)]})
    persons["account_id"] = rng.choice(inputs.accounts["account_id"], 600)
    persons = persons.assign(segment_id=need, basis=np.where(np.arange(600) % 10 == 0, "attributes", "answers"))
    contacts = persons[["contact_id", "account_id"]].assign(department=department, seniority="Leitung")
    both = TypingInputs(inputs.accounts, inputs.segments, inputs.features, None, persons, contacts)
    found = type_accounts(both, FAST, "needs", {"method": "needs"})
    kit = found.model["kits"]["person"]
    assert list(kit["fields"]) == ["department"] and kit["n_accounts"] == 540  # only who answered
    stated = found.tables["typing_quality"].set_index(["kit", "metric"]).loc[("person", "accuracy")]
    told = pd.crosstab(department[persons["basis"] == "answers"], need[persons["basis"] == "answers"])
    assert abs(stated["value"] - told.max(axis=1).sum() / 540) < 0.03  # the best that the department allows
    keys = dict(describe_typing(found.model, *(found.tables[n] for n in TABLE_NAMES[1::-1])))
    assert "Personen" in say("typing.accuracy", "de", **keys["typing.accuracy"])
    for name in TABLE_NAMES:
        check(found.tables[name], name)
