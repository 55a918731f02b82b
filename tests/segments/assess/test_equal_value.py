"""What equally good divisions mean: value they separate, accounts that swing, and sentences about both."""

import numpy as np
import pandas as pd
import pytest

from segkit.segments.assess.equal_value import (
    choose_by_value,
    count_cores,
    describe_equals,
    describe_near_equal,
    find_swing_accounts,
    gain_in_value,
    influence_on_explained,
    summarise_near_equal,
)
from segkit.segments.assess.near_equal import NearEqual
from segkit.segments.assess.separation import explained
from segkit.segments.fits import Fit
from segkit.tables import TABLES
from segkit.texts import LANGUAGES, say

IDS = ["cluster 1", "cluster 2", "cluster 3"]


def near(*labels: list[int], excess: float = 0.001, seen: float = 1.0, n_searches: int = 40, n: int = 30) -> NearEqual:
    s = len(labels)
    worse = np.arange(s) * excess
    fits = [Fit(np.array(row), {"segments": []}, 10 * (1 + more)) for row, more in zip(labels, worse, strict=True)]
    return NearEqual(fits, worse, np.full(s, n), n_searches, seen, s)


def features(revenue, margin=None) -> pd.DataFrame:
    margin = np.full(len(revenue), np.nan) if margin is None else margin
    ids = [f"A{i}" for i in range(len(revenue))]
    return pd.DataFrame({"account_id": ids, "revenue_12m": np.array(revenue, float), "margin_12m": margin})


HAND = near([0, 0, 1, 1, 2], [0, 1, 1, 1, 2], [0, 2, 1, 0, 2])


def test_swing_accounts_by_hand():
    # A1: elsewhere in both others (once in 2, once in 3: the first counts); A3: in one of two, there in 1
    swing = find_swing_accounts(HAND, features([10, 20, 30, 40, 50]), IDS)
    assert swing["account_id"].tolist() == ["A1", "A3"]
    assert swing["cluster_id"].tolist() == ["cluster 1", "cluster 2"]
    assert swing["other_id"].tolist() == ["cluster 2", "cluster 1"]
    assert swing["share_other"].tolist() == [1.0, 0.5] and swing["revenue_12m"].tolist() == [20, 40]
    clusters = features([10, 20, 30, 40, 50]).assign(cluster_id=np.array(IDS)[HAND.labels[0]])
    cores = count_cores(swing, clusters)
    assert cores["n_swing"].tolist() == [1, 1, 0] and cores["share_swing"].tolist() == [0.5, 0.5, 0]
    assert cores["share_swing_revenue"].tolist() == pytest.approx([20 / 30, 40 / 70, 0])


def test_tables_by_hand():
    money = features([10, 20, 30, 40, 50])
    tables = describe_near_equal({3: HAND, 2: near([0, 0, 0, 1, 1])}, 3, money, IDS)
    equals = tables["near_equal"].set_index(["n_segments", "solution"])
    assert equals.loc[(3, 2), ["n_moved", "moved_revenue", "smallest_share"]].tolist() == [1, 20, 0.2]
    assert equals.loc[(3, 3), ["n_moved", "moved_revenue"]].tolist() == [2, 60]
    assert equals.loc[(3, 1), ["ari_best", "gain", "gain_low", "gain_high"]].tolist() == [1, 0, 0, 0]
    # groups {10 20}, {30 40}, {50} and {10}, {20 30 40}, {50} on log(1 + revenue)
    logs = np.log1p([10, 20, 30, 40, 50])
    assert equals.loc[(3, 2), "revenue_explained"] == pytest.approx(explained(logs, np.array([0, 1, 1, 1, 2])))
    assert equals["margin_explained"].isna().all() and equals.loc[2].shape[0] == 1
    assert equals.groupby("n_segments")["is_most_valuable"].sum().tolist() == [1, 1]
    summary = summarise_near_equal({3: HAND, 2: near([0, 0, 0, 1, 1])})
    assert summary["n_near_equal"].tolist() == [1, 3] and summary.loc[0, "near_equal_ari"] == 1
    for name, table in tables.items():
        assert set(table) == set(TABLES[name].columns) - {"is_contactable"}


def test_influence_by_hand_and_beside_a_bootstrap():
    # y = 0 2 | 4 6: m = 3, B = 4, T = 5
    # first value: on B 2·(0−1)·(1−3) + 4 − 4 = 4, on T 9 − 5 = 4, on B/T (4 − .8·4) / 5 = .16
    found = influence_on_explained(np.array([0.0, 2.0, 4.0, 6.0]), np.array([0, 0, 1, 1]))
    assert found == pytest.approx([0.16, -0.16, -0.16, 0.16])
    rng = np.random.default_rng(1)
    labels, other = rng.integers(3, size=400), rng.integers(3, size=400)
    values = labels + rng.normal(size=400)
    gain, error = gain_in_value(features(np.expm1(np.maximum(values, 0))), np.array([labels, other]))
    logs = np.maximum(values, 0)
    rows = [rng.integers(400, size=400) for _ in range(400)]
    drawn = [explained(logs[r], other[r]) - explained(logs[r], labels[r]) for r in rows]
    assert gain[1] == pytest.approx(explained(logs, other) - explained(logs, labels))
    assert error[1] == pytest.approx(np.std(drawn), rel=0.15) and error[0] == 0


def corners(n: int = 50) -> NearEqual:
    """Two equally good ways to halve four clouds: left and right, below and above."""
    corner = np.repeat(np.arange(4), n)
    return near((corner % 2).tolist(), (corner // 2).tolist())


def test_the_division_that_separates_value_is_named():
    rng = np.random.default_rng(2)
    revenue = np.exp(8 + 2 * (np.arange(200) >= 100) + rng.normal(size=200))
    money = features(revenue, revenue * 0.3)
    tables = describe_near_equal({2: corners()}, 2, money, IDS[:2])
    equals = tables["near_equal"]
    assert choose_by_value(corners(), money) == 1
    assert equals["is_most_valuable"].tolist() == [False, True] and equals["gain_low"].iloc[1] > 0.3
    said = dict(describe_equals(equals, tables["swing_accounts"], 2, 0.005))
    assert said["near_equal.value_better"]["solution"] == 2
    assert said["near_equal.cores"]["n_swing"] == 100 and "near_equal.warn_many" in said


def test_by_chance_no_other_division_is_called_more_valuable():
    rng = np.random.default_rng(5)
    false = 0
    for _ in range(60):
        found = near(*rng.integers(4, size=(12, 300)).tolist())
        tables = describe_near_equal({4: found}, 4, features(rng.lognormal(8, 1.5, 300)), [*IDS, "cluster 4"])
        false += not tables["near_equal"]["is_most_valuable"].iloc[0]
    assert false <= 6, "5 % of 60 are expected at most, with eleven comparisons each"


def said(found: NearEqual, revenue=(10, 20, 30, 40, 50)) -> dict:
    money = features(list(revenue))
    tables = describe_near_equal({3: found}, 3, money, IDS)
    sentences = describe_equals(tables["near_equal"], tables["swing_accounts"], 3, 0.005)
    for key, numbers in sentences:
        for language in LANGUAGES:
            text = say(key, language, **numbers)
            assert "–" not in text or sum(revenue) != 150, text
    return dict(sentences)


def test_every_case_has_its_sentence():
    one = [0, 0, 1, 1, 2]
    assert list(said(near(one))) == ["near_equal.none"]
    assert list(said(near(one, n=7))) == ["near_equal.none_weak"]
    assert list(said(near(one, seen=np.nan))) == ["near_equal.warn_unseen"]
    assert list(said(near(one, n_searches=0, seen=np.nan))) == ["near_equal.fixed"]
    full = said(HAND)
    assert full["near_equal.several"]["n_moved"] == 2 and full["near_equal.several"]["moved"] == 60
    assert full["near_equal.cores"]["n_core"] == 3 and "near_equal.value_same" in full
    rough = near([0, 0, 1, 1, 2], [0, 1, 1, 1, 2], excess=-0.01, seen=0.4)
    assert {"near_equal.warn_more", "near_equal.warn_better"} <= set(said(rough))
    assert "near_equal.value_unknown" in said(HAND, [np.nan] * 5)
    assert "near_equal.value_same" in said(HAND, [0.0] * 5)
