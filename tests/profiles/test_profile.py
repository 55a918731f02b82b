"""Planted differences are found, planted noise is not, and nothing is claimed of small segments."""

import numpy as np
import pandas as pd
import pytest

from segkit.profiles.profile import profile_segments
from segkit.profiles.variables import GRID_INPUTS, describe_accounts, inputs_of
from segkit.tables import check

from .conftest import company


def profile(found):
    described = describe_accounts(found.features, found.value, found.accounts)
    return check(profile_segments(described, found.segments, GRID_INPUTS), "profiles").set_index(
        ["segment_id", "variable", "category"]
    )


def test_planted_differences_are_markers(planted):
    profiles = profile(planted)
    markers = set(profiles[profiles["is_marker"] & ~profiles["is_input"]].loc["S1"].index)
    expected = {("interval_days", ""), ("frequency_12m", ""), ("avg_order_value_12m", ""), ("industry", "Chemie")}
    assert expected <= markers
    assert ("n_products_12m", "") not in markers and ("regularity", "") not in markers


def test_values_are_medians_and_shares_of_the_accounts(planted):
    profiles = profile(planted)
    top = planted.features[planted.segments["segment_id"] == "S1"]
    row = profiles.loc[("S1", "interval_days", "")]
    assert row["value"] == pytest.approx(top["interval_days"].median())
    assert row["overall"] == pytest.approx(planted.features["interval_days"].median())
    assert row["index"] == pytest.approx(100 * row["value"] / row["overall"])
    assert row["low"] <= row["value"] <= row["high"]
    industry = planted.accounts["industry"]
    chemistry = profiles.loc[("S1", "industry", "Chemie")]
    assert chemistry["value"] == pytest.approx((industry[: len(top)] == "Chemie").mean())
    assert chemistry["overall"] == pytest.approx((industry == "Chemie").mean())


def test_countries_written_in_many_ways_are_one(planted):
    countries = {category for _, variable, category in profile(planted).index if variable == "country"}
    assert countries == {"DE", "AT"}


def test_inputs_are_shown_but_marked_as_such(planted):
    profiles = profile(planted).reset_index()
    assert set(profiles.loc[profiles["is_input"], "variable"]) == {"revenue_12m", "growth", "days_since_last"}
    clusters = {"method": "kmeans", "criteria": {"frequency_12m": 1.0}}
    assert inputs_of(clusters) == GRID_INPUTS | {"frequency_12m"}


def test_noise_is_rarely_called_different():
    """Family-wise: in at most about 5 % of companies whose segments are random is anything significant (Holm)."""
    any_found = []
    for seed in range(60):
        found = company(seed=seed, differ=False)
        profiles = profile(found)
        any_found.append(bool((profiles["p_adjusted"] < 0.05).any()))
        assert not profiles["is_marker"].any() or any_found[-1]
    assert np.mean(any_found) <= 0.12


def test_small_segments_are_never_called_different():
    profiles = profile(company(sizes=(("S1", 9), ("S3", 80))))
    assert profiles.loc["S1"]["is_small"].all() and not profiles["is_marker"].any()
    assert profiles.loc["S1"]["effect_size"].isna().all() and profiles.loc["S1"]["value"].notna().any()


def test_accounts_that_are_gone_do_not_make_the_others_look_busy():
    found = company(differ=False)
    gone = found.segments["segment_id"] == "S7"
    found.features.loc[gone, ["frequency_12m", "n_products_12m", "return_share_12m", "revenue_12m"]] = 0
    profiles = profile(found)
    assert not profiles.loc[(slice(None), ["frequency_12m", "n_products_12m"], ""), "is_marker"].any()
    assert profiles.loc[("S7", "frequency_12m", ""), "n"] == 0


def test_the_main_product_group_has_the_most_revenue(planted):
    bought = pd.DataFrame(
        [
            ("A0000", "Pumpen", 10.0),
            ("A0000", "Filter", 30.0),
            ("A0001", "B", 5.0),
            ("A0001", "A", 5.0),
            ("A0002", "A", -1.0),
        ],
        columns=["account_id", "product_group", "revenue"],
    )
    described = describe_accounts(planted.features, planted.value, planted.accounts, bought).set_index("account_id")
    assert described["main_product_group"].head(3).fillna("").tolist() == ["Filter", "A", ""]


def test_one_account_has_no_profile():
    found = company(sizes=(("S1", 1),))
    assert profile(found).empty
