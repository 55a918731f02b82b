"""The recommendation: what it advises, and that every sentence can be said in both languages."""

import numpy as np
import pandas as pd
import pytest

from segkit.segments.assess.recommend import describe_choice, recommend
from segkit.texts import has, say

SEARCH = pd.DataFrame(
    {
        "n_segments": [2, 3, 4],
        "ari_mean": [0.6, 0.9, 0.7],
        "separation": [0.5, 0.6, 0.4],
        "smallest_share": [0.3, 0.2, 0.1],
        "is_chosen": [False, True, False],
        "reason": ["", "how_many.choice_together", ""],
        "verdict": ["", "reproducible", ""],
    }
)


def contest(accepted: float, challenger: float, gain_low: float, ari: float = 0.5) -> pd.DataFrame:
    rows = {"method": ["accepted", "challenger"], "next_explained": [accepted, challenger]}
    return pd.DataFrame(rows).assign(gain_low=[np.nan, gain_low], ari_accepted=[1.0, ari])


def advice(**frames) -> str:
    return recommend(frames.pop("search", SEARCH), **frames)[0][0]


def test_clusters_must_be_better_beyond_chance():
    assert advice(comparison=contest(0.5, 0.4, -0.2)) == "how_many.keep"
    assert advice(comparison=contest(0.5, 0.5, -0.2, ari=1.0)) == "how_many.in_force"
    assert advice(comparison=contest(0.5, 0.6, -0.05)) == "how_many.keep_close"
    assert advice(comparison=contest(0.5, 0.6, 0.05)) == "how_many.adopt"
    cut = SEARCH.assign(verdict="constructive")
    assert advice(search=cut, comparison=contest(0.5, 0.6, 0.05)) == "how_many.try"
    assert advice() == advice(comparison=contest(np.nan, np.nan, np.nan)) == "how_many.keep_unproven"


def test_what_everybody_knows_is_said():
    known = pd.DataFrame({"n_segments": [3, 3], "column": ["region", "team"], "ari": [0.2, 0.9], "told": [0.4, 0.95]})
    known = known.assign(reproduces=[False, True], kind="column")
    titles = {"team": ("Team", "Team of <sales>")}
    told = recommend(SEARCH, known=known, comparison=contest(0.5, 0.9, 0.3), titles=titles)
    assert told[0][0] == "how_many.warn_keep_column" and told[0][1]["told"] == pytest.approx(0.95)
    assert "„Team“" in say(told[0][0], "de", **told[0][1]) and "95.0%" in say(told[0][0], "en", **told[0][1])
    cut = recommend(SEARCH, known=known.assign(kind="cut"))
    assert cut[0][0] == "how_many.warn_keep_cut" and "team" in say(cut[0][0], "en", **cut[0][1])
    assert recommend(SEARCH, known=known[:1])[0][0] == "how_many.keep_unproven"


def test_paragraph_is_short_and_speaks_both_languages():
    near = pd.DataFrame({"n_segments": [3, 3], "solution": [1, 2], "n_moved": [0, 12], "ari_best": [1.0, 0.8]})
    near["moved_revenue"] = [0.0, 5e6]
    tendency = pd.DataFrame({"measure": ["dip", "mixture"], "says": ["how_many.dip_no", "how_many.mixture_yes"]})
    told = recommend(SEARCH, tendency, near, None, contest(0.5, 0.6, 0.05))
    keys = [key for key, _ in told]
    assert keys == [
        "how_many.adopt",
        "how_many.next_better",
        "how_many.verdict_reproducible",
        "how_many.near_equal",
        "how_many.tendency_none",
    ]
    for key, numbers in told:
        german, english = say(key, "de", **numbers), say(key, "en", **numbers)
        assert german != english and "–" not in german + english
    assert "60,0" in say(keys[0], "de", **told[0][1])


def test_next_best_number_is_named():
    key, numbers = describe_choice(SEARCH)[1]
    assert key == "how_many.next_better" and numbers["other_k"] == 4  # .57 against .56 of two
    alike = SEARCH.assign(ari_mean=[0.6, 0.9, 0.89], separation=0.6)
    assert describe_choice(alike)[1][0] == "how_many.next_alike"
    worse = SEARCH.assign(ari_mean=[0.99, 0.9, 0.5], separation=0.6)
    assert describe_choice(worse)[1][0] == "how_many.next_worse"
    assert describe_choice(SEARCH[1:2])[1][0] == "how_many.only_number"
    for word in ("set", "together", "outside", "refound", "none_usual"):
        assert has(f"how_many.choice_{word}")
