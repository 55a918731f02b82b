"""KPIs where the data are odd: currencies, credit notes, open deals, fiscal years; and the past told afterwards."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from kpis.company import BOUGHT, CLOSING, OPENING, A, B, panel, period, segments
from kpis.sources import OPPORTUNITIES, inputs_of
from pydantic import ValidationError

from segkit.kpis.choosing import choose_kpis, keep_chosen
from segkit.kpis.inputs import KpiInputs
from segkit.kpis.tracking import COLUMNS, score_kpis
from segkit.kpis.windows import window_of
from segkit.quarters import Quarter
from segkit.settings.kpis import KpiSettings

SETTINGS = KpiSettings(min_accounts=2, draws=200)


def kpis_of(inputs: KpiInputs, **options) -> pd.DataFrame:
    return score_kpis(inputs, segments(CLOSING), segments(OPENING), SETTINGS, seed=1, **options)


def row(kpis: pd.DataFrame, kpi_id: str, segment_id: str = "ALL", quarter: str = "2026Q2") -> pd.Series:
    keys = (kpis["kpi_id"] == kpi_id) & (kpis["segment_id"] == segment_id) & (kpis["quarter"] == quarter)
    assert keys.sum() == 1
    return kpis[keys].iloc[0]


def test_deals_whose_currency_has_no_rate_are_no_deal_value():
    without = OPPORTUNITIES.assign(amount=OPPORTUNITIES["amount"].where(OPPORTUNITIES["opportunity_id"] != "O3"))
    kpis = kpis_of(inputs_of(opportunities=without))
    assert row(kpis, "avg_deal_value")["reason"] == "kpis.reason_amount_gaps", "one of three won deals has no amount"
    assert row(kpis, "win_rate")["value"] == pytest.approx(3 / 4), "what was won needs no amount"


def test_credit_notes_beyond_sales_give_a_negative_sum_and_no_rate_on_it():
    bought = {**BOUGHT, "2025Q2": {A: (-50, 0, -20), B: (10, 1, 3)}, "2026Q2": {A: (-80, 0, -30), B: (20, 1, 5)}}
    kpis = kpis_of(KpiInputs(panel(bought), period()))
    assert row(kpis, "revenue")["value"] == -60
    growth = row(kpis, "growth")
    assert np.isnan(growth["value"]) and growth["reason"] == "kpis.reason_zero"


def test_every_table_with_nothing_decided_is_told_in_words():
    undecided = OPPORTUNITIES.assign(close_date=pd.NaT, is_closed=False, is_won=False)
    kpis = kpis_of(inputs_of(opportunities=undecided))
    for kpi_id in ("win_rate", "avg_deal_value", "sales_cycle"):
        told = row(kpis, kpi_id)
        assert np.isnan(told["value"]) and told["reason"]
    assert row(kpis, "segmentation_return")["reason"] == "kpis.reason_not_measured"


@pytest.fixture(scope="module")
def whole() -> pd.DataFrame:
    return kpis_of(inputs_of())


@pytest.mark.parametrize("table", ["accounts", "leads", "opportunities"])
def test_without_a_table_its_kpis_name_it_and_all_others_stay(table, whole):
    without = kpis_of(inputs_of(**{table: None}))
    changed = {k for k in whole["kpi_id"].unique() if row(whole, k)["value"] != row(without, k)["value"]}
    changed = {k for k in changed if row(whole, k)["value"] == row(whole, k)["value"]}
    assert "revenue" not in changed and all(row(without, k)["reason"] or table in ("accounts",) for k in changed)


def test_tables_without_a_row_are_none():
    kpis = kpis_of(inputs_of(opportunities=OPPORTUNITIES[:0]))
    assert row(kpis, "win_rate")["reason"] and row(kpis, "lead_conversion")["value"] == pytest.approx(1 / 2)


def test_quarters_before_the_first_run_are_told_by_the_model_of_today_and_marked():
    past = pd.concat([segments(OPENING).assign(quarter=q) for q in ("2025Q2", "2025Q3", "2025Q4", "2026Q1")])
    kpis = kpis_of(KpiInputs(panel(), period()), past_segments=past)
    big = row(kpis, "revenue", "BIG", "2026Q1")
    assert big["value"] == 300 and big["is_back_cast"] and not row(kpis, "revenue", "BIG")["is_back_cast"]
    assert not row(kpis, "revenue", "ALL", "2026Q1")["is_back_cast"], "all accounts need no segments"
    kept = kpis[(kpis["quarter"] == "2026Q1") & (kpis["kpi_id"] != "n_active_accounts")].assign(value=7.0)
    again = kpis_of(KpiInputs(panel(), period()), past_segments=past, previous=kept)
    assert row(again, "revenue", "BIG", "2026Q1")["value"] == 7, "what an earlier run told stays"
    assert row(again, "n_active_accounts", "BIG", "2026Q1")["value"] == 2, "what it did not tell is filled in"
    assert list(again.columns) == COLUMNS and not again.duplicated(COLUMNS[:3] + ["kpi_id", "base"]).any()


def test_a_fiscal_year_from_april_has_its_own_quarters():
    window = window_of(Quarter.parse("2026Q1", 4), horizon_days=180)
    days = [str(day.date()) for day in (window.start, window.end, window.year_start)]
    start = Quarter.parse("2026Q1", 4).start
    assert days[0] == str(start) and start.month == 4
    assert (window.end - window.start).days == 90 and days[2] == str(start.replace(year=start.year - 1, month=7))
    assert window.base_quarter("year_ago") == Quarter.parse("2025Q1", 4)


def test_kpis_that_nobody_measures_are_refused_with_the_nearest():
    with pytest.raises(ValidationError) as refused:
        KpiSettings(show={"S1": ["win_rat"], "S2": [], "S3": ["nps", "nps"]})
    text = str(refused.value)
    assert (
        "did you mean win_rate?" in text and "S2: name at least one" in text and "S3: a KPI stands there twice" in text
    )


def test_what_is_shown_can_be_chosen_for_each_segment():
    kpis = kpis_of(KpiInputs(panel(), period()))
    chosen = KpiSettings(show={"BIG": ["revenue_churn"], "default": ["revenue", "logo_churn"]})
    kept = keep_chosen(kpis, chosen)
    assert set(kept.loc[kept["segment_id"] == "BIG", "kpi_id"]) == {"revenue_churn"}
    assert set(kept.loc[kept["segment_id"] == "SMALL", "kpi_id"]) == {"revenue", "logo_churn"}
    assert set(kept.loc[kept["segment_id"] == "ALL", "kpi_id"]) == set(kpis["kpi_id"])
    assert choose_kpis(kept, "customer", chosen) == ["revenue_churn", "logo_churn"]
    assert choose_kpis(kept, "sales", chosen) == ["revenue"]
    only_big = KpiSettings(show={"BIG": ["revenue_churn"]})
    assert len(choose_kpis(keep_chosen(kpis, only_big), "customer", only_big)) > 2, "nobody chose for the others"
