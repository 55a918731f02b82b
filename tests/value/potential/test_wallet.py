"""What competitors, owners and the market say."""

from __future__ import annotations

import datetime as dt

import pandas as pd
import pytest

from segkit.value.potential.benchmark import newest_sectors, top_down_potential
from segkit.value.potential.wallet import known_potential, parse_amounts, read_estimates


def test_own_revenue_over_what_competitors_leave():
    revenue = pd.Series({"a": 200.0, "b": 100.0, "c": 100.0, "d": -5.0, "e": 50.0})
    rows = [("a", "X", 0.5), ("a", "Y", 0.3), ("b", "X", None), ("c", "X", 0.7), ("c", "Y", 0.4), ("d", "X", 0.5)]
    rows += [("gone", "X", 0.5)]
    found, n_odd = known_potential(revenue, pd.DataFrame(rows, columns=["account_id", "competitor", "share"]))
    assert found.loc["a"].tolist() == ["X", 0.8, pytest.approx(1000)]
    assert n_odd == 1 and found.loc[["b", "c", "e"]].isna().all(axis=None)
    assert found.loc["d", "competitor"] == "X" and pd.isna(found.loc["d", "potential_known"])


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("120000", 120_000), ("120.000", 120_000), ("120,000", 120_000), ("1.200.000,50", 1_200_000.5),
        ("1,200,000.5", 1_200_000.5), ("120 000 €", 120_000), ("99,5", 99.5), ("99.5", 99.5), ("EUR 5000", 5000),
        ("", None), ("viel", None), ("-5", None), ("0", None), ("1.2.3", None), ("1e5", None), ("12.34.567", None),
    ],
)  # fmt: skip
def test_amounts_as_people_type_them(text, amount):
    found = parse_amounts(pd.Series([text]))[0]
    assert pd.isna(found) if amount is None else found == amount


def test_refused_estimates_are_named_not_raised():
    rows = pd.DataFrame({"account_id": ["a", "b", "x", "c"], "potential": ["5.000", "groß", "700", "900"]})
    series, finding = read_estimates(rows, pd.Index(["a", "b", "c"]))
    assert series.to_dict() == {"a": 5000.0, "c": 900.0}
    assert finding == {"key": "potential.warn_estimates", "n": 2, "n_gone": 1, "rows": "b: groß; x: 700"}
    assert read_estimates(rows.iloc[:1], pd.Index(["a"]))[1] is None


SECTORS = pd.DataFrame(
    [
        ("28", "2024", 100.0, 10), ("28", "2025", 300.0, 10), ("28", "2026", 999.0, 10), ("28.22", "2025Q4", 50.0, 10),
        ("43", "2025", None, 10), ("86", "2025", 10.0, 0), ("10", None, 8.0, 2), ("10", "Q3 2026", 20.0, 2),
    ],
    columns=["industry_code", "period", "market_size", "employees"],
)  # fmt: skip


def test_the_newest_period_that_has_ended_counts():
    rows = newest_sectors(SECTORS, dt.date(2026, 9, 30)).set_index("industry_code")["market_size"]
    assert rows.to_dict() == {"10": 20.0, "28": 300.0, "28.22": 50.0}
    assert newest_sectors(SECTORS, dt.date(2026, 9, 29)).set_index("industry_code").loc["10", "market_size"] == 8.0


def test_market_times_share_of_head_count():
    facts = pd.DataFrame(
        {
            "industry_code": ["28.22", "28.29", None, "99"],
            "industry_division": ["28", "28", "28", "99"],
            "employees": [2.0, 2.0, None, 2.0],
        }
    )
    found = top_down_potential(facts, SECTORS, dt.date(2026, 9, 30))
    assert found.tolist()[:2] == [10.0, 60.0] and found[2:].isna().all()
    assert top_down_potential(facts, SECTORS.iloc[:0], dt.date(2026, 9, 30)).isna().all()
