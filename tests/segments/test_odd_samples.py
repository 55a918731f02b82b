"""Data on which a segmentation easily says something wrong: each method, and a whole quarter, say one clear thing."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest

from segkit.quarters import Quarter
from segkit.segments import findings
from segkit.segments.left_out import describe_left_out
from segkit.segments.methods.assign import assign_labels
from segkit.segments.methods.registry import METHODS
from segkit.segments.quarterly import segment_accounts
from segkit.segments.space import apply_space, criteria_of, fit_space
from segkit.settings.account_segmentation import AccountSegmentation
from segkit.statistics.clusterings import adjusted_rand
from segkit.statistics.resampling import generator
from segkit.tables import check
from segkit.texts import LANGUAGES, say

from .conftest import AS_OF, MOVES, PALETTE, crowd

QUICK = {"bootstrap_pairs": 3, "k_max": 4, "confidence_draws": 10, "compare": [], "known_columns": []}


def draws(seed: int = 0) -> np.random.Generator:
    return np.random.default_rng(seed)


def separated(n: int = 150) -> tuple[pd.DataFrame, np.ndarray]:
    group = np.arange(n) % 3
    numbers = np.array([[0, 0], [30, 0], [0, 30]])[group] + draws().standard_normal((n, 2))
    return pd.DataFrame(numbers, columns=["a", "b"]), group


def odd_frames() -> dict[str, pd.DataFrame]:
    """Frames of criteria that a company may well deliver."""
    plain, _ = separated()
    n = len(plain)
    rich = draws(1).lognormal(3, 0.5, n)
    rich[0] = rich[1:].sum()
    return {
        "constant": plain.assign(same=5.0),
        "all_missing": plain.assign(empty=np.nan),
        "duplicate": plain.assign(twice=2 * plain["a"] + 1),
        "names": plain.assign(name=[f"Company {i}" for i in range(n)]),
        "half_the_revenue": pd.DataFrame({"revenue_12m": rich, "b": plain["b"]}),
        "mostly_missing": plain.mask(draws(2).random((n, 2)) < 0.8),
        "few": plain.head(2),
        "one": plain.head(1),
        "alike": plain.assign(a=1.0, b=1.0).assign(c=np.where(np.arange(n) < 1, "x", "y")),
        "infinite": plain.assign(a=np.where(np.arange(n) == 3, np.inf, plain["a"])),
        "noise": pd.DataFrame(draws(3).standard_normal((n, 3)), columns=list("abc")),
    }


@pytest.mark.parametrize("name", list(METHODS))
@pytest.mark.parametrize("kind", list(odd_frames()))
def test_every_method_divides_odd_data_or_leaves_them_whole(name, kind):
    frame = odd_frames()[kind]
    space = fit_space(frame, dict.fromkeys(frame.columns, 1.0))
    sample = apply_space(frame, space)
    assert np.isfinite(sample.points).all()
    fit = METHODS[name].fit(sample, 4, generator(1))
    assert len(fit.labels) == len(frame) and -1 <= fit.labels.min() and fit.labels.max() < max(fit.n_segments, 1)
    assert fit.n_segments <= max(len(frame), 1)
    again = assign_labels(sample, json.loads(json.dumps(fit.model)))
    assert len(again) == len(frame) and again.min() >= (0 if fit.n_segments else -1)  # dense groups may not exist


@pytest.mark.parametrize("name", [name for name in METHODS if name != "tree"])
def test_perfectly_separated_groups_are_found_by_every_method(name):
    frame, group = separated()
    sample = apply_space(frame, fit_space(frame, {"a": 1.0, "b": 1.0}))
    assert adjusted_rand(METHODS[name].fit(sample, 3, generator(1)).labels, group) == 1


@pytest.mark.parametrize(
    ("kind", "column"), [("constant", "same"), ("all_missing", "empty"), ("duplicate", "twice"), ("names", "name")]
)
def test_criteria_that_say_nothing_are_left_out_with_a_sentence(kind, column):
    frame = odd_frames()[kind]
    space = fit_space(frame, dict.fromkeys(frame.columns, 1.0))
    assert criteria_of(space) == ["a", "b"] and [entry["name"] for entry in space["left_out"]] == [column]
    told = describe_left_out(space)
    assert len(told) == 1 and all(say(told[0][0], language, **told[0][1]) for language in LANGUAGES)


def test_ten_thousand_levels_make_no_segments():
    n = 30_000
    frame = pd.DataFrame({"a": draws().standard_normal(n), "code": draws(1).integers(10_000, size=n).astype(str)})
    space = fit_space(frame, {"a": 1.0, "code": 1.0})
    assert criteria_of(space) == ["a"] and apply_space(frame, space).points.shape == (n, 1)


def quarter_of(features: pd.DataFrame, **changes):
    settings = AccountSegmentation(**QUICK | changes)
    moves = pd.DataFrame(columns=MOVES, dtype="str")
    return segment_accounts(features, AS_OF, Quarter.parse("2026Q3"), settings, 1, "en", moves, PALETTE)


def test_a_quarter_of_pure_noise_is_constructive():
    features, _ = crowd(100, 5, groups=((6.5, 12, 60),))
    found = quarter_of(features, k_max=3)
    search = found.tables["cluster_search"]
    assert set(search["verdict"]) == {"constructive"}
    assert check(search, "cluster_search")["is_chosen"].sum() == 1


def test_a_quarter_with_half_of_the_revenue_in_one_account():
    features, group = crowd(120, 6)
    features.loc[0, "revenue_12m"] = features["revenue_12m"].sum()
    found = quarter_of(features, key_share=0.9)  # not set apart by rule: it must not become a segment of its own
    labels = found.challenger.labels.set_index("account_id")["cluster_id"]
    assert labels.value_counts().min() > 10
    truth = pd.Series(group, features["account_id"]).reindex(labels.index)
    assert adjusted_rand(labels.to_numpy(str), truth.to_numpy()) > 0.9


@pytest.mark.parametrize("criteria", [["regularity"], ["nobody_delivers_this"], ["regularity", "nobody_delivers_this"]])
def test_a_quarter_without_any_criterion_says_so(criteria):
    found = quarter_of(crowd(60, 7)[0], criteria=criteria)  # regularity is the same for all
    assert found.challenger.why_not and "cluster_search" not in found.tables
    told = findings.describe_why_not(found.challenger_model)
    assert told and all(say(key, language, **numbers) for key, numbers in told for language in LANGUAGES)
    assert len(found.tables["segments"]) == 60


def test_fewer_accounts_than_segments_are_segmented_by_rule_and_said():
    found = quarter_of(crowd(5, 8)[0], n_segments=4)
    assert found.challenger.why_not == "segments.why_not_few" and len(found.tables["segments"]) == 5
