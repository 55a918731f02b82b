"""Data that do not allow a result: one sentence, empty columns, and the other results are there."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd
import pytest

from segkit import texts
from segkit.tables import TABLES
from segkit.value.behaviour.describe import describe_behaviour

AS_OF = dt.date(2026, 9, 30)
PRICES = ["account_id", "revenue", "n_lines", "n_one_buyer", "n_one_price", "n_compared", "compared",
          "usual_millionths", "listed", "list_value"]  # fmt: skip


def prices_of(*rows: tuple) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=PRICES).astype({"account_id": "str"})


def products_of(*rows: tuple) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["product_id", "product_group", "list_price"])


def groups_of(*rows: tuple) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["account_id", "product_group", "revenue"]).astype({"account_id": "str"})


def care_of(*rows: tuple) -> pd.DataFrame:
    care = pd.DataFrame(rows, columns=["account_id", "cost_date", "cost_type", "cost"])
    return care.assign(cost_date=pd.to_datetime(care["cost_date"])).astype({"account_id": "str"})


PLAIN = (
    prices_of(
        ("K0", 100.0, 2, 0, 0, 2, 90.0, 100e6, 80.0, 100.0),
        ("K1", 100.0, 2, 0, 0, 2, 110.0, 100e6, 95.0, 100.0),
    ),
    groups_of(("K0", "Seals", 60.0), ("K0", "Belts", 20.0), ("K0", "Tools", -5.0), ("K1", "Belts", 9.0)),
    products_of(("P1", "Seals", 5.0), ("P2", "Belts", 7.0), ("P3", "Tools", 1.0)),
    care_of(
        ("K0", "2026-03-31", "visit", 700.0), ("K1", "2025-12-31", "office", 30.0), ("K1", "2026-09-30", None, 5.0)
    ),
)


def wave(n: int = 2, months: int = 36) -> np.ndarray:
    return np.full((n, months), 100.0) * (1 + 0.1 * (np.arange(months) % 5))


def described(make_months, money, prices=PLAIN[0], groups=PLAIN[1], products=PLAIN[2], care=PLAIN[3], **columns):
    now, months = make_months(money, **columns)
    rows, model = describe_behaviour(now, months, prices, groups, products, care, AS_OF)
    said = {section: [each["key"].split(".")[1] for each in found] for section, found in model["findings"].items()}
    for finding in (each for found in model["findings"].values() for each in found):
        for language in texts.LANGUAGES:
            assert texts.say(**{"language": language, **finding})
    assert set(rows.columns) <= set(TABLES["account_value"].columns)
    return rows.set_index("account_id"), said


def test_each_column_by_hand(make_months):
    rows, said = described(make_months, wave())
    assert rows["n_product_groups_12m"].tolist() == [2, 1]
    assert rows["main_product_group"].tolist() == ["Seals", "Belts"]
    assert rows["main_group_share"].tolist() == [0.75, 1]
    assert rows["price_index"].tolist() == [90, 110]
    assert rows["price_gap_12m"].tolist() == [-10, 10]
    assert rows["discount_12m"].round(12).tolist() == [0.2, 0.05]
    assert rows["care_cost_12m"].tolist() == [700, 35]
    assert rows["contribution_12m"].tolist() == pytest.approx([0.4 * wave()[0, -12:].sum() - x for x in (700, 35)])
    assert rows["trend"].notna().all()
    assert said == {
        "trend": ["season", "trend_open"],
        "breadth": ["breadth"],
        "prices": ["prices", "discounts"],
        "returns": ["no_returns"],
        "contribution": ["care", "losing"],
    }


def test_nothing_but_invoices(make_months):
    empty = [frame.iloc[:0] for frame in PLAIN]
    rows, said = described(make_months, wave(), *empty)
    assert rows["trend"].notna().all()
    nothing = ["price_index", "discount_12m", "main_group_share", "care_cost_12m", "contribution_12m"]
    assert rows[nothing].isna().all(axis=None)
    assert said["breadth"] == ["no_groups"]
    assert said["prices"] == ["no_prices"]
    assert said["contribution"] == ["no_care"]


def test_three_months_of_history(make_months):
    rows, said = described(make_months, wave(2, 3))
    assert rows[["trend", "trend_low", "trend_high", "trend_change", "trend_direction"]].isna().all(axis=None)
    assert said["trend"] == ["no_season"]
    assert rows["price_index"].tolist() == [90, 110]


def test_one_product_at_a_constant_price(make_months):
    prices = prices_of(
        ("K0", 100.0, 2, 0, 2, 0, 0.0, 0.0, 100.0, 100.0), ("K1", 50.0, 1, 0, 1, 0, 0.0, 0.0, 50.0, 50.0)
    )
    groups = groups_of(("K0", "Seals", 100.0), ("K1", "Seals", 50.0))
    rows, said = described(
        make_months, wave(), prices, groups, products_of(("P1", "Seals", 5.0)), n_products_12m=[1, 1]
    )
    assert rows["price_index"].isna().all()
    assert said["breadth"] == ["one_product"]
    assert said["prices"] == ["constant_prices", "no_discounts"]


def test_every_product_has_one_buyer(make_months):
    prices = prices_of(("K0", 100.0, 2, 2, 0, 0, 0.0, 0.0, 0.0, 0.0))
    assert described(make_months, wave(), prices)[1]["prices"] == ["no_shared_products", "no_list_price"]


def test_list_older_than_the_prices_says_nothing_of_discounts(make_months):
    prices = PLAIN[0].assign(listed=[120.0, 95.0])
    rows, said = described(make_months, wave(), prices)
    assert rows["discount_12m"].isna().all()
    assert said["prices"] == ["prices", "warn_list_stale"]


def test_negative_margins_and_refunds_larger_than_sales(make_months):
    money = wave()
    money[1, -12:] = -20
    columns = {"margin_12m": [-50.0, -100.0], "return_share_12m": [1.5, np.nan], "frequency_12m": [12, 0]}
    rows, said = described(make_months, money, avg_order_value_12m=[100.0, np.nan], **columns)
    assert rows["contribution_12m"].tolist() == [-750, -135]
    assert said["returns"] == ["returns", "more_returned"]
    assert said["contribution"] == ["care", "losing_margin"]


def test_account_that_bought_nothing_still_costs(make_months):
    money = wave(3)
    money[2, -14:] = 0
    care = pd.concat([PLAIN[3], care_of(("K2", "2026-06-30", "visit", 80.0), ("K9", "2026-06-30", "visit", 7.0))])
    rows, said = described(make_months, money, care=care, margin_12m=[500.0, 500.0, np.nan])
    assert rows.loc["K2", "contribution_12m"] == -80
    assert said["contribution"] == ["care", "losing", "care_without_revenue"]


def test_no_margins(make_months):
    rows, said = described(make_months, wave(), margin_12m=[np.nan, np.nan])
    assert rows["care_cost_12m"].tolist() == [700, 35]
    assert rows["contribution_12m"].isna().all()
    assert said["contribution"] == ["no_margin_for_contribution"]


def test_costs_of_other_times_are_named(make_months):
    old = care_of(("K0", "2024-03-31", "visit", 700.0))
    rows, said = described(make_months, wave(), care=old)
    assert rows["care_cost_12m"].isna().all()
    assert said["contribution"] == ["no_care_in_year"]
    short = care_of(("K0", "2026-08-31", "visit", 10.0), ("K0", None, "visit", 3.0))
    assert described(make_months, wave(), care=short)[1]["contribution"][-2:] == [
        "warn_care_short",
        "warn_care_undated",
    ]


def test_one_account_or_none(make_months):
    rows, said = described(make_months, wave(1))
    assert rows["trend"].notna().all()
    now, months = make_months(wave(1))
    rows, _ = describe_behaviour(now[:0], months[:0], *(frame[:0] for frame in PLAIN), AS_OF)
    assert rows.empty


def test_same_input_in_another_order_gives_the_same_rows(make_months):
    now, months = make_months(wave(6) + np.arange(6)[:, None])
    first = describe_behaviour(now, months, *PLAIN, AS_OF)
    again = describe_behaviour(now[::-1], months[::-1], *(frame[::-1] for frame in PLAIN), AS_OF)
    pd.testing.assert_frame_equal(first[0], again[0])
    assert first[1] == again[1]
