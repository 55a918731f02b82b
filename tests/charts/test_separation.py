"""The map of the segments and their silhouettes: both languages, constant colours, nobody to be recognised."""

import json

import numpy as np
import pandas as pd
import pytest

from segkit.charts import separation
from segkit.charts.theme import SEGMENT_COLOURS, in_languages
from segkit.display import svg
from segkit.segments.assess.projection import MOST_POINTS, project_segments
from segkit.segments.assess.shadow import measure_separation
from segkit.segments.space import apply_space, fit_space

IDS = ["cluster 1", "cluster 2", "cluster 3"]


def frames(seed: int, n: int = 90) -> dict[str, tuple]:
    rng = np.random.default_rng(seed)
    labels = np.arange(n) % 3
    levels = np.array([3.0, 6.0, 9.0])[labels]
    accounts = pd.DataFrame({"revenue_12m": np.exp(levels + rng.normal(size=n)), "days_since_last": 90 * rng.random(n)})
    accounts["region"] = np.where(labels == 2, "Nord", "Süd")
    space = fit_space(accounts, dict.fromkeys(accounts, 1.0))
    sample = apply_space(accounts, space)
    table, quantiles = measure_separation(sample, labels, IDS, seed)
    picture = project_segments(sample, labels, IDS, space)
    return {"separation_chart": (picture,), "silhouette_chart": (quantiles, table)}


@pytest.fixture(scope="module")
def charts() -> dict[str, dict]:
    return {name: in_languages(getattr(separation, name), *tables) for name, tables in frames(1).items()}


@pytest.mark.parametrize("name", ["separation_chart", "silhouette_chart"])
def test_charts_can_be_drawn_in_both_languages(charts, name):
    german, english = charts[name]["de"], charts[name]["en"]
    assert german["title"]["text"] != english["title"]["text"] and len(svg(german)) > 2000


def test_nothing_of_the_data_stands_in_the_specification(charts):
    other = in_languages(separation.separation_chart, *frames(2)["separation_chart"])["de"]
    bare = [
        json.dumps({k: v for k, v in s.items() if k != "datasets"}) for s in (charts["separation_chart"]["de"], other)
    ]
    assert bare[0] == bare[1] and "Nord" not in bare[0]


def test_colours_go_with_the_number_or_with_the_register(charts):
    colours = {row["colour"] for row in charts["separation_chart"]["de"]["datasets"]["table0"]}
    assert colours == set(SEGMENT_COLOURS[:3])
    names = pd.DataFrame({"segment_id": IDS, "name_de": list("ABC"), "name_en": list("XYZ"), "colour": "#123456"})
    spec = in_languages(separation.silhouette_chart, *frames(1)["silhouette_chart"], names=names)
    titles = [row["title"] for rows in spec["en"]["datasets"].values() for row in rows if "title" in row]
    assert titles[0].startswith("X (") and "#123456" in json.dumps(spec["en"]["datasets"])


def test_many_accounts_are_thinned_and_none_can_be_told():
    spec = in_languages(separation.separation_chart, *frames(1, n=6000)["separation_chart"])["de"]
    assert max(len(rows) for rows in spec["datasets"].values()) <= MOST_POINTS
    assert all("account_id" not in row for rows in spec["datasets"].values() for row in rows)
