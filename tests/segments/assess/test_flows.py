"""Flows over the number of segments: sums by hand, what one segment more would change, and the geometry of the plot."""

import numpy as np
import pandas as pd
import pytest

from segkit.charts.theme import SEGMENT_COLOURS
from segkit.segments.assess.flow_plot import FILLED, shape_flow_plot
from segkit.segments.assess.flows import COLUMNS, describe_flows, trace_flows
from segkit.tables import TABLES
from segkit.texts import LANGUAGES, say

LABELS = {2: np.array([0, 0, 0, 1, 1, 1]), 3: np.array([0, 0, 2, 2, 1, 1]), 4: np.array([0, 3, 2, 2, 1, 1])}
MONEY = pd.DataFrame(
    {
        "revenue_12m": [100.0, 80.0, 60.0, 10.0, 5.0, 5.0],
        "margin_12m": [30.0, 20.0, 10.0, -2.0, np.nan, 1.0],
        "churn_probability": [0.1, 0.1, 0.4, 0.6, np.nan, 0.2],
    }
)


def test_flows_by_hand():
    flows = trace_flows(LABELS, MONEY)
    assert list(flows) == COLUMNS and set(COLUMNS) == set(TABLES["segment_flows"].columns)
    step = flows[flows["n_segments"] == 2].set_index(["cluster_id", "next_cluster_id"])
    assert step["n_accounts"].to_dict() == {
        ("cluster 1", "cluster 1"): 2,
        ("cluster 1", "cluster 3"): 1,
        ("cluster 2", "cluster 2"): 2,
        ("cluster 2", "cluster 3"): 1,
    }
    assert step["revenue_12m"].tolist() == [180, 60, 10, 10]
    assert step["margin_12m"].tolist() == [50, 10, 1, -2], "a margin that is not known is left out"
    assert step["churn_probability"].tolist() == [0.1, 0.4, 0.2, 0.6]
    for _, part in flows.groupby("n_segments"):
        assert part["n_accounts"].sum() == 6 and part["revenue_12m"].sum() == 260


def test_one_segment_more_in_words_by_hand():
    said = dict(describe_flows(trace_flows(LABELS, MONEY), 2))
    # the new segment 3: one account of segment 1 (60) and one of segment 2 (10), 70 of 260
    assert said["near_equal.flow"] == {
        "k": 2,
        "following": 3,
        "source": "1",
        "new": "3",
        "n": 2,
        "share_source": pytest.approx(1 / 3),
        "from_source": 0.5,
    }
    assert said["near_equal.flow_revenue"]["share"] == pytest.approx(70 / 260)
    assert said["near_equal.flow_margin"]["margin"] == 8
    # the risk of the others is weighted by accounts: (2 · .1 + 2 · .2) / 4
    assert said["near_equal.flow_churn"]["risk"] == pytest.approx(0.5)
    assert said["near_equal.flow_churn"]["rest"] == pytest.approx(0.15)
    at_last = dict(describe_flows(trace_flows(LABELS, MONEY), 4))
    assert at_last["near_equal.flow"]["k"] == 3 and at_last["near_equal.flow_whole"]["n"] == 2
    for key, numbers in [*said.items(), *at_last.items()]:
        for language in LANGUAGES:
            assert "–" not in say(key, language, **numbers)


def test_what_is_missing_is_left_out():
    bare = MONEY[["revenue_12m"]]
    flows = trace_flows(LABELS, bare)
    assert flows[["margin_12m", "churn_probability"]].isna().all(axis=None)
    assert {"near_equal.flow", "near_equal.flow_revenue"} == set(dict(describe_flows(flows, 2)))
    assert trace_flows({3: LABELS[3]}, bare).empty and describe_flows(trace_flows({3: LABELS[3]}, bare), 3) == []
    partly = {2: np.array([0, 0, -1, 1, 1, 1]), 3: LABELS[3]}
    assert trace_flows(partly, bare)["n_accounts"].sum() == 5, "rows in no segment flow nowhere"
    ribbons, nodes = shape_flow_plot(flows.assign(revenue_12m=0.0), SEGMENT_COLOURS, 2)
    assert set(nodes["measure"]) == {"accounts"} == set(ribbons["measure"])


def test_nodes_fill_the_height_and_ribbons_start_and_end_in_them():
    rng = np.random.default_rng(1)
    labels = {k: rng.integers(k, size=500) for k in (2, 3, 4, 5)}
    money = pd.DataFrame({"revenue_12m": rng.lognormal(5, 1, 500), "churn_probability": rng.random(500)})
    ribbons, nodes = shape_flow_plot(trace_flows(labels, money), SEGMENT_COLOURS, 4)
    assert set(nodes["measure"]) == {"revenue", "risk"}
    for _, column in nodes.groupby(["measure", "x"]):
        ordered = column.sort_values("low")
        assert (ordered["high"] - ordered["low"]).sum() == pytest.approx(FILLED, abs=1e-4)
        assert ordered["share"].sum() == pytest.approx(1, abs=1e-4)
        assert (ordered["low"].to_numpy()[1:] >= ordered["high"].to_numpy()[:-1]).all()
        assert ordered["low"].min() >= 0 and ordered["high"].max() <= 1.0001
    place = nodes.set_index(["measure", "x", "cluster"])
    for _, ribbon in ribbons.groupby(["measure", "ribbon"]):
        first, last = ribbon.iloc[0], ribbon.iloc[-1]
        for end, cluster in ((first, first["cluster"]), (last, first["next_cluster"])):
            node = place.loc[(first["measure"], round(end["x"]), cluster)]
            assert node["low"] - 1e-4 <= end["low"] <= end["high"] <= node["high"] + 1e-4
    assert nodes["is_chosen"].sum() == 2 * 4
    assert nodes["colour"].tolist() == [SEGMENT_COLOURS[c - 1] for c in nodes["cluster"]]
