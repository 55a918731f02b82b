"""Leads convert by chances that are known, and the account's number tells who did."""

import pandas as pd
import pytest
from planted.leads import plant_leads

from segkit.demo import crm
from segkit.demo.leads import EXPORTED, leads
from segkit.demo.marketing import engagements
from segkit.demo.oracle import area_under_curve
from segkit.demo.parameters import LAST_DAY
from segkit.demo.sample import simulate
from segkit.settings.value import Value
from segkit.value.leads.score import score_leads


@pytest.fixture(scope="module")
def made():
    tables, truth = plant_leads(simulate(4))
    return tables, tables["opportunities"], truth


def test_the_chances_are_true(made):
    frame = made[2]
    converts = frame["days"] <= 180
    eighths = pd.qcut(frame["chance"], 8)
    gap = converts.groupby(eighths, observed=True).mean() - frame["chance"].groupby(eighths, observed=True).mean()
    assert gap.abs().max() < 0.07
    assert abs(converts.mean() - frame["chance"].mean()) < 0.02
    waiting = frame[(frame["status"] == "offen") & (frame["chance_now"] > 0)]
    assert abs((waiting["days"] <= 180).mean() - waiting["chance_now"].mean()) < 0.06


def test_they_tell_more_than_the_source(made):
    frame = made[2]
    converts = (frame["days"] <= 180).to_numpy()
    by_source = frame["days"].le(180).groupby(frame["source_name"]).transform("mean").to_numpy()
    best = area_under_curve(frame["chance"].to_numpy(), converts)
    assert 0.70 < best < 0.82
    assert area_under_curve(by_source, converts) < best - 0.03


def test_each_conversion_is_an_opportunity_of_that_account_and_day(made):
    _, deals, frame = made
    converted = frame[frame["status"] == "umgewandelt"]
    found = converted.merge(deals, on="opportunity_id", validate="one_to_one", suffixes=("", "_deal"))
    assert len(found) == len(converted) > 500
    assert (found["account_id"] == found["account_id_deal"]).all()
    assert (found["converted_date"] == found["created_date_deal"]).all()
    assert (found["created_date"] < found["converted_date"]).all()
    assert frame["created_date"].max() <= pd.Timestamp(LAST_DAY)
    assert frame.loc[frame["status"] != "umgewandelt", ["converted_date", "opportunity_id"]].isna().all(axis=None)


def test_the_number_of_the_account_is_there_after_conversion(made):
    frame = made[2]
    linked = frame["account_id"].notna().groupby(frame["status"]).mean()
    assert linked["umgewandelt"] == 1
    assert linked.drop("umgewandelt").between(0.5, 0.8).all()
    assert frame.loc[~frame["is_known"] & (frame["status"] != "umgewandelt"), "account_id"].isna().all()


def test_a_handful_of_accounts_has_leads_too():
    sample = simulate(1, 12)
    people, programme = crm.contacts(sample), crm.campaigns(1)
    few = leads(sample, crm.opportunities(sample), programme, engagements(sample, people, programme))
    assert few.columns.tolist() == EXPORTED
    assert few["lead_id"].is_unique


def test_the_ranking_reaches_nine_tenths_of_the_truth_and_is_calibrated(made):
    tables, _, truth = made
    scored = score_leads(**tables, settings=Value(), seed=1)
    figures = scored.cards[scored.cards["origin"] == "all"].set_index("metric")
    judged = truth[truth["created_date"].between("2025-04-01", "2026-03-31")]
    oracle = area_under_curve(judged["chance"].to_numpy(), (judged["days"] <= 180).to_numpy())
    assert figures.loc["auc", "value"] > 0.9 * oracle
    assert abs(figures.loc["calibration_in_the_large", "value"]) < 0.06
    waiting = scored.rows.set_index("lead_id").join(truth["chance_now"])
    assert waiting["score"].corr(waiting["chance_now"], method="spearman") > 0.9
    assert [f["key"] for f in scored.model["findings"]["trust"]].count("leads.number_filled") == 1
