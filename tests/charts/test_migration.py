"""Charts of movement and drift: what they show, with the data apart, and readable text on every cell."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest

from segkit.charts import migration as charts
from segkit.charts.theme import SEGMENT_COLOURS, in_languages, svg
from segkit.monitoring.sankey import FILLED, THINNEST, shape_sankey
from segkit.monitoring.shaping import STEPS, name_segments, shape_causes, shape_drift, shape_matrix

NAMES = {"KEY": "Schlüssel", "S1": "Spitze", "S3": "Kern", "S7": "Kleine & Co", "DORMANT": "Ruhende"}
REGISTER = pd.DataFrame(
    {
        "segmentation_id": "value",
        "segment_id": list(NAMES),
        "name_de": list(NAMES.values()),
        "name_en": [f"{name}-en" for name in NAMES.values()],
        "colour": SEGMENT_COLOURS[: len(NAMES)],
    }
)
FLOWS = pd.DataFrame(
    [
        ("S1", "S1", "stayed", 80, 9000.0, 9500.0, None),
        ("S1", "S3", "customer", 12, 400.0, 900.0, True),
        ("S3", "S3", "stayed", 100, 1000.0, 1000.0, None),
        ("S3", "S7", "customer", 1, 5.0, 10.0, False),
        ("S3", "S7", "manual", 2, 5.0, 10.0, None),
        ("S7", "GONE", "lost", 3, 0.0, 20.0, None),
        ("NEW", "S7", "new", 9, 60.0, np.nan, None),
    ],
    columns=[
        "from_segment_id",
        "to_segment_id",
        "cause",
        "n_accounts",
        "revenue_12m",
        "revenue_before",
        "is_above_noise",
    ],
).assign(n_noise=1.0, noise_high=3.0)
DRIFT = pd.DataFrame(
    {
        "variable": ["revenue_12m", "region", "revenue_12m"],
        "reference": ["previous_quarter", "previous_quarter", "year_before"],
        "psi": [0.02, 1.7, 0.12],
        "psi_noise": [0.03, 0.05, 0.04],
        "status": ["stable", "shifted", "watch"],
    }
)


def names() -> pd.DataFrame:
    return name_segments(REGISTER, "value")


def matrix(flows: pd.DataFrame = FLOWS) -> pd.DataFrame:
    return shape_matrix(flows, names())


def causes(flows: pd.DataFrame = FLOWS) -> pd.DataFrame:
    rows = flows[flows["cause"] != "stayed"].drop_duplicates("cause")
    return shape_causes(rows[["cause", "n_accounts"]].assign(carried=rows["revenue_12m"]))


MAKERS = {
    "matrix": lambda flows, scale: in_languages(charts.migration_matrix_chart, matrix(flows)),
    "sankey": lambda flows, scale: in_languages(
        charts.migration_sankey_chart, *shape_sankey(flows, names(), (f"Q1 {2025 + scale}", "Q2"), "EUR")
    ),
    "causes": lambda flows, scale: in_languages(charts.migration_causes_chart, causes(flows)),
    "drift": lambda flows, scale: in_languages(
        charts.drift_chart, shape_drift(DRIFT.assign(psi=DRIFT["psi"] / scale)), watch=0.1, shifted=0.25
    ),
}


@pytest.mark.parametrize("name", MAKERS)
def test_nothing_of_the_data_stands_in_the_specification(name):
    other = FLOWS.iloc[:4].assign(revenue_12m=7.0, n_accounts=[1, 2, 3, 4])
    for language in ("de", "en"):
        specs = [MAKERS[name](*data)[language] for data in ((FLOWS, 1), (other, 3))]
        bare = [json.dumps({k: v for k, v in spec.items() if k != "datasets"}) for spec in specs]
        assert bare[0] == bare[1]


@pytest.mark.parametrize("name", MAKERS)
def test_charts_draw_in_both_languages(name):
    for language, spec in MAKERS[name](FLOWS, 1).items():
        picture = svg(spec)
        assert "NaN" not in picture and "null" not in picture
        assert ("Kleine &amp; Co" in picture) == (name in ("matrix", "sankey")), language


def test_the_matrix_holds_all_cells_and_adds_causes_up():
    cells = matrix().set_index(["from_segment_id", "to_segment_id"])
    assert cells.loc[("S3", "S7"), "n_accounts"] == 3 and cells.loc[("S3", "S7"), "share"] == pytest.approx(
        3 / 103, abs=1e-6
    )
    assert cells.loc[("S1", "S3"), "label"] == "12 ▲" and cells.loc[("S3", "S7"), "label"] == "3"
    assert cells.loc[("S7", "S1"), "label"] == "" and cells["n_accounts"].sum() == FLOWS["n_accounts"].sum()
    assert cells.loc[("NEW", "S7"), "revenue"] == 60 and cells.loc[("S1", "S3"), "revenue"] == 900
    order = cells.reset_index().sort_values("from_rank")["from_segment_id"].unique().tolist()
    assert order == ["NEW", "S1", "S3", "S7"]


def luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def test_text_on_every_cell_has_enough_contrast():
    shares = [limit + 0.001 for limit, _ in STEPS]
    rows = [("S1", "S3", "customer", round(1000 * share), 1.0, 1.0, False) for share in shares]
    for row in rows:
        stay = ("S1", "S1", "stayed", 1000 - row[3], 1.0, 1.0, None)
        cells = matrix(pd.DataFrame([row, stay], columns=FLOWS.columns[:7]).assign(n_noise=0.0, noise_high=0.0))
        for fill, ink in cells[["fill", "ink"]].itertuples(index=False):
            light, dark = sorted((luminance(fill), luminance(ink)), reverse=True)
            assert (light + 0.05) / (dark + 0.05) >= 4.5, (fill, ink)


def test_ribbons_are_as_wide_as_revenue_then_and_now():
    ribbons, nodes = shape_sankey(FLOWS, names(), ("Q1", "Q2"), "EUR")
    width = (ribbons["high"] - ribbons["low"]).round(6)
    scale = FILLED / max(FLOWS["revenue_before"].sum(), FLOWS["revenue_12m"].sum())
    stay = (ribbons["title_de"] == "Spitze → Spitze").to_numpy()
    assert width[stay].iloc[0] == pytest.approx(9500 * scale, abs=1e-5)
    assert width[stay].iloc[-1] == pytest.approx(9000 * scale, abs=1e-5)
    assert width.min() >= THINNEST - 1e-6, "a flow of one account is still seen"
    assert ribbons[["low", "high"]].min(axis=None) >= 0 and ribbons[["low", "high"]].max(axis=None) <= 1
    real = nodes[nodes["weight"] == 400]
    for side in (0, 1):
        of_side = real[real["side"] == side].sort_values("low")
        assert (of_side["low"].to_numpy()[1:] > of_side["high"].to_numpy()[:-1]).all(), "nodes do not overlap"
    assert (
        "Spitze: 10.400 € (91,4 %)" not in set(real["label_de"])
        and real["label_de"].str.contains("Spitze: ").sum() == 2
    )


def test_movers_lie_above_those_who_stay():
    ribbons, _ = shape_sankey(FLOWS, names(), ("Q1", "Q2"), "EUR")
    assert ribbons.drop_duplicates("ribbon")["opacity"].is_monotonic_increasing


def test_drift_ends_at_the_edge_and_has_both_references():
    spec = MAKERS["drift"](FLOWS, 1)["de"]
    rows = next(iter(spec["datasets"].values()))
    assert max(row["shown"] for row in rows) == 1.0 and {row["place"] for row in rows} == {0, 1}
    assert "0,10" in spec["title"]["subtitle"] and "0,25" in spec["title"]["subtitle"]
