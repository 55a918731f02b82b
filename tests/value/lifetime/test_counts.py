"""What purchase models know of an account, and how it buys, by hand."""

from __future__ import annotations

import pandas as pd
import pytest

from segkit.settings.lifetime import Lifetime
from segkit.value.backtests.origins import known_on
from segkit.value.lifetime.counts import count_opportunities, count_purchases, is_discrete
from segkit.value.lifetime.relation import find_relations
from tests.value.lifetime.companies import AS_OF, orders_of, panel_of

ORDERS = orders_of(
    ("K1", "2024-10-02", 100.0),
    ("K1", "2025-10-01", 300.0),
    ("K1", "2026-07-22", 500.0),
    ("K1", "2026-08-22", -90.0),
    ("K2", "2026-09-16", 80.0),
    ("K3", "2026-01-01", -50.0),
)


def test_counts_by_hand() -> None:
    counts = count_purchases(known_on(panel_of(ORDERS), AS_OF))
    one = counts.loc["K1"]
    assert one["n_repeats"] == 2
    assert one["t_x"] == pytest.approx(658 / 7)
    assert one["age"] == pytest.approx(728 / 7)
    assert (one["recent_repeats"], one["mean_value"], one["recent_value"]) == (2, 270.0, 355.0)
    assert (one["days_since_sale"], one["interval_days"], one["last_12m"]) == (70, 329, 710)
    two = counts.loc["K2"]
    assert (two["n_repeats"], two["t_x"], two["age"]) == (0, 0, 2)
    assert two["yearly"] == pytest.approx(80 * 365.25 / 90)  # known for less than 90 days: read as 90
    assert (two["n_values"], two["mean_value"]) == (1, 80.0)
    assert counts.at["K3", "n_repeats"] == -1
    assert pd.isna(counts.at["K3", "mean_value"])


def test_relations_by_what_the_data_are() -> None:
    rows = [("once", "2026-01-05", 100.0)]
    rows += [("shop", f"2026-{m:02d}-05", 100.0) for m in range(1, 10)]
    rows += [("rare", f"{y}-03-05", 120.0) for y in range(2022, 2027)]
    rows += [("plant", f"{y}-0{m}-05", 9000.0) for y, m in [(2022, 3), (2023, 9), (2024, 2), (2026, 1)]]
    rows += [("care", f"2026-{m:02d}-01", 50.0) for m in range(1, 10)]
    rows += [("addon", f"2026-{m:02d}-01", 50.0) for m in range(1, 10)]
    rows += [("credit", "2026-03-01", -10.0)]
    counts = count_purchases(known_on(panel_of(orders_of(*rows)), AS_OF))
    in_force = pd.DataFrame({"annual_value": [400.0, 30.0]}, index=["care", "addon"])
    found = find_relations(counts, in_force, Lifetime())
    assert found.drop("credit").to_dict() == {
        "addon": "recurring", "care": "contract", "once": "once", "plant": "project", "rare": "recurring",
        "shop": "recurring",
    }  # fmt: skip
    assert pd.isna(found["credit"])


def test_one_purchase_a_quarter_is_an_opportunity() -> None:
    rows = [("K1", day, 10.0) for day in ("2025-11-03", "2026-02-03", "2026-08-03")] + [("K2", "2025-05-03", 10.0)]
    panel = panel_of(orders_of(*rows))
    assert is_discrete(panel, AS_OF)
    found = count_opportunities(panel, AS_OF)
    assert found.loc["K1"].tolist() == [2, 3, 3]  # repeats, the last of them, quarters since the first
    assert found.loc["K2"].tolist() == [0, 0, 5]
    assert count_opportunities(panel, pd.Timestamp("2025-12-31")).loc["K1"].tolist() == [0, 0, 0]
    twice = orders_of(*rows, ("K1", "2026-08-20", 10.0))
    assert not is_discrete(panel_of(twice), AS_OF)
