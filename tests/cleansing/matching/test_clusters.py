import pandas as pd

from segkit.cleansing.matching import cluster


def pairs(*rows):
    frame = pd.DataFrame(rows, columns=["record_id_a", "record_id_b", "probability"])
    return frame.assign(match_weight=frame.probability * 10)


def groups(found):
    return sorted(sorted(ids) for ids in found.groupby(found).groups.values())


def test_strong_pairs_join_and_each_group_has_its_first_id():
    found = cluster(pairs(("b", "c", 0.995), ("a", "b", 0.999), ("c", "d", 0.98)), 0.99, [], [], "abcd")
    assert found.to_dict() == {"a": "a", "b": "a", "c": "a", "d": "d"}


def test_a_chain_does_not_tie_together_what_contradicts():
    found = cluster(pairs(("a", "b", 0.999), ("b", "c", 0.992), ("a", "c", 0.03)), 0.99, [], [], "abc")
    assert groups(found) == [["a", "b"], ["c"]]


def test_one_pair_against_does_not_outweigh_two_for():
    known = pairs(("a", "b", 0.9999), ("a", "c", 0.9998), ("b", "d", 0.992), ("c", "d", 0.992), ("a", "d", 0.03))
    assert groups(cluster(known, 0.99, [], [], "abcd")) == [["a", "b", "c", "d"]]


def test_a_decision_for_joins_what_is_improbable_and_one_against_parts_what_is_certain():
    known = pairs(("a", "b", 1.0), ("c", "d", 0.01))
    assert groups(cluster(known, 0.99, [("d", "c")], [("b", "a")], "abcd")) == [["a"], ["b"], ["c", "d"]]


def test_what_was_decided_apart_stays_apart_through_a_third_record_cut_at_the_weakest_link():
    known = pairs(("a", "b", 0.991), ("b", "c", 0.999))
    assert groups(cluster(known, 0.99, [], [("a", "c")], "abc")) == [["a"], ["b", "c"]]
    same = [("a", "b"), ("b", "c")]
    assert groups(cluster(known, 0.99, same, [("a", "c")], "abc")) == [["a", "b"], ["c"]]


def test_decisions_about_records_that_are_gone_change_nothing():
    assert cluster(pairs(), 0.99, [("a", "x")], [("y", "a")], "a").to_dict() == {"a": "a"}
