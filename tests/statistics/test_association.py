"""Association of mixed types, checked by hand and against what must hold."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from segkit.statistics.association import association_matrix, cramers_v, is_category, rank_ratios


def test_two_numbers_have_spearmans_correlation_without_its_sign():
    # ranks 1 2 3 4 and 4 3 1 2: squared differences 9 + 1 + 4 + 4 = 18, 1 - 6 · 18 / (4 · 15) = -0.8
    frame = pd.DataFrame({"a": [1, 20, 300, 4000], "b": [9.0, 7.0, 1.0, 5.0]})
    assert association_matrix(frame, fewest_rows=4).loc["a", "b"] == pytest.approx(0.8)


def test_two_categories_have_cramers_v_less_its_bias():
    # table [[3, 1], [1, 3]]: chi² = 4 · 1²/2 = 2, phi² = 2/8 = .25; less 1/7 = .107143; over 1 - 1/7 = .857143: √.125
    a, b = np.repeat([0, 1], 4), np.array([0, 0, 0, 1, 0, 1, 1, 1])
    assert cramers_v(a, b, fewest_rows=8) == pytest.approx(0.125**0.5)


def test_a_number_and_a_category_have_the_ratio_of_ranks_less_its_bias():
    # ranks 1 2 4 | 3 5 6, means 7/3 and 14/3: between 6 · (7/6)² = 49/6, total 17.5; share .466667; 1 - .533333 · 5/4
    values = pd.DataFrame({"x": [10.0, 20.0, 40.0, 30.0, 50.0, 60.0]})
    assert rank_ratios(values, np.array([0, 0, 0, 1, 1, 1]), 6)[0] == pytest.approx((1 / 3) ** 0.5)


def test_the_same_column_twice_is_wholly_redundant():
    rng = np.random.default_rng(1)
    number, text = rng.normal(size=60), rng.choice(["x", "y", "z"], 60)
    frame = pd.DataFrame({"n": number, "same": -3 * number**3, "t": text, "renamed": np.char.add(text, "!")})
    matrix = association_matrix(frame)
    assert matrix.loc["n", "same"] == pytest.approx(1) and matrix.loc["t", "renamed"] == pytest.approx(1)
    assert (np.diag(matrix) == 1).all() and (matrix.fillna(0) == matrix.T.fillna(0)).all(axis=None)


def test_chance_alone_stays_near_zero_also_with_many_categories():
    rng = np.random.default_rng(2)
    frame = pd.DataFrame({"n": rng.normal(size=200)})
    frame = frame.assign(a=rng.integers(25, size=200).astype(str), b=rng.integers(25, size=200).astype(str))
    assert association_matrix(frame).to_numpy()[~np.eye(3, dtype=bool)].max() < 0.25


def test_missing_values_are_left_out_pair_by_pair():
    full = pd.DataFrame({"n": np.arange(20.0), "t": ["x"] * 10 + ["y"] * 10, "u": ["p", "q"] * 10})
    holes = pd.concat([full, pd.DataFrame({"n": [np.nan, 99.0], "t": ["x", None], "u": [None, "p"]})])
    two = association_matrix(full[["n", "t"]]).loc["n", "t"]
    assert association_matrix(holes[["n", "t"]]).loc["n", "t"] == two


def test_what_cannot_be_told_is_empty():
    frame = pd.DataFrame({"n": [1.0] * 12, "m": range(12), "t": ["x"] * 12, "few": [1.0, 2.0] + [None] * 10})
    matrix = association_matrix(frame)
    assert matrix.loc["n", "m"] != matrix.loc["n", "m"]
    assert matrix.loc["t", "m"] != matrix.loc["t", "m"]
    assert matrix.loc["few", "m"] != matrix.loc["few", "m"]
    assert association_matrix(frame[[]]).empty


def test_flags_and_text_are_categories_and_numbers_are_not():
    kinds = {"b": [True, False], "t": ["x", "y"], "i": [1, 2], "f": [1.0, None]}
    assert [is_category(pd.Series(v)) for v in kinds.values()] == [True, True, False, False]
