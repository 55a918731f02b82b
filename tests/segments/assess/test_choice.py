"""How many segments: the points by hand, and the planted number found."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from segkit.segments.assess.choice import choose_number, find_refound, score_numbers

ROWS = {2: (0.99, 0.6), 3: (0.80, 0.5), 4: (0.92, 0.4), 5: (0.91, 0.6), 6: (0.7, 0.4)}


def sweep(rows=ROWS, **columns) -> pd.DataFrame:
    frame = pd.DataFrame([(k, *v) for k, v in rows.items()], columns=["n_segments", "ari_mean", "separation"])
    return frame.assign(**{"smallest_share": 0.1} | columns)


def settings(**changes) -> SimpleNamespace:
    return SimpleNamespace(**{"smallest_share": 0.02, "n_segments": None} | changes)


def test_points_by_hand():
    frame = sweep({3: (0.8, 0.5)}, revenue_explained=0.6, margin_explained=0.4, needs_explained=0.2)
    # .4 · .8 + .3 · .5 + .2 · (.6 + .4) / 2 + .1 · .2 = .59
    assert score_numbers(frame)["score"].tolist() == pytest.approx([0.59])
    # Without money and needs the weights .4 and .3 share the whole: (.32 + .15) / .7
    assert score_numbers(sweep({3: (0.8, 0.5)}))["score"].tolist() == pytest.approx([0.47 / 0.7])


def test_money_and_needs_have_a_say():
    assert choose_number(sweep(), settings()) == (5, "how_many.choice_together")
    worth = [0.1, 0.2, 0.9, 0.2, 0.9]
    frame = sweep(revenue_explained=worth, margin_explained=worth, needs_explained=worth)
    assert choose_number(frame, settings()) == (4, "how_many.choice_together")


def test_sizes_settings_and_the_usual_numbers_have_a_say():
    assert choose_number(sweep(smallest_share=[0.01, 0.1, 0.1, 0.01, 0.1]), settings())[0] == 4
    assert choose_number(sweep(smallest_share=[0.001] * 5), settings())[0] == 5  # all have one: none stands back
    assert choose_number(sweep(), settings(n_segments=6)) == (6, "how_many.choice_set")
    assert choose_number(sweep().head(1), settings()) == (2, "how_many.choice_none_usual")
    ahead = sweep(ROWS | {4: (0.8, 0.4), 5: (0.7, 0.4)})
    assert choose_number(ahead, settings()) == (2, "how_many.choice_outside")


def test_of_numbers_alike_the_smaller_is_taken():
    assert choose_number(sweep({3: (0.80, 0.5), 4: (0.81, 0.5)}), settings())[0] == 3


def test_the_largest_number_found_again_is_taken():
    strengths = {"prediction_strength": [0.9, 0.9, 0.96, 0.5, 0.9], "gap": np.arange(5.0), "gap_se": 0.1}
    frame = sweep(**strengths)
    assert find_refound(frame) == 4 and choose_number(frame, settings()) == (
        4,
        "how_many.choice_refound",
    )  # six: ari .7
    assert find_refound(frame.assign(gap=[0.0, 1.0, 0.9, 2.0, 3.0])) is None  # four adds nothing; three: ari .8
    assert find_refound(frame.assign(prediction_strength=[1.0, 0.9, 0.9, 0.5, 0.9])) is None  # .83 of four against .99
    frame["ari_mean"] = [0.99, 0.5, 0.5, 0.5, 0.5]
    assert find_refound(frame) is None  # two, but the gap grows on: a long crowd gives two as well
    frame["gap"] = [2.0, 1.0, 1.0, 1.0, 1.0]
    assert find_refound(frame) == 2
    assert find_refound(sweep()) is None
