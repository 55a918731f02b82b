"""The judge on cases counted by hand."""

from __future__ import annotations

import pandas as pd
import pytest

from planted import judge
from planted.baseline import scored_pairs

# Company 1 has three records (three pairs), company 2 two (one pair), 3 and 4 one each: four true pairs.
TRUTH = pd.DataFrame(
    {
        "record_id": list("abcdefg"),
        "company_id": [1, 1, 1, 2, 2, 3, 4],
        "family": [7, 7, 7, 7, 7, -1, -1],
        "kind": ["sisters"] * 5 + ["alone"] * 2,
        "damage": ["", "typo", "typo moved", "", "moved", "", ""],
    }
)


def pairs(*texts, **columns):
    return pd.DataFrame({"record_id_a": [t[0] for t in texts], "record_id_b": [t[1] for t in texts], **columns})


def test_precision_recall_f1():
    score = judge.score_pairs(pairs("ab", "ba", "de", "af"), TRUTH)  # ab and ba are one pair
    assert (score.n_true, score.n_found, score.n_right) == (4, 3, 2)
    assert (score.precision, score.recall) == (pytest.approx(2 / 3), 0.5)
    assert score.f1 == pytest.approx(2 * (2 / 3) * 0.5 / (2 / 3 + 0.5))


def test_nothing_found_is_precise_and_useless():
    score = judge.score_pairs(pairs(), TRUTH)
    assert (score.precision, score.recall, score.f1) == (1, 0, 0)


def test_clusters_count_all_pairs_inside():
    clusters = pd.Series({"a": 1, "b": 1, "c": 1, "d": 1, "e": 2, "f": 3, "g": 3})
    score = judge.score_clusters(clusters, TRUTH)  # abcd: six pairs, three right; fg: one wrong
    assert (score.n_found, score.n_right) == (7, 3)
    assert judge.exact_companies(clusters, TRUTH) == (0, 2)
    right = pd.Series({"a": 1, "b": 1, "c": 1, "d": 2, "e": 2, "f": 3, "g": 4})
    assert judge.score_clusters(right, TRUTH).f1 == 1
    assert judge.exact_companies(right, TRUTH) == (2, 2)


def test_clusters_without_a_record_are_refused():
    with pytest.raises(ValueError, match="same records"):
        judge.score_clusters(pd.Series({"a": 1}), TRUTH)


def test_best_threshold_takes_all_pairs_of_one_value():
    scored = pairs("ab", "ac", "af", "de", "ag", score=[9.0, 8.0, 8.0, 7.0, 1.0])
    value, score = judge.best_threshold(scored, "score", TRUTH)
    assert value == 7.0  # from 9: 1 right of 1; from 8: 2 of 3; from 7: 3 of 4; from 1: 3 of 5
    assert (score.n_found, score.n_right) == (4, 3)


def test_misses_by_damage_and_errors_by_relation():
    found = pairs("ba", "ad", "fg")
    by_damage = judge.missed_by_damage(found, TRUTH).set_index("damage")
    assert by_damage.loc["typo"].to_list() == [3, 1]  # ab ac bc
    assert by_damage.loc["moved"].to_list() == [3, 0]  # ac bc de
    assert judge.wrong_by_relation(found, TRUTH).to_dict() == {"sisters": 1, "strangers": 1}


def test_baseline_finds_the_plain_case():
    records = pd.DataFrame(
        {
            "record_id": ["1", "2", "3"],
            "name": ["Müller Bau GmbH", "GmbH Mueller, Bau", "Krause Optik"],
            "postal_code": ["01067", "1067", "01067"],
        }
    )
    scored = scored_pairs(records)
    assert len(scored) == 3  # one postal code
    best = scored.sort_values("name_ids").iloc[-1]
    assert (best["record_id_a"], best["record_id_b"], best["name"]) == ("1", "2", 100)
