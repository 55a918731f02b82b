"""Comparisons of divisions: published and hand-checked values, and what must hold for any labels."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from segkit.statistics.clusterings import adjusted_rand, adjusted_rand_matrix, contingency, jaccard, match, relabel

LABELS = st.lists(st.integers(0, 5), min_size=1, max_size=40)


def test_adjusted_rand_by_hand():
    """Six objects, table [[2, 1], [0, 3]]: pairs 1+3, rows 3+3, columns 1+6, of 15."""
    a, b = [0, 0, 0, 1, 1, 1], [0, 0, 1, 1, 1, 1]
    expected = 6 * 7 / 15
    assert adjusted_rand(a, b) == pytest.approx((4 - expected) / (6.5 - expected))
    assert adjusted_rand(a, [1, 1, 1, 0, 0, 0]) == 1
    assert adjusted_rand(["x"] * 4, ["y"] * 4) == 1
    assert adjusted_rand([0, 0, 1, 1], [0, 1, 0, 1]) == pytest.approx(-0.5)


def test_chance_is_zero_on_average():
    rng = np.random.default_rng(1)
    values = [adjusted_rand(rng.integers(3, size=60), rng.integers(4, size=60)) for _ in range(300)]
    assert np.mean(values) == pytest.approx(0, abs=0.01)


def test_matrix_is_symmetric():
    rng = np.random.default_rng(1)
    matrix = adjusted_rand_matrix([rng.integers(3, size=30) for _ in range(4)])
    assert matrix == pytest.approx(matrix.T) and np.diag(matrix).tolist() == [1, 1, 1, 1]


def test_contingency_and_jaccard_by_hand():
    a, b = ["x", "x", "y", "y"], [1, 2, 2, 2]
    assert contingency(a, b).tolist() == [[1, 1], [0, 2]]
    assert jaccard(a, b) == pytest.approx(np.array([[1 / 2, 1 / 4], [0, 2 / 3]]))


def test_match_takes_the_best_pairing_and_leaves_out_what_is_new():
    old = ["S1"] * 5 + ["S2"] * 5
    new = ["b"] * 4 + ["a"] * 5 + ["c"]
    assert match(old, new) == {"b": "S1", "a": "S2"}
    assert match(old, new, least=0.7) == {"b": "S1"}


@given(LABELS, st.permutations(range(6)))
def test_relabelling_undoes_a_renaming(labels, names):
    reference = np.array(labels)
    assert relabel(np.array(names)[reference], reference).tolist() == reference.tolist()


@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5)), min_size=1, max_size=40))
def test_relabelling_changes_names_only(pairs):
    labels, reference = np.array(pairs).T
    renamed = relabel(labels, reference)
    assert adjusted_rand(renamed, labels) == 1
    assert len(set(zip(labels.tolist(), renamed.tolist(), strict=True))) == len(set(labels.tolist()))
    kept = match(reference, labels)
    assert all(renamed[labels == label][0] == name for label, name in kept.items())
