"""What speaks for which number: one cell per number and criterion that is known, in both languages."""

import json

import numpy as np
import pandas as pd

from segkit.charts.how_many import how_many_chart, shape_scores
from segkit.charts.theme import in_languages, svg
from segkit.segments.assess.choice import score_numbers


def search_of(shift: float = 0.0) -> pd.DataFrame:
    numbers = {"n_segments": [2, 3, 4], "ari_mean": [0.6, 0.9 - shift, 0.7], "separation": [0.5, 0.6, 0.4 + shift]}
    return pd.DataFrame(numbers).assign(smallest_share=0.1, prediction_strength=np.nan, is_chosen=[0, 1, 0])


def chart(search: pd.DataFrame) -> dict:
    return in_languages(how_many_chart, shape_scores(search, score_numbers(search)))


def test_only_what_is_known_is_shown_and_the_best_of_a_row_is_darkest():
    shaped = shape_scores(search := search_of(), score_numbers(search))
    assert set(shaped["part"]) == {"score", "stability", "separation", "smallest_share"}
    assert shaped[shaped["part"] == "stability"]["strength"].tolist() == [round((0.6 / 0.9) ** 2, 4), 1, 0.6049]
    assert set(shaped.loc[shaped["is_chosen"], "n_segments"]) == {3}


def test_words_are_in_both_languages_and_nothing_of_the_data_in_the_specification():
    specs = chart(search_of())
    assert "0,90" in svg(specs["de"]) and "0.90" in svg(specs["en"])
    assert "Kehrt in Stichproben wieder" in svg(specs["de"])
    other = chart(search_of(0.05))
    for language, spec in specs.items():
        assert json.dumps(spec | {"datasets": 0}) == json.dumps(other[language] | {"datasets": 0})
