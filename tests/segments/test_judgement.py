"""What people put into segmentations, told together: rules, combinations, moves."""

from __future__ import annotations

from types import SimpleNamespace

import pandas as pd

from segkit.segments.grid import grid_rules
from segkit.segments.judgement import check_hand_rules, describe_judgement, judge
from segkit.settings.account_segmentation import AccountSegmentation
from segkit.tables import no_rows
from segkit.texts import LANGUAGES, say

from .test_manual_moves import Q3, REGISTER, moves, segments
from .test_quarterly import panel


def test_rules_and_moves_of_one_segmentation():
    features = panel().query("as_of == as_of.max()").reset_index(drop=True)
    rules = [
        {"id": "S1", "name": "Große", "when": {"revenue_12m": {"from": 1000}}},
        {"id": "S2", "name": "keine", "when": {"revenue_12m": {"from": 5, "below": 2}}},
    ]
    model = {"method": "rules", "rules": grid_rules(AccountSegmentation()), "hand_rules": rules}
    one = SimpleNamespace(model=model, tables={})
    counts, told = check_hand_rules({"value": one, "other": SimpleNamespace(model={}, tables={})}, features)
    assert [key for key, _ in told["value"]] == ["rules.contradiction"]
    assert counts["segment_id"].tolist() == ["S1", "S2", "OTHER"]
    decided = moves("A1 S2 - Kim gut")
    now = segments(decided, A1="S1", A2="S1")
    tables = judge({"value": one}, now, decided, Q3, None, features)
    assert {name: len(frame) for name, frame in tables.items()} == {
        "manual_moves": 1,
        "rule_counts": 3,
        "combination_gains": 0,
    }
    tables |= {"segments": now, "segment_register": REGISTER}
    tables |= {name: no_rows(name) for name in ("segment_sizes", "typing_rules")}
    said = describe_judgement("value", model | {"rule_warnings": told["value"]}, tables)
    assert [key for key, _ in said][-2:] == ["rules.contradiction", "experience.share"]
    for language in LANGUAGES:
        assert all("{" not in say(key, language, **numbers) for key, numbers in said)
    assert isinstance(tables["manual_moves"], pd.DataFrame)
