"""Real figures of a pipeline: won, lost, value, win rate and cycle by sector against independent calculations."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from segkit.kpis.catalogue import kpi_catalogue
from segkit.kpis.deals import deal_measures
from segkit.kpis.figures import ALL, score_figures
from segkit.kpis.windows import window_of
from segkit.quarters import Quarter
from segkit.settings.kpis import KpiSettings

QUARTERS = ["2017Q1", "2017Q2", "2017Q3", "2017Q4"]
SETTINGS = KpiSettings(draws=200)


@pytest.fixture(scope="module")
def pipeline(real_data) -> pd.DataFrame:
    return pd.read_csv(real_data / "maven_crm" / "sales_pipeline.csv", parse_dates=["engage_date", "close_date"])


@pytest.fixture(scope="module")
def sectors(real_data) -> pd.Series:
    return pd.read_csv(real_data / "maven_crm" / "accounts.csv").set_index("account")["sector"]


@pytest.fixture(scope="module")
def opportunities(pipeline) -> pd.DataFrame:
    closed = pipeline["deal_stage"].isin(["Won", "Lost"])
    names = {"account": "account_id", "engage_date": "created_date", "close_value": "amount"}
    return pipeline.rename(columns=names).assign(is_closed=closed, is_won=pipeline["deal_stage"] == "Won")


def figures_of(kpi_id: str, opportunities: pd.DataFrame, quarter: str, sectors: pd.Series) -> pd.DataFrame:
    frame = deal_measures(opportunities, window_of(Quarter.parse(quarter)))
    ids = sorted(sectors.unique())
    return score_figures(frame, sectors, [kpi_catalogue()[kpi_id]], ids, SETTINGS, 0).set_index("segment_id")


def test_won_lost_and_value_of_all_quarters_are_those_of_the_file(opportunities):
    frames = [deal_measures(opportunities, window_of(Quarter.parse(q))).sums for q in QUARTERS]
    total = sum(frame.sum() for frame in frames)
    assert (total["won_deals"], total["lost_deals"], total["won_amount"]) == (4238, 2473, 10_005_534)


@pytest.mark.parametrize("quarter", QUARTERS)
def test_the_win_rate_of_each_sector(pipeline, opportunities, sectors, quarter):
    found = figures_of("win_rate", opportunities, quarter, sectors)
    period = pd.Period(quarter, "Q")
    closed = pipeline[pipeline["close_date"].dt.to_period("Q") == period]
    by_sector = closed.assign(sector=closed["account"].map(sectors), won=closed["deal_stage"] == "Won")
    expected = by_sector.groupby("sector")["won"].agg(["mean", "size"])
    shown = found.drop(ALL)[lambda rows: rows["n"] > 0]
    assert shown["value"].to_dict() == pytest.approx(expected["mean"].to_dict(), abs=1e-9)
    assert shown["n"].to_dict() == expected["size"].to_dict()
    assert found.at[ALL, "value"] == pytest.approx((closed["deal_stage"] == "Won").mean(), abs=1e-9)


def test_the_cycle_of_each_sector_is_that_of_lifelines(pipeline, opportunities, sectors):
    from lifelines import KaplanMeierFitter

    found = figures_of("sales_cycle", opportunities, "2017Q4", sectors)
    start, end = pd.Timestamp("2017-01-01"), pd.Timestamp("2017-12-31")
    deals = pipeline.dropna(subset="engage_date")
    last = deals["close_date"].fillna(end)
    deals = deals.assign(days=(last - deals["engage_date"]).dt.days, sector=deals["account"].map(sectors))
    age = (start - deals["engage_date"]).dt.days
    deals = deals.assign(entry=np.where(age > 0, age - 1, -1.0), is_decided=deals["close_date"].notna())
    groups = {ALL: deals, **dict(iter(deals.dropna(subset="sector").groupby("sector")))}
    for sector, own in groups.items():
        fitted = KaplanMeierFitter().fit(own["days"] + 1, own["is_decided"], entry=own["entry"] + 1)
        survival = fitted.survival_function_.iloc[:, 0]
        assert (survival - 0.5).abs().min() > 1e-9, "no tie at one half, which would be read in two ways"
        assert found.at[sector, "value"] == pytest.approx(fitted.median_survival_time_ - 1)
        assert found.at[sector, "n"] == own["is_decided"].sum()
