"""Hand-made rules: first match, nested conditions, missing values, and the same place as any method."""

import numpy as np
import pandas as pd
import pytest
from pydantic import ValidationError

from segkit.segments.hand_rules import apply_rules, holds, name_columns, say_rule
from segkit.settings.account_segmentation import AccountSegmentation
from segkit.texts import say

from .test_quarterly import Q2, Q3, before_of, panel, segmented, sentences

ACCOUNTS = pd.DataFrame(
    {"region": ["Nord", "Süd", None, "Süd"], "division": ["20", "20", "28", "28"], "revenue": [5.0, 90.0, 90.0, np.nan]}
)


@pytest.mark.parametrize(
    ("when", "expected"),
    [
        ({}, [True, True, True, True]),
        ({"region": "Süd"}, [False, True, False, True]),
        ({"region": ["Süd", "Nord"], "division": 20}, [True, True, False, False]),
        ({"revenue": {"from": 5, "below": 90}}, [True, False, False, False]),
        ({"any": [{"region": "Nord"}, {"revenue": {"from": 90}}]}, [True, True, True, False]),
        ({"all": [{"region": "Süd"}, {"division": "28"}]}, [False, False, False, True]),
        ({"not": {"division": "20"}}, [False, False, True, True]),
        ({"nobody_delivers": 1}, [False] * 4),
    ],
)
def test_conditions(when, expected):
    assert holds(ACCOUNTS, when).tolist() == expected


def test_the_first_rule_that_holds_counts():
    rules = [{"id": "A", "when": {"division": "20"}}, {"id": "B", "when": {"region": "Süd"}}]
    assert apply_rules(ACCOUNTS, rules).tolist() == ["A", "A", "OTHER", "B"]


def test_rules_are_said_and_their_columns_named():
    when = {"region": ["Nord", "Süd"], "not": {"any": [{"division": "20"}, {"revenue": {"below": 10}}]}}
    assert say_rule(when) == "region in (Nord, Süd) and not ((division = 20 or revenue < 10))"
    assert list(name_columns(when)) == ["region", "division", "revenue"] and say_rule({}) == "everybody"


def test_settings_refuse_rules_that_cannot_work():
    with pytest.raises(ValidationError, match="needs rules"):
        AccountSegmentation(method="rules")
    with pytest.raises(ValidationError, match="twice"):
        AccountSegmentation(method="rules", rules=[{"id": "A", "name": "a"}, {"id": "A", "name": "b"}])
    with pytest.raises(ValidationError, match="from and below"):
        AccountSegmentation(method="rules", rules=[{"id": "A", "name": "a", "when": {"revenue": {"above": 3}}}])
    with pytest.raises(ValidationError, match="KEY"):
        AccountSegmentation(method="rules", rules=[{"id": "KEY", "name": "a"}])


def test_rules_segment_a_quarter_like_any_method_and_a_change_holds_at_once():
    rules = [{"id": "BIG", "name": "Große", "when": {"revenue_12m": {"from": 1000}}}]
    first = segmented(panel(), Q2, method="rules", rules=rules)
    segments = first[1]["segments"].set_index("account_id")["segment_id"]
    assert set(segments) == {"BIG", "OTHER"}
    assert first[1]["typing_rules"]["rule"].tolist()[2:] == ["revenue_12m >= 1000", "all others"]
    names = first[1]["segment_register"].set_index("segment_id")["name_de"]
    assert names["BIG"] == "Große" and names["OTHER"] == "Übrige"
    for key, numbers in sentences(*first):
        assert "{" not in say(key, "de", "EUR", **numbers)
    rules[0]["when"] = {"revenue_12m": {"from": 10}}
    later, tables = segmented(panel(), Q3, before_of(*first), method="rules", rules=rules)
    assert later.model["why"] == "changed"
    assert (tables["segments"]["kept_segment_id"] != tables["segments"]["segment_id"]).any()
