"""Who stands on the list of diamonds, in which order and why."""

from __future__ import annotations

import pandas as pd
import pytest

from segkit import texts
from segkit.tables import TABLES
from segkit.value.potential.classes import class_limits, describe_grid, potential_classes
from segkit.value.potential.diamonds import buys_still, select_diamonds, top_diamonds

FIELDS = ["account_id", "abc_class", "revenue_12m", "potential", "potential_low", "potential_high"]
ROWS = [
    ("big", "A", 1000.0, 1500.0, 1200.0, 2000.0),
    ("point", "C", 10.0, 3000.0, 500.0, 9000.0),
    ("safe", "C", 20.0, 2000.0, 1800.0, 2500.0),
    ("rep", "B", 200.0, 1800.0, 1700.0, 1900.0),
    ("gone", "C", 0.0, 1800.0, 1700.0, 1900.0),
    ("small", "B", 300.0, 400.0, 350.0, 500.0),
    ("rival", "B", 250.0, 1100.0, 900.0, 1400.0),
    ("odd", "C", -5.0, 20.0, 15.0, 25.0),
]


@pytest.fixture
def value() -> pd.DataFrame:
    frame = pd.DataFrame(ROWS, columns=FIELDS)
    frame = frame.assign(
        potential_class=potential_classes(frame["potential"], class_limits(frame)),
        potential_basis="model", n_peers=40, peer_industry=None, peer_size="large", peer_revenue=900.0,
        potential_estimate=None, potential_known=None, competitor=None, competitor_share=None,
        share_of_wallet=frame["revenue_12m"].clip(lower=0) / frame["potential"],
    )  # fmt: skip
    frame.loc[1, ["peer_industry", "peer_size"]] = ["Bau", None]
    frame.loc[3, "potential_estimate"] = 300.0
    frame.loc[6, ["potential_known", "competitor", "competitor_share"]] = [1250.0, "Kron", 0.8]
    return frame


ACCOUNTS = pd.DataFrame({"account_id": ["safe", "point"], "owner_id": ["V1", None], "name": ["Süd AG", None]})


def test_classes_are_those_of_todays_revenue(value):
    assert class_limits(value) == (1000.0, 200.0)
    assert value["potential_class"].tolist() == ["A", "A", "A", "A", "A", "B", "A", "C"]
    assert class_limits(value.assign(abc_class="C")) == (float("inf"), float("inf"))


def test_the_largest_gap_that_is_sure_comes_first_and_everyone_has_a_reason(value):
    found = select_diamonds(value, ACCOUNTS)
    assert list(found) == [c for c in TABLES["diamonds"].columns if c != "is_contactable"]
    assert found["account_id"].tolist() == ["safe", "rival", "point"]
    assert found["diamond_rank"].tolist() == [1, 2, 3] and found["gap"].tolist() == [1980.0, 850.0, 2990.0]
    assert found["reason"].tolist() == [
        "potential.diamond_size_large", "potential.diamond_competitor", "potential.diamond_industry"
    ]  # fmt: skip
    assert found["reason_value"].tolist() == [20.0, 0.8, 10.0] and found["reason_usual"].tolist() == [900, 1250, 900]
    assert found["owner_id"].tolist()[0] == "V1"
    said = [texts.say(row["reason"], "en", **row) for row in found.to_dict("records")]
    assert "the best of 40 customers of its size" in said[0].replace("\u00a0", " ").lower() and "Kron" in said[1]


def test_who_is_not_known_or_judged_smaller_or_silent_is_not_on_it(value):
    unknown = value.assign(potential_basis="peers", peer_size=None, peer_industry=None)
    assert select_diamonds(unknown, ACCOUNTS).empty
    assert not {"gone", "rep", "odd"} & set(select_diamonds(value, ACCOUNTS)["account_id"])


def test_grid_counts_everyone_once_and_no_gap_is_negative(value):
    grid = describe_grid(value)
    assert len(grid) == 9 and grid["n_accounts"].sum() == 8
    cell = grid.set_index(["abc_class", "potential_class"]).loc[("C", "A")]
    assert (cell["n_accounts"], cell["gap"], cell["gap_low"]) == (3, 2990 + 1980 + 1800, 490 + 1780 + 1700)
    assert (grid[["gap", "gap_low"]] >= 0).all(axis=None)
    assert describe_grid(value.assign(potential=float("nan")))["n_accounts"].sum() == 0


def test_the_chart_names_accounts(value):
    stored = select_diamonds(value, ACCOUNTS).sort_values("account_id")  # as tables lie
    top = top_diamonds(stored, value, ACCOUNTS, n=2)
    assert top["name"].tolist() == ["Süd AG", "rival"] and top["limit"].eq(1000.0).all()


def test_who_is_silent_for_longer_than_a_customer_may_be_is_not_listed():
    value = pd.DataFrame({"revenue_12m": [5.0, 5.0, 0.0], "days_since_last": [182, 183, 10]})
    assert buys_still(value, 182).tolist() == [True, False, False]
    assert buys_still(value, None).tolist() == [True, True, False]
