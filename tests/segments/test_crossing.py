"""Two segmentations of the same accounts: counted by hand, and told apart where they are the same or not."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from segkit.segments.crossing import compare_segmentations, cross_segmentations, describe_pairs
from segkit.texts import say


def segments(**by_id) -> pd.DataFrame:
    frames = [
        pd.DataFrame({"segmentation_id": name, "account_id": [f"A{i:03d}" for i in range(len(ids))], "segment_id": ids})
        for name, ids in by_id.items()
    ]
    return pd.concat(frames, ignore_index=True)


def test_counted_by_hand():
    both = segments(value=["S1", "S1", "S1", "S2"], service=["C1", "C1", "C2", "C2"])
    found = cross_segmentations(both, pd.Series({"A000": 10.0, "A001": 5.0, "A003": 1.0}))
    rows = found.set_index(["segment_id", "other_segment_id"])
    assert rows["n_accounts"].to_dict() == {("S1", "C1"): 2, ("S1", "C2"): 1, ("S2", "C2"): 1}
    assert rows["revenue_12m"].to_dict() == {("S1", "C1"): 15.0, ("S1", "C2"): 0.0, ("S2", "C2"): 1.0}
    # S1: two of three stand in C1, of all accounts a half: lift 4/3. S2: its only account stands in C2: lift 2.
    np.testing.assert_allclose(rows["lift"], [4 / 3, 2 / 3, 2])
    assert compare_segmentations(both, 0)["verdict"].tolist() == ["unknown"]


@pytest.mark.parametrize(("share", "verdict"), [(1.0, "alike"), (0.5, "related"), (0.1, "unalike"), (0.0, "unalike")])
def test_verdicts(share, verdict):
    rng = np.random.default_rng(1)
    a = rng.integers(4, size=4000)
    b = np.where(rng.random(4000) < share, a, rng.integers(4, size=4000))
    pairs = compare_segmentations(segments(one=[f"S{i}" for i in a], two=[f"C{i}" for i in b]), 7)
    row = pairs.iloc[0]
    assert row["verdict"] == verdict
    assert row["low"] <= row["cramers_v"] + 0.02 and row["cramers_v"] <= row["high"] + 0.02
    assert abs(row["cramers_v"] - share) < 0.05 and abs(row["ari"] - share**2) < 0.1


def test_only_accounts_that_both_know_and_every_pair_once():
    three = pd.concat([segments(a=["S1"] * 40, b=["S1", "S2"] * 20), segments(c=["S1", "S2"] * 10)])
    assert compare_segmentations(three, 0)[["segmentation_id", "other_id", "n_accounts"]].to_numpy().tolist() == [
        ["a", "b", 40],
        ["a", "c", 20],
        ["b", "c", 20],
    ]
    assert not len(cross_segmentations(segments(a=["S1"]), pd.Series(dtype=float)))
    assert not len(compare_segmentations(segments(a=["S1"]), 0))


def test_what_every_segmentation_sets_apart_is_no_agreement():
    rng = np.random.default_rng(3)
    apart = ["DORMANT"] * 300
    both = segments(a=[*apart, *rng.choice(["S1", "S2"], 300)], b=[*apart, *rng.choice(["N1", "N2"], 300)])
    row = compare_segmentations(both, 0).iloc[0]
    assert row["n_accounts"] == 300 and row["verdict"] == "unalike" and row["cramers_v"] < 0.15


def test_the_sentence_says_how_often_one_guesses_the_other():
    both = segments(value=["S1"] * 30 + ["S2"] * 20, service=["C1"] * 25 + ["C2"] * 25)
    cells, pairs = cross_segmentations(both, pd.Series(dtype=float)), compare_segmentations(both, 0)
    ((key, numbers),) = describe_pairs(pairs, cells, {"value": ("Wert", "Value")})
    assert key == "crossing.related" and numbers["name_de"] == "Wert" and numbers["other_en"] == "service"
    # Largest cell of each row: 25 of S1, 20 of S2; without knowing anything: 25 of 50.
    assert (numbers["guessed"], numbers["usual"]) == (45 / 50, 25 / 50)
    assert "90,0 %" in say(key, "de", "EUR", **numbers) and "50" in say(key, "en", "EUR", **numbers)
