"""What is drawn and said about KPIs."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from kpis.company import CLOSING, OPENING, panel, period, register, segments

from segkit import texts
from segkit.kpis import findings
from segkit.kpis.inputs import KpiInputs
from segkit.kpis.shaping import describe_gaps, shape_history, shape_kpis
from segkit.kpis.tracking import score_kpis
from segkit.settings.kpis import KpiSettings

SETTINGS = KpiSettings(min_accounts=2, draws=200)


@pytest.fixture(scope="module")
def kpis() -> pd.DataFrame:
    return score_kpis(KpiInputs(panel(), period()), segments(CLOSING), segments(OPENING), SETTINGS, seed=1)


@pytest.fixture(scope="module")
def incomplete() -> pd.DataFrame:
    return score_kpis(
        KpiInputs(panel(), period(is_complete=False)), segments(CLOSING), segments(OPENING), SETTINGS, seed=1
    )


def shaped_row(**changes) -> dict:
    row = {"quarter": "2026Q2", "segment_id": "BIG", "kpi_id": "revenue_churn", "base": "opening", "value": 0.2}
    row |= {"low": 0.1, "high": 0.3, "n": 50, "is_small": False, "is_complete": True, "reason": None}
    row |= {"is_back_cast": False}
    return {**row, **changes}


def shaped(*rows: dict) -> pd.DataFrame:
    return shape_kpis(pd.DataFrame([shaped_row(**row) for row in rows]), register(), SETTINGS)


def test_shaped_rows_have_names_colours_and_an_order(kpis):
    newest = shape_kpis(kpis, register(), SETTINGS).query("quarter == '2026Q2' and kpi_id == 'revenue'")
    assert newest["segment_de"].tolist() == ["Alle Kunden", "Groß", "Klein"]
    assert newest["segment_en"].tolist() == ["All accounts", "Big", "Small"]
    assert newest["colour"].tolist()[1:] == ["#0B4F9C", "#C2410C"]


def test_small_figures_are_hollow():
    drawn = shaped({"is_small": True}, {"segment_id": "SMALL"})
    assert drawn["fill"].tolist() == ["#FFFFFF", "#C2410C"]


def test_an_interval_that_would_flatten_the_others_is_cut_and_says_so():
    drawn = shaped({"high": 40.0}, {"segment_id": "SMALL", "value": 0.3, "low": 0.25, "high": 0.35})
    assert drawn["is_cut_high"].tolist() == [True, False] and not drawn["is_cut_low"].any()
    assert drawn["shown_high"].iloc[0] < 1 and drawn["high"].iloc[0] == 40


def test_a_segment_that_the_register_does_not_know_keeps_its_id():
    drawn = shaped({"segment_id": "S99"}, {})
    assert drawn["segment_de"].tolist() == ["Groß", "S99"]


def test_far_values_do_not_flatten_the_grid_of_quarters():
    rows = [{"segment_id": s, "value": v} for s, v in (("ALL", 0.2), ("BIG", 0.21), ("SMALL", 0.19), ("S9", 50.0))]
    goals = pd.DataFrame({"kpi_id": ["revenue_churn"], "segment_id": ["ALL"], "target": [0.25]})
    grid = shape_history(shaped(*rows), goals).set_index("segment_id")
    assert grid["drawn"].max() < 1 and grid.at["S9", "value"] == 50
    assert grid["overall"].tolist() == [0.2] * 4 and grid.at["ALL", "target"] == 0.25
    assert np.isnan(grid.at["BIG", "target"]) and (grid["drawn_high"] >= grid["drawn_low"]).all()


def test_gaps_are_told_with_their_reason(kpis):
    gaps = describe_gaps(kpis)
    gaps = gaps[gaps["kpi_en"] == "Growth over 12 months"]
    assert len(gaps) == 1
    assert gaps["reason_en"].tolist() == ["the data do not reach back 24 months"] and gaps["n_segments"].tolist() == [3]


def sentences(finding: dict) -> list[str]:
    numbers = {name: value for name, value in finding.items() if name != "key"}
    assert not any(isinstance(value, np.generic) or value != value for value in numbers.values()), "plain numbers only"
    return [texts.say(finding["key"], language, **numbers) for language in texts.LANGUAGES]


def test_the_answer_of_a_complete_quarter(kpis):
    german, english = sentences(findings.describe_overall(shape_kpis(kpis, register(), SETTINGS)))
    assert "3 aktive Kunden" in german and "37,5 %" in german and "420" in german and "68,0 %" in german
    assert "37.5%" in english


def test_the_answer_of_an_incomplete_quarter_has_no_rates(incomplete):
    drawn = shape_kpis(incomplete, register(), SETTINGS)
    assert findings.describe_overall(drawn)["key"] == "kpis.answer_levels"
    assert findings.describe_group(drawn, ["growth", "revenue_churn"])[0]["key"] == "kpi_page.no_group"
    assert findings.describe_next(drawn)["key"] == "kpis.next_levels"
    for finding in (findings.describe_overall(drawn), findings.describe_next(drawn)):
        assert all(sentences(finding))


def test_the_largest_segment_by_revenue(kpis):
    finding = findings.describe_levels(shape_kpis(kpis, register(), SETTINGS))
    assert finding["name_de"] == "Groß" and finding["revenue_share"] == pytest.approx(400 / 420)
    assert all(sentences(finding))


def test_segments_differ_where_chance_would_rarely_do_it():
    overall = {"segment_id": "ALL", "value": 0.25, "p_adjusted": np.nan}
    alike = shaped(overall, {"p_adjusted": 0.2}, {"segment_id": "SMALL", "p_adjusted": 0.06})
    assert [found["key"] for found in findings.describe_group(alike, ["revenue_churn"])] == ["kpi_page.alike"]
    apart = shaped(overall, {"p_adjusted": 0.01}, {"segment_id": "SMALL", "value": 0.4, "p_adjusted": 0.04})
    (told,) = findings.describe_group(apart, ["growth", "revenue_churn"])
    assert (told["key"], told["above_de"], told["below_de"]) == ("kpi_page.differs_both", "Klein", "Groß")
    assert all(sentences(told))


def test_small_segments_are_counted_and_never_compared():
    rows = shaped({"segment_id": "ALL", "value": 0.25, "p_adjusted": np.nan}, {"p_adjusted": np.nan, "is_small": True})
    found = findings.describe_group(rows, ["revenue_churn"])
    assert [each["key"] for each in found] == ["kpi_page.not_compared", "kpi_page.small"] and found[1]["n_small"] == 1
    assert all(sentences(each) for each in found)


def test_act_first_where_most_sales_were_lost(kpis):
    finding = findings.describe_next(shape_kpis(kpis, register(), SETTINGS))
    assert (finding["name_en"], finding["lost"], finding["n_accounts"]) == ("Big", 100, 1)
    assert finding["share"] == pytest.approx(2 / 3)
    assert all(sentences(finding))


def test_history_and_period(kpis, incomplete):
    assert findings.describe_history(kpis)["n_quarters"] == 5
    assert findings.describe_history(incomplete)["n_complete"] == findings.describe_history(kpis)["n_complete"] - 1
    assert findings.describe_period(period())["key"] == "kpis.covered"
    warning = findings.describe_period(period(is_complete=False))
    assert "30.06.2026" in sentences(warning)[0]
