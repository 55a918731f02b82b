"""The accepted grid and hand-made rules leave as conditions that give every account the same segment."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from segkit.segments.accepted import assign_segments
from segkit.segments.grid import grid_rules
from segkit.segments.hand_rules import apply_rules
from segkit.segments.typing.conditions import apply_rule, holds
from segkit.segments.typing.exact import exact_rule, to_condition
from segkit.segments.typing.fields import kind_of
from segkit.settings.account_segmentation import AccountSegmentation
from tests.segments.conftest import AS_OF, features_of


def grid_model(**settings) -> dict:
    return {"method": "grid", "segmentation_id": "value", "rules": grid_rules(AccountSegmentation(**settings))}


def many_accounts(n: int, data_start: str) -> pd.DataFrame:
    """Accounts at the edges of the grid: dates on and beside every limit, trends at exactly the ratios."""
    rng = np.random.default_rng(3)
    edges = ["2024-09-30", "2024-10-01", "2025-09-30", "2025-10-01", "2026-03-31", "2026-04-03", "2026-09-30"]
    rows = []
    for i in range(n):
        last = pd.Timestamp(edges[rng.integers(len(edges))])
        first = min(last, pd.Timestamp(["2021-02-28", "2025-03-01", "2025-10-01", "2026-05-01"][rng.integers(4)]))
        before = [0.0, 100.0, 1000.0, np.nan][rng.integers(4)]
        now = (
            float([0, 75, 100, 125, 750, 1250, 5e4][rng.integers(7)]) if last > AS_OF - pd.Timedelta(days=365) else 0.0
        )
        rows.append((f"{i:05d}", first, last, now + rng.integers(0, 3) / 100, before))
    return features_of(rows, data_start=data_start)


@pytest.mark.parametrize("data_start", ["2020-01-01", "2025-02-28", "2024-02-29"])
def test_the_grid_is_exported_exactly(data_start):
    features, model = many_accounts(600, data_start), grid_model(key_accounts=["00003", "00004"])
    rule = exact_rule(features, model)
    told = assign_segments(features, model)["segment_id"].to_numpy(str)
    assert (apply_rule(features, rule) == told).all()
    assert len(set(told)) >= 6


def test_hand_made_rules_are_exported_exactly():
    features = many_accounts(300, "2020-01-01")
    rng = np.random.default_rng(5)
    features["branch"] = rng.choice(["20", "21", "Öl, Gas"], len(features))
    features.loc[::7, "branch"] = None
    features["is_partner"] = pd.array(rng.choice([True, False], len(features)), "boolean")
    rules = [
        {"id": "A", "when": {"branch": [20, "Öl, Gas"], "not": {"revenue_12m": {"below": 750}}}},
        {
            "id": "B",
            "when": {"any": [{"days_since_last": 0}, {"all": [{"is_partner": True}, {"tenure_days": {"from": 900}}]}]},
        },
        {"id": "C", "when": {"nobody_has_this": "x"}},
        {"id": "D", "when": {"frequency": {"from": 20, "below": 21}, "branch": "21"}},
    ]
    model = {"method": "rules", "segmentation_id": "own", "rules": grid_model()["rules"], "hand_rules": rules}
    rule = exact_rule(features, model)
    told = assign_segments(features, model)["segment_id"].to_numpy(str)
    assert (apply_rule(features, rule) == told).all()
    assert {"A", "B", "D", "OTHER"} <= set(told)
    kinds = {name: kind_of(features[name]) for name in features}
    for one in rules:
        met = apply_rules(features, [one]) == one["id"]
        assert (holds(features, to_condition(one["when"], features), kinds) == met).all(), one["id"]


def test_a_fitted_model_has_no_exact_rule():
    assert exact_rule(many_accounts(5, "2020-01-01"), {"method": "kmeans", "rules": {}}) is None
