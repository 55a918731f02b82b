"""The contest: shares by hand, hand-made rules in the same frame, a lead that is planted and one that is not."""

import numpy as np
import pandas as pd
import pytest

from segkit.segments.assess.contest import compare_divisions, explained_fairly
from segkit.segments.assess.hand_made import Division, divide_by_columns, divide_by_fit, divide_by_grid, pool_levels
from segkit.segments.grid import grid_rules
from segkit.segments.methods.kmeans import fit_kmeans
from segkit.segments.space import VALUE_CRITERIA, apply_space, fit_space
from segkit.settings.account_segmentation import AccountSegmentation
from tests.segments.conftest import AS_OF, crowd

MODEL = {"segmentation_id": "value", "method": "grid", "rules": grid_rules(AccountSegmentation())}


def by_revenue(*limits: float):
    return lambda features: np.digitize(features["revenue_12m"].to_numpy(float), limits).astype(str)


@pytest.fixture(scope="module")
def company() -> dict:
    """300 accounts whose revenue of the quarter follows a level; as they were a quarter before, and columns."""
    features, group = crowd(300, 1)
    rng = np.random.default_rng(2)
    features["revenue_q"] = features["revenue_12m"] / 4 * rng.lognormal(0, 0.3, 300)
    before = features.assign(
        as_of=AS_OF - pd.Timedelta(days=92), revenue_12m=features["revenue_12m"] * rng.lognormal(0, 0.1, 300)
    )
    abc = np.select([features["revenue_12m"] > 5000, features["revenue_12m"] > 300], ["A", "B"], "C")
    known = pd.DataFrame({"abc": abc, "colour": rng.integers(0, 3, 300).astype(str), "name": features["account_id"]})
    return {"features": features, "before": before, "known": known, "group": group}


def test_explained_shares_by_hand():
    # Values 0 2 2 4, groups aabb: means 1 and 3 around 2; between 4 of 8, eta² .5; epsilon² 1 - .5 · 3 / 2 = .25.
    assert explained_fairly(np.array([0.0, 2, 2, 4]), np.array(list("aabb"))) == pytest.approx(0.25)
    # Groups abab: means 1, 3 again the same; abba: means 2, 2: nothing, and the correction does not go below 0.
    assert explained_fairly(np.array([0.0, 2, 2, 4]), np.array(list("abba"))) == 0.0


def test_many_groups_by_chance_explain_nothing():
    rng = np.random.default_rng(0)
    shares = [explained_fairly(rng.normal(size=200), rng.integers(0, 60, 200).astype(str)) for _ in range(30)]
    assert np.mean(shares) < 0.06, "plain eta² would be .3"


def test_an_abc_class_is_found_to_be_limits_of_revenue_and_drawn_anew(company):
    divisions = {d.method: d for d in divide_by_columns(company["features"], company["known"], 4, 1)}
    assert list(divisions) == ["abc", "colour"], "names of accounts divide nothing"
    assert divisions["abc"].note == "contest.note_cut_revenue_12m" and len(divisions["abc"].pairs) == 4
    assert divisions["abc"].assign(company["features"]).tolist() == company["known"]["abc"].tolist()
    assert divisions["colour"].pairs is None and divisions["colour"].note == "contest.note_column"


def test_rare_and_missing_values_stand_apart():
    column = pd.Series(["a"] * 6 + ["b", "c", None])
    assert pool_levels(column).tolist() == ["a"] * 6 + ["rare", "rare", ""]


def test_all_contenders_stand_in_one_frame(company):
    features, before = company["features"], company["before"]
    space = fit_space(features, dict.fromkeys(VALUE_CRITERIA, 1.0))
    found = fit_kmeans(apply_space(features, space), 3, np.random.default_rng(1))
    divisions = [
        Division("accepted", "accepted", by_revenue(300, 5000)),
        divide_by_fit("challenger", "challenger", space, found.model, features, np.array([0.9, 1.0]), "natural"),
        *divide_by_grid(features, MODEL, 3, 1),
        *divide_by_columns(features, company["known"], 3, 1),
    ]
    redraws = [features.assign(revenue_12m=features["revenue_12m"] * factor) for factor in (0.9, 1.1)]
    table = compare_divisions(divisions, features, before, MODEL, redraws, 1).set_index("method")
    assert table.loc["challenger", "global_ari"] == pytest.approx(0.95)
    assert table.loc["abc", "ari_accepted"] == 1.0 and table.loc["abc", "noise_ari"] > 0.8
    assert table.loc["colour", ["time_ari", "noise_ari", "next_explained"]].isna().all()
    assert table.loc["colour", "revenue_explained"] < 0.05 < 0.8 < table.loc["abc", "next_explained"]
    assert table.loc["abc", "gain"] == pytest.approx(0.0, abs=0.02) and table.loc["accepted", "gain"] != 0
    classes = table.loc["revenue_classes"]
    assert classes["kind"] == "hand_made" and classes["n_segments"] == 3 and classes["global_ari"] > 0.8
    again = compare_divisions(divisions, features, before, MODEL, redraws, 1).set_index("method")
    pd.testing.assert_frame_equal(table, again)


def test_criteria_without_history_are_not_laid_over_the_past(company):
    features = company["features"].assign(employees=np.arange(300.0))
    space = fit_space(features, {"revenue_12m": 1.0, "employees": 1.0})
    found = fit_kmeans(apply_space(features, space), 2, np.random.default_rng(1))
    division = divide_by_fit("kmeans", "fitted", space, found.model, features)
    table = compare_divisions(
        [Division("accepted", "accepted", by_revenue(300)), division], features, company["before"], MODEL
    )
    assert table["next_explained"].isna().tolist() == [False, True] and table["note"].iloc[1] == "contest.note_undated"


def test_a_planted_lead_is_sure_and_an_even_match_is_not(company):
    features, before = company["features"], company["before"]
    divisions = [
        Division("accepted", "accepted", by_revenue(300)),
        Division("finer", "fitted", by_revenue(300, 5000)),
        Division("twin", "fitted", by_revenue(310)),
    ]
    table = compare_divisions(divisions, features, before, MODEL).set_index("method")
    assert table.loc["finer", "gain_low"] > 0, "three levels were planted, two are in force"
    assert table.loc["twin", "gain_low"] <= 0 <= table.loc["twin", "gain_high"]
    assert (table["next_low"] < table["next_explained"]).all()


def test_without_a_quarter_before_the_future_stays_empty(company):
    divisions = [Division("accepted", "accepted", by_revenue(300))]
    table = compare_divisions(divisions, company["features"], company["before"].iloc[:0], MODEL)
    assert table["next_explained"].isna().all() and table["note"].tolist() == ["contest.note_first"]


def test_the_interval_covers(company):
    # The share of all 3,000 accounts of a larger company should lie in most intervals of samples of 150.
    features, _ = crowd(3000, 8, groups=((9.0, 40, 5), (8.0, 12, 60), (7.4, 2, 300)))
    rng = np.random.default_rng(4)
    features["revenue_q"] = features["revenue_12m"] / 4 * rng.lognormal(0, 0.8, 3000)
    division = Division("accepted", "accepted", by_revenue(2500, 6000))
    truth = compare_divisions([division], features, features, MODEL)["next_explained"].iloc[0]
    hits = 0
    for seed in range(20):
        part = features.iloc[np.sort(rng.choice(3000, 150, replace=False))].reset_index(drop=True)
        row = compare_divisions([division], part, part, MODEL, seed=seed).iloc[0]
        hits += row["next_low"] <= truth <= row["next_high"]
    assert hits >= 17
