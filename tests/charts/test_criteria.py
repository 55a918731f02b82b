"""Charts of criteria: what they show, in both languages, with the data apart."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest

from segkit.charts.criteria import bubble_chart, evidence_chart, weights_chart
from segkit.charts.theme import in_languages, svg
from segkit.criteria.catalogue import criteria_catalogue
from segkit.criteria.shaping import shape_bubbles, shape_evidence, shape_weights

LIMITS = {"min_coverage": 0.6, "min_stability": 0.4, "max_redundancy": 0.8}


def table(shift: int = 0) -> pd.DataFrame:
    """All criteria with figures that follow from their number; another shift gives other data."""
    criteria = list(criteria_catalogue().values())
    n = np.arange(len(criteria)) + shift
    figures = dict.fromkeys(("coverage", "stability", "redundancy"), n % 10 / 10)
    power = np.where(n % 4, n % 7 / 10, np.nan)
    return pd.DataFrame(
        {
            "criterion_id": [c.criterion_id for c in criteria],
            "number": range(1, len(criteria) + 1),
            "name_de": [f"{c.name_de} & {shift}" for c in criteria],
            "name_en": [f"{c.name_en} <b>{shift}" for c in criteria],
            **{
                rating: [1 + (getattr(c, rating) + shift) % 5 for c in criteria]
                for rating in ("ease", "relevance", "usage")
            },
            **figures,
            **{name: power + by for name, by in (("power", 0), ("power_low", -0.1), ("power_high", 0.1))},
            **{name: power / 3 + by for name, by in (("gain", 0), ("gain_low", -0.1), ("gain_high", 0.1))},
            "n_power": 40,
            "is_small": False,
            "is_available": n % 5 > 0,
            "is_sensitive": n % 11 == 0,
            "is_selected": n % 9 == 1,
            "is_used": n % 2 == 0,
            "weight": n / 1000,
        }
    )


MAKERS = {
    "bubbles": lambda t: in_languages(bubble_chart, shape_bubbles(t)),
    "evidence": lambda t: in_languages(evidence_chart, shape_evidence(t), **LIMITS),
    "weights": lambda t: in_languages(weights_chart, shape_weights(t)),
}


@pytest.mark.parametrize("name", MAKERS)
def test_nothing_of_the_data_stands_in_the_specification(name):
    specs = [MAKERS[name](table(shift)) for shift in (0, 3)]
    for language in ("de", "en"):
        one, other = ({k: v for k, v in spec[language].items() if k != "datasets"} for spec in specs)
        assert json.dumps(one) == json.dumps(other)


@pytest.mark.parametrize("name", MAKERS)
def test_charts_draw_in_both_languages_with_names_escaped(name):
    specs = MAKERS[name](table())
    german, english = svg(specs["de"]), svg(specs["en"])
    assert "NaN" not in german and "Umsatz 12 Monate &amp; 0" in german and "&lt;b&gt;0" in english


def test_bubbles_never_hide_each_other():
    shaped = shape_bubbles(table())
    x, y = shaped["x"].to_numpy() * 124, shaped["y"].to_numpy() * 96  # pixels of a rating
    apart = np.hypot(x[:, None] - x, y[:, None] - y) + 1000 * np.eye(len(x))
    assert apart.min() >= 25 and (abs(shaped["x"] - shaped["ease"]) < 0.5).all()


def test_bubbles_of_the_catalogue_have_their_number_and_name():
    shaped = shape_bubbles(table())
    assert shaped["label_de"].iloc[0].startswith("1 ") and shaped["number"].is_unique
    assert shaped.groupby(["list_column", "list_row"]).size().max() == 1
    assert set(shaped["state"]) == {"chosen", "available", "sensitive", "missing"}


def test_evidence_shows_the_chosen_first_then_by_power_and_the_limits_dashed():
    shaped = shape_evidence(table())
    chosen = shaped["is_selected"].to_numpy()
    assert chosen[: chosen.sum()].all()
    power = shaped.loc[~shaped["is_selected"], "power"].dropna()
    assert power.is_monotonic_decreasing
    spec = MAKERS["evidence"](table())["en"]
    dashed = [layer for panel in spec["hconcat"] for layer in panel["layer"] if layer["mark"].get("strokeDash")]
    assert [layer["encoding"]["x"]["datum"] for layer in dashed] == list(LIMITS.values())


def test_weights_fall_from_top_to_bottom():
    shaped = shape_weights(table())
    assert shaped["weight"].is_monotonic_decreasing and shaped["rank"].tolist() == list(range(len(shaped)))
