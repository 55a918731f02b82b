"""Who stands at the top of a group, and how large a group is."""

import random

import pytest

from segkit.cleansing.groups import find_tops, total_figure


def test_parents_are_followed_to_the_top():
    tops = find_tops("abcd", {"a": "b", "b": "c", "d": "a"})
    assert tops.top == dict.fromkeys("abcd", "c")
    assert tops.depth == {"c": 0, "b": 1, "a": 2, "d": 3}
    assert tops.cyclic == frozenset()


def test_a_parent_that_is_no_account_leads_all_the_same():
    tops = find_tops(["a", "b"], {"a": "X", "b": "X"})
    assert (tops.top["a"], tops.top["b"], tops.depth["a"]) == ("X", "X", 1)


def test_the_smallest_id_leads_a_circle_and_what_hangs_on_it():
    tops = find_tops("edcba", {"e": "d", "d": "c", "c": "b", "b": "d"})
    assert tops.cyclic == frozenset("bcd")
    assert tops.top == {**dict.fromkeys("bcde", "b"), "a": "a"}
    assert tops.depth == {"b": 0, "c": 1, "d": 2, "e": 3, "a": 0}


def test_the_order_of_accounts_changes_nothing():
    rng = random.Random(3)
    ids = [f"{i:02d}" for i in range(60)]
    parents = {a: rng.choice(ids) for a in ids if rng.random() < 0.9}
    first = find_tops(ids, parents)
    for _ in range(5):
        rng.shuffle(ids)
        again = find_tops(ids, parents)
        assert (again.top, again.depth, again.cyclic) == (first.top, first.depth, first.cyclic)
    for account in ids:
        assert first.top[first.top[account]] == first.top[account]
        if first.depth[account]:
            assert first.depth[account] == first.depth[parents[account]] + 1


def test_nobody_is_his_own_parent():
    assert find_tops(["a"], {"a": "a"}).cyclic == frozenset()


def test_a_long_chain_ends():
    n = 20_000
    tops = find_tops(map(str, range(n)), {str(i): str(i + 1) for i in range(n)})
    assert tops.depth["0"] == n


@pytest.mark.parametrize(("own", "total"), [
    ({"h": 10, "a": 20, "b": 5}, (35, True)),    # a small head and its companies: a sum
    ({"h": 100, "a": 20, "b": 5}, (100, False)),  # as large as all others together: perhaps consolidated
    ({"h": 25, "a": 20, "b": 5}, (25, False)),
    ({"h": 10, "a": 20}, None),                   # one is not known
    ({"a": 20, "b": 5}, None),
])  # fmt: skip
def test_figures_add_up_unless_one_may_hold_the_others(own, total):
    assert total_figure("hab", {"a": "h", "b": "h"}, own, "h") == total


def test_a_company_between_may_be_consolidated_too():
    above = {"m": "h", "a": "m", "b": "m", "c": "h"}
    assert total_figure("hmabc", above, {"h": 1, "m": 50, "a": 20, "b": 20, "c": 7}, "h") == (58, True)
    assert total_figure("hmabc", above, {"h": 1, "m": 30, "a": 20, "b": 20, "c": 7}, "h") == (78, True)


def test_the_unknown_head_counts_nothing():
    assert total_figure("ab", {"a": "X", "b": "X"}, {"a": 3, "b": 4}, "X") == (7, True)
    assert total_figure("a", {"a": "X"}, {"a": 3}, "X") == (3, False)
    assert total_figure("ab", {"a": "X", "b": "Y"}, {"a": 3, "b": 4}, "X") == (7, True)  # Y: nobody knows it
