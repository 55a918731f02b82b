"""Hand-made rules before a run: counted by hand, and each kind of mistake named once."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from pydantic import ValidationError

from segkit.segments.rule_checks import (
    check_rules,
    count_rules,
    describe_counts,
    describe_rules,
    find_missing_columns,
    warn_of_rules,
)
from segkit.segments.rule_logic import find_contradictions, is_within, unfold
from segkit.settings.hand_rules import HandRule
from segkit.texts import LANGUAGES, say

from .test_quarterly import Q2, panel, segmented

ACCOUNTS = pd.DataFrame(
    {
        "region": ["Nord", "Süd", "Süd", "Süd", None, "Nord"],
        "employees": [5.0, 50, 500, np.nan, 20, 800],
        "website": [None] * 6,
        "revenue_12m": [10.0, 20, 300, 400, 500, 1000],
    }
)


def rules(**when) -> list[dict]:
    return [{"id": name, "name": name, "when": condition} for name, condition in when.items()]


def test_the_waterfall_counted_by_hand():
    given = rules(BIG={"revenue_12m": {"from": 300}}, SUED={"region": "Süd"}, REST={})
    apart = np.array([False] * 5 + [True])  # the last one is a key account
    counts = count_rules(given, ACCOUNTS, "branche", apart).set_index("segment_id")
    assert counts["n_accounts"].to_dict() == {"BIG": 4, "SUED": 3, "REST": 6, "OTHER": 0}
    assert counts["n_gets"].to_dict() == {"BIG": 3, "SUED": 1, "REST": 1, "OTHER": 0}
    assert counts["revenue_12m"].tolist() == [1200.0, 20.0, 10.0, 0.0]
    assert counts["n_taken"].tolist() == [1, 2, 5, 0]
    # Of the five that REST loses, BIG takes three, SUED one, and one is a key account.
    assert counts["taken_by"].tolist()[:3] == ["KEY, DORMANT", "BIG", "BIG"] and counts["n_taken_by"].tolist()[2] == 3
    for language in LANGUAGES:
        assert all("{" not in say(key, language, **n) for key, n in describe_counts(counts.reset_index()))


@pytest.mark.parametrize(
    ("when", "key"),
    [
        ({"revenue_12m": {"from": 900, "below": 500}}, "rules.contradiction"),
        ({"all": [{"region": "Nord"}, {"region": "Süd"}]}, "rules.contradiction"),
        ({"region": "Nord", "not": {"region": ["Nord", "Süd"]}}, "rules.contradiction"),
        ({"any": [{"region": "Süd"}, {"employees": {"from": 9, "below": 2}}]}, "rules.contradiction_part"),
        ({"region": "Sud"}, "rules.no_value_near"),
        ({"region": "Westen"}, "rules.no_value_of"),
        ({"website": "x"}, "rules.empty_column"),
        ({"n_machines": 3}, "rules.not_here"),
        ({"region": {"from": 3}}, "rules.no_number"),
        ({"employees": {"from": 900}}, "rules.nobody"),
        ({"revenue_12m": {"from": 2000}}, "rules.hidden"),
        ({"region": "Süd", "employees": {"from": 400}}, "rules.hidden_today"),
    ],
)
def test_every_mistake_is_named_once(when, key):
    given = rules(BIG={"revenue_12m": {"from": 300}}, X=when)
    told = check_rules(given, ACCOUNTS, count_rules(given, ACCOUNTS, "branche"))
    assert [found for found, _ in told] == [key]
    for language in LANGUAGES:
        text = say(told[0][0], language, **told[0][1])
        assert "X" in text and "{" not in text


def test_good_rules_are_told_nothing():
    given = rules(BIG={"revenue_12m": {"from": 300}}, NORD={"region": ["Nord"], "not": {"employees": {"below": 2}}})
    assert check_rules(given, ACCOUNTS, count_rules(given, ACCOUNTS, "branche")) == []


def test_a_missing_column_is_named_with_the_nearest():
    given = rules(A={"any": [{"revenu_12m": {"from": 3}}, {"not": {"zzz": 1}}]}, B={"region": "Süd"})
    found = find_missing_columns(given, {"revenue_12m", "region"})
    assert [key for key, _ in found] == ["rules.no_column_near", "rules.no_column"]
    assert found[0][1]["near"] == "revenue_12m"
    assert HandRule(**given[0]).columns == ["revenu_12m", "zzz"]


def test_logic_claims_only_what_is_certain():
    assert find_contradictions({"division": [20], "all": [{"division": "20"}]}) == ([], False)  # may be the same
    assert find_contradictions({"employees": "20", "all": [{"employees": {"from": 21}}]}) == (["employees"], True)
    assert not is_within({"region": "Süd"}, {"region": "Süd", "employees": {"from": 1}})
    assert is_within({"region": "Süd"}, {"any": [{"employees": {"from": 1}}, {"region": ["Süd", "Nord"]}]})
    assert is_within({"employees": [20, 30]}, {"employees": {"from": 20, "below": 31}}) and is_within({"a": 1}, {})
    assert not is_within(
        {"not": {"employees": {"below": 5}}}, {"employees": {"from": 5}}
    )  # a missing value is not below
    many = {"all": [{"any": [{"a": i}, {"b": i}]} for i in range(20)]}
    assert unfold(many) is None and find_contradictions(many) == ([], False) and not is_within(many, many)


@pytest.mark.parametrize("limit", ["50.000", True, float("nan")])
def test_limits_are_numbers(limit):
    with pytest.raises(ValidationError, match="needs a number such as 50000"):
        HandRule(id="BIG", name="x", when={"any": [{"revenue_12m": {"from": limit}}]})


@pytest.mark.parametrize("wanted", [None, [], ["Nord", None]])
def test_a_comparison_needs_a_value(wanted):
    with pytest.raises(ValidationError, match="needs a value"):
        HandRule(id="BIG", name="x", when={"region": wanted})


def test_the_model_of_a_quarter_keeps_what_is_wrong_with_its_rules():
    given = rules(BIG={"revenue_12m": {"from": 1000}}, NIL={"revenue_12m": {"from": 5, "below": 2}})
    result, _ = segmented(panel(), Q2, method="rules", rules=given, challenger=False, compare=[])
    assert [key for key, _ in result.model["rule_warnings"]] == ["rules.contradiction"]
    counts = count_rules(given, ACCOUNTS, "value")
    assert [key for key, _ in describe_rules(counts, result.model)][-1] == "rules.contradiction"
    assert warn_of_rules(ACCOUNTS, {"method": "grid"}) == {}
