"""Known columns and cuts: counted by hand, planted, on the wholesale clients; independent columns raise no alarm."""

import numpy as np
import pandas as pd
import pytest

from segkit.segments.assess.known import Cuts, best_cuts, find_known, told_by
from segkit.segments.search import search_clusters


def test_told_by_the_others_of_a_level_counted_by_hand():
    # Level 0 holds segments 0, 0, 0, 1: each 0 sees 0, 0, 1 and is right (3), the 1 sees 0, 0, 0 and is wrong.
    # Level 1 holds 0, 1: each sees the other and is wrong. Level 2 holds one 1 alone: it sees all others, 0 0 0 1 0 1.
    segments = np.array([0, 0, 0, 1, 0, 1, 1])
    levels = np.array([0, 0, 0, 0, 1, 1, 2])
    assert told_by(segments, levels) == 3.0


def test_a_tie_counts_its_share():
    # 0 0 1 1 in one level: each sees one of its own and two others, all wrong. 0 0 1: the zeros see 0 and 1, a tie.
    assert told_by(np.array([0, 0, 1, 1]), np.zeros(4, int)) == 0.0
    assert told_by(np.array([0, 0, 1]), np.zeros(3, int)) == 1.0


def test_a_column_with_a_value_for_each_account_tells_nothing():
    segments = np.array([0] * 60 + [1] * 40)
    assert told_by(segments, np.arange(100)) == 60.0


def test_best_cuts_by_hand():
    # 1 2 | 3 4 5 6 with labels 0 0 | 1 1 0 1: one limit at 2.5 puts 5 of 6 right; three intervals cannot do better,
    # because the lone 0 at 5 needs two limits more.
    values, segments = np.array([1.0, 2, 3, 4, 5, 6]), np.array([0, 0, 1, 1, 0, 1])
    two = best_cuts(values, segments, 2)
    assert two.limits.tolist() == [2.5] and two.labels.tolist() == [0, 1]
    four = best_cuts(values, segments, 4)
    assert four.limits.tolist() == [2.5, 4.5, 5.5] and four.labels.tolist() == [0, 1, 0, 1]


def test_equal_values_are_never_parted():
    cuts = best_cuts(np.array([1.0, 1, 1, 2]), np.array([0, 1, 1, 0]), 3)
    assert cuts.limits.tolist() == [1.5] and cuts.labels.tolist() == [1, 0]


def test_a_missing_value_counts_as_the_lowest():
    assert Cuts(np.array([5.0]), np.array([0, 1])).assign(np.array([4.0, 5, np.nan])).tolist() == [0, 1, 0]


def planted(n: int = 400, seed: int = 3) -> tuple[np.ndarray, pd.DataFrame]:
    """Segments that are nine times in ten what the column `channel` says, beside columns that say nothing."""
    rng = np.random.default_rng(seed)
    channel = rng.integers(0, 3, n)
    labels = np.where(rng.random(n) < 0.9, channel, rng.integers(0, 3, n))
    known = pd.DataFrame(
        {
            "channel": np.array(["shop", "trade", "web"])[channel],
            "region": rng.integers(0, 15, n).astype(str),
            "name": [f"firm {i}" for i in range(n)],
            "one": "same",
            "empty": None,
        }
    )
    return labels, known


def test_a_planted_column_is_named_and_no_other():
    labels, known = planted()
    found = find_known({3: labels}, known).set_index("column")
    assert found.index[found["reproduces"]].tolist() == ["channel"]
    assert "one" not in found.index and "empty" not in found.index, "nothing can be said of a column with one value"
    assert found.loc["channel", "told_low"] < found.loc["channel", "told"]


def test_finer_columns_that_contain_the_segments_are_reproduced_too():
    labels, known = planted()
    known["site"] = known["channel"] + (np.arange(len(known)) % 4).astype(str)
    found = find_known({3: labels}, known[["site"]])
    assert found["ari"].iloc[0] < 0.5 and found["reproduces"].all(), "each of the 12 values tells its segment"


def test_gaps_are_left_out():
    labels, known = planted()
    known.loc[:99, "channel"] = None
    assert find_known({3: labels}, known[["channel"]])["n_accounts"].tolist() == [300]


def test_a_cut_through_one_criterion_is_told_from_a_division_by_two():
    rng = np.random.default_rng(5)
    criteria = pd.DataFrame(rng.normal(size=(500, 2)), columns=["revenue", "tenure"])
    by_one = (criteria["revenue"] > 0.3).to_numpy().astype(int)
    by_both = by_one + 2 * (criteria["tenure"] > 0).to_numpy()
    found = find_known({2: by_one, 4: by_both}, pd.DataFrame(index=criteria.index), criteria)
    assert found.loc[found["reproduces"], ["n_segments", "column", "kind"]].values.tolist() == [[2, "revenue", "cut"]]


def test_nearly_everybody_in_one_segment_is_no_reproduction():
    labels = np.array([0] * 97 + [1] * 3)
    known = pd.DataFrame({"column": ["a", "b"] * 50})
    assert not find_known({2: labels}, known)["reproduces"].any(), "97 % are told without the column"


def test_independent_columns_raise_no_alarm():
    alarms = 0
    for seed in range(25):
        rng = np.random.default_rng(seed)
        n, k = int(rng.integers(20, 300)), int(rng.integers(2, 6))
        labels = rng.choice(k, n, p=rng.dirichlet(np.ones(k)))
        known = pd.DataFrame({"two": rng.integers(0, 2, n), "many": rng.integers(0, n, n), "each": range(n)}).astype(
            str
        )
        criteria = pd.DataFrame({"number": rng.normal(size=n), "class": rng.integers(0, 4, n).astype(str)})
        alarms += int(find_known({k: labels}, known.astype(str), criteria)["reproduces"].sum())
    assert alarms == 0


def test_nothing_known_gives_an_empty_table():
    found = find_known({2: np.array([0, 1] * 20)}, pd.DataFrame(index=range(40)))
    assert found.empty and "reproduces" in found


def test_two_segments_of_the_wholesale_clients_are_the_channel(real_data):
    clients = pd.read_csv(real_data / "wholesale_customers" / "Wholesale customers data.csv")
    spend = np.log(clients.iloc[:, 2:].to_numpy(float))
    points = (spend - spend.mean(axis=0)) / spend.std(axis=0, ddof=1)
    labels = {k: search_clusters(points, k, 1).labels for k in (2, 3)}
    found = find_known(labels, clients[["Channel", "Region"]]).set_index(["n_segments", "column"])
    assert found.index[found["reproduces"]].tolist() == [(2, "Channel")]
    assert found.loc[(2, "Channel"), "ari"] == pytest.approx(0.51, abs=0.005)
