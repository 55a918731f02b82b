"""Charts of notebook 04: what they show, in both languages, with nothing of the data in the specification."""

import json

import numpy as np
import pandas as pd
import pytest

from segkit.charts import clustering
from segkit.charts.theme import in_languages
from segkit.charts.tiles import lay_tiles
from segkit.display import svg


def sizes_of(revenue: list[float], margin: float | None = 0.3) -> pd.DataFrame:
    n = len(revenue)
    money = pd.Series(revenue, dtype=float)
    frame = pd.DataFrame(
        {
            "segment_id": [f"S{i}" for i in range(n)],
            "name_de": [f"Sparte {i}" for i in range(n)],
            "name_en": [f"Group {i}" for i in range(n)],
            "colour": [f"#0B4F{i:02d}" for i in range(n)],
            "n_accounts": 10,
            "share_accounts": 1 / n,
            "revenue_12m": money,
            "share_revenue": money / money.sum(),
        }
    )
    frame["margin_12m"] = money * margin if margin else np.nan
    return frame.assign(share_margin=frame["margin_12m"] / frame["margin_12m"].sum() if margin else np.nan)


def frames(seed: int) -> dict[str, tuple]:
    rng = np.random.default_rng(seed)
    sizes = sizes_of((rng.random(4) * 1e6).tolist())
    accounts = [f"{i:03d}" for i in range(40)]
    features = pd.DataFrame(
        {"account_id": accounts, "days_since_last": rng.integers(400, size=40), "revenue_12m": rng.random(40) * 1e5}
    )
    segments = pd.DataFrame({"account_id": accounts, "segment_id": [f"S{i % 4}" for i in range(40)]})
    search = pd.DataFrame({"n_segments": [2, 3], "is_chosen": [False, True]})
    pairs = pd.DataFrame({"n_segments": [2, 3] * 5, "pair": range(10), "ari": rng.random(10)})
    stability = pd.DataFrame(
        {
            "method": "kmeans",
            "n_segments": [2, 2, 2, 3],
            "segment_id": ["ALL", "cluster 1", "cluster 2", "cluster 1"],
            "slsw": rng.random(4),
            "n_accounts": 10,
        }  # fmt: skip
    )
    challenger = segments.assign(cluster_id=[f"cluster {1 + i % 3}" for i in range(40)])
    return {
        "segment_tiles_chart": (sizes,),
        "segment_shares_chart": (sizes,),
        "value_recency_chart": (features, segments, sizes),
        "stability_chart": (pairs, search),
        "cluster_stability_chart": (stability, search),
        "agreement_chart": (challenger, sizes),
    }


@pytest.fixture(scope="module")
def charts() -> dict[str, dict]:
    return {name: in_languages(getattr(clustering, name), *tables) for name, tables in frames(1).items()}


@pytest.mark.parametrize("name", list(frames(1)))
def test_charts_can_be_drawn_in_both_languages(charts, name):
    german, english = charts[name]["de"], charts[name]["en"]
    assert json.dumps(german["title"]) != json.dumps(english["title"])
    assert len(svg(german)) > 2000


@pytest.mark.parametrize("name", list(frames(1)))
def test_nothing_of_the_data_stands_in_the_specification(charts, name):
    other = in_languages(getattr(clustering, name), *frames(2)[name])["de"]
    first = charts[name]["de"]
    bare = [json.dumps({k: v for k, v in spec.items() if k != "datasets"}) for spec in (first, other)]
    assert bare[0] == bare[1] and "Sparte" not in bare[0]


def test_no_account_can_be_told_from_the_scatter(charts):
    for rows in charts["value_recency_chart"]["de"]["datasets"].values():
        assert all("account_id" not in row for row in rows)


def test_names_follow_the_language(charts):
    tiles = {language: charts["segment_tiles_chart"][language]["datasets"]["table0"] for language in ("de", "en")}
    assert tiles["de"][0]["name"].startswith("Sparte") and tiles["en"][0]["name"].startswith("Group")


def test_large_companies_are_thinned_in_the_scatter():
    n = 5000
    accounts = [f"{i:05d}" for i in range(n)]
    features = pd.DataFrame({"account_id": accounts, "days_since_last": 1, "revenue_12m": 10.0})
    segments = pd.DataFrame({"account_id": accounts, "segment_id": "S0"})
    spec = in_languages(clustering.value_recency_chart, features, segments, sizes_of([1.0, 2.0]))["de"]
    assert max(len(rows) for rows in spec["datasets"].values()) <= clustering.MOST_POINTS


def test_unknown_margins_have_no_panel():
    spec = in_languages(clustering.segment_shares_chart, sizes_of([5, 3], margin=None))["en"]
    assert {row["measure_name"] for row in spec["datasets"]["table0"]} == {"Accounts", "Revenue"}


def test_tiles_fill_the_whole_by_their_values():
    values = np.array([50.0, 30, 12, 5, 3])
    tiles = lay_tiles(values, 600, 300, stretch=2)
    areas = (tiles["x2"] - tiles["x"]) * (tiles["y2"] - tiles["y"])
    assert areas == pytest.approx(values / values.sum() * 600 * 300)
    assert tiles["x2"].max() == pytest.approx(600) and tiles["y2"].max() == pytest.approx(300)
    centres = [(tiles["x"] + tiles["x2"]) / 2, (tiles["y"] + tiles["y2"]) / 2]
    for x, y in zip(*centres, strict=True):
        inside = (tiles["x"] < x) & (x < tiles["x2"]) & (tiles["y"] < y) & (y < tiles["y2"])
        assert inside.sum() == 1
    assert all(len(edge) == 0 for edge in lay_tiles(np.array([]), 600, 300).values())
