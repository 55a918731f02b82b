"""The search for duplicates on 5,000 planted records; 50,000 are measured by benchmarks/duplicates.py."""

from __future__ import annotations

import pandas as pd
import pytest

from planted import judge
from planted.baseline import scored_pairs
from planted.records import plant
from segkit.cleansing.matching import cluster, find_pairs
from segkit.settings.cleansing import Duplicates


@pytest.fixture(scope="module")
def planted():
    return plant(4_000, 1_000, seed=11)


@pytest.fixture(scope="module")
def pairs(planted):
    return find_pairs(planted.records, Duplicates(), seed=11).pairs


@pytest.fixture(scope="module")
def merged(pairs):
    return pairs[pairs["probability"] >= Duplicates().merge]


def test_records_of_one_company_are_found_without_labels(planted, merged):
    score = judge.score_pairs(merged, planted.truth)
    assert score.f1 >= 0.97, score
    assert score.precision >= 0.98, judge.wrong_by_relation(merged, planted.truth)


def test_clusters_are_no_worse_than_pairs(planted, pairs, merged):
    clusters = cluster(pairs, Duplicates().merge, [], [], planted.records["record_id"])
    assert judge.score_clusters(clusters, planted.truth).f1 >= judge.score_pairs(merged, planted.truth).f1 - 0.002
    exact, several = judge.exact_companies(clusters, planted.truth)
    assert exact / several >= 0.94


def test_every_rapidfuzz_is_beaten_even_with_its_best_threshold(planted, merged):
    scored = scored_pairs(planted.records)
    best = max(
        judge.best_threshold(scored, column, planted.truth)[1].f1 for column in scored.columns.drop(list(scored)[:2])
    )
    assert 0.5 < best < judge.score_pairs(merged, planted.truth).f1 - 0.1


def test_every_kind_of_damage_is_survived(planted, merged):
    by_damage = judge.missed_by_damage(merged, planted.truth)
    recall = (by_damage["n_found"] / by_damage["n_true"]).set_axis(by_damage["damage"])
    assert (recall[by_damage["n_true"].to_numpy() >= 30] >= 0.75).all(), recall.sort_values()


def test_numbered_firms_and_namesakes_stay_apart(planted, merged):
    wrong = judge.wrong_by_relation(merged, planted.truth).reindex(["numbered", "same_name"]).fillna(0)
    assert (wrong <= 1).all(), wrong


def test_most_wrong_probabilities_are_not_near_one(planted, pairs):
    sure = pairs[pairs["probability"] >= 0.999]
    assert judge.is_right(sure, planted.truth).mean() >= 0.98


def test_order_of_records_and_of_columns_does_not_matter(planted, pairs):
    shuffled = planted.records.sample(frac=1, random_state=3)[list(planted.records)[::-1]]
    again = find_pairs(shuffled, Duplicates(), seed=11).pairs
    key = ["record_id_a", "record_id_b"]
    pd.testing.assert_frame_equal(
        again.sort_values(key, ignore_index=True)[[*key, "probability"]],
        pairs.sort_values(key, ignore_index=True)[[*key, "probability"]],
    )
