"""The value grid on accounts that can be checked by hand."""

import numpy as np
import pandas as pd
import pytest

from segkit.segments.grid import assign_grid, grid_cuts, grid_rules
from segkit.segments.rules import describe_rules
from segkit.settings.account_segmentation import AccountSegmentation

from .conftest import features_of

OLD, LAST = "2021-03-01", "2026-09-20"
GRID = {
    "segmentation_id": "value",
    "method": "grid",
    "rules": grid_rules(AccountSegmentation(key_accounts=["listed"], key_share=0.5)),
}


def company() -> pd.DataFrame:
    """Revenue of the nine active: 400 300 100 | 60 50 40 | 20 15 15, so cumulative .8 after three, .95 after six."""
    return features_of(
        [
            ("giant", OLD, LAST, 2000, 2000),
            ("listed", OLD, "2023-01-01", 0, 0),
            ("dormant", OLD, "2024-09-30", 0, 5),
            ("lapsed", OLD, "2025-09-30", 0, 900),
            ("last day", OLD, "2025-10-01", 40, 40),
            ("new", "2025-10-01", LAST, 700, 0),
            ("champion", OLD, LAST, 400, 400),
            ("champion who grows", OLD, LAST, 300, 100),
            ("falling A", OLD, LAST, 100, 140),
            ("growing B", OLD, LAST, 60, 48),
            ("core", OLD, LAST, 50, 50),
            ("growing C", OLD, LAST, 20, 16),
            ("falling C", OLD, LAST, 15, 90),
            ("no year before", OLD, LAST, 15, np.nan),
        ]
    )


def segments(features: pd.DataFrame, model=GRID) -> dict[str, str]:
    return assign_grid(features, model).set_index("account_id")["segment_id"].to_dict()


def test_each_rule_by_hand():
    assert segments(company()) == {
        "giant": "KEY",
        "listed": "KEY",
        "dormant": "DORMANT",
        "lapsed": "S6",
        "last day": "S4",  # class B by revenue, silent for a year less a day
        "new": "S5",
        "champion": "S1",
        "champion who grows": "S1",
        "falling A": "S4",
        "growing B": "S2",
        "core": "S3",
        "growing C": "S2",
        "falling C": "S7",
        "no year before": "S7",
    }


def test_cuts_are_the_smallest_revenue_of_their_class():
    cuts = grid_cuts(company(), GRID)
    assert (cuts.a, cuts.b) == (100, 40)
    assert cuts.key == pytest.approx(0.5 * company()["revenue_12m"].sum())


def test_order_of_rows_and_of_ties_makes_no_difference():
    features = company()
    assert segments(features.sample(frac=1, random_state=1)) == segments(features)
    equal = features_of([(f"{i}", OLD, LAST, 10, 10) for i in range(40)])
    assert set(segments(equal).values()) == {"S1"}


@pytest.mark.parametrize(("last", "segment"), [("2026-04-03", "S1"), ("2026-04-02", "S4")])
def test_silent_begins_after_180_days(last, segment):
    assert (
        segments(features_of([("a", OLD, last, 100, 100)] + [(f"{i}", OLD, LAST, 90, 90) for i in range(9)]))["a"]
        == segment
    )


@pytest.mark.parametrize(("now", "trend"), [(125, "growing"), (124, "steady"), (76, "steady"), (75, "falling")])
def test_trend_limits_belong_to_growing_and_falling(now, trend):
    assert assign_grid(features_of([("a", OLD, LAST, now, 100)]), GRID)["trend"].tolist() == [trend]


def test_nobody_is_new_while_the_data_are_young():
    rows = [("a", "2026-01-01", LAST, 10, np.nan), ("b", "2026-02-01", LAST, 10, np.nan), ("c", OLD, LAST, 9, 9)]
    assert segments(features_of(rows, data_start="2025-06-01"))["a"] != "S5"
    assert segments(features_of(rows, data_start="2024-12-01"))["a"] == "S5"


def test_odd_companies_have_a_segment_for_everyone():
    three = features_of([("a", OLD, LAST, 10, 10), ("b", OLD, LAST, 20, 20), ("c", OLD, LAST, 70, 70)])
    assert segments(three) == {"a": "S1", "b": "S1", "c": "KEY"}
    alone = features_of([("all", OLD, LAST, 1000, 1000), ("b", OLD, LAST, 0, 0), ("c", OLD, LAST, -5, 3)])
    assert segments(alone) == {"all": "KEY", "b": "S7", "c": "S7"}
    nothing = features_of([("a", OLD, LAST, 0, 0), ("b", OLD, LAST, -1, 0)])
    assert set(segments(nothing).values()) == {"S7"}
    assert assign_grid(features_of([]), GRID).empty


def test_every_slice_of_a_panel_can_be_assigned():
    early = features_of([("a", OLD, "2026-06-01", 10, 10)], as_of=pd.Timestamp("2026-06-30"))
    assert segments(early) == {"a": "KEY"}


def test_rules_tell_the_limits_of_the_quarter():
    rules = describe_rules(company(), GRID).set_index("segment_id")
    assert rules.index.tolist() == ["KEY", "DORMANT", "S6", "S5", "S1", "S2", "S4", "S3", "S7"]
    assert rules.loc["S1", "revenue_from"] == 100
    assert rules["n_accounts"].sum() == len(company())
    assert "revenue_12m >= 40.00" in rules.loc["S3", "rule"]
