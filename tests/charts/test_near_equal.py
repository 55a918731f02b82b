"""Charts of equally good divisions and of flows: data apart, both languages, what is marked."""

from __future__ import annotations

import functools
import json

import numpy as np
import pandas as pd
import pytest

from segkit.charts.near_equal import cores_chart, near_equal_chart
from segkit.charts.segment_flow import segment_flow_chart
from segkit.charts.theme import GRID, SEGMENT_COLOURS, in_languages, svg
from segkit.segments.assess.flow_plot import shape_flow_plot
from segkit.segments.assess.flows import trace_flows
from segkit.texts import say


def flow_plot(seed: int, columns=("revenue_12m", "margin_12m", "churn_probability")):
    rng = np.random.default_rng(seed)
    labels = {k: rng.integers(k, size=80) for k in (2, 3, 4)}
    money = pd.DataFrame({name: rng.random(80) * (1 if name[0] == "c" else 1e5) for name in columns})
    return shape_flow_plot(trace_flows(labels, money), SEGMENT_COLOURS, 3)


def equals(seed: int) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    n = 4
    gain = np.concatenate([[0], rng.normal(size=n - 1)]) / 100
    return pd.DataFrame(
        {
            "solution": np.arange(1, n + 1),
            "excess": np.arange(n) / 1000,
            "n_moved": [0, 3, 20, 40],
            "gain": gain,
            "gain_low": gain - 0.01,
            "gain_high": gain + 0.01,
            "revenue_explained": 0.5 + gain,
            "n_found": 3,
            "is_most_valuable": [seed != 1, seed == 1, False, False],
        }
    )


def cores(seed: int) -> pd.DataFrame:
    shares = np.random.default_rng(seed).random((2, 3)).round(6)
    ids = [f"cluster {j}" for j in (1, 2, 3)]
    counts = {"n_accounts": 50, "n_swing": 5}
    return pd.DataFrame({"cluster_id": ids, "share_swing": shares[0], "share_swing_revenue": shares[1], **counts})


MAKERS = {
    "flow": lambda seed: in_languages(segment_flow_chart, *flow_plot(seed)),
    "equals": lambda seed: in_languages(near_equal_chart, equals(seed), n_accounts=100),
    "cores": lambda seed: in_languages(cores_chart, cores(seed)),
}


@functools.cache
def made(name: str, seed: int) -> dict:
    return MAKERS[name](seed)


@pytest.mark.parametrize("name", MAKERS)
def test_nothing_of_the_data_stands_in_the_specification_and_both_languages_draw(name):
    first, second = made(name, 1), made(name, 2)
    for language in ("de", "en"):
        bare = [json.dumps({k: v for k, v in found[language].items() if k != "datasets"}) for found in (first, second)]
        assert bare[0] == bare[1]
        picture = svg(first[language])
        assert "NaN" not in picture and "undefined" not in picture
        title = {"flow": "chart_flow", "equals": "chart_equals", "cores": "chart_cores"}[name]
        assert say(f"near_equal.{title}", language) in picture


def test_the_number_chosen_is_marked_and_each_measure_has_its_picture():
    picture = svg(made("flow", 1)["de"])
    assert picture.count("3 (gewählt)") == 3 and "4 (gewählt)" not in picture
    for measure in ("revenue", "margin", "risk"):
        assert say(f"near_equal.chart_flow_{measure}", "de") in picture


def test_a_group_without_a_known_risk_is_drawn_in_grey():
    labels = {2: np.repeat([0, 1], 10), 3: np.repeat([0, 1, 2, 2], 5)}
    money = pd.DataFrame({"revenue_12m": 1.0, "churn_probability": np.repeat([0.2, np.nan], 10)})
    shaped = shape_flow_plot(trace_flows(labels, money), SEGMENT_COLOURS, 2)
    grey = svg(in_languages(segment_flow_chart, *shaped)["en"]).count(f'fill="{GRID}"')
    assert grey == 3, "group 2 of two and group 3 of three, and the ribbon between them"


def test_without_margins_and_risks_accounts_take_their_place():
    ribbons, nodes = flow_plot(1, ("revenue_12m",))
    assert nodes["measure"].unique().tolist() == ["revenue", "accounts"] == ribbons["measure"].unique().tolist()
    chart = segment_flow_chart(ribbons, nodes, "en")
    titles = [panel.title.text for panel in chart.vconcat]
    assert titles == [say(f"near_equal.chart_flow_{measure}", "en") for measure in ("revenue", "accounts")]


def test_the_used_and_the_more_valuable_division_have_their_own_marks():
    rows = next(iter(made("equals", 1)["en"]["datasets"].values()))
    names = [say(f"near_equal.kind_{kind}", "en") for kind in ("best", "valuable", "other", "other")]
    assert [row["kind"] for row in rows] == names and rows[2]["share_moved"] == 0.2
