"""Drift beyond what chance alone makes."""

import numpy as np
import pandas as pd
import pytest

from segkit.monitoring import findings
from segkit.monitoring.drift import join_criteria, measure_drift, psi_with_noise
from segkit.monitoring.shaping import describe_medians, name_drift, shape_drift
from segkit.settings.monitoring import Monitoring
from segkit.tables import check
from segkit.texts import LANGUAGES, say

SETTINGS = Monitoring(permutations=100)


def criteria(n: int = 400, seed: int = 1, shift: float = 0.0, first: int = 0) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    ids = [f"{i:04d}" for i in range(first, first + n)]
    region = rng.choice(["Nord", "Süd", None], n, p=[0.5, 0.4, 0.1])
    return pd.DataFrame({"account_id": ids, "revenue_12m": np.exp(rng.normal(shift, 1, n)), "region": region})


def drift_of(now: pd.DataFrame, then: pd.DataFrame, **options) -> pd.DataFrame:
    found = measure_drift(now, {"previous_quarter": then, "year_before": then[:0]}, SETTINGS, 1, **options)
    return check(found, "drift")


def status(found: pd.DataFrame, variable: str, reference: str = "previous_quarter") -> str:
    return found.set_index(["variable", "reference"]).loc[(variable, reference), "status"]


def test_psi_by_hand_and_its_noise():
    ids = [f"{i}" for i in range(100)]
    then = pd.Series([0] * 50 + [1] * 50, ids)
    now = pd.Series([0] * 20 + [1] * 80, ids)
    psi, noise, chance = psi_with_noise(now, then, 200, 0.95, np.random.default_rng(1))
    p, q = np.array([20.5, 80.5]) / 101, np.array([50.5, 50.5]) / 101
    assert psi == pytest.approx(((p - q) * np.log(p / q)).sum()) and 0 < noise < 0.12 < psi and chance < 0.01
    assert psi_with_noise(then, then, 200, 0.95, np.random.default_rng(1)) == (0.0, 0.0, 1.0), (
        "nobody moved, so no noise"
    )


def test_the_same_distribution_is_stable_and_a_shifted_one_is_not():
    same = drift_of(criteria(seed=1), criteria(seed=2))
    assert status(same, "revenue_12m") == status(same, "region") == "stable"
    moved = drift_of(criteria(seed=1, shift=0.8), criteria(seed=2))
    assert status(moved, "revenue_12m") == "shifted" and status(moved, "region") == "stable"
    assert status(drift_of(criteria(seed=1, shift=0.4), criteria(seed=2)), "revenue_12m") == "watch"


def test_chance_alone_exceeds_its_level_in_about_five_of_a_hundred_cases():
    rng = np.random.default_rng(5)
    exceeded = 0
    for _ in range(200):
        ids = np.arange(300)
        level = rng.normal(0, 1, 300)  # the same accounts twice: their values hang together
        now, then = (
            pd.Series(np.clip(np.floor(level + rng.normal(0, 0.5, 300)), -2, 2).astype(int), ids) for _ in (1, 2)
        )
        psi, noise, _ = psi_with_noise(now, then, 100, 0.95, rng)
        exceeded += psi > noise
    assert 2 <= exceeded <= 20


def test_small_samples_need_a_large_shift():
    assert status(drift_of(criteria(35, 1, 0.3), criteria(35, 2)), "revenue_12m") == "stable"


def test_what_cannot_be_compared_says_so():
    found = drift_of(criteria(), criteria(seed=2))
    assert status(found, "revenue_12m", "year_before") == "unknown"
    assert status(drift_of(criteria(20), criteria()), "revenue_12m") == "unknown"
    assert set(drift_of(criteria(shift=3), criteria(seed=2), is_complete=False)["status"]) == {"unknown"}
    told = findings.describe_drift(name_drift(found), True)
    assert [key for key, _ in told] == ["migration.no_drift", "migration.drift_nothing"]
    assert findings.describe_drift(name_drift(found), False) == [("migration.drift_incomplete", {})]


def test_findings_name_what_shifted_in_both_languages():
    told = dict(findings.describe_drift(name_drift(drift_of(criteria(shift=0.8), criteria(seed=2))), True))
    numbers = told["migration.warn_shifted"]
    assert say("migration.warn_shifted", "de", **numbers) == "Verschoben gegenüber dem Vorquartal: Umsatz, 12 Monate."
    assert say("migration.warn_shifted", "en", **numbers) == "Shifted since the previous quarter: Revenue, 12 months."


def test_criteria_are_those_of_buying_accounts_with_a_full_year_behind_them():
    features = pd.DataFrame(
        {
            "account_id": ["a", "b", "c"],
            "days_since_last": [10, 400, 20],
            "history_days": [800, 800, 800],
            "revenue_12m": [100.0, 0.0, 50.0],
            "revenue_prev_12m": [80.0, 10.0, None],
            "margin_12m": [None, None, None],
        }
    )
    accounts = pd.DataFrame({"account_id": ["a"], "region": ["Nord"], "country": [None]})
    found = join_criteria(features, accounts)
    assert found.columns.tolist() == ["account_id", "revenue_12m", "growth", "days_since_last", "region"]
    assert found["account_id"].tolist() == ["a", "c"] and found["growth"].round(6).tolist()[0] == 0.25
    assert join_criteria(features.assign(history_days=300), accounts).empty


def test_rows_to_draw_and_to_read():
    found = drift_of(criteria(shift=0.8), criteria(seed=2))
    shaped = shape_drift(found)
    assert shaped["shown"].max() <= 1 and shaped["fill"].notna().all() and len(shaped) == 2
    for language in LANGUAGES:
        assert shaped[f"status_{language}"].notna().all()
    assert describe_medians(name_drift(found))["psi"].is_monotonic_decreasing
