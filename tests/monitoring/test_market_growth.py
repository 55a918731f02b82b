"""Growth beside the growth of the market: by hand, with gaps in the market data, and planted leads."""

from __future__ import annotations

import datetime as dt
import json

import numpy as np
import pandas as pd
import pytest

from segkit.charts.market import market_chart
from segkit.charts.theme import in_languages, svg
from segkit.monitoring import market, market_words
from segkit.quarters import Quarter
from segkit.store import write_frame
from segkit.texts import LANGUAGES, say

START, AS_OF = pd.Timestamp("2023-01-02"), dt.date(2026, 9, 30)
QUARTER = Quarter.parse("2026Q3")
SECTORS = pd.DataFrame(
    [
        ("10", "2024", 0.02, 900.0),
        ("10", "2025", 0.10, 1000.0),
        ("28", "2025", -0.05, 500.0),
        ("28.22", "2025", 0.2, None),
    ],
    columns=["industry_code", "period", "growth", "market_size"],
)
REGISTER = pd.DataFrame({"segment_id": ["S1", "S2"], "name_de": ["Eins", "Zwei"], "name_en": ["One", "Two"]})


def months(*rows: tuple) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=["account_id", "month", "revenue"])
    return frame.assign(month=pd.to_datetime(frame["month"]))


def accounts(**codes: str | None) -> pd.DataFrame:
    frame = pd.DataFrame({"account_id": list(codes), "industry_code": list(codes.values())}, dtype="object")
    return frame.assign(industry_division=frame["industry_code"].str[:2])


@pytest.mark.parametrize(
    ("text", "start", "end", "before"),
    [
        ("2025", (2025, 1, 1), (2025, 12, 31), (2024, 1, 1)),
        ("2025-Q4", (2025, 10, 1), (2025, 12, 31), (2024, 10, 1)),
        ("q1 2026", (2026, 1, 1), (2026, 3, 31), (2025, 1, 1)),
    ],
)
def test_years_and_quarters_are_read(text, start, end, before):
    period = market.Period.parse(text)
    assert (period.start, period.end, period.before[0]) == (dt.date(*start), dt.date(*end), dt.date(*before))


def test_the_newest_period_that_has_ended_and_has_money_a_year_before():
    later = pd.concat([SECTORS, SECTORS[1:2].assign(period="2026"), SECTORS[1:2].assign(period="soon")])
    assert market.find_period(later, START, AS_OF).label == "2025"
    assert market.find_period(later, pd.Timestamp("2025-03-01"), AS_OF) is None
    assert market.find_period(later, START, dt.date(2025, 11, 30)).label == "2024"
    assert market.find_period(None, START, AS_OF) is None and market.find_period(SECTORS, pd.NaT, AS_OF) is None
    assert market.find_period(SECTORS.assign(growth=None, market_size=None), START, AS_OF) is None


def test_growth_that_is_not_told_follows_from_both_sizes():
    sized = SECTORS.assign(growth=None)
    period = market.find_period(sized, START, AS_OF)
    found = market.account_market(months(("a", "2024-01-01", 1.0)), accounts(a="10.1"), sized, period)
    assert found.loc["a", "growth"] == pytest.approx(1000 / 900 - 1)


def test_by_hand():
    period = market.find_period(SECTORS, START, AS_OF)
    bought = months(
        *(("a", "2024-12-01", 100.0), ("a", "2025-01-01", 60.0), ("a", "2025-12-01", 60.0), ("a", "2026-01-01", 9.0)),
        *(("b", "2024-03-01", 200.0), ("b", "2025-03-01", 180.0)),
        *(("c", "2024-03-01", 50.0), ("c", "2025-03-01", 70.0), ("d", "2025-03-01", 40.0)),
    )
    known = accounts(a="10.11", b="28.22", c=None, d="28.99")
    found = market.account_market(bought, known, SECTORS, period)
    assert found["code"].fillna("").tolist() == ["10", "28.22", "", "28"]
    held = pd.Series({"a": "S1", "b": "S1", "c": "S2"})
    table = market.measure_market(found, held, "opening", period, "value").set_index("segment_id")
    one, overall = table.loc["S1"], table.loc["ALL"]
    assert one["market_growth"] == pytest.approx((100 * 0.1 + 200 * 0.2) / 300)
    assert one["own_growth"] == pytest.approx(300 / 300 - 1)
    assert one["gap"] == pytest.approx(-50 / 300) and np.isnan(one["gap_low"])
    assert np.isnan(table.loc["S2", "gap"])  # no sector of its only account
    assert overall["own_growth"] == pytest.approx(340 / 300 - 1) and overall["share_known"] == pytest.approx(300 / 350)
    assert (overall["market_size"], overall["n_sectors"]) == (1500, 2)
    assert overall["market_share"] == pytest.approx(160 / 1500)


def planted(lead: float, n: int = 120, seed: int = 3) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    before = np.exp(rng.normal(5, 0.8, n))
    ids = [f"a{number:03}" for number in range(n)]
    noise = np.exp(rng.normal(0, 0.15, n) - 0.15**2 / 2)
    now = before * (1.1 + lead * (np.arange(n) < n / 2)) * noise
    period = market.find_period(SECTORS, START, AS_OF)
    lines = [*zip(ids, ["2024-05-01"] * n, before, strict=True), *zip(ids, ["2025-05-01"] * n, now, strict=True)]
    found = market.account_market(months(*lines), accounts(**dict.fromkeys(ids, "10.1")), SECTORS, period)
    segments = pd.DataFrame({"account_id": ids, "segment_id": ["S1"] * (n // 2) + ["S2"] * (n // 2)})
    segments = segments.assign(segmentation_id="value")
    past = segments.assign(quarter="2024Q4")
    return market.measure_segmentations(found, period, segments, past, QUARTER)


def test_a_planted_lead_is_found_and_none_where_there_is_none(tmp_path):
    table = planted(0.15)
    write_frame(tmp_path / "market.parquet", table, "market")
    shaped = market_words.shape_market(table, REGISTER)
    assert shaped.set_index("segment_id")["verdict"].to_dict() == {"ALL": "above", "S1": "above", "S2": "alike"}
    said = market_words.describe_market(shaped)
    assert [key for key, _ in said[:2]] == ["growth.market_above", "growth.market_segments_above"]
    for key, numbers in said:
        assert all(say(key, language, **numbers) for language in LANGUAGES)
    specs = in_languages(market_chart, shaped, period="2025", min_accounts=30)
    assert "Eins" in svg(specs["de"]) and "Growth of the market" in json.dumps(specs["en"])
    assert len(market_words.describe_table(shaped)) == 3
    alike = market_words.shape_market(planted(0.0), REGISTER)
    assert set(alike["verdict"]) == {"alike"}


def test_what_is_missing_is_named():
    none = market.measure_segmentations(None, None, SECTORS, SECTORS, QUARTER)
    assert none.empty
    assert market_words.why_no_market(None, none) == "growth.market_no_sectors"
    assert market_words.why_no_market(SECTORS, none) == "growth.market_no_period"
    period = market.find_period(SECTORS, START, AS_OF)
    found = market.account_market(months(("a", "2024-05-01", 5.0)), accounts(a=None), SECTORS, period)
    table = market.measure_market(found, pd.Series({"a": "S1"}), "closing", period, "value")
    assert market_words.why_no_market(SECTORS, table) == "growth.market_no_industry"
    assert market_words.why_no_market(SECTORS, planted(0.0)) is None
