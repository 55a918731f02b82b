"""Which movers were to be expected: the share of the previous run's draws in the segment where they are now."""

import numpy as np
import pandas as pd

from segkit.monitoring.noise import add_noise, describe_noise_shares
from segkit.texts import LANGUAGES, say

MOVES = pd.DataFrame(
    [
        ("a", "S1", "S4", "customer", 100.0),  # 30 of 100 draws stood in S4: within the noise
        ("b", "S1", "S4", "customer", 50.0),  # drawn, never in S4
        ("c", "S1", "S2", "segment", 20.0),  # moved by the model: refits on samples count, not months
        ("d", "S1", "S1", "stayed", 10.0),
        ("e", "S2", None, "lost", 5.0),  # gone from the data
        ("f", "S2", "S3", "manual", 5.0),
    ],
    columns=["account_id", "from_segment_id", "to_segment_id", "cause", "revenue_before"],
).assign(segmentation_id="value")
DRAWS = pd.DataFrame(
    [
        ("a", "months", "S1", 0.7),
        ("a", "months", "S4", 0.3),
        ("b", "months", "S1", 1.0),
        ("c", "months", "S2", 0.9),
        ("c", "samples", "S2", 0.4),
        ("c", "samples", "S1", 0.6),
        ("d", "months", "S1", 1.0),
        ("e", "months", "S2", 1.0),
        ("f", "months", "S3", 0.5),
    ],
    columns=["account_id", "basis", "segment_id", "share"],
).assign(segmentation_id="value", n_draws=100)


def test_a_move_is_held_against_what_could_have_moved_it_by_chance():
    found = add_noise(MOVES, DRAWS).set_index("account_id")["noise_share"]
    assert found[["a", "b", "c", "e"]].tolist() == [0.3, 0.0, 0.4, 0.0]
    assert found[["d", "f"]].isna().all()


def test_samples_of_clusters_say_nothing_of_segments():
    clusters = DRAWS.assign(segment_id=DRAWS["segment_id"].where(DRAWS["basis"] == "months", "cluster 1"))
    found = add_noise(MOVES, clusters).set_index("account_id")["noise_share"]
    assert np.isnan(found["c"]) and found["a"] == 0.3


def test_without_draws_nothing_is_claimed():
    for none in (None, DRAWS.head(0)):
        found = add_noise(MOVES, none)
        assert found["noise_share"].isna().all()
        assert describe_noise_shares(found, 0.2) == [("adoption.no_draws", {})]


def test_the_page_says_how_many_moves_lie_within_the_noise_and_their_money():
    told = dict(describe_noise_shares(add_noise(MOVES, DRAWS), 0.2))
    assert told["adoption.within_noise"] == {"n": 1, "n_moved": 3, "limit": 0.2, "revenue": 100.0}
    assert told["adoption.refit_noise"] == {"n": 1, "n_moved": 1, "limit": 0.2, "revenue": 20.0}
    strict = describe_noise_shares(add_noise(MOVES, DRAWS), 0.5)
    assert strict == [("adoption.beyond_noise", {"n": 0, "n_moved": 3, "limit": 0.5})]
    assert all(say(key, language, **numbers) for key, numbers in told.items() for language in LANGUAGES)


def test_a_run_of_an_earlier_version_has_no_shares():
    assert describe_noise_shares(MOVES, 0.2) == [("adoption.no_draws", {})]
    nobody = MOVES[MOVES["cause"] == "stayed"]
    assert describe_noise_shares(nobody, 0.2) == describe_noise_shares(add_noise(nobody, DRAWS), 0.2) == []


def test_rows_stay_as_they_came_also_when_ids_are_shuffled():
    shuffled = MOVES.sample(frac=1, random_state=3)
    found = add_noise(shuffled, DRAWS.sample(frac=1, random_state=4))
    expected = add_noise(MOVES, DRAWS).set_index("account_id")["noise_share"].reindex(shuffled["account_id"])
    assert np.array_equal(found["noise_share"].to_numpy(), expected.to_numpy(), equal_nan=True)
