"""What became of each segment: worked out on paper, planted, and hostile labels."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from segkit.segments.identity import MOST, SAME_SEGMENT, describe_events, name_clusters, trace_events
from segkit.texts import LANGUAGES, say


def spread(*cells: tuple[str, str, int]) -> tuple[np.ndarray, np.ndarray]:
    """Labels before and now with so many accounts per cell."""
    before = [b for b, _, n in cells for _ in range(n)]
    return np.array(before), np.array([a for _, a, n in cells for _ in range(n)])


def events(*cells: tuple[str, str, int], revenue=None) -> dict:
    before, now = spread(*cells)
    found = trace_events(before, now, np.ones(len(now)) if revenue is None else revenue)
    return {(e.event, e.segment_id, e.from_segment_id): (e.n_accounts, e.overlap) for e in found.itertuples()}


def test_by_hand():
    # Before A 10, B 4, D 6; now 1: 6 of A, 2: 4 of A, 3: all 4 of B and 2 of D, 4: 2 of D … and 5: 2 of D.
    # Jaccard: A-1 6/10, A-2 4/10, B-3 4/6, D-3 2/10, D-4 2/6, D-5 2/6. Pairs: A-1, B-3, D-4 or D-5 (1/3 is enough).
    found = events(("A", "1", 6), ("A", "2", 4), ("B", "3", 4), ("D", "3", 2), ("D", "4", 2), ("D", "5", 2))
    assert found[("continued", "1", "A")] == (6, 0.6)
    assert found[("continued", "3", "B")] == (4, pytest.approx(2 / 3))
    assert found[("split", "2", "A")] == (4, 0.4)
    last = {key: value for key, value in found.items() if key[2] == "D"}
    assert sorted(key[0] for key in last) == ["continued", "split"] and {key[1] for key in last} == {"4", "5"}
    assert len(found) == 5


def test_merge_birth_and_death_by_hand():
    # B goes wholly into 1, which continues A: Jaccard A-1 6/9, B-1 3/9 loses the assignment.
    # 2 takes 2 each of C, D and E, all of 6: of none the majority; C and D continue, E (2, 2, 2) goes in thirds.
    found = events(
        *(("A", "1", 6), ("B", "1", 3), ("C", "3", 4), ("C", "2", 2), ("D", "4", 4), ("D", "2", 2)),
        *(("E", "2", 2), ("E", "3", 2), ("E", "4", 2)),
    )
    assert found[("merge", "1", "B")] == (3, pytest.approx(1 / 3))
    assert found[("birth", "2", "")] == (6, 0.0)
    assert found[("death", "E", "E")] == (6, 0.0)
    assert {key[0] for key in found} == {"continued", "merge", "birth", "death"}


def test_money_is_that_of_the_common_accounts_and_rules_have_no_history():
    before, now = spread(("A", "1", 2), ("KEY", "KEY", 1), ("A", "DORMANT", 1), ("A", "2", 1))
    found = trace_events(before, now, np.array([10.0, 20.0, 1000.0, 5.0, 7.0]), "challenger").set_index("event")
    assert found["revenue_12m"].to_dict() == {"continued": 30.0, "split": 7.0}
    assert found.loc["continued", "overlap"] == pytest.approx(2 / 3) and set(found["model"]) == {"challenger"}


def test_an_id_that_goes_on_is_the_same_segment_however_many_stay():
    found = events(("C1", "C1", 1), ("C1", "C2", 9), ("C2", "C2", 5))
    assert [key for key in found if key[0] == "continued"] == [("continued", "C1", "C1"), ("continued", "C2", "C2")]


def test_a_segment_in_three_parts_has_splits_and_no_death():
    found = events(("A", "1", 10), ("A", "2", 10), ("A", "3", 10), ("B", "4", 5))
    kinds = sorted(key[0] for key in found)
    assert kinds == ["continued", "continued", "split", "split"]  # one part has exactly the overlap of 1/3


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5)), min_size=1, max_size=60))
def test_every_segment_has_exactly_one_fate(pairs):
    before, now = (np.array([f"{end}{p[i]}" for p in pairs]) for i, end in enumerate("bn"))
    found = trace_events(before, now, np.ones(len(now)))
    told = found.groupby("event")
    fates = {
        e: set(told.get_group(e)["segment_id"]) if e in told.groups else set() for e in ("continued", "split", "birth")
    }
    assert set.union(*fates.values()) == set(now) and sum(map(len, fates.values())) == len(set(now))
    ended = found[found["event"].isin(["merge", "death"])]["from_segment_id"]
    continued = found[found["event"] == "continued"]["from_segment_id"]
    assert ended.is_unique and continued.is_unique and not set(ended) & set(continued)
    silent = set(before) - set(ended) - set(continued)
    assert silent <= set(found[found["event"] == "split"]["from_segment_id"])
    for row in found[found["event"] == "merge"].itertuples():
        assert row.n_accounts >= MOST * (before == row.from_segment_id).sum()


def test_the_majority_of_each_other_always_continues():
    rng = np.random.default_rng(1)
    for _ in range(200):
        before, now = rng.integers(0, 3, 30), rng.integers(0, 3, 30)
        for b in np.unique(before):
            for n in np.unique(now):
                common = ((before == b) & (now == n)).sum()
                if common >= 0.5 * (before == b).sum() and common >= 0.5 * (now == n).sum():
                    assert common / ((before == b) | (now == n)).sum() >= SAME_SEGMENT - 1e-12


def test_ids_of_what_continues_stay_and_no_id_is_given_twice():
    old, new = spread(("C1", "cluster 2", 9), ("C2", "cluster 1", 8), ("C2", "cluster 3", 3), ("KEY", "cluster 4", 5))
    clusters = ["cluster 1", "cluster 2", "cluster 3", "cluster 4", "cluster 5"]
    names, came_from = name_clusters(old, new, clusters, known_ids=["C1", "C2", "C7", "S1"])
    assert names == ["C2", "C1", "C8", "C9", "C10"]
    assert came_from == {"C8": "C2", "C9": "KEY"}  # a rule is no segment that a cluster could continue
    assert name_clusters(None, new, clusters[:2], [])[0] == ["C1", "C2"]


def test_planted_split_and_merge_are_told_in_both_languages():
    rng = np.random.default_rng(5)
    before = np.repeat(["C1", "C2", "C3"], [400, 300, 300])
    now = np.where(before == "C1", np.where(np.arange(1000) % 10 < 3, "cluster 4", "cluster 1"), "cluster 2")
    noise = rng.random(1000) < 0.03
    now[noise] = rng.choice(["cluster 1", "cluster 2", "cluster 4"], noise.sum())
    found = trace_events(before, now, rng.lognormal(8, 1, 1000), "challenger")
    kinds = {(e.event, e.segment_id, e.from_segment_id) for e in found.itertuples()}
    assert ("split", "cluster 4", "C1") in kinds and ("continued", "cluster 1", "C1") in kinds
    assert {k[0] for k in kinds if k[2] in ("C2", "C3")} == {"continued", "merge"}
    names = pd.DataFrame({"segment_id": ["C1", "C2", "C3"], "name_de": "Eins", "name_en": "One"})
    told = describe_events(found, names)
    assert told[0] == ("adoption.would_continued", {"n": 2, "n_before": 3})
    sentences = [say(key, language, **numbers) for key, numbers in told for language in LANGUAGES]
    assert any("4“ würde sich von „Eins“ abspalten" in s for s in sentences)
    assert any("One” would go into" in s for s in sentences)
    now = describe_events(found.assign(model="accepted"), names)
    assert [key for key, _ in now] == [key.replace("would_", "") for key, _ in told]
    assert all(say(key, language, **numbers) for key, numbers in now for language in LANGUAGES)


def test_nobody_and_one_account():
    none = np.array([], dtype=str)
    assert (
        trace_events(none, none, np.array([])).empty
        and describe_events(trace_events(none, none, np.array([])), none) == []
    )
    assert trace_events(np.array(["A"]), np.array(["B"]), np.array([np.nan]))["revenue_12m"].tolist() == [0.0]
