"""Charts of the model cards: what they show, in both languages."""

import pandas as pd
import pytest

from segkit.charts.backtests import calibration_chart, gains_chart
from segkit.charts.theme import in_languages

GROUPS = pd.DataFrame(
    {"model": "churn", "bin": [1, 2], "n": [40, 40], "predicted": [0.1, 0.6], "observed": [0.2, 0.5],
     "low": [0.1, 0.4], "high": [0.3, 0.6]}
)  # fmt: skip
VERDICTS = pd.DataFrame(
    {"model": ["churn", "lifetime"], "metric": ["auc", "mae"], "baseline_name": ["no.such_rule", "cards.no_cases"],
     "relative": [0.2, None], "relative_low": [0.1, None], "relative_high": [0.3, None], "used": ["model", "rule"]}
)  # fmt: skip


def words_in(spec):
    return str({key: value for key, value in spec.items() if key != "datasets"})


@pytest.mark.parametrize(("scale", "kind", "words"), [(1, "linear", ("Anteil der Fälle", "share of cases")),
                                                      (5000, "sqrt", ("je Kunde", "per account"))])  # fmt: skip
def test_groups_show_what_was_foretold_and_what_came(scale, kind, words):
    frame = GROUPS.assign(**{c: GROUPS[c] * scale for c in ("predicted", "observed", "low", "high")})
    specs = in_languages(calibration_chart, frame, currency="EUR")
    for language, word in zip(("de", "en"), words, strict=True):
        assert word in words_in(specs[language])
    interval, ticks, dots = specs["en"]["layer"]
    assert (interval["encoding"]["y"]["field"], interval["encoding"]["y2"]["field"]) == ("low", "high")
    assert (ticks["encoding"]["y"]["field"], dots["encoding"]["y"]["field"]) == ("predicted", "observed")
    assert dots["encoding"]["y"]["scale"]["type"] == kind


def test_the_lead_over_the_rule_names_both_and_says_what_could_not_be_tried():
    specs = in_languages(gains_chart, VERDICTS, currency="EUR")
    rows = next(iter(specs["de"]["datasets"].values()))
    assert rows[0]["label"] == "Abwanderung und Verlängerung" and rows[0]["rule"] == "daneben: no.such_rule"
    assert "ließ sich nicht prüfen" in words_in(specs["de"]) and "could not be tried" in words_in(specs["en"])
    _, interval, dots, _ = specs["en"]["layer"]
    assert (interval["encoding"]["x"]["field"], dots["encoding"]["x"]["field"]) == ("relative_low", "relative")
