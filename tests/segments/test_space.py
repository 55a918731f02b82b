"""Criteria of any kind on comparable scales: what counts, what is left out and why, by hand and on planted data."""

from __future__ import annotations

import dataclasses
import decimal

import numpy as np
import pandas as pd
import pytest

from segkit.segments.axes import _p_of_levels, _p_of_pairs, find_unrelated, fit_axes, place_points
from segkit.segments.left_out import describe_left_out
from segkit.segments.methods.kmeans import fit_kmeans
from segkit.segments.space import apply_space, criteria_of, fit_space
from segkit.statistics.clusterings import adjusted_rand
from segkit.statistics.resampling import generator
from segkit.texts import LANGUAGES, say


def even(frame: pd.DataFrame) -> dict[str, float]:
    return dict.fromkeys(frame.columns, 1.0)


def mixed(seed: int, n: int = 900, n_numbers: int = 3, n_categories: int = 3, purity: float = 0.65) -> tuple:
    """Three groups told apart by numbers and by categories of five levels; a tenth of all values is missing."""
    rng = np.random.default_rng(seed)
    groups = rng.permutation(np.arange(n) % 3)
    frame = pd.DataFrame(
        {f"number_{j}": 2.2 * rng.permutation([0.0, 0.5, 1.0])[groups] + rng.normal(size=n) for j in range(n_numbers)}
    )
    for j in range(n_categories):
        typical = rng.permutation(5)[:3][groups]
        frame[f"category_{j}"] = np.array(list("ABCDE"))[
            np.where(rng.random(n) < purity, typical, rng.integers(0, 5, n))
        ]
    return frame.mask(rng.random(frame.shape) < 0.1), groups


def test_numbers_by_hand():
    # Median 2; quartiles 1 and 3, so 2/1.349 · 3 = 4.4 draws in nobody, but the percentiles 1 and 99 are .04 and 3.96:
    # variance (2 · 1.96² + 2) / 5 = 1.93664, spread 1.39163. 100 would stand at 70; it ends at 6.
    frame = pd.DataFrame({"x": [0.0, 1.0, 2.0, 3.0, 4.0]})
    space = fit_space(frame, even(frame))
    later = pd.DataFrame({"x": [0.0, 100.0, None]})
    assert space["numbers"][0]["spread"] == pytest.approx(1.93664**0.5)
    assert apply_space(frame, space).numbers[:, 0] == pytest.approx(np.array([-2, -1, 0, 1, 2]) / 1.93664**0.5)
    assert apply_space(later, space).numbers[1, 0] == 6.0
    assert apply_space(later, space).points[2, 0] == 0.0  # missing: at the median


def test_skewed_amounts_go_on_logarithms_and_shares_do_not():
    rng = np.random.default_rng(0)
    frame = pd.DataFrame(
        {"amount": rng.lognormal(8, 2, 300), "share": rng.beta(0.3, 8, 300), "age": rng.normal(40, 9, 300)}
    )
    assert [entry["is_log"] for entry in fit_space(frame, even(frame))["numbers"]] == [True, False, False]


def test_weights_are_relative():
    frame = pd.DataFrame({"a": [0.0, 1.0, 2.0, 3.0], "b": [3.0, 0.0, 2.0, 1.0]})
    space = fit_space(frame, {"a": 3.0, "b": 1.0})
    assert [entry["weight"] for entry in space["numbers"]] == [1.5, 0.5]
    sample = apply_space(frame, space)
    assert np.allclose(sample.points, sample.numbers * np.sqrt([1.5, 0.5]))


def test_what_cannot_tell_accounts_apart_is_left_out_and_said():
    n = 400
    rng = np.random.default_rng(1)
    frame = pd.DataFrame(
        {
            "employees": rng.lognormal(3, 1, n),
            "constant": 5,
            "nothing": None,
            "employees_again": np.nan,
            "code": rng.choice(list("XYZ"), n),
            "account_name": [f"Firma {i}" for i in range(n)],
            "day": pd.Timestamp("2026-01-01") + pd.to_timedelta(rng.integers(0, 999, n), "D"),
        }
    )
    frame["employees_again"] = frame["employees"] * 3
    frame["code_in_words"] = frame["code"].map({"X": "eins", "Y": "zwei", "Z": "drei"})
    space = fit_space(frame, {**even(frame), "not_there": 1.0})
    reasons = {entry["name"]: entry["reason"].removeprefix("methods.") for entry in space["left_out"]}
    assert criteria_of(space) == ["employees", "code"]
    assert reasons == {
        "constant": "constant",
        "nothing": "all_missing",
        "employees_again": "duplicate",
        "account_name": "names",
        "day": "date",
        "code_in_words": "duplicate",
        "not_there": "unknown_column",
    }
    findings = describe_left_out(space, {"constant": ("Gleich", "Same")})
    assert findings[-1] == ("methods.unrelated", {"n": 1, "names_de": "code", "names_en": "code"})
    assert len(findings) == 8
    for language in LANGUAGES:
        said = [say(key, language, **numbers) for key, numbers in findings]
        assert any("code_in_words" in text and "code" in text for text in said)
        assert any(("Gleich" if language == "de" else "Same") in text for text in said)
    assert [key for key, _ in findings if key.split(".")[-1].startswith("warn")] == ["methods.warn_left_unknown_column"]


def test_ten_thousand_levels_are_too_many():
    rng = np.random.default_rng(1)
    frame = pd.DataFrame({"place": rng.integers(0, 10_000, 30_000).astype(str), "size": rng.normal(size=30_000)})
    space = fit_space(frame, even(frame))
    assert space["left_out"] == [{"name": "place", "reason": "methods.many_levels"}]


def test_nothing_left_is_said():
    frame = pd.DataFrame({"a": [1.0, 1.0, 1.0]})
    space = fit_space(frame, even(frame))
    assert apply_space(frame, space).points.shape == (3, 0)
    assert describe_left_out(space)[-1] == ("methods.warn_nothing_left", {})


def test_rare_levels_and_unknown_ones_count_as_other():
    levels = ["A"] * 500 + ["B"] * 480 + ["C"] * 3 + ["D"] * 2
    frame = pd.DataFrame({"x": levels, "y": np.arange(985.0)})
    space = fit_space(frame, even(frame))
    assert space["categories"][0]["levels"] == ["A", "B"]
    later = pd.DataFrame({"x": ["B", "C", "new", None], "y": 1.0})
    assert apply_space(later, space).codes[:, 0].tolist() == [1, 2, 2, -1]


def test_exact_decimals_are_numbers_and_infinity_is_missing():
    sums = [decimal.Decimal(i) for i in range(9)]
    frame = pd.DataFrame({"sum": sums, "x": [np.inf, 5, 1, 8, 2, 2, 9, 0, 3]}, dtype=object)
    space = fit_space(frame, {"sum": 1.0, "x": 1.0})
    assert [entry["name"] for entry in space["numbers"]] == ["sum", "x"]
    assert np.isnan(apply_space(frame, space).numbers[0, 1])


def test_one_account_with_half_the_revenue_is_no_segment_of_its_own():
    rng = np.random.default_rng(2)
    groups = np.arange(300) % 2
    frame = pd.DataFrame({"amount": rng.normal(0, 1, 300) + 6 * groups, "change": rng.normal(0, 1, 300)})
    frame.loc[0, ["amount", "change"]] = [1e7, -1e7]
    fit = fit_kmeans(apply_space(frame, fit_space(frame, even(frame))), 2, generator(1))
    assert adjusted_rand(fit.labels, groups) > 0.95


def test_axes_by_hand():
    # Two categories that always agree, half A, half B: columns (1 − .5)/.5^¼ = .5946 and −.5946, four in step: one
    # axis with loadings ½ (up to sign), where the rows stand at 4 · ½ · .5946 = 1.1892 and −1.1892.
    names = [{"name": name, "weight": 1.0, "levels": ["A", "B"], "has_other": False} for name in "xy"]
    space = {"numbers": [], "categories": names}
    codes = np.array([[0, 0], [0, 0], [1, 1], [1, 1]] * 25)
    space["axes"] = fit_axes(np.empty((100, 0)), codes, space)
    assert np.abs(space["axes"]["loadings"]) == pytest.approx(np.full((1, 4), 0.5))
    assert space["axes"]["shares"] == [0.5, 0.5, 0.5, 0.5]
    points = place_points(np.empty((3, 0)), np.array([[0, 0], [1, 1], [0, -1]]), space)
    assert np.abs(points[:2, 0]) == pytest.approx([1.189207, 1.189207], abs=1e-6)
    assert abs(points[2, 0]) == pytest.approx(1.189207 / 2, abs=1e-6)  # one level unknown: at the mean of that one


def test_axes_keep_the_distances_of_numbers_and_levels():
    frame, _ = mixed(0)
    space = fit_space(frame, even(frame))
    loadings = np.array(space["axes"]["loadings"])
    sample = apply_space(frame, space)
    assert sample.points.shape[1] == 3 + 12 == len(loadings)
    numbers = np.nan_to_num(sample.numbers)
    away = np.linalg.norm(sample.points[:50, None] - sample.points[None, :50], axis=2)
    assert (away >= np.linalg.norm(numbers[:50, None] - numbers[None, :50], axis=2) - 1e-9).all()


@pytest.mark.parametrize("seed", range(3))
def test_mixed_groups_are_found_better_than_by_half_of_the_criteria(seed):
    frame, groups = mixed(seed)
    found = {}
    for name, columns in {
        "all": list(frame.columns),
        "numbers": [c for c in frame if c.startswith("number")],
        "categories": [c for c in frame if c.startswith("category")],
    }.items():
        part = frame[columns]
        found[name] = adjusted_rand(
            fit_kmeans(apply_space(part, fit_space(part, even(part))), 3, generator(1)).labels, groups
        )
    assert found["all"] > max(found["numbers"], found["categories"])


def test_unrelated_categories_do_not_drown_groups_in_numbers():
    rng = np.random.default_rng(3)
    groups = np.arange(900) % 3
    frame = pd.DataFrame({f"number_{j}": 4.0 * (groups == j) + rng.normal(size=900) for j in range(3)})
    alone = fit_kmeans(apply_space(frame, fit_space(frame, even(frame))), 3, generator(1)).labels
    for j in range(2):
        frame[f"noise_{j}"] = rng.choice(list("ABCDEFGHIJ"), 900)
    space = fit_space(frame, even(frame))
    beside = fit_kmeans(apply_space(frame, space), 3, generator(1)).labels
    assert adjusted_rand(beside, groups) > adjusted_rand(alone, groups) - 0.02
    assert space["axes"]["unrelated"] == ["noise_0", "noise_1"]
    assert describe_left_out(space)[0][1]["names_en"] == "noise_0, noise_1"


def test_relations_by_hand():
    # x and y agree in 8 of 8 rows: χ² = 8, one degree of freedom, p = .0047; z is balanced over both: χ² = 0, p = 1.
    # The number is 0 or 1 as x, .25 to and fro: F = (8 · .25) / (8 · .0625 / 6) = 24, p = .0027; between z it is 0.
    x = np.array([0, 0, 0, 0, 1, 1, 1, 1])
    z = np.array([0, 0, 1, 1, 0, 0, 1, 1])
    number = x + np.array([0.25, -0.25] * 4)
    assert _p_of_pairs(x, x) == pytest.approx(0.004678, abs=1e-6)
    assert _p_of_pairs(x, z) == 1.0
    assert _p_of_levels(number, x) == pytest.approx(0.002714, abs=1e-6)
    assert _p_of_levels(number, z) == pytest.approx(1.0)
    assert find_unrelated(number[:, None], np.column_stack([x, x, z])).tolist() == [False, False, True]


def test_categories_without_relation_still_give_coordinates():
    frame = pd.DataFrame({"x": np.random.default_rng(4).choice(list("ABC"), 300)})
    sample = apply_space(frame, fit_space(frame, even(frame)))
    fit = fit_kmeans(sample, 3, generator(1))
    assert adjusted_rand(fit.labels, frame["x"].to_numpy()) == 1.0


def test_blocks_of_rows_change_nothing(monkeypatch):
    frame, _ = mixed(1)
    space = fit_space(frame, even(frame))
    whole = apply_space(frame, space).points
    monkeypatch.setattr("segkit.segments.axes.BLOCK", 100)
    assert np.allclose(apply_space(frame, space).points, whole, atol=1e-12)
    order = np.random.default_rng(0).permutation(len(frame))
    assert np.allclose(apply_space(frame.iloc[order], space).points, whole[order], atol=1e-12)


def test_weights_of_accounts_have_mean_one():
    frame = pd.DataFrame({"x": [1.0, 2.0, 4.0]})
    sample = apply_space(frame, fit_space(frame, even(frame)), np.array([2.0, 2.0, 8.0]), np.array(["a", "a", "b"]))
    assert sample.weights.tolist() == [0.5, 0.5, 2.0]
    assert dataclasses.replace(sample).groups.tolist() == ["a", "a", "b"]
